"""The simulated warehouse: what it says is true, and the contract's own words can read it."""

import asyncio
import itertools
import json
import random
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from schemas.despatch import read_despatch
from schemas.envelope import MAX_BODY, Unreadable, read_envelope
from schemas.inventory import BALANCES, StockMessage, read_stock_message
from schemas.order import read_command_answer
from simulators.warehouse import (
    Answers,
    LineToShip,
    Oracle,
    OrderToShip,
    Producer,
    Warehouse,
    WarehouseFaults,
    WireMessage,
    by_some_carrier,
    packed,
    spoilt,
)
from simulators.warehouse.corruption import KINDS

SEED = 7
SKUS = ("0042", "a/b c", "Ünïcode", "plain")
ORDER = OrderToShip("SO-1", "uk", "026-1", "A1F", ((LineToShip("L-1", "0042", 2),), (LineToShip("L-1", "0042", 1),)))


class Ticking:
    """Time that moves a second whenever somebody looks."""

    factor = 1.0

    def __init__(self) -> None:
        self._now = datetime(2026, 3, 1, 9, tzinfo=UTC)

    def now(self) -> datetime:
        self._now += timedelta(seconds=1)
        return self._now

    async def sleep(self, seconds: float) -> None:
        self._now += timedelta(seconds=seconds)
        await asyncio.sleep(0)


def warehouse(seed: int = SEED, **options: Any) -> Warehouse:
    print(f"seed {seed}")
    return Warehouse(seed, SKUS, time=Ticking(), **options)


def read(message: WireMessage) -> StockMessage:
    return read_stock_message(read_envelope(message.body, message.headers, message.content_type))


def request(sku: str = "0042", command_id: str = "ask-1", building: str = "W1") -> bytes:
    data = {"command_id": command_id, "account": "acme", "warehouse": building, "sku": sku, "reason": "gap"}
    return json.dumps({"type": "inventory.level_request.v1", "data": data}).encode()


def summed(messages: Sequence[WireMessage]) -> dict[str, dict[str, int]]:
    """The balances as a plain reader of everything would reckon them."""
    found = dict[str, dict[str, int]]()
    for message in map(read, messages):
        q = {name: getattr(message.quantities, name) for name in BALANCES}
        before = dict.fromkeys(BALANCES, 0) if message.is_level else found[message.sku]
        found[message.sku] = {name: before[name] + q[name] for name in BALANCES}
    return found


@pytest.mark.parametrize("mode", ["structured", "binary"])
def test_every_stock_event_can_be_read_in_either_mode(mode: Any) -> None:
    wms = warehouse(mode=mode)
    for message in [*wms.opening_levels(), *wms.trade(200)]:
        found = read(message)
        assert (found.account, found.warehouse, found.sku) == message.key
        assert (found.sequence, found.event_id) == (message.sequence, message.message_id)
        assert message.headers["partitionkey"] == f"{found.account}/{found.sku}"
        assert (message.exchange, f"{message.routing_key}.v1") == (
            "clarus",
            "inventory.level.v1" if found.is_level else "inventory.moved.v1",
        )


def test_the_same_seed_tells_the_same_story() -> None:
    one, other = warehouse(), warehouse()
    assert one.opening_levels() + one.trade(50) == other.opening_levels() + other.trade(50)
    assert warehouse(SEED + 1).trade(5) != warehouse().trade(5)


def test_movements_are_numbered_without_gaps_and_levels_take_no_number() -> None:
    wms = warehouse()
    messages = [*wms.opening_levels(), *wms.trade(100), *wms.levels(), *wms.trade(100)]
    for sku in SKUS:
        mine = [read(message) for message in messages if message.key[2] == sku]
        moved = [message.sequence for message in mine if not message.is_level]
        assert moved == list(range(1, len(moved) + 1))
        assert len(moved) == wms.shelves[sku].sequence
        for before, after in itertools.pairwise(mine):
            assert after.sequence == before.sequence + (0 if after.is_level else 1)
            assert after.time > before.time


