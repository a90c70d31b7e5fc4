"""An X12 860 read to a change of a purchase order: whole, or not at all with every reason."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final

from edi.faults import Fault
from edi.loops import loops
from edi.numbers import Wrong
from edi.profile import Profile
from edi.x12.elements import Elements
from edi.x12.interchange import Segment, Transaction
from edi.x12.line_dates import SCHEDULE, LineDates, dates_of_line, window_of
from edi.x12.purchase_order import (
    EARLIEST,
    LATEST,
    NET,
    NOT_TAKEN,
    PER_EACH,
    SHIP_EARLIEST,
    SHIP_LATEST,
    TOTALS,
    UNITS,
    identifiers_from,
    pack_of,
)
from schemas.purchase_order import Cost, PoLineNumber, PurchaseOrderNumber, Window
from schemas.purchase_order_change import Changes, Direction, LineChange, PurchaseOrderChange

CANCELLATION, CHANGE, REPLACE = "01", "04", "05"
PURPOSES: Final = (CANCELLATION, CHANGE, REPLACE)
"""BCH01. A replacement of lines is a change that names each of them."""
ADDED, DELETED, WHOLE_CANCELLED, NO_CHANGE = "AI", "DI", "CF", "NC"
CODES: Final[Mapping[str, Changes]] = {
    ADDED: "all", DELETED: "nothing", WHOLE_CANCELLED: "nothing", NO_CHANGE: "nothing", "QD": "quantity",
    "QI": "quantity", "QC": "quantity", "PC": "cost", "PQ": "all", "CA": "all", "RZ": "all", "CT": "dates",
}  # fmt: skip
"""POC02. Any other (a reschedule in parts, say) is refused: what it means for a line, nobody has said."""
WAYS: Final[Mapping[str, Direction]] = {"QD": "down", "QI": "up"}
FIRST_IDENTIFIER: Final = 8
"""POC08: from here on qualifiers and values."""


def purchase_order_change(transaction: Transaction, profile: Profile) -> PurchaseOrderChange | tuple[Fault, ...]:
    """The change, or all that is wrong with it. Nothing of a change with faults may be used."""
    reading = _Reading(profile, list(transaction.segments()))
    change = reading.change()
    return tuple(reading.elements.faults) if change is None or reading.elements.faults else change


class _Reading:
    """One change's segments, its header apart from its lines."""

    def __init__(self, profile: Profile, segments: Sequence[Segment]) -> None:
        self.profile, self.elements = profile, Elements()
        self.start = segments[0]
        first = next((at for at, one in enumerate(segments) if one.name == "POC"), len(segments))
        end = next((at for at, one in enumerate(segments) if one.name in TOTALS), len(segments))
        self.head, self.totals = segments[1 : min(first, end)], segments[end:]
        _, self.lines = loops(segments[first:end], "POC")
        currencies = (one.value(2) for one in self.head if one.name == "CUR" and one.value(2))
        self.currency = next(currencies, profile.currency)
        self.numbers = set[str]()

    def change(self) -> PurchaseOrderChange | None:
        begin = self._begin()
        if begin is None:
            return None
        purpose = self.elements.code(begin, 1, PURPOSES, needed=True)
        number = self.elements.text(begin, 3, 22, needed=True)
        sequence, day = self.elements.n0(begin, 5), self._day(begin)
        dates = [dates_of_line(self.elements, self.profile, loop) for loop in self.lines]
        delivery = self._window(EARLIEST, LATEST, [one.delivery for one in dates])
        ship = self._window(SHIP_EARLIEST, SHIP_LATEST, [one.ship for one in dates])
        told = zip(self.lines, dates, strict=True)
        changes = [line for loop, days in told if (line := self._line(loop, days)) is not None]
        cancels = purpose == CANCELLATION or any(one.code == WHOLE_CANCELLED for one in changes)
        self._count()
        if not changes and not cancels and delivery is None and ship is None:
            self.elements.fault(self.start, "it changes nothing", "3")
        return PurchaseOrderChange(
            channel_account=self.profile.channel_account,
            number=PurchaseOrderNumber(number),
            transport="x12",
            document="860",
            reference=begin.value(7),
            sequence=sequence,
            changed_on=day,
            cancels=cancels,
            vendor_code=self._reference("CR"),
            ship_window=ship,
            delivery_window=delivery,
            lines=() if cancels else tuple(changes),
        )

    def _begin(self) -> Segment | None:
        found = [one for one in self.head if one.name == "BCH"]
        if len(found) != 1:
            self.elements.fault(self.start, f"it has {len(found)} BCH, and one is needed", "1" if found else "3")
            return None
        return found[0]

    def _day(self, begin: Segment) -> datetime | None:
        """BCH11 of the request for the change, else BCH10."""
        asked, sent = self.elements.dt(begin, 11), self.elements.dt(begin, 10)
        day = asked or sent
        return None if day is None else self.profile.begin_of(day)

    def _reference(self, qualifier: str) -> str:
        return next((one.value(2) for one in self.head if one.name == "REF" and one.value(1) == qualifier), "")

    # Dates.

    def _window(self, earliest: str, latest: str, told: Sequence[Window | None]) -> Window | None:
        """The order's new window: its header's, or what all of its lines tell alike. None: it is as it was."""
        alike = told[0] if told and len(set(told)) == 1 else None
        return window_of(self.elements, self.profile, self.head, earliest, latest) or alike

    # Lines.

    def _line(self, loop: Sequence[Segment], dates: LineDates) -> LineChange | None:
        head, elements, before = loop[0], self.elements, len(self.elements.faults)
        number, code = self._number(head), elements.code(head, 2, CODES, needed=True)
        for segment in loop[1:]:
            if segment.name in NOT_TAKEN and segment.name != SCHEDULE:
                self.elements.fault(segment, NOT_TAKEN[segment.name], "2")
        unit = elements.code(head, 5, UNITS)
        amount, by = self._amount(head, code or "")
        size = pack_of(elements, loop) if unit == "CA" else None
        names = identifiers_from(head.elements, FIRST_IDENTIFIER)
        cost = self._cost(head, unit, size)
        if code == ADDED:
            self._whole_line(head, amount, unit, bool(names))
        if code is None or len(elements.faults) > before:
            return None
        return LineChange(
            number=PoLineNumber(number), code=code, changes=CODES[code], added=code == ADDED,
            cancelled=code == DELETED or (amount == 0 and CODES[code] in ("all", "quantity")),
            amount=amount, by=by, direction=WAYS.get(code, ""), unit=UNITS[unit] if unit else None, unit_size=size,
            identifiers=names, net_cost=cost, ship_window=dates.ship, delivery_window=dates.delivery,
            refused=dates.refused,
        )  # fmt: skip

    def _number(self, head: Segment) -> str:
        number = self.elements.text(head, 1, 20, needed=True)
        if number in self.numbers and number:
            self.elements.wrong(head, 1, Wrong.CODE, "it changes this line twice")
        self.numbers.add(number)
        return number

    def _whole_line(self, head: Segment, amount: int | None, unit: str | None, named: bool) -> None:
        """A line that is added has to be told whole."""
        lacks = [(3, amount is None), (5, unit is None), (FIRST_IDENTIFIER, not named)]
        for element, missing in lacks:
            if missing and not head.value(element):
                self.elements.wrong(head, element, Wrong.MISSING, "a line that is added is told whole")

    def _amount(self, head: Segment, code: str) -> tuple[int | None, int | None]:
        """(what is ordered now, by how much): by the partner's way of saying a change of quantity."""
        told, other = self._units(head, 3), self._units(head, 4)
        if CODES.get(code) == "nothing":
            return None, None
        if code in WAYS and self.profile.changes_by == "difference":
            if other is None:
                self.elements.wrong(head, 4, Wrong.MISSING, "by how much the quantity changes")
            return None, other
        if CODES.get(code) == "quantity" and told is None:
            self.elements.wrong(head, 3, Wrong.MISSING, "the new quantity")
        return told, None

    def _units(self, head: Segment, element: int) -> int | None:
        amount = self.elements.r(head, element)
        if amount is None:
            return None
        if amount < 0 or amount != int(amount):
            self.elements.wrong(head, element, Wrong.CHARACTER, "a quantity is a whole number, not below 0")
            return None
        return int(amount)

    def _cost(self, head: Segment, unit: str | None, size: int | None) -> Cost | None:
        price, basis = self.elements.r(head, 6), head.value(7)
        if price is None:
            if head.value(2) in ("PC", "PQ") and not head.value(6):
                self.elements.wrong(head, 6, Wrong.MISSING, "the new cost")
            return None
        if basis == PER_EACH and unit == "CA":
            if size is None:
                self.elements.wrong(head, 7, Wrong.CODE, "a price of an each, for cases of unknown size")
                return None
            price *= size
        elif basis not in NET and basis != PER_EACH:
            self.elements.wrong(head, 7, Wrong.CODE, "a price on a basis that is not known")
            return None
        if price < 0:
            self.elements.wrong(head, 6, Wrong.CHARACTER, "a cost is not below 0")
            return None
        return Cost(price, self.currency)

    def _count(self) -> None:
        total = next((one for one in self.totals if one.name == "CTT"), None)
        told = self.elements.n0(total, 1, needed=True) if total else None
        if total and told is not None and told != len(self.lines):
            self.elements.wrong(total, 1, Wrong.CHARACTER, f"{len(self.lines)} lines were counted")
        for stray in self._behind():
            self.elements.fault(stray, "a line stands behind the totals", "7")

    def _behind(self) -> Iterator[Segment]:
        return (one for one in self.totals if one.name == "POC")
