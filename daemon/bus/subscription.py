"""One consumer of one RabbitMQ queue: a channel of its own, its generation, and what has arrived on it."""

import asyncio
import itertools
import time
from collections import deque

from aiormq.abc import AbstractChannel, DeliveredMessage

from daemon.bus.calls import CallFailed, calling
from daemon.bus.link import CALL_TIMEOUT, Link, close_channel
from daemon.bus.port import Delivery, SubscriptionLost
from daemon.bus.wire import Wire

_generations = itertools.count(1)


class Arrivals:
    """What has arrived and was not taken yet, in order. Ends once, with a reason, and is empty from then on."""

    def __init__(self) -> None:
        self.ended: str | None = None
        self._waiting: deque[Delivery] = deque()
        self._wanted = 1
        self._enough: asyncio.Future[None] | None = None

    def __len__(self) -> int:
        return len(self._waiting)

    def put(self, deliveries: list[Delivery]) -> None:
        if self.ended is None:
            self._waiting.extend(deliveries)
            if len(self._waiting) >= self._wanted:
                self._wake()

    def end(self, reason: str) -> None:
        """Whatever was not taken will come again from the broker, so it must not be handed out any more."""
        if self.ended is None:
            self.ended = reason
            self._waiting.clear()
            self._wake()

    async def take(self, limit: int, linger: float) -> list[Delivery]:
        """See the port. Cancelled, it has taken nothing."""
        while not self._waiting and self.ended is None:
            await self._until(1)
        if linger > 0 and len(self._waiting) < limit and self.ended is None:
            await self._linger(limit, linger)
        if self.ended is not None:
            raise SubscriptionLost(self.ended)
        count = min(limit, len(self._waiting))
        return [self._waiting.popleft() for _ in range(count)]

    async def _linger(self, limit: int, linger: float) -> None:
        try:
            async with asyncio.timeout(linger):
                await self._until(limit)
        except TimeoutError:
            return

    async def _until(self, wanted: int) -> None:
        self._wanted = wanted
        self._enough = asyncio.get_running_loop().create_future()
        try:
            await self._enough
        finally:
            self._enough, self._wanted = None, 1

    def _wake(self) -> None:
        if self._enough is not None and not self._enough.done():
            self._enough.set_result(None)


class RabbitSubscription:
    """Behind `daemon.bus.port.Subscription`; the wire puts deliveries into it."""

    def __init__(self, queue: str, channel: AbstractChannel, wire: Wire) -> None:
        self.generation = next(_generations)
        self.last_arrival = time.monotonic()
        self.ever_received = False
        """A single active consumer that has received something is the active one until it closes."""
        self._queue = queue
        self._channel = channel
        self._wire = wire
        self._arrivals = Arrivals()
        self._last_tag = self._last_acknowledged = 0
        self._closing: asyncio.Task[None] | None = None

    @property
    def queue(self) -> str:
        return self._queue

    @property
    def lost(self) -> bool:
        return self._arrivals.ended is not None

    @property
    def outstanding(self) -> int:
        """Delivered and not acknowledged."""
        return self._last_tag - self._last_acknowledged

    async def begin(self, prefetch: int) -> None:
        """Consume. Raises CallFailed."""
        self._wire.register(self._channel.number, self)
        self._channel.on_consumer_cancel_callbacks.add(self._cancelled)
        self._channel.closing.add_done_callback(self._channel_gone)
        async with calling(f"consuming {self._queue}", CALL_TIMEOUT):
            await self._channel.basic_qos(prefetch_count=prefetch)
            await self._channel.basic_consume(self._queue, self._strayed)

    def put(self, deliveries: list[Delivery]) -> None:
        self.last_arrival, self.ever_received = self._wire.last_heard, True
        self._last_tag = deliveries[-1].tag
        self._arrivals.put(deliveries)

    def end(self, reason: str) -> None:
        """This generation is over: `take` and `acknowledge_up_to` say so, and the broker takes its messages back."""
        self._arrivals.end(f"{self._queue}: {reason}; what was not acknowledged will be delivered again")
        if self._closing is None:
            self._closing = asyncio.create_task(
                close_channel(self._channel, self._wire), name=f"closing {self._queue}"
            )

    async def take(self, limit: int, linger: float) -> list[Delivery]:
        return await self._arrivals.take(limit, linger)

    async def acknowledge_up_to(self, delivery: Delivery) -> None:
        self._must_be_ours(delivery)
        if delivery.tag <= self._last_acknowledged:
            return  # the broker would close the channel over a tag that is settled already
        try:
            async with calling(f"acknowledging on {self._queue}", CALL_TIMEOUT):
                await self._channel.basic_ack(delivery.tag, multiple=True)
        except CallFailed as failure:
            self.end(str(failure))
            raise SubscriptionLost(str(failure)) from failure
        self._last_acknowledged = max(delivery.tag, self._last_acknowledged)

    def _must_be_ours(self, delivery: Delivery) -> None:
        if self._arrivals.ended is not None:
            raise SubscriptionLost(self._arrivals.ended)
        if delivery.generation != self.generation:
            raise SubscriptionLost(f"{self._queue}: delivery {delivery.tag} is of an earlier channel and comes again")

    async def close(self) -> None:
        self.end("the subscription was closed")
        if self._closing is not None:
            await asyncio.shield(self._closing)
        self._wire.forget(self._channel.number, self)

    def _cancelled(self, _: object) -> None:
        self.end("the broker cancelled the consumer, most likely because the queue was deleted")

    def _channel_gone(self, closing: "asyncio.Future[object]") -> None:
        failure = None if closing.cancelled() else closing.exception()
        self.end(f"the channel was closed ({failure or 'normally'})")

    async def _strayed(self, message: DeliveredMessage) -> None:
        """The wire takes every delivery before the library sees it; one that gets here would be out of order."""
        self.end(f"delivery {message.delivery_tag} took a wrong way")


async def subscribe_once(link: Link, queue: str, prefetch: int) -> RabbitSubscription:
    """A running subscription, or CallFailed with nothing left open."""
    channel, wire = await link.open_channel()
    subscription = RabbitSubscription(queue, channel, wire)
    try:
        await subscription.begin(prefetch)
    except BaseException:
        await subscription.close()
        raise
    return subscription
