"""RabbitMQ behind the bus port: one connection to consume and ask, a separate one to publish.

link.py          a connection that is always being kept
wire.py          its socket: deliveries are cut out here (content.py reads their properties)
subscription.py  one consumer and its generation
publishing.py    confirmed publishing, in order
declaring.py     the topology
watchdog.py      death without a word
calls.py         calls to the client library, bounded
"""

import asyncio
import logging
import random
from collections.abc import Sequence
from types import TracebackType
from typing import Self

from aiormq.exceptions import ChannelNotFoundEntity

from daemon.bus.calls import CallFailed, calling, close_within, stop_within
from daemon.bus.declaring import declare_topology
from daemon.bus.link import CALL_TIMEOUT, Link
from daemon.bus.port import BusError, Publication
from daemon.bus.publishing import Publisher
from daemon.bus.subscription import RabbitSubscription, subscribe_once
from daemon.bus.watchdog import Watchdog
from daemon.settings import Bus as BusSettings
from daemon.topology import Topology

_FIRST_PAUSE, _LONGEST_PAUSE = 0.05, 5.0
_CLOSE_TIMEOUT = 10.0

log = logging.getLogger(__name__)


class RabbitBus:
    """See `daemon.bus.port.Bus`. Connects at first use and stays connected until it is closed."""

    def __init__(self, settings: BusSettings, password: str | None = None) -> None:
        self._publishing = Link(settings.url, password, settings.heartbeat, "publishing")
        self._consuming = Link(settings.url, password, settings.heartbeat, "consuming")
        self._publisher = Publisher(self._publishing, settings.publish_timeout)
        self._subscriptions: set[RabbitSubscription] = set()
        self._topology = Topology((), (), ())
        self._watchdog = Watchdog(
            self._publishing,
            self._consuming,
            lambda: tuple(self._subscriptions),
            self._has_one_active_consumer,
            settings.watchdog,
        )
        self._watching: asyncio.Task[None] | None = None

    @property
    def connected(self) -> bool:
        return self._publishing.wire is not None and self._consuming.wire is not None

    @property
    def blocked(self) -> bool:
        """The broker takes no publishes for now: its memory or disk alarm is on."""
        wire = self._publishing.wire
        return wire is not None and wire.blocked

    @property
    def rebuilds(self) -> int:
        """Connections that the watchdog found dead and replaced."""
        return self._watchdog.rebuilds

    async def declare(self, topology: Topology) -> None:
        self._start()
        await self._until_reachable()
        await declare_topology(self._consuming, topology)
        self._topology = topology

    async def subscribe(self, queue: str, prefetch: int) -> RabbitSubscription:
        """Waits for the broker without bound; raises BusError when the bus is closed or knows no such queue."""
        self._start()
        pause = _FIRST_PAUSE
        await self._finish_old(queue)
        while True:
            try:
                subscription = await subscribe_once(self._consuming, queue, prefetch)
            except CallFailed as failure:
                await self._recover(queue, failure)
                await asyncio.sleep(pause * random.uniform(0.5, 1.0))
                pause = min(pause * 2, _LONGEST_PAUSE)
            else:
                self._subscriptions.add(subscription)
                return subscription

    async def publish(self, messages: Sequence[Publication]) -> list[bool]:
        if self._publishing.closed:
            return [False] * len(messages)
        self._start()
        return await self._publisher.publish(messages)

    async def depth(self, queue: str) -> int:
        self._start()
        what = f"asking for the depth of {queue!r}"
        async with calling(what, CALL_TIMEOUT), self._consuming.short_channel() as (channel, _):
            return (await channel.queue_declare(queue, passive=True)).message_count or 0

    async def close(self) -> None:
        """Subscriptions, then the publishing channel, then the connections: each within a bound."""
        if self._watching is not None:
            await stop_within(_CLOSE_TIMEOUT, self._watching)
        await asyncio.gather(*(close_within(_CLOSE_TIMEOUT, one.close) for one in self._subscriptions))
        await self._publisher.close()
        await asyncio.gather(self._publishing.close(), self._consuming.close())

    async def __aenter__(self) -> Self:
        self._start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    def _start(self) -> None:
        self._publishing.start()
        self._consuming.start()
        if self._watching is None:
            self._watching = asyncio.create_task(self._watchdog.watch(), name="bus watchdog")

    async def _until_reachable(self) -> None:
        address = self._consuming.address
        try:
            async with calling("connecting", 3 * CALL_TIMEOUT), self._consuming.short_channel():
                return
        except CallFailed as failure:
            raise BusError(
                f"cannot reach RabbitMQ at {address}: {failure}. Check bus.url, the user and its password file, "
                "the virtual host and that the broker runs"
            ) from failure

    async def _finish_old(self, queue: str) -> None:
        """An earlier subscription must have given its messages back, or later ones would overtake them."""
        for old in [one for one in self._subscriptions if one.lost]:
            self._subscriptions.discard(old)
            if old.queue == queue:
                await old.close()

    async def _recover(self, queue: str, failure: CallFailed) -> None:
        """What can be done before the next try. Raises BusError where trying again cannot help."""
        if self._consuming.closed:
            raise BusError(f"cannot subscribe to {queue!r}: the bus has been closed") from failure
        log.warning("cannot subscribe to %s yet: %s", queue, failure)
        if not isinstance(failure.__cause__, ChannelNotFoundEntity):
            return
        if all(known.name != queue for known in self._topology.queues):
            raise BusError(f"the queue {queue!r} does not exist and is not in the declared topology") from failure
        log.error("the queue %s is gone: it is declared anew, and what it held is lost with it", queue)
        try:
            await declare_topology(self._consuming, self._topology)
        except BusError as again:
            log.warning("could not declare it yet: %s", again)

    def _has_one_active_consumer(self, queue: str) -> bool:
        declared = {known.name: known.arguments for known in self._topology.queues}
        return bool(declared.get(queue, {}).get("x-single-active-consumer"))
