"""Opens a vendor's file with libraries that are not ours, as strictly as the retailer does.

`ansi-x12` and `pydifact` are dependencies of the development group: this room is for tests and rehearsals. pydifact
passes over wrong counts and references, so those of EDIFACT are checked here.
"""

import warnings
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import x12
from pydifact.parser import Parser

from simulators.edi_partner.terms import Parties


class Row(NamedTuple):
    """A segment; each element as its components."""

    name: str
    elements: tuple[tuple[str, ...], ...]

    def value(self, element: int, component: int = 1) -> str:
        """Counted from 1; empty where it is absent."""
        try:
            return self.elements[element - 1][component - 1]
        except IndexError:
            return ""


class Sent(NamedTuple):
    """One transaction set or message of the vendor's, in an envelope that is right."""

    code: str
    interchange: str
    group: str
    """X12 GS06."""
    group_code: str
    number: str
    version: str
    """X12 GS08, EDIFACT the association's code."""
    rows: tuple[Row, ...]
    """What stands between its header and its trailer."""


class Unreadable(Exception):
    """`interchange`: its number, as far as it could be read."""

    def __init__(self, interchange: str, reason: str) -> None:
        super().__init__(reason)
        self.interchange = interchange


def number_of(content: bytes) -> int:
    """The interchange's own number, to read files in their order; 0 where it has none."""
    text = content.decode("latin-1")
    parts = text.split("*") if text.startswith("ISA") else text[text.find("UNB") :].split("'")[0].split("+")
    place = 13 if text.startswith("ISA") else 5
    digits = parts[place].strip() if len(parts) > place else ""
    return int(digits) if digits.isdigit() else 0


def opened(content: bytes, parties: Parties) -> list[Sent]:
    """The documents of one interchange. Raises Unreadable."""
    return list(_of_x12(content, parties) if parties.standard == "x12" else _of_edifact(content, parties))


def _of_x12(content: bytes, parties: Parties) -> Iterator[Sent]:
    number = f"{number_of(content):09d}"
    try:
        document = x12.tokenize_x12(content)
        found = x12.parse_x12_interchange(document)
    except x12.X12Error as why:
        raise Unreadable(number, str(why)) from why
    isa = _plain(document.segments[0])
    told = [isa.value(place).rstrip() for place in (5, 6, 7, 8, 15)]
    wanted = [parties.vendor_qualifier, parties.vendor, parties.retailer_qualifier, parties.retailer,
              "T" if parties.test else "P"]  # fmt: skip
    if told != wanted:
        raise Unreadable(number, f"the ISA says {told}, and {wanted} was agreed")
    for group in found.groups:
        gs = _plain(group.header)
        for one in group.transactions:
            st = _plain(one.header)
            rows = tuple(_plain(segment) for segment in one.segments)
            yield Sent(st.value(1), number, gs.value(6), gs.value(1), st.value(2), gs.value(8), rows)


def _plain(segment: "x12.X12Segment") -> Row:
    return Row(segment.tag, tuple((element.decode("latin-1"),) for element in segment.elements))


def _of_edifact(content: bytes, parties: Parties) -> Iterator[Sent]:
    number = str(number_of(content))
    rows = _cut(content, number)
    if not rows or rows[0].name != "UNB" or rows[-1].name != "UNZ":
        raise Unreadable(number, "it does not begin with UNB and end with UNZ")
    head, tail = rows[0], rows[-1]
    told = [head.value(2), head.value(2, 2), head.value(3), head.value(3, 2), head.value(11)]
    wanted = [parties.vendor, parties.vendor_qualifier, parties.retailer, parties.retailer_qualifier,
              "1" if parties.test else ""]  # fmt: skip
    if told != wanted:
        raise Unreadable(number, f"the UNB says {told}, and {wanted} was agreed")
    messages = list(_messages(rows[1:-1], number))
    if tail.value(2) != head.value(5) or tail.value(1) != str(len(messages)):
        raise Unreadable(number, "the UNZ counts another number of messages, or names another interchange")
    yield from messages


def _cut(content: bytes, number: str) -> list[Row]:
    if not content.rstrip().endswith(b"'"):
        raise Unreadable(number, "it ends in the middle of a segment")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            parsed = list(Parser().parse(content.decode("latin-1")))
    except Exception as why:  # the library raises whatever it trips over
        raise Unreadable(number, f"it cannot be cut into segments: {why}") from why
    return [Row(one.tag, tuple(_composite(value) for value in one.elements)) for one in parsed if one.tag != "UNA"]


def _composite(value: object) -> tuple[str, ...]:
    return tuple(str(part) for part in value) if isinstance(value, list) else (str(value),)


def _messages(rows: Sequence[Row], number: str) -> Iterator[Sent]:
    begin = 0
    while begin < len(rows):
        end = next((at for at in range(begin, len(rows)) if rows[at].name == "UNT"), None)
        if rows[begin].name != "UNH" or end is None:
            raise Unreadable(number, f"no UNH stands at {begin + 1}, or its UNT is missing")
        head, tail = rows[begin], rows[end]
        if tail.value(2) != head.value(1) or tail.value(1) != str(end - begin + 1):
            raise Unreadable(number, f"UNT {tail.value(2)} counts {tail.value(1)}, of {end - begin + 1} segments")
        version = head.value(2, 5)
        yield Sent(head.value(2), number, "", "", head.value(1), version, tuple(rows[begin + 1 : end]))
        begin = end + 1
