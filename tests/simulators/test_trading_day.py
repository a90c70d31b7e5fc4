"""The day that `make bench-day` lives through."""

import pytest

from simulators.time import WallTime
from tests.bench.day_trade import DAY, JITTER, OPENS, TradingDay, carried_out, trading_day, warehouse_of
from tests.bench.freshness.trace import generate

SEED = 7


@pytest.fixture(scope="module")
def day() -> TradingDay:
    return trading_day(generate(SEED), 2, SEED)


def test_a_day_is_the_same_for_the_same_seed_and_another_for_another(day: TradingDay) -> None:
    assert trading_day(generate(SEED), 2, SEED) == day
    assert trading_day(generate(SEED), 2, SEED + 1).events != day.events


def test_events_are_in_order_and_inside_the_day(day: TradingDay) -> None:
    assert day.events == sorted(day.events)
    assert day.events[0].at >= OPENS - JITTER
    assert day.events[-1].at < DAY


def test_copies_are_other_skus_at_other_times(day: TradingDay) -> None:
    first = {(event.sku[6:], event.at) for event in day.events if event.sku.startswith("SKU-0") and event.units < 0}
    second = {(event.sku[6:], event.at) for event in day.events if event.sku.startswith("SKU-1") and event.units < 0}
    assert {sku for sku, _ in first} == {sku for sku, _ in second}
    assert not first & second


def test_no_shelf_goes_below_nothing_and_some_run_out(day: TradingDay) -> None:
    warehouse = warehouse_of(day, SEED, WallTime())
    messages = [carried_out(warehouse, event) for event in day.events]
    left = [warehouse.available(sku) for sku in day.opening]
    assert min(left) == 0
    assert 0.02 < left.count(0) / len(left) < 0.5
    assert messages.count(None) > 0, "orders that an empty shelf could not take"
    numbers = [
        message.sequence for message in messages if message is not None and message.key[2] == day.events[0].sku
    ]
    assert numbers == list(range(1, len(numbers) + 1))
