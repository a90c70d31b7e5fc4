"""What an X12 interchange is made of: header, groups, transaction sets, segments. Values as they came, as text."""

from collections.abc import Iterator, Sequence
from typing import Literal

import msgspec

from edi.faults import Fault, spoils
from edi.interchanges import Place
from edi.x12.header import Header, Signs

Status = Literal["A", "E", "P", "R"]
"""Accepted, accepted with errors, accepted in part, rejected: AK501, AK901 and TA104 share the letters."""


class Segment(msgspec.Struct, frozen=True, gc=False):
    """One segment. `elements[0]` is its name, `elements[4]` its fourth element; trailing empty ones may be absent."""

    elements: list[str]
    position: int
    """In its transaction set; ST is 1."""
    offset: int
    """Byte of the whole input."""

    @property
    def name(self) -> str:
        return self.elements[0]

    def value(self, number: int) -> str:
        """An element by its number from 1; empty where it is absent."""
        return self.elements[number] if number < len(self.elements) else ""

    def components(self, number: int, signs: Signs) -> tuple[str, ...]:
        """A composite's components; one where it is none."""
        return tuple(self.value(number).split(signs.component))

    def repetitions(self, number: int, signs: Signs) -> tuple[str, ...]:
        """A repeated element's values; one where it is not repeated."""
        return tuple(self.value(number).split(signs.repetition)) if signs.repetition else (self.value(number),)

    def pairs(self, first: int) -> list[tuple[str, str]]:
        """Qualifiers with their values from element `first` on (PO106, LIN02), empty pairs left out."""
        elements = self.elements
        return [
            pair for pair in zip(elements[first::2], elements[first + 1 :: 2], strict=False) if pair[0] and pair[1]
        ]


class GroupHeader(msgspec.Struct, frozen=True, kw_only=True):
    """A GS. `date` is CCYYMMDD, `time` HHMM or longer, `number` one to nine digits, all as text."""

    code: str
    """GS01: `PO`, `PR`, `FA` …"""
    sender: str
    receiver: str
    date: str
    time: str
    number: str
    agency: str = "X"
    version: str = "004010"
    offset: int = 0

    def elements(self) -> tuple[str, ...]:
        return (self.code, self.sender, self.receiver, self.date, self.time, self.number, self.agency, self.version)


class Transaction(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A transaction set from ST to SE. Nothing of it may be used where `accepted` is False.

    In a stream, an interchange that turns out to be spoilt at its end spoils its sets, too: act on none of them
    before the interchange's report says so.
    """

    header: Header
    group: GroupHeader
    place: Place
    code: str
    """ST01: `850`."""
    number: str
    """ST02."""
    lines: list[str]
    """Its segments as they came, without terminators, in Latin-1; `segments()` is how to read them."""
    starts: Sequence[int]
    faults: tuple[Fault, ...] = ()

    @property
    def accepted(self) -> bool:
        return not spoils(self.faults)

    def segments(self) -> Iterator[Segment]:
        """Its segments, ST and SE included, one after the other so that a long set never stands in memory twice."""
        separator = self.header.signs.element
        for position, line in enumerate(self.lines, 1):
            elements = line.split(separator)
            if not line.isascii():
                elements = [text_of(element) for element in elements]
            yield Segment(elements, position, self.starts[position - 1])


class TransactionReport(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What was found of one transaction set."""

    code: str
    number: str
    segments: int
    """Counted, ST and SE included."""
    faults: tuple[Fault, ...] = ()

    @property
    def status(self) -> Status:
        return "R" if spoils(self.faults) else "A"


class GroupReport(msgspec.Struct, frozen=True, kw_only=True):
    """What was found of one group. `declared` is GE01, None where it is no number or there is no GE."""

    header: GroupHeader
    declared: int | None
    transactions: tuple[TransactionReport, ...]
    faults: tuple[Fault, ...] = ()

    @property
    def status(self) -> Status:
        if spoils(self.faults):
            return "R"
        accepted = sum(one.status == "A" for one in self.transactions)
        return "A" if accepted == len(self.transactions) else "P" if accepted else "R"

    def accepts(self, message: int) -> bool:
        return not spoils(self.faults) and self.transactions[message].status == "A"


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What was found of one interchange, complete once its end was seen: what acknowledgements are made of."""

    header: Header
    groups: tuple[GroupReport, ...]
    acknowledgements: tuple[Segment, ...] = ()
    """The TA1 that it carries."""
    faults: tuple[Fault, ...] = ()
    length: int = 0
    """Bytes from the I of ISA to the terminator of IEA."""

    @property
    def status(self) -> Status:
        """Of the envelope alone, as TA104 tells it."""
        if spoils(self.faults):
            return "R"
        return "A"

    def accepts(self, place: Place) -> bool:
        """Whether a transaction set may be used: no fault in it, in its group, or in the interchange."""
        return self.status == "A" and self.groups[place.group].accepts(place.message)

    def all_faults(self) -> Iterator[Fault]:
        """Every fault and warning, from the outside in."""
        yield from self.faults
        for group in self.groups:
            yield from group.faults
            for transaction in group.transactions:
                yield from transaction.faults


class Interchange(msgspec.Struct, frozen=True, kw_only=True):
    """An interchange that was read whole."""

    report: Report
    transactions: tuple[Transaction, ...]
    """All of them; `accepted` picks those that may be used."""

    @property
    def header(self) -> Header:
        return self.report.header

    @property
    def accepted(self) -> tuple[Transaction, ...]:
        return tuple(one for one in self.transactions if self.report.accepts(one.place))


class File(msgspec.Struct, frozen=True, kw_only=True):
    """All that some bytes hold. `faults` are of bytes outside every interchange: none goes in silence."""

    interchanges: tuple[Interchange, ...] = ()
    faults: tuple[Fault, ...] = ()


def text_of(value: str) -> str:
    """A value with bytes above ASCII: X12 declares no character set, so it is UTF-8 where it can be, else Latin-1."""
    if value.isascii():
        return value
    try:
        return value.encode("latin-1").decode()
    except UnicodeDecodeError:
        return value
