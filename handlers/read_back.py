"""Accepted is not live: whether a told value is read back, when, and what a reading means.

Everything risky is read: lowerings, what was told in doubt, after an unknown end, a refusal or a feed that failed. Of
the rest a sample is, and each listing once in a long while, because people write at the channel too. Pauses grow
until the channel shows what it accepted. A reading proves what it shows and nothing else: an old value may be the
lag of the channel, so it settles nothing.
"""

from datetime import datetime, timedelta
from typing import Literal, TypeAlias, get_args
from zlib import crc32

import msgspec

from handlers.alerts import AlertKind
from handlers.notes import Detail, Note, RaiseAlert, ResolveAlert
from handlers.publication import Class, Flight

Why: TypeAlias = Literal[
    "unknown", "near_zero", "in_doubt", "lowering", "feed", "refused", "not_live", "sample", "audit"
]
"""What makes a reading worth its call, the most urgent first."""

URGENCY: tuple[Why, ...] = get_args(Why)
"""The order in which readings that are due have their turn."""

Meaning: TypeAlias = Literal["live", "took_effect", "older", "sold", "foreign", "nothing", "before_us", "too_early"]
"""live: what was accepted last. took_effect: what was in flight. older: told or shown before. sold: less, by a
channel that takes its own orders off. foreign: nobody here told it. nothing: no stock of ours. before_us: nothing is
accepted yet. too_early: read before acceptance."""

MEND_AGAIN_AFTER = timedelta(hours=1)
"""Who tells again each time that another program writes starts a war of two programs."""


class Plan(msgspec.Struct, frozen=True):
    """The settings of reading back. Shares are parts of 1; the rest are seconds of business time."""

    after: float
    every: float
    longest: float
    never_live_after: float
    audit_every: float
    lowering: float = 1.0
    raising: float = 0.1
    again: float = 0.1
    nets_own_orders: bool = False
    """The channel lowers what it shows by its own orders: less than what was accepted is no fault."""


class NextRead(msgspec.Struct, frozen=True):
    at: datetime
    why: Why


class ToldValue(msgspec.Struct, frozen=True):
    """A value that left for the channel and may have taken effect."""

    attempt: int
    value: int
    sent_at: datetime


class Shown(msgspec.Struct, frozen=True):
    """Where a listing stands as a reading is judged."""

    accepted: int | None = None
    accepted_at: datetime | None = None
    since: datetime | None = None
    """When the change that was accepted, or is in flight, was committed."""
    proven: bool = False
    """What was accepted has been seen live."""
    live: int | None = None
    """What the last reading showed."""
    flight: Flight | None = None
    told: tuple[ToldValue, ...] = ()
    """The last ones, newest first."""
    foreign: int | None = None
    mended_at: datetime | None = None
    reads: int = 0
    """Readings in a row that showed another value than what was accepted."""


class Reading(msgspec.Struct, frozen=True):
    """What the channel showed (None: no stock of ours), and when the question left."""

    value: int | None
    at: datetime


class Judgement(msgspec.Struct, frozen=True):
    """What follows from a reading."""

    meaning: Meaning
    next: NextRead
    notes: tuple[Note, ...] = ()
    foreign: int | None = None
    tell_again: bool = False
    reads: int = 0
    """Readings in a row that showed another value, this one among them."""
    true_after: float | None = None
    """Seconds from the change's commit until it was first seen live; None where that is known already."""

    @property
    def is_true(self) -> bool:
        return self.meaning in ("live", "took_effect")


def first_read(
    kind: Class, attempt: int, listing: int, now: datetime, plan: Plan, *, risky: bool = False
) -> NextRead:
    """The first reading after an acceptance: soon for what is risky or drawn, else with the audit.

    `risky`: told in doubt, or while something told before might still take effect.
    """
    drawn = draw(listing, attempt)
    soon = now + timedelta(seconds=plan.after)
    if kind == "near_zero":
        return NextRead(soon, "near_zero")
    if risky:
        return NextRead(soon, "in_doubt")
    if kind == "lowering":
        return NextRead(soon, "lowering") if drawn < plan.lowering else audit(listing, now, plan)
    share = plan.raising if kind == "raise" else plan.again
    return NextRead(soon, "sample") if drawn < share else audit(listing, now, plan)


def draw(listing: int, attempt: int) -> float:
    """A number from 0 to below 1 that anybody can draw again: no state, no luck."""
    return crc32(f"{listing}/{attempt}".encode()) / 2**32


def audit(listing: int, now: datetime, plan: Plan) -> NextRead:
    """Spread over half a period, so that what was told together is not read together."""
    spread = 0.5 + draw(listing, now.toordinal()) / 2
    return NextRead(now + timedelta(seconds=plan.audit_every * spread), "audit")


def judge(cause: str, listing: int, shown: Shown, reading: Reading, plan: Plan) -> Judgement:
    """What a reading of one listing means. `cause` names the listing in its alerts."""
    meaning = meaning_of(shown, reading, plan)
    match meaning:
        case "live" | "took_effect":
            return _true(cause, listing, shown, reading, plan, meaning)
        case "sold":
            return Judgement(meaning, audit(listing, reading.at, plan))
        case "before_us":
            unsettled = shown.flight is not None
            return Judgement(meaning, _again(shown, reading, plan) if unsettled else audit(listing, reading.at, plan))
        case "too_early":
            return Judgement(meaning, _again(shown, reading, plan), foreign=shown.foreign, reads=shown.reads)
        case _:
            return _untrue(cause, shown, reading, plan, meaning)


