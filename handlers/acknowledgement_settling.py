"""What becomes of an answer to a purchase order after it has left.

Taken is not landed. The transaction of an answer never says Success: it fails, or stays Processing; after 15 minutes
that is *presumed* to be accepted (Amazon's vendor guide), and only the status of the purchase order *confirms* it. An
answer that was lost is settled by the same reading before it is sent again; sent again it says the whole once more.
"""

from datetime import datetime, timedelta
from typing import Literal, TypeAlias

import msgspec

from handlers.acknowledgement_said import ACKNOWLEDGED, Said, SaidState, outcome
from handlers.acknowledging import Parts, parts_of
from handlers.alerts import AlertKind
from handlers.answered_by_hand import parts_shown
from handlers.answers import Answer, Denied, Done, NeverLeft, Refused, Throttled, Unknown
from handlers.notes import KeepPromise, Note, RaiseAlert, ResolveAlert
from schemas.purchase_order import (
    Acknowledgement,
    LineAcknowledgement,
    PurchaseOrderStatus,
)


class Patience(msgspec.Struct, frozen=True, kw_only=True):
    """`polls`: after sending. `status_lag`: the retailer shows a change this much late. `unconfirmed_after`: from
    sending until people hear that a presumed answer is still not shown."""

    polls: tuple[timedelta, ...] = tuple(timedelta(minutes=minutes) for minutes in (1, 3, 7, 15))
    late_effect: timedelta = timedelta(minutes=1)
    status_lag: timedelta = timedelta(minutes=30)
    look_again: timedelta = timedelta(minutes=15)
    soon: timedelta = timedelta(seconds=30)
    unconfirmed_after: timedelta = timedelta(hours=1)
    attempts: int = 3
    """Times that one answer is sent, where the retailer takes it and never shows it."""


class Settled(msgspec.Struct, frozen=True):
    """`answered`: whether the order's version counts as answered; None: as it was."""

    said: Said
    notes: tuple[Note, ...] = ()
    answered: bool | None = None


Standing: TypeAlias = Literal["processing", "success", "failure"]


def after_sending(said: Said, answer: Answer[str], now: datetime, patience: Patience) -> Settled:
    """`answer`: the transaction's id."""
    match answer:
        case Done(value=transaction):
            look = said.sent_at + patience.polls[0]
            taken = _moved(said, "processing", look, transaction_id=transaction)
            return Settled(taken, (outcome(taken), *_over(taken)), answered=True)
        case Refused(code=code, text=text):
            return _refused(said, f"{code}: {text}")
        case Unknown(reason=reason):
            look = said.sent_at + patience.late_effect + patience.soon
            unsure = _moved(said, "unknown", look, text=reason)
            return Settled(unsure, (outcome(unsure),))
        case Throttled(text=text) | NeverLeft(reason=text) | Denied(reason=text):
            pause = patience.soon * 2 ** min(said.attempt - 1, 5)
            return Settled(_moved(said, "unsent", now + pause, text=text))


def made(said: Said, transaction: str, look_at: datetime) -> Settled:
    """The file that says it is made, and lies here still: the order's version is answered, its clock runs on."""
    moved = _moved(said, "made", look_at, transaction_id=transaction)
    return Settled(moved, (outcome(moved),), answered=True)


def put(said: Said, look_at: datetime) -> Settled:
    """Its file lies where the retailer takes files: only now the order's clock ends."""
    taken = _moved(said, "processing", look_at)
    return Settled(taken, (outcome(taken), *_over(taken)), answered=True)


def sender_lost(said: Said, patience: Patience) -> Said:
    """Whoever sent it died before it wrote what came of it."""
    return _moved(said, "unknown", said.sent_at + patience.late_effect, text="the process that sent it has ended")


def sent_again(said: Said, now: datetime) -> Said:
    """The same words once more: they replace what may have arrived."""
    return msgspec.structs.replace(
        said, state="sent", attempt=said.attempt + 1, sent_at=now, look_at=None, transaction_id=""
    )


def after_poll(said: Said, standing: Standing, text: str, now: datetime, patience: Patience) -> Settled:
    """What the transaction says: no more than that it failed, or that it has not."""
    if standing == "failure":
        return _refused(said, text or "Failure, without a reason")
    if standing == "success" or now >= said.sent_at + patience.polls[-1]:
        presumed = _moved(said, "presumed", now)
        return Settled(presumed, (outcome(presumed),))
    return Settled(_moved(said, "processing", next_poll(said, now, patience)))


def next_poll(said: Said, now: datetime, patience: Patience) -> datetime:
    times = (said.sent_at + pause for pause in patience.polls)
    return min((at for at in times if at > now), default=now)


def after_status(
    said: Said, status: PurchaseOrderStatus | None, begun: datetime, now: datetime, patience: Patience
) -> Settled:
    """What the retailer itself shows of the order, by a reading that began at `begun`."""
    shown = None if status is None else compare(said.acknowledgement, status)
    if shown == "same":
        over = [ResolveAlert(kind, said.subject) for kind in (AlertKind.PO_UNCONFIRMED, AlertKind.PO_ANSWER_DIFFERS)]
        confirmed = _moved(said, "confirmed", None)
        return Settled(confirmed, (outcome(confirmed), *over, *_over(confirmed)), answered=True)
    proves = begun >= said.sent_at + patience.late_effect + patience.status_lag
    if shown == "other" and status is not None and proves:
        return _by_hand(said, status)
    if said.state == "unknown":
        return _still_unknown(said, now, patience, proves=proves)
    later = _moved(said, said.state, now + patience.look_again, text=said.text)
    if now < said.sent_at + patience.unconfirmed_after:
        return Settled(later)
    if proves and said.attempt < patience.attempts:
        return Settled(_moved(said, "unsent", now, text="taken, and not shown: said again"), (_unconfirmed(said),))
    return Settled(later, (_unconfirmed(said),))


