"""What the four messages of EDIFACT have in common: names, units, parties, closing counts."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from schemas.amazon_vendor import WireParty
from schemas.purchase_order import OrderUnit
from simulators.edi_partner import words
from simulators.edi_partner.envelopes import Row
from simulators.edi_partner.findings import BAD_VALUE, MISSING, Form, loops
from simulators.edi_partner.words import Names

UNITS: dict[str, OrderUnit] = {"": "each", "PCE": "each", "EA": "each", "CS": "case", "CT": "case"}
NEVER: Final = datetime(2000, 1, 1, tzinfo=UTC)
GLN_AGENCY: Final = "9"


def names(rows: Sequence[Row]) -> Names:
    """Of LIN and of every PIA."""
    found = [(row.value(3, 2), row.value(3)) for row in rows if row.name == "LIN"]
    for row in rows:
        if row.name == "PIA":
            found += [(row.value(place, 2), row.value(place)) for place in range(2, len(row.elements) + 1)]
    return Names(tuple(pair for pair in found if pair[1]))


def amount(form: Form, row: Row) -> tuple[int, OrderUnit]:
    """Of a QTY."""
    unit = row.value(1, 3)
    if unit not in UNITS:
        form.wrong(BAD_VALUE, f"QTY counts in {unit!r}", row, 1)
    return form.whole(row, 1, 2), UNITS.get(unit, "each")


def dated(form: Form, rows: Sequence[Row], qualifier: str) -> datetime | None:
    """A day; None, and a finding, where it is missing."""
    row = within(rows, "DTM", qualifier)
    if not row.elements:
        form.wrong(MISSING, f"DTM+{qualifier} is missing")
        return None
    form.code(row, 1, ("102",), 3)
    return words.day(form, row, 1, 2)


def within(rows: Sequence[Row], name: str, *values: str) -> Row:
    """The first such segment; an empty one where there is none."""
    found = (row for row in rows if row.name == name and all(
        row.value(place) == value for place, value in enumerate(values, 1)))  # fmt: skip
    return next(found, Row(name, ()))


def party(form: Form, rows: Sequence[Row], role: str) -> WireParty:
    """A NAD with what follows it. A number of agency 9 is a GLN: thirteen digits, the last one to check them."""
    loop = next((one for one in loops(rows, lambda row: row.name == "NAD") if one[0].value(1) == role), None)
    if loop is None:
        form.wrong(MISSING, f"NAD+{role} is missing")
        return WireParty("")
    head = loop[0]
    number = form.text(head, 2)
    if head.value(2, 3) == GLN_AGENCY and not is_gln(number):
        form.wrong(BAD_VALUE, f"NAD+{role} says that {number} is a GLN, and it is none", head, 2)
    tax = within(loop, "RFF", "VA").value(1, 2)
    return words.party(
        number, head.value(4), head.value(5), head.value(6), head.value(8), head.value(9), tax
    )  # fmt: skip


def is_gln(text: str) -> bool:
    if len(text) != 13 or not (text.isascii() and text.isdigit()):
        return False
    weighed = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(text[:12]))
    return (10 - weighed % 10) % 10 == int(text[12])


def closed(form: Form, lines: Sequence[Sequence[Row]]) -> None:
    """UNS, and as many lines as CNT+2 says, each with a number of its own."""
    form.only("UNS", "S")
    row = form.only("CNT", "2")
    form.agree(row, 1, form.whole(row, 1, 2), len(lines))
    numbers = [line[0].value(1) for line in lines]
    if not lines or len(set(numbers)) < len(numbers):
        form.wrong(BAD_VALUE, "no LIN stands in it, or two have one number")


def lines_of(rows: Sequence[Row]) -> list[list[Row]]:
    """Each LIN with what belongs to it."""
    end = next((at for at, row in enumerate(rows) if row.name == "UNS"), len(rows))
    return loops(rows[:end], lambda row: row.name == "LIN")
