"""Loops and their supervisor: a loop that dies stops the process, and stopping is bounded and in order."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from daemon.leases import ROUND, Leases
from daemon.log import fact

log = logging.getLogger(__name__)

Loop = Callable[[asyncio.Event], Awaitable[None]]
"""Runs until the event is set, then ends by itself; raises when it cannot go on."""

Round = Callable[[], Awaitable[float]]
"""Does one piece of work and returns the real seconds until the next is worth while."""

Finish = Callable[[], Awaitable[None]]


@dataclass(slots=True)
class Supervisor:
    """Runs named loops until told to stop, or until one of them ends."""

    drain: float
    """Real seconds that all loops together may take to end."""
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    tasks: "dict[str, asyncio.Task[None]]" = field(default_factory=dict[str, "asyncio.Task[None]"])

    def add(self, name: str, loop: Loop) -> None:
        self.tasks[name] = asyncio.create_task(_run(loop, self.stopping), name=name)

    async def wait(self) -> None:
        """Until `stopping`; raises what a loop died of, after the others were stopped."""
        told = asyncio.create_task(self.stopping.wait())
        try:
            await asyncio.wait([told, *self.tasks.values()], return_when=asyncio.FIRST_COMPLETED)
        finally:
            told.cancel()
            await self.stop()
        self._raise_deaths()

    async def stop(self) -> None:
        self.stopping.set()
        if not self.tasks:
            return
        _, late = await asyncio.wait(self.tasks.values(), timeout=self.drain)
        for task in late:
            log.warning("loop did not end in time", extra=fact("loop_cut", loop=task.get_name()))
            task.cancel()
        await asyncio.gather(*self.tasks.values(), return_exceptions=True)

    def _raise_deaths(self) -> None:
        for name, task in self.tasks.items():
            if not task.cancelled() and (error := task.exception()) is not None:
                raise RuntimeError(f"the loop {name!r} died: {error!r}") from error

    def failing(self) -> str | None:
        """What is wrong with the loops, for the readiness probe; None when all run."""
        dead = [name for name, task in self.tasks.items() if task.done()]
        return f"not running: {', '.join(dead)}" if dead else None


async def _run(loop: Loop, stopping: asyncio.Event) -> None:
    await loop(stopping)
    if not stopping.is_set():
        raise RuntimeError("it ended by itself")


def repeating(round_: Round) -> Loop:
    """A loop of rounds. A round that fails is logged and tried again, for a partner's bad day is not ours."""

    async def loop(stopping: asyncio.Event) -> None:
        while not stopping.is_set():
            await pause(stopping, await _guarded(round_))

    return loop


def leased(leases: Leases, name: str, round_: Round, needs: float, finish: Finish | None = None) -> Loop:
    """A loop of rounds that run only while the lease `name` is ours for at least `needs` more real seconds.

    `finish`: lets what the rounds have left under way end, before the lease goes.
    """

    async def loop(stopping: asyncio.Event) -> None:
        renewing = asyncio.create_task(_renew(leases, name, stopping))
        try:
            while not stopping.is_set():
                ours = name in leases.held and leases.safe_for() > needs
                await pause(stopping, await _guarded(round_) if ours else 0.1)
            await _finished(finish)
        finally:
            renewing.cancel()
            await asyncio.gather(renewing, return_exceptions=True)
            await _release(leases, name)

    return loop


async def _finished(finish: Finish | None) -> None:
    try:
        if finish is not None:
            await finish()
    except Exception:
        log.exception("what was under way broke", extra=fact("finish_failed"))


async def _release(leases: Leases, name: str) -> None:
    """At best: a lease that cannot be given back runs out by itself, and stopping goes on."""
    try:
        await leases.release([name])
    except Exception:
        log.warning("lease not released", exc_info=True, extra=fact("lease_not_released", lease=name))


async def _renew(leases: Leases, name: str, stopping: asyncio.Event) -> None:
    while not stopping.is_set():
        try:
            await leases.renew([name], 1)
        except Exception:
            log.warning("lease not renewed", exc_info=True, extra=fact("lease_not_renewed", lease=name))
        await pause(stopping, ROUND)


async def _guarded(round_: Round) -> float:
    try:
        return await round_()
    except Exception:
        log.exception("round failed", extra=fact("round_failed", round=getattr(round_, "__qualname__", "")))
        return 1.0


async def pause(stopping: asyncio.Event, seconds: float) -> None:
    """Sleep real seconds, or until told to stop."""
    if seconds <= 0:
        await asyncio.sleep(0)
        return
    try:
        async with asyncio.timeout(seconds):
            await stopping.wait()
    except TimeoutError:
        return
