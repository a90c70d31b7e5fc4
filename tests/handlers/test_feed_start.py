"""When a feed is made, and when the baseline is due."""

from datetime import UTC, datetime, time, timedelta

import pytest

from handlers.feed_start import (
    LONG_AGO,
    Ended,
    baseline_due,
    may_begin,
    may_go_by_feed,
    paused_until,
)
from handlers.feed_steps import Feed, State
from handlers.publication import Class, Send

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
WELL, ILL = Ended(False, NOW), Ended(True, NOW)


def feed(state: State) -> Feed:
    return Feed(id=1, state=state, gathered_at=NOW, due_at=NOW)


@pytest.mark.parametrize(
    ("running", "expected"),
    [
        ([], True),
        ([feed("in_progress")], True),
        ([feed("in_progress"), feed("submitting")], True),
        ([feed("in_progress")] * 3, False),
        ([feed("drafted")], False),
        ([feed("stuck")], False),
    ],
)
def test_one_is_prepared_at_a_time_a_few_may_run_and_none_goes_behind_one_that_sticks(
    running: list[Feed], expected: bool
) -> None:
    assert may_begin(running, [WELL], NOW, 3) is expected


def test_after_a_failure_the_next_goes_alone() -> None:
    later = NOW + timedelta(hours=2)
    assert may_begin([], [ILL], later, 3)
    assert not may_begin([feed("in_queue")], [ILL], later, 3)


@pytest.mark.parametrize(("failures", "minutes"), [(1, 5), (2, 10), (3, 20), (4, 40), (5, 60), (10, 60)])
def test_pauses_grow_with_failures_in_a_row(failures: int, minutes: int) -> None:
    assert paused_until([ILL] * failures) == NOW + timedelta(minutes=minutes)
    assert paused_until([ILL] * failures + [WELL, ILL]) == NOW + timedelta(minutes=minutes)


def test_there_is_no_pause_after_a_feed_that_went_well() -> None:
    assert paused_until([]) == paused_until([WELL, ILL]) == LONG_AGO


@pytest.mark.parametrize(
    ("urgency", "overtakes", "expected"),
    [("raise", None, True), ("again", None, True), ("lowering", None, True), ("near_zero", None, False),
     ("lowering", 7, False)],
)  # fmt: skip
def test_what_is_urgent_never_goes_by_feed(urgency: Class, overtakes: int | None, expected: bool) -> None:
    assert may_go_by_feed(Send(9, urgency, NOW, overtakes)) is expected


def test_a_baseline_is_due_at_its_time_of_day_and_until_the_next() -> None:
    assert baseline_due(time(2, 30), NOW) == NOW.replace(hour=2, minute=30)
    assert baseline_due(time(9, 30), NOW) == NOW.replace(hour=9, minute=30) - timedelta(days=1)
    assert baseline_due(time(9), NOW) == NOW
