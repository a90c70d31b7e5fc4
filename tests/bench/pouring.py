"""Filling queues by the hundred thousand: frames written by hand on aio-pika's connection, two processes at once.

Nothing is confirmed: whoever pours counts what has arrived (`depth`). Each process has SKUs of its own, so that the
order of each SKU is kept.
"""

import asyncio
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from struct import pack

import aio_pika
from aiormq.abc import ChannelFrame

from daemon.bus.port import Publication
from daemon.topology import PARTITIONED, STOCK_QUEUES
from tests.bench.events import movements

PROCESSES = 2
AT_ONCE = 200
PATIENCE = 240.0
"""Real seconds for all of it."""
ROOT = Path(__file__).resolve().parents[2]


async def pour(url: str, count: int, skus: int, seed: int, first: int = 0) -> None:
    """`movements(count, skus, seed, first)` into the partitions' queues; returns when all of them are there."""
    wanted = await depth(url) + count
    numbers = [str(number) for number in (count, skus, seed, first)]
    pouring = [await _start(url, *numbers, str(share)) for share in range(PROCESSES)]
    async with asyncio.timeout(PATIENCE):
        while await depth(url) < wanted:
            assert not any(process.returncode for process in pouring)
            await asyncio.sleep(0.1)
    await asyncio.gather(*(process.communicate(b"") for process in pouring))


async def _start(*arguments: str) -> asyncio.subprocess.Process:
    """It keeps its channel until its input ends: the broker forgets what a closed channel had not yet passed on."""
    command = (sys.executable, "-m", __spec__.name, *arguments)
    return await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdin=asyncio.subprocess.PIPE)


async def depth(url: str) -> int:
    """Messages that wait in all partitions."""
    async with await aio_pika.connect(url) as connection, connection.channel() as channel:
        found = [await channel.declare_queue(queue, passive=True) for queue in STOCK_QUEUES]
        return sum(queue.declaration_result.message_count or 0 for queue in found)


async def _pour_share(url: str, count: int, skus: int, seed: int, first: int, share: int) -> None:
    mine = (
        _frames(message)
        for message in movements(count, skus, seed, first)
        if int(message.headers["partitionkey"].rpartition("-")[2]) % PROCESSES == share
    )
    async with await aio_pika.connect(url) as connection, connection.channel(publisher_confirms=False):
        assert connection.transport is not None
        wire = connection.transport.connection
        while payload := b"".join(islice(mine, AT_ONCE)):
            written = asyncio.get_running_loop().create_future()
            await wire.write_queue.put(ChannelFrame(payload, should_close=False, drain_future=written))
            await written
        await asyncio.to_thread(sys.stdin.read)


def _frames(message: Publication) -> bytes:
    """basic.publish, the header and the body, on channel 1."""
    method = pack(">HHH", 60, 40, 0) + _short(PARTITIONED) + _short(message.routing_key) + b"\0"
    table = b"".join(_short(name) + b"S" + _long(value) for name, value in message.headers.items())
    kind, table, name = _short(message.content_type), pack(">I", len(table)) + table, _short(message.message_id)
    header = pack(">HHQH", 60, 0, len(message.body), 0b1011_0000_1000_0000) + kind + table + b"\2" + name
    return b"".join(_frame(kind, part) for kind, part in ((1, method), (2, header), (3, message.body)))


def _frame(kind: int, content: bytes) -> bytes:
    return pack(">BHI", kind, 1, len(content)) + content + b"\xce"


def _short(text: str) -> bytes:
    encoded = text.encode()
    return bytes([len(encoded)]) + encoded


def _long(value: object) -> bytes:
    encoded = str(value).encode()
    return pack(">I", len(encoded)) + encoded


def _arguments() -> Iterator[int]:
    yield from (int(argument) for argument in sys.argv[2:])


if __name__ == "__main__":
    asyncio.run(_pour_share(sys.argv[1], *_arguments()))
