"""Calls for one vendor account at Amazon: inside its budget, counted, and heard of where the account is refused."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from daemon.budget import Bucket, Budget, Plan, buckets
from daemon.links import answer as answers
from daemon.purchase_order_books import PurchaseOrderBooks
from daemon.settings import VendorAccount
from daemon.store.notes import write_notes
from daemon.telemetry import Telemetry
from handlers.alerts import AlertKind
from handlers.notes import RaiseAlert, ResolveAlert

THROTTLED_FOR = 10.0
"""Seconds without calls of a kind after a 429."""
WELL_FOR = 60.0
"""Real seconds for which an account that was answered need not be said to be well again."""


@dataclass(slots=True)
class VendorCalls:
    vendor: VendorAccount
    books: PurchaseOrderBooks
    budget: Budget
    telemetry: Telemetry
    _well_at: float = -math.inf

    async def granted(self, plan: Plan, calls: int) -> int:
        """How many of the calls may leave now."""
        async with self.books.database.connection() as connection:
            granted = await self.budget.take(connection, self._buckets(plan), calls)
        return granted.granted

    async def give_back(self, plan: Plan, unused: int) -> None:
        if unused > 0:
            async with self.books.database.connection() as connection:
                await self.budget.give_back(connection, self._buckets(plan), unused)

    async def called(self, plan: Plan, answer: object, begun: float) -> None:
        """A call that began at `begun`, monotonic, was answered."""
        clock, name, word = self.books.clock, self.books.account, type(answer).__name__.lower()
        self.telemetry.called(name, plan.operation, word, clock.monotonic() - begun)
        match answer:
            case answers.Throttled():
                async with self.books.database.connection() as connection:
                    await self.budget.throttled(connection, self._buckets(plan)[:1], THROTTLED_FOR)
            case answers.Denied(reason=reason):
                self._well_at = -math.inf
                await self._note(RaiseAlert(AlertKind.CHANNEL_DENIED, name, name, reason))
            case answers.Done() if clock.monotonic() > self._well_at + WELL_FOR:
                await self._note(ResolveAlert(AlertKind.CHANNEL_DENIED, name))
                self._well_at = clock.monotonic()
            case _:
                pass

    async def _note(self, note: RaiseAlert | ResolveAlert) -> None:
        async with self.books.database.transaction() as connection:
            await write_notes(connection, [note], self.books.clock.now(), self.books.owners)

    def _buckets(self, plan: Plan) -> Sequence[Bucket]:
        return buckets(plan, self.books.account, self.vendor.application)
