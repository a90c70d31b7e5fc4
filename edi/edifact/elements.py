"""EDIFACT's values: numbers under the interchange's decimal mark, dates by their format code; faults collected."""

from collections.abc import Callable, Collection
from datetime import date, time
from decimal import Decimal
from typing import Final, TypeVar

import msgspec

from edi.edifact.interchange import Segment
from edi.faults import Fault, Refused, shown
from edi.numbers import MAX_DIGITS, Wrong, day, digits, hour, integer, limited, one_of, plain, real

CODES: Final = {
    Wrong.MISSING: "13", Wrong.LONG: "39", Wrong.CHARACTER: "19", Wrong.CODE: "12", Wrong.DATE: "12",
    Wrong.TIME: "12",
}  # fmt: skip
"""0085."""
DAY: Final = "102"
MINUTE: Final = "203"
SECOND: Final = "204"
FORMS: Final = {"101": 6, DAY: 8, "201": 10, MINUTE: 12, SECOND: 14}
"""Digits by 2379; two-digit years are of this century."""
T = TypeVar("T")


class Moment(msgspec.Struct, frozen=True):
    """What a DTM says. It has no zone: whose day it is, the caller knows from the partner's profile."""

    day: date
    hour: time | None = None


class Elements:
    """Reads typed components and collects what is wrong, so that one reading of a document finds all of it.

    Each method gives None (`text`: an empty string) for a value that is absent or wrong; a wrong one, and an absent
    one that is `needed`, is a fault with segment, element, component and 0085 code. Use nothing of a document with
    faults.
    """

    __slots__ = ("faults",)

    def __init__(self) -> None:
        self.faults = list[Fault]()

    def number(self, segment: Segment, element: int, component: int = 1, *, needed: bool = False) -> Decimal | None:
        """A number under the decimal mark that the UNA declares (a point without one); the other mark is refused."""
        return self._read(segment, element, component, lambda value: marked(value, segment.signs.decimal), needed)

    def whole(self, segment: Segment, element: int, component: int = 1, *, needed: bool = False) -> int | None:
        """A whole number."""
        return self._read(segment, element, component, integer, needed)

    def moment(self, segment: Segment, element: int = 1, *, needed: bool = False) -> Moment | None:
        """A DTM's composite: qualifier, value, format (101, 102, 201, 203, 204)."""
        form = segment.value(element, 3) or DAY
        if form not in FORMS:
            self.wrong(segment, element, 3, Wrong.CODE)
            return None
        return self._read(segment, element, 2, lambda value: _moment(value, form), needed)

    def text(
        self, segment: Segment, element: int, component: int = 1, longest: int = 512, *, needed: bool = False
    ) -> str:
        """A text, blanks around it taken away."""
        return self._read(segment, element, component, lambda value: limited(value, longest), needed) or ""

    def code(
        self, segment: Segment, element: int, known: Collection[str], component: int = 1, *, needed: bool = False
    ) -> str | None:
        """One of the codes that are known; use `text` where an unknown one is data to show."""
        return self._read(segment, element, component, lambda value: one_of(value, known), needed)

    def wrong(self, segment: Segment, element: int, component: int, wrong: Wrong, detail: str = "") -> None:
        """A fault of a component, for the types here and for what a mapper judges itself."""
        reason = f"{wrong.value} ({detail})" if detail else wrong.value
        fault = Fault(
            level="element", code=CODES[wrong], reason=reason, segment=segment.name, position=segment.position,
            element=element, component=component, value=shown(segment.value(element, component)),
            offset=segment.offset,
        )  # fmt: skip
        self.faults.append(fault)

    def fault(self, segment: Segment, reason: str) -> None:
        """A fault of a segment as a whole: what it should say is missing."""
        fault = Fault(
            level="segment", code=CODES[Wrong.MISSING], reason=reason, segment=segment.name,
            position=segment.position, offset=segment.offset,
        )  # fmt: skip
        self.faults.append(fault)

    def _read(
        self, segment: Segment, element: int, component: int, judge: Callable[[str], T | Wrong], needed: bool
    ) -> T | None:
        value = segment.value(element, component).strip(" ")
        if not value:
            if needed:
                self.wrong(segment, element, component, Wrong.MISSING)
            return None
        found = judge(value)
        if isinstance(found, Wrong):
            self.wrong(segment, element, component, found)
            return None
        return found


def marked(value: str, mark: str) -> Decimal | Wrong:
    """A number under a decimal mark."""
    if mark != "." and "." in value:
        return Wrong.CHARACTER
    return real(value.replace(mark, ".") if mark != "." else value)


def _moment(value: str, form: str) -> Moment | Wrong:
    if len(value) != FORMS[form]:
        return Wrong.DATE
    text = value if form in (DAY, MINUTE, SECOND) else "20" + value
    on, at = day(text[:8]), hour(text[8:]) if text[8:] else None
    if isinstance(on, Wrong):
        return on
    return at if isinstance(at, Wrong) else Moment(on, at)


def number_text(number: Decimal | int, decimal: str = ".") -> str:
    """A number under a decimal mark; refused where it is no finite one or too long."""
    if not Decimal(number).is_finite():
        raise _refused("it is no finite number", str(number))
    text = plain(number)
    if digits(text) > MAX_DIGITS:
        raise _refused(f"it has more than {MAX_DIGITS} digits", text)
    return text.replace(".", decimal)


def _refused(reason: str, value: str) -> Refused:
    return Refused(Fault(level="element", code="", reason=reason, value=shown(value)))
