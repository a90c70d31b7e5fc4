"""SKUs put in doubt, and their levels asked for: by whoever finds that the books may not be true."""

import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from daemon.settings import Intake
from daemon.store import stock
from daemon.store.database import Connection
from daemon.store.notes import write_notes
from daemon.store.stock import Ledger, StockKey
from handlers.notes import Note
from handlers.stock_intake import is_read, level_request
from handlers.stock_state import asked, doubted, needs_asking
from schemas.terms import CommandId


async def put_in_doubt(
    connection: Connection,
    keys: Sequence[StockKey],
    reason: str,
    at: datetime,
    settings: Intake,
    owners: Mapping[str, str],
    still: Callable[[Ledger], bool] | None = None,
) -> int:
    """Put the SKUs for which `still` holds under the lock in doubt, and ask for their levels; returns how many."""
    loaded = await stock.load(connection, keys, [("", 0)] * len(keys)) if keys else []
    ledgers = [ledger for ledger in loaded if still is None or still(ledger)]
    for ledger in ledgers:
        ledger.state = doubted(ledger.state, reason, at)
    notes: list[Note] = []
    requests = ask_for_levels(ledgers, at, notes)
    await stock.save(connection, ledgers, at, 0, timedelta(seconds=settings.level_request_again))
    await stock.note_level_requests(connection, requests, at)
    await write_notes(connection, notes, at, owners)
    return len(ledgers)


def ask_for_levels(ledgers: Iterable[Ledger], at: datetime, notes: list[Note]) -> list[tuple[CommandId, StockKey]]:
    """Give every doubt without a request one, and add its message to `notes` where somebody on the bus answers it."""
    requests = list[tuple[CommandId, StockKey]]()
    for ledger in ledgers:
        if needs_asking(ledger.state):
            command_id = CommandId(str(uuid.uuid4()))
            trouble = ledger.state.trouble
            if not is_read(ledger.state.source):
                notes.append(level_request(command_id, *ledger.key, reason=trouble.doubt_reason if trouble else ""))
            ledger.state = asked(ledger.state, command_id, at)
            requests.append((command_id, ledger.key))
    return requests
