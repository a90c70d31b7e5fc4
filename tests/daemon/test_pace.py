"""A fast clock that yields: continuous, never back, slower at once and faster by steps."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daemon.clock import Clock, Stretch
from daemon.pace import EFFICIENT, FASTER, Strain, next_pace

ORIGIN = datetime(2026, 3, 1, 9, tzinfo=UTC)
paces = st.floats(1.0, 500.0)


def real(seconds: float) -> datetime:
    return ORIGIN + timedelta(seconds=seconds)


def test_business_time_is_continuous_over_stretches() -> None:
    clock = Clock(100.0, ORIGIN)
    slower = Stretch(real(10), clock.business_time(real(10)), 20.0)
    clock.follow([slower])
    faster = Stretch(real(15), clock.business_time(real(15)), 30.0)
    clock.follow([slower, faster])
    since = [(clock.business_time(real(at)) - ORIGIN).total_seconds() for at in (0, 9, 10, 15, 16)]
    assert since == [0, 900, 1_000, 1_100, 1_130]


def test_a_clock_that_hears_late_of_a_stretch_stands_still_and_never_goes_back() -> None:
    clock = Clock(100.0, datetime.now(UTC))
    clock.follow([Stretch(datetime.now(UTC) + timedelta(hours=1), datetime.now(UTC), 1.0)])
    before = clock.now()
    clock.follow([Stretch(datetime.now(UTC) - timedelta(seconds=1), before - timedelta(seconds=60), 1.0)])
    assert clock.now() == before
    assert clock.pace == 1.0


def test_without_stretches_the_clock_is_as_it_was() -> None:
    clock = Clock(4.0, ORIGIN)
    assert clock.pace == 4.0
    assert clock.business_time(real(3)) == real(12)


@pytest.mark.parametrize(
    ("changes_in", "slowest"), [(-9.0, 60.0), (-0.1, 40.0), (0.1, 40.0), (9.0, 40.0)],
    ids=["changed long ago", "changed just now", "about to change", "changes later"],
)  # fmt: skip
def test_around_a_change_of_pace_what_is_counted_goes_by_the_slower(changes_in: float, slowest: float) -> None:
    changes = datetime.now(UTC) + timedelta(seconds=changes_in)
    clock = Clock(100.0, ORIGIN)
    clock.follow([Stretch(changes - timedelta(hours=1), ORIGIN, 40.0), Stretch(changes, ORIGIN, 60.0)])
    assert clock.slowest(0.5) == slowest


def test_without_stretches_the_slowest_pace_is_the_clocks() -> None:
    assert Clock(100.0, ORIGIN).slowest(0.5) == 100.0


@given(paces, paces, st.none() | st.floats(0.01, 500.0))
def test_the_pace_is_never_faster_than_wanted_nor_slower_than_real_time(
    current: float, wanted: float, bears: float | None
) -> None:
    pace = next_pace(min(current, wanted), wanted, bears)
    assert 1.0 <= pace <= wanted
    assert pace <= min(current, wanted) * FASTER


@pytest.mark.parametrize(
    ("current", "bears", "pace"),
    [(100, 20, 20), (100, 90, 100), (20, None, 30), (20, 25, 25), (90, None, 100), (100, 0.2, 1), (100, None, 100)],
)
def test_it_yields_at_once_and_recovers_by_steps(current: float, bears: float | None, pace: float) -> None:
    assert next_pace(current, 100, bears) == pace


def test_what_limits_a_process_most_is_what_counts() -> None:
    strain = Strain()
    assert strain.least() is None
    strain.late(strain.tolerance / 50)
    strain.working(calls=36 * EFFICIENT, real_seconds=0.6, rate=5.0)
    assert strain.least() == 12.0
    assert strain.least() == 12.0, "for a while"


@pytest.mark.parametrize("efficiency", [0.65, 0.8, 1.0])
def test_a_backlog_that_waits_for_the_channels_budget_alone_slows_nothing(efficiency: float) -> None:
    """Else a slower clock would grant less, which would slow it again, down to real time."""
    pace, rate = 100.0, 4.9
    strain = Strain()
    strain.working(calls=efficiency * rate * pace, real_seconds=1.0, rate=rate)
    assert next_pace(pace, pace, strain.least()) == pace
