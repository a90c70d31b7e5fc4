"""What the channel answered about a despatched parcel, and what that makes of the ledger's row. Pure tables.

`after_answer` for the confirmation itself, `after_loss` when nobody saw the end; reads of the order are in
`handlers/confirmation_reads.py`. A request that may have happened is never repeated before one of them, begun late
enough, has not found it.
"""

from datetime import datetime, timedelta
from typing import Final, TypeAlias, assert_never

import msgspec

from handlers.alerts import AlertKind
from handlers.answers import Answer, Denied, Done, NeverLeft, Refused, Throttled, Unknown
from handlers.despatch_preparation import NEVER, TOLD, settled_untold
from handlers.effects import Effect, outcome
from handlers.notes import KeepPromise, Note, RaiseAlert, ResolveAlert

NOT_FOUND: Final = "package_not_found"
"""The channel has nothing left to confirm: perhaps because an attempt of ours, or a person, was there before."""
SHIP_PLUS: Final = "ship_plus"

FIRST_READ: Final = timedelta(seconds=3)
"""From an unknown answer to the first look."""
LOOK_AFTER: Final = timedelta(seconds=60)
"""From acceptance to the first look at what is live."""
QUICK: Final = (1.0, 60.0)
"""Back-off in seconds, first and longest, after what should pass soon."""
DENIALS: Final = (30.0, 300.0)

Step: TypeAlias = "tuple[Effect, list[Note]]"


class Rules(msgspec.Struct, frozen=True):
    """How long a request may still take effect, how far behind reads may be, and how many may fail."""

    late_effect: timedelta = timedelta(seconds=60)
    read_lag: timedelta = timedelta(seconds=30)
    unknown_reads: int = 10
    leaves_within: timedelta = timedelta()
    """Of its row: until then a sender that we lost sight of may still send it."""


def back_off(times: int, bounds: tuple[float, float], jitter: float) -> timedelta:
    """Doubles with `times` (1 is the first), up to the longest; `jitter` 0 to 1 takes off up to half."""
    first, longest = bounds
    seconds = min(longest, first * 2 ** min(max(times - 1, 0), 30))
    return timedelta(seconds=seconds * (1 - jitter / 2))


def after_answer(effect: Effect, answer: "Answer[None]", now: datetime, rules: Rules, jitter: float) -> Step:
    """The row of a request that was sent, once its answer is there."""
    match answer:
        case Done(request_id=request_id):
            return _accepted(effect, now, request_id)
        case Refused():
            return _refused(effect, answer, now, rules)
        case Throttled(text=text, request_id=request_id):
            alert = RaiseAlert(AlertKind.CHANNEL_THROTTLED, f"{effect.account}/confirmShipment", effect.account, text)
            return _again(
                effect, "throttled", text, now, back_off(effect.attempt, QUICK, jitter), [alert], request_id
            )
        case NeverLeft(reason=reason):
            return _again(effect, "never_left", reason, now, back_off(effect.attempt, QUICK, jitter), [])
        case Denied(reason=reason):
            alert = RaiseAlert(AlertKind.CHANNEL_DENIED, effect.account, effect.account, reason)
            return _again(effect, "denied", reason, now, back_off(effect.attempt, DENIALS, jitter), [alert])
        case Unknown(reason=reason, request_id=request_id):
            return _unknown(effect, "unknown", reason, now, rules, request_id), []
        case _:
            assert_never(answer)


def after_loss(effect: Effect, now: datetime, rules: Rules) -> Step:
    """Nobody saw the end of the request: whoever sent it is gone, or only out of our sight."""
    why = "the process that sent it ended before the answer"
    lost = _unknown(effect, "sender_lost", why, now, rules, "")
    may_leave_for = (effect.sent_at or now) + rules.leaves_within - now
    if lost.over_at is not None and may_leave_for > timedelta():
        lost = msgspec.structs.replace(lost, over_at=lost.over_at + may_leave_for)
    return lost, []


def not_sent(effect: Effect, now: datetime, why: str) -> Step:
    """It was about to leave and did not."""
    return _again(effect, "never_left", why, now, timedelta(), [])


def _accepted(effect: Effect, now: datetime, request_id: str = "") -> Step:
    accepted = effect.moved("accepted", due=now + LOOK_AFTER, over_at=None, reads=0, request_id=request_id)
    return accepted, [*kept(effect), outcome(accepted), *troubles_over(effect)]


