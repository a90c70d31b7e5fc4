"""Labels in the books. Their files hold a name and an address: sealed with the order's key, erased with it.

Locks: the sales order, then its label, then its request.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

import asyncpg
import msgspec

from daemon.store import buyer_access, ledger
from daemon.store.database import Connection, query
from daemon.store.notes import write_notes
from daemon.store.sealing import Erased, KeyRing, digest, open_body, seal_if_kept
from handlers.alerts import AlertKind
from handlers.label_answers import LANE
from handlers.labels import Label, LabelEffect, LabelState, Place, Settled
from handlers.notes import ResolveAlert
from handlers.sales_orders import Key, subject_of
from schemas.sales_order import SalesOrder
from schemas.terms import ChannelAccount, ChannelOrderId


async def due(
    connection: Connection, account: ChannelAccount, at: datetime, limit: int, *, buys: bool = True
) -> list[ChannelOrderId]:
    """The next orders whose label is to be worked on. Without `buys`, only what is under way or not wanted."""
    rows = await connection.fetch(query("label_due"), account, at, buys, limit)
    return [ChannelOrderId(row["channel_order_id"]) for row in rows]


async def load(connection: Connection, key: Key) -> tuple[Label | None, LabelEffect | None]:
    """An order's label and its open request, locked."""
    row = await connection.fetchrow(query("label_load"), *key)
    if row is None:
        return None, None
    label = _label(row)
    effect = await connection.fetchrow(query("label_effect_load"), label.effect_key) if label.effect_key else None
    return label, None if effect is None else msgspec.convert(dict(effect.items()), LabelEffect)


def _label(row: asyncpg.Record) -> Label:
    return msgspec.convert(dict(row.items()), Label)


async def place(connection: Connection, key: Key) -> Place:
    row = await connection.fetchrow(query("label_place"), *key)
    return Place() if row is None else msgspec.convert(dict(row.items()), Place)


async def save(connection: Connection, settled: Settled, at: datetime, owners: Mapping[str, str]) -> None:
    """A label, its request and all notes, in the caller's transaction. No file is kept of a buyer who was erased."""
    if settled.effect is not None:
        await ledger.save(connection, LANE, [settled.effect], at)
    sealed = None
    if settled.file is not None:
        subject = subject_of(settled.label.channel_account, settled.label.channel_order_id)
        sealed = await seal_if_kept(connection, subject, settled.file)
    await connection.execute(query("label_save"), settled.label, sealed, at)
    await write_notes(connection, settled.notes, at, owners)


async def digest_of_address(connection: Connection, order: SalesOrder) -> str:
    """By which it is known again whether a label was bought for this address. Empty where none is known."""
    if order.ship_to is None:
        return ""
    subject = subject_of(order.channel_account, order.channel_order_id)
    return await digest(connection, subject, msgspec.json.encode(order.ship_to))


async def file_of(connection: Connection, key: Key, at: datetime, ring: KeyRing) -> tuple[str, bytes] | None:
    """(format, file) of a label that is ready, opened by a person; None where there is none.

    Raises Erased once the buyer is erased.
    """
    row = await connection.fetchrow(query("label_file"), *key)
    if row is None:
        return None
    if row["file"] is None:
        raise Erased(f"the label of {key[1]!r} was erased with its buyer")
    content = await open_body(connection, row["subject"], row["file"], ring)
    await buyer_access.note(connection, [row["subject"]], "print_label", at)
    return row["format"], content


async def listed(
    connection: Connection, account: str | None, states: Sequence[LabelState], limit: int
) -> list[Label]:
    return [_label(row) for row in await connection.fetch(query("labels_list"), account, list(states), limit)]


async def again(connection: Connection, key: Key, at: datetime, owners: Mapping[str, str]) -> bool:
    """A person has looked: bought anew where the order still waits. False where there is none that waits for that."""
    if await connection.fetchval(query("label_again"), *key, at) is None:
        return False
    await write_notes(connection, [ResolveAlert(AlertKind.LABEL_UNKNOWN, "/".join(key))], at, owners)
    return True


async def lacking(connection: Connection, keys: Sequence[Key]) -> set[Key]:
    """Those of the orders that are not released yet and whose label is not there."""
    if not keys:
        return set()
    rows = await connection.fetch(query("labels_lacking"), [key[0] for key in keys], [key[1] for key in keys])
    return {(row["channel_account"], row["channel_order_id"]) for row in rows}


async def missing(connection: Connection, causes: Collection[str]) -> set[str]:
    """Those of the causes that some label still waits for."""
    rows = await connection.fetch(query("labels_missing"), list(causes))
    return {row["waits_for"] for row in rows}


async def not_left(
    connection: Connection, account: ChannelAccount, order_ids: Sequence[ChannelOrderId]
) -> set[ChannelOrderId]:
    """Those of the orders whose label was sold, or may have been, and that have not left the warehouse."""
    rows = await connection.fetch(query("labels_of_intake"), account, list(order_ids))
    return {ChannelOrderId(row["channel_order_id"]) for row in rows}
