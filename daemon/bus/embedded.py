"""The bus inside one process: for the demo, for trying, for fast tests. Not for production.

    kept                                       lacking
    -----------------------------------------  ------------------------------------------------------------
    topic, fanout, consistent-hash exchanges   other exchange types; per-message TTL; priorities
    alternate exchange, exchange bindings      removing a queue, an exchange or a binding
    order, redelivery at the head in order     persistence: what waits dies with the process
    one active consumer, handed over on close  other processes, other event loops
    acknowledge up to, prefetch                counting as delivered what is prefetched but was never taken
    delivery limit, dead letters, max length   the broker's own hash: a key may sit in another partition
    publisher's answer                         alarms, time-outs, lost connections, memory limits

It does not imitate RabbitMQ further. Buses of the same name (`embedded:name`) on one event loop meet.
"""

import asyncio
import itertools
import logging
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import TracebackType
from typing import Self
from weakref import WeakKeyDictionary

from daemon.bus.embedded_queue import EmbeddedQueue, Stored
from daemon.bus.port import BusError, Delivery, Publication, SubscriptionLost
from daemon.bus.routing import Routing
from daemon.topology import Binding, Queue, Topology

_generations = itertools.count(1)

log = logging.getLogger(__name__)


class _Broker:
    """What the buses of one name share."""

    def __init__(self) -> None:
        self.routing = Routing()
        self.queues: dict[str, EmbeddedQueue] = {}

    def declare(self, topology: Topology) -> None:
        for exchange in topology.exchanges:
            self.routing.declare(exchange)
        for queue in topology.queues:
            self._declare_queue(queue)
        for binding in topology.bindings:
            self._bind(binding)

    def queue(self, name: str) -> EmbeddedQueue:
        if name not in self.queues:
            raise BusError(f"the queue {name!r} does not exist on the embedded bus: declare the topology first")
        return self.queues[name]

    def route(self, message: Publication) -> bool:
        """False if a full queue refuses it or the exchange is unknown; then no queue has it."""
        if message.exchange and message.exchange not in self.routing:
            log.warning("the exchange %s does not exist on the embedded bus", message.exchange)
            return False
        targets = [self.queues[name] for name in self._targets(message)]
        admitted = all(queue.admits() for queue in targets)
        for queue in targets if admitted else ():
            queue.put(message)
        return admitted

    def _targets(self, message: Publication) -> list[str]:
        if not message.exchange:
            return [message.routing_key] if message.routing_key in self.queues else []
        return self.routing.queues_for(message.exchange, message.routing_key, message.headers)

    def _declare_queue(self, queue: Queue) -> None:
        known = self.queues.setdefault(queue.name, EmbeddedQueue(queue, self._dead_letter)).declared
        if dict(known.arguments) != dict(queue.arguments):
            raise BusError(
                f"queue {queue.name!r} exists on the embedded bus with other arguments: "
                "give the new one another version in its name, or start the process anew"
            )

    def _bind(self, binding: Binding) -> None:
        targets = self.queues if binding.to == "queue" else self.routing
        if binding.target not in targets or binding.source not in self.routing:
            raise BusError(f"cannot bind {binding.source!r} to {binding.target!r}: declare both first")
        self.routing.bind(binding)

    def _dead_letter(self, queue: str, arguments: Mapping[str, object], stored: Stored, reason: str) -> None:
        exchange = arguments.get("x-dead-letter-exchange")
        if not isinstance(exchange, str):
            return
        headers = dict(stored.message.headers) | {"x-first-death-reason": reason, "x-first-death-queue": queue}
        self.route(replace(stored.message, exchange=exchange, headers=headers))


_brokers: "WeakKeyDictionary[asyncio.AbstractEventLoop, dict[str, _Broker]]" = WeakKeyDictionary()


def _shared_broker(name: str) -> _Broker:
    return _brokers.setdefault(asyncio.get_running_loop(), {}).setdefault(name, _Broker())


class EmbeddedSubscription:
    """See `daemon.bus.port.Subscription`."""

    def __init__(self, source: EmbeddedQueue, prefetch: int) -> None:
        self._source = source
        self._prefetch = prefetch
        self._generation = next(_generations)
        self._tags = itertools.count(1)
        self._open: deque[tuple[int, Stored]] = deque()
        self._closed = False
        source.join(self)

    @property
    def queue(self) -> str:
        return self._source.declared.name

    async def take(self, limit: int, linger: float) -> list[Delivery]:
        while True:
            await self._until(1)
            if linger > 0 and self._available() < limit:
                await self._linger(limit, linger)
            if batch := self._source.hand_over(min(limit, self._available())):
                return [self._delivery(stored) for stored in batch]

    async def acknowledge_up_to(self, delivery: Delivery) -> None:
        if self._closed or delivery.generation != self._generation:
            raise SubscriptionLost(f"{self.queue}: delivery {delivery.tag} is of an earlier channel and comes again")
        while self._open and self._open[0][0] <= delivery.tag:
            self._open.popleft()
        self._source.changed()

    async def close(self) -> None:
        if not self._closed:
            self._closed = True
            self._source.leave(self, [stored for _, stored in self._open])
            self._open.clear()

    def _available(self) -> int:
        if self._closed:
            raise SubscriptionLost(f"{self.queue}: the subscription was closed")
        return min(self._source.available_to(self), self._prefetch - len(self._open))

    async def _until(self, wanted: int) -> None:
        while self._available() < wanted:
            await self._source.change()

    async def _linger(self, limit: int, linger: float) -> None:
        try:
            async with asyncio.timeout(linger):
                await self._until(limit)
        except TimeoutError:
            return

    def _delivery(self, stored: Stored) -> Delivery:
        tag = next(self._tags)
        self._open.append((tag, stored))
        message, earlier = stored.message, stored.deliveries - 1
        return Delivery(
            body=message.body,
            exchange=message.exchange,
            routing_key=message.routing_key,
            headers=message.headers,
            content_type=message.content_type,
            redelivered=earlier > 0,
            delivery_count=earlier,
            tag=tag,
            generation=self._generation,
        )


class EmbeddedBus:
    """See `daemon.bus.port.Bus`. Must be used on one event loop."""

    def __init__(self, name: str = "default") -> None:
        self._name = name
        self._subscriptions: list[EmbeddedSubscription] = []
        self._closed = False

    @property
    def rebuilds(self) -> int:
        return 0

    @property
    def connected(self) -> bool:
        return not self._closed

    async def declare(self, topology: Topology) -> None:
        self._broker().declare(topology)

    async def subscribe(self, queue: str, prefetch: int) -> EmbeddedSubscription:
        subscription = EmbeddedSubscription(self._broker().queue(queue), prefetch)
        self._subscriptions.append(subscription)
        return subscription

    async def publish(self, messages: Sequence[Publication]) -> list[bool]:
        if self._closed:
            return [False] * len(messages)
        answers = [self._broker().route(replace(one, headers=dict(one.headers))) for one in messages]
        await asyncio.sleep(0)  # a publisher in a loop must let the consumers run
        return answers

    async def depth(self, queue: str) -> int:
        return len(self._broker().queue(queue).waiting)

    async def close(self) -> None:
        self._closed = True
        for subscription in self._subscriptions:
            await subscription.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    def _broker(self) -> _Broker:
        if self._closed:
            raise BusError(f"the embedded bus {self._name!r} has been closed: open a new one")
        return _shared_broker(self._name)
