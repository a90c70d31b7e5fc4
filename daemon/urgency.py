"""Right of way: bulk work looks here between its slices, and lets a despatch that is on its way go first.

A despatch crosses the event loop some thirty times between its arrival and its request, and at each crossing it
waits for everything that was ready before it. So bulk work takes turns: one slice of one worker in each round of the
loop, and none while a despatch is under way. And while despatches come, few of them are in the database at once:
what the database has begun, a despatch has to wait for.
"""

import asyncio
import math
import time
from collections import deque
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field

LONGEST = 0.1
"""Real seconds that bulk work waits at most, so that a stream of despatches slows it and never stops it."""
LINGER = 0.003
"""Real seconds for which a despatch keeps its right of way between two of its steps."""
LATELY = 1.0
"""Real seconds after a despatch in which another is expected, so that bulk work takes smaller bites."""

FEW = 2
"""Bulk workers with a connection at once while despatches come."""
OVERDUE = 1.0
"""Real seconds after which bulk work goes on although there are FEW already: leases must be renewed in time."""

Turn = tuple["asyncio.Future[None]", float]
"""Who waits, and until when at most (monotonic)."""


@dataclass(slots=True)
class Urgency:
    """Counts despatches between arrival and request; `claim` around each step that somebody waits for."""

    under_way: int = 0
    _begun: float = -math.inf
    _few: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(FEW))
    _turns: deque[Turn] = field(default_factory=deque[Turn])
    _next: asyncio.Handle | None = None

    @property
    def lately(self) -> bool:
        """Whether something urgent was here a moment ago: more of it is likely."""
        return time.monotonic() - self._begun < LATELY

    def begin(self) -> None:
        self.under_way += 1
        self._begun = time.monotonic()

    def end(self) -> None:
        asyncio.get_running_loop().call_later(LINGER, self._ended)

    @contextmanager
    def claim(self) -> Iterator[None]:
        self.begin()
        try:
            yield
        finally:
            self.end()

    async def give_way(self, longest: float = LONGEST) -> None:
        """Wait for a turn of the loop: behind all that is ready, behind the bulk work that asked before, and behind
        what is urgent, `longest` real seconds at most."""
        turn = asyncio.get_running_loop().create_future()
        self._turns.append((turn, time.monotonic() + longest))
        if self._next is None:
            self._next = asyncio.get_running_loop().call_soon(self._give_turn)
        await turn

    @asynccontextmanager
    async def behind(self) -> AsyncIterator[None]:
        """Do bulk work behind what is urgent: wait for a turn, and while despatches come, be one of a few."""
        is_one_of_few = self.lately and await self._taken_a_place()
        try:
            await self.give_way()
            yield
        finally:
            if is_one_of_few:
                self._few.release()

    async def _taken_a_place(self) -> bool:
        try:
            async with asyncio.timeout(OVERDUE):
                return await self._few.acquire()
        except TimeoutError:
            return False

    def _ended(self) -> None:
        self.under_way -= 1
        if self.under_way == 0 and self._next is not None:
            self._next.cancel()
            self._give_turn()

    def _give_turn(self) -> None:
        """One turn in this round of the loop; asks for the next round while somebody waits."""
        self._next = None
        while self._turns and self._turns[0][0].done():
            self._turns.popleft()  # cancelled
        if not self._turns:
            return
        loop, patience = asyncio.get_running_loop(), self._turns[0][1] - time.monotonic()
        if self.under_way and patience > 0:
            self._next = loop.call_later(patience, self._give_turn)
            return
        self._turns.popleft()[0].set_result(None)
        self._next = loop.call_soon(self._give_turn)
