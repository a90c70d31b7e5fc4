"""A TCP road to a server that can be closed for a while: every connection breaks, and new ones are refused."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress


class Road:
    """Forwards to one address."""

    def __init__(self, host: str, port: int) -> None:
        self._target = (host, port)
        self._is_closed = False
        self._writers = set[asyncio.StreamWriter]()
        self._pumps = set["asyncio.Task[None]"]()

    async def closed_for(self, seconds: float) -> None:
        self._is_closed = True
        for writer in list(self._writers):
            writer.transport.abort()
        await asyncio.sleep(seconds)
        self._is_closed = False

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._is_closed:
            writer.transport.abort()
            return
        far_reader, far_writer = await asyncio.open_connection(*self._target)
        self._writers |= {writer, far_writer}
        for source, sink in ((reader, far_writer), (far_reader, writer)):
            pump = asyncio.create_task(self._pump(source, sink))
            self._pumps.add(pump)
            pump.add_done_callback(self._pumps.discard)

    async def _pump(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await source.read(65536):
                sink.write(data)
                await sink.drain()
        sink.close()
        self._writers.discard(sink)

    async def end(self) -> None:
        for writer in list(self._writers):
            writer.transport.abort()
        for pump in list(self._pumps):
            pump.cancel()
        await asyncio.gather(*self._pumps, return_exceptions=True)


@asynccontextmanager
async def road_to(host: str, port: int) -> AsyncIterator[tuple[Road, int]]:
    """The road, and the port at which it begins."""
    road = Road(host, port)
    server = await asyncio.start_server(road.serve, "127.0.0.1", 0)
    try:
        yield road, server.sockets[0].getsockname()[1]
    finally:
        server.close()
        await road.end()
