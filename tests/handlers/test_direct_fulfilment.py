"""Direct fulfilment stock: what goes in an update, how one ends, by when levels must be true."""

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.direct_fulfilment import (
    TAKES,
    Change,
    Look,
    Lost,
    Overdue,
    Refused,
    Settled,
    Wanted,
    after_status,
    at_risk,
    replenished_at,
    suspected,
    updates,
)
from schemas.terms import SellerSku
from tests.controls.stock import AT, later

EVERY = timedelta(seconds=30)


MINUTE = timedelta(minutes=1)


def item(name: str, quantity: int, told: int | None, since: datetime = AT, together: int | None = None) -> Wanted:
    return Wanted(SellerSku(name), quantity, told, since, together)


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


def test_items_under_suspicion_go_with_their_like_in_smaller_pieces() -> None:
    wanted = [item("BAD", 0, 9, together=1), *(item(f"S{n}", 1, 9, together=2) for n in range(3)), item("GOOD", 2, 9)]
    assert [sorted(update) for update in updates(wanted, 10)] == [["BAD"], ["S0", "S1"], ["S2"], ["GOOD"]]


def test_a_transaction_is_looked_at_until_it_ends_and_is_overdue_when_it_does_not() -> None:
    assert after_status("Success", "", AT, AT, EVERY) == Settled()
    assert after_status("Failure", "bad item", AT, AT, EVERY) == Refused("bad item")
    assert after_status("Processing", "", AT, later(60), EVERY) == Look(later(90))
    assert after_status("Processing", "", AT, later(1_800), EVERY) == Overdue(later(1_800) + TAKES)


def test_one_that_is_overdue_is_looked_at_for_a_day_and_then_given_up() -> None:
    assert after_status("Processing", "", AT, later(7_200), EVERY, overdue=True) == Look(later(7_200) + TAKES)
    assert after_status("Success", "", AT, later(7_200), EVERY, overdue=True) == Settled()
    assert after_status("Processing", "", AT, later(86_400), EVERY, overdue=True) == Lost()


def test_an_item_that_a_refusal_names_goes_alone_and_the_others_in_smaller_pieces() -> None:
    items = dict.fromkeys(map(SellerSku, ("POT", "POT-2", "PAN", "LID", "KNOB", "CUP")), None)
    found = suspected(items, "Items are not known: POT-2", 100)
    assert found == {"POT": 10, "POT-2": 1, "PAN": 10, "LID": 10, "KNOB": 10, "CUP": 10}


@given(at_once=st.integers(1, 10_000))
def test_the_fourth_refusal_at_the_latest_is_of_one_item(at_once: int) -> None:
    together: int | None = None
    for _ in range(3):
        together = suspected({SellerSku("A"): together}, "no reason", at_once)[SellerSku("A")]
        assert together < at_once or at_once == 1
    assert together == 1


@pytest.mark.parametrize(
    ("after", "moment"),
    [
        ("2026-03-01T05:00", "2026-03-01T06:00"),
        ("2026-03-01T05:45", "2026-03-01T14:00"),
        ("2026-03-01T20:00", "2026-03-02T06:00"),
        ("2026-06-01T04:00", "2026-06-01T05:00"),
    ],
)
def test_a_change_is_for_the_next_replenishment_that_it_can_reach_by_the_warehouse_s_own_clock(
    after: str, moment: str
) -> None:
    times = (time(6), time(14))
    found = replenished_at(datetime.fromisoformat(after).replace(tzinfo=UTC), times, "Europe/London")
    assert found == datetime.fromisoformat(moment).replace(tzinfo=UTC)


def test_without_times_nothing_has_to_be_true_by_any() -> None:
    assert replenished_at(AT, (), "Europe/London") is None


@pytest.mark.parametrize(
    ("since", "left", "now", "risk"),
    [
        pytest.param(-120, None, -119, False, id="just changed, long before"),
        pytest.param(-120, None, -46, False, id="waits, and nobody needs to know yet"),
        pytest.param(-120, None, -44, True, id="waits, and the last moment comes near"),
        pytest.param(-45, None, -44, False, id="changed a moment ago: it will be told"),
        pytest.param(-120, -50, -44, False, id="told, and on its way"),
        pytest.param(-120, -60, -44, True, id="told, and not in effect when it should be"),
        pytest.param(-120, -14, -13, True, id="told too late to be true"),
        pytest.param(-120, None, -14, True, id="cannot be true any more"),
        pytest.param(-120, None, 5, True, id="was not true"),
    ],
)
def test_who_waits_is_at_risk_early_enough_to_act(since: int, left: int | None, now: int, risk: bool) -> None:
    """Minutes before the replenishment; people want to hear half an hour before the last moment."""
    change = Change(SellerSku("POT"), AT + since * MINUTE, None if left is None else AT + left * MINUTE)
    assert at_risk(change, AT, AT + now * MINUTE, 30 * MINUTE, 5 * MINUTE) is risk
