"""The carriers' mapping: read whole, changed in one transaction."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from daemon.store.database import Connection, query
from handlers.carrier_file import Change, Key, compare
from handlers.mappings import CarrierRow


async def all_carriers(connection: Connection) -> list[CarrierRow]:
    """Every row, in the order of its key."""
    rows = await connection.fetch(query("carriers_all"))
    return [msgspec.convert(dict(row.items()), CarrierRow) for row in rows]


async def import_carriers(
    connection: Connection, file: Sequence[CarrierRow], at: datetime, *, remove_absent: bool
) -> list[Change]:
    """Make the books as the file says, in the caller's transaction; returns what the difference was."""
    await connection.execute(query("carriers_lock"))
    changes = compare(await all_carriers(connection), file)
    written = [change.after for change in changes if change.what in ("new", "changed")]
    if written:
        await connection.execute(query("carriers_save"), written, at)
    if remove_absent:
        await _remove(connection, [change.key for change in changes if change.what == "absent"])
    return changes


async def _remove(connection: Connection, keys: Sequence[Key]) -> None:
    if keys:
        await connection.execute(query("carriers_remove"), *zip(*keys, strict=True))
