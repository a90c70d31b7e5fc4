"""Channels' orders in the books (as they were told: orders_told.py), judged, and handed to whoever releases them.

For who releases: `ready` finds orders that may go, `changed` those that the warehouse has in an older version;
`opened` gives one with its address; `released` and `ended` record what became of it. Each takes the version that was
acted upon, so that an order which changed meanwhile comes up again.

Locks: orders in the order of their ids, before open lines and dirty marks.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import asyncpg
import msgspec

from daemon.store import buyer_access
from daemon.store.buyer_access import Why
from daemon.store.database import Connection, query
from daemon.store.sealing import KeyRing, current_keys, open_bodies, seal_bodies
from handlers.sales_orders import (
    Accepted,
    Cleared,
    Key,
    Reason,
    State,
    StoredOrder,
    subject_of,
)
from schemas.sales_order import SalesOrder, ShipTo
from schemas.terms import ChannelAccount, ChannelOrderId


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """What became of an order's version: what `judged` writes. `check_at`: when to judge it again; None: never."""

    channel_account: ChannelAccount
    channel_order_id: ChannelOrderId
    version: int
    state: State
    blocked_by: tuple[Reason, ...] = ()
    cleared: Cleared | None = None
    check_at: datetime | None = None


async def ready(connection: Connection, account: ChannelAccount, limit: int) -> list[StoredOrder]:
    """Orders that may be released, those that must leave first, first; each locked, and nobody else's meanwhile."""
    return [stored_of(row) for row in await connection.fetch(query("sales_orders_ready"), account, limit)]


async def changed(connection: Connection, account: ChannelAccount, limit: int) -> list[StoredOrder]:
    """Orders that the warehouse has in an older version, and that are cancelled or were judged anew; locked.

    `cleared` holds for them only where `cleared_version` is `version`.
    """
    return [stored_of(row) for row in await connection.fetch(query("sales_orders_changed"), account, limit)]


async def load(connection: Connection, account: ChannelAccount, order_id: ChannelOrderId) -> StoredOrder | None:
    """One order, without its address and without a lock."""
    row = await connection.fetchrow(query("sales_order_load"), account, order_id)
    return None if row is None else stored_of(row)


async def load_some(
    connection: Connection, account: ChannelAccount, order_ids: Sequence[ChannelOrderId]
) -> list[StoredOrder]:
    """Those of the orders that there are, without their addresses and without a lock."""
    return [stored_of(row) for row in await connection.fetch(query("sales_orders_load"), account, list(order_ids))]


async def locked(connection: Connection, account: ChannelAccount, order_id: ChannelOrderId) -> StoredOrder | None:
    """One order, locked, its address left sealed."""
    row = await connection.fetchrow(query("sales_order_open"), account, order_id)
    return None if row is None else stored_of(row)


async def opened(
    connection: Connection,
    account: ChannelAccount,
    order_id: ChannelOrderId,
    at: datetime,
    ring: KeyRing | None = None,
    why: Why = "open",
) -> StoredOrder | None:
    """One order with its address, locked; `ship_to` is None where none was read or the buyer was erased."""
    row = await connection.fetchrow(query("sales_order_open"), account, order_id)
    if row is None:
        return None
    [stored] = await _with_addresses(connection, [row], why, at, ring)
    return stored


async def released(connection: Connection, versions: Mapping[Key, int], at: datetime) -> None:
    """The warehouse has been told of these versions, or is being told: the rows of the effects stand beside it."""
    if versions:
        accounts, order_ids = map(list, zip(*versions, strict=True))
        await connection.execute(query("sales_orders_released"), accounts, order_ids, list(versions.values()), at)


async def ended(connection: Connection, key: Key, at: datetime) -> None:
    """Nothing more will come of it."""
    await connection.execute(query("sales_order_ended"), *key, at)


async def due(
    connection: Connection, account: ChannelAccount, at: datetime, limit: int, *, beside: Iterable[str] = ()
) -> list[StoredOrder]:
    """Orders to be judged now, those that must leave first, first; each locked, with its address if read.

    `beside`: but for these, which are being read.
    """
    rows = await connection.fetch(query("sales_orders_due"), account, at, limit, list(beside))
    return await _with_addresses(connection, rows, "judge", at, None)


async def _with_addresses(
    connection: Connection, rows: Sequence[asyncpg.Record], why: Why, at: datetime, ring: KeyRing | None
) -> list[StoredOrder]:
    clear = await open_bodies(connection, [(row["subject"], row["ship_to"]) for row in rows], ring)
    found = [_addressed(row, body) for row, body in zip(rows, clear, strict=True)]
    read = [subject_of(*stored.key) for stored in found if stored.order.ship_to is not None]
    await buyer_access.note(connection, read, why, at)
    return found


def _addressed(row: asyncpg.Record, body: bytes | None) -> StoredOrder:
    stored = stored_of(row)
    ship_to = None if body is None else msgspec.json.decode(body, type=ShipTo)
    return msgspec.structs.replace(stored, order=msgspec.structs.replace(stored.order, ship_to=ship_to))


async def judged(connection: Connection, verdicts: Sequence[Verdict], at: datetime) -> None:
    """Write what became of orders that `due` gave, in the same transaction."""
    if verdicts:
        await connection.execute(query("sales_orders_judged"), list(verdicts), at)


async def keep_addresses(
    connection: Connection, orders: Sequence[SalesOrder], at: datetime, ring: KeyRing | None = None
) -> None:
    """Seal the addresses of these orders anew, in place of those in the books."""
    found = [(order, order.ship_to) for order in orders if order.ship_to is not None]
    if found:
        bodies = [(subject_of(*_key(order)), msgspec.json.encode(ship_to)) for order, ship_to in found]
        sealed = await seal_bodies(connection, bodies, at, ring or current_keys())
        keys = zip(*(_key(order) for order, _ in found), strict=True)
        await connection.execute(query("sales_orders_seal"), *map(list, keys), [None] * len(found), sealed)


def _key(order: SalesOrder) -> Key:
    return order.channel_account, order.channel_order_id


async def accept(connection: Connection, key: Key, accepted: Accepted) -> bool:
    """A person overrules a doubt, for the version that they saw. False where there is no such order any more."""
    row = await connection.fetchval(query("sales_order_accept"), *key, accepted.version, [accepted], accepted.at)
    return row is not None


async def listed(
    connection: Connection, account: ChannelAccount | None, states: Sequence[State], limit: int
) -> list[StoredOrder]:
    """Orders in these states, those that must leave first, first; without their addresses."""
    return [
        stored_of(row) for row in await connection.fetch(query("sales_orders_list"), account, list(states), limit)
    ]


def stored_of(row: asyncpg.Record) -> StoredOrder:
    """A row of the books, without its address."""
    values = dict(row.items())
    order = {name: values[name] for name in SalesOrder.__struct_fields__ if name in values and name != "ship_to"}
    rest = {name: values[name] for name in StoredOrder.__struct_fields__ if name in values}
    return msgspec.convert(rest | {"order": order}, StoredOrder)