def test_what_it_says_adds_up_to_what_it_has() -> None:
    wms = warehouse()
    messages = [*wms.opening_levels(), *wms.trade(500)]
    told = summed(messages)
    assert {sku: dict(shelf.balance) for sku, shelf in wms.shelves.items()} == told
    assert {key[2]: balance for key, balance in Oracle(wms, WarehouseFaults(SEED)).balances().items()} == told


def test_no_balance_is_ever_below_zero_and_every_kind_of_business_is_done() -> None:
    wms = warehouse()
    kinds = Counter[str]()
    for _ in range(2000):
        [message] = wms.trade(1)
        kinds[read(message).kind] += 1
        assert min(wms.shelves[message.key[2]].balance.values()) >= 0
    assert set(kinds) >= {"received", "allocated", "picked", "despatched", "adjusted", "held", "released"}


def test_a_request_is_answered_with_the_level_as_it_is_and_the_request_s_id() -> None:
    wms = warehouse()
    wms.trade(100)
    [message] = wms.answer(request())
    found = read(message)
    assert (found.command_id, found.sequence) == ("ask-1", wms.shelves["0042"].sequence)
    assert found.quantities.available == wms.available("0042")


@pytest.mark.parametrize("command", [request(sku="unknown"), request(building="W2")])
def test_a_request_for_what_is_not_here_is_refused_with_its_id(command: bytes) -> None:
    [message] = warehouse().answer(command)
    envelope = read_envelope(message.body, message.headers, message.content_type)
    assert (message.routing_key, envelope.type) == ("command.refused", "command.refused.v1")
    assert read_command_answer(envelope).command_id == "ask-1"


def test_a_producer_that_starts_anew_says_so_with_a_higher_epoch() -> None:
    wms = warehouse()
    wms.trade(20)
    assert {(read(m).epoch, read(m).sequence) for m in wms.start_anew()} == {(1, 0)}
    assert read(wms.trade(1)[0]).epoch == 1


def test_a_producer_that_lost_its_memory_repeats_numbers_and_keeps_its_balances() -> None:
    wms = warehouse()
    for _ in range(10):
        wms.move("plain", "received", available=1)
    before = wms.available("plain")
    wms.lose_memory("plain", 4)
    assert read(wms.move("plain", "received", available=1)).sequence == 7
    assert wms.available("plain") == before + 1


def test_a_despatch_has_its_parcels_numbers_and_carrier() -> None:
    [message] = warehouse().despatch(ORDER)
    found = read_despatch(read_envelope(message.body, message.headers, message.content_type))
    assert message.headers["partitionkey"] == "acme/SO-1"
    assert found.channel is not None
    assert (found.channel.kind, found.channel.account, found.channel_order_id) == ("amazon", "uk", "026-1")
    assert [parcel.lines[0].quantity for parcel in found.parcels] == [2, 1]
    assert len({parcel.tracking_number for parcel in found.parcels}) == 2
    assert {parcel.carrier for parcel in found.parcels} == {"DPD"}


def test_a_despatch_keeps_its_identity_and_rises_in_revision_when_packed_completed_and_undone() -> None:
    wms = warehouse()
    told = [*wms.pack(ORDER, "D7"), *wms.despatch(ORDER, despatch_id="D7"), *wms.undo("D7", ORDER)]
    found = [read_despatch(read_envelope(m.body, m.headers, m.content_type)) for m in told]
    assert [(one.despatch_id, one.revision) for one in found] == [("D7", 1), ("D7", 2), ("D7", 3)]
    assert [message.routing_key for message in told] == ["despatch.packed", "despatch.completed", "despatch.undone"]
    assert [len(one.parcels) for one in found] == [2, 2, 0]
    assert found[0].parcels == found[1].parcels


def test_what_never_left_cannot_be_undone() -> None:
    with pytest.raises(KeyError):
        warehouse().undo("D9", ORDER)


def test_packing_puts_every_unit_into_exactly_one_parcel() -> None:
    draw = random.Random(SEED)
    lines = [LineToShip("L-1", "0042", 5), LineToShip("L-2", "plain", 3)]
    for _ in range(50):
        boxes = packed(lines, 3, draw)
        units = Counter[str | None]()
        for line in (line for box in boxes for line in box):
            units[line.line_reference] += line.quantity
        assert units == {"L-1": 5, "L-2": 3}
        assert all(boxes)
    assert by_some_carrier(ORDER, draw).carrier in {"DPD", "ROYAL MAIL", "EVRI"}


