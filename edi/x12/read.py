"""X12 from bytes: interchanges, groups and transaction sets, with every fault that was found.

`read` is for what fits in memory, `stream` for anything. Both are lenient: a byte-order mark, blanks before segments,
line breaks as or after terminators, a missing last terminator, wrong padding in the ISA, several interchanges in one
file. What they cannot mend they name; they raise nothing.
"""

from collections.abc import Iterable, Iterator

from edi.body import LIMITS, Limits
from edi.faults import Fault, Refused, shown
from edi.tape import BOM, NOTHING, Tape, cut
from edi.x12.header import Header, read_header
from edi.x12.interchange import File, Interchange, Report, Transaction
from edi.x12.reading import Reading

Event = Header | Transaction | Report | Fault
"""In a stream: an interchange opens, its sets come, its report closes it; a fault is of bytes outside them all."""


def read(data: bytes, limits: Limits = LIMITS) -> File:
    """All that the bytes hold."""
    interchanges, faults, sets = list[Interchange](), list[Fault](), list[Transaction]()
    for event in stream(cut(data), limits):
        match event:
            case Transaction():
                sets.append(event)
            case Report():
                interchanges.append(Interchange(report=event, transactions=tuple(sets)))
                sets = []
            case Fault():
                faults.append(event)
            case Header():
                pass
    return File(interchanges=tuple(interchanges), faults=tuple(faults))


def stream(chunks: Iterable[bytes], limits: Limits = LIMITS) -> Iterator[Event]:
    """The same one after the other, in memory that does not grow with the input: one transaction set at a time."""
    tape = Tape(chunks, limits.segment)
    if tape.ahead(len(BOM)) == BOM:
        tape.at += len(BOM)
    if not tape.skip(NOTHING):
        yield Fault(level="file", code="", reason="it is empty", offset=tape.offset)
    while tape.skip(NOTHING):
        yield from _next(tape, limits)


def _next(tape: Tape, limits: Limits) -> Iterator[Event]:
    """One interchange, or the bytes before the next."""
    if tape.ahead(3) != "ISA":
        yield _stray(tape)
        return
    try:
        header = read_header(tape)
    except Refused as refusal:
        yield refusal.fault
        tape.at += 3
        tape.seek("ISA")
        return
    yield header
    yield from Reading(tape, header, limits).events()


def _stray(tape: Tape) -> Fault:
    """Passes over what is no interchange."""
    offset, value = tape.offset, tape.ahead(60)
    tape.seek("ISA")
    reason = f"{tape.offset - offset} bytes that belong to no interchange: an ISA should begin here"
    return Fault(level="file", code="", reason=reason, value=shown(value), offset=offset)
