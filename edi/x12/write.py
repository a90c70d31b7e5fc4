"""X12 to bytes, strictly: X12 has no escape, so a value that holds a delimiter is refused by segment and element.

Control numbers and dates are the caller's values. Widths, counts and padding are made here; trailing empty elements
are dropped. What is wrong raises `Refused` before the bytes of its segment are given.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Final

import msgspec

from edi.faults import Fault, Refused, shown
from edi.x12.envelope import NAME
from edi.x12.header import WIDTHS, Header, Signs
from edi.x12.interchange import GroupHeader, Segment, Transaction

Composite = tuple[str, ...]
Value = str | Composite | list[str | Composite]
"""An element: text, a composite's components, or a repeated element's values."""
Row = Sequence[Value]
"""A segment: its name, then its elements."""
ENVELOPE: Final = frozenset(("ISA", "GS", "ST", "SE", "GE", "IEA", "TA1"))
BLOCK: Final = 1_000
"""Segments that are given as one chunk."""

_HEADER: Final = (
    (1, r"[A-Z0-9]{2}"), (3, r"[A-Z0-9]{2}"), (5, r"[A-Z0-9]{2}"), (7, r"[A-Z0-9]{2}"), (6, r".+"), (8, r".+"),
    (9, r"[0-9]{6}"), (10, r"[0-9]{4}"), (11, r".?"), (12, r"[0-9]{5}"), (13, r"[0-9]{9}"), (14, r"[01]"),
    (15, r"[PT]"),
)  # fmt: skip
"""What ISA elements must look like, by their number."""
_GROUP: Final = (
    (1, r"[A-Z]{2}"), (2, r".{1,15}"), (3, r".{1,15}"), (4, r"[0-9]{6}|[0-9]{8}"), (5, r"[0-9]{4,8}"),
    (6, r"[0-9]{1,9}"), (7, r"[A-Z]{1,2}"), (8, r"[A-Z0-9]{1,12}"),
)  # fmt: skip


class Outgoing(msgspec.Struct, frozen=True, kw_only=True):
    """A transaction set to be written: what stands between its ST and its SE."""

    code: str
    number: str
    """ST02: four to nine letters or digits, of the caller's counter."""
    segments: Iterable[Row]
    convention: str = ""
    """ST03, from 005010 on where the partner wants it."""


class OutgoingGroup(msgspec.Struct, frozen=True, kw_only=True):
    header: GroupHeader
    transactions: Sequence[Outgoing]


def write(
    header: Header,
    groups: Sequence[OutgoingGroup],
    *,
    acknowledgements: Sequence[Row] = (),
    line_break: str = "",
    charset: str = "ascii",
) -> bytes:
    """One interchange. `acknowledgements` are its TA1; `line_break` follows each terminator. Raises `Refused`."""
    return b"".join(chunks(header, groups, acknowledgements=acknowledgements, line_break=line_break, charset=charset))


def chunks(
    header: Header,
    groups: Sequence[OutgoingGroup],
    *,
    acknowledgements: Sequence[Row] = (),
    line_break: str = "",
    charset: str = "ascii",
) -> Iterator[bytes]:
    """The same piece by piece, for what is too long to be held: throw all of it away where it raises."""
    end, block = header.signs.terminator + line_break, list[str]()
    for segment in _segments(header, groups, acknowledgements, charset):
        block.append(segment)
        if len(block) >= BLOCK:
            yield (end.join(block) + end).encode(charset)
            block = []
    if block:
        yield (end.join(block) + end).encode(charset)


def _segments(
    header: Header, groups: Sequence[OutgoingGroup], acknowledgements: Sequence[Row], charset: str
) -> Iterator[str]:
    writer = _Writer(header.signs, charset)
    yield _isa(header)
    for row in acknowledgements:
        yield writer.segment(row, 0)
    numbers = set[str]()
    for group in groups:
        _unique(group.header.number, numbers, "GS", 6)
        yield from _group(writer, group)
    yield writer.segment(("IEA", str(len(groups)), header.number), 0)


def _group(writer: "_Writer", group: OutgoingGroup) -> Iterator[str]:
    elements, numbers = group.header.elements(), set[str]()
    _judge("GS", elements, _GROUP)
    yield writer.segment(("GS", *elements), 0)
    for transaction in group.transactions:
        _unique(transaction.number, numbers, "ST", 2)
        yield from _transaction(writer, transaction)
    yield writer.segment(("GE", str(len(group.transactions)), group.header.number), 0)


def _transaction(writer: "_Writer", transaction: Outgoing) -> Iterator[str]:
    opening = (transaction.code, transaction.number, transaction.convention)
    _judge("ST", opening, ((1, r"[0-9]{3}"), (2, r"[A-Za-z0-9]{4,9}")))
    yield writer.segment(("ST", *opening), 1)
    position = 1
    for position, row in enumerate(transaction.segments, 2):
        if row and row[0] in ENVELOPE:
            raise _refused(str(row[0]), position, 0, "it belongs to the envelope, which is made here", str(row[0]))
        yield writer.segment(row, position)
    yield writer.segment(("SE", str(position + 1), transaction.number), position + 1)


