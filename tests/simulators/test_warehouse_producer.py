"""The simulated warehouse at a bus: it publishes, answers requests as told, and ends."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from simulators.warehouse import Answers, Producer, WarehouseFaults, WireMessage
from tests.simulators.warehouse_rig import SEED, SKUS, read, request, warehouse


async def test_requests_are_ignored_refused_or_answered_late_as_told() -> None:
    wms = warehouse()
    answers = Answers(wms, SEED, delay=(5, 10), refuse=0.3, ignore=0.3)
    before = wms.time.now()
    said = [await answers.answer(request(command_id=f"ask-{n}")) for n in range(100)]
    keys = Counter(messages[0].routing_key if messages else "" for messages in said)
    assert keys[""] == len(answers.ignored) > 10
    assert keys["command.refused"] == len(answers.refused) > 10
    assert keys["inventory.level"] == 100 - keys[""] - keys["command.refused"]
    assert wms.time.now() - before > timedelta(seconds=5 * (100 - keys[""]))


async def test_a_late_answer_tells_the_shelf_as_it_is_then() -> None:
    wms = warehouse()
    answers = Answers(wms, SEED, delay=(1, 1))
    late = asyncio.create_task(answers.answer(request()))
    await asyncio.sleep(0)
    wms.move("0042", "received", available=1)
    [message] = await late
    assert read(message).sequence == 1


@dataclass
class Wire:
    """A port that keeps what was published and hands out what was asked."""

    published: list[WireMessage] = field(default_factory=list[WireMessage])
    asked: "asyncio.Queue[bytes]" = field(default_factory=asyncio.Queue[bytes])

    async def publish(self, messages: Sequence[WireMessage]) -> None:
        self.published += messages
        await asyncio.sleep(0)

    async def commands(self) -> AsyncIterator[bytes]:
        while True:
            yield await self.asked.get()


def producer(wire: Wire, **options: Any) -> Producer:
    wms = warehouse()
    faults = WarehouseFaults(SEED, reorder_window=5, burst=0.3)
    return Producer(wire, wms, faults, Answers(wms, SEED), **options)


async def test_a_producer_publishes_its_levels_and_its_business_and_ends() -> None:
    wire = Wire()
    work = producer(wire, level_interval=None)
    await work.run(events=300)
    kinds = Counter(message.routing_key for message in wire.published)
    assert kinds == {"inventory.level": len(SKUS), "inventory.moved": 300}
    assert work.published == len(wire.published)


async def test_a_producer_tells_its_levels_from_time_to_time() -> None:
    wire = Wire()
    await producer(wire, rate=10, level_interval=3).run(events=200)
    levels = [message for message in wire.published if message.routing_key == "inventory.level"]
    assert len(levels) > 2 * len(SKUS)


async def test_a_producer_answers_while_it_trades() -> None:
    wire = Wire()
    await wire.asked.put(request())
    await producer(wire, level_interval=None).run(events=100)
    answers = [read(message) for message in wire.published if b"command_id" in message.body]
    assert [answer.command_id for answer in answers] == ["ask-1"]


async def test_a_producer_that_cannot_publish_says_so() -> None:
    class Broken(Wire):
        async def publish(self, messages: Sequence[WireMessage]) -> None:
            raise ConnectionError("gone")

    with pytest.raises(ExceptionGroup) as raised:
        await producer(Broken()).run(events=10)
    assert raised.group_contains(ConnectionError)
