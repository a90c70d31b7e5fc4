"""What each event makes of a feed. Where a feed stands and what it needs next: `handlers/feed_steps.py`."""

from datetime import datetime, timedelta
from typing import Literal, TypeAlias

import msgspec

from handlers.feed_steps import ENDED, NOTHING_LEFT, RUNNING, Feed, Rules, State


class Gathered(msgspec.Struct, frozen=True, tag=True):
    messages: int


class DocumentMade(msgspec.Struct, frozen=True, tag=True):
    document_id: str


class AddressLost(msgspec.Struct, frozen=True, tag=True):
    """The document's address has run out, or went with the process that knew it."""


class Uploaded(msgspec.Struct, frozen=True, tag=True):
    pass


class Leaving(msgspec.Struct, frozen=True, tag=True):
    """The submission is about to leave."""


class NotSubmitted(msgspec.Struct, frozen=True, tag=True):
    """The submission certainly had no effect, and may be repeated after a while."""

    why: str
    seconds: float


class SubmissionUnknown(msgspec.Struct, frozen=True, tag=True):
    why: str


class Submitted(msgspec.Struct, frozen=True, tag=True):
    partner_id: str


class Sought(msgspec.Struct, frozen=True, tag=True):
    """Feeds at the channel that may be this one: created since its submission, and none that we know."""

    found: tuple[str, ...]


class Seen(msgspec.Struct, frozen=True, tag=True):
    partner_id: str
    status: Literal["in_queue", "in_progress", "done", "fatal", "cancelled"]
    result_document: str = ""


class Gone(msgspec.Struct, frozen=True, tag=True):
    """The channel does not know this feed."""

    partner_id: str


class Overdue(msgspec.Struct, frozen=True, tag=True):
    pass


class Refused(msgspec.Struct, frozen=True, tag=True):
    """The channel will not take the document or the submission, however often it is repeated."""

    why: str


class Failed(msgspec.Struct, frozen=True, tag=True):
    """A call brought nothing and changed nothing; again after a while."""

    why: str
    seconds: float


class GivenUp(msgspec.Struct, frozen=True, tag=True):
    why: str


class Settled(msgspec.Struct, frozen=True, tag=True):
    pass


Event: TypeAlias = (
    Gathered | DocumentMade | AddressLost | Uploaded | Leaving | NotSubmitted | SubmissionUnknown | Submitted
    | Sought | Seen | Gone | Overdue | Refused | Failed | GivenUp | Settled
)  # fmt: skip


def decide(feed: Feed, event: Event, now: datetime, rules: Rules) -> Feed | None:
    """What the event makes of the feed; None where it says nothing about a feed in this state."""
    if feed.settled:
        return None
    match event:
        case Submitted(partner_id):
            return _submitted(feed, (partner_id,), now, rules)
        case Failed(why, seconds):
            return _again(feed, why, seconds, now, rules)
        case Leaving() | NotSubmitted() | SubmissionUnknown() | Sought():
            return _submitting(feed, event, now, rules)
        case Seen() | Gone() | Overdue():
            return _running(feed, event, now, rules) if feed.state in RUNNING else None
        case Settled():
            return msgspec.structs.replace(feed, settled=True) if feed.state in ENDED else None
        case _:
            return _preparing(feed, event, now)


def _preparing(feed: Feed, event: Event, now: datetime) -> Feed | None:
    match feed.state, event:
        case "gathering", Gathered(messages):
            return _to(feed, "drafted", now) if messages else _to(feed, "abandoned", now, NOTHING_LEFT)
        case "drafted" | "document_made", DocumentMade(document_id):
            return msgspec.structs.replace(_to(feed, "document_made", now), document_id=document_id)
        case "document_made", AddressLost():
            return _to(feed, "drafted", now)
        case "document_made", Uploaded():
            return _to(feed, "uploaded", now)
        case "drafted" | "document_made" | "uploaded", Refused(why) | GivenUp(why):
            return _to(feed, "abandoned", now, why)
        case "submitting", Refused(why):
            return _not_left(_to(feed, "abandoned", now, why))
        case _:
            return None


