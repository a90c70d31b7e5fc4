"""What people hear of purchase orders: contradictions, amendments, what they wait for, and their clocks."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final

import msgspec

from handlers.acknowledgement_said import ACKNOWLEDGED
from handlers.alerts import AlertKind, Owner
from handlers.notes import KeepPromise, MakePromise, Note, RaiseAlert, ResolveAlert
from handlers.purchase_order_judgement import Reason
from handlers.purchase_orders import Heard
from handlers.vendor_clocks import AnswerClock, subject_of
from schemas.purchase_order import PoLineNumber

SHOWN: Final = 10
ALERT_OF: Final[Mapping[Owner, AlertKind]] = {
    "operations": AlertKind.PO_UNMAPPED,
    "merchandising": AlertKind.PO_TERMS,
    "logistics": AlertKind.PO_DELIVERY,
    "technical": AlertKind.PO_UNREADABLE,
}
"""Which alert tells a reason: by who can put it right."""
REASON_ALERTS: Final = (AlertKind.PO_UNMAPPED, AlertKind.PO_TERMS, AlertKind.PO_DELIVERY)


def of_reading(heard: Heard, clock: AnswerClock, owner: str, *, was_answered: bool) -> list[Note]:
    """What a reading of an order leaves. `owner`: the account manager."""
    subject = subject_of(heard.after)
    readable: list[Note] = [ResolveAlert(AlertKind.PO_UNREADABLE, subject)]
    if heard.word == "contradicts":
        return [*readable, contradicts(subject, heard.contradiction)]
    if heard.word == "stale":
        return readable
    over = [*readable, ResolveAlert(AlertKind.PO_CONTRADICTS, subject)]
    if heard.after.state == "ended":
        return [*over, *ended(subject)]
    if heard.after.state == "received":
        over.append(MakePromise(ACKNOWLEDGED, subject, owner, clock.due))
    if heard.word == "amended" and was_answered:
        over.append(_amended(heard, subject, clock))
    return over


def contradicts(subject: str, why: str) -> RaiseAlert:
    text = f"a reading of purchase order {subject} is not taken: {why}"
    return RaiseAlert(AlertKind.PO_CONTRADICTS, subject, subject, text)


def unreadable(account: str, number: str, why: str) -> RaiseAlert:
    subject = f"{account}/{number}"
    text = f"purchase order {number} of {account} cannot be read, and is answered by nobody here: {why}"
    return RaiseAlert(AlertKind.PO_UNREADABLE, subject, subject, text)


def _amended(heard: Heard, subject: str, clock: AnswerClock) -> RaiseAlert:
    told = [str(one) for one in heard.differences]
    more = f"; and {len(told) - SHOWN} more" if len(told) > SHOWN else ""
    text = f"purchase order {subject} was changed after it was answered: {'; '.join(told[:SHOWN])}{more}"
    detail: dict[str, str | int | list[str] | None] = {"differences": told[:1000], "version": heard.after.version}
    return RaiseAlert(AlertKind.PO_AMENDED, subject, subject, text, detail, clock.due)


def ended(subject: str) -> list[Note]:
    """The retailer closed or cancelled it: nobody need do anything about it any more."""
    kinds = (
        AlertKind.PO_AMENDED, AlertKind.PO_UNCONFIRMED, AlertKind.PO_ANSWER_REFUSED, AlertKind.PO_ANSWER_DIFFERS,
        AlertKind.PO_CHANGE_LATE, AlertKind.PO_CHANGE_MISSING,
    )  # fmt: skip
    return [KeepPromise(ACKNOWLEDGED, subject), *(ResolveAlert(kind, subject) for kind in kinds)]


def nothing_to_answer(subject: str) -> list[Note]:
    """Every line is cancelled: the retailer waits for no answer."""
    return [KeepPromise(ACKNOWLEDGED, subject)]


def waits(reason: Reason, numbers: Sequence[str], orders: int, due_at: datetime) -> RaiseAlert:
    """One alert for all orders that wait for the same thing."""
    wait = "1 purchase order waits" if orders == 1 else f"{orders} purchase orders wait"
    text = f"{wait}: {reason.text}. To put it right: {reason.fix}"
    detail: dict[str, str | int | list[str] | None] = {"orders": list(numbers), "hints": list(reason.hints)}
    return RaiseAlert(ALERT_OF[reason.owner], reason.cause, reason.cause, text, detail, due_at)


def clock_alerts(
    account: str, number: str, due_at: datetime, safe_at: datetime, stage: int, stages: int, now: datetime,
    *, made: bool = False,
) -> Iterable[RaiseAlert]:  # fmt: skip
    """At the first escalation a warning, from the second on a pressing one, and the breach when it is there. `made`:
    its answer is a file, which lies here still."""
    subject = f"{account}/{number}"
    left = f"it must be answered by {due_at:%Y-%m-%d %H:%M} UTC"
    if made:
        left = f"its answer is made and could not be put where the partner takes files: {left}"
    if now >= due_at:
        why = ": its answer is made and could not be put where the partner takes files" if made else ""
        text = f"purchase order {subject} was to be answered by {due_at:%Y-%m-%d %H:%M} UTC, and is not{why}"
        yield RaiseAlert(AlertKind.PO_LATE, subject, subject, text, {}, due_at)
    if stage >= 2:
        policy = "" if made else f"; at {safe_at:%H:%M} UTC the default policy answers it"
        text = f"{left}{policy} ({stage} of {stages} warnings)"
        yield RaiseAlert(
            AlertKind.PO_DUE, subject, subject, f"purchase order {subject} is not answered: {text}", {}, due_at
        )
    elif stage == 1:
        yield RaiseAlert(
            AlertKind.PO_WAITS, subject, subject, f"purchase order {subject} is not answered: {left}", {}, due_at
        )


class Overdrawn(msgspec.Struct, frozen=True):
    """A line of which more was accepted than is there. `account`: the stock owner."""

    channel_account: str
    number: str
    line: PoLineNumber
    account: str
    sku: str


def overdrawn(lines: Iterable[Overdrawn]) -> list[RaiseAlert]:
    """One alert for each product: it is short once, however many orders wait for it."""
    by_product: dict[tuple[str, str], list[Overdrawn]] = {}
    for one in lines:
        by_product.setdefault((one.account, one.sku), []).append(one)
    return [_overdrawn(f"{account}/{sku}", found) for (account, sku), found in by_product.items()]


def _overdrawn(cause: str, lines: Sequence[Overdrawn]) -> RaiseAlert:
    orders = list(dict.fromkeys(f"{one.channel_account}/{one.number}" for one in lines))
    named = [f"{one.channel_account}/{one.number} line {one.line}" for one in lines]
    more = f", and {len(named) - SHOWN} more" if len(named) > SHOWN else ""
    text = f"{cause}: more was accepted than is there for {', '.join(named[:SHOWN])}{more}"
    return RaiseAlert(AlertKind.PO_OVERDRAWN, cause, cause, text, {"orders": orders[:1000], "lines": named[:1000]})
