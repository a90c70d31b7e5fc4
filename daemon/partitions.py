"""Which partitions this replica works on: a fair share, by lease; handed over without overtaking.

The broker alone does not balance single active consumers: the first replica would get every queue. A partition
given up is drained, committed and acknowledged, its channel closed, and only then its lease released.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from daemon.leases import ROUND, Leases
from daemon.log import fact
from daemon.outcome import is_trouble
from daemon.topology import PARTITIONS

log = logging.getLogger(__name__)

Work = Callable[[int, asyncio.Event], Awaitable[None]]


@dataclass(slots=True)
class _Worker:
    task: "asyncio.Task[None]"
    stopping: asyncio.Event


@dataclass(slots=True)
class Partitions:
    """Runs `work(partition, stopping)` for each partition that this replica holds the lease of."""

    leases: Leases
    role: str
    work: Work
    drain: float
    """Real seconds that giving up a partition may take."""
    workers: dict[int, _Worker] = field(default_factory=dict[int, _Worker])

    @property
    def names(self) -> list[str]:
        return [f"{self.role}/{partition}" for partition in range(PARTITIONS)]

    async def run(self, stopping: asyncio.Event) -> None:
        """Until `stopping`; raises when a partition's worker dies of something nobody foresaw."""
        try:
            while not stopping.is_set():
                self._raise_deaths()
                await self._tick_unless_troubled()
                await _sleep_unless(stopping, ROUND)
        finally:
            await self._give_up(list(self.workers))

    def _raise_deaths(self) -> None:
        for worker in self.workers.values():
            if worker.task.done():
                worker.task.result()

    async def _tick_unless_troubled(self) -> None:
        """While the database fails, who works goes on: the books' own locks and numbers keep order, not the lease."""
        try:
            await self.tick()
        except Exception as error:
            if not is_trouble(error):
                raise
            log.warning("leases not renewed", extra=fact("lease_not_renewed", role=self.role, why=repr(error)))

    async def tick(self) -> None:
        """One round: renew, take up what is ours now, give up what is not or is too much."""
        share = await self.leases.share(self.names, self.role)
        surplus = sorted(self.workers)[share:]
        if surplus:
            await self._give_up(surplus)
        held = await self.leases.renew(self.names, share)
        mine = {int(name.rpartition("/")[2]) for name in held}
        await self._give_up([partition for partition in self.workers if partition not in mine])
        for partition in mine - set(self.workers):
            self._take_up(partition)

    def _take_up(self, partition: int) -> None:
        stopping = asyncio.Event()
        task = asyncio.create_task(self._run_one(partition, stopping), name=f"{self.role}-{partition}")
        self.workers[partition] = _Worker(task, stopping)
        log.info("partition taken up", extra=fact("partition_taken", partition=partition, role=self.role))

    async def _run_one(self, partition: int, stopping: asyncio.Event) -> None:
        await self.work(partition, stopping)

    async def _give_up(self, partitions: list[int]) -> None:
        leaving = [(partition, self.workers.pop(partition)) for partition in partitions]
        for _, worker in leaving:
            worker.stopping.set()
        for partition, worker in leaving:
            await _bounded(worker.task, self.drain)
            log.info("partition given up", extra=fact("partition_given_up", partition=partition, role=self.role))
        if leaving:
            await self._release([f"{self.role}/{partition}" for partition, _ in leaving])

    async def _release(self, names: list[str]) -> None:
        """At best: a lease that cannot be given back runs out by itself."""
        try:
            await self.leases.release(names)
        except Exception as error:
            if not is_trouble(error):
                raise
            log.warning("leases not released", extra=fact("lease_not_released", role=self.role, why=repr(error)))


async def _bounded(task: "asyncio.Task[None]", seconds: float) -> None:
    done, _ = await asyncio.wait((task,), timeout=seconds)
    if not done:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _sleep_unless(stopping: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await stopping.wait()
    except TimeoutError:
        return
