"""The answer to a purchase order, from what is secured: nothing else is ever accepted.

Every line is answered and its parts sum to what was ordered, in the line's own unit. A later answer replaces the
whole of an earlier one, and what was rejected once stays so. Where something is open, the default policy's safe
answer accepts what is secured, backorders the rest where that is allowed and can be dated, and rejects what is left
as temporarily unavailable: a hard rejection is only ever a person's word.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

import msgspec

from handlers.case_packs import Step
from handlers.purchase_order_judgement import JudgedLine, Judgement
from handlers.purchase_orders import is_cancelled
from handlers.securing import Secured
from handlers.vendor_windows import Dates
from schemas.purchase_order import (
    Acknowledgement,
    CountedIn,
    LineAcknowledgement,
    LineAnswer,
    LineAnswerCode,
    PoLineNumber,
    PurchaseOrder,
    PurchaseOrderLine,
    RejectionReason,
)

NOTHING: Final = Secured(0)


class Parts(msgspec.Struct, frozen=True):
    """A line's answer in the line's units."""

    accepted: int
    backordered: int
    rejected: int

    @property
    def ordered(self) -> int:
        return self.accepted + self.backordered + self.rejected


class Answering(msgspec.Struct, frozen=True, kw_only=True):
    """What an answer is made by."""

    by_policy: bool = False
    """Nobody has decided in time: the default policy answers what is still open."""
    frozen: bool = False
    """The time for corrections is over: quantities stay as they were said, only dates may change."""
    dates: Dates | None = None
    backorder_dates: Dates | None = None
    """When what is missing can be sent; None: nobody can tell, so nothing is backordered."""
    rejections: Mapping[PoLineNumber, RejectionReason] = {}
    """Lines that a person has rejected, and why."""


class Explained(msgspec.Struct, frozen=True):
    """Why a line is not accepted in full. `units`: of the line's."""

    line: PoLineNumber
    code: LineAnswerCode
    units: int
    why: str


class Proposal(msgspec.Struct, frozen=True, kw_only=True):
    """`full`: every line is accepted in full. `overdrawn`: lines of which more was said than is secured now, when it
    can no longer be corrected."""

    acknowledgement: Acknowledgement
    explained: tuple[Explained, ...] = ()
    overdrawn: tuple[PoLineNumber, ...] = ()

    @property
    def full(self) -> bool:
        return not self.explained


def propose(
    order: PurchaseOrder,
    judgement: Judgement,
    secured: Mapping[PoLineNumber, Secured],
    said: Mapping[PoLineNumber, LineAcknowledgement],
    how: Answering,
    now: datetime,
) -> Proposal:
    """The answer as things are. Cancelled lines are left out: there is nothing of them to answer."""
    judged = {line.number: line for line in judgement.lines}
    lines, explained, overdrawn = list[LineAcknowledgement](), list[Explained](), list[PoLineNumber]()
    for line in order.lines:
        if is_cancelled(line):
            continue
        one, before = judged[line.number], said.get(line.number)
        reserved = secured.get(line.number, NOTHING)
        parts, why = _parts(line, one, reserved, before, how)
        if one.step is not None and parts.accepted * one.step.unit > reserved.eaches:
            overdrawn.append(line.number)
        lines.append(_answered(line, one, parts, how))
        explained += [Explained(line.number, code, units, text) for code, units, text in why]
    acknowledgement = Acknowledgement(
        number=order.number, vendor=order.vendor, ship_to=order.ship_to, ordered_at=order.ordered_at,
        acknowledged_at=now, lines=tuple(lines),
    )  # fmt: skip
    return Proposal(acknowledgement=acknowledgement, explained=tuple(explained), overdrawn=tuple(overdrawn))


Why = list[tuple[LineAnswerCode, int, str]]


def _parts(
    line: PurchaseOrderLine, judged: JudgedLine, secured: Secured, before: LineAcknowledgement | None, how: Answering
) -> tuple[Parts, Why]:
    ordered = line.ordered.amount
    if before is not None and how.frozen and before.ordered == line.ordered:
        parts = parts_of(before)
        return parts, _unexplained(parts, "said before, and the time for corrections is over")
    if line.number in how.rejections:
        reason = how.rejections[line.number]
        return Parts(0, 0, ordered), [("rejected", ordered, f"a person rejected it: {reason}")]
    if how.dates is None or not judged.may_accept(by_policy=how.by_policy):
        text = f"not decided in time: {', '.join(judged.open_reasons) or 'no dates'}"
        return Parts(0, 0, ordered), [("rejected", ordered, text)]
    return _from_secured(line, judged, secured, ceiling(line.ordered, before), how)


