"""Our acknowledgement as an EDIFACT ORDRSP: every line, each with the whole of its answer."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

import msgspec

from edi.edifact.elements import number_text
from edi.edifact.parties import row as party_row
from edi.edifact.write import Row
from edi.faults import Fault, Refused
from edi.profile import Profile, qualified
from schemas.purchase_order import (
    Acknowledgement,
    Identifier,
    LineAcknowledgement,
    LineAnswer,
    PurchaseOrder,
    PurchaseOrderLine,
)

DAY = "102"
UNITS = {"each": "PCE", "case": "CS"}
ACCEPTED, BACKORDERED = "12", "83"
ALL_AS_ORDERED, SOME_CHANGED, NOTHING = "29", "4", "27"
LINE_ACCEPTED, LINE_CHANGED, LINE_REJECTED, LINE_DELETED = "5", "3", "7", "2"
IN_LIN = frozenset(("EN", "UP", "EAN", "SRV"))
"""Qualifiers of numbers that stand in LIN itself; any other stands in PIA."""


class OfChange(msgspec.Struct, frozen=True):
    """The change that is answered: its number, the lines of which it leaves nothing, and whether more of a line had
    left than it wants."""

    number: str = ""
    ended: Sequence[PurchaseOrderLine] = ()
    late: bool = False


OF_NONE: Final = OfChange()


def rows(
    answer: Acknowledgement, order: PurchaseOrder, profile: Profile, change: OfChange = OF_NONE
) -> Iterator[Row]:
    """What stands between UNH and UNT. `order` is what is answered."""
    costs = {line.number: line.net_cost for line in order.lines}
    kinds = [_kind(line, line.net_cost == costs.get(line.number)) for line in answer.lines]
    yield ("BGM", "231", answer.number, SOME_CHANGED if change.late else _whole(kinds))
    yield day("137", answer.acknowledged_at, profile)
    yield ("RFF", ("ON", answer.number))
    if change.number:
        yield ("RFF", (profile.answered_message_rff, change.number))
    yield party_row("SU", answer.vendor, profile.agency)
    if answer.ship_to is not None:
        yield party_row("DP", answer.ship_to, profile.agency)
    yield ("CUX", ("2", _currency(answer, profile), "9"))
    for line, kind in zip(answer.lines, kinds, strict=True):
        yield from _line(line, kind, profile)
    for one in change.ended:
        yield from item(one.number, LINE_DELETED, one.identifiers)
        yield ("QTY", (ACCEPTED, "0", UNITS[one.ordered.unit]))
    yield ("UNS", "S")
    yield ("CNT", ("2", number_text(len(answer.lines) + len(change.ended))))


def _whole(kinds: list[str]) -> str:
    if all(kind == LINE_ACCEPTED for kind in kinds):
        return ALL_AS_ORDERED
    return NOTHING if all(kind == LINE_REJECTED for kind in kinds) else SOME_CHANGED


def _kind(line: LineAcknowledgement, same_cost: bool) -> str:
    codes = {part.code for part in line.answers}
    if codes == {"accepted"} and same_cost:
        return LINE_ACCEPTED
    return LINE_REJECTED if codes == {"rejected"} else LINE_CHANGED


def _currency(answer: Acknowledgement, profile: Profile) -> str:
    return next((line.net_cost.currency for line in answer.lines if line.net_cost), profile.currency)


def _line(line: LineAcknowledgement, kind: str, profile: Profile) -> Iterator[Row]:
    yield from item(line.number, kind, line.identifiers)
    for part in line.answers:
        yield ("QTY", (_quantity(part, profile), number_text(part.quantity.amount), UNITS[part.quantity.unit]))
        if part.ship_at is not None:
            yield day("11", part.ship_at, profile)
    if line.net_cost is not None:
        yield ("PRI", ("AAA", number_text(line.net_cost.amount), "CT", "NTP"))


def _quantity(part: LineAnswer, profile: Profile) -> str:
    if part.code == "accepted":
        return ACCEPTED
    if part.code == "backordered":
        return BACKORDERED
    for_now = part.reason in (None, "temporarily_unavailable", "wrong_unit")
    return profile.rejected_for_now if for_now else profile.rejected_for_good


def item(number: str, action: str, identifiers: tuple[Identifier, ...]) -> Iterator[Row]:
    """LIN, and PIA for names that do not stand in it; refused where no name has a word of EDIFACT."""
    names = [pair for one in identifiers if (pair := qualified("edifact", one)) is not None]
    if not names:
        raise Refused(Fault(level="element", code="", reason="no identifier of this item can be told in EDIFACT"))
    main = next(((value, qualifier) for qualifier, value in names if qualifier in IN_LIN), "")
    yield ("LIN", number, action, main)
    others = [(value, qualifier) for qualifier, value in names if (value, qualifier) != main]
    if others:
        yield ("PIA", "5", *others)


def day(qualifier: str, at: datetime, profile: Profile) -> Row:
    """A DTM of the partner's day."""
    return ("DTM", (qualifier, f"{profile.local(at):%Y%m%d}", DAY))
