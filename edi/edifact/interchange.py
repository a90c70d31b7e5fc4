"""What an EDIFACT interchange is made of: header, groups where there are any, messages, segments."""

from collections.abc import Iterator, Sequence
from typing import Literal

import msgspec

from edi.charsets import text_of
from edi.edifact.signs import DEFAULT, Signs, unreleased
from edi.faults import Fault, spoils
from edi.interchanges import Place
from edi.tape import split

Action = Literal["4", "7", "8"]
"""0083: rejected with all that is in it, acknowledged, received."""


class Segment(msgspec.Struct, frozen=True, gc=False):
    """One segment. Elements are numbered from 1, components too; what is absent is empty."""

    elements: list[str]
    """As they came, the name first: `value` and `composite` are how to read them."""
    position: int
    """In its message; UNH is 1."""
    offset: int
    """Byte of the whole input."""
    signs: Signs = DEFAULT
    syntax: str = "UNOC"

    @property
    def name(self) -> str:
        """Its tag; explicit nesting (`LIN:1`) is left away."""
        return self.elements[0].partition(self.signs.component)[0]

    def value(self, number: int, component: int = 1) -> str:
        """A component as text, release characters taken out."""
        if number >= len(self.elements):
            return ""
        raw, signs = self.elements[number], self.signs
        if component == 1 and signs.component not in raw:
            return self._text(raw)
        parts = split(raw, signs.component, signs.release)
        return self._text(parts[component - 1]) if component <= len(parts) else ""

    def composite(self, number: int) -> tuple[str, ...]:
        """All components of an element; none where the element is absent."""
        if number >= len(self.elements) or not self.elements[number]:
            return ()
        return tuple(
            self._text(part) for part in split(self.elements[number], self.signs.component, self.signs.release)
        )

    def repetitions(self, number: int) -> tuple[tuple[str, ...], ...]:
        """An element's repetitions, each a composite; one where nothing is repeated (always, before version 4)."""
        if number >= len(self.elements) or not self.elements[number]:
            return ()
        signs, raw = self.signs, self.elements[number]
        repeated = split(raw, signs.repetition, signs.release) if signs.repetition else [raw]
        return tuple(
            tuple(self._text(part) for part in split(one, signs.component, signs.release)) for one in repeated
        )

    def _text(self, raw: str) -> str:
        value = unreleased(raw, self.signs.release)
        return value if value.isascii() else text_of(value, self.syntax)


class Party(msgspec.Struct, frozen=True):
    """Who sends or receives an interchange: S002, S003."""

    id: str
    qualifier: str = ""
    """0007: 14 is a GLN, ZZ mutually agreed."""
    internal: str = ""


class Header(msgspec.Struct, frozen=True, kw_only=True):
    """A UNB, and a UNA where there is one. `date` is YYMMDD (CCYYMMDD in version 4), `time` HHMM, both as text."""

    sender: Party
    receiver: Party
    date: str
    time: str
    number: str
    """0020, the interchange control reference."""
    syntax: str = "UNOC"
    version: str = "3"
    password: tuple[str, ...] = ()
    application: str = ""
    """0026: `EANCOM`."""
    priority: str = ""
    acknowledge: str = ""
    """0031: `1` asks for a CONTRL."""
    agreement: str = ""
    test: str = ""
    """0035: `1` marks a test."""
    signs: Signs = DEFAULT
    una: bool = False
    offset: int = 0
    faults: tuple[Fault, ...] = ()


class GroupHeader(msgspec.Struct, frozen=True, kw_only=True):
    """A UNG."""

    kind: str
    sender: Party
    receiver: Party
    date: str
    time: str
    number: str
    agency: str = "UN"
    version: str = "D"
    release: str = "96A"
    association: str = ""
    offset: int = 0


class MessageName(msgspec.Struct, frozen=True):
    """S009: `ORDERS:D:96A:UN:EAN008`."""

    kind: str
    version: str = "D"
    release: str = "96A"
    agency: str = "UN"
    association: str = ""

    def __str__(self) -> str:
        return ":".join((self.kind, self.version, self.release, self.agency, self.association)).rstrip(":")


class Message(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A message from UNH to UNT. Nothing of it may be used where `accepted` is False, and in a stream nothing before
    the interchange's report accepts it."""

    header: Header
    group: GroupHeader | None
    place: Place
    name: MessageName
    number: str
    """0062, the message reference."""
    lines: list[str]
    """Its segments as they came, without terminators, in Latin-1; `segments()` is how to read them."""
    starts: Sequence[int]
    faults: tuple[Fault, ...] = ()

    @property
    def accepted(self) -> bool:
        return not spoils(self.faults)

    def segments(self) -> Iterator[Segment]:
        """Its segments, UNH and UNT included, one after the other."""
        signs, syntax = self.header.signs, self.header.syntax
        for position, line in enumerate(self.lines, 1):
            elements = split(line, signs.element, signs.release)
            yield Segment(elements, position, self.starts[position - 1], signs, syntax)


class MessageReport(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What was found of one message. `segments` counts UNH and UNT, too."""

    name: MessageName
    number: str
    segments: int
    faults: tuple[Fault, ...] = ()

    @property
    def accepted(self) -> bool:
        return not spoils(self.faults)


class GroupReport(msgspec.Struct, frozen=True, kw_only=True):
    """What was found of one group; the messages of an interchange without groups are in one without a header."""

    header: GroupHeader | None
    messages: tuple[MessageReport, ...]
    faults: tuple[Fault, ...] = ()

    @property
    def accepted(self) -> bool:
        return not spoils(self.faults)


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What was found of one interchange, complete once its end was seen: what a CONTRL is made of."""

    header: Header
    groups: tuple[GroupReport, ...]
    faults: tuple[Fault, ...] = ()
    length: int = 0
    """Bytes from the U of UNA or UNB to the terminator of UNZ."""

    @property
    def accepted(self) -> bool:
        """Of the envelope alone."""
        return not spoils(self.faults)

    def accepts(self, place: Place) -> bool:
        """Whether a message may be used: no fault in it, in its group, or in the interchange."""
        group = self.groups[place.group]
        return self.accepted and group.accepted and group.messages[place.message].accepted

    def all_faults(self) -> Iterator[Fault]:
        """Every fault and warning, from the outside in."""
        yield from self.faults
        for group in self.groups:
            yield from group.faults
            for message in group.messages:
                yield from message.faults


class Interchange(msgspec.Struct, frozen=True, kw_only=True):
    """An interchange that was read whole."""

    report: Report
    messages: tuple[Message, ...]
    """All of them; `accepted` picks those that may be used."""

    @property
    def header(self) -> Header:
        return self.report.header

    @property
    def accepted(self) -> tuple[Message, ...]:
        return tuple(one for one in self.messages if self.report.accepts(one.place))


class File(msgspec.Struct, frozen=True, kw_only=True):
    """All that some bytes hold. `faults` are of bytes outside every interchange: none goes in silence."""

    interchanges: tuple[Interchange, ...] = ()
    faults: tuple[Fault, ...] = ()
