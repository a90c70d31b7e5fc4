"""Ours: the product's own policy code, told what the product would know."""

import math
from collections.abc import Sequence

import numpy as np

from handlers import next_moves
from handlers.demand_model import Floats, Integers
from handlers.foresight import OFF, Foresight, eased, shown_meanwhile, step_of, until_next_turn
from handlers.next_moves import UNKNOWN, Candidates, Policy, Routes
from tests.bench.freshness.books import Books
from tests.bench.freshness.budgets import feeds, patches
from tests.bench.freshness.engine import Channel
from tests.bench.freshness.trade import NEVER, Quiet

HELD_BACK_RISK = 0.1
"""As the product's setting has it."""
GATHER = 0.5
"""Seconds between two plans while there is more to do than the budget carries."""


class Measured:
    """Demand as counted from sales, decayed; one rate of the channel's own and one of everybody else."""

    def __init__(self, own: Floats, others: Floats, order_units: Floats, half_life: float) -> None:
        """Rates in units a second, as measured before the run."""
        self.rates, self.counted = (others.copy(), own.copy()), (np.zeros(len(own)), np.zeros(len(own)))
        self.order_units, self.half_life = order_units, half_life

    def sold(self, sku: int, units: int, own: bool, now: float) -> None:
        rate, counted = self.rates[own], self.counted[own]
        faded = rate[sku] * 0.5 ** ((now - counted[sku]) / self.half_life)
        rate[sku] = faded + units * math.log(2.0) / self.half_life
        counted[sku] = now

    def elsewhere(self, sku: int, now: float) -> float:
        """What others draw from its pool, units a second."""
        counted = float(self.counted[False][sku])
        return float(self.rates[False][sku]) * math.exp2((counted - now) / self.half_life)

    def of(self, skus: Integers, own: bool, now: float) -> Floats:
        found: Floats = self.rates[own][skus] * np.exp2((self.counted[own][skus] - now) / self.half_life)
        return found


class Ours(Quiet):
    """Plans whenever the budget has room, and does what the plan says."""

    def __init__(
        self, books: Books, channel: Channel, measured: Measured, policy: Policy, foresight: Foresight = OFF
    ) -> None:
        super().__init__(books, channel)
        self.measured, self.policy, self.foresight = measured, policy, foresight
        self.patch_budget, self.feed_budget = patches(), feeds()
        self.told = np.array(channel.told, np.int64)
        self.wanted = self.told.copy()
        self.sold_since = np.zeros(len(self.told), np.int64)
        self.since = np.zeros(len(self.told))
        self.in_feed = np.zeros(len(self.told), np.bool_)
        self.held = set[int]()
        self.pressure = self.waiting = 0.0
        self.dirty = np.zeros(len(self.told), np.bool_)
        self.next = NEVER
        self.last_feed: float | None = None
        self.running: list[float] = []

    def wake(self) -> float:
        return self.next

    def ordered(self, sku: int, units: int, own: bool, now: float) -> None:
        if units:
            self.measured.sold(sku, units, own, now)
            self.sold_since[sku] += units * own

    def changed(self, sku: int, now: float) -> None:
        wanted = self._shown(sku, self.books.pool[sku], now)
        self._compare(sku, wanted, now)
        if self.next == NEVER or (wanted <= self.policy.near_zero and wanted < self.told[sku]):
            self.next = min(self.next, self.patch_budget.next_at(now))

    def _shown(self, sku: int, pool: int, now: float) -> int:
        """What to show of the pool: less what others are likely to take before the channel can be told of it."""
        units, elsewhere = float(self.measured.order_units[sku]), self.measured.elsewhere(sku, now)
        ahead = Foresight(self.foresight.risk, self.foresight.lag, units)
        waiting = Foresight(HELD_BACK_RISK, until_next_turn(self.waiting, self.policy.patch_lag), units)
        shown = shown_meanwhile(pool, pool, elsewhere, ahead, waiting)
        (self.held.add if shown < pool else self.held.discard)(sku)
        return shown

    def _felt(self, pressure: float, now: float) -> None:
        """What was held back is shown again once the channel can be told sooner."""
        self.pressure, before = eased(self.pressure, pressure), self.waiting
        self.waiting = step_of(self.pressure)
        if self.waiting < before:
            for sku in sorted(self.held):
                self._compare(sku, self._shown(sku, self.books.pool[sku], now), now)

    def wants(self, sku: int) -> int:
        return int(self.wanted[sku])

    def _compare(self, sku: int, wanted: int, now: float) -> None:
        self.wanted[sku] = wanted
        dirty = wanted != self.told[sku]
        if dirty and not self.dirty[sku]:
            self.since[sku] = now
        self.dirty[sku] = dirty

    def turn(self, now: float) -> None:
        listings = np.flatnonzero(self.dirty)
        routes = Routes(
            self.patch_budget.whole(now), self.channel.patches, self.feed_budget.whole(now), self.last_feed
        )
        plan = next_moves.plan(self._candidates(listings, now), routes, now, self.policy)
        for sku in listings[plan.patches].tolist():
            self.patch_budget.take(1)
            self.channel.patch(sku, int(self.wanted[sku]), now)
            self._told(sku)
        if len(plan.feed):
            self._feed(listings[plan.feed], now)
        waiting = len(listings) - len(plan.patches) - len(plan.feed)
        self._felt(plan.pressure, now)
        self.next = max(now + GATHER, self.patch_budget.next_at(now)) if waiting else NEVER

    def _candidates(self, listings: Integers, now: float) -> Candidates:
        unknown = np.full(len(listings), UNKNOWN, np.int64)
        told = self.told[listings]
        live = np.maximum(told - self.sold_since[listings], 0)
        own, others = (self.measured.of(listings, own, now) for own in (True, False))
        return Candidates(
            self.wanted[listings], told, live, self.since[listings], own, unknown, others,
            self.measured.order_units[listings], self.in_feed[listings],
        )  # fmt: skip

    def _told(self, sku: int) -> None:
        self.told[sku] = self.wanted[sku]
        self.sold_since[sku] = 0
        self.dirty[sku] = False

    def _feed(self, listings: Integers, now: float) -> None:
        skus = listings.tolist()
        self.feed_budget.take(1)
        self.last_feed = now
        self.running.append(now)
        self.channel.feed(skus, self.wanted[listings].tolist(), now)
        self.in_feed[listings] = True
        for sku in skus:
            self._told(sku)

    def feed_ended(self, skus: Sequence[int], values: Sequence[int], now: float) -> None:
        """What the feed said may have come after what was patched meanwhile: it is told again."""
        listings = np.array(skus)
        self.running.pop(0)
        self.in_feed[listings] = False
        self.told[listings] = values
        for sku in listings[self.wanted[listings] != self.told[listings]].tolist():
            self._compare(sku, int(self.wanted[sku]), now)
        if self.next == NEVER and self.dirty.any():
            self.next = now
