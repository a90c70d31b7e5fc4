"""Measured demand: a steady rate is measured as itself, order does not matter, classes do not flap."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.demand import Demand, VelocityClass, classify, counted, decayed

T0 = datetime(2026, 1, 5, tzinfo=UTC)
WEEK = timedelta(days=7)
CLASSES = [VelocityClass("C", 0.0), VelocityClass("A", 10.0), VelocityClass("B", 1.0)]


def after(sales: list[tuple[int, float]], now: datetime = T0 + timedelta(days=400)) -> Demand | None:
    demand: Demand | None = None
    for units, day in sales:
        demand = counted(demand, units, T0 + timedelta(days=day), now, WEEK)
    return demand


def test_a_steady_rate_is_measured_as_itself() -> None:
    demand = after([(1, hour / 6) for hour in range(6 * 100)])
    assert demand is not None
    assert demand.per_day == pytest.approx(6.0, rel=0.02)


def test_a_sale_counts_half_after_a_half_life() -> None:
    demand = after([(7, 0)])
    assert demand is not None
    assert decayed(demand, T0 + WEEK, WEEK) == pytest.approx(demand.per_day / 2)
    assert decayed(demand, T0 - WEEK, WEEK) == demand.per_day


def test_a_sale_that_the_channels_clock_puts_in_the_future_counts_as_now() -> None:
    demand = counted(None, 3, T0 + timedelta(days=99), T0, WEEK)
    assert demand.counted_at == T0


@given(st.lists(st.tuples(st.integers(1, 20), st.floats(0, 60)), min_size=1, max_size=12), st.data())
def test_lines_may_be_counted_in_any_order(sales: list[tuple[int, float]], data: st.DataObject) -> None:
    one, other = after(sales), after(data.draw(st.permutations(sales)))
    assert one is not None and other is not None
    assert one.counted_at == other.counted_at
    assert one.per_day == pytest.approx(other.per_day)


@pytest.mark.parametrize(("per_day", "name"), [(0.0, "C"), (0.99, "C"), (1.0, "B"), (9.9, "B"), (10.0, "A")])
def test_a_listing_that_has_no_class_gets_the_one_that_it_reaches(per_day: float, name: str) -> None:
    assert classify(per_day, "", CLASSES, 0.2) == name


@pytest.mark.parametrize(
    ("per_day", "before", "name"),
    [(9.0, "A", "A"), (8.0, "A", "A"), (7.9, "A", "B"), (10.0, "B", "A"), (0.8, "B", "B"), (0.79, "B", "C")],
)
def test_a_class_is_reached_at_its_threshold_and_left_a_share_below_it(
    per_day: float, before: str, name: str
) -> None:
    assert classify(per_day, before, CLASSES, 0.2) == name


def test_below_every_threshold_there_is_no_class() -> None:
    assert classify(0.5, "", [VelocityClass("fast", 10.0)], 0.2) == ""
    assert classify(0.5, "fast", [VelocityClass("fast", 10.0)], 0.2) == ""
    assert classify(5.0, "gone", [], 0.2) == ""


@given(st.floats(8.01, 9.99), st.floats(8.01, 9.99))
def test_between_the_thresholds_nothing_flaps(one: float, other: float) -> None:
    first = classify(one, "A", CLASSES, 0.2)
    assert classify(other, first, CLASSES, 0.2) == "A"