def _submitting(feed: Feed, event: Event, now: datetime, rules: Rules) -> Feed | None:
    match feed.state, event:
        case "uploaded", Leaving():
            left = _to(feed, "submitting", now + rules.late_effect)
            started = feed.submitted_at or now
            return msgspec.structs.replace(left, submissions=feed.submissions + 1, submitted_at=started)
        case "submitting", NotSubmitted(why, seconds):
            return _not_left(_to(feed, "uploaded", now + timedelta(seconds=seconds), why))
        case "submitting", SubmissionUnknown(why):
            return msgspec.structs.replace(feed, due_at=now + rules.late_effect, reason=why)
        case "submitting", Sought(()) if feed.submissions >= rules.submissions:
            return _to(feed, "abandoned", now, f"{feed.submissions} submissions left, and none is at the channel")
        case "submitting", Sought(()):
            return _to(feed, "uploaded", now, "its submission is not at the channel")
        case "submitting", Sought(found):
            return _submitted(feed, found, now, rules)
        case _:
            return None


def _not_left(feed: Feed) -> Feed:
    submissions = max(0, feed.submissions - 1)
    return msgspec.structs.replace(
        feed, submissions=submissions, submitted_at=feed.submitted_at if submissions else None
    )


def _submitted(feed: Feed, found: tuple[str, ...], now: datetime, rules: Rules) -> Feed | None:
    """Also where the answer comes late, after a second submission: the channel then has it twice."""
    new = tuple(partner_id for partner_id in found if partner_id not in feed.partner_ids)
    if not new or not feed.submissions:
        return None
    state: State = feed.state if feed.state in RUNNING else "submitted"
    moved = _to(feed, state, now + rules.poll_first)
    return msgspec.structs.replace(
        moved, partner_ids=feed.partner_ids + new, awaited=feed.awaited + new, result_document=""
    )


def _running(feed: Feed, event: Event, now: datetime, rules: Rules) -> Feed | None:
    match event:
        case Overdue() if feed.state != "stuck":
            return _to(feed, "stuck", now + rules.poll_longest, "it runs longer than feeds should")
        case Seen(partner_id, status, result_document) if partner_id in feed.awaited:
            if status in ("done", "fatal", "cancelled"):
                return _ended(feed, partner_id, status, result_document, now)
            state: State = "stuck" if feed.state == "stuck" else status
            return msgspec.structs.replace(_polled(feed, now, rules), state=state, tries=0)
        case Gone(partner_id) if partner_id in feed.awaited:
            if feed.tries + 1 < rules.tries:
                return msgspec.structs.replace(_polled(feed, now, rules), tries=feed.tries + 1)
            return _ended(feed, partner_id, "abandoned", "", now)
        case _:
            return None


def _ended(feed: Feed, partner_id: str, state: State, result_document: str, now: datetime) -> Feed:
    awaited = tuple(other for other in feed.awaited if other != partner_id)
    if awaited:
        return msgspec.structs.replace(feed, awaited=awaited, tries=0, due_at=now)
    if len(feed.partner_ids) > 1:
        ended = _to(feed, "abandoned", now, f"which of {', '.join(feed.partner_ids)} was it, nobody can tell")
    elif state == "abandoned":
        ended = _to(feed, state, now, "the channel does not know it any more")
    else:
        ended = _to(feed, state, now)
    return msgspec.structs.replace(ended, awaited=(), result_document=result_document)


def _polled(feed: Feed, now: datetime, rules: Rules) -> Feed:
    """With growing pauses."""
    pause = min(rules.poll_longest, rules.poll_first * 1.5 ** min(feed.polls, 20))
    return msgspec.structs.replace(feed, polls=feed.polls + 1, due_at=now + pause)


def _again(feed: Feed, why: str, seconds: float, now: datetime, rules: Rules) -> Feed:
    if feed.state in RUNNING:
        return msgspec.structs.replace(_polled(feed, now, rules), reason=why)
    pause = min(rules.poll_longest, timedelta(seconds=seconds * 2.0 ** min(feed.tries, 20)))
    return msgspec.structs.replace(feed, tries=feed.tries + 1, due_at=now + pause, reason=why)


def _to(feed: Feed, state: State, due_at: datetime, reason: str = "") -> Feed:
    return msgspec.structs.replace(feed, state=state, due_at=due_at, reason=reason, tries=0)
