"""One call for a selling account at its channel: inside its budget, timed, counted, and heeded.

A call that the budget does not grant yet is no answer: it says how long to wait.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from daemon.budget import Budget, Plan, buckets
from daemon.channel_access import heed
from daemon.clock import Clock
from daemon.store.database import Database
from daemon.store.notes import write_notes
from daemon.telemetry import Telemetry
from handlers.notes import Note

T = TypeVar("T")

SOONEST = 0.05
"""Real seconds between two looks at a budget."""


@dataclass(frozen=True, slots=True)
class NoBudget:
    """Not yet: in this many real seconds."""

    wait: float


@dataclass(frozen=True, slots=True)
class SellerCalls:
    """`throttled_for`: business seconds without calls after a 429. `point`: told before and after each request."""

    name: str
    application: str
    database: Database
    budget: Budget
    clock: Clock
    telemetry: Telemetry
    owners: Mapping[str, str]
    throttled_for: float
    ready: Callable[[], Awaitable[object]]
    """Has a token at hand, so that none is waited for once the budget is taken."""
    notes_of: Callable[[Plan, object], list[Note]]
    """What people are told of an answer."""
    point: Callable[[str], None]

    async def granted(self, plan: Plan) -> NoBudget | None:
        """Take one call's budget; None when it was granted."""
        await self.ready()
        async with self.database.connection() as connection:
            wanted = buckets(plan, self.name, self.application)
            granted = await self.budget.take(connection, wanted, 1)
        self.telemetry.budgeted(self.name, plan.operation, granted.wait, wanted[0].rate)
        return None if granted.granted else NoBudget(max(SOONEST, granted.wait))

    async def asked(self, plan: Plan, call: Callable[[], Awaitable[T]], *, learn: bool = True) -> T:
        """Its answer. `learn`: whether a rate that is told with it is this plan's."""
        self.point(f"{plan.operation} leaves")
        begun = self.clock.monotonic()
        answer = await call()
        word = type(answer).__name__.lower()
        self.telemetry.called(self.name, plan.operation, word, self.clock.monotonic() - begun)
        own = buckets(plan, self.name, self.application)[0]
        async with self.database.transaction() as connection:
            await heed(connection, self.budget, own, answer, self.throttled_for, learn=learn)
            await write_notes(connection, self.notes_of(plan, answer), self.clock.now(), self.owners)
        self.point(f"{plan.operation} answered")
        return answer
