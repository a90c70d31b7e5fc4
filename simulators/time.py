"""Time for simulators: the same (origin, factor) that the daemon under test runs on."""

import asyncio
import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


class SimulatorTime(Protocol):
    """Simulated time; it must never go back."""

    @property
    def factor(self) -> float: ...

    def now(self) -> datetime:
        """Aware UTC."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Sleep for simulated seconds."""
        ...


class WallTime:
    """Real time times `factor`, counted from `origin`."""

    def __init__(self, factor: float = 1.0, origin: datetime | None = None) -> None:
        self._factor = factor
        started = datetime.now(UTC)
        origin = origin or started
        self._start = origin + (started - origin) * factor
        self._ticks = time.monotonic()

    @property
    def factor(self) -> float:
        return self._factor

    def now(self) -> datetime:
        return self._start + timedelta(seconds=(time.monotonic() - self._ticks) * self._factor)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds / self._factor)
