"""What every scene of the demo plays with."""

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from daemon.demo.house import House
from daemon.demo.offers import Offer
from daemon.demo.road import carry
from daemon.demo.sales import Sale
from daemon.demo.timeline import Ending, Episode, Timeline
from simulators.warehouse import WireMessage


@dataclass(slots=True)
class Stage:
    """The house, the timeline, and what one scene leaves for a later one."""

    house: House
    timeline: Timeline
    started: float = field(default_factory=time.monotonic)
    draw: random.Random = field(init=False)
    held: list[Sale] = field(default_factory=list[Sale])
    """Orders that left with a carrier nobody has mapped."""
    mapped_at: float | None = None
    refused: Offer | None = None
    corrected_at: float | None = None
    road_is_clear: bool = False

    def __post_init__(self) -> None:
        self.draw = random.Random(self.house.seed + 1)

    @property
    def at(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self.started

    @property
    def now(self) -> datetime:
        return self.house.amazon.world.time.now()

    def begin(self, what: str, ending: Ending, so_far: Callable[[], str] = str) -> float:
        """Put an episode on the timeline; returns when it began."""
        at = self.at
        self.timeline.begin(Episode(at, what, ending, so_far))
        return at

    async def tell(self, messages: Sequence[WireMessage]) -> None:
        """Send what the warehouse says over the road as it is now."""
        await carry(self.house.bus, self.house.faults.apply(messages))

    async def set_aside(self, sale: Sale) -> None:
        """The warehouse allocates an order; what it lacks comes in first. Movements may be lost on the road."""
        house = self.house
        missing = {line.sku: line.quantity - house.warehouse.available(line.sku) for line in sale.lines}
        received = [
            house.warehouse.move(sku, "received", available=units, received=units)
            for sku, units in missing.items()
            if units > 0
        ]
        house.desk.take(sale.order.order_reference, sale.lines)
        *movements, event = house.desk.allocate(sale.order.order_reference)
        await self.tell([*received, *movements])
        await carry(house.bus, [event])

    async def despatch(self, sale: Sale) -> None:
        """The parcels of an order leave; told twice now and then, never lost: it has no number that would show it."""
        await self.set_aside(sale)
        sale.told_at = self.now
        message = self.house.warehouse.despatch(sale.order, despatch_id=sale.despatch_id)
        again = self.draw.random() < self.house.faults.duplicate
        await carry(self.house.bus, [message[0], message[0]] if again else message)
