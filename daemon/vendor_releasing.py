"""Purchase orders on their way to the warehouse: written beside the channels' orders, whose loops tell it of them."""

from datetime import datetime

import msgspec

from daemon.store import other_imports, sales_orders
from daemon.store.database import Connection, query
from daemon.store.open_lines import newest_standings
from daemon.store.orders_told import Told, take
from daemon.store.sales_orders import Verdict
from handlers.allocation import Facts, facts_of
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
    known = await _known(connection, file)
    wanted = wanted_of(file, judgement, reserved, rules.mode)
    if wanted is None or (known is None and not any(wanted.values())):
        return
    order = order_of(file.stored, judgement, wanted, ship_by(file, judgement, known), rules, now)
    if not any(wanted.values()) or await _has_left(connection, file):
        # Nothing goes there any more: an address that was erased is not kept anew.
        order = msgspec.structs.replace(order, ship_to=None)
    cleared = cleared_of(judgement, wanted, order, rules)
    # A line that was cancelled belongs to nobody here any more: the owner stays as it was told.
    owner = cleared.account or (known.cleared.account if known is not None and known.cleared else cleared.account)
    await _write(connection, order, msgspec.structs.replace(cleared, account=owner), now)


async def allocated(connection: Connection, stored: StoredPurchaseOrder, judgement: Judgement) -> Facts | None:
    """What the warehouse has set aside for the order, by the newest that it said; noted as seen."""
    account, number = stored.key
    row = await connection.fetchrow(query("po_at_warehouse"), account, number)
    if row is None:
        return None
    found = await newest_standings(connection, [(row["account"], OrderReference(number))])
    standing = found[0] if found else None
    if standing is not None:
        await connection.execute(query("po_standing_seen"), account, number, standing.revision)
    return facts_of(standing, judgement.lines, row["status"])


async def end_at_warehouse(connection: Connection, file: PoFile, now: datetime) -> None:
    """The retailer cancelled it or waits for no more of it: what the warehouse still has of it follows the table."""
    known = await _known(connection, file)
    status = STATUS.get(file.stored.order.state)
    if known is None or status is None or known.order.status == status:
        return
    word = file.stored.order.state_word
    ended = msgspec.structs.replace(known.order, status=status, status_word=word, updated_at=now)
    await take(connection, known.order.channel_account, [Told(ended, b"{}")], now)


async def _has_left(connection: Connection, file: PoFile) -> bool:
    row = await connection.fetchrow(query("po_at_warehouse"), *file.stored.key)
    return row is not None and row["status"] == "completed"


async def _known(connection: Connection, file: PoFile) -> StoredOrder | None:
    account, number = file.stored.key
    return await sales_orders.load(connection, account, ChannelOrderId(number))


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
