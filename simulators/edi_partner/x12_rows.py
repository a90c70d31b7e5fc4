"""What the four documents of X12 have in common: names, units, hash totals."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from schemas.purchase_order import OrderUnit
from simulators.edi_partner.envelopes import Row
from simulators.edi_partner.findings import Form
from simulators.edi_partner.words import Names

UNITS: dict[str, OrderUnit] = {"EA": "each", "CA": "case"}
NEVER: Final = datetime(2000, 1, 1, tzinfo=UTC)
"""Where a date is missing, which is found and told."""


def pairs(row: Row, first: int) -> Names:
    """Qualifiers and values from an element on; a lot number names no item."""
    told = [row.value(place) for place in range(first, len(row.elements) + 1)]
    return Names(tuple((told[at], told[at + 1]) for at in range(0, len(told) - 1, 2) if told[at] not in ("", "LT")))


def unit(form: Form, row: Row, element: int) -> OrderUnit:
    return UNITS.get(form.code(row, element, tuple(UNITS)), "each")


def totals(form: Form, first: int, second: int) -> None:
    """CTT: both of its numbers."""
    row = form.only("CTT")
    form.agree(row, 1, form.whole(row, 1), first)
    form.agree(row, 2, form.whole(row, 2), second)


def within(rows: Sequence[Row], name: str, *values: str) -> Row:
    """The first such segment; an empty one where there is none."""
    found = (row for row in rows if row.name == name and all(
        row.value(place) == value for place, value in enumerate(values, 1)))  # fmt: skip
    return next(found, Row(name, ()))
