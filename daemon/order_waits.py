"""Alerts about what blocked orders wait for: one for each thing, however many orders wait for it."""

from daemon.store import orders_waiting
from daemon.store.database import Connection
from daemon.watch import standing
from handlers.notes import Note
from handlers.order_alerts import ALERTS, KINDS, waiting_alert
from schemas.terms import ChannelAccount


async def waiting_notes(connection: Connection, account: ChannelAccount) -> list[Note]:
    """The alerts that stand for what orders of the account wait for now, and the end of those that are over."""
    rows = await orders_waiting.waiting(connection, account)
    notes = list[Note]()
    for kind in KINDS:
        raised = [
            waiting_alert(
                account, row.kind, row.cause, row.text, row.fix, row.hints, row.orders, row.earliest, row.some
            )
            for row in rows
            if ALERTS[row.kind] is kind
        ]
        notes += await standing(connection, kind, raised, lambda cause: cause.startswith(f"{account}/"))
    return notes
