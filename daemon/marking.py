"""Dirty marks become desired values: what each listing should show, from everything that bears on it.

The publisher decides once more, under lock, before anything leaves; here it becomes visible that something has to.
"""

from datetime import datetime

from daemon.ahead import NOTHING, Ahead, Elsewhere
from daemon.brakes import Brakes, catch_up
from daemon.clock import Clock
from daemon.restoring import with_restores
from daemon.store import publication as books
from daemon.store.database import Database
from daemon.store.publication import Desired, Standing
from daemon.store.supply import inputs_for
from handlers.publication import target, untold_since
from handlers.restoring import restored
from handlers.sellable_stock import Sellable
from handlers.supply import Rules, sellable_of

MARKS = 100


async def mark(database: Database, rules: Rules, brakes: Brakes, clock: Clock, ahead: Ahead | None = None) -> int:
    """Turn the oldest dirty marks into desired values, zeroes examined; returns how many marks were taken."""
    now = clock.now()
    async with database.transaction() as connection:
        marks = await books.take_marks(connection, MARKS)
        if not marks:
            return 0
        standings = await books.marked(connection, marks)
        stock = await inputs_for(connection, [standing.listing for standing in standings])
        standings = await with_restores(connection, standings, stock, rules, now)
        elsewhere = NOTHING if ahead is None else await ahead.elsewhere(connection, standings, now)
        rows = [
            desire(standing, sellable_of(standing.listing, stock, rules), now, elsewhere) for standing in standings
        ]
        began = await brakes.judge(connection, standings, rows, stock, now)
        await books.save_desired(connection, rows, now)
    if began:
        async with database.transaction() as connection:
            await catch_up(connection, now)
    return len(marks)


def desire(standing: Standing, found: Sellable | None, now: datetime, elsewhere: Elsewhere = NOTHING) -> Desired:
    """What the listing should show, and since when the channel has not been told."""
    wanted, held_back = target(found, standing.told.told), 0
    if found is not None and wanted is not None:
        shown = elsewhere.shown(standing.listing.id, wanted, found.pool)
        wanted, held_back = shown, wanted - shown
    may_rise = found is not None and found.may_rise
    # What was stopped since the restore began stays stopped, whoever allowed what.
    restore = None if standing.listing.stopped else standing.known.restore
    wanted = restored(wanted, restore, fresh=may_rise, now=now)
    since = untold_since(standing.told, wanted, standing.since or now)
    doubtful = found is not None and not found.may_rise
    return Desired(standing.listing.id, wanted, doubtful, since, None if found is None else found.pool, held_back)


def unexamined(standing: Standing, wanted: Desired) -> bool:
    """A zero that came after the last mark was taken: it is examined first."""
    return wanted.desired == 0 and standing.told.told != 0 and standing.known.zero is None
