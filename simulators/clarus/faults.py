"""What goes wrong at the simulated Clarus, by seed and by script."""

import random
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

Kind = Literal[
    "slow", "error", "reset", "unauthorised", "throttle", "errors_beside_data", "errors_alone", "missing_field",
    "repeated_rows", "garbled", "error_after", "reset_after", "late_effect", "refused", "echoed",
]  # fmt: skip
"""slow: the answer is late. error: a 5xx. reset: the connection closes. unauthorised: the session has ended.
errors_beside_data: 200 with `errors` and half the rows. errors_alone: 200 without data. missing_field: a field of the
first row is gone. repeated_rows: the page's first row comes twice. garbled: 200 with something that is no JSON.
error_after, reset_after: a 5xx, or no answer at all, although it was done. late_effect: the connection closes, and it
is done some time after. refused: a 422 with a word of its own.
echoed: a 422 that repeats the request, address and all."""


@dataclass(frozen=True, slots=True)
class Fault:
    kind: Kind
    operation: str = ""
    """`stock_balances`, `goods_outs` and so on, for a change also its call, as `goods_outs.create`; empty: any."""
    seconds: float = 1.0
    """Simulated seconds of delay, or until the effect."""
    status: int = 503
    field: str = "available"
    times: int = 1


@dataclass(slots=True)
class FaultPlan:
    """Scripts come first, in order; then chances, drawn from the seed."""

    seed: int = 0
    chances: tuple[tuple[float, Fault], ...] = ()
    replica_lag: tuple[float, float] = (0.0, 0.0)
    """Simulated seconds, drawn for each read: replicas differ."""
    hook_lost: float = 0.0
    hook_twice: float = 0.0
    hook_delay: tuple[float, float] = (0.0, 0.0)
    """Simulated seconds on the way, drawn for each: this is what puts them out of order."""
    away_until: datetime | None = None
    """Until then no call is answered at all."""
    _scripts: list[Fault] = field(default_factory=list[Fault])
    _draw: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self._draw = random.Random(self.seed)

    def script(self, *faults: Fault) -> None:
        """These strike next, each its `times`."""
        self._scripts += [fault for fault in faults for _ in range(fault.times)]

    def leave(self, until: datetime) -> None:
        """An outage: whatever is asked until then, the connection closes."""
        self.away_until = until

    def is_away(self, now: datetime) -> bool:
        return self.away_until is not None and now < self.away_until

    def stop(self) -> None:
        """Nothing goes wrong from here on; the replica's lag stays."""
        self.away_until = None
        self._scripts.clear()
        self.chances = ()
        self.hook_lost = self.hook_twice = 0.0

    def next(self, operation: str) -> Fault | None:
        names = ("", operation, operation.partition(".")[0])
        for place, fault in enumerate(self._scripts):
            if fault.operation in names:
                return self._scripts.pop(place)
        for chance, fault in self.chances:
            if fault.operation in names and self._draw.random() < chance:
                return fault
        return None

    def lag(self) -> float:
        return self._draw.uniform(*self.replica_lag)

    def deliveries(self) -> list[float]:
        """The delays after which one webhook arrives: none when it is lost, two when it is doubled."""
        fate = self._draw.random()
        if fate < self.hook_lost:
            return []
        count = 2 if fate < self.hook_lost + self.hook_twice else 1
        return [self._draw.uniform(*self.hook_delay) for _ in range(count)]
