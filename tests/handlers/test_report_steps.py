"""A report's steps: what each needs next by the books alone, and which events say nothing of where it stands."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from handlers.report_steps import (
    Ask,
    Asked,
    AskUnknown,
    Ended,
    Event,
    Failed,
    Fetch,
    Finished,
    Found,
    GiveUp,
    Leaving,
    NotTaken,
    Poll,
    Read,
    Report,
    Rest,
    Rules,
    Running,
    Seek,
    decide,
    may_begin,
    next_call,
)

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
RULES = Rules()
WANTED = Report(id=1, state="wanted", begun_at=NOW, due_at=NOW)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def after(*events: Event, at: datetime = NOW) -> Report:
    report = WANTED
    for event in events:
        moved = decide(report, event, at, RULES)
        assert moved is not None, event
        report = moved
    return report


def test_the_straight_way_is_asked_polled_fetched_and_read() -> None:
    assert next_call(WANTED, NOW, RULES) == Ask()
    asked = after(Leaving(), Asked("R1"))
    assert next_call(asked, NOW, RULES) == Rest(NOW + RULES.poll_first)
    assert next_call(asked, NOW + RULES.poll_first, RULES) == Poll("R1")
    done = after(Leaving(), Asked("R1"), Running(), Finished("D1"))
    assert next_call(done, NOW, RULES) == Fetch("D1")
    assert after(Leaving(), Asked("R1"), Finished("D1"), Read()).settled


def test_whoever_finds_a_request_that_left_looks_for_it_before_asking_again() -> None:
    left = after(Leaving())
    assert next_call(left, NOW, RULES) == Seek(NOW), "also after a kill between the row and the answer"
    unknown = after(Leaving(), AskUnknown("time-out"))
    assert next_call(unknown, NOW, RULES) == Rest(NOW + RULES.late_effect)
    assert after(Leaving(), AskUnknown("x"), Found("R7")).partner_id == "R7"
    again = after(Leaving(), AskUnknown("x"), Found(None))
    assert again.state == "wanted" and again.asked_at == NOW, "what the first one may have made is still looked for"


def test_requests_that_never_show_are_bounded() -> None:
    once = (Leaving(), AskUnknown("x"), Found(None))
    assert after(*once, *once, *once).state == "failed"


def test_a_request_that_was_not_taken_waits_longer_each_time_and_counts_for_nothing() -> None:
    first = after(Leaving(), NotTaken("429", 120.0))
    assert (first.state, first.requests, first.due_at) == ("wanted", 0, NOW + timedelta(seconds=120))
    third = after(*(Leaving(), NotTaken("429", 120.0)) * 3)
    assert third.due_at > first.due_at


def test_pauses_between_looks_grow_up_to_the_longest() -> None:
    report = after(Leaving(), Asked("R1"))
    waits = list[timedelta]()
    now = NOW
    for _ in range(12):
        now = report.due_at
        moved = decide(report, Running(), now, RULES)
        assert moved is not None
        waits.append(moved.due_at - now)
        report = moved
    assert waits == sorted(waits) and waits[0] >= RULES.poll_first and waits[-1] == RULES.poll_longest


def test_a_report_that_names_no_document_or_was_cancelled_has_failed_by_name() -> None:
    assert "no document" in after(Leaving(), Asked("R1"), Finished("")).reason
    assert after(Leaving(), Asked("R1"), Ended("cancelled")).state == "failed"


def test_downloads_that_bring_nothing_end_and_looks_that_bring_nothing_go_on_until_the_bound() -> None:
    done = (Leaving(), Asked("R1"), Finished("D1"))
    assert after(*done, *(Failed("cut", 30.0),) * 4).state == "done"
    assert after(*done, *(Failed("cut", 30.0),) * 5).state == "failed"
    looking = after(Leaving(), Asked("R1"), *(Failed("down", 30.0),) * 9)
    assert looking.state == "asked"
    assert isinstance(next_call(looking, NOW + RULES.give_up_after, RULES), GiveUp)


@pytest.mark.parametrize(
    ("report", "event"),
    [
        (WANTED, Asked("R1")), (WANTED, Running()), (after(Leaving(), Asked("R1")), Leaving()),
        (after(Leaving(), Asked("R1")), Found("R2")), (after(Leaving()), Finished("D")),
        (after(Leaving(), Asked("R1"), Ended("x")), Read()), (after(Leaving(), Asked("R1"), Ended("x")), Ended("y")),
        (after(Leaving(), Asked("R1"), Finished("D"), Read()), Failed("late", 1.0)),
    ],
)  # fmt: skip
def test_what_comes_too_late_changes_nothing(report: Report, event: Event) -> None:
    assert decide(report, event, NOW, RULES) is None


def test_the_next_one_is_begun_a_day_after_a_good_one_and_sooner_after_one_that_came_to_nothing() -> None:
    assert may_begin(None, NOW, DAY, 6 * HOUR)
    read = msgspec.structs.replace(WANTED, state="read")
    assert not may_begin(read, NOW + DAY - HOUR, DAY, 6 * HOUR) and may_begin(read, NOW + DAY, DAY, 6 * HOUR)
    failed = msgspec.structs.replace(WANTED, state="failed")
    assert not may_begin(failed, NOW + 5 * HOUR, DAY, 6 * HOUR) and may_begin(failed, NOW + 6 * HOUR, DAY, 6 * HOUR)
    assert not may_begin(WANTED, NOW + 9 * DAY, DAY, 6 * HOUR), "one that is under way stays alone"
