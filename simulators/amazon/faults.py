"""What goes wrong at the simulated Amazon, by seed and by script."""

import random
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Literal, TypeVar

import msgspec

from simulators.amazon.feed_fates import FeedPlan

Kind = Literal[
    "slow", "late_effect", "lost_answer", "cut_answer", "reset", "error_before", "error_after", "throttle", "denied",
    "repeated",
]  # fmt: skip
"""slow: the answer is late. late_effect: the client hears nothing, the effect comes after a delay.
lost_answer: took effect, then silence. cut_answer: took effect, then the connection is closed.
reset: closed before any effect. error_before, error_after: 5xx without and with effect.
throttle: a 429 that no bucket explains. denied: a 403 that no token explains.
repeated: a page shows each of its orders twice, in any order, each as some replica has it."""


Row = TypeVar("Row")


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """A fault, for requests that match all that is given."""

    kind: Kind
    operation: str = ""
    seller: str = ""
    subject: str = ""
    seconds: float = 1.0
    """Simulated seconds of delay or silence."""
    status: int = 500
    times: int | None = 1
    """Requests to hit; None is every one."""
    until: datetime | None = None

    def hits(self, operation: str, seller: str, subject: str) -> bool:
        return self.operation in ("", operation) and self.seller in ("", seller) and self.subject in ("", subject)


class Chance(msgspec.Struct, frozen=True, kw_only=True):
    """A fault that strikes with `probability`, each request anew."""

    probability: float
    fault: Fault


class Lags(msgspec.Struct, frozen=True, kw_only=True):
    """Simulated seconds, each drawn between two bounds."""

    live: tuple[float, float] = (0.0, 0.0)
    """From an accepted quantity until it is live."""
    order: tuple[float, float] = (0.0, 0.0)
    """From a confirmed parcel until getOrder shows it."""
    search: tuple[float, float] = (0.0, 0.0)
    """From an order's change until searchOrders finds it."""
    replica: tuple[float, float] = (0.0, 0.0)
    """From an order's change until searchOrders and getOrder show it; drawn for each order of each answer, so that an
    older word may come after a newer one."""


class FaultPlan:
    """Scripts come first, in order; then chances, drawn from the seed."""

    def __init__(
        self,
        seed: int = 0,
        chances: tuple[Chance, ...] = (),
        lags: Lags | None = None,
        invalid: Mapping[str, str] | None = None,
        rate_header_absent: float = 0.1,
        feeds: FeedPlan | None = None,
    ) -> None:
        """`invalid` maps a seller SKU to the issue code of its INVALID answer, and of its refusal in a feed."""
        self.seed = seed
        self.chances = chances
        self.lags = lags or Lags()
        self.invalid = dict(invalid or {})
        self.rate_header_absent = rate_header_absent
        self.feeds = feeds or FeedPlan(seed)
        self._random = random.Random(seed)
        self._scripts: list[tuple[Fault, int | None]] = []

    def script(self, *faults: Fault) -> None:
        """These strike next, each its `times`."""
        self._scripts += [(fault, fault.times) for fault in faults]

    def spell(self, kind: Kind, seconds: float, now: datetime, operation: str = "", seller: str = "") -> None:
        """Every matching request for simulated `seconds` from `now`."""
        until = now + timedelta(seconds=seconds)
        self.script(Fault(kind=kind, operation=operation, seller=seller, times=None, until=until, status=503))

    def stop(self) -> None:
        """Nothing goes wrong from here on; lags stay."""
        self._scripts.clear()
        self.chances = ()
        self.invalid.clear()
        self.feeds.stop()

    def next(self, operation: str, seller: str, subject: str, now: datetime) -> Fault | None:
        return self._scripted(operation, seller, subject, now) or self._drawn(operation, seller, subject)

    def live_lag(self) -> timedelta:
        return timedelta(seconds=self._random.uniform(*self.lags.live))

    def order_lag(self) -> timedelta:
        return timedelta(seconds=self._random.uniform(*self.lags.order))

    def search_lag(self) -> timedelta:
        return timedelta(seconds=self._random.uniform(*self.lags.search))

    def replica_lag(self) -> timedelta:
        return timedelta(seconds=self._random.uniform(*self.lags.replica))

    def shuffled(self, rows: list[Row]) -> list[Row]:
        return self._random.sample(rows, len(rows))

    def hides_rate(self) -> bool:
        return self._random.random() < self.rate_header_absent

    def _scripted(self, operation: str, seller: str, subject: str, now: datetime) -> Fault | None:
        self._scripts = [(fault, left) for fault, left in self._scripts if fault.until is None or now < fault.until]
        for place, (fault, left) in enumerate(self._scripts):
            if fault.hits(operation, seller, subject):
                self._spend(place, fault, left)
                return fault
        return None

    def _spend(self, place: int, fault: Fault, left: int | None) -> None:
        if left is None:
            return
        if left <= 1:
            del self._scripts[place]
        else:
            self._scripts[place] = (fault, left - 1)

    def _drawn(self, operation: str, seller: str, subject: str) -> Fault | None:
        for chance in self.chances:
            if chance.fault.hits(operation, seller, subject) and self._random.random() < chance.probability:
                return chance.fault
        return None
