"""When a call to Clarus may leave: our own cap, shared by all replicas. Clarus documents no limit of its own."""

import asyncio
import time
from dataclasses import dataclass, field

from daemon.budget import Bucket, Budget
from daemon.store.database import Database

LONGEST = 5.0
"""Real seconds between two looks at the budget."""
AHEAD = 0.1
"""Real seconds for which calls are taken from the budget at once, while calls come one after the other."""


@dataclass(slots=True)
class ClarusGate:
    """Awaited before each call of one tenant. Nobody holds a connection while waiting."""

    tenant: str
    rate: float
    database: Database
    budget: Budget
    _left: int = 0
    """Calls that were taken from the budget and have not left."""
    _until: float = 0.0
    """When they are given back, on the host's steady clock."""
    _taken: int = 0
    """How many were taken last: next twice as many where they were used up in time, else as many as were used."""
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def bucket(self) -> Bucket:
        """Named with its rate: a changed cap counts from new, and beside an older one's for as long as both run."""
        return Bucket(f"clarus/{self.tenant}/{self.rate:g}", self.rate, max(1.0, self.rate))

    async def __call__(self) -> None:
        async with self._turn:
            while self._left < 1 or time.monotonic() >= self._until:
                await self._take()
            self._left -= 1

    async def _take(self) -> None:
        """Those of the next moment; waits where there is none."""
        used_up = self._left == 0 and time.monotonic() < self._until
        wanted = 2 * self._taken if used_up else self._taken - self._left
        unused, self._left = self._left, 0
        async with self.database.connection() as connection:
            await self.budget.give_back(connection, (self.bucket,), unused)
            size = max(1, min(wanted, int(self.rate * AHEAD)))
            granted = await self.budget.take(connection, (self.bucket,), size)
        self._left = self._taken = granted.granted
        self._until = time.monotonic() + AHEAD
        if not granted.granted:
            await asyncio.sleep(min(LONGEST, max(0.01, granted.wait)))

    async def close_for(self, seconds: float) -> None:
        """It said that there were too many calls: none for this long."""
        self._left = 0
        async with self.database.connection() as connection:
            await self.budget.throttled(connection, (self.bucket,), seconds)
