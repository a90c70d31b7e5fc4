"""An EDIFACT ORDCHG read to a change of a purchase order: whole, or not at all with every reason."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from edi.edifact.elements import Elements, Moment
from edi.edifact.interchange import Message, Segment
from edi.edifact.purchase_order import (
    EACHES_IN_ONE,
    EARLIEST,
    LATEST,
    NET,
    ORDERED,
    UNITS,
    identifiers_of,
    loops_of,
)
from edi.faults import Fault
from edi.numbers import Wrong
from edi.profile import Profile
from schemas.purchase_order import Cost, PoLineNumber, PurchaseOrderNumber, Window
from schemas.purchase_order_change import Changes, LineChange, PurchaseOrderChange

SCHEDULE: Final = "SCC"
SPLIT: Final = "its quantity is scheduled in parts (SCC), and the order has one window"
CANCELLATION: Final = "1"
PURPOSES: Final = ("", "1", "4", "5", "9")
"""BGM 1225: cancellation, change, replace; an original change, and none named, change as well."""
ADDED, DELETED = "1", "2"
CODES: Final[Mapping[str, Changes]] = {ADDED: "all", DELETED: "nothing", "3": "all", "4": "nothing"}
"""LIN 1229: added, deleted, changed, no action."""


def purchase_order_change(message: Message, profile: Profile) -> PurchaseOrderChange | tuple[Fault, ...]:
    """The change, or all that is wrong with it. Nothing of a change with faults may be used."""
    reading = _Reading(profile, list(message.segments()))
    change = reading.change()
    return tuple(reading.elements.faults) if change is None or reading.elements.faults else change


class _Reading:
    """One change's segments, its header apart from its lines."""

    def __init__(self, profile: Profile, segments: Sequence[Segment]) -> None:
        self.profile, self.elements = profile, Elements()
        self.start = segments[0]
        first = next((at for at, one in enumerate(segments) if one.name == "LIN"), len(segments))
        end = next((at for at, one in enumerate(segments) if one.name == "UNS"), len(segments) - 1)
        self.head, self.tail = segments[: min(first, end)], segments[end:]
        loops = loops_of(segments[first : max(first, end)])
        self.split = {loop[0].position for loop in loops if any(one.name == SCHEDULE for one in loop)}
        self.lines = [_without_schedules(loop) for loop in loops]
        cux = next((one for one in self.head if one.name == "CUX" and one.value(1, 2)), None)
        self.currency = cux.value(1, 2) if cux else profile.currency
        self.numbers = set[str]()

    def change(self) -> PurchaseOrderChange | None:
        begin = self._begin()
        if begin is None:
            return None
        purpose = self.elements.code(begin, 3, PURPOSES) or begin.value(3)
        reference = self.elements.text(begin, 2, 1, 35, needed=True)
        day, dates = self._at("137"), [self._dated(loop) for loop in self.lines]
        window = self._dated(self.head) or (dates[0] if len(set(dates)) == 1 else None)
        told = zip(self.lines, dates, strict=True)
        lines = [line for loop, days in told if (line := self._line(loop, days)) is not None]
        cancels = purpose == CANCELLATION
        self._count()
        if not lines and not cancels and window is None:
            self.elements.fault(self.start, "it changes nothing")
        return PurchaseOrderChange(
            channel_account=self.profile.channel_account,
            number=PurchaseOrderNumber(self._reference("ON") or reference),
            transport="edifact",
            document="ORDCHG",
            reference=reference if self._reference("ON") else "",
            changed_on=day,
            cancels=cancels,
            vendor_code=self._reference("CR"),
            delivery_window=window,
            lines=() if cancels else tuple(lines),
        )

    def _begin(self) -> Segment | None:
        found = [one for one in self.head if one.name == "BGM"]
        if len(found) != 1:
            self.elements.fault(self.start, f"it has {len(found)} BGM, and one is needed")
            return None
        return found[0]

    def _reference(self, qualifier: str) -> str:
        return next((one.value(1, 2) for one in self.head if one.name == "RFF" and one.value(1) == qualifier), "")

    # Dates.

    def _at(self, qualifier: str) -> datetime | None:
        told = self._moment(self.head, qualifier)
        return None if told is None else self.profile.at(told.day, told.hour)

    def _moment(self, segments: Sequence[Segment], qualifier: str) -> Moment | None:
        found = next((one for one in segments if one.name == "DTM" and one.value(1) == qualifier), None)
        return None if found is None else self.elements.moment(found, needed=True)

    def _dated(self, segments: Sequence[Segment]) -> Window | None:
        """Both ends; one alone is a fault: whether the other moves with it, nobody has said."""
        start, end = self._moment(segments, EARLIEST), self._moment(segments, LATEST)
        if start is None or end is None:
            if start is not end:
                self.elements.fault(segments[0], "one end of a window is told and not the other")
            return None
        until = self.profile.end_of(end.day) if end.hour is None else self.profile.at(end.day, end.hour)
        begin = self.profile.at(start.day, start.hour)
        if begin > until:
            self.elements.fault(segments[0], "the window ends before it begins")
            return None
        return Window(begin, until)

    # Lines.

    def _line(self, loop: Sequence[Segment], dates: Window | None) -> LineChange | None:
        head, before = loop[0], len(self.elements.faults)
        number, code = self._number(head), self.elements.code(head, 2, CODES, needed=True)
        amount, unit = self._amount(loop) if code in (ADDED, "3") else (None, "")
        names, cost = identifiers_of(loop), self._cost(loop)
        if code == ADDED and amount is None:
            self.elements.fault(head, "a line that is added is told whole: it has no ordered quantity (QTY+21)")
        if code == ADDED and not names:
            self.elements.wrong(head, 3, 1, Wrong.MISSING, "no identifier of the item")
        if code is None or len(self.elements.faults) > before:
            return None
        kind = UNITS[unit] if amount is not None and (unit or code == ADDED) else None
        return LineChange(
            number=PoLineNumber(number), code=code, changes=CODES[code], added=code == ADDED,
            cancelled=code == DELETED or amount == 0, amount=amount, unit=kind,
            unit_size=self._pack(loop) if kind == "case" else None, identifiers=names, net_cost=cost,
            delivery_window=dates, refused=SPLIT if self._is_split(head) else "",
        )  # fmt: skip

    def _is_split(self, head: Segment) -> bool:
        return head.position in self.split

    def _number(self, head: Segment) -> str:
        number = self.elements.text(head, 1, 1, 6, needed=True)
        if number in self.numbers and number:
            self.elements.wrong(head, 1, 1, Wrong.CODE, "it changes this line twice")
        self.numbers.add(number)
        return number

    def _amount(self, loop: Sequence[Segment]) -> tuple[int | None, str]:
        told = [one for one in loop if one.name == "QTY" and one.value(1) == ORDERED]
        if not told:
            return None, ""
        if len(told) > 1:
            self.elements.fault(loop[0], f"it has {len(told)} ordered quantities (QTY+21), and one is needed")
            return None, ""
        amount, unit = self.elements.number(told[0], 1, 2, needed=True), told[0].value(1, 3)
        if unit not in UNITS:
            self.elements.wrong(told[0], 1, 3, Wrong.CODE)
            return None, ""
        if amount is not None and (amount < 0 or amount != amount.to_integral_value()):
            self.elements.wrong(told[0], 1, 2, Wrong.CHARACTER, "a quantity is a whole number, not below 0")
            return None, ""
        return (None if amount is None else int(amount)), unit

    def _pack(self, loop: Sequence[Segment]) -> int | None:
        told = next((one for one in loop if one.name == "QTY" and one.value(1) == EACHES_IN_ONE), None)
        size = self.elements.whole(told, 1, 2) if told else None
        return size if size and size > 0 else None

    def _cost(self, loop: Sequence[Segment]) -> Cost | None:
        told = next((one for one in loop if one.name == "PRI" and one.value(1) == NET), None)
        price = self.elements.number(told, 1, 2, needed=True) if told else None
        if told is None or price is None:
            return None
        if price < 0:
            self.elements.wrong(told, 1, 2, Wrong.CHARACTER, "a cost is not below 0")
            return None
        return Cost(price, self.currency)

    def _count(self) -> None:
        total = next((one for one in self.tail if one.name == "CNT" and one.value(1) == "2"), None)
        told = self.elements.whole(total, 1, 2, needed=True) if total else None
        if total and told is not None and told != len(self.lines):
            self.elements.wrong(total, 1, 2, Wrong.CHARACTER, f"{len(self.lines)} lines were counted")


def _without_schedules(loop: Sequence[Segment]) -> Sequence[Segment]:
    """What is said of the whole line; the quantities behind are of its parts."""
    first = next((at for at, one in enumerate(loop) if one.name == SCHEDULE), len(loop))
    return loop[:first]
