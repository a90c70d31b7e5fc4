"""EDIFACT from bytes: interchanges, groups and messages, with every fault that was found.

`read` is for what fits in memory, `stream` for anything. Both are lenient: a byte-order mark, blanks and line breaks
between segments and within them, a missing UNA, a missing last terminator, several interchanges in one file, bytes
that are UTF-8 whatever was declared. What they cannot mend they name; they raise nothing.
"""

from collections.abc import Iterable, Iterator

from edi.body import LIMITS, Limits
from edi.edifact.header import read_header
from edi.edifact.interchange import File, Header, Interchange, Message, Report
from edi.edifact.reading import Reading
from edi.faults import Fault, Refused, shown
from edi.tape import BOM, NOTHING, Tape, cut

Event = Header | Message | Report | Fault
"""In a stream: an interchange opens, its messages come, its report closes it; a fault is of bytes outside."""


def read(data: bytes, limits: Limits = LIMITS) -> File:
    """All that the bytes hold."""
    interchanges, faults, messages = list[Interchange](), list[Fault](), list[Message]()
    for event in stream(cut(data), limits):
        match event:
            case Message():
                messages.append(event)
            case Report():
                interchanges.append(Interchange(report=event, messages=tuple(messages)))
                messages = []
            case Fault():
                faults.append(event)
            case Header():
                pass
    return File(interchanges=tuple(interchanges), faults=tuple(faults))


def stream(chunks: Iterable[bytes], limits: Limits = LIMITS) -> Iterator[Event]:
    """The same one after the other, in memory that does not grow with the input: one message at a time."""
    tape = Tape(chunks, limits.segment)
    if tape.ahead(len(BOM)) == BOM:
        tape.at += len(BOM)
    if not tape.skip(NOTHING):
        yield Fault(level="file", code="", reason="it is empty", offset=tape.offset)
    while tape.skip(NOTHING):
        yield from _next(tape, limits)


def _next(tape: Tape, limits: Limits) -> Iterator[Event]:
    """One interchange, or the bytes before the next."""
    if tape.ahead(3) not in ("UNA", "UNB"):
        yield _stray(tape)
        return
    try:
        header = read_header(tape)
    except Refused as refusal:
        yield refusal.fault
        tape.at = min(tape.at + 3, len(tape.text))
        tape.seek("UNB")
        return
    yield header
    yield from Reading(tape, header, limits).events()


def _stray(tape: Tape) -> Fault:
    """Passes over what is no interchange."""
    offset, value = tape.offset, tape.ahead(60)
    tape.seek("UNB")
    reason = f"{tape.offset - offset} bytes that belong to no interchange: a UNA or UNB should begin here"
    return Fault(level="file", code="", reason=reason, value=shown(value), offset=offset)
