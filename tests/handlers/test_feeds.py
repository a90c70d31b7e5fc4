"""The life of a feed: every event in every state, and what a feed needs next after a kill at any step."""

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from typing import get_args

import msgspec
import pytest

from handlers import feed_steps, feeds
from handlers.feed_steps import ENDED, PREPARING, RUNNING, Feed, Rules, State, next_call
from handlers.feeds import Event, decide

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
RULES = Rules()
STATES: tuple[State, ...] = get_args(State)
EVENTS: tuple[Event, ...] = (
    feeds.Gathered(3), feeds.Gathered(0), feeds.DocumentMade("D2"), feeds.AddressLost(), feeds.Uploaded(),
    feeds.Leaving(), feeds.NotSubmitted("429", 5), feeds.SubmissionUnknown("silence"), feeds.Submitted("F2"),
    feeds.Sought(()), feeds.Sought(("F2",)), feeds.Sought(("F2", "F3")), feeds.Seen("F1", "in_queue"),
    feeds.Seen("F1", "in_progress"), feeds.Seen("F1", "done", "R1"), feeds.Seen("F1", "fatal", "R1"),
    feeds.Seen("F1", "cancelled"), feeds.Gone("F1"), feeds.Overdue(), feeds.Refused("no"), feeds.Failed("503", 2),
    feeds.GivenUp("old"), feeds.Settled(),
)  # fmt: skip


def feed(state: State, **more: object) -> Feed:
    """One that came to `state` in the usual way."""
    known: dict[str, object] = {"document_id": "D1"} if state not in ("gathering", "drafted") else {}
    if state in RUNNING | ENDED | {"submitting"}:
        known |= {"submissions": 1, "submitted_at": NOW}
    if state in RUNNING | ENDED - {"abandoned"}:
        known |= {"partner_ids": ("F1",), "awaited": ("F1",) if state in RUNNING else ()}
    return msgspec.convert(
        {"id": 1, "state": state, "gathered_at": NOW, "due_at": NOW, **known, **more}, Feed, strict=False
    )


def after(first: Feed, *events: Event, at: datetime = NOW) -> Feed:
    for event in events:
        moved = decide(first, event, at, RULES)
        assert moved is not None, (first.state, event)
        first = moved
    return first


EXPECTED: dict[tuple[str, int], str] = {}
"""(state, place in EVENTS) -> the state it leads to; what is not here must be ignored."""


def _expect(states: "Collection[str]", event: Event, leads_to: str) -> None:
    for state in states:
        EXPECTED[(state, EVENTS.index(event))] = state if leads_to == "same" else leads_to


_expect({"gathering"}, feeds.Gathered(3), "drafted")
_expect({"gathering"}, feeds.Gathered(0), "abandoned")
_expect({"drafted", "document_made"}, feeds.DocumentMade("D2"), "document_made")
_expect({"document_made"}, feeds.AddressLost(), "drafted")
_expect({"document_made"}, feeds.Uploaded(), "uploaded")
_expect({"uploaded"}, feeds.Leaving(), "submitting")
_expect({"submitting"}, feeds.NotSubmitted("429", 5), "uploaded")
_expect({"submitting"}, feeds.SubmissionUnknown("silence"), "same")
_expect({"submitting"} | ENDED, feeds.Submitted("F2"), "submitted")
_expect(RUNNING, feeds.Submitted("F2"), "same")
_expect({"submitting"}, feeds.Sought(()), "uploaded")
_expect({"submitting"}, feeds.Sought(("F2",)), "submitted")
_expect({"submitting"}, feeds.Sought(("F2", "F3")), "submitted")
_expect(RUNNING - {"stuck"}, feeds.Seen("F1", "in_queue"), "in_queue")
_expect(RUNNING - {"stuck"}, feeds.Seen("F1", "in_progress"), "in_progress")
_expect({"stuck"}, feeds.Seen("F1", "in_queue"), "stuck")
_expect({"stuck"}, feeds.Seen("F1", "in_progress"), "stuck")
_expect(RUNNING, feeds.Seen("F1", "done", "R1"), "done")
_expect(RUNNING, feeds.Seen("F1", "fatal", "R1"), "fatal")
_expect(RUNNING, feeds.Seen("F1", "cancelled"), "cancelled")
_expect(RUNNING, feeds.Gone("F1"), "same")
_expect(RUNNING - {"stuck"}, feeds.Overdue(), "stuck")
_expect({"drafted", "document_made", "uploaded", "submitting"}, feeds.Refused("no"), "abandoned")
_expect(frozenset(STATES), feeds.Failed("503", 2), "same")
_expect({"drafted", "document_made", "uploaded"}, feeds.GivenUp("old"), "abandoned")
_expect(ENDED, feeds.Settled(), "same")


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("event", EVENTS, ids=repr)
def test_each_event_in_each_state_leads_where_it_should_or_is_ignored(state: State, event: Event) -> None:
    moved = decide(feed(state), event, NOW, RULES)
    assert (moved.state if moved else None) == EXPECTED.get((state, EVENTS.index(event)))


