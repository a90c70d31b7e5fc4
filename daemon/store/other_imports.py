"""Who else imports a channel account's orders into the warehouse, as its own system shows it."""

from collections.abc import Sequence
from datetime import datetime

from daemon.store.database import Connection, query
from handlers.connectors import Connector
from schemas.terms import ChannelAccount


async def replace(connection: Connection, account: ChannelAccount, found: Sequence[Connector], at: datetime) -> bool:
    """These and no others; whether that is news."""
    ids, names = [one.id for one in found], [one.name for one in found]
    gone = await connection.fetch(query("other_imports_gone"), account, ids)
    new = await connection.fetch(query("other_imports_add"), account, ids, names, at)
    return bool(gone or new)


async def importers(connection: Connection, account: ChannelAccount) -> tuple[Connector, ...]:
    rows = await connection.fetch(query("other_imports_of"), account)
    return tuple(Connector(row["connector_id"], row["name"]) for row in rows)
