"""The wire cuts deliveries out of the bytes, whatever pieces they come in, and lets everything else through."""

import asyncio
import random

import pytest
from pamqp import body, commands, frame, header, heartbeat

from daemon.bus.port import Delivery
from daemon.bus.wire import Wire

HEADERS = {"partitionkey": "acme/sku-1", "number": 7, "list": ["a", 1], "deep": {"x": True}, "x-delivery-count": 2}


class Inbox:
    generation = 9

    def __init__(self) -> None:
        self.deliveries: list[Delivery] = []
        self.ended: str | None = None

    def put(self, deliveries: list[Delivery]) -> None:
        self.deliveries += deliveries

    def end(self, reason: str) -> None:
        self.ended = reason


def delivery_frames(channel: int, tag: int, content: bytes, pieces: int = 1) -> bytes:
    properties = commands.Basic.Properties(
        content_type="application/json",
        content_encoding="utf-8",
        headers=HEADERS,  # type: ignore[arg-type]  # pamqp's own recursive type
        message_id="m1",
    )
    deliver = commands.Basic.Deliver("tag", tag, tag % 2 == 0, "clarus", "inventory.level")
    size = -(-len(content) // pieces) or 1
    bodies = [content[start : start + size] for start in range(0, len(content), size)]
    head = frame.marshal(deliver, channel) + frame.marshal(header.ContentHeader(0, len(content), properties), channel)
    return head + b"".join(frame.marshal(body.ContentBody(piece), channel) for piece in bodies)


@pytest.fixture
async def wire() -> tuple[Wire, asyncio.StreamReader]:
    reader = asyncio.StreamReader()
    return Wire(reader), reader


async def passed_on(reader: asyncio.StreamReader) -> bytes:
    reader.feed_eof()
    return await reader.read()


async def test_deliveries_are_whole_whatever_pieces_they_come_in(wire: tuple[Wire, asyncio.StreamReader]) -> None:
    seed = random.randrange(1_000_000)
    print(f"seed {seed}")
    chance = random.Random(seed)
    cutter, reader = wire
    inbox, other = Inbox(), Inbox()
    cutter.register(1, inbox)
    cutter.register(2, other)
    bodies = [chance.randbytes(chance.choice((0, 1, 50, 3000))) for _ in range(60)]
    others = frame.marshal(commands.Basic.Ack(3), 5), frame.marshal(heartbeat.Heartbeat(), 0)
    stream = b""
    for tag, content in enumerate(bodies, 1):
        stream += delivery_frames(1, tag, content, pieces=chance.randrange(1, 5)) + chance.choice(others)
        stream += delivery_frames(2, tag, content)

    while stream:
        size = chance.choice((1, 3, 7, 100, 5000))
        cutter.data_received(stream[:size])
        stream = stream[size:]

    for found in (inbox, other):
        assert [one.body for one in found.deliveries] == bodies
        assert [one.tag for one in found.deliveries] == list(range(1, 61))
    first, second = inbox.deliveries[:2]
    assert (first.exchange, first.routing_key, first.content_type) == (
        "clarus",
        "inventory.level",
        "application/json",
    )
    assert (first.redelivered, second.redelivered, first.delivery_count, first.generation) == (False, True, 2, 9)
    assert dict(first.headers) == HEADERS
    rest = await passed_on(reader)
    assert rest.replace(others[0], b"").replace(others[1], b"") == b"" and rest


async def test_bodies_of_two_channels_may_be_interleaved(wire: tuple[Wire, asyncio.StreamReader]) -> None:
    cutter, _ = wire
    inboxes = {1: Inbox(), 2: Inbox()}
    streams = {}
    for channel, inbox in inboxes.items():
        cutter.register(channel, inbox)
        streams[channel] = frames_of(delivery_frames(channel, 1, b"%d" % channel * 900, pieces=3))
    for one, two in zip(streams[1], streams[2], strict=True):
        cutter.data_received(one + two)
    assert [inboxes[channel].deliveries[0].body for channel in (1, 2)] == [b"1" * 900, b"2" * 900]


def frames_of(data: bytes) -> list[bytes]:
    frames = []
    while data:
        size = int.from_bytes(data[3:7], "big") + 8
        frames.append(data[:size])
        data = data[size:]
    return frames


async def test_deliveries_of_other_channels_go_to_the_library(wire: tuple[Wire, asyncio.StreamReader]) -> None:
    cutter, reader = wire
    data = delivery_frames(3, 1, b"hello")
    cutter.data_received(data)
    assert await passed_on(reader) == data


async def test_headers_that_cannot_be_read_cost_the_headers_only(wire: tuple[Wire, asyncio.StreamReader]) -> None:
    cutter, _ = wire
    inbox = Inbox()
    cutter.register(1, inbox)
    cutter.data_received(delivery_frames(1, 1, b"hello").replace(b"\x06numberb", b"\x06number?"))
    (delivery,) = inbox.deliveries
    assert (delivery.body, dict(delivery.headers)) == (b"hello", {})


async def test_text_that_is_not_utf8_stays_bytes(wire: tuple[Wire, asyncio.StreamReader]) -> None:
    cutter, _ = wire
    inbox = Inbox()
    cutter.register(1, inbox)
    cutter.data_received(delivery_frames(1, 1, b"hello").replace(b"acme/sku-1", b"acme/sku-\xff"))
    assert inbox.deliveries[0].headers["partitionkey"] == b"acme/sku-\xff"


async def test_bytes_that_are_no_frames_go_on_unchanged(wire: tuple[Wire, asyncio.StreamReader]) -> None:
    cutter, reader = wire
    cutter.data_received(b"AMQP\x00\x00\x09\x01")
    cutter.data_received(b"and more")
    assert await passed_on(reader) == b"AMQP\x00\x00\x09\x01and more"


async def test_a_blocked_connection_shows(wire: tuple[Wire, asyncio.StreamReader]) -> None:
    cutter, reader = wire
    blocked = frame.marshal(commands.Connection.Blocked("low on memory"), 0)
    unblocked = frame.marshal(commands.Connection.Unblocked(), 0)
    shown = [cutter.blocked]
    for data in (blocked, unblocked):
        cutter.data_received(data)
        shown.append(cutter.blocked)
    assert shown == [False, True, False]
    assert await passed_on(reader) == blocked + unblocked


async def test_the_library_hears_of_life_while_only_deliveries_come(
    wire: tuple[Wire, asyncio.StreamReader], monkeypatch: pytest.MonkeyPatch
) -> None:
    cutter, reader = wire
    cutter.register(1, Inbox())
    now = cutter.last_heard
    for second in range(5):
        monkeypatch.setattr("daemon.bus.wire.time.monotonic", lambda at=now + second: at)
        cutter.data_received(delivery_frames(1, second + 1, b"hello"))
    monkeypatch.undo()
    assert await passed_on(reader) == frame.marshal(heartbeat.Heartbeat(), 0) * 2


async def test_losing_the_connection_ends_every_inbox(wire: tuple[Wire, asyncio.StreamReader]) -> None:
    cutter, _ = wire
    inbox = Inbox()
    cutter.register(1, inbox)
    cutter.connection_lost(ConnectionResetError("reset"))
    assert inbox.ended is not None and "reset" in inbox.ended
    assert cutter.lost.done()
