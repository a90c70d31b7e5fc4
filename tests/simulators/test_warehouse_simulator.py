"""The simulated warehouse: what it says is true, and the contract's own words can read it."""

import itertools
import random
from collections import Counter
from collections.abc import Sequence
from typing import Any

import pytest

from schemas.despatch import read_despatch
from schemas.envelope import read_envelope
from schemas.inventory import BALANCES
from schemas.order import read_command_answer
from simulators.warehouse import LineToShip, Oracle, WarehouseFaults, WireMessage, by_some_carrier, packed
from tests.simulators.warehouse_rig import ORDER, SEED, SKUS, read, request, warehouse


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
