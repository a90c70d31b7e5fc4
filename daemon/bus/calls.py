"""One way to call the client library: bounded in time, and failing in one way only.

When a connection ends, the library ends the calls under way with whatever it has at hand: its own errors, a bare
Exception, even CancelledError in a task that nobody cancelled. Here all of that becomes `CallFailed`.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

from daemon.bus.port import BusError


class CallFailed(BusError):
    """The broker refused, or the channel, the connection or the time ran out. `__cause__` is the library's word."""


@asynccontextmanager
async def calling(what: str, seconds: float) -> AsyncIterator[None]:
    """Raises CallFailed for everything that goes wrong inside, except our own cancellation."""
    try:
        async with asyncio.timeout(seconds):
            try:
                yield
            except asyncio.CancelledError as ended:
                if _we_are_cancelled():
                    raise
                raise CallFailed(f"{what}: the channel or the connection ended") from ended
    except CallFailed:
        raise
    except TimeoutError as late:
        raise CallFailed(f"{what}: no answer within {seconds:g} s") from late
    except Exception as failure:
        raise CallFailed(f"{what}: {failure or type(failure).__name__}") from failure


def _we_are_cancelled() -> bool:
    """Whether somebody cancelled this very task, by hand or by a time-out."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


async def close_within(seconds: float, close: Callable[[], Awaitable[object]]) -> None:
    """Run a closing step that may neither fail nor hang: what is gone already is closed enough."""
    with suppress(CallFailed):
        async with calling("closing", seconds):
            await close()
