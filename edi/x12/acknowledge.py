"""What an interchange that was read is answered with: TA1 for the interchange, a 997 for each group.

Warnings are ours and never told. A group of acknowledgements (FA) is never acknowledged.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Final

import msgspec

from edi.faults import Fault, kept
from edi.interchanges import Place
from edi.x12.envelope import NAME
from edi.x12.interchange import GroupReport, Report, TransactionReport
from edi.x12.write import Outgoing, Row

ACKNOWLEDGEMENTS: Final = "FA"
MAX_CODES: Final = 5
"""AK502 to AK506, AK905 to AK909."""
ELEMENT_ERRORS: Final = "8"
"""AK304 of a segment whose elements are told by AK4."""
SEGMENT_ERRORS: Final = "5"
"""AK502 of a set whose segments are told by AK3."""
_SAFE: Final = re.compile(r"[A-Za-z0-9 .,/_-]{1,99}").fullmatch


def judged(report: Report, found: Mapping[Place, Sequence[Fault]]) -> Report:
    """The report with what a mapper found, set by set: it then accepts none with such a fault."""
    groups = tuple(
        msgspec.structs.replace(
            group,
            transactions=tuple(
                _with(one, found.get(Place(at, number), ())) for number, one in enumerate(group.transactions)
            ),
        )
        for at, group in enumerate(report.groups)
    )
    return msgspec.structs.replace(report, groups=groups)


def _with(one: TransactionReport, faults: Sequence[Fault]) -> TransactionReport:
    return msgspec.structs.replace(one, faults=kept((*one.faults, *faults))) if faults else one


def interchange_answer(report: Report) -> Row:
    """The TA1: accepted, or rejected with the first fault's code. It goes into an interchange before its groups."""
    told = [fault for fault in report.faults if not fault.warning]
    code = (told[0].code or "024") if told else "000"
    header = report.header
    values = (_safe(value, 9) for value in (header.number, header.date, header.time))
    return ("TA1", *values, report.status, code)


def wants_answer(report: Report) -> bool:
    """Whether a TA1 is due: it was asked for, or the interchange is rejected."""
    return report.header.acknowledge == "1" or report.status == "R"


def answered_groups(report: Report) -> tuple[GroupReport, ...]:
    """The groups that a 997 is due for: none of a rejected interchange (its TA1 says all), and none of 997s."""
    if report.status == "R":
        return ()
    return tuple(group for group in report.groups if group.header.code != ACKNOWLEDGEMENTS)


def group_answer(group: GroupReport, number: str, *, detail: bool = True) -> Outgoing:
    """The 997 of one group, under ST02 `number`. Without `detail` it is AK1 and AK9 alone, which is legal, too."""
    return Outgoing(code="997", number=number, segments=_rows(group, detail=detail))


def _rows(group: GroupReport, *, detail: bool) -> Iterator[Row]:
    yield ("AK1", _safe(group.header.code, 2) or "ZZ", _safe(group.header.number, 9) or "0")
    if detail:
        for transaction in group.transactions:
            yield from _set(transaction, refused=group.status == "R")
    counted = len(group.transactions)
    accepted = sum(group.accepts(at) for at in range(counted))
    declared = counted if group.declared is None else group.declared
    codes = _codes(fault.code for fault in group.faults if not fault.warning)
    yield ("AK9", group.status, str(declared)[:6], str(counted), str(accepted), *codes)


def _set(transaction: TransactionReport, *, refused: bool) -> Iterator[Row]:
    yield ("AK2", _safe(transaction.code, 3) or "000", _safe(transaction.number, 9) or "0000")
    told = [fault for fault in transaction.faults if not fault.warning]
    notes = sorted((one for one in told if one.level in ("segment", "element")), key=lambda one: one.position)
    for _, faults in groupby(notes, key=lambda one: one.position):
        yield from _segment(list(faults))
    codes = _codes(one.code for one in told if one.level == "message")
    if not codes and notes:
        codes = (SEGMENT_ERRORS,)
    yield ("AK5", "R" if refused else transaction.status, *codes)


def _segment(faults: Sequence[Fault]) -> Iterator[Row]:
    """AK3 and its AK4."""
    elements = [one for one in faults if one.level == "element"]
    own = [one.code for one in faults if one.level == "segment" and one.code]
    name = next((one.segment for one in faults if NAME(one.segment)), "???")
    yield ("AK3", name, str(faults[0].position), "", own[0] if own else ELEMENT_ERRORS)
    for one in elements:
        place = (str(one.element), str(one.component)) if one.component else str(one.element)
        yield ("AK4", place, "", one.code or "7", _safe(one.value, 99))


def _codes(codes: Iterator[str]) -> tuple[str, ...]:
    """Each once, as many as there is room for."""
    return tuple(dict.fromkeys(code for code in codes if code))[:MAX_CODES]


def _safe(value: str, longest: int) -> str:
    """A value that came, if it can be sent back whatever the delimiters are; empty otherwise."""
    return value[:longest] if _SAFE(value) else ""