def kept(effect: Effect) -> list[Note]:
    """The promise. Not while a correction waits behind it: the promise is then about that."""
    return [KeepPromise(TOLD, effect.subject)] if effect.is_last_word else []


def troubles_over(effect: Effect) -> list[Note]:
    """Alerts that it is well after. Only where there may have been any: the plain case writes nothing."""
    if effect.attempt <= 1 and effect.after_effect is None and not effect.reason:
        return []
    # What went wrong with a later request is for that one to settle.
    mine = (AlertKind.DESPATCH_REFUSED, AlertKind.DESPATCH_UNKNOWN) if effect.is_well_after else ()
    theirs: list[Note] = [ResolveAlert(kind, effect.subject) for kind in mine]
    if effect.attempt > 1:
        theirs.append(ResolveAlert(AlertKind.CHANNEL_DENIED, effect.account))
        theirs.append(ResolveAlert(AlertKind.CHANNEL_THROTTLED, f"{effect.account}/confirmShipment"))
    return theirs


def _refused(effect: Effect, answer: Refused, now: datetime, rules: Rules) -> Step:
    if answer.code == SHIP_PLUS:
        return settled_untold(
            effect.moved("withdrawn", reason=SHIP_PLUS, detail=answer.text, due=NEVER, request_id=answer.request_id)
        )
    if answer.code == NOT_FOUND:
        # A refusal changes nothing, so only the read's own lag counts; earlier attempts were settled before this one.
        read = effect.moved(
            "unknown",
            reason=NOT_FOUND,
            detail=answer.text,
            due=now,
            over_at=now + rules.read_lag,
            reads=0,
            request_id=answer.request_id,
        )
        return read, []
    if effect.called_off:
        return no_longer_wanted(effect)
    return turned_down(effect, answer.code, answer.text, answer.request_id)


def turned_down(effect: Effect, code: str, text: str, request_id: str) -> Step:
    """Refused for good, in the channel's words."""
    refused = effect.moved("refused", reason=code, detail=text, due=NEVER, over_at=None, request_id=request_id)
    payload = effect.payload
    said = f"{effect.account} refused package {payload.package_reference} of order {payload.order_id}: {text}"
    detail: dict[str, str | int | list[str] | None] = {"code": code, "effect_id": effect.id}
    alert = RaiseAlert(AlertKind.DESPATCH_REFUSED, effect.subject, effect.subject, said, detail, effect.deadline)
    return refused, [alert, outcome(refused)]


def _again(
    effect: Effect, word: str, text: str, now: datetime, wait: timedelta, notes: list[Note], request_id: str = ""
) -> Step:
    """Nothing has changed at the channel: it leaves again later, unless nobody wants it any more."""
    if effect.called_off:
        return no_longer_wanted(effect)
    waiting = effect.moved(
        "waiting", reason=word, detail=text, due=now + wait, over_at=None, reads=0, request_id=request_id
    )
    return waiting, notes


def no_longer_wanted(effect: Effect) -> Step:
    """Called off meanwhile, and now certain not to have happened: as if it had never been asked for."""
    withdrawn = effect.moved("withdrawn", reason="undone", due=NEVER, over_at=None)
    resolved: list[Note] = [ResolveAlert(AlertKind.DESPATCH_UNKNOWN, effect.subject)]
    if effect.told_hash is None:
        resolved.append(ResolveAlert(AlertKind.UNDONE_AFTER_CONFIRMATION, effect.subject))
    return withdrawn, [*kept(effect), outcome(withdrawn), *resolved]


def unchanged(effect: Effect) -> "Step | None":
    """What a row that is about to leave becomes where the channel has exactly this by now; None where it has not."""
    if not effect.told_hash or effect.told_hash != effect.request_hash:
        return None
    return settled_untold(effect.moved("withdrawn", reason="unchanged", due=NEVER))


def _unknown(effect: Effect, word: str, text: str, now: datetime, rules: Rules, request_id: str) -> Effect:
    """It can last have left just now."""
    return effect.moved(
        "unknown",
        reason=word,
        detail=text,
        due=now + FIRST_READ,
        over_at=now + rules.late_effect + rules.read_lag,
        reads=0,
        request_id=request_id,
    )
