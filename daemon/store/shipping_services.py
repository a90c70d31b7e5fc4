"""The mapping of the channels' services: read whole, changed in one transaction."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from daemon.store.database import Connection, query
from daemon.store.order_rechecks import recheck
from handlers.row_changes import Change, compare, missing, written
from handlers.service_file import key_of
from handlers.shipping_services import ServiceRow


async def all_services(connection: Connection) -> list[ServiceRow]:
    """Every row, in the order of its key."""
    rows = await connection.fetch(query("shipping_services_all"))
    return [msgspec.convert(dict(row.items()), ServiceRow) for row in rows]


async def import_services(
    connection: Connection, file: Sequence[ServiceRow], at: datetime, *, remove_absent: bool
) -> list[Change[ServiceRow]]:
    """Make the books as the file says, in the caller's transaction; returns what the difference was.

    Orders that wait for a row are judged again.
    """
    await connection.execute(query("shipping_services_lock"))
    changes = compare(await all_services(connection), file, key_of)
    saved, gone = written(changes), missing(changes) if remove_absent else []
    if saved:
        await connection.execute(query("shipping_services_save"), saved, at)
    if gone:
        await connection.execute(query("shipping_services_remove"), *zip(*map(key_of, gone), strict=True))
    await recheck(connection, (row.channel_account for row in (*saved, *gone)), at)
    return changes
