"""How far each channel account's orders were read: a row, so that whoever takes over goes on there."""

from datetime import datetime

import msgspec

from daemon.store.database import Connection, query
from handlers.order_window import Cursor
from schemas.terms import ChannelAccount


async def load(connection: Connection, account: ChannelAccount) -> Cursor | None:
    """Locked until the transaction ends; None for an account that was never read."""
    row = await connection.fetchrow(query("order_cursor_load"), account)
    return None if row is None else msgspec.convert(dict(row.items()), Cursor)


async def save(connection: Connection, account: ChannelAccount, cursor: Cursor, at: datetime) -> None:
    await connection.execute(query("order_cursor_save"), account, *msgspec.structs.astuple(cursor), at)
