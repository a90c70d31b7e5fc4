"""EDIFACT to bytes, strictly: service characters are released, characters outside the declared set refused.

Control references and dates are the caller's values. Counts are made here; trailing empty components and elements are
dropped. What is wrong raises `Refused` before the bytes of its segment are given.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import msgspec

from edi.charsets import CODECS, unwritable
from edi.edifact.interchange import GroupHeader, Header, Message, MessageName, Party, Segment
from edi.edifact.signs import Signs, default, released
from edi.faults import Fault, Refused, shown

Composite = tuple[str, ...]
Value = str | Composite | list[str | Composite]
"""An element: text, a composite's components, or repetitions (syntax version 4)."""
Row = Sequence[Value]
"""A segment: its name, then its elements."""
ENVELOPE: Final = frozenset(("UNA", "UNB", "UNG", "UNH", "UNT", "UNE", "UNZ"))
BLOCK: Final = 1_000
"""Segments that are given as one chunk."""


class Outgoing(msgspec.Struct, frozen=True, kw_only=True):
    """A message to be written: what stands between its UNH and its UNT."""

    name: MessageName
    number: str
    """0062: at most 14 characters, of the caller's counter."""
    segments: Iterable[Row]
    more: Row = ()
    """Of the UNH after the message's name: access reference, status of transfer."""


class OutgoingGroup(msgspec.Struct, frozen=True, kw_only=True):
    header: GroupHeader
    messages: Sequence[Outgoing]


Content = Sequence[Outgoing] | Sequence[OutgoingGroup]
"""Messages, or groups of them: never both in one interchange."""


def write(header: Header, content: Content, *, line_break: str = "") -> bytes:
    """One interchange. `line_break` follows each terminator. Raises `Refused`."""
    return b"".join(chunks(header, content, line_break=line_break))


def chunks(header: Header, content: Content, *, line_break: str = "") -> Iterator[bytes]:
    """The same piece by piece, for what is too long to be held: throw all of it away where it raises."""
    _judge(header)
    codec, end, block = CODECS[header.syntax], header.signs.terminator + line_break, list[str]()
    if header.una or header.signs != default(header.version):
        yield (_una(header.signs) + line_break).encode("ascii")
    for segment in _segments(header, content):
        block.append(segment)
        if len(block) >= BLOCK:
            yield (end.join(block) + end).encode(codec)
            block = []
    yield (end.join(block) + end).encode(codec)


def _una(signs: Signs) -> str:
    return "".join(
        ("UNA", signs.component, signs.element, signs.decimal, signs.release or " ", signs.repetition or " ",
         signs.terminator)
    )  # fmt: skip


def _segments(header: Header, content: Content) -> Iterator[str]:
    writer, numbers, groups = _Writer(header), set[str](), set[str]()
    yield writer.segment(_unb(header), 0)
    for one in content:
        if isinstance(one, OutgoingGroup):
            _unique(one.header.number, groups, "UNG", 5)
            yield from _group(writer, one, numbers)
        else:
            yield from _message(writer, one, numbers)
    yield writer.segment(("UNZ", str(len(content)), header.number), 0)


def _unb(header: Header) -> Row:
    return (
        "UNB", (header.syntax, header.version), _party(header.sender), _party(header.receiver),
        (header.date, header.time), header.number, header.password, header.application, header.priority,
        header.acknowledge, header.agreement, header.test,
    )  # fmt: skip


def _party(party: Party) -> Composite:
    return (party.id, party.qualifier, party.internal)


def _group(writer: "_Writer", group: OutgoingGroup, numbers: set[str]) -> Iterator[str]:
    ung = group.header
    version = (ung.version, ung.release, ung.association)
    ends = (_party(ung.sender), _party(ung.receiver), (ung.date, ung.time))
    yield writer.segment(("UNG", ung.kind, *ends, ung.number, ung.agency, version), 0)
    for message in group.messages:
        yield from _message(writer, message, numbers)
    yield writer.segment(("UNE", str(len(group.messages)), ung.number), 0)


def _message(writer: "_Writer", message: Outgoing, numbers: set[str]) -> Iterator[str]:
    name = message.name
    _match("UNH", 1, message.number, r".{1,14}")
    _match("UNH", 2, name.kind, r"[A-Z]{6}")
    _unique(message.number, numbers, "UNH", 1)
    named = (name.kind, name.version, name.release, name.agency, name.association)
    yield writer.segment(("UNH", message.number, named, *message.more), 1)
    position = 1
    for position, row in enumerate(message.segments, 2):
        if row and row[0] in ENVELOPE:
            raise _refused(str(row[0]), position, 0, "it belongs to the envelope, which is made here", str(row[0]))
        yield writer.segment(row, position)
    yield writer.segment(("UNT", str(position + 1), message.number), position + 1)


