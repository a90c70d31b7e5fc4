"""Take a batch, unless it is time to stop."""

import asyncio

from daemon.bus.port import Delivery, Subscription


async def take_unless(
    stopping: asyncio.Event, subscription: Subscription, limit: int, linger: float
) -> list[Delivery]:
    """The next batch; none once `stopping` is set: what was not taken up goes back to the queue by itself.

    Raises SubscriptionLost as `take` does.
    """
    taking = asyncio.ensure_future(subscription.take(limit, linger))
    stop = asyncio.ensure_future(stopping.wait())
    try:
        await asyncio.wait((taking, stop), return_when=asyncio.FIRST_COMPLETED)
        return taking.result() if taking.done() and not stopping.is_set() else []
    finally:
        stop.cancel()
        if not taking.done():
            taking.cancel()
            await asyncio.gather(taking, return_exceptions=True)
