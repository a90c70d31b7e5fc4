"""An end: after some seconds, or when the terminal or the service manager says so."""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def stop_on_signals(stop: asyncio.Event) -> None:
    loop = asyncio.get_running_loop()
    for number in SIGNALS:
        loop.add_signal_handler(number, stop.set)


@asynccontextmanager
async def until_told(seconds: float | None) -> AsyncIterator[asyncio.Event]:
    """An event that is set after so many real seconds (None: never), or by a signal."""
    told = asyncio.Event()
    stop_on_signals(told)
    timer = None if seconds is None else asyncio.get_running_loop().call_later(seconds, told.set)
    try:
        yield told
    finally:
        if timer is not None:
            timer.cancel()
