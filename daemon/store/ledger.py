"""The ledger's rows of every lane but the despatches', whose rows hold more (`effects.py`)."""

from collections.abc import Sequence
from datetime import datetime

from daemon.store.database import Connection, query
from handlers.ledger import LedgerRow


async def save(connection: Connection, lane: str, rows: Sequence[LedgerRow], at: datetime) -> dict[str, int]:
    """Write new rows and changed ones, each with its history; returns their ids by their unique keys."""
    if not rows:
        return {}
    written = await connection.fetch(query("ledger_save"), list(rows), at, lane)
    return {row["unique_key"]: row["id"] for row in written}
