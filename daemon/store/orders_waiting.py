"""What blocked orders wait for, each thing once, with how many wait for it."""

from datetime import datetime

import msgspec

from daemon.store.database import Connection, query
from handlers.sales_orders import ReasonKind
from schemas.terms import ChannelAccount


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that orders wait for."""

    kind: ReasonKind
    cause: str
    text: str
    fix: str
    hints: tuple[str, ...]
    orders: int
    earliest: datetime | None
    some: tuple[str, ...]
    """The ids of the first few."""


async def waiting(connection: Connection, account: ChannelAccount) -> list[Waiting]:
    """What orders of the account wait for, each with how many do."""
    rows = await connection.fetch(query("sales_orders_waiting"), account)
    return [msgspec.convert(dict(row.items()), Waiting) for row in rows]
