"""Our acknowledgement as an X12 855: every line, each with the whole of its answer."""

from collections.abc import Iterator
from datetime import datetime

from edi.faults import Fault, Refused
from edi.profile import Profile, qualified
from edi.x12.elements import dt_text, n0_text, r_text
from edi.x12.write import Row
from schemas.purchase_order import (
    Acknowledgement,
    CountedIn,
    Identifier,
    LineAcknowledgement,
    LineAnswer,
    PurchaseOrder,
)

UNITS = {"each": "EA", "case": "CA"}
REJECTIONS = {
    "temporarily_unavailable": "IR", "invalid_identifier": "R2", "obsolete": "R2", "wrong_unit": "R3",
}  # fmt: skip
UNCHANGED, CHANGED = "AD", "AC"


def rows(answer: Acknowledgement, order: PurchaseOrder, profile: Profile) -> Iterator[Row]:
    """What stands between ST and SE. `order` is what is answered: where nothing differs from it, that is said."""
    kind = UNCHANGED if is_unchanged(answer, order) else CHANGED
    yield ("BAK", "00", kind, answer.number, day_text(answer.ordered_at, profile), "", "", "", "",
           day_text(answer.acknowledged_at, profile))  # fmt: skip
    for line in answer.lines:
        yield line_row("PO1", line.number, line.ordered, line, profile)
        for part in line.answers:
            yield part_row(line, part, profile)
    total = sum(line.ordered.amount for line in answer.lines)
    yield ("CTT", n0_text(len(answer.lines)), n0_text(total))


def is_unchanged(answer: Acknowledgement, order: PurchaseOrder) -> bool:
    """Everything as ordered, at the cost that was ordered."""
    costs = {line.number: line.net_cost for line in order.lines}
    return all(
        len(line.answers) == 1
        and line.answers[0].code == "accepted"
        and line.answers[0].quantity.amount == line.ordered.amount
        and costs.get(line.number) == line.net_cost
        for line in answer.lines
    )


def line_row(name: str, number: str, quantity: CountedIn, line: LineAcknowledgement, profile: Profile) -> Row:
    """PO1 and its like: number, quantity, unit, cost, basis, identifiers as they came."""
    cost = line.net_cost
    return (
        name, number, n0_text(quantity.amount), UNITS[quantity.unit], r_text(cost.amount) if cost else "",
        profile.cost_basis if cost else "", *pairs(line.identifiers),
    )  # fmt: skip


def pairs(identifiers: tuple[Identifier, ...]) -> Iterator[str]:
    """Qualifiers and values; refused where no identifier has a qualifier of X12."""
    found = [pair for one in identifiers if (pair := qualified("x12", one)) is not None]
    if not found:
        raise Refused(Fault(level="element", code="", reason="no identifier of this item can be told in X12"))
    for pair in found:
        yield from pair


def part_row(line: LineAcknowledgement, part: LineAnswer, profile: Profile) -> Row:
    when = part.ship_at if profile.ship_date_qualifier == "068" else part.deliver_at
    date = (profile.ship_date_qualifier, day_text(when, profile)) if when else ()
    return ("ACK", _code(line, part), n0_text(part.quantity.amount), UNITS[part.quantity.unit], *date)


def _code(line: LineAcknowledgement, part: LineAnswer) -> str:
    if part.code == "rejected":
        return REJECTIONS[part.reason or "temporarily_unavailable"]
    if part.code == "backordered":
        return "IB"
    cut = any(other.code == "rejected" for other in line.answers)
    return "IQ" if cut else "IA"


def day_text(at: datetime, profile: Profile) -> str:
    return dt_text(profile.local(at).date())