class _Writer:
    """Joins segments, each value judged and released."""

    def __init__(self, header: Header) -> None:
        self.signs, self.syntax = header.signs, header.syntax

    def segment(self, row: Row, position: int) -> str:
        """A segment without its terminator."""
        name = row[0] if row else ""
        if not isinstance(name, str) or not re.fullmatch(r"[A-Z]{3}", name):
            raise _refused("", position, 0, "it is no segment's name", str(name))
        elements = [self._element(value, name, position, number) for number, value in enumerate(row[1:], 1)]
        while elements and not elements[-1]:
            elements.pop()
        if not elements:
            raise _refused(name, position, 0, "it holds nothing")
        return self.signs.element.join([name, *elements])

    def _element(self, value: Value, name: str, position: int, number: int) -> str:
        if not isinstance(value, list):
            return self._composite(value, name, position, number)
        parts = [self._composite(part, name, position, number) for part in value]
        if not self.signs.repetition and len(parts) > 1:
            raise _refused(name, position, number, "this interchange's syntax has no repeated elements")
        return self.signs.repetition.join(parts)

    def _composite(self, value: str | Composite, name: str, position: int, number: int) -> str:
        parts = [value] if isinstance(value, str) else list(value)
        while parts and not parts[-1]:
            parts.pop()
        return self.signs.component.join(self._plain(part, name, position, number) for part in parts)

    def _plain(self, value: str, name: str, position: int, number: int) -> str:
        if why := unwritable(value, self.syntax):
            raise _refused(name, position, number, why, value)
        if self.signs.release:
            return released(value, self.signs)
        if any(sign in value for sign in (self.signs.element, self.signs.component, self.signs.terminator)):
            reason = "it holds a service character and this interchange has no release character"
            raise _refused(name, position, number, reason, value)
        return value


def _judge(header: Header) -> None:
    signs = header.signs
    used = [signs.component, signs.element, signs.terminator, signs.release, signs.repetition]
    present = [sign for sign in used if sign]
    single = all(len(sign) == 1 and sign.isascii() and not sign.isalnum() and sign != " " for sign in present)
    if not single or len(set(present)) != len(present) or not all(used[:3]) or signs.decimal not in (".", ","):
        raise _refused("UNA", 0, 0, "the service characters are not distinct single signs", "".join(used))
    days = r"[0-9]{6}|[0-9]{8}" if header.version == "4" else r"[0-9]{6}"
    _match("UNB", 1, header.syntax, "|".join(CODECS))
    for element, value, pattern in (
        (1, header.version, r"[1-4]"), (2, header.sender.id, r".{1,35}"), (3, header.receiver.id, r".{1,35}"),
        (4, header.date, days), (4, header.time, r"[0-9]{4}"), (5, header.number, r".{1,14}"),
        (7, header.application, r".{0,14}"), (8, header.priority, r".{0,14}"), (9, header.acknowledge, r"[01]?"),
        (10, header.agreement, r".{0,35}"), (11, header.test, r"[01]?"),
    ):  # fmt: skip
        _match("UNB", element, value, pattern)


def _match(name: str, element: int, value: str, pattern: str) -> None:
    if not re.fullmatch(pattern, value):
        raise _refused(name, 0, element, f"it is not what it must be there ({pattern})", value)


def _unique(number: str, taken: set[str], name: str, element: int) -> None:
    if number in taken:
        raise _refused(name, 0, element, "the reference is used twice", number)
    taken.add(number)


def _refused(name: str, position: int, element: int, reason: str, value: str = "") -> Refused:
    fault = Fault(
        level="element", code="", reason=reason, segment=name, position=position, element=element, value=shown(value)
    )
    return Refused(fault)


def again(message: Message) -> Outgoing:
    """A message that was read, to be written as it was."""
    unh, *body = message.segments()
    segments = (row_of(segment) for segment in body if segment.name != "UNT")
    return Outgoing(name=message.name, number=message.number, segments=segments, more=row_of(unh)[3:])


def row_of(segment: Segment) -> list[Value]:
    """A segment that was read, its composites and repetitions taken apart and its release characters taken out."""
    row: list[Value] = [segment.elements[0]]
    for number in range(1, len(segment.elements)):
        repeated = segment.repetitions(number)
        row.append(list(repeated) if len(repeated) > 1 else repeated[0] if repeated else "")
    return row
