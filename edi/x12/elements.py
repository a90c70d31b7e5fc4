"""X12's data types: N0, N2, R, DT, TM, AN, ID. Read with every fault collected, written with a refusal by name."""

from collections.abc import Callable, Collection
from datetime import date, time
from decimal import Decimal
from typing import Final, TypeVar

from edi.faults import Fault, Refused, shown
from edi.numbers import (
    MAX_DIGITS,
    Wrong,
    day,
    digits,
    hour,
    hundredths,
    implied_text,
    integer,
    is_short_digits,
    plain,
    real,
)  # fmt: skip
from edi.x12.interchange import Segment

CODES: Final = {
    Wrong.MISSING: "1", Wrong.LONG: "5", Wrong.CHARACTER: "6", Wrong.CODE: "7", Wrong.DATE: "8",
    Wrong.TIME: "9",
}  # fmt: skip
"""AK403."""
T = TypeVar("T")


class Elements:
    """Reads typed elements and collects what is wrong, so that one reading of a document finds all of it.

    Each method gives None (`text`: an empty string) for an element that is absent or wrong; a wrong one, and an
    absent one that is `needed`, is a fault with segment, element and AK403 code. Use no document that has faults.
    """

    __slots__ = ("faults",)

    def __init__(self) -> None:
        self.faults = list[Fault]()

    def n0(self, segment: Segment, element: int, *, needed: bool = False) -> int | None:
        """A whole number (N0)."""
        elements = segment.elements
        if element < len(elements) and is_short_digits(elements[element]):
            return int(elements[element])
        return self._read(segment, element, integer, needed)

    def n2(self, segment: Segment, element: int, *, needed: bool = False) -> Decimal | None:
        """An amount in hundredths (N2): `1250` is 12.50."""
        return self._read(segment, element, hundredths, needed)

    def r(self, segment: Segment, element: int, *, needed: bool = False) -> Decimal | None:
        """A number with an explicit point (R)."""
        elements = segment.elements
        if element < len(elements) and is_short_digits(elements[element].replace(".", "", 1)):
            return Decimal(elements[element])
        return self._read(segment, element, real, needed)

    def dt(self, segment: Segment, element: int, *, needed: bool = False) -> date | None:
        """A date CCYYMMDD (DT)."""
        return self._read(segment, element, day, needed)

    def tm(self, segment: Segment, element: int, *, needed: bool = False) -> time | None:
        """A time HHMM, with seconds and hundredths if they are there (TM)."""
        return self._read(segment, element, hour, needed)

    def text(self, segment: Segment, element: int, longest: int = 80, *, needed: bool = False) -> str:
        """A text (AN), blanks around it taken away."""
        value = segment.value(element).strip(" ")
        if 0 < len(value) <= longest:
            return value
        self._not(segment, element, Wrong.LONG if value else None, needed)
        return ""

    def code(self, segment: Segment, element: int, known: Collection[str], *, needed: bool = False) -> str | None:
        """One of the codes that are known (ID); use `text` where an unknown one is data to show."""
        value = segment.value(element).strip(" ")
        if value in known and value:
            return value
        self._not(segment, element, Wrong.CODE if value else None, needed)
        return None

    def wrong(self, segment: Segment, element: int, wrong: Wrong, detail: str = "") -> None:
        """A fault of an element, for the types here and for what a mapper judges itself."""
        reason = f"{wrong.value} ({detail})" if detail else wrong.value
        fault = Fault(
            level="element", code=CODES[wrong], reason=reason, segment=segment.name, position=segment.position,
            element=element, value=shown(segment.value(element)), offset=segment.offset,
        )  # fmt: skip
        self.faults.append(fault)

    def fault(self, segment: Segment, reason: str, code: str) -> None:
        """A fault of a segment as a whole, with its AK304 code."""
        fault = Fault(
            level="segment", code=code, reason=reason, segment=segment.name, position=segment.position,
            offset=segment.offset,
        )  # fmt: skip
        self.faults.append(fault)

    def _read(self, segment: Segment, element: int, judge: Callable[[str], T | Wrong], needed: bool) -> T | None:
        value = segment.value(element).strip(" ")
        found = judge(value) if value else None
        if found is None or isinstance(found, Wrong):
            self._not(segment, element, found, needed)
            return None
        return found

    def _not(self, segment: Segment, element: int, wrong: Wrong | None, needed: bool) -> None:
        """Of a value that is wrong, or absent."""
        if wrong is not None or needed:
            self.wrong(segment, element, wrong or Wrong.MISSING)


def n2_text(amount: Decimal) -> str:
    """An amount as N2; refused where it has parts of a hundredth, because nothing is rounded in silence."""
    text = implied_text(amount, 2)
    if text is None:
        raise _refused("it has parts of a hundredth and is written in hundredths", str(amount))
    return _short(text)


def r_text(number: Decimal | int) -> str:
    """A number as R."""
    if not Decimal(number).is_finite():
        raise _refused("it is no finite number", str(number))
    return _short(plain(number))


def n0_text(number: int) -> str:
    """A whole number as N0."""
    return _short(str(number))


def dt_text(value: date) -> str:
    """CCYYMMDD."""
    return f"{value.year:04d}{value.month:02d}{value.day:02d}"


def tm_text(value: time, digits: int = 4) -> str:
    """HHMM, or HHMMSS with six digits."""
    return value.strftime("%H%M%S")[:digits]


def _short(text: str) -> str:
    if digits(text) > MAX_DIGITS:
        raise _refused(f"it has more than {MAX_DIGITS} digits", text)
    return text


def _refused(reason: str, value: str) -> Refused:
    return Refused(Fault(level="element", code="", reason=reason, value=shown(value)))
