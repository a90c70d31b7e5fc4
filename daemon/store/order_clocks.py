"""The books of the orders' clocks: what the channel, the warehouse and our own ledger have told, each as it happens.

Locks: clocks in the order of their ids, after despatches, effects and open lines, before alerts.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

import msgspec

from daemon.store.database import Connection, query
from handlers.despatch_preparation import order_to_look_up
from handlers.despatches import Decision, DespatchRow
from handlers.effects import AT_CHANNEL, Effect
from handlers.order_clocks import Facts, Judged
from schemas.amazon_order_search import SoldOrder
from schemas.terms import ChannelAccount, ChannelOrderId


async def heard(connection: Connection, account: ChannelAccount, orders: Iterable[SoldOrder], at: datetime) -> None:
    """What the channel says of its orders. A late answer changes nothing."""
    newest = {order.order_id: order for order in sorted(orders, key=lambda order: order.updated_at)}
    if newest:
        rows = [_told_of(order) for order in newest.values()]
        await connection.execute(query("order_clocks_heard"), account, rows, at)


def _told_of(order: SoldOrder) -> dict[str, object]:
    return {
        "channel_order_id": order.order_id, "marketplace": order.marketplace, "standing": order.standing,
        "ordered_at": order.ordered_at, "updated_at": order.updated_at, "ship_by": order.ship_by,
        "cancelled_by": order.cancelled_by,
    }  # fmt: skip


async def left(
    connection: Connection, decisions: Iterable[Decision], accounts: Collection[ChannelAccount], at: datetime
) -> None:
    """Orders of our accounts that left the warehouse, or came back."""
    rows = [
        row for decision in decisions if (row := decision.despatch) is not None and row.channel_account in accounts
    ]
    found = {key: row for row in rows if row.state != "packed" and (key := _order_of(row))}
    if found:
        accounts_, orders = zip(*found, strict=True)
        times = [row.despatched_at if row.state == "completed" else None for row in found.values()]
        await connection.execute(query("order_clocks_left"), list(accounts_), list(orders), times, at)


def _order_of(row: DespatchRow) -> tuple[ChannelAccount, ChannelOrderId] | None:
    order_id = order_to_look_up(row.channel_order_id, row.order_reference)
    return (row.channel_account, order_id) if order_id else None


async def told(connection: Connection, effects: Sequence[Effect], at: datetime) -> None:
    """Parcels that the channel has accepted; a correction of what it had already moves no clock."""
    ids = [effect.id for effect in effects if effect.state in AT_CHANNEL and effect.told_hash is None]
    if ids:
        await connection.execute(query("order_clocks_told"), ids, at)


async def due(connection: Connection, at: datetime, limit: int) -> list[Facts]:
    """Orders of which a clock has run out, or that changed; each locked, and passed over where another holds it."""
    rows = await connection.fetch(query("order_clocks_due"), at, limit)
    return [msgspec.convert(dict(row.items()), Facts) for row in rows]


async def judged(connection: Connection, verdicts: Sequence[Judged], at: datetime) -> None:
    """Write what ran out, once for each deadline, and when to look again."""
    if not verdicts:
        return
    keys = [(one.facts.channel_account, one.facts.channel_order_id) for one in verdicts]
    breaches = [
        {
            "channel_account": one.facts.channel_account, "channel_order_id": one.facts.channel_order_id,
            "marketplace": one.facts.marketplace, "clock": breach.kind, "deadline": breach.deadline,
            "ended_at": breach.ended_at,
        }
        for one in verdicts
        for breach in one.breaches
    ]  # fmt: skip
    accounts, orders = zip(*keys, strict=True)
    times = [one.due_at for one in verdicts]
    await connection.execute(query("order_clocks_judged"), list(accounts), list(orders), times, breaches, at)
