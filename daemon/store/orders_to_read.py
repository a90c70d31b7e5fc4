"""Orders that are to be read at the channel: because of a notification, a person, or for their address."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from daemon.store.database import Connection, query
from schemas.terms import ChannelAccount, ChannelOrderId


class ToRead(NamedTuple):
    """An order that is to be read at the channel. `known`: the books have it."""

    order_id: ChannelOrderId
    asked_at: datetime
    known: bool


async def ask_for(
    connection: Connection, account: ChannelAccount, order_ids: Sequence[ChannelOrderId], at: datetime
) -> None:
    """These orders are to be read at the channel: by a notification, by a person, or for their address."""
    if order_ids:
        await connection.execute(query("orders_to_read_add"), account, sorted(set(order_ids)), at)


async def ask_for_missed(
    connection: Connection, account: ChannelAccount, since: datetime | None, at: datetime
) -> int:
    """Orders with open lines that were heard of before orders were released; returns how many are to be read."""
    return int((await connection.execute(query("orders_to_read_missed"), account, since, at)).split()[-1])


async def next_to_read(connection: Connection, account: ChannelAccount, at: datetime, limit: int) -> list[ToRead]:
    """The orders that must leave first of those that are to be read."""
    return [ToRead(*row) for row in await connection.fetch(query("orders_to_read_next"), account, at, limit)]


async def were_read(
    connection: Connection, account: ChannelAccount, order_ids: Sequence[ChannelOrderId], begun: datetime
) -> None:
    """Nothing is to be read any more of what was asked before `begun`."""
    if order_ids:
        await connection.execute(query("orders_to_read_done"), account, sorted(order_ids), begun)


async def read_later(
    connection: Connection, account: ChannelAccount, order_id: ChannelOrderId, not_before: datetime
) -> None:
    await connection.execute(query("order_to_read_later"), account, order_id, not_before)
