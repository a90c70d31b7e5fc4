"""An X12 850 read to our purchase order: whole, or not at all with every reason."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal

from edi.faults import Fault
from edi.numbers import Wrong, is_short_digits
from edi.profile import X12_QUALIFIERS as KINDS_OF
from edi.profile import Profile
from edi.x12.elements import Elements
from edi.x12.interchange import Segment, Transaction
from edi.x12.parties import parties
from schemas.purchase_order import (
    Cost,
    CountedIn,
    Freight,
    Identifier,
    OrderUnit,
    Party,
    PoLineNumber,
    PurchaseOrder,
    PurchaseOrderLine,
    PurchaseOrderNumber,
    PurchaseOrderState,
    Window,
)

PURPOSES: dict[str, PurchaseOrderState] = {
    "00": "new", "01": "cancelled", "04": "new", "05": "new", "06": "new", "07": "new",
}  # fmt: skip
"""BEG01: original, cancellation, change, replace, confirmation, duplicate."""
KINDS = {"NE": "regular", "SA": "regular", "RO": "rush", "CN": "consigned", "NP": "new_product"}
UNITS: dict[str, OrderUnit] = {"EA": "each", "CA": "case"}
NET = frozenset(("", "NT"))
PER_EACH = "PE"
OF_EACHES = NET | {PER_EACH}
"""Bases that are of an each where eaches are ordered."""
NOT_TAKEN = {
    "SDQ": "quantities for several destinations are not taken",
    "SCH": "schedules of parts of a line are not taken",
    "SLN": "lines that are made up of others are not taken",
}
"""What would change a line's meaning if it were passed over."""
TOTALS = frozenset(("CTT", "SE"))
"""Where the lines end."""
LATEST, EARLIEST = "063", "064"
SHIP_EARLIEST, SHIP_LATEST = "037", "038"


def purchase_order(transaction: Transaction, profile: Profile) -> PurchaseOrder | tuple[Fault, ...]:
    """The order, or all that is wrong with it. Nothing of an order with faults may be used."""
    reading = _Reading(profile, transaction.segments())
    order = reading.order()
    return tuple(reading.elements.faults) if order is None else order