def meaning_of(shown: Shown, reading: Reading, plan: Plan) -> Meaning:
    if shown.flight is not None and took_effect(shown, shown.flight, reading, plan):
        return "took_effect"
    if shown.accepted is None or shown.accepted_at is None:
        return "before_us"
    if reading.value == shown.accepted:
        return "live"
    if reading.at < shown.accepted_at:
        return "too_early"
    if reading.value is None:
        return "nothing"
    known = reading.value in {told.value for told in shown.told}
    if plan.nets_own_orders and reading.value < shown.accepted and (shown.proven or not known):
        return "sold"
    return "foreign" if _is_foreign(shown, reading.value, age_of(shown, reading), plan) else "older"


def took_effect(shown: Shown, flight: Flight, reading: Reading, plan: Plan) -> bool:
    """The value in flight is shown, and nothing else can be the reason.

    Not where another request told the same value lately, nor where it was accepted or shown before: then this request
    may still be under way, and what is told next might be overtaken by it.
    """
    if flight.state != "unknown" or reading.value != flight.value or reading.at < flight.since:
        return False
    if flight.value in (shown.accepted, shown.live):
        return False
    lag = timedelta(seconds=plan.never_live_after)
    others = {told.value for told in shown.told if told.attempt != flight.id and told.sent_at >= flight.since - lag}
    return flight.value not in others


def _is_foreign(shown: Shown, value: int, age: float, plan: Plan) -> bool:
    """Nobody here told it and the channel's lag does not explain it; or it came back after ours was seen live."""
    if value == shown.foreign:
        return True
    if value in {told.value for told in shown.told}:
        return shown.proven and value == shown.live
    if shown.live is None:
        return len(shown.told) > 1 and age >= plan.never_live_after
    return value != shown.live


def age_of(shown: Shown, reading: Reading) -> float:
    """Seconds from acceptance to the reading."""
    return (reading.at - shown.accepted_at).total_seconds() if shown.accepted_at else 0.0


def _true(cause: str, listing: int, shown: Shown, reading: Reading, plan: Plan, meaning: Meaning) -> Judgement:
    settled = shown.flight is None or meaning == "took_effect"
    following = audit(listing, reading.at, plan) if settled else _again(shown, reading, plan)
    notes = (ResolveAlert(AlertKind.NEVER_LIVE, cause), ResolveAlert(AlertKind.FOREIGN_STOCK, cause))
    first = meaning == "took_effect" or not shown.proven
    after = (reading.at - shown.since).total_seconds() if first and shown.since else None
    return Judgement(meaning, following, notes, true_after=after)


def _untrue(cause: str, shown: Shown, reading: Reading, plan: Plan, meaning: Meaning) -> Judgement:
    following, reads = _again(shown, reading, plan), shown.reads + 1
    if meaning == "foreign":
        mends = shown.mended_at is None or reading.at - shown.mended_at >= MEND_AGAIN_AFTER
        notes: tuple[Note, ...] = (_foreign(cause, shown, reading, mends=mends),)
        return Judgement(meaning, following, notes, reading.value, tell_again=mends, reads=reads)
    late = age_of(shown, reading) >= plan.never_live_after and shown.reads > 0
    notes = (_never_live(cause, shown, reading),) if late else ()
    return Judgement(meaning, following, notes, shown.foreign, reads=reads)


def _again(shown: Shown, reading: Reading, plan: Plan) -> NextRead:
    """Pauses double; one reading falls on the moment at which it is too late."""
    if shown.flight is not None:
        return NextRead(reading.at + timedelta(seconds=plan.every), "unknown")
    pause = min(plan.every * 2 ** min(shown.reads, 30), max(plan.longest, plan.every))
    until_late = plan.never_live_after - age_of(shown, reading)
    if shown.accepted_at is not None and 0 < until_late < pause:
        pause = until_late
    return NextRead(reading.at + timedelta(seconds=pause), "not_live")


def _shows(value: int | None) -> str:
    return "no stock of ours" if value is None else str(value)


def _never_live(cause: str, shown: Shown, reading: Reading) -> RaiseAlert:
    assert shown.accepted_at is not None
    text = (
        f"{cause}: {shown.accepted} was accepted at {shown.accepted_at:%F %T} UTC,"
        f" and {_shows(reading.value)} is shown {age_of(shown, reading):.0f} s later"
    )
    detail: Detail = {"accepted": shown.accepted, "live": reading.value, "accepted_at": shown.accepted_at.isoformat()}
    return RaiseAlert(AlertKind.NEVER_LIVE, cause, cause, text, detail)


def _foreign(cause: str, shown: Shown, reading: Reading, *, mends: bool) -> RaiseAlert:
    done = "it is told again now" if mends else f"it was told again at {shown.mended_at:%F %T} UTC and not since"
    text = (
        f"{cause}: {_shows(reading.value)} is shown, which was not told from here; {shown.accepted} was, and {done}"
    )
    detail: Detail = {"accepted": shown.accepted, "live": reading.value}
    return RaiseAlert(AlertKind.FOREIGN_STOCK, cause, cause, text, detail)