@pytest.mark.parametrize("event", EVENTS, ids=repr)
def test_a_settled_feed_hears_nothing_more(event: Event) -> None:
    assert decide(feed("done", settled=True), event, NOW, RULES) is None


@pytest.mark.parametrize("state", STATES)
def test_after_a_kill_the_books_alone_say_what_is_next(state: State) -> None:
    usual = {
        "gathering": feed_steps.Close, "drafted": feed_steps.MakeDocument, "document_made": feed_steps.Upload,
        "uploaded": feed_steps.Submit, "submitting": feed_steps.Seek, "done": feed_steps.Settle,
        "fatal": feed_steps.Settle, "cancelled": feed_steps.Settle, "abandoned": feed_steps.Settle,
    }  # fmt: skip
    assert isinstance(next_call(feed(state), NOW, RULES), usual.get(state, feed_steps.Poll))
    assert next_call(feed(state, settled=True), NOW, RULES) == feed_steps.Rest(None)


def test_a_submission_that_may_have_left_is_looked_for_before_it_is_repeated() -> None:
    left = after(feed("uploaded"), feeds.Leaving())
    assert next_call(left, NOW, RULES) == feed_steps.Rest(NOW + RULES.late_effect)
    assert next_call(left, NOW + RULES.late_effect, RULES) == feed_steps.Seek(NOW)
    again = after(left, feeds.Sought(()), feeds.Leaving())
    assert again.submissions == 2 and again.submitted_at == NOW


def test_submissions_are_bounded() -> None:
    left = feed("uploaded")
    for _ in range(RULES.submissions):
        left = after(left, feeds.Leaving(), feeds.Sought(()))
    assert left.state == "abandoned" and left.submissions == 3 and "none is at the channel" in left.reason


def test_a_submission_that_certainly_did_not_arrive_is_not_counted() -> None:
    back = after(feed("uploaded"), feeds.Leaving(), feeds.NotSubmitted("429", 5))
    assert (back.submissions, back.submitted_at, back.due_at) == (0, None, NOW + timedelta(seconds=5))


def test_an_answer_that_comes_after_a_second_submission_is_kept_and_both_are_awaited() -> None:
    twice = after(feed("uploaded"), feeds.Leaving(), feeds.Sought(()), feeds.Submitted("F1"))
    assert twice.state == "submitted" and twice.awaited == ("F1",)
    both = after(twice, feeds.Submitted("F2"))
    one = after(both, feeds.Seen("F1", "done", "R1"))
    assert one.state in RUNNING and one.awaited == ("F2",)
    ended = after(one, feeds.Seen("F2", "done", "R2"))
    assert ended.state == "abandoned" and "F1, F2" in ended.reason


def test_values_that_grew_old_before_the_submission_do_not_leave() -> None:
    late = NOW + RULES.fresh_for + timedelta(seconds=1)
    for state in PREPARING - {"gathering"}:
        assert isinstance(next_call(feed(state), late, RULES), feed_steps.GiveUp)
    assert not isinstance(next_call(feed("submitting"), late, RULES), feed_steps.GiveUp)


def test_a_feed_that_runs_too_long_is_stuck_and_goes_on_being_polled() -> None:
    late = NOW + RULES.stuck_after
    assert next_call(feed("in_progress"), late, RULES) == feed_steps.DeclareStuck()
    stuck = after(feed("in_progress"), feeds.Overdue(), at=late)
    assert next_call(stuck, late, RULES) == feed_steps.Rest(late + RULES.poll_longest)
    assert next_call(stuck, late + RULES.poll_longest, RULES) == feed_steps.Poll("F1")


def test_polls_come_with_growing_pauses() -> None:
    polled, pauses = feed("submitted"), list[float]()
    for _ in range(12):
        polled = after(polled, feeds.Seen("F1", "in_queue"))
        pauses.append((polled.due_at - NOW).total_seconds())
    assert pauses[:3] == [10, 15, 22.5] and pauses[-1] == 120 and pauses == sorted(pauses)


def test_a_feed_that_the_channel_does_not_know_is_given_up_after_several_looks() -> None:
    gone = feed("in_queue")
    for _ in range(RULES.tries):
        assert gone.state == "in_queue"
        gone = after(gone, feeds.Gone("F1"))
    assert gone.state == "abandoned"


def test_a_report_that_cannot_be_had_is_given_up_after_several_tries() -> None:
    done = feed("done", result_document="R1")
    for _ in range(RULES.tries):
        assert isinstance(next_call(done, done.due_at, RULES), feed_steps.ReadReport)
        done = after(done, feeds.Failed("403", 2), at=done.due_at)
    assert next_call(done, done.due_at, RULES) == feed_steps.Settle()
