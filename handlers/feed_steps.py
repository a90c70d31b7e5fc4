"""Where a feed stands, and what it needs next.

A feed carries many quantities of one selling account in one marketplace in one document. Every step is in the books
before it is a request, so `next_call` on what the books say is also how a feed goes on after its process was killed.
The one request whose loss cannot be repeated blindly is the submission: its end is settled by looking for the feed
at the channel first. A second submission of absolute values does no harm, but it is counted, and bounded.
"""

from datetime import datetime, timedelta
from typing import Final, Literal, TypeAlias

import msgspec

State = Literal[
    "gathering", "drafted", "document_made", "uploaded", "submitting",
    "submitted", "in_queue", "in_progress", "stuck",
    "done", "fatal", "cancelled", "abandoned",
]  # fmt: skip
"""submitting: the submission left, or may have. stuck: it runs, longer than it should. The last four have ended; what
they say about each message may still have to be written."""

PREPARING: Final = frozenset[State]({"gathering", "drafted", "document_made", "uploaded"})
RUNNING: Final = frozenset[State]({"submitted", "in_queue", "in_progress", "stuck"})
ENDED: Final = frozenset[State]({"done", "fatal", "cancelled", "abandoned"})

NOTHING_LEFT: Final = "nothing was left to say"


class Rules(msgspec.Struct, frozen=True):
    """Business time throughout."""

    late_effect: timedelta = timedelta(seconds=60)
    fresh_for: timedelta = timedelta(minutes=5)
    """How old its values may be when it is submitted."""
    stuck_after: timedelta = timedelta(hours=2)
    poll_first: timedelta = timedelta(seconds=10)
    poll_longest: timedelta = timedelta(minutes=2)
    submissions: int = 3
    tries: int = 5
    """Reads of one thing that may bring nothing usable."""


class Feed(msgspec.Struct, frozen=True, kw_only=True):
    """Where a feed stands."""

    id: int
    state: State
    gathered_at: datetime
    """Since when its values may be old."""
    due_at: datetime
    document_id: str = ""
    submissions: int = 0
    """How often a submission left that may have had an effect."""
    submitted_at: datetime | None = None
    """When the first of them left."""
    partner_ids: tuple[str, ...] = ()
    """The channel's names for it: more than one where a submission was repeated or cannot be told from others."""
    awaited: tuple[str, ...] = ()
    """Those whose end nobody has seen yet."""
    result_document: str = ""
    tries: int = 0
    """Of the present step, that brought nothing."""
    polls: int = 0
    reason: str = ""
    settled: bool = False


class Close(msgspec.Struct, frozen=True, tag=True):
    """Take no more messages in."""


class MakeDocument(msgspec.Struct, frozen=True, tag=True):
    pass


class Upload(msgspec.Struct, frozen=True, tag=True):
    """Into the document that was made, while its address is still known."""


class Submit(msgspec.Struct, frozen=True, tag=True):
    pass


class Seek(msgspec.Struct, frozen=True, tag=True):
    """Look for feeds that were created since: a submission may have arrived although nobody heard so."""

    since: datetime


class Poll(msgspec.Struct, frozen=True, tag=True):
    partner_id: str


class ReadReport(msgspec.Struct, frozen=True, tag=True):
    document: str


class Settle(msgspec.Struct, frozen=True, tag=True):
    """Write what became of each message."""


class DeclareStuck(msgspec.Struct, frozen=True, tag=True):
    pass


class GiveUp(msgspec.Struct, frozen=True, tag=True):
    why: str


class Rest(msgspec.Struct, frozen=True, tag=True):
    """Nothing to do before `until`; None: never again."""

    until: datetime | None


Call: TypeAlias = (
    Close | MakeDocument | Upload | Submit | Seek | Poll | ReadReport | Settle | DeclareStuck | GiveUp | Rest
)


def next_call(feed: Feed, now: datetime, rules: Rules) -> Call:
    """What this feed needs now, from the books alone."""
    if feed.settled:
        return Rest(None)
    if feed.state == "gathering":
        return Close()
    if feed.state in PREPARING and now - feed.gathered_at > rules.fresh_for:
        return GiveUp("its values had grown old before it could be submitted")
    if _is_overdue(feed, now, rules):
        return DeclareStuck()
    if now < feed.due_at:
        return Rest(feed.due_at)
    return _due_call(feed, rules)


def _is_overdue(feed: Feed, now: datetime, rules: Rules) -> bool:
    started = feed.submitted_at
    return feed.state in RUNNING - {"stuck"} and started is not None and now - started >= rules.stuck_after


def _due_call(feed: Feed, rules: Rules) -> Call:
    match feed.state:
        case "drafted":
            return MakeDocument()
        case "document_made":
            return Upload()
        case "uploaded":
            return Submit()
        case "submitting":
            return Seek(feed.submitted_at or feed.gathered_at)
        case "submitted" | "in_queue" | "in_progress" | "stuck" if feed.awaited:
            return Poll(feed.awaited[feed.polls % len(feed.awaited)])
        case "done" | "fatal" if feed.result_document and feed.tries < rules.tries:
            return ReadReport(feed.result_document)
        case _:
            return Settle()
