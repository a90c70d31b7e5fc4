"""Despatches and their parcels: loaded under lock for a batch, saved with the requests they ask for."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

import msgspec

from daemon.store import effects
from daemon.store.database import Connection, query
from daemon.store.mappings import ANY_CARRIER, Parcel, Sellers, known_orders, load_mappings, sought_by
from handlers.carrier_rules import CarrierRules
from handlers.despatch_messages import AMAZON, Message, key_of, order_of
from handlers.despatches import Decision
from handlers.effects import parcel_subject
from handlers.parcels import Known, ParcelRow
from schemas.terms import PackageReference, ParcelId

Key = tuple[str, str]


async def load(
    connection: Connection, messages: Sequence[Message], sellers: Sellers, rules: CarrierRules = ANY_CARRIER
) -> list[Known]:
    """What the books have of each message's despatch, locked until the transaction ends. One message per despatch."""
    await connection.execute(query("despatches_lock"), [key_of(message) for message in messages])
    keys = [_key(message) for message in messages]
    revisions = await _revisions(connection, keys)
    parcels = await _parcels(connection, list(revisions))
    ledger = await effects.of_subjects(
        connection, [_subject(row) for rows in parcels.values() for row in rows.values()]
    )
    mappings = await load_mappings(connection, sought_by(_contents(messages)), sellers, rules)
    orders = await known_orders(connection, {key for message in messages if (key := order_of(message))})
    return [
        Known(
            mappings=mappings,
            revision=revisions.get(key),
            parcels=parcels.get(key, {}),
            effects=ledger,
            order=orders.get(order) if (order := order_of(message)) else None,
        )
        for message, key in zip(messages, keys, strict=True)
    ]


def _key(message: Message) -> Key:
    return message.data.account, message.data.despatch_id


def _subject(row: ParcelRow) -> str:
    return parcel_subject(row.account, row.despatch_id, row.parcel_id)


def _contents(messages: Iterable[Message]) -> Iterator[Parcel]:
    """Of the parcels that somebody may have to be told of."""
    for message in messages:
        channel = message.data.channel
        if message.what != "undone" and channel is not None and channel.kind == AMAZON:
            for content in message.contents:
                names = message.data.channel_order_id or "", message.data.order_reference
                yield Parcel(channel.account, message.data.account, content, names)


async def _revisions(connection: Connection, keys: Sequence[Key]) -> dict[Key, int]:
    rows = await connection.fetch(query("despatches_load"), *zip(*keys, strict=True))
    return {(row["account"], row["despatch_id"]): row["revision"] for row in rows}


async def _parcels(connection: Connection, keys: Sequence[Key]) -> dict[Key, dict[ParcelId, ParcelRow]]:
    found: dict[Key, dict[ParcelId, ParcelRow]] = {}
    for record in await connection.fetch(query("parcels_load"), *zip(*keys, strict=True)) if keys else ():
        row = msgspec.convert(dict(record.items()), ParcelRow)
        found.setdefault((row.account, row.despatch_id), {})[row.parcel_id] = row
    return found


async def fresh_references(connection: Connection, n: int) -> list[PackageReference]:
    """Package references that no parcel has had, and none will get again."""
    rows = await connection.fetch(query("package_references_take"), n) if n else []
    return [PackageReference(row["package_reference"]) for row in rows]


async def save(connection: Connection, decisions: Sequence[Decision], now: datetime) -> None:
    """Write what was decided, notes apart."""
    rows = [decision.despatch for decision in decisions if decision.despatch is not None]
    if not rows:
        return
    parcels = [parcel for decision in decisions for parcel in decision.parcels]
    await connection.execute(query("despatches_save"), rows, parcels)
    await effects.change(connection, [effect for decision in decisions for effect in decision.changed], now)
    await effects.add(connection, [effect for decision in decisions for effect in decision.new], now)
