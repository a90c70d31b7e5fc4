"""Our answer to a changed order as an X12 865: every line as it is now, each with the whole of its answer."""

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from edi.profile import Profile
from edi.x12.elements import n0_text, r_text
from edi.x12.order_acknowledgement import UNITS, day_text, is_unchanged, pairs, part_row
from edi.x12.write import Row
from schemas.purchase_order import (
    Acknowledgement,
    LineAcknowledgement,
    PoLineNumber,
    PurchaseOrder,
    PurchaseOrderLine,
)
from schemas.purchase_order_change import PurchaseOrderChange

ALL_ACCEPTED, CHANGED, ALL_REJECTED = "AT", "AC", "RD"
"""BCA02."""
NO_CHANGE, DELETED = "NC", "DI"


class Answered(msgspec.Struct, frozen=True):
    """What is answered: the newest change, the retailer's word for each line that was changed since we answered last,
    and the lines of which nothing is wanted any more. `late`: more had left than is wanted: not all is as asked."""

    change: PurchaseOrderChange
    codes: Mapping[PoLineNumber, str]
    ended: Sequence[PurchaseOrderLine] = ()
    late: bool = False


def rows(answer: Acknowledgement, order: PurchaseOrder, answered: Answered, profile: Profile) -> Iterator[Row]:
    """What stands between ST and SE. `order` is what is answered: where nothing differs from it, that is said."""
    change = answered.change
    asked = day_text(change.changed_on, profile) if change.changed_on else ""
    sequence = "" if change.sequence is None else n0_text(change.sequence)
    kind, ordered = _kind(answer, order, late=answered.late), day_text(answer.ordered_at, profile)
    yield ("BCA", "00", kind, answer.number, "", sequence, ordered, change.reference, "", "",
           day_text(answer.acknowledged_at, profile), asked)  # fmt: skip
    for line in answer.lines:
        yield _line(line, answered.codes.get(line.number) or NO_CHANGE, profile)
        for part in line.answers:
            yield part_row(line, part, profile)
    for one in answered.ended:
        yield ("POC", one.number, answered.codes.get(one.number) or DELETED, "0", "0", UNITS[one.ordered.unit], "",
               "", *pairs(one.identifiers))  # fmt: skip
        yield ("ACK", "ID")
    yield ("CTT", n0_text(len(answer.lines) + len(answered.ended)))


def _kind(answer: Acknowledgement, order: PurchaseOrder, *, late: bool) -> str:
    if is_unchanged(answer, order) and not late:
        return ALL_ACCEPTED
    rejected = all(part.code == "rejected" for line in answer.lines for part in line.answers)
    return ALL_REJECTED if rejected else CHANGED


def _line(line: LineAcknowledgement, code: str, profile: Profile) -> Row:
    cost, amount = line.net_cost, n0_text(line.ordered.amount)
    return (
        "POC", line.number, code, amount, amount, UNITS[line.ordered.unit], r_text(cost.amount) if cost else "",
        profile.cost_basis if cost else "", *pairs(line.identifiers),
    )  # fmt: skip
