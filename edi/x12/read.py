"""X12 from bytes: interchanges, groups and transaction sets, with every fault that was found.

`read` is for what fits in memory, `stream` for anything. Both are lenient: a byte-order mark, blanks before segments,
line breaks as or after terminators, a missing last terminator, wrong padding in the ISA, several interchanges in one
file. What they cannot mend they name; they raise nothing.
"""

from collections.abc import Iterable, Iterator

from edi.body import LIMITS, Limits
from edi.faults import Fault
from edi.interchanges import Syntax, gathered
from edi.tape import cut
from edi.x12.header import Header, read_header
from edi.x12.interchange import File, Interchange, Report, Transaction
from edi.x12.reading import Reading

Event = Header | Transaction | Report | Fault
"""In a stream: an interchange opens, its sets come, its report closes it; a fault is of bytes outside them all."""

X12: Syntax[Header, Transaction, Report] = Syntax(
    marks=("ISA",),
    sought="ISA",
    opening="an ISA",
    header=read_header,
    rest=lambda tape, header, limits: Reading(tape, header, limits).events(),
)


def read(data: bytes, limits: Limits = LIMITS) -> File:
    """All that the bytes hold."""
    found, faults = gathered(stream(cut(data), limits), Transaction, Report)
    return File(
        interchanges=tuple(Interchange(report=report, transactions=sets) for report, sets in found), faults=faults
    )


def stream(chunks: Iterable[bytes], limits: Limits = LIMITS) -> Iterator[Event]:
    """The same one after the other, in memory that does not grow with the input: one transaction set at a time."""
    return X12.stream(chunks, limits)
