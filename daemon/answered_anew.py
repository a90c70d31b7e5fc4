"""An order is answered once more because a person says so: as things are now, where the retailer still listens."""

from datetime import datetime

from daemon.store import purchase_order_decisions
from daemon.store import purchase_orders as store
from daemon.store.database import Connection
from handlers.answered_anew import why_not
from handlers.purchase_orders import Key


async def again(connection: Connection, key: Key, now: datetime) -> str | None:
    """Why it is not answered anew; empty where it is, None where there is no such order."""
    row = await store.locked(connection, key)
    if row is None:
        return None
    why = why_not(row.file, now)
    if not why:
        await purchase_order_decisions.again(connection, key, now)
    return why
