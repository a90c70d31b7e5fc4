"""Notices that a connection is dead although nobody said so, and has it built anew."""

import asyncio
import time
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass

from daemon.bus.calls import calling
from daemon.bus.link import Link
from daemon.bus.port import BusError
from daemon.bus.subscription import RabbitSubscription

_ROUNDS = 4
"""Looks per watchdog period."""


@dataclass(frozen=True, slots=True)
class _Doubt:
    """When a subscription began to look dead, and how much was waiting for it then."""

    since: float
    depth: int


class Watchdog:
    """Asks the broker in turn; no answer, or an answer that cannot be, for `patience` seconds is death."""

    def __init__(
        self,
        publishing: Link,
        consuming: Link,
        subscriptions: Callable[[], Collection[RabbitSubscription]],
        has_one_active: Callable[[str], bool],
        patience: float,
    ) -> None:
        self.rebuilds = 0
        """Connections that were thrown away because they were dead in silence."""
        self._links = (publishing, consuming)
        self._consuming = consuming
        self._subscriptions = subscriptions
        self._has_one_active = has_one_active
        self._patience = patience
        self._doubts: dict[int, _Doubt] = {}

    async def watch(self) -> None:
        """Runs until it is cancelled."""
        while True:
            await asyncio.sleep(self._patience / _ROUNDS)
            await asyncio.gather(*(self._listen(link) for link in self._links))
            await self._look_at_queues()

    def _rebuild(self, link: Link, reason: str) -> None:
        self.rebuilds += 1
        link.rebuild(reason)

    async def _listen(self, link: Link) -> None:
        """A silent link is asked something; one that then stays silent is dead."""
        wire = link.wire
        if wire is None or wire.blocked:  # a blocked connection answers nothing, and its heartbeats still end it
            return
        silent = time.monotonic() - wire.last_heard
        if silent < self._patience / 2:
            return
        try:
            async with calling("asking for a sign of life", self._patience / 2), link.short_channel():
                return
        except BusError:
            if link.wire is wire and time.monotonic() - wire.last_heard >= self._patience:
                self._rebuild(link, f"nothing was heard for {self._patience:g} s")

    async def _look_at_queues(self) -> None:
        """An answer is compared with what we believe; no answer is `_listen`'s business."""
        subscriptions = [one for one in self._subscriptions() if not one.lost]
        if self._consuming.wire is None or not subscriptions:
            return
        with suppress(BusError):
            async with (
                calling("looking at the queues", self._patience / 2),
                self._consuming.short_channel() as (channel, _),
            ):
                for subscription in subscriptions:
                    answer = await channel.queue_declare(subscription.queue, passive=True)
                    self._judge(subscription, answer.message_count or 0, answer.consumer_count or 0)
        alive = {one.generation for one in subscriptions}
        self._doubts = {key: doubt for key, doubt in self._doubts.items() if key in alive}

    def _judge(self, subscription: RabbitSubscription, depth: int, consumers: int) -> None:
        reason = self._looks_dead(subscription, depth, consumers)
        doubt = self._doubts.get(subscription.generation)
        if reason is None or doubt is None or depth < doubt.depth:
            self._doubts.pop(subscription.generation, None)
            if reason is not None:
                self._doubts[subscription.generation] = _Doubt(time.monotonic(), depth)
        elif time.monotonic() - doubt.since >= self._patience:
            subscription.end(reason)
            self._rebuild(self._consuming, f"{subscription.queue}: {reason}")

    def _looks_dead(self, subscription: RabbitSubscription, depth: int, consumers: int) -> str | None:
        if subscription.lost:
            return None
        if consumers == 0:
            return "the broker knows no consumer of it"
        idle = time.monotonic() - subscription.last_arrival >= self._patience
        standing_by = self._has_one_active(subscription.queue) and not subscription.ever_received
        if depth > 0 and idle and subscription.outstanding == 0 and not standing_by:
            return f"{depth} messages wait and none arrives"
        return None
