"""An EDIFACT ORDERS read to our purchase order: whole, or not at all with every reason."""

from collections.abc import Sequence

from edi.edifact.elements import Elements, Moment
from edi.edifact.interchange import Message, Segment
from edi.edifact.parties import parties
from edi.faults import Fault
from edi.numbers import Wrong
from edi.profile import Profile, identifier
from schemas.purchase_order import (
    Cost,
    CountedIn,
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
    "": "new", "9": "new", "1": "cancelled", "4": "new", "5": "new", "7": "new", "31": "new",
}  # fmt: skip
"""1225: original, cancellation, change, replace, duplicate, copy."""
KINDS = {"220": "regular", "224": "rush", "227": "consigned"}
UNITS: dict[str, OrderUnit] = {"": "each", "PCE": "each", "EA": "each", "CS": "case", "CT": "case"}
"""6411. Anything else (a kilogram, a bottle) is refused: whether it is one each, nobody has said."""
EARLIEST, LATEST = "64", "63"
ORDERED, EACHES_IN_ONE = "21", "59"
NET = "AAA"


def purchase_order(message: Message, profile: Profile) -> PurchaseOrder | tuple[Fault, ...]:
    """The order, or all that is wrong with it. Nothing of an order with faults may be used."""
    reading = _Reading(profile, list(message.segments()))
    order = reading.order()
    return tuple(reading.elements.faults) if order is None else order