class _Writer:
    """Joins segments, each value judged."""

    def __init__(self, signs: Signs, charset: str) -> None:
        _judge_signs(signs)
        self.signs = signs
        self._forbidden = _forbidden(signs, charset)

    def segment(self, row: Row, position: int) -> str:
        """A segment without its terminator."""
        name = row[0] if row else ""
        if not isinstance(name, str) or not NAME(name):
            raise _refused("", position, 0, "it is no segment's name", str(name))
        elements = [self._element(value, name, position, number) for number, value in enumerate(row[1:], 1)]
        text = self.signs.element.join([name, *elements]).rstrip(self.signs.element)
        if text == name:
            raise _refused(name, position, 0, "it holds nothing")
        return text

    def _element(self, value: Value, name: str, position: int, number: int) -> str:
        if isinstance(value, str):
            return self._plain(value, name, position, number)
        if isinstance(value, tuple):
            parts = [self._plain(part, name, position, number) for part in value]
            return self.signs.component.join(parts).rstrip(self.signs.component)
        parts = [self._element(part, name, position, number) for part in value]
        if not self.signs.repetition and len(parts) > 1:
            raise _refused(name, position, number, "this interchange's version has no repeated elements")
        return self.signs.repetition.join(parts)

    def _plain(self, value: str, name: str, position: int, number: int) -> str:
        found = self._forbidden(value)
        if found is None:
            return value
        sign, signs = found.group(), self.signs
        delimiters = signs.element + signs.component + signs.terminator + signs.repetition
        what = "a delimiter of this interchange" if sign in delimiters else "a character that must not be sent"
        raise _refused(name, position, number, f"it holds {sign!r}, {what}", value)


@lru_cache(maxsize=64)
def _forbidden(signs: Signs, charset: str) -> Callable[[str], re.Match[str] | None]:
    own = re.escape(signs.element + signs.component + signs.terminator + signs.repetition)
    beyond = {"ascii": r"\x80-\U0010ffff", "iso8859-1": r"\u0100-\U0010ffff"}.get(charset, "")
    return re.compile(rf"[{own}\x00-\x1f\x7f-\x9f{beyond}]").search


def _judge_signs(signs: Signs) -> None:
    present = [sign for sign in (signs.element, signs.component, signs.terminator, signs.repetition) if sign]
    single = all(len(sign) == 1 and sign.isascii() and not sign.isalnum() and sign != " " for sign in present)
    if not single or len(set(present)) != len(present) or len(present) < 3:
        raise _refused("ISA", 0, 16, "the delimiters are not three or four distinct single signs", "".join(present))


def _isa(header: Header) -> str:
    _judge_signs(header.signs)
    elements = header.elements()
    _judge("ISA", elements, _HEADER)
    repetition = header.signs.repetition
    if repetition and header.standard != repetition:
        raise _refused("ISA", 0, 11, "it is not the repetition separator that is used", header.standard)
    plain = _forbidden(header.signs, "ascii")
    for number, (value, width) in enumerate(zip(elements, WIDTHS, strict=True), 1):
        if len(value) > width:
            raise _refused("ISA", 0, number, f"it is longer than {width} characters", value)
        if number != 11 and plain(value):
            raise _refused("ISA", 0, number, "it holds a delimiter or a character that must not be sent", value)
    padded = [value.ljust(width) for value, width in zip(elements, WIDTHS, strict=True)]
    return header.signs.element.join(("ISA", *padded, header.signs.component))


def _judge(name: str, elements: Sequence[str], rules: Iterable[tuple[int, str]]) -> None:
    for number, pattern in rules:
        if not re.fullmatch(pattern, elements[number - 1]):
            raise _refused(name, 0, number, f"it is not what it must be there ({pattern})", elements[number - 1])


def _unique(number: str, taken: set[str], name: str, element: int) -> None:
    if number in taken:
        raise _refused(name, 0, element, "the number is used twice", number)
    taken.add(number)


def _refused(name: str, position: int, element: int, reason: str, value: str = "") -> Refused:
    fault = Fault(
        level="element", code="", reason=reason, segment=name, position=position, element=element, value=shown(value)
    )
    return Refused(fault)


def again(transaction: Transaction) -> Outgoing:
    """A set that was read, to be written as it was."""
    signs, opening = transaction.header.signs, [*transaction.lines[0].split(transaction.header.signs.element), "", ""]
    segments = (row_of(segment, signs) for segment in transaction.segments() if segment.name not in ("ST", "SE"))
    return Outgoing(code=transaction.code, number=transaction.number, segments=segments, convention=opening[3])


def row_of(segment: Segment, signs: Signs) -> list[Value]:
    """A segment that was read, its composites and repetitions taken apart."""
    row: list[Value] = [segment.name]
    for element in segment.elements[1:]:
        repeated = element.split(signs.repetition) if signs.repetition else [element]
        parts = [_taken_apart(part, signs) for part in repeated]
        row.append(parts if len(parts) > 1 else parts[0])
    return row


def _taken_apart(element: str, signs: Signs) -> str | Composite:
    return tuple(element.split(signs.component)) if signs.component in element else element
