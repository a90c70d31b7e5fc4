"""What the partner finds wrong in a document's form, where, and in the codes of the standards."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

import msgspec

from simulators.edi_partner.envelopes import Row

MISSING, NOT_USED, WRONG_COUNT, BAD_CODE, BAD_VALUE = "missing", "unexpected", "count", "code", "value"


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """`segment` empty: of the whole document."""

    kind: str
    text: str
    segment: str = ""
    position: int = 0
    """Of the segment, counted from the document's own header as 1."""
    element: int = 0


@dataclass(slots=True)
class Form:
    """Reads the rows of one document and keeps what is wrong with them."""

    rows: Sequence[Row]
    found: list[Finding] = field(default_factory=list[Finding])

    def wrong(self, kind: str, text: str, row: Row | None = None, element: int = 0) -> None:
        position = next((at + 2 for at, one in enumerate(self.rows) if one is row), 0)
        name = row.name if row else ""
        self.found.append(Finding(kind=kind, text=text, segment=name, position=position, element=element))

    def only(self, name: str, *values: str) -> Row:
        """The one segment that begins with these values; an empty one, and a finding, where there is not one."""
        found = [row for row in self.rows if row.name == name and all(
            row.value(place) == value for place, value in enumerate(values, 1))]  # fmt: skip
        if len(found) != 1:
            what = "+".join((name, *values))
            self.found.append(
                Finding(
                    kind=MISSING if not found else NOT_USED, segment=name, text=f"{what} stands {len(found)} times"
                )
            )
        return found[0] if found else Row(name, ())

    def some(self, name: str, *values: str) -> Row | None:
        """The first such segment; None where there is none, which is no fault."""
        return next(self.all(name, *values), None)

    def all(self, name: str, *values: str) -> Iterator[Row]:
        for row in self.rows:
            if row.name == name and all(row.value(place) == value for place, value in enumerate(values, 1)):
                yield row

    def text(self, row: Row, element: int, component: int = 1) -> str:
        """A value that must be there."""
        told = row.value(element, component)
        if not told.strip():
            self.wrong(MISSING, f"{row.name}{element:02d} is empty", row, element)
        return told

    def code(self, row: Row, element: int, allowed: Sequence[str], component: int = 1) -> str:
        """To the letter: codes have a case."""
        told = row.value(element, component)
        if told not in allowed:
            self.wrong(BAD_CODE, f"{row.name}{element:02d} is {told!r}, none of {', '.join(allowed)}", row, element)
        return told

    def whole(self, row: Row, element: int, component: int = 1) -> int:
        told = row.value(element, component)
        if not (told.isascii() and told.isdigit()):
            self.wrong(BAD_VALUE, f"{row.name}{element:02d} is {told!r}, no whole number", row, element)
            return 0
        return int(told)

    def number(self, row: Row, element: int, component: int = 1) -> Decimal:
        told = row.value(element, component)
        try:
            return Decimal(told)
        except InvalidOperation:
            self.wrong(BAD_VALUE, f"{row.name}{element:02d} is {told!r}, no number", row, element)
            return Decimal(0)

    def agree(self, row: Row, element: int, told: object, counted: object) -> None:
        """A count or a hash total."""
        if told != counted:
            self.wrong(WRONG_COUNT, f"{row.name}{element:02d} says {told}, and {counted} were counted", row, element)


def loops(rows: Sequence[Row], opens: Callable[[Row], bool]) -> list[list[Row]]:
    """Each from a segment that opens one up to the next; what stands before the first is left out."""
    found = list[list[Row]]()
    for row in rows:
        if opens(row):
            found.append([])
        if found:
            found[-1].append(row)
    return found
