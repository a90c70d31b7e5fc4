"""One way to call the client library: bounded in time, and failing in one way only.

When a connection ends, the library ends the calls under way with whatever it has at hand: its own errors, a bare
Exception, even CancelledError in a task that nobody cancelled. Here all of that becomes `CallFailed`. And where we
are cancelled at that very moment, the library's error would hide it: here it stays a cancellation.
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
    cancellations = _cancellations()
    try:
        async with asyncio.timeout(seconds):
            yield
    except (Exception, asyncio.CancelledError) as failure:
        if _cancellations() > cancellations:
            raise asyncio.CancelledError from failure
        raise _explained(what, seconds, failure) from _first(failure)
    if _cancellations() > cancellations:
        raise asyncio.CancelledError


def _cancellations() -> int:
    """How often somebody asked this very task to stop; a time-out that has done its work is not among them."""
    task = asyncio.current_task()
    return 0 if task is None else task.cancelling()


def _explained(what: str, seconds: float, failure: BaseException) -> CallFailed:
    if isinstance(failure, CallFailed):
        return failure
    if isinstance(failure, asyncio.CancelledError):
        return CallFailed(f"{what}: the channel or the connection ended")
    if isinstance(failure, TimeoutError):
        return CallFailed(f"{what}: no answer within {seconds:g} s")
    return CallFailed(f"{what}: {str(failure) or type(failure).__name__}")


def _first(failure: BaseException) -> BaseException | None:
    """The library's own error, where one call was made inside another."""
    return failure.__cause__ if isinstance(failure, CallFailed) else failure


async def stop_within(seconds: float, task: "asyncio.Task[None]") -> None:
    """Cancel and wait, but not for ever: a library may swallow a cancellation."""
    task.cancel()
    await asyncio.wait([task], timeout=seconds)


async def close_within(seconds: float, close: Callable[[], Awaitable[object]]) -> None:
    """Run a closing step that may neither fail nor hang: what is gone already is closed enough."""
    with suppress(CallFailed):
        async with calling("closing", seconds):
            await close()