def not_read(said: Said, now: datetime, patience: Patience) -> Said:
    """Its status could not be read: soon again."""
    return _moved(said, said.state, now + patience.soon, text=said.text)


def _still_unknown(said: Said, now: datetime, patience: Patience, *, proves: bool) -> Settled:
    """A reading that shows nothing proves it only when it began late enough; then the same is said once more."""
    if proves:
        return Settled(_moved(said, "unsent", now, text=said.text))
    return Settled(_moved(said, "unknown", now + patience.look_again, text=said.text))


def _by_hand(said: Said, status: PurchaseOrderStatus) -> Settled:
    """Somebody answered at the retailer's own pages: that counts, and people hear how it differs."""
    text = f"{said.subject} is answered otherwise than we did: {differs(said.acknowledgement, status)}"
    theirs = msgspec.structs.replace(said, acknowledgement=_as_shown(said.acknowledgement, status))
    ended = _moved(theirs, "by_hand", None, text=text)
    alert = RaiseAlert(AlertKind.PO_ANSWER_DIFFERS, said.subject, said.subject, text)
    over = ResolveAlert(AlertKind.PO_UNCONFIRMED, said.subject)
    return Settled(ended, (outcome(ended), alert, over, *_over(ended)), answered=True)


def given_by_hand(said: Said) -> Settled:
    """Nobody here answered, and it is answered: that settles ours."""
    return Settled(said, _over(said), answered=True)


def _refused(said: Said, text: str) -> Settled:
    refused = _moved(said, "refused", None, text=text)
    told = f"the answer to purchase order {said.subject} was refused: {text}"
    alert = RaiseAlert(AlertKind.PO_ANSWER_REFUSED, said.subject, said.subject, told)
    return Settled(refused, (outcome(refused), alert), answered=False)


def _unconfirmed(said: Said) -> RaiseAlert:
    text = (
        f"the answer to purchase order {said.subject} was taken at {said.sent_at:%Y-%m-%d %H:%M} UTC and is still not"
        f" shown: look in the retailer's pages, or open a case with transaction {said.transaction_id or 'unknown'}"
    )
    return RaiseAlert(AlertKind.PO_UNCONFIRMED, said.subject, said.subject, text)


def _over(said: Said) -> tuple[Note, ...]:
    """The order is answered: nobody need hurry any more."""
    return (
        KeepPromise(ACKNOWLEDGED, said.subject),
        ResolveAlert(AlertKind.PO_WAITS, said.subject),
        ResolveAlert(AlertKind.PO_DUE, said.subject),
        ResolveAlert(AlertKind.PO_LATE, said.subject),
        ResolveAlert(AlertKind.PO_AMENDED, said.subject),
        ResolveAlert(AlertKind.PO_ANSWER_REFUSED, said.subject),
    )


def _moved(
    said: Said, state: SaidState, look_at: datetime | None, *, transaction_id: str = "", text: str = ""
) -> Said:
    transaction = transaction_id or said.transaction_id
    return msgspec.structs.replace(said, state=state, look_at=look_at, transaction_id=transaction, text=text)


# What the retailer shows.


def compare(ours: Acknowledgement, status: PurchaseOrderStatus) -> Literal["same", "other", "none"]:
    """Whether the retailer has this answer, another one, or none yet (for any line that we answered)."""
    shown = {line.number: line for line in status.lines}
    if not all(line.number in shown and shown[line.number].standing != "unconfirmed" for line in ours.lines):
        return "none"
    return "other" if _differing(ours, status) else "same"


def _differing(ours: Acknowledgement, status: PurchaseOrderStatus) -> list[LineAcknowledgement]:
    """A backordered quantity has no place of its own in the status: it may count as accepted there, or not yet."""
    shown = {line.number: (line.accepted, line.rejected) for line in status.lines}
    return [line for line in ours.lines if not _agrees(parts_of(line), *shown.get(line.number, (-1, -1)))]


def _agrees(ours: Parts, accepted: int, rejected: int) -> bool:
    return rejected == ours.rejected and accepted in (ours.accepted, ours.accepted + ours.backordered)


def differs(ours: Acknowledgement, status: PurchaseOrderStatus, most: int = 5) -> str:
    """Where the retailer shows other quantities than we said, in words; empty: nowhere. `most`: lines named."""
    shown = {line.number: line for line in status.lines}
    told = [
        f"line {line.number}: {there.accepted} accepted and {there.rejected} rejected there,"
        f" {parts.accepted} and {parts.rejected} here"
        for line in _differing(ours, status)
        for parts, there in ((parts_of(line), shown[line.number]),)
    ]
    more = f", and {len(told) - most} more" if len(told) > most else ""
    return "; ".join(told[:most]) + more


def _as_shown(ours: Acknowledgement, status: PurchaseOrderStatus) -> Acknowledgement:
    """Our answer with the quantities that hold at the retailer."""
    shown = {line.number: line for line in status.lines}
    lines = [
        msgspec.structs.replace(line, answers=tuple(parts_shown(line.ordered.amount, shown[line.number])))
        for line in ours.lines
        if line.number in shown
    ]
    return msgspec.structs.replace(ours, lines=tuple(lines))
