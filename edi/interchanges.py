"""Interchanges in bytes, one after the other, whatever their syntax; and every fault of bytes that are in none.

Leniently: a byte-order mark, blanks and line breaks between interchanges, several of them in one file, bytes that are
of none. What cannot be mended is named; nothing is raised.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

import msgspec

from edi.body import Limits
from edi.faults import Fault, Refused, shown
from edi.tape import BOM, NOTHING, Tape

Header = TypeVar("Header")
Message = TypeVar("Message")
Report = TypeVar("Report")


class Place(msgspec.Struct, frozen=True):
    """Which message of an interchange: the group's and the message's index, both from 0; without groups, group 0."""

    group: int
    message: int


@dataclass(frozen=True, slots=True)
class Syntax(Generic[Header, Message, Report]):
    """What tells one standard's interchanges from another's."""

    marks: tuple[str, ...]
    """The three letters with which an interchange may begin."""
    sought: str
    """Those of them that every interchange has: where the next is looked for."""
    opening: str
    """What should stand where there is none, for people."""
    header: Callable[[Tape], Header]
    """Raises `Refused` for one that cannot be read."""
    rest: Callable[[Tape, Header, Limits], Iterator[Message | Report]]
    """What follows a header: messages, and the report that closes the interchange."""

    def stream(self, chunks: Iterable[bytes], limits: Limits) -> Iterator[Header | Message | Report | Fault]:
        """All that the input holds, in memory that does not grow with it."""
        tape = Tape(chunks, limits.segment)
        if tape.ahead(len(BOM)) == BOM:
            tape.at += len(BOM)
        if not tape.skip(NOTHING):
            yield Fault(level="file", code="", reason="it is empty", offset=tape.offset)
        while tape.skip(NOTHING):
            yield from self._next(tape, limits)

    def _next(self, tape: Tape, limits: Limits) -> Iterator[Header | Message | Report | Fault]:
        """One interchange, or the bytes before the next."""
        if tape.ahead(3) not in self.marks:
            yield self._stray(tape)
            return
        try:
            header = self.header(tape)
        except Refused as refusal:
            yield refusal.fault
            tape.at = min(tape.at + 3, len(tape.text))
            tape.seek(self.sought)
            return
        yield header
        yield from self.rest(tape, header, limits)

    def _stray(self, tape: Tape) -> Fault:
        """Passes over what is no interchange."""
        offset, value = tape.offset, tape.ahead(60)
        tape.seek(self.sought)
        reason = f"{tape.offset - offset} bytes that belong to no interchange: {self.opening} should begin here"
        return Fault(level="file", code="", reason=reason, value=shown(value), offset=offset)


def gathered(
    events: Iterable[object], message: type[Message], report: type[Report]
) -> tuple[list[tuple[Report, tuple[Message, ...]]], tuple[Fault, ...]]:
    """A stream that was read whole: each interchange's report with its messages, and the faults outside them all."""
    interchanges, faults, messages = list[tuple[Report, tuple[Message, ...]]](), list[Fault](), list[Message]()
    for event in events:
        if isinstance(event, message):
            messages.append(event)
        elif isinstance(event, report):
            interchanges.append((event, tuple(messages)))
            messages = []
        elif isinstance(event, Fault):
            faults.append(event)
    return interchanges, tuple(faults)
