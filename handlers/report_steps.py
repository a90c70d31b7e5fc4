"""Where a report that was asked of a channel stands, and what it needs next.

Every step is in the books before it is a request, so `next_call` on what the books say is also how a report goes on
after its process was killed. The one request that changes something is the first: if nobody heard its answer, the
report is looked for at the channel before it is asked for again.
"""

from datetime import datetime, timedelta
from typing import Final, Literal, TypeAlias

import msgspec

State: TypeAlias = Literal["wanted", "asking", "asked", "done", "read", "failed"]
"""asking: the request left, or may have. asked: the channel works on it. done: its document can be had."""
SETTLED: Final = frozenset[State]({"read", "failed"})


class Rules(msgspec.Struct, frozen=True, kw_only=True):
    """Business time throughout."""

    late_effect: timedelta = timedelta(seconds=60)
    poll_first: timedelta = timedelta(seconds=30)
    poll_longest: timedelta = timedelta(minutes=10)
    give_up_after: timedelta = timedelta(hours=6)
    requests: int = 3
    tries: int = 5
    """Calls of one step that may bring nothing usable."""


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """Where one stands. `asked_at`: when the first request left that may have had an effect."""

    id: int
    state: State
    begun_at: datetime
    due_at: datetime
    asked_at: datetime | None = None
    requests: int = 0
    partner_id: str = ""
    document_id: str = ""
    tries: int = 0
    reason: str = ""

    @property
    def settled(self) -> bool:
        return self.state in SETTLED


class Ask(msgspec.Struct, frozen=True, tag=True):
    pass


class Seek(msgspec.Struct, frozen=True, tag=True):
    """Look for reports that were made since: a request may have arrived although nobody heard so."""

    since: datetime


class Poll(msgspec.Struct, frozen=True, tag=True):
    partner_id: str


class Fetch(msgspec.Struct, frozen=True, tag=True):
    document_id: str


class GiveUp(msgspec.Struct, frozen=True, tag=True):
    why: str


class Rest(msgspec.Struct, frozen=True, tag=True):
    until: datetime


Call: TypeAlias = Ask | Seek | Poll | Fetch | GiveUp | Rest


def next_call(report: Report, now: datetime, rules: Rules) -> Call:
    """What this report needs now, from the books alone. It must not be settled."""
    if now - report.begun_at >= rules.give_up_after:
        return GiveUp(f"it was not to be had within {rules.give_up_after}: {report.reason or report.state}")
    if now < report.due_at:
        return Rest(report.due_at)
    match report.state:
        case "wanted":
            return Ask()
        case "asking":
            return Seek(report.asked_at or report.begun_at)
        case "asked":
            return Poll(report.partner_id)
        case _:
            return Fetch(report.document_id)


class Leaving(msgspec.Struct, frozen=True, tag=True):
    """The request is about to leave."""


class Asked(msgspec.Struct, frozen=True, tag=True):
    partner_id: str


class AskUnknown(msgspec.Struct, frozen=True, tag=True):
    why: str


class NotTaken(msgspec.Struct, frozen=True, tag=True):
    """The request did not leave, or was turned away unread; it may be made again in `seconds`."""

    why: str
    seconds: float


class Found(msgspec.Struct, frozen=True, tag=True):
    """What the search showed: the newest report, or none."""

    partner_id: str | None


class Running(msgspec.Struct, frozen=True, tag=True):
    pass


class Finished(msgspec.Struct, frozen=True, tag=True):
    document_id: str


class Read(msgspec.Struct, frozen=True, tag=True):
    """It was fetched and read."""


class Failed(msgspec.Struct, frozen=True, tag=True):
    """A call brought nothing; it is made again in `seconds`."""

    why: str
    seconds: float


class Ended(msgspec.Struct, frozen=True, tag=True):
    """Nothing will come of it: refused, cancelled, fatal, malformed."""

    why: str


Event: TypeAlias = Leaving | Asked | AskUnknown | NotTaken | Found | Running | Finished | Read | Failed | Ended


def decide(report: Report, event: Event, now: datetime, rules: Rules) -> Report | None:
    """Where it stands then; None where the event says nothing about where it stands by now."""
    match event, report.state:
        case Leaving(), "wanted":
            asked_at, requests = report.asked_at or now, report.requests + 1
            return _moved(report, "asking", now, requests=requests, asked_at=asked_at, tries=report.tries, reason="")
        case Asked() | AskUnknown() | NotTaken() | Found(), "asking":
            return _answered(report, event, now, rules)
        case Running(), "asked":
            pause = min(rules.poll_longest, max(rules.poll_first, (now - (report.asked_at or now)) / 2))
            return msgspec.structs.replace(report, due_at=now + pause, tries=0)
        case Finished(document_id), "asked" if document_id:
            return _moved(report, "done", now, document_id=document_id, reason="")
        case Finished(), "asked":
            return _ended(report, "it is done, and the channel names no document", now)
        case Read(), "done":
            return _moved(report, "read", now, reason="")
        case Ended(why), _ if not report.settled:
            return _ended(report, why, now)
        case Failed(why, seconds), _ if not report.settled:
            return _failed(report, why, seconds, now, rules)
        case _:
            return None


def _answered(report: Report, event: Asked | AskUnknown | NotTaken | Found, now: datetime, rules: Rules) -> Report:
    """What became of the request."""
    match event:
        case Asked(partner_id):
            return _moved(report, "asked", now + rules.poll_first, partner_id=partner_id, reason="")
        case AskUnknown(why):
            return _moved(report, "asking", now + rules.late_effect, reason=why)
        case NotTaken(why, seconds):
            return _again(report, why, seconds, now)
        case Found(partner_id):
            return _found(report, partner_id, now, rules)


def _moved(report: Report, state: State, due_at: datetime, **changes: object) -> Report:
    return msgspec.structs.replace(report, **({"tries": 0} | changes | {"state": state, "due_at": due_at}))


def _ended(report: Report, why: str, now: datetime) -> Report:
    return _moved(report, "failed", now, reason=why, tries=report.tries)


def _found(report: Report, partner_id: str | None, now: datetime, rules: Rules) -> Report:
    if partner_id:
        return _moved(report, "asked", now, partner_id=partner_id, reason="")
    if report.requests >= rules.requests:
        return _ended(report, f"{report.requests} requests left, and the channel shows none of them", now)
    return _moved(report, "wanted", now)


def _failed(report: Report, why: str, seconds: float, now: datetime, rules: Rules) -> Report:
    """A request that was certainly not taken may be made again; the others stay at their step."""
    tries = report.tries + 1
    if tries >= rules.tries and report.state == "done":
        return _ended(report, f"{tries} downloads brought nothing: {why}", now)
    later = now + timedelta(seconds=seconds * min(tries, 10))
    return msgspec.structs.replace(report, due_at=later, tries=tries, reason=why)


def _again(report: Report, why: str, seconds: float, now: datetime) -> Report:
    tries = report.tries + 1
    due_at = now + timedelta(seconds=seconds * min(tries, 10))
    return _moved(report, "wanted", due_at, tries=tries, requests=report.requests - 1, reason=why)


def may_begin(newest: Report | None, now: datetime, every: timedelta, again: timedelta) -> bool:
    """Whether the next one is due: `every` so long, or `again` so long after one that came to nothing."""
    if newest is None:
        return True
    pause = every if newest.state == "read" else min(every, again)
    return newest.settled and now >= newest.begun_at + pause
