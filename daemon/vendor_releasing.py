"""Purchase orders on their way to the warehouse: written beside the channels' orders, whose loops tell it of them."""

from datetime import datetime

import asyncpg
import msgspec

from daemon.store import later_goods_outs, other_imports, sales_orders
from daemon.store.database import Connection, query
from daemon.store.open_lines import newest_standings
from daemon.store.orders_told import Told, take
from daemon.store.sales_orders import Verdict
from handlers.allocation import Facts, facts_of
from handlers.later_goods_outs import GoodsOut, Share, had_of, shares
from handlers.order_requests import Told as WarehouseTold
from handlers.purchase_order_desk import PoFile
from handlers.purchase_order_judgement import Judgement
from handlers.purchase_order_release import (
    STATUS,
    ReleaseRules,
    cleared_of,
    order_of,
    ship_by,
    wanted_of,
)
from handlers.purchase_orders import StoredPurchaseOrder
from handlers.sales_orders import Cleared, StoredOrder
from handlers.whole_standing import whole_standing
from schemas.purchase_order import PoLineNumber
from schemas.sales_order import SalesOrder
from schemas.terms import ChannelOrderId, Eaches, OrderReference


async def tell_warehouse(
    connection: Connection, file: PoFile, judgement: Judgement, reserved: dict[PoLineNumber, Eaches],
    rules: ReleaseRules, now: datetime,
) -> None:  # fmt: skip
    """Have the warehouse's machinery make the order there as it is to be now.

    In the transaction that locked the purchase order, before alerts are. What was never wanted there makes no order.
    """
    wanted = wanted_of(file, judgement, reserved, rules.mode)
    if wanted is None:
        return
    outs = await _goods_outs(connection, file, judgement)
    for share in shares(file.stored.order.number, wanted, outs):
        await _tell(connection, file, judgement, share, rules, now)


async def _tell(
    connection: Connection, file: PoFile, judgement: Judgement, share: Share, rules: ReleaseRules, now: datetime
) -> None:
    """One goods out as it is to be. One that has left as it was told stays so: no date of a later one moves it."""
    known, wanted = await _known(connection, file, share.out.reference), share.wanted
    if known is None and not any(wanted.values()):
        return
    if known is not None and share.out.left and _there(known) == {one: n for one, n in wanted.items() if n}:
        return
    leaves = share.out.leave_by if share.out.left else ship_by(file, judgement, known)
    order = order_of(file.stored, judgement, wanted, leaves, rules, now)
    order = msgspec.structs.replace(order, channel_order_id=share.out.reference)
    if not any(wanted.values()) or share.out.left:
        # Nothing goes there any more: an address that was erased is not kept anew.
        order = msgspec.structs.replace(order, ship_to=None)
    cleared = cleared_of(judgement, wanted, order, rules)
    # A line that was cancelled belongs to nobody here any more: the owner stays as it was told.
    owner = cleared.account or (known.cleared.account if known is not None and known.cleared else cleared.account)
    if share.part > 1:
        await later_goods_outs.add(connection, file.stored.key, share.part, owner, share.out.reference)
    await _write(connection, order, msgspec.structs.replace(cleared, account=owner), now)


def _there(known: StoredOrder) -> dict[PoLineNumber, Eaches]:
    return {PoLineNumber(line.line_reference): line.ordered for line in known.order.lines if line.ordered}


async def _goods_outs(connection: Connection, file: PoFile, judgement: Judgement) -> list[GoodsOut]:
    """Those that the order has, the first one first."""
    names = await later_goods_outs.references(connection, file.stored.key)
    rows = await connection.fetch(query("po_goods_outs"), file.stored.key[0], names)
    known = {row["reference"]: row for row in rows}
    return [_goods_out(name, known.get(name), judgement) for name in names]


def _goods_out(reference: ChannelOrderId, row: asyncpg.Record | None, judgement: Judgement) -> GoodsOut:
    if row is None or row["told"] is None:
        return GoodsOut(reference=reference)
    told = msgspec.convert(row["told"], WarehouseTold, strict=False)
    return GoodsOut(
        reference=reference, had=had_of(told.lines, judgement.lines), left=row["status"] == "completed",
        leave_by=told.despatch_by,
    )  # fmt: skip


async def allocated(connection: Connection, stored: StoredPurchaseOrder, judgement: Judgement) -> Facts | None:
    """What the warehouse has set aside for the order, by the newest that it said; noted as seen."""
    account, number = stored.key
    row = await connection.fetchrow(query("po_at_warehouse"), account, number)
    if row is None:
        return None
    names = await later_goods_outs.references(connection, stored.key)
    found = await newest_standings(connection, [(row["account"], OrderReference(name)) for name in names])
    by_name = {one.order_reference: one for one in found}
    if (first := by_name.get(OrderReference(number))) is not None:
        await connection.execute(query("po_standing_seen"), account, number, first.revision)
    if len(names) > 1:
        await later_goods_outs.seen(connection, stored.key)
        there = [by_name[OrderReference(name)] for name in names if OrderReference(name) in by_name]
        first = whole_standing(there, OrderReference(number))
    return facts_of(first, judgement.lines, row["status"])


async def end_at_warehouse(connection: Connection, file: PoFile, now: datetime) -> None:
    """The retailer cancelled it or waits for no more of it: what the warehouse still has of it follows the table."""
    status = STATUS.get(file.stored.order.state)
    for name in await later_goods_outs.references(connection, file.stored.key):
        known = await _known(connection, file, name)
        if known is None or status is None or known.order.status == status:
            continue
        word = file.stored.order.state_word
        ended = msgspec.structs.replace(known.order, status=status, status_word=word, updated_at=now)
        await take(connection, known.order.channel_account, [Told(ended, b"{}")], now)


async def _known(connection: Connection, file: PoFile, reference: ChannelOrderId) -> StoredOrder | None:
    return await sales_orders.load(connection, file.stored.key[0], reference)


async def _write(connection: Connection, order: SalesOrder, cleared: Cleared, now: datetime) -> None:
    """A version of its own for each change; what is not changed is not told anew. Nothing new is made there while
    somebody else may import the account's orders: people hear of that, and it is looked at again."""
    account = order.channel_account
    await take(connection, account, [Told(order, b"{}")], now)
    stored = await sales_orders.load(connection, account, order.channel_order_id)
    assert stored is not None, "it was written in this transaction"
    waits = stored.released_version == 0 and bool(await other_imports.importers(connection, account))
    told = stored.state != "pending" and stored.cleared_version == stored.version and stored.cleared == cleared
    if told or waits:
        return
    verdict = Verdict(
        channel_account=account,
        channel_order_id=order.channel_order_id,
        version=stored.version,
        state="ready" if stored.released_version == 0 else "released",
        cleared=cleared,
    )
    await sales_orders.judged(connection, [verdict], now)