class _Reading:
    """One order's segments, its header apart from its lines."""

    def __init__(self, profile: Profile, segments: Sequence[Segment]) -> None:
        self.profile, self.elements = profile, Elements()
        first = next((at for at, one in enumerate(segments) if one.name == "LIN"), len(segments))
        end = next((at for at, one in enumerate(segments) if one.name == "UNS"), len(segments) - 1)
        self.head, self.tail = segments[:first], segments[max(first, end) :]
        self.loops = loops_of(segments[first : max(first, end)])
        self.start = segments[0]
        cux = next((one for one in self.head if one.name == "CUX" and one.value(1, 2)), None)
        self.currency = cux.value(1, 2) if cux else profile.currency

    def order(self) -> PurchaseOrder | None:
        begin = self._only("BGM")
        lines = [self._line(loop) for loop in self.loops]
        self._count(lines)
        ordered = self._moment("137", needed=True)
        window = self._window()
        if begin is None:
            return None
        number = self.elements.text(begin, 2, 1, 35, needed=True)
        state = self.elements.code(begin, 3, PURPOSES) or ""
        if self.elements.faults or ordered is None:
            return None
        found = parties(self.head)
        code = next((one.value(1, 2) for one in self.head if one.name == "RFF" and one.value(1) == "CR"), "")
        supplier = found.get("SU") or Party(party_id="")
        return PurchaseOrder(
            channel_account=self.profile.channel_account,
            number=PurchaseOrderNumber(number),
            marketplace=self.profile.marketplace,
            transport="edifact",
            state=PURPOSES[state],
            state_word=state,
            ordered_at=self.profile.at(ordered.day, ordered.hour),
            kind=KINDS.get(begin.value(1), begin.value(1)),
            delivery_window=window,
            vendor=Party(party_id=code or supplier.party_id or self.profile.vendor_code),
            retailer=found.get("BY"),
            ship_to=found.get("DP"),
            bill_to=found.get("IV"),
            lines=tuple(line for line in lines if line is not None),
        )

    def _only(self, name: str) -> Segment | None:
        found = [one for one in self.head if one.name == name]
        if len(found) != 1:
            self.elements.fault(self.start, f"it has {len(found)} {name}, and one is needed")
            return None
        return found[0]

    def _dated(self, qualifier: str) -> Segment | None:
        return next((one for one in self.head if one.name == "DTM" and one.value(1) == qualifier), None)

    def _moment(self, qualifier: str, *, needed: bool = False) -> Moment | None:
        segment = self._dated(qualifier)
        if segment is None:
            if needed:
                self.elements.fault(self.start, f"it has no DTM+{qualifier}")
            return None
        return self.elements.moment(segment, needed=True)

    def _window(self) -> Window | None:
        """None unless both ends are told: half a window is nobody's promise."""
        last = self._dated(LATEST)
        if last is None or self._dated(EARLIEST) is None:
            return None
        start, end = self._moment(EARLIEST), self._moment(LATEST)
        if start is None or end is None:
            return None
        if start.day > end.day:
            self.elements.wrong(last, 1, 2, Wrong.DATE, "the window ends before it begins")
            return None
        until = self.profile.end_of(end.day) if end.hour is None else self.profile.at(end.day, end.hour)
        return Window(self.profile.at(start.day, start.hour), until)

    def _line(self, loop: Sequence[Segment]) -> PurchaseOrderLine | None:
        head, before = loop[0], len(self.elements.faults)
        number = self.elements.text(head, 1, 1, 6, needed=True)
        ordered = self._ordered(loop)
        identifiers = identifiers_of(loop)
        if not identifiers:
            self.elements.wrong(head, 3, 1, Wrong.MISSING, "no identifier of the item")
        cost = self._cost(loop)
        if ordered is None or len(self.elements.faults) > before:
            return None
        return PurchaseOrderLine(
            number=PoLineNumber(number), identifiers=identifiers, ordered=ordered, net_cost=cost,
            backorder_allowed=self.profile.backorders, cancelled=ordered.amount == 0,
        )  # fmt: skip

    def _ordered(self, loop: Sequence[Segment]) -> CountedIn | None:
        told = [one for one in loop if one.name == "QTY" and one.value(1) == ORDERED]
        if len(told) != 1:
            self.elements.fault(loop[0], f"it has {len(told)} ordered quantities (QTY+21), and one is needed")
            return None
        amount = self.elements.number(told[0], 1, 2, needed=True)
        unit = told[0].value(1, 3)
        if unit not in UNITS:
            self.elements.wrong(told[0], 1, 3, Wrong.CODE)
        if amount is None or unit not in UNITS:
            return None
        if amount < 0 or amount != amount.to_integral_value():
            self.elements.wrong(told[0], 1, 2, Wrong.CHARACTER, "a quantity is a whole number, not below 0")
            return None
        return CountedIn(int(amount), UNITS[unit], self._pack(loop) if UNITS[unit] == "case" else None)

    def _pack(self, loop: Sequence[Segment]) -> int | None:
        told = next((one for one in loop if one.name == "QTY" and one.value(1) == EACHES_IN_ONE), None)
        size = self.elements.whole(told, 1, 2) if told else None
        return size if size and size > 0 else None

    def _cost(self, loop: Sequence[Segment]) -> Cost | None:
        told = next((one for one in loop if one.name == "PRI" and one.value(1) == NET), None)
        price = self.elements.number(told, 1, 2) if told else None
        if told is None or price is None:
            return None
        if price < 0:
            self.elements.wrong(told, 1, 2, Wrong.CHARACTER, "a cost is not below 0")
            return None
        return Cost(price, self.currency)

    def _count(self, lines: Sequence[PurchaseOrderLine | None]) -> None:
        if not lines:
            self.elements.fault(self.start, "it has no lines")
        seen = set[str]()
        for loop in self.loops:
            number = loop[0].value(1)
            if number and number in seen:
                self.elements.wrong(loop[0], 1, 1, Wrong.CODE, "two lines have this number")
            seen.add(number)
        total = next((one for one in self.tail if one.name == "CNT" and one.value(1) == "2"), None)
        told = self.elements.whole(total, 1, 2, needed=True) if total else None
        if total and told is not None and told != len(lines):
            self.elements.wrong(total, 1, 2, Wrong.CHARACTER, f"{len(lines)} lines were counted")


def identifiers_of(loop: Sequence[Segment]) -> tuple[Identifier, ...]:
    """Of LIN itself, then of every PIA; each as it came."""
    found = [(loop[0].value(3, 1), loop[0].value(3, 2))]
    for segment in loop:
        if segment.name == "PIA":
            found += [
                (segment.value(number, 1), segment.value(number, 2)) for number in range(2, len(segment.elements))
            ]
    return tuple(identifier("edifact", qualifier, value) for value, qualifier in found if value)


def loops_of(segments: Sequence[Segment]) -> list[list[Segment]]:
    loops = list[list[Segment]]()
    for segment in segments:
        if segment.name == "LIN":
            loops.append([])
        loops[-1].append(segment)
    return loops