@pytest.mark.parametrize("mode", ["structured", "binary"])
@pytest.mark.parametrize("kind", KINDS)
def test_what_is_spoilt_cannot_be_read_and_still_says_whose_it_was(kind: str, mode: Any) -> None:
    wms = warehouse(mode=mode)
    for message in [*wms.opening_levels(), *wms.trade(30)]:
        ruined = spoilt(message, random.Random(SEED), kind)
        assert len(ruined.body) < MAX_BODY
        assert ruined.headers["partitionkey"] == message.headers["partitionkey"]
        with pytest.raises(Unreadable):
            read(ruined)


def test_no_two_spoilt_bodies_are_the_same() -> None:
    wms, draw = warehouse(), random.Random(SEED)
    bodies = [spoilt(message, draw).body for message in wms.trade(500)]
    assert len(set(bodies)) == len(bodies)


def test_a_despatch_can_be_spoilt_too() -> None:
    for kind in KINDS:
        ruined = spoilt(warehouse().despatch(ORDER)[0], random.Random(SEED), kind)
        with pytest.raises(Unreadable):
            read_despatch(read_envelope(ruined.body, ruined.headers, ruined.content_type))


def test_without_faults_everything_arrives_in_order() -> None:
    messages = warehouse().trade(100)
    assert WarehouseFaults(SEED).apply(messages) == messages


def test_a_message_arrives_at_most_a_window_from_its_place() -> None:
    messages = warehouse().trade(500)
    arrived = WarehouseFaults(SEED, reorder_window=20).apply(messages)
    assert arrived != messages
    assert sorted(arrived, key=messages.index) == messages
    assert max(abs(place - messages.index(message)) for place, message in enumerate(arrived)) <= 20


def test_what_was_lost_doubled_and_spoilt_is_known_by_sku() -> None:
    wms = warehouse()
    faults = WarehouseFaults(SEED, duplicate=0.1, lose=0.1, corrupt=0.1)
    messages = [*wms.opening_levels(), *wms.trade(300)]
    arrived = faults.apply(messages)
    oracle = Oracle(wms, faults)
    assert len(arrived) == len(messages) - len(faults.lost) + len(faults.duplicated)
    assert min(len(faults.lost), len(faults.corrupted), len(faults.duplicated)) > 10
    assert oracle.lost().total() == len(faults.lost)
    assert oracle.corrupted().total() == len(faults.corrupted)
    assert oracle.duplicated().total() == len(faults.duplicated)
    assert oracle.spoilt() | oracle.unharmed() == set(oracle.balances())
    assert not oracle.spoilt() & oracle.unharmed()


def test_it_is_known_whose_last_event_was_lost() -> None:
    wms, faults = warehouse(), WarehouseFaults(SEED)
    faults.apply(wms.opening_levels())
    faults.lose = 1.0
    faults.apply([wms.move("plain", "received", available=1), wms.move("0042", "received", available=1)])
    faults.lose = 0.0
    faults.apply([wms.move("0042", "received", available=1)])
    assert Oracle(wms, faults).last_lost() == {("acme", "W1", "plain")}
    assert Oracle(wms, faults).spoilt() == {("acme", "W1", "plain"), ("acme", "W1", "0042")}


def test_a_burst_holds_messages_back_and_loses_none() -> None:
    messages = warehouse().trade(200)
    faults = WarehouseFaults(SEED, burst=0.5)
    stretches = [faults.apply(messages[start : start + 10]) for start in range(0, 200, 10)]
    assert [] in stretches
    assert max(map(len, stretches)) > 10
    assert [message for stretch in stretches for message in stretch] + faults.flush() == messages


def test_faults_that_were_stopped_do_nothing_any_more() -> None:
    messages = warehouse().trade(50)
    faults = WarehouseFaults(SEED, 10, duplicate=0.5, lose=0.5)
    faults.stop()
    assert faults.apply(messages) == messages


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
