"""One supervised connection to RabbitMQ: made, lost and made anew without anybody asking.

The library's robust connection is not used: what it restores after a silent loss is not always everything, so
nothing is restored here. Channels end with their connection, whoever held one is told, and asks for another.
"""

import asyncio
import logging
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aio_pika
from aio_pika.abc import ConnectionParameter
from aiormq.abc import AbstractChannel
from yarl import URL

from daemon.bus.calls import CallFailed, calling, close_within, stop_within
from daemon.bus.port import BusError
from daemon.bus.wire import Wire, WireFactory

CALL_TIMEOUT = 10.0
"""Real seconds for one question to the broker."""
_CLOSE_TIMEOUT = 3.0
_FIRST_BACKOFF, _LONGEST_BACKOFF = 0.1, 10.0

log = logging.getLogger(__name__)


def _unchanged(factory: object) -> object:
    return factory


class _Connection(aio_pika.Connection):
    """aio-pika's plain connection, which lets the client library's `transport_factory` through."""

    PARAMETERS = (
        *aio_pika.Connection.PARAMETERS,
        ConnectionParameter(name="transport_factory", parser=_unchanged, is_kwarg=True),
    )


def broker_address(url: str) -> str:
    """The URL as it may be shown to people: no user, no password."""
    address = URL(url)
    return f"{address.host}:{address.port or 5672}{address.path}"


class Link:
    """One connection for one purpose. `open_channel` waits for it; `rebuild` throws it away."""

    def __init__(self, url: str, password: str | None, heartbeat: int, purpose: str) -> None:
        self.address = broker_address(url)
        self.purpose = purpose
        address = URL(url) if password is None else URL(url).with_password(password)
        self._url = address.update_query(heartbeat=str(heartbeat), name=f"goodsout {purpose}")
        self._connection: aio_pika.Connection | None = None
        self._wire: Wire | None = None
        self._up = asyncio.Event()
        self._closed = False
        self._supervisor: asyncio.Task[None] | None = None

    @property
    def wire(self) -> Wire | None:
        """The socket in use; None while there is no connection."""
        return self._wire if self._up.is_set() else None

    @property
    def closed(self) -> bool:
        """Closed by us, for good."""
        return self._closed

    def start(self) -> None:
        """Begin to connect, and to stay connected. Does nothing the second time."""
        if self._closed:
            raise BusError(f"the bus at {self.address} has been closed: open a new one")
        if self._supervisor is None:
            self._supervisor = asyncio.create_task(self._stay_connected(), name=f"bus link: {self.purpose}")

    async def open_channel(self, *, confirms: bool = False) -> tuple[AbstractChannel, Wire]:
        """A new channel, and the wire that it is on. Waits for a connection without bound; raises CallFailed."""
        self.start()
        await self._up.wait()
        connection, wire = self._connection, self._wire
        async with calling(f"opening a channel to {self.address}", CALL_TIMEOUT):
            if connection is None or connection.transport is None or wire is None:
                raise ConnectionError("the connection was lost before it could be used")
            # The client library's own channel: each of aio-pika's leaves a callback behind on the connection.
            return await connection.transport.connection.channel(publisher_confirms=confirms), wire

    @asynccontextmanager
    async def short_channel(self) -> AsyncIterator[tuple[AbstractChannel, Wire]]:
        """A channel for one errand: an error on it harms nobody else."""
        channel, wire = await self.open_channel()
        try:
            yield channel, wire
        finally:
            await close_channel(channel, wire)

    def rebuild(self, reason: str) -> None:
        """Throw the connection away; a new one is made at once."""
        log.warning("rebuilding the %s connection to %s: %s", self.purpose, self.address, reason)
        if self._wire is not None:
            self._wire.abort()

    async def close(self) -> None:
        """Close politely, but within a bound."""
        self._closed = True
        if self._supervisor is not None:
            await stop_within(_CLOSE_TIMEOUT, self._supervisor)
        await self._dispose()
        self._up.set()  # wakes whoever still waits, to be told

    async def _stay_connected(self) -> None:
        pause = _FIRST_BACKOFF
        while not self._closed:
            try:
                await self._connect()
            except CallFailed as failure:
                log.warning("no %s connection: %s", self.purpose, failure)
                await self._dispose()
                await asyncio.sleep(pause * random.uniform(0.5, 1.0))
                pause = min(pause * 2, _LONGEST_BACKOFF)
                continue
            pause = _FIRST_BACKOFF
            await self._until_lost()
            last_words = self._wire.last_words if self._wire else ""
            log.warning("lost the %s connection to %s: %s", self.purpose, self.address, last_words or "no word")
            await self._dispose()

    async def _connect(self) -> None:
        factory = WireFactory()
        connection = self._connection = _Connection(self._url, transport_factory=factory)
        try:
            async with calling(f"connecting to {self.address}", CALL_TIMEOUT):
                await connection.connect()
        finally:
            self._wire = factory.wire
        self._up.set()
        log.info("connected to %s (%s)", self.address, self.purpose)

    async def _until_lost(self) -> None:
        """Returns when the socket has gone or when the library has given up on it, whichever is first."""
        if self._wire is None or self._connection is None or self._connection.transport is None:
            return
        ends = (self._wire.lost, self._connection.transport.connection.closing)
        await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)

    async def _dispose(self) -> None:
        self._up.clear()
        connection, self._connection = self._connection, None
        if connection is not None:
            await close_within(_CLOSE_TIMEOUT, connection.close)
        if self._wire is not None:
            self._wire.abort()
        self._wire = None


async def close_channel(channel: AbstractChannel, wire: Wire) -> None:
    """Close it, within a bound; what was not acknowledged goes back to the head of its queue."""
    closing = asyncio.create_task(close_within(_CLOSE_TIMEOUT, channel.close))
    # The library may wait on for an answer that cannot come any more.
    await asyncio.wait((closing, wire.lost), return_when=asyncio.FIRST_COMPLETED)
    await stop_within(_CLOSE_TIMEOUT, closing)
