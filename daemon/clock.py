"""The only clock and the only sleep.

Business time is (origin, factor): `origin + (host time - origin) * factor`, after the host's own error has been
taken out by `discipline`, so that replicas on hosts that disagree still share one time. Socket and database
time-outs do not go through here: they stay real.
"""

import asyncio
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import NamedTuple


class Stretch(NamedTuple):
    """From `since`, real, business time is `business` and runs `factor` times as fast."""

    since: datetime
    business: datetime
    factor: float


SHORTEST_PAUSE = 0.1
"""Real seconds: however fast a clock is, whoever has nothing to do looks no oftener."""
BEGINNING = datetime.min.replace(tzinfo=UTC)


@dataclass(slots=True)
class Clock:
    """Business time for one process. `factor` above 1 runs a trading day in minutes.

    A fast clock may yield (`daemon/pace.py`): then `pace` is below `factor` for a while.
    """

    factor: float = 1.0
    origin: datetime = field(default_factory=lambda: datetime.now(UTC))
    host_error: timedelta = timedelta()
    _correction: timedelta = timedelta()
    _stretches: tuple[Stretch, ...] = ()
    """Newest first."""
    _told: datetime = BEGINNING

    def host_now(self) -> datetime:
        """What this host believes; `host_error` is a rehearsal of a host whose clock is wrong."""
        return datetime.now(UTC) + self.host_error

    def discipline(self, database_now: datetime) -> timedelta:
        """Take the database's clock as the truth that all replicas share; returns this host's error."""
        self._correction = database_now - self.host_now()
        return -self._correction

    def now(self) -> datetime:
        """Business time, aware UTC. A clock that yields stands still rather than go back."""
        now = self.business_time(self._real_now())
        if self._stretches:
            now = self._told = max(now, self._told)
        return now

    def _real_now(self) -> datetime:
        return self.host_now() + self._correction

    @property
    def pace(self) -> float:
        """Business seconds in one real second, now."""
        now = self._real_now()
        return next((stretch.factor for stretch in self._stretches if stretch.since <= now), self.factor)

    def slowest(self, within: float) -> float:
        """The slowest pace of the last `within` real seconds and of as many to come: what is counted over a change of
        pace may not be counted at the faster one."""
        now, reach = self._real_now(), timedelta(seconds=within)
        coming = [stretch.factor for stretch in self._stretches if abs(stretch.since - now) <= reach]
        before = [stretch.factor for stretch in self._stretches if stretch.since < now - reach]
        return min([*coming, before[0] if before else self.factor])

    @property
    def newest(self) -> datetime | None:
        """When the last stretch that we know of begins, real; None: the clock never yielded."""
        return self._stretches[0].since if self._stretches else None

    def follow(self, stretches: Iterable[Stretch]) -> None:
        """Go by these from now on; real times are the database's."""
        self._stretches = tuple(sorted(stretches, reverse=True))

    def business_time(self, real: datetime) -> datetime:
        for stretch in self._stretches:
            if stretch.since <= real:
                return stretch.business + (real - stretch.since) * stretch.factor
        return self.origin + (real - self.origin) * self.factor

    def monotonic(self) -> float:
        """Real seconds that never go back."""
        return time.monotonic()

    def pause(self, real: float, business: float) -> float:
        """Real seconds between two looks: `real`, but on a fast clock no longer than `business` seconds last."""
        return min(real, max(SHORTEST_PAUSE, self.real_seconds(business)))

    async def sleep(self, seconds: float) -> None:
        """Sleep for business seconds."""
        await asyncio.sleep(seconds / self.pace)

    def real_seconds(self, seconds: float) -> float:
        """How long business `seconds` last in real seconds."""
        return seconds / self.pace
