"""A simulated warehouse on a real bus: opening levels, movements at a rate, answers, levels now and then."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from daemon.bus import open_bus
from daemon.bus.port import Bus
from daemon.demo.offers import sku_names
from daemon.demo.road import answer_requests, carry
from daemon.settings import Bus as BusSettings
from daemon.supervisor import pause
from daemon.topology import TOPOLOGY
from simulators.warehouse import Warehouse, WarehouseFaults

TICK = 0.25
SAY_EVERY = 5.0
"""Real seconds."""


@dataclass(frozen=True, slots=True)
class Day:
    """What the warehouse does, and what happens to its messages on the way."""

    account: str = "acme"
    name: str = "W1"
    skus: int = 100
    rate: float = 10.0
    seed: int = 1
    reorder: int = 0
    duplicate: float = 0.0
    lose: float = 0.0
    corrupt: float = 0.0
    level_every: float = 300.0


@dataclass(slots=True)
class _Post:
    """One warehouse at its bus."""

    day: Day
    bus: Bus
    say: Callable[[str], None]
    warehouse: Warehouse = field(init=False)
    faults: WarehouseFaults = field(init=False)
    told: int = 0
    answered: int = 0

    def __post_init__(self) -> None:
        day = self.day
        self.warehouse = Warehouse(day.seed, sku_names(day.skus), account=day.account, warehouse=day.name)
        self.faults = WarehouseFaults(day.seed, day.reorder, day.duplicate, day.lose, day.corrupt)

    async def work(self, stop: asyncio.Event) -> None:
        """Trade until told to stop; then a last level of everything, so that whoever lost something knows."""
        await carry(self.bus, self.warehouse.opening_levels())
        self.say(f"opening levels of {self.day.skus} SKUs told, seed {self.day.seed}; Ctrl-C ends it")
        begun = time.monotonic()
        levels_at, say_at = begun + self.day.level_every, begun + SAY_EVERY
        while not stop.is_set():
            now = time.monotonic()
            await self._move(int((now - begun) * self.day.rate) - self.told)
            if now >= levels_at:
                levels_at = now + self.day.level_every
                await carry(self.bus, self.warehouse.levels())
            if now >= say_at:
                say_at = now + SAY_EVERY
                self.say(self.account_of_itself())
            await pause(stop, TICK)
        await carry(self.bus, self.warehouse.levels())
        self.say(f"closing levels told; {self.account_of_itself()}")

    async def _move(self, count: int) -> None:
        self.told += count
        await carry(self.bus, self.faults.apply(self.warehouse.trade(count)))

    def count_answers(self, answered: int) -> None:
        self.answered += answered

    def account_of_itself(self) -> str:
        road = self.faults
        return (
            f"{self.told} movements: {len(road.lost)} lost, {len(road.corrupted)} corrupted, "
            f"{len(road.duplicated)} doubled; {self.answered} levels asked and answered"
        )


async def trade(
    day: Day, settings: BusSettings, password: str | None, stop: asyncio.Event, say: Callable[[str], None]
) -> None:
    """Until told to stop."""
    async with open_bus(settings, password) as bus:
        await bus.declare(TOPOLOGY)
        post = _Post(day, bus, say)
        queue = f"simulated-warehouse.{day.account}.{day.name}"
        answering = asyncio.create_task(answer_requests(bus, post.warehouse, queue, post.count_answers))
        try:
            await post.work(stop)
        finally:
            answering.cancel()
            await asyncio.gather(answering, return_exceptions=True)
