"""What a feed's processing report says about each message that was sent, and whether it can be believed.

DONE says nothing about acceptance: an issue of severity ERROR by `messageId` refuses that message, one without a
`messageId` refuses the whole file, and the rest is accepted only where the report's own counts add up to what was
sent. A report that does not fit is not guessed at: every message then counts as unknown, and reading back decides.
"""

from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Literal, TypeAlias

import msgspec

from handlers.alerts import AlertKind
from handlers.feed_steps import NOTHING_LEFT, Feed, Rules

TEXT = 500
"""Characters of the channel's text that are kept per message."""


class Issue(msgspec.Struct, frozen=True):
    """One issue of a report, in our words; `message` None is about the whole file."""

    message: int | None
    is_error: bool
    code: str
    text: str


class Report(msgspec.Struct, frozen=True):
    """A report that could be read."""

    seller: str
    feed: str
    issues: tuple[Issue, ...]
    processed: int
    accepted: int
    invalid: int


class Sent(msgspec.Struct, frozen=True):
    """What our books say about the feed: whose it was, by which names the channel knows it, what was in it."""

    seller: str
    feeds: Collection[str]
    messages: int
    """How many were in the document."""
    last: int
    """Message ids run from 1 to this."""


class Results(msgspec.Struct, frozen=True):
    """Message id -> the channel's text, of those it refused; every other message is accepted."""

    refused: Mapping[int, tuple[str, str]] = {}


class WholeFile(msgspec.Struct, frozen=True):
    """The channel could not take the document as a whole. What it did with single messages, nobody says."""

    text: str


class Mismatch(msgspec.Struct, frozen=True):
    """The report is not about what was sent, or contradicts itself."""

    why: str


Judged: TypeAlias = Results | WholeFile | Mismatch


def judge(report: Report, sent: Sent) -> Judged:
    """Whether the report is about our feed, adds up, and whom it refuses."""
    if report.seller != sent.seller or report.feed not in sent.feeds:
        return Mismatch(f"it is about feed {report.feed} of seller {report.seller}, which is none of ours")
    whole = [issue for issue in report.issues if issue.is_error and issue.message is None]
    if whole:
        return WholeFile("; ".join(f"{issue.code}: {issue.text}" for issue in whole)[:TEXT])
    refused = _refused(report)
    why = _strangers(refused, report, sent) or _sums(refused, report, sent)
    return Mismatch(why) if why else Results(refused)


def _refused(report: Report) -> dict[int, tuple[str, str]]:
    """The first error of each message names it; all of them are told."""
    found: dict[int, tuple[str, str]] = {}
    for issue in report.issues:
        if issue.is_error and issue.message is not None:
            code, text = found.get(issue.message, (issue.code, ""))
            found[issue.message] = (code, (f"{text}; " if text else "") + f"{issue.code}: {issue.text}")
    return {message: (code, text[:TEXT]) for message, (code, text) in found.items()}


def _strangers(refused: Mapping[int, object], report: Report, sent: Sent) -> str | None:
    named = {issue.message for issue in report.issues if issue.message is not None} | set(refused)
    strange = sorted(message for message in named if not 1 <= message <= sent.last)
    if not strange:
        return None
    return f"it names {len(strange)} messages that were never sent, the first is {strange[0]}"


def _sums(refused: Mapping[int, object], report: Report, sent: Sent) -> str | None:
    if report.processed != sent.messages:
        return f"{sent.messages} messages were sent and it counts {report.processed}"
    if report.accepted + report.invalid != report.processed:
        return f"it counts {report.accepted} accepted and {report.invalid} invalid of {report.processed}"
    if report.invalid != len(refused):
        return f"it counts {report.invalid} invalid messages and names {len(refused)}"
    return None


class Verdict(msgspec.Struct, frozen=True):
    """What to write about the messages of a feed that has ended.

    results: each as the report says. untold: as if none had ever been sent. doubt: none of them is known, and the
    newest values go out again once `over_after` has passed, unless reading back settles them first.
    """

    kind: Literal["results", "untold", "doubt"]
    refused: Mapping[int, tuple[str, str]] = {}
    over_after: timedelta = timedelta()
    alert: AlertKind | None = None
    text: str = ""


def verdict(feed: Feed, judged: Judged | None, rules: Rules) -> Verdict:
    """`judged`: the report of a feed that ended with one; None where there was none, or none that can be read."""
    match feed.state, judged:
        case "abandoned", _ if not feed.submissions:
            alert = None if feed.reason == NOTHING_LEFT else AlertKind.FEED_FAILED
            return Verdict("untold", alert=alert, text=f"it was never submitted: {feed.reason}")
        case "abandoned", _:
            return Verdict("doubt", alert=AlertKind.FEED_FAILED, text=feed.reason)
        case "cancelled", _:
            return Verdict("doubt", alert=AlertKind.FEED_FAILED, text="it was cancelled at the channel")
        case "done", Results(refused):
            return Verdict("results", refused)
        case _, WholeFile(text):
            return _doubt(rules, AlertKind.FEED_FAILED, f"the channel could not take the file: {text}")
        case "fatal", _:
            return _doubt(rules, AlertKind.FEED_FAILED, f"it ended FATAL and may be half applied{_why(judged)}")
        case _, Mismatch(why):
            return _doubt(rules, AlertKind.FEED_MISMATCH, f"its result does not match what was sent: {why}")
        case _:
            why = feed.reason or "there is none"
            return _doubt(rules, AlertKind.FEED_MISMATCH, f"its result could not be had: {why}")


def _doubt(rules: Rules, alert: AlertKind, text: str) -> Verdict:
    return Verdict("doubt", over_after=rules.late_effect, alert=alert, text=text)


def _why(judged: Judged | None) -> str:
    match judged:
        case Results(refused) if refused:
            first = min(refused)
            return f"; its report refuses {len(refused)} messages, message {first} with {refused[first][1]}"
        case Mismatch(why):
            return f"; its report does not match: {why}"
        case _:
            return ""
