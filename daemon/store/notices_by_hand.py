"""Ship notices that a person told of in the retailer's own pages: the load's own are settled by it."""

from datetime import datetime

from daemon.store import invoices, ship_loads, vendor_documents
from daemon.store.database import Connection
from handlers.ship_desk import LoadRow, NoticeDeed, told_by_hand


async def told(connection: Connection, deed: NoticeDeed, at: datetime) -> bool:
    """What was told counts as accepted, and may be invoiced. False where the load has moved on since the question."""
    before = await ship_loads.load(connection, deed.channel_account, deed.load_key)
    after = None if before is None else told_by_hand(before, at)
    if before is None or after is None:
        return False
    await _overtake(connection, before, at)
    await ship_loads.save(connection, after, before, at)
    orders = {order for order, _ in (*before.lines, *after.lines)}
    await invoices.touch(connection, deed.channel_account, orders, at)
    return True


async def _overtake(connection: Connection, row: LoadRow, at: datetime) -> None:
    """A notice that the retailer refused is not sent again over what it was told since."""
    found = await vendor_documents.load(connection, [row.effect_key] if row.effect_key else [])
    held = [one.moved("refused", reason="overtaken", detail="told by hand since") for one in found.values()
            if one.state == "held"]  # fmt: skip
    await vendor_documents.save(connection, held, at)
    await vendor_documents.close_questions(connection, [one.unique_key for one in held], at)
