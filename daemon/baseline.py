"""The scheduled baseline: once a day every listing of an account is told once more, whatever was told before.

It marks the listings to be told again and sends nothing itself: bulk goes by feed, and nothing of it is urgent.
"""

from dataclasses import dataclass
from datetime import datetime, time

from daemon.clock import Clock
from daemon.store.database import Database, query
from handlers.feed_start import baseline_due

PIECE = 500
"""Listings in one transaction."""


@dataclass(slots=True)
class Baseline:
    """Of one selling account. The first one after an installation is the next that falls due."""

    name: str
    database: Database
    clock: Clock
    at: time | None
    """Time of day, UTC; None: never."""
    _finished: datetime | None = None

    def go_by(self, at: str | None) -> None:
        """From here on at this time of day."""
        self.at = time_of(at)

    async def round(self) -> None:
        """Mark another piece, when one is due. What is in flight, or was told since, needs no marking."""
        now = self.clock.now()
        due = None if self.at is None else baseline_due(self.at, now)
        if due is None or due == self._finished:
            return
        async with self.database.transaction() as connection:
            marked = 0
            if await connection.fetchval(query("baseline_due"), self.name, due):
                answer = await connection.execute(query("baseline_mark"), self.name, due, now, PIECE)
                marked = int(answer.split()[-1])
            if marked == 0:
                await connection.execute(query("baseline_marked"), self.name, due)
        if marked == 0:
            self._finished = due


def time_of(at: str | None) -> time | None:
    """A time of day as the settings give it."""
    return time.fromisoformat(at) if at else None
