"""What the trade does: a full sync by feed, first in first out by patch, velocity tiers; and no limit at all.

Each is a strong version of itself: values are read when they leave, a SKU waits once, what turned out to be told
already costs no call, no budget is left unused while anything waits, and tiers lend what they do not need.
"""

import math
from collections import deque
from collections.abc import Sequence

from handlers.demand_model import Floats
from tests.bench.freshness.books import Books
from tests.bench.freshness.budgets import FEED_ROOM, feeds, patches
from tests.bench.freshness.engine import Channel

SYNC_EVERY = 900.0
NEVER = math.inf


class Quiet:
    """Wants the truth, hears everything and does nothing."""

    def __init__(self, books: Books, channel: Channel) -> None:
        self.books, self.channel = books, channel

    def wants(self, sku: int) -> int:
        return self.books.pool[sku]

    def changed(self, sku: int, now: float) -> None:
        """Not interested."""

    def ordered(self, sku: int, units: int, own: bool, now: float) -> None:
        """Not interested."""

    def turn(self, now: float) -> None:
        """Never asked for one."""

    def wake(self) -> float:
        return NEVER

    def feed_ended(self, skus: Sequence[int], values: Sequence[int], now: float) -> None:
        """Nothing to do."""


class NoLimit(Quiet):
    """Every change is sent at once, with the same lag: what a perfect policy without foresight comes to."""

    def changed(self, sku: int, now: float) -> None:
        self.channel.patch(sku, self.books.pool[sku], now)


class FullSync(Quiet):
    """Every quarter of an hour everything goes out by feed."""

    def __init__(self, books: Books, channel: Channel) -> None:
        super().__init__(books, channel)
        self.budget, self.next = feeds(), SYNC_EVERY
        self.waiting: deque[range] = deque()

    def wake(self) -> float:
        return self.next

    def turn(self, now: float) -> None:
        skus = len(self.books.pool)
        if not self.waiting:
            self.waiting.extend(range(low, min(low + FEED_ROOM, skus)) for low in range(0, skus, FEED_ROOM))
        for _ in range(min(self.budget.whole(now), len(self.waiting))):
            self.budget.take(1)
            skus_of_one = self.waiting.popleft()
            self.channel.feed(skus_of_one, self.books.pool[skus_of_one.start : skus_of_one.stop], now)
        self.next = self.budget.next_at(now) if self.waiting else (math.floor(now / SYNC_EVERY) + 1) * SYNC_EVERY


class Tiers(Quiet):
    """Fixed velocity tiers: each has its share of the patches, first in first out, and lends what it cannot use."""

    def __init__(self, books: Books, channel: Channel, tier: Sequence[int], turns: Sequence[int]) -> None:
        """`tier` of each SKU; `turns`: the tiers in the order in which they are served, repeated for their share."""
        super().__init__(books, channel)
        self.budget = patches()
        self.tier, self.turns, self.served, self.next = tier, turns, 0, NEVER
        self.queues: list[deque[int]] = [deque() for _ in range(max(turns) + 1)]
        self.queued = [False] * len(books.pool)

    def wake(self) -> float:
        return self.next

    def changed(self, sku: int, now: float) -> None:
        if not self.queued[sku]:
            self.queued[sku] = True
            self.queues[self.tier[sku]].append(sku)
        if self.next == NEVER:
            self.turn(now)

    def turn(self, now: float) -> None:
        tokens = self.budget.whole(now)
        while tokens and (sku := self._next()) is not None:
            if self.books.pool[sku] != self.channel.told[sku]:
                self.channel.patch(sku, self.books.pool[sku], now)
                self.budget.take(1)
                tokens -= 1
        self.next = self.budget.next_at(now) if any(self.queues) else NEVER

    def _next(self) -> int | None:
        for _ in self.turns:
            queue = self.queues[self.turns[self.served % len(self.turns)]]
            self.served += 1
            if queue:
                sku = queue.popleft()
                self.queued[sku] = False
                return sku
        return None


class FirstInFirstOut(Tiers):
    """One tier: the SKU that has waited longest, with its newest value."""

    def __init__(self, books: Books, channel: Channel) -> None:
        super().__init__(books, channel, [0] * len(books.pool), [0])


def tiers_by_velocity(per_day: Floats, shares: tuple[float, float]) -> list[int]:
    """The fastest SKUs that make the first share of all sales are tier 0, those of the second share tier 1."""
    order = (-per_day).argsort(kind="stable")
    reached = per_day[order].cumsum() / max(per_day.sum(), 1e-12)
    tier = [2] * len(per_day)
    for sku, share in zip(order.tolist(), reached.tolist(), strict=True):
        tier[sku] = 0 if share <= shares[0] else 1 if share <= shares[1] else 2
    return tier
