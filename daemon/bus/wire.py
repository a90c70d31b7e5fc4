"""The socket of one AMQP connection, as the transport that the client library asks for.

It sees every byte first and does three things with them: notes when the broker was last heard, notes whether the
broker has blocked the connection, and cuts the deliveries of registered channels straight into their inbox. All
other frames go on to the client library unchanged. The library's own way costs two tasks and a dozen objects for
each message, and would be the bottleneck of the whole intake.
"""

import asyncio
import time
from struct import Struct as Layout
from typing import Any, Protocol

from aiormq.connection import TransportFactory
from yarl import URL

from daemon.bus.content import Content, Preface, read_content, read_preface, read_short_text
from daemon.bus.port import Delivery

_FRAME_HEAD = Layout(">BHI")
_FRAME_END = 0xCE
_METHOD, _HEADER, _BODY, _HEARTBEAT = 1, 2, 3, 8
_DELIVER = b"\x00\x3c\x00\x3c"
_CLOSE = b"\x00\x0a\x00\x32"
_BLOCKED, _UNBLOCKED = b"\x00\x0a\x00\x3c", b"\x00\x0a\x00\x3d"
_HEARTBEAT_FRAME = b"\x08\x00\x00\x00\x00\x00\x00\xce"
_TELL_OF_LIFE_EVERY = 1.0


class Inbox(Protocol):
    """Where the deliveries of one channel go, in order."""

    @property
    def generation(self) -> int: ...

    def put(self, deliveries: list[Delivery]) -> None: ...

    def end(self, reason: str) -> None: ...


class _Arriving:
    """A delivery whose header or body is still on its way."""

    __slots__ = ("body", "content", "missing", "preface")

    def __init__(self, preface: Preface) -> None:
        self.preface = preface
        self.content: Content | None = None
        self.body: list[bytes] = []
        self.missing = 0


class Wire(asyncio.StreamReaderProtocol):
    """The receiving end of one connection."""

    def __init__(self, reader: asyncio.StreamReader) -> None:
        super().__init__(reader)
        self.last_heard = time.monotonic()
        """Monotonic seconds at which the last byte came in."""
        self.blocked = False
        """The broker has said that it takes no more publishes (memory or disk alarm)."""
        self.last_words = ""
        """Why the broker closed the connection, if it said so."""
        self.lost: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        """Done when the socket has gone."""
        self._reader = reader
        self._transport_in_use: asyncio.Transport | None = None
        self._told_of_life = self.last_heard
        self._inboxes: dict[int, Inbox] = {}
        self._arriving: dict[int, _Arriving] = {}
        self._rest = b""
        self._foreign = False

    def register(self, channel: int, inbox: Inbox) -> None:
        """From now on the deliveries of this channel go to `inbox`."""
        self._inboxes[channel] = inbox
        self._arriving.pop(channel, None)

    def forget(self, channel: int, inbox: Inbox) -> None:
        if self._inboxes.get(channel) is inbox:
            del self._inboxes[channel]

    def abort(self) -> None:
        """Close the socket at once, without waiting for a peer that may never answer."""
        if self._transport_in_use is not None:
            self._transport_in_use.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport_in_use = transport if isinstance(transport, asyncio.Transport) else None
        super().connection_made(transport)

    def connection_lost(self, exc: Exception | None) -> None:
        inboxes, self._inboxes = self._inboxes, {}
        for inbox in inboxes.values():
            inbox.end(f"the connection to the broker was lost ({exc or self.last_words or 'closed'})")
        if not self.lost.done():
            self.lost.set_result(None)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        self.last_heard = time.monotonic()
        if self._foreign:
            super().data_received(data)
            return
        others, arrived = self._cut(self._rest + data if self._rest else data)
        for channel, deliveries in arrived.items():
            self._hand_over(channel, deliveries)
        if others:
            self._told_of_life = self.last_heard
            super().data_received(b"".join(others))
        elif self.last_heard - self._told_of_life > _TELL_OF_LIFE_EVERY:
            # The broker sends no heartbeats while it sends deliveries; the library sees neither and would give up.
            self._told_of_life = self.last_heard
            super().data_received(_HEARTBEAT_FRAME)

    def _hand_over(self, channel: int, deliveries: list[Delivery]) -> None:
        inbox = self._inboxes.get(channel)
        if inbox is not None:
            inbox.put(deliveries)

    def _cut(self, data: bytes) -> tuple[list[bytes], dict[int, list[Delivery]]]:
        """The frames that are not ours, and the deliveries that are complete; keeps the unfinished rest."""
        others: list[bytes] = []
        arrived: dict[int, list[Delivery]] = {}
        position, size = 0, len(data)
        while size - position >= 8:
            kind, channel, length = _FRAME_HEAD.unpack_from(data, position)
            end = position + 8 + length
            if kind not in (_METHOD, _HEADER, _BODY, _HEARTBEAT) or (end <= size and data[end - 1] != _FRAME_END):
                self._foreign = True
                others.append(data[position:])
                position = size
                break
            if end > size:
                break
            if not self._took(kind, channel, data, position + 7, end - 1, arrived):
                others.append(data[position:end])
            position = end
        self._rest = data[position:]
        return others, arrived

    def _took(
        self, kind: int, channel: int, data: bytes, start: int, end: int, arrived: dict[int, list[Delivery]]
    ) -> bool:
        """Whether this frame belongs to a delivery of ours; one that completes it puts it into `arrived`."""
        if kind == _METHOD:
            return self._took_method(channel, data, start)
        arriving = self._arriving.get(channel)
        if arriving is None:
            return False
        if kind == _HEADER:
            arriving.content, arriving.missing = read_content(data, start)
        else:
            arriving.body.append(data[start:end])
            arriving.missing -= end - start
        if arriving.missing <= 0:
            del self._arriving[channel]
            arrived.setdefault(channel, []).append(self._delivery(channel, arriving))
        return True

    def _took_method(self, channel: int, data: bytes, start: int) -> bool:
        method = data[start : start + 4]
        if method == _DELIVER:
            if channel not in self._inboxes:
                return False
            self._arriving[channel] = _Arriving(read_preface(data, start + 4))
            return True
        if channel == 0:
            self._note(method, data, start + 4)
        return False

    def _note(self, method: bytes, data: bytes, position: int) -> None:
        if method in (_BLOCKED, _UNBLOCKED):
            self.blocked = method == _BLOCKED
        elif method == _CLOSE:
            self.last_words, _ = read_short_text(data, position + 2)

    def _delivery(self, channel: int, arrived: _Arriving) -> Delivery:
        tag, redelivered, exchange, routing_key = arrived.preface
        content_type, headers, count = arrived.content or ("", {}, 0)
        body = arrived.body[0] if len(arrived.body) == 1 else b"".join(arrived.body)
        generation = self._inboxes[channel].generation
        return Delivery(body, exchange, routing_key, headers, content_type, redelivered, count, tag, generation)


class WireFactory(TransportFactory):
    """Makes the one `wire` of a connection; the client library calls `create`."""

    def __init__(self) -> None:
        self.wire: Wire | None = None

    async def create(self, url: URL, **kwargs: Any) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        certificates = kwargs.pop("ssl_context_provider")
        tls = await certificates.get_context() if url.scheme == "amqps" else None
        loop = asyncio.get_running_loop()
        reader = asyncio.StreamReader(loop=loop)
        self.wire = wire = Wire(reader)
        transport, _ = await loop.create_connection(lambda: wire, url.host or "", url.port or 0, ssl=tls, **kwargs)
        return reader, asyncio.StreamWriter(transport, wire, reader, loop)
