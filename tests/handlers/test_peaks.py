"""Peaks: which period's settings are in force, now and next."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from handlers.peaks import Peak, in_force, in_words, next_change, overlapping

START = datetime(2026, 11, 1, tzinfo=UTC)
DAY = timedelta(days=1)


def peak(name: str, begins: int, ends: int) -> Peak:
    return Peak(START + begins * DAY, START + ends * DAY, name)


SEASON, WEEKEND = peak("season", 10, 60), peak("weekend", 26, 29)
BOTH = (SEASON, WEEKEND)


def names(day: float) -> str | None:
    found = in_force(BOTH, START + day * DAY)
    return None if found is None else found.name


def test_outside_of_every_period_the_standing_settings_are_in_force() -> None:
    assert (names(9.9), names(60)) == (None, None)


def test_a_period_holds_its_beginning_and_not_its_end() -> None:
    assert (names(10), names(59.9)) == ("season", "season")


def test_a_weekend_within_a_season_is_in_force_and_then_the_season_again() -> None:
    assert [names(day) for day in (25.9, 26, 28.9, 29)] == ["season", "weekend", "weekend", "season"]


def test_the_next_change_says_when_and_what_comes() -> None:
    assert next_change(BOTH, START) == (SEASON.begins, SEASON)
    assert next_change(BOTH, START + 11 * DAY) == (WEEKEND.begins, WEEKEND)
    assert next_change(BOTH, START + 27 * DAY) == (WEEKEND.ends, SEASON)
    assert next_change(BOTH, START + 30 * DAY) == (SEASON.ends, None)
    assert next_change(BOTH, START + 60 * DAY) is None


def test_a_period_that_another_replaces_for_all_of_its_time_changes_nothing() -> None:
    early, late = peak("early", 1, 5), peak("late", 2, 9)
    assert next_change((early, late), START + 3 * DAY) == (late.ends, None), "the end of `early` is no news"


def test_only_periods_that_cut_into_each_other_are_doubtful() -> None:
    cut = peak("cut", 50, 70)
    assert overlapping([*BOTH, cut]) == [(SEASON, cut)]


def test_what_is_in_force_and_what_comes_next_is_said_in_a_line() -> None:
    assert in_words((), START) == []
    assert in_words(BOTH, START) == ["no peak is in force; the peak season from 2026-11-11 00:00:00 UTC on"]
    assert in_words(BOTH, START + 30 * DAY) == [
        "the peak season is in force; the standing settings from 2026-12-31 00:00:00 UTC on"
    ]
    assert in_words(BOTH, START + 61 * DAY) == ["no peak is in force, and none will be"]


spans = st.tuples(st.integers(0, 20), st.integers(1, 10))
periods = st.lists(spans, max_size=5).map(
    lambda found: tuple(peak(f"P{n}", begins, begins + days) for n, (begins, days) in enumerate(found))
)


@given(periods, st.integers(-1, 35))
def test_nothing_changes_before_the_next_change_and_then_it_does(peaks: tuple[Peak, ...], day: int) -> None:
    now = START + day * DAY
    found = next_change(peaks, now)
    until = START + 40 * DAY if found is None else found[0]
    steps = range((until - now) // DAY)
    assert {in_force(peaks, now + step * DAY) for step in steps} <= {in_force(peaks, now)}
    if found is not None:
        assert in_force(peaks, found[0]) == found[1] != in_force(peaks, now)
