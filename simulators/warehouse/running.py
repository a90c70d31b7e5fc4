"""A warehouse at work over a bus: trades, tells its levels from time to time, and answers what it is asked."""

import asyncio
from dataclasses import dataclass

from simulators.warehouse.answers import Answers
from simulators.warehouse.business import Warehouse
from simulators.warehouse.faults import WarehouseFaults
from simulators.warehouse.messages import WireMessage
from simulators.warehouse.transport import Port

STRETCH = 50
"""Movements published at once, at most."""


@dataclass
class Producer:
    """`run` until `events` movements were made, or cancelled. Times are simulated seconds."""

    port: Port
    warehouse: Warehouse
    faults: WarehouseFaults
    answers: Answers
    rate: float = 20.0
    """Movements in a second."""
    level_interval: float | None = 86_400.0
    """Between two tellings of all levels; None: only when asked."""
    published: int = 0

    async def run(self, events: int | None = None) -> None:
        """Opening levels first, then the day's business; whatever was held back leaves at the end."""
        async with asyncio.TaskGroup() as group:
            beside = [group.create_task(self.answer()), group.create_task(self.tell_levels())]
            await self.send(self.warehouse.opening_levels())
            await self.trade(events)
            await self._publish(self.faults.flush())
            for task in beside:
                task.cancel()

    async def trade(self, events: int | None = None) -> None:
        """Movements at `rate`, in stretches."""
        done = 0
        while events is None or done < events:
            count = min(STRETCH, max(1, int(self.rate)), STRETCH if events is None else events - done)
            await self.send(self.warehouse.trade(count))
            done += count
            await self.warehouse.time.sleep(count / self.rate)

    async def tell_levels(self) -> None:
        while self.level_interval is not None:
            await self.warehouse.time.sleep(self.level_interval)
            await self.send(self.warehouse.levels())

    async def answer(self) -> None:
        """Each command on its own: a late answer holds no other up."""
        async with asyncio.TaskGroup() as group:
            async for command in self.port.commands():
                group.create_task(self._answer(command))

    async def send(self, messages: list[WireMessage]) -> None:
        """By way of the faults."""
        await self._publish(self.faults.apply(messages))

    async def _answer(self, command: bytes) -> None:
        await self._publish(await self.answers.answer(command))

    async def _publish(self, messages: list[WireMessage]) -> None:
        if messages:
            await self.port.publish(messages)
            self.published += len(messages)
