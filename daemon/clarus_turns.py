"""Several readers of one tenant, behind one lease and one login: a second login with its account would end the first.

Each is called when its own wait is over; they take turns.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from daemon.clock import Clock
from daemon.supervisor import Round


@dataclass(slots=True)
class Turns:
    """`round` calls the reader that has waited longest past its time."""

    rounds: Sequence[Round]
    clock: Clock
    ready: list[float] = field(init=False)

    def __post_init__(self) -> None:
        self.ready = [0.0] * len(self.rounds)

    async def round(self) -> float:
        place = min(range(len(self.rounds)), key=lambda place: self.ready[place])
        wait = self.ready[place] - self.clock.monotonic()
        if wait > 0:
            return wait
        pause = await self.rounds[place]()
        self.ready[place] = self.clock.monotonic() + pause
        return max(0.0, min(self.ready) - self.clock.monotonic())
