"""How late the event loop runs: what every latency we promise has underneath."""

import asyncio
from collections.abc import Callable
from types import TracebackType
from typing import Self

from daemon.telemetry import Telemetry


class LoopLag:
    """Asks the loop to call back every `every` real seconds and measures by how much it is late."""

    def __init__(
        self, telemetry: Telemetry, every: float = 0.25, on_lag: Callable[[float], None] | None = None
    ) -> None:
        self._telemetry = telemetry
        self._every = every
        self._on_lag = on_lag
        self._timer: asyncio.TimerHandle | None = None
        self.latest = 0.0
        """Seconds, of the last measurement."""
        self.worst = 0.0

    async def __aenter__(self) -> Self:
        self._arm(asyncio.get_running_loop())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._timer:
            self._timer.cancel()
            self._timer = None

    def _arm(self, loop: asyncio.AbstractEventLoop) -> None:
        due = loop.time() + self._every
        self._timer = loop.call_at(due, self._measure, loop, due)

    def _measure(self, loop: asyncio.AbstractEventLoop, due: float) -> None:
        self.latest = max(0.0, loop.time() - due)
        self.worst = max(self.worst, self.latest)
        self._telemetry.loop_lag_seconds.observe(self.latest)
        self._arm(loop)
        if self._on_lag:
            self._on_lag(self.latest)
