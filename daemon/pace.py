"""A fast clock yields where somebody does not keep up, so that a day run in minutes is not full of false lateness.

Real time is never touched: with a factor of 1 there is nothing to yield. Above it, each process says in its row what
pace it keeps up with; whoever sees that the clock is faster writes a new stretch that begins a moment later, and all
processes, simulators among them, follow the same stretches.
"""

import asyncio
import time
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Protocol

from daemon.budget import PATCH_LISTING, RATE_KEPT
from daemon.clock import Clock, Stretch
from daemon.leases import TTL
from daemon.store.database import Connection, Database, query

FOLLOW = 0.1
"""Real seconds between two looks."""
LEAD = 0.35
"""Real seconds from writing a stretch until it begins: everybody has looked by then."""
CHANGING = 0.15
"""Real seconds around a change of pace in which a partner's budget is counted at the slower one: requests are under
way, and who follows may have looked FOLLOW ago."""
BACKLOG, WAITED = 20, timedelta(seconds=2)
"""So many changes that have waited so long, in business time, are a backlog..."""
WINDOW, REQUESTS, LONGEST = 0.3, 20, 3.0
"""...over which requests are counted: for so many real seconds, until there are so many, and no longer than this."""
EFFICIENT = 0.6
"""Part of the channels' rate that counts as keeping up: rounds, waits and answers take the rest even in real time."""
REMEMBERED = 1.0
"""Real seconds for which what limits a process counts."""
FASTER = 1.5
SLACK = 0.8
"""A pace is left alone while what can be borne is above this part of it."""


@dataclass(slots=True)
class Strain:
    """What limits this process, as said of late. Units: business seconds in one real second.

    `tolerance`: business seconds that its event loop may be late.
    """

    tolerance: float = 5.0

    _said: list[tuple[float, float]] = field(default_factory=list[tuple[float, float]])
    """(when, in real seconds; pace)."""

    def late(self, seconds: float) -> None:
        """The event loop ran late by so many real seconds."""
        if seconds > 0:
            self.bears(self.tolerance / seconds)

    def working(self, calls: float, real_seconds: float, rate: float) -> None:
        """With a backlog, `calls` left in `real_seconds`; the partner would take `rate` in a business second."""
        if calls > 0 and real_seconds > 0:
            self.bears(calls / real_seconds / (EFFICIENT * rate))

    def bears(self, pace: float) -> None:
        self._said.append((time.monotonic(), pace))

    def least(self) -> float | None:
        """The slowest of REMEMBERED; None when nothing limits."""
        since = time.monotonic() - REMEMBERED
        self._said = [said for said in self._said if said[0] >= since]
        return min((pace for _, pace in self._said), default=None)


def next_pace(current: float, wanted: float, bears: float | None) -> float:
    """The pace to go on with: slower at once, faster by steps, and never below real time."""
    possible = wanted if bears is None else min(wanted, bears)
    if possible < SLACK * current:
        return max(1.0, possible)
    return min(possible, wanted, current * FASTER) if possible > current else current


@dataclass(slots=True)
class Backlog:
    """Are changes told as fast as the channels would take them? If not, it is the clock that is too fast."""

    rate: float
    """Requests in a business second that all channels together take."""
    _since: float | None = None
    _requests: int = 0

    async def look(self, connection: Connection, clock: Clock, strain: Strain) -> None:
        row = await connection.fetchrow(query("pace_backlog"), clock.now() - WAITED)
        assert row is not None
        now = clock.monotonic()
        if row["backlog"] < BACKLOG:
            self._since = None
        elif self._since is None:
            self._since, self._requests = now, row["requests"]
        elif self._is_enough(row["requests"] - self._requests, now - self._since):
            strain.working(row["requests"] - self._requests, now - self._since, self.rate)
            self._since, self._requests = now, row["requests"]

    def _is_enough(self, requests: int, real_seconds: float) -> bool:
        return real_seconds >= LONGEST or (real_seconds >= WINDOW and requests >= REQUESTS)


class Look(Protocol):
    """What else limits a process: looked at in each round."""

    async def look(self, connection: Connection, clock: Clock, strain: Strain) -> None: ...


def backlog_of(accounts: int) -> Backlog:
    return Backlog(PATCH_LISTING.rate * RATE_KEPT * max(1, accounts))


@dataclass(slots=True)
class Pace:
    """Follows the stretches, and yields for this process."""

    database: Database
    clock: Clock
    holder: str
    strain: Strain
    backlog: Look

    async def round(self) -> float:
        """One look; returns the real seconds until the next."""
        async with self.database.connection() as connection:
            await self.backlog.look(connection, self.clock, self.strain)
            bears = self.strain.least()
            await connection.execute(query("pace_bear"), self.holder, bears)
            await follow(connection, self.clock)
            await self._decide(connection)
        return FOLLOW

    async def _decide(self, connection: Connection) -> None:
        row = await connection.fetchrow(query("pace_least"), LEAD, 2 * TTL)
        assert row is not None
        pace = next_pace(self.clock.pace, self.clock.factor, row["bears"])
        if row["free"] and pace != self.clock.pace:
            since = row["next"]
            stretch = (since, self.clock.business_time(since), pace, self.clock.newest)
            await connection.execute(query("pace_change"), *stretch)


async def follow(connection: Connection, clock: Clock) -> None:
    """Take over the stretches that everybody goes by."""
    rows = await connection.fetch(query("pace_read"))
    clock.follow(Stretch(row["since"], row["business_at"], row["factor"]) for row in rows)


async def follow_for_ever(connection: Connection, clock: Clock) -> None:
    """For simulators and those who watch: until cancelled."""
    while True:
        await follow(connection, clock)
        await asyncio.sleep(FOLLOW)
