"""Direct fulfilment stock: what goes in an update, how one ends, by when levels must be true."""

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.direct_fulfilment import Look, Lost, Refused, Settled, Wanted, after_status, late, true_by, updates
from schemas.terms import SellerSku
from tests.controls.stock import AT, later

EVERY = timedelta(seconds=30)


def item(name: str, quantity: int, told: int | None, since: datetime = AT) -> Wanted:
    return Wanted(SellerSku(name), quantity, told, since)


def test_lowerings_go_first_the_lowest_of_them_before_all() -> None:
    wanted = [item("UP", 9, 1), item("LOW", 4, 9), item("NONE", 0, 9), item("OLD-UP", 5, 1, later(-60))]
    assert [list(update) for update in updates(wanted, 2)] == [["NONE", "LOW"], ["OLD-UP", "UP"]]


def test_only_the_newest_value_of_an_item_is_told() -> None:
    assert updates([item("A", 5, 9, later(1)), item("A", 7, 9)], 10) == [{"A": 5}]


def test_no_update_is_made_of_nothing() -> None:
    assert updates([], 10) == []


@given(count=st.integers(0, 40), at_once=st.integers(1, 7))
def test_every_item_goes_once_and_no_update_holds_too_many(count: int, at_once: int) -> None:
    made = updates([item(f"S{number}", number % 5, 3) for number in range(count)], at_once)
    assert sorted(sku for update in made for sku in update) == sorted(f"S{number}" for number in range(count))
    assert all(0 < len(update) <= at_once for update in made)


def test_a_transaction_is_looked_at_until_it_ends_and_lost_when_it_does_not() -> None:
    assert after_status("Success", "", AT, AT, EVERY) == Settled()
    assert after_status("Failure", "bad item", AT, AT, EVERY) == Refused("bad item")
    assert after_status("Processing", "", AT, later(60), EVERY) == Look(later(90))
    assert after_status("Processing", "", AT, later(1_800), EVERY) == Lost()


@pytest.mark.parametrize(
    ("now", "deadline"),
    [
        ("2026-03-01T05:00", "2026-03-01T05:45"),
        ("2026-03-01T05:45", "2026-03-01T13:45"),
        ("2026-03-01T20:00", "2026-03-02T05:45"),
        ("2026-06-01T05:00", "2026-06-01T12:45"),
    ],
)
def test_levels_must_be_told_before_the_next_replenishment_by_the_warehouse_s_own_clock(
    now: str, deadline: str
) -> None:
    times = (time(6), time(14))
    found = true_by(datetime.fromisoformat(now).replace(tzinfo=UTC), times, "Europe/London")
    assert found == datetime.fromisoformat(deadline).replace(tzinfo=UTC)


def test_without_times_there_is_no_deadline() -> None:
    assert true_by(AT, (), "Europe/London") is None


def test_a_deadline_that_has_passed_is_late() -> None:
    assert late({"B": AT, "A": later(-1), "C": later(1)}, AT) == ["A", "B"]
