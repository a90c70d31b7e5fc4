"""Other names of products: read whole, changed in one transaction."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from daemon.store.database import Connection, query
from daemon.store.order_rechecks import recheck
from handlers.code_file import key_of
from handlers.cross_reference import ProductCode
from handlers.row_changes import Change, compare, missing, written


async def all_codes(connection: Connection) -> list[ProductCode]:
    """Every row, in the order of its key."""
    rows = await connection.fetch(query("product_codes_all"))
    return [msgspec.convert(dict(row.items()), ProductCode) for row in rows]


async def import_codes(
    connection: Connection, file: Sequence[ProductCode], at: datetime, *, remove_absent: bool
) -> list[Change[ProductCode]]:
    """Make the books as the file says, in the caller's transaction; returns what the difference was.

    Orders that wait for a row are judged again.
    """
    await connection.execute(query("product_codes_lock"))
    changes = compare(await all_codes(connection), file, key_of)
    saved, gone = written(changes), missing(changes) if remove_absent else []
    if saved:
        await connection.execute(query("product_codes_save"), saved, at)
    if gone:
        await connection.execute(query("product_codes_remove"), *zip(*map(key_of, gone), strict=True))
    await recheck(connection, (row.channel_account for row in (*saved, *gone)), at)
    return changes
