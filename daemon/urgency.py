"""Right of way: bulk work looks here between its slices, and lets a despatch that is on its way go first."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

LONGEST = 0.1
"""Real seconds that bulk work waits at most, so that a stream of despatches slows it and never stops it."""


def _open_event() -> asyncio.Event:
    event = asyncio.Event()
    event.set()
    return event


@dataclass(slots=True)
class Urgency:
    """Counts despatches between arrival and request; `claim` around each step that somebody waits for."""

    clear: asyncio.Event = field(default_factory=_open_event)
    under_way: int = 0

    def begin(self) -> None:
        self.under_way += 1
        self.clear.clear()

    def end(self) -> None:
        self.under_way -= 1
        if self.under_way == 0:
            self.clear.set()

    @contextmanager
    def claim(self) -> Iterator[None]:
        self.begin()
        try:
            yield
        finally:
            self.end()

    async def give_way(self, longest: float = LONGEST) -> None:
        """Let what is ready run, and wait while something urgent is under way, `longest` real seconds at most."""
        await asyncio.sleep(0)
        until = time.monotonic() + longest
        while self.under_way and (left := until - time.monotonic()) > 0:
            try:
                async with asyncio.timeout(left):
                    await self.clear.wait()
            except TimeoutError:
                return
