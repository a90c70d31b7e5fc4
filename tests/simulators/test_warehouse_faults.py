"""What is done to the simulated warehouse's messages on their way, and how much of it is known."""

import random
from typing import Any

import pytest

from schemas.despatch import read_despatch
from schemas.envelope import MAX_BODY, Unreadable, read_envelope
from simulators.warehouse import Oracle, WarehouseFaults, spoilt
from simulators.warehouse.corruption import KINDS
from tests.simulators.warehouse_rig import ORDER, SEED, read, warehouse


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
