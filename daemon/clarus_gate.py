"""When a call to Clarus may leave: our own cap, shared by all replicas. Clarus documents no limit of its own."""

import asyncio
from dataclasses import dataclass

from daemon.budget import Bucket, Budget
from daemon.store.database import Database

LONGEST = 5.0
"""Real seconds between two looks at the budget."""


@dataclass(frozen=True, slots=True)
class ClarusGate:
    """Awaited before each call of one tenant. Nobody holds a connection while waiting."""

    tenant: str
    rate: float
    database: Database
    budget: Budget

    @property
    def bucket(self) -> Bucket:
        """The rate is part of its name: a bucket keeps the rate it was made with, and this one is a setting."""
        return Bucket(f"clarus/{self.tenant}/{self.rate:g}", self.rate, max(1.0, self.rate))

    async def __call__(self) -> None:
        while True:
            async with self.database.connection() as connection:
                granted = await self.budget.take(connection, (self.bucket,), 1)
            if granted.granted:
                return
            await asyncio.sleep(min(LONGEST, max(0.01, granted.wait)))

    async def close_for(self, seconds: float) -> None:
        """It said that there were too many calls: none for this long."""
        async with self.database.connection() as connection:
            await self.budget.throttled(connection, (self.bucket,), seconds)
