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
from edi.faults import Fault
from edi.interchanges import Syntax, gathered
from edi.tape import cut

Event = Header | Message | Report | Fault
"""In a stream: an interchange opens, its messages come, its report closes it; a fault is of bytes outside."""

EDIFACT: Syntax[Header, Message, Report] = Syntax(
    marks=("UNA", "UNB"),
    sought="UNB",
    opening="a UNA or UNB",
    header=read_header,
    rest=lambda tape, header, limits: Reading(tape, header, limits).events(),
)


def read(data: bytes, limits: Limits = LIMITS) -> File:
    """All that the bytes hold."""
    found, faults = gathered(stream(cut(data), limits), Message, Report)
    return File(
        interchanges=tuple(Interchange(report=report, messages=messages) for report, messages in found), faults=faults
    )


def stream(chunks: Iterable[bytes], limits: Limits = LIMITS) -> Iterator[Event]:
    """The same one after the other, in memory that does not grow with the input: one message at a time."""
    return EDIFACT.stream(chunks, limits)
