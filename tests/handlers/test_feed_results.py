"""What a processing report says, and when it is not believed."""

from datetime import UTC, datetime, timedelta

import pytest

from handlers.alerts import AlertKind
from handlers.feed_results import Issue, Judged, Mismatch, Report, Results, Sent, Verdict, WholeFile, judge, verdict
from handlers.feed_steps import NOTHING_LEFT, Feed, Rules, State

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
SENT = Sent("S1", ("F1",), messages=10, last=12)
ERROR = Issue(3, True, "90220", "quantity is missing")


def report(*issues: Issue, processed: int = 10, accepted: int = 9, invalid: int = 1, feed: str = "F1") -> Report:
    return Report("S1", feed, issues, processed, accepted, invalid)


def test_errors_refuse_their_messages_and_the_rest_is_accepted() -> None:
    again = Issue(3, True, "99022", "no price")
    assert judge(report(ERROR, again), SENT) == Results({3: ("90220", "90220: quantity is missing; 99022: no price")})


def test_warnings_refuse_nothing() -> None:
    warned = report(Issue(5, False, "18448", "no weight"), Issue(None, False, "1", "slow"), accepted=10, invalid=0)
    assert judge(warned, SENT) == Results({})


def test_an_error_without_a_message_is_about_the_whole_file() -> None:
    judged = judge(report(Issue(None, True, "4000001", "not JSON"), processed=0, accepted=0, invalid=0), SENT)
    assert judged == WholeFile("4000001: not JSON")


@pytest.mark.parametrize(
    ("strange", "says"),
    [
        (report(ERROR, feed="F9"), "none of ours"),
        (report(ERROR, Issue(13, True, "1", "?"), invalid=2, accepted=8), "message"),
        (report(ERROR, Issue(0, False, "1", "?")), "never sent"),
        (report(ERROR, processed=11, accepted=10), "10 messages were sent and it counts 11"),
        (report(ERROR, accepted=8), "8 accepted and 1 invalid of 10"),
        (report(accepted=9, invalid=1), "counts 1 invalid messages and names 0"),
    ],
)
def test_a_report_that_does_not_fit_is_not_believed(strange: Report, says: str) -> None:
    judged = judge(strange, SENT)
    assert isinstance(judged, Mismatch) and says in judged.why


def ended(state: State, submissions: int = 1, reason: str = "") -> Feed:
    return Feed(id=1, state=state, gathered_at=NOW, due_at=NOW, submissions=submissions, reason=reason)


RULES = Rules(late_effect=timedelta(seconds=60))


@pytest.mark.parametrize(
    ("feed", "judged", "kind", "alert", "over"),
    [
        (ended("done"), Results({3: ("1", "no")}), "results", None, 0),
        (ended("done"), WholeFile("x"), "doubt", AlertKind.FEED_FAILED, 60),
        (ended("done"), Mismatch("x"), "doubt", AlertKind.FEED_MISMATCH, 60),
        (ended("done"), None, "doubt", AlertKind.FEED_MISMATCH, 60),
        (ended("fatal"), Results({3: ("1", "no")}), "doubt", AlertKind.FEED_FAILED, 60),
        (ended("fatal"), Mismatch("x"), "doubt", AlertKind.FEED_FAILED, 60),
        (ended("fatal"), None, "doubt", AlertKind.FEED_FAILED, 60),
        (ended("cancelled"), None, "doubt", AlertKind.FEED_FAILED, 0),
        (ended("abandoned", 2, "twice"), None, "doubt", AlertKind.FEED_FAILED, 0),
        (ended("abandoned", 0, "old"), None, "untold", AlertKind.FEED_FAILED, 0),
        (ended("abandoned", 0, NOTHING_LEFT), None, "untold", None, 0),
    ],
)
def test_what_is_written_depends_on_how_it_ended(
    feed: Feed, judged: Judged | None, kind: str, alert: AlertKind | None, over: int
) -> None:
    found = verdict(feed, judged, RULES)
    assert (found.kind, found.alert, found.over_after) == (kind, alert, timedelta(seconds=over))


def test_only_a_report_that_is_believed_accepts_anything() -> None:
    believed = verdict(ended("done"), Results({3: ("1", "no")}), RULES)
    assert believed == Verdict("results", {3: ("1", "no")})
