"""Publishing with confirms: in the given order on one channel, a window at a time."""

import asyncio
import hashlib
import logging
from collections.abc import Sequence
from typing import Any, cast

from aiormq.channel import Channel
from pamqp.commands import Basic

from daemon.bus.calls import CallFailed, calling
from daemon.bus.link import Link, close_channel
from daemon.bus.port import Publication
from daemon.bus.wire import Wire

WINDOW = 200
"""Messages on their way to the broker at once."""
_PERSISTENT = 2
_SHORT = 255
"""Bytes of a short string in AMQP. One that is longer could never be sent, and would be tried for ever."""

log = logging.getLogger(__name__)


class Publisher:
    """Owns the one publishing channel; a new one is opened when the old one has failed."""

    def __init__(self, link: Link, timeout: float) -> None:
        self._link = link
        self._timeout = timeout
        self._channel: Channel | None = None
        self._wire: Wire | None = None
        self._turn = asyncio.Lock()

    async def publish(self, messages: Sequence[Publication]) -> list[bool]:
        """True for each confirmed message. After a window with an unknown one, nothing later is sent."""
        confirmed: list[bool] = []
        async with self._turn:
            for start in range(0, len(messages), WINDOW):
                confirmed += await self._window(messages[start : start + WINDOW])
                if not all(confirmed):
                    break
        return confirmed + [False] * (len(messages) - len(confirmed))

    async def close(self) -> None:
        if self._channel is not None and self._wire is not None:
            await close_channel(self._channel, self._wire)

    async def _window(self, messages: Sequence[Publication]) -> list[bool]:
        sends: list[asyncio.Task[object]] = []
        try:
            async with calling(f"publishing to {self._link.address}", self._timeout):
                channel = await self._open()
                sends = [asyncio.create_task(_send(channel, message)) for message in messages]
                await asyncio.wait(sends)
        except CallFailed as failure:
            log.warning("%d messages are not confirmed: %s", sum(not send.done() for send in sends), failure)
        finally:
            outcomes = await _settle(sends)
        return self._judge(outcomes) or [False] * len(messages)

    def _judge(self, outcomes: list[object]) -> list[bool]:
        failures = [outcome for outcome in outcomes if isinstance(outcome, Exception)]
        if failures:
            log.warning("%d of %d messages were not confirmed: %r", len(failures), len(outcomes), failures[0])
        return [isinstance(outcome, Basic.Ack) for outcome in outcomes]

    async def _open(self) -> Channel:
        if self._channel is None or self._channel.is_closed:
            channel, self._wire = await self._link.open_channel(confirms=True)
            self._channel = cast("Channel", channel)
        return self._channel


async def _send(channel: Channel, message: Publication) -> object:
    properties = Basic.Properties(
        content_type=_short(message.content_type),
        headers=cast("dict[str, Any]", dict(message.headers)),
        delivery_mode=_PERSISTENT,
        message_id=_short_id(message.message_id),
    )
    return await channel.basic_publish(
        message.body,
        exchange=message.exchange,
        routing_key=_short(message.routing_key),
        properties=properties,
        wait=False,
    )


def _short(text: str) -> str:
    return text.encode()[:_SHORT].decode(errors="ignore")


def _short_id(message_id: str) -> str:
    """The id, or its hash where it is too long: the same on every repeat. The CloudEvent has the whole of it."""
    return message_id if message_id == _short(message_id) else hashlib.sha256(message_id.encode()).hexdigest()


async def _settle(sends: list[asyncio.Task[object]]) -> list[object]:
    """What became of each; one without an answer by now is given up, and its outcome stays unknown."""
    for send in sends:
        send.cancel()
    return list(await asyncio.gather(*sends, return_exceptions=True))
