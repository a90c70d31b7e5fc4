"""Despatches to retailers as their highest revisions left them, by the loads that they ride on."""

from collections.abc import Collection, Sequence
from datetime import datetime

import msgspec

from daemon.store.database import Connection, query
from handlers.despatch_messages import Message
from handlers.ship_loads import Part, load_keys
from schemas.despatch import DespatchData
from schemas.terms import Account, DespatchId


class Before(msgspec.Struct, frozen=True):
    revision: int
    stage: str
    data: DespatchData


async def before(connection: Connection, account: Account, despatch_id: DespatchId) -> Before | None:
    """The despatch as the books have it, locked."""
    row = await connection.fetchrow(query("vendor_despatch_before"), account, despatch_id)
    return None if row is None else msgspec.convert(dict(row.items()), Before)


async def save(connection: Connection, message: Message, known: Before | None) -> tuple[str, ...]:
    """Write the event unless the books have a newer one; the loads that it changes.

    One that takes a despatch back may leave out what was in it: its order and account stay as they were.
    """
    data = completed(message.data, known.data if known else None)
    assert data.channel is not None, "whoever calls knows the account"
    happened = data.despatched_at or message.happened_at or message.received_at
    row = await connection.fetchrow(
        query("vendor_despatch_save"), data.account, data.despatch_id, data.revision, data.channel.account,
        data.channel_order_id or "", message.what, data, happened, list(load_keys(data)),
    )  # fmt: skip
    return tuple(row["load_keys"]) if row is not None else ()


def completed(data: DespatchData, known: DespatchData | None) -> DespatchData:
    """The event, with what only an earlier one said of whose despatch it is and which load it rides on."""
    if known is None:
        return data
    return msgspec.structs.replace(
        data,
        channel=data.channel or known.channel,
        channel_order_id=data.channel_order_id or known.channel_order_id,
        shipment=data.shipment or known.shipment,
    )


async def of_load(connection: Connection, channel_account: str, load_key: str) -> list[Part]:
    rows = await connection.fetch(query("vendor_despatches_of_load"), channel_account, load_key)
    return [part for row in rows if load_key in load_keys((part := msgspec.convert(dict(row.items()), Part)).data)]


async def despatched(connection: Connection, channel_account: str, number: str) -> Sequence[Part]:
    """What has left for an order and has not come back."""
    rows = await connection.fetch(query("vendor_despatched"), channel_account, number)
    return [msgspec.convert(dict(row.items()), Part) for row in rows]


async def touch(
    connection: Connection, channel_account: str, keys: Collection[str], at: datetime, prefix: str
) -> None:
    """These loads have changed. `prefix`: of the shipment numbers of new ones."""
    if keys:
        await connection.execute(query("ship_loads_touch"), channel_account, sorted(keys), at, prefix)
