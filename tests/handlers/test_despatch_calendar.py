"""When an order can leave: cut-off, working days, closed days, and the hours that daylight saving takes and gives."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from handlers.despatch_calendar import Calendar, is_reachable, next_departure

LEEDS = Calendar(ZoneInfo("Europe/London"), time(14), time(18), closed=frozenset({date(2026, 12, 25)}))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


@pytest.mark.parametrize(
    ("now", "leaves"),
    [
        ("2026-03-02T13:59:00+00:00", "2026-03-02T18:00:00+00:00"),
        ("2026-03-02T14:00:00+00:00", "2026-03-02T18:00:00+00:00"),
        ("2026-03-02T14:00:01+00:00", "2026-03-03T18:00:00+00:00"),
        ("2026-03-06T15:00:00+00:00", "2026-03-09T18:00:00+00:00"),  # over the weekend
        ("2026-12-24T15:00:00+00:00", "2026-12-28T18:00:00+00:00"),  # over a closed day and the weekend
        ("2026-06-01T12:59:00+00:00", "2026-06-01T17:00:00+00:00"),  # summer: an hour earlier in UTC
        ("2026-06-01T13:01:00+00:00", "2026-06-02T17:00:00+00:00"),
        ("2026-03-27T15:00:00+00:00", "2026-03-30T17:00:00+00:00"),  # the clocks go forward on Sunday
        ("2026-10-23T15:00:00+01:00", "2026-10-26T18:00:00+00:00"),  # and back
        ("2026-03-02T23:30:00-05:00", "2026-03-03T18:00:00+00:00"),  # asked from another zone, on the day before
    ],
)
def test_the_next_departure(now: str, leaves: str) -> None:
    assert next_departure(LEEDS, at(now)) == at(leaves)


def test_an_hour_that_comes_twice_is_told_apart() -> None:
    night = Calendar(ZoneInfo("Europe/London"), time(1, 30), time(1, 45), frozenset(range(7)))
    first, second = at("2026-10-25T00:20:00+00:00"), at("2026-10-25T01:20:00+00:00")
    assert next_departure(night, first) == at("2026-10-25T00:45:00+00:00")
    assert next_departure(night, second) == at("2026-10-26T01:45:00+00:00")


def test_an_hour_that_does_not_exist_is_still_a_moment() -> None:
    night = Calendar(ZoneInfo("Europe/London"), time(1, 30), time(1, 45), frozenset(range(7)))
    found = next_departure(night, at("2026-03-28T23:00:00+00:00"))
    assert found == at("2026-03-29T01:45:00+00:00")


def test_any_warehouse_that_can_is_enough_and_one_without_a_calendar_is_not_asked() -> None:
    now, ship_by = at("2026-03-02T15:00:00+00:00"), at("2026-03-02T23:59:59+00:00")
    late = Calendar(ZoneInfo("Europe/London"), time(17), time(20))
    assert not is_reachable([LEEDS], now, ship_by)
    assert is_reachable([LEEDS, late], now, ship_by)
    assert is_reachable([], now, ship_by)


def test_a_warehouse_that_never_opens_reaches_nothing() -> None:
    shut = Calendar(ZoneInfo("UTC"), time(12), time(13), frozenset())
    assert next_departure(shut, at("2026-03-02T00:00:00+00:00")) is None
    assert not is_reachable([shut], at("2026-03-02T00:00:00+00:00"), at("2027-03-02T00:00:00+00:00"))
