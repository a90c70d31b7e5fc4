"""The way between a simulated warehouse and the bus: its events, the answers it gives, and what readers see."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

import msgspec

from daemon.bus.port import Bus, BusError, Delivery, Publication
from daemon.topology import COMMANDS, STOCK, TOPOLOGY, Binding, Queue, Topology
from schemas.outgoing import StockEntry
from simulators.warehouse import Warehouse, WireMessage

REQUESTS = "inventory.level_request"
TAKEN_AT_ONCE = 200
PATIENCE = 1.0
"""Real seconds between two tries to reach a bus that does not confirm."""


async def carry(bus: Bus, messages: Sequence[WireMessage]) -> None:
    """Publish in order, each until the bus has confirmed it."""
    left = [_publication(message) for message in messages]
    while left:
        answers = await bus.publish(left)
        left = left[answers.index(False) :] if False in answers else []
        if left:
            await asyncio.sleep(PATIENCE)


def _publication(message: WireMessage) -> Publication:
    return Publication(
        message.exchange, message.routing_key, message.body, message.message_id, message.headers, message.content_type
    )


async def answer_requests(
    bus: Bus, warehouse: Warehouse, queue: str, answered: Callable[[int], None], after: float = 0.0
) -> None:
    """Answer the daemon's requests for levels, `after` real seconds, for ever. `answered` hears of each batch."""

    async def answer(batch: Sequence[Delivery]) -> None:
        await asyncio.sleep(after)
        await carry(bus, [message for delivery in batch for message in warehouse.answer(delivery.body)])
        answered(len(batch))

    await _consume(bus, Queue(queue, {"x-queue-type": "quorum"}), Binding(COMMANDS, queue, REQUESTS), answer)


@dataclass(slots=True)
class StreamReader:
    """Reads `goodsout.stock` as any reader would: numbers at or below the last are dropped, a jump is a fault."""

    entries: int = 0
    last: dict[tuple[str, str, str], int] = field(default_factory=dict[tuple[str, str, str], int])
    jumps: list[str] = field(default_factory=list[str])

    async def read(self, bus: Bus, queue: str) -> None:
        """For ever."""

        async def take(batch: Sequence[Delivery]) -> None:
            for delivery in batch:
                self.note(msgspec.json.decode(delivery.body, type=_Entry).data)

        await _consume(bus, Queue(queue), Binding(STOCK, queue, "#"), take)

    def note(self, entry: StockEntry) -> None:
        key = (entry.account, entry.warehouse, entry.sku)
        last = self.last.get(key, 0)
        if entry.number <= last:
            return
        if entry.number != last + 1:
            self.jumps.append(f"{entry.sku}: {last} then {entry.number}")
        self.entries += 1
        self.last[key] = entry.number


class _Entry(msgspec.Struct, frozen=True):
    data: StockEntry


async def _consume(
    bus: Bus, queue: Queue, binding: Binding, work: Callable[[Sequence[Delivery]], Awaitable[None]]
) -> None:
    await bus.declare(TOPOLOGY)
    await bus.declare(Topology((), (queue,), (binding,)))
    while True:
        try:
            subscription = await bus.subscribe(queue.name, TAKEN_AT_ONCE)
            while True:
                batch = await subscription.take(TAKEN_AT_ONCE, 0.0)
                await work(batch)
                await subscription.acknowledge_up_to(batch[-1])
        except BusError:
            await asyncio.sleep(PATIENCE)
