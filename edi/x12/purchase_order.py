"""An X12 850 read to our purchase order: whole, or not at all with every reason."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from edi.faults import Fault
from edi.numbers import Wrong
from edi.profile import Profile, identifier
from edi.x12.elements import Elements
from edi.x12.interchange import Segment, Transaction
from edi.x12.parties import parties
from schemas.purchase_order import (
    Cost,
    CountedIn,
    Freight,
    OrderUnit,
    Party,
    PoLineNumber,
    PurchaseOrder,
    PurchaseOrderLine,
    PurchaseOrderNumber,
    PurchaseOrderState,
    Window,
)

PURPOSES: dict[str, PurchaseOrderState] = {"00": "new", "01": "cancelled", "05": "new", "06": "new", "07": "new"}
"""BEG01: original, cancellation, replace, confirmation, duplicate."""
KINDS = {"NE": "regular", "SA": "regular", "RO": "rush", "CN": "consigned", "NP": "new_product"}
UNITS: dict[str, OrderUnit] = {"EA": "each", "CA": "case"}
NET = frozenset(("", "NT"))
PER_EACH = "PE"
NOT_TAKEN = {
    "SDQ": "quantities for several destinations are not taken",
    "SCH": "schedules of parts of a line are not taken",
    "SLN": "lines that are made up of others are not taken",
}
"""What would change a line's meaning if it were passed over."""
LATEST, EARLIEST = "063", "064"
SHIP_EARLIEST, SHIP_LATEST = "037", "038"


def purchase_order(transaction: Transaction, profile: Profile) -> PurchaseOrder | tuple[Fault, ...]:
    """The order, or all that is wrong with it. Nothing of an order with faults may be used."""
    reading = _Reading(profile, list(transaction.segments()))
    order = reading.order()
    return tuple(reading.elements.faults) if order is None else order


class _Reading:
    """One order's segments, its header apart from its lines."""

    def __init__(self, profile: Profile, segments: Sequence[Segment]) -> None:
        self.profile, self.elements = profile, Elements()
        first = next((at for at, one in enumerate(segments) if one.name == "PO1"), len(segments))
        end = next((at for at, one in enumerate(segments) if one.name in ("CTT", "AMT", "SE")), len(segments))
        self.head, self.tail = segments[:first], segments[max(first, end) :]
        self.loops = _loops(segments[first : max(first, end)])
        self.start = segments[0]
        self.currency = next(
            (one.value(2) for one in self.head if one.name == "CUR" and one.value(2)), profile.currency
        )
        self.backorders = any(one.value(1) in profile.backorder_codes for one in self.head if one.name == "CSH")

    def order(self) -> PurchaseOrder | None:
        begin = self._only("BEG")
        lines = [self._line(loop) for loop in self.loops]
        self._count(lines)
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
            lines=tuple(line for line in lines if line is not None),
        )

    def _ordered_at(self, begin: Segment) -> datetime | None:
        day = self.elements.dt(begin, 5, needed=True)
        return None if day is None else self.profile.begin_of(day)

    def _only(self, name: str) -> Segment | None:
        found = [one for one in self.head if one.name == name]
        if len(found) != 1:
            self._fault(self.start, f"it has {len(found)} {name}, and one is needed", "1" if found else "3")
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

    def _line(self, loop: Sequence[Segment]) -> PurchaseOrderLine | None:
        head, before = loop[0], len(self.elements.faults)
        for segment in loop:
            if segment.name in NOT_TAKEN:
                self._fault(segment, NOT_TAKEN[segment.name], "2")
        number = self.elements.text(head, 1, 20, needed=True)
        ordered = self._ordered(head, loop)
        cost = self._cost(head, ordered) if ordered else None
        identifiers = tuple(identifier("x12", qualifier, value) for qualifier, value in head.pairs(6))
        if not identifiers:
            self.elements.wrong(head, 6, Wrong.MISSING, "no identifier of the item")
        if ordered is None or len(self.elements.faults) > before:
            return None
        return PurchaseOrderLine(
            number=PoLineNumber(number),
            identifiers=identifiers,
            ordered=ordered,
            net_cost=cost,
            backorder_allowed=self.backorders,
            cancelled=ordered.amount == 0,
        )

    def _ordered(self, head: Segment, loop: Sequence[Segment]) -> CountedIn | None:
        amount, unit = self.elements.r(head, 2, needed=True), self.elements.code(head, 3, UNITS, needed=True)
        if amount is None or unit is None:
            return None
        if amount < 0 or amount != amount.to_integral_value():
            self.elements.wrong(head, 2, Wrong.CHARACTER, "a quantity is a whole number, not below 0")
            return None
        return CountedIn(int(amount), UNITS[unit], self._pack(loop) if unit == "CA" else None)

    def _pack(self, loop: Sequence[Segment]) -> int | None:
        """PO401 inner packs in a case, PO414 eaches in an inner pack; the first alone counts eaches."""
        pack = next((one for one in loop if one.name == "PO4"), None)
        if pack is None:
            return None
        outer, inner = self.elements.n0(pack, 1), self.elements.n0(pack, 14)
        return outer * (inner or 1) if outer and outer > 0 and (inner is None or inner > 0) else None

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
        return Cost(Decimal(price), self.currency)

    def _count(self, lines: Sequence[PurchaseOrderLine | None]) -> None:
        if not lines:
            self._fault(self.start, "it has no lines", "3")
        seen = set[str]()
        for loop in self.loops:
            number = loop[0].value(1)
            if number and number in seen:
                self.elements.wrong(loop[0], 1, Wrong.CODE, "two lines have this number")
            seen.add(number)
        total = next((one for one in self.tail if one.name == "CTT"), None)
        told = self.elements.n0(total, 1, needed=True) if total else None
        if total and told is not None and told != len(lines):
            self.elements.wrong(total, 1, Wrong.CHARACTER, f"{len(lines)} lines were counted")

    def _fault(self, segment: Segment, reason: str, code: str) -> None:
        fault = Fault(
            level="segment", code=code, reason=reason, segment=segment.name, position=segment.position,
            offset=segment.offset,
        )  # fmt: skip
        self.elements.faults.append(fault)


def _loops(segments: Sequence[Segment]) -> list[list[Segment]]:
    loops = list[list[Segment]]()
    for segment in segments:
        if segment.name == "PO1":
            loops.append([])
        loops[-1].append(segment)
    return loops
