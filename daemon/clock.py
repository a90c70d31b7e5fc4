"""The only clock and the only sleep.

Business time is (origin, factor): `origin + (host time - origin) * factor`, after the host's own error has been
taken out by `discipline`, so that replicas on hosts that disagree still share one time. Socket and database
time-outs do not go through here: they stay real.
"""

import asyncio
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta


@dataclass(slots=True)
class Clock:
    """Business time for one process. `factor` above 1 runs a trading day in minutes."""

    factor: float = 1.0
    origin: datetime = field(default_factory=lambda: datetime.now(UTC))
    host_error: timedelta = timedelta()
    _correction: timedelta = timedelta()

    def host_now(self) -> datetime:
        """What this host believes; `host_error` is a rehearsal of a host whose clock is wrong."""
        return datetime.now(UTC) + self.host_error

    def discipline(self, database_now: datetime) -> timedelta:
        """Take the database's clock as the truth that all replicas share; returns this host's error."""
        self._correction = database_now - self.host_now()
        return -self._correction

    def now(self) -> datetime:
        """Business time, aware UTC."""
        return self.business_time(self.host_now() + self._correction)

    def business_time(self, real: datetime) -> datetime:
        return self.origin + (real - self.origin) * self.factor

    def monotonic(self) -> float:
        """Real seconds that never go back."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Sleep for business seconds."""
        await asyncio.sleep(seconds / self.factor)

    def real_seconds(self, seconds: float) -> float:
        """How long business `seconds` last in real seconds."""
        return seconds / self.factor
