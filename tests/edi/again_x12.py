"""X12 read and written again."""

from typing import Final

import msgspec

from edi.faults import Refused
from edi.x12.header import Header, Signs
from edi.x12.interchange import Interchange, Transaction
from edi.x12.read import read
from edi.x12.write import OutgoingGroup, row_of, write
from edi.x12.write import again as transaction_again
from tests.edi.again import Again, plain_lines, stripped

TERMINATORS: Final = "~'\x1c"
"""Instead of one that is a line break or has several bytes."""


def again(data: bytes) -> Again:
    found = read(data)
    told = [*found.faults, *(fault for one in found.interchanges for fault in one.report.all_faults())]
    result = Again(told, sum(len(one.transactions) for one in found.interchanges))
    accepted = [one for each in found.interchanges for one in each.accepted]
    result.accepted = len(accepted)
    if accepted:
        written = b"".join(_written(one, result) for one in found.interchanges if one.accepted)
        result.compare(data, written)
        old, new = found.interchanges[0].header.signs, read(written).interchanges[0].header.signs
        result.explained = result.accepted < result.messages or _plain(data, old) == _plain(written, new)
        read_again = [one for each in read(written).interchanges for one in each.accepted]
        result.same_values = [values(one) for one in accepted] == [values(one) for one in read_again]
        _layout(accepted, result)
    return result


def values(transaction: Transaction) -> list[list[str]]:
    """Its segments without trailing empty elements and components, and without zeroes before counts."""
    rows = [stripped(one.elements, transaction.header.signs.component) for one in transaction.segments()]
    rows[-1][1] = str(int(rows[-1][1]))
    for row in (rows[0], rows[-1]):
        row[2] = row[2].strip()
    return rows


def _plain(data: bytes, signs: Signs) -> list[list[str]]:
    return plain_lines(data.decode("latin-1").split(signs.terminator), signs.element, signs.component)


def _layout(accepted: list[Transaction], result: Again) -> None:
    for transaction in accepted:
        signs = transaction.header.signs
        for segment in transaction.segments():
            empty = segment.elements != stripped(segment.elements, signs.component)
            result.differs("no empty elements at the end", if_so=empty)
        end = transaction.lines[-1].split(signs.element)
        result.differs("counts without zeroes", if_so=end[1].startswith("0"))
        result.differs("no blanks around control numbers", if_so=end[2] != transaction.number)


def _written(interchange: Interchange, result: Again) -> bytes:
    groups = []
    for at, group in enumerate(interchange.report.groups):
        sets = [transaction_again(one) for one in interchange.accepted if one.place.group == at]
        groups.append(OutgoingGroup(header=group.header, transactions=sets))
    header = interchange.header
    if not header.signs.terminator.isprintable() or len(header.signs.terminator) > 1:
        header = _with_terminator(header)
    told = [row_of(one, header.signs) for one in interchange.report.acknowledgements]
    result.differs("another terminator", if_so=header != interchange.header)
    try:
        return write(header, groups, acknowledgements=told)
    except Refused:
        return write(header, groups, acknowledgements=told, charset="utf-8")


def _with_terminator(header: Header) -> Header:
    signs = header.signs
    sign = next(one for one in TERMINATORS if one not in (signs.element, signs.component))
    return msgspec.structs.replace(header, signs=Signs(signs.element, signs.component, sign, signs.repetition))