class _Reading:
    """One order's segments, read once: its header is held, of its lines what was made of them."""

    def __init__(self, profile: Profile, segments: Iterator[Segment]) -> None:
        self.profile, self.elements = profile, Elements()
        self.start = next(segments)
        self.head = list[Segment]()
        self.loop = list[Segment]()
        self.lines = list[PurchaseOrderLine | None]()
        self.numbers = set[str]()
        self.total: Segment | None = None
        self.currency, self.backorders = profile.currency, profile.backorders
        self._read(segments)

    def _read(self, segments: Iterator[Segment]) -> None:
        for segment in segments:
            name = segment.elements[0]
            if name == "PO1":
                self._next(segment)
            elif name in TOTALS:
                self._close(segment)
            elif not self.loop:
                self.head.append(segment)
            else:
                self.loop.append(segment)
                if name in NOT_TAKEN:
                    self.elements.fault(segment, NOT_TAKEN[name], "2")

    def _next(self, segment: Segment) -> None:
        """A line begins, and with that the one before is whole."""
        if loop := self.loop:
            self.lines.append(self._plain(loop[0].elements) or self._line(loop))
        elif not self.lines:
            self._headed()
        if self.total is not None:
            self.elements.fault(segment, "a line stands behind the totals", "7")
        self.loop = [segment]

    def _close(self, segment: Segment) -> None:
        """CTT or SE: the last line is whole."""
        if self.loop:
            self.lines.append(self._plain(self.loop[0].elements) or self._line(self.loop))
            self.loop = []
        if self.total is None and segment.name == "CTT":
            self.total = segment

    def _headed(self) -> None:
        """What the header says of every line."""
        currencies = (one.value(2) for one in self.head if one.name == "CUR" and one.value(2))
        self.currency = next(currencies, self.profile.currency)
        codes = self.profile.backorder_codes
        told = any(one.value(1) in codes for one in self.head if one.name == "CSH")
        self.backorders = told or self.profile.backorders

    def order(self) -> PurchaseOrder | None:
        begin = self._only("BEG")
        self._count()
        if begin is None:
            return None
        number = self.elements.text(begin, 3, 22, needed=True)
        state = self.elements.code(begin, 1, PURPOSES, needed=True)
        ordered_at = self._ordered_at(begin)
        delivery, ship = self._window(EARLIEST, LATEST), self._window(SHIP_EARLIEST, SHIP_LATEST)
        if self.elements.faults or state is None or ordered_at is None:
            return None
        found = parties(self.head)
        return PurchaseOrder(
            channel_account=self.profile.channel_account,
            number=PurchaseOrderNumber(number),
            marketplace=self.profile.marketplace,
            transport="x12",
            state=PURPOSES[state],
            state_word=state,
            ordered_at=ordered_at,
            kind=KINDS.get(begin.value(2), begin.value(2)),
            freight=self._freight(),
            ship_window=ship,
            delivery_window=delivery,
            vendor=Party(party_id=self._reference("CR") or self.profile.vendor_code),
            retailer=found.get("BY"),
            ship_to=found.get("ST"),
            bill_to=found.get("BT"),
            deal=self._reference("PD"),
            lines=tuple(line for line in self.lines if line is not None),
        )

    def _ordered_at(self, begin: Segment) -> datetime | None:
        day = self.elements.dt(begin, 5, needed=True)
        return None if day is None else self.profile.begin_of(day)

    def _only(self, name: str) -> Segment | None:
        found = [one for one in self.head if one.name == name]
        if len(found) != 1:
            self.elements.fault(self.start, f"it has {len(found)} {name}, and one is needed", "1" if found else "3")
            return None
        return found[0]

    def _reference(self, qualifier: str) -> str:
        return next((one.value(2) for one in self.head if one.name == "REF" and one.value(1) == qualifier), "")

    def _freight(self) -> Freight:
        code = next((one.value(1) for one in self.head if one.name == "FOB"), "")
        if code in self.profile.vendor_pays:
            return "vendor_pays"
        return "retailer_pays" if code in self.profile.retailer_pays else "unknown"

    def _window(self, earliest: str, latest: str) -> Window | None:
        """None unless both ends are told: half a window is nobody's promise."""
        told = {one.value(1): one for one in self.head if one.name == "DTM" and one.value(1) in (earliest, latest)}
        if len(told) < 2:
            return None
        start, end = self.elements.dt(told[earliest], 2, needed=True), self.elements.dt(told[latest], 2, needed=True)
        if start is None or end is None:
            return None
        if start > end:
            self.elements.wrong(told[latest], 2, Wrong.DATE, "the window ends before it begins")
            return None
        return Window(self.profile.begin_of(start), self.profile.end_of(end))

    def _plain(self, elements: list[str]) -> PurchaseOrderLine | None:
        """Almost every line, at a third of the cost: eaches at a price in digits. None: `_line` is to judge it."""
        number, amount, unit, price, basis = elements[1:6] if len(elements) > 7 else ("", "", "", "", "")
        if unit != "EA" or basis not in OF_EACHES or not is_short_digits(amount) or number in self.numbers:
            return None
        if (
            not is_short_digits(price.replace(".", "", 1))
            or not 0 < len(number) <= 20
            or " " in (number[0], number[-1])
        ):
            return None
        if not (identifiers := identifiers_from(elements)):
            return None
        self.numbers.add(number)
        whole = int(amount)
        return PurchaseOrderLine(
            number=PoLineNumber(number), identifiers=identifiers, ordered=CountedIn(whole, "each"),
            net_cost=Cost(Decimal(price), self.currency), backorder_allowed=self.backorders, cancelled=whole == 0,
        )  # fmt: skip

    def _line(self, loop: Sequence[Segment]) -> PurchaseOrderLine | None:
        head, elements = loop[0], self.elements
        before = len(elements.faults)
        number = self._number(head)
        ordered = self._ordered(head, loop)
        cost = self._cost(head, ordered) if ordered else None
        identifiers = identifiers_from(head.elements)
        if not identifiers:
            elements.wrong(head, 6, Wrong.MISSING, "no identifier of the item")
        if ordered is None or len(elements.faults) > before:
            return None
        return PurchaseOrderLine(
            number=PoLineNumber(number), identifiers=identifiers, ordered=ordered, net_cost=cost,
            backorder_allowed=self.backorders, cancelled=ordered.amount == 0,
        )  # fmt: skip

    def _number(self, head: Segment) -> str:
        number = self.elements.text(head, 1, 20, needed=True)
        if number in self.numbers and number:
            self.elements.wrong(head, 1, Wrong.CODE, "two lines have this number")
        self.numbers.add(number)
        return number

    def _ordered(self, head: Segment, loop: Sequence[Segment]) -> CountedIn | None:
        elements = self.elements
        amount, unit = elements.r(head, 2, needed=True), elements.code(head, 3, UNITS, needed=True)
        if amount is None or unit is None:
            return None
        whole = int(amount)
        if whole < 0 or whole != amount:
            elements.wrong(head, 2, Wrong.CHARACTER, "a quantity is a whole number, not below 0")
            return None
        return CountedIn(whole, UNITS[unit], pack_of(elements, loop) if unit == "CA" else None)

    def _cost(self, head: Segment, ordered: CountedIn) -> Cost | None:
        price = self.elements.r(head, 4)
        if price is None:
            return None
        basis = head.value(5)
        if basis == PER_EACH and ordered.unit == "case":
            if ordered.unit_size is None:
                self.elements.wrong(head, 5, Wrong.CODE, "a price of an each, for cases of unknown size")
                return None
            price *= ordered.unit_size
        elif basis not in NET and basis != PER_EACH:
            return None
        if price < 0:
            self.elements.wrong(head, 4, Wrong.CHARACTER, "a cost is not below 0")
            return None
        return Cost(price, self.currency)

    def _count(self) -> None:
        if not self.lines:
            self.elements.fault(self.start, "it has no lines", "3")
        if self.total is None:
            return
        told = self.elements.n0(self.total, 1, needed=True)
        if told is not None and told != len(self.lines):
            self.elements.wrong(self.total, 1, Wrong.CHARACTER, f"{len(self.lines)} lines were counted")


def pack_of(elements: Elements, loop: Sequence[Segment]) -> int | None:
    """PO401 inner packs in a case, PO414 eaches in an inner pack; the first alone counts eaches."""
    pack = next((one for one in loop if one.name == "PO4"), None)
    if pack is None:
        return None
    outer, inner = elements.n0(pack, 1), elements.n0(pack, 14)
    return outer * (inner or 1) if outer and outer > 0 and (inner is None or inner > 0) else None


def identifiers_from(elements: list[str], first: int = 6) -> tuple[Identifier, ...]:
    """By qualifier: from PO106 on, of other segments from `first`."""
    found: list[Identifier] = []
    for at in range(first, len(elements) - 1, 2):
        word, value = elements[at], elements[at + 1]
        if word and value:
            found.append(Identifier(KINDS_OF.get(word, "unknown"), value, word))
    return tuple(found)