def _from_secured(
    line: PurchaseOrderLine, judged: JudgedLine, secured: Secured, most: int, how: Answering
) -> tuple[Parts, Why]:
    """`most`: units that were not rejected before."""
    assert judged.step is not None
    ordered, why = line.ordered.amount, Why()
    accepted = min(ordered, most, judged.step.units(secured.eaches))
    missing = ordered - accepted
    backordered = _whole(min(most - accepted, missing), judged.step) if _backorders(line, how) else 0
    rejected = missing - backordered
    if backordered:
        why.append(("backordered", backordered, f"{secured.eaches} eaches are secured {_by(secured)}"))
    if rejected:
        why.append(("rejected", rejected, _why_rejected(ordered, most, secured, judged.step)))
    return Parts(accepted, backordered, rejected), why


def _why_rejected(ordered: int, most: int, secured: Secured, step: Step) -> str:
    if most < ordered:
        return f"{ordered - most} of it was rejected before, which stands"
    whole = secured.eaches // step.step * step.step
    text = f"{secured.eaches} eaches are secured {_by(secured)}"
    if ordered * step.unit % step.step or whole != secured.eaches:
        text += f"; only whole packs of {step.step} can go"
    return text


def _by(secured: Secured) -> str:
    return f"by {secured.by}"


def _whole(units: int, step: Step) -> int:
    return step.units(units * step.unit)


def _backorders(line: PurchaseOrderLine, how: Answering) -> bool:
    return line.backorder_allowed and how.backorder_dates is not None


def ceiling(ordered: CountedIn, before: LineAcknowledgement | None) -> int:
    """Units of a line that may still be accepted or backordered: what was rejected once stays rejected.

    What the retailer orders more than it did is open; a line that was rejected as a whole stays so.
    """
    if before is None:
        return ordered.amount
    parts = parts_of(before)
    kept = parts.accepted + parts.backordered
    if kept == 0:
        return 0
    if (before.ordered.unit, before.ordered.unit_size) != (ordered.unit, ordered.unit_size):
        return ordered.amount if parts.rejected == 0 else 0
    return min(ordered.amount, kept + max(0, ordered.amount - before.ordered.amount))


def parts_of(line: LineAcknowledgement) -> Parts:
    def units(code: LineAnswerCode) -> int:
        return sum(one.quantity.amount for one in line.answers if one.code == code)

    return Parts(units("accepted"), units("backordered"), units("rejected"))


def _unexplained(parts: Parts, text: str) -> Why:
    found: Why = [("backordered", parts.backordered, text), ("rejected", parts.rejected, text)]
    return [one for one in found if one[1]]


def _answered(line: PurchaseOrderLine, judged: JudgedLine, parts: Parts, how: Answering) -> LineAcknowledgement:
    reason = how.rejections.get(line.number, "temporarily_unavailable")
    answers = [
        *_with_dates("accepted", line, parts.accepted, how.dates),
        *_with_dates("backordered", line, parts.backordered, how.backorder_dates or how.dates),
    ]
    if parts.rejected:
        answers.append(LineAnswer(code="rejected", quantity=_counted(line, parts.rejected), reason=reason))
    return LineAcknowledgement(
        number=line.number,
        identifiers=line.identifiers,
        ordered=line.ordered,
        net_cost=judged.net_cost or line.net_cost,
        answers=tuple(answers),
    )


def _with_dates(
    code: LineAnswerCode, line: PurchaseOrderLine, units: int, dates: Dates | None
) -> Sequence[LineAnswer]:
    if not units:
        return ()
    ship_at, deliver_at = (dates.ship_at, dates.deliver_at) if dates else (None, None)
    return (LineAnswer(code=code, quantity=_counted(line, units), ship_at=ship_at, deliver_at=deliver_at),)


def _counted(line: PurchaseOrderLine, units: int) -> CountedIn:
    return msgspec.structs.replace(line.ordered, amount=units)


def said_again(lines: Sequence[LineAcknowledgement]) -> dict[PoLineNumber, LineAcknowledgement]:
    """What an answer said, by line."""
    return {line.number: line for line in lines}
