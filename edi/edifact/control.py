"""CONTRL, built: what an EDIFACT interchange that was read is answered with.

Warnings are ours and never told. A CONTRL is never acknowledged. There is no "accepted with errors" at this level.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Final

import msgspec

from edi.edifact.interchange import Action, GroupReport, MessageName, MessageReport, Party, Report
from edi.edifact.write import Composite, Outgoing, Row
from edi.faults import Fault, kept
from edi.interchanges import Place

CONTRL: Final = MessageName("CONTRL", "D", "3", "UN")
"""Of syntax version 3; partners that want another name it in their profile."""
REJECTED: Final[Action] = "4"
ACKNOWLEDGED: Final[Action] = "7"
_SAFE: Final = re.compile(r"[A-Z0-9 .,/()-]{1,35}").fullmatch


def judged(report: Report, found: Mapping[Place, Sequence[Fault]]) -> Report:
    """The report with what a mapper found, message by message: it accepts none with such a fault."""
    groups = tuple(
        msgspec.structs.replace(
            group,
            messages=tuple(_with(one, found.get(Place(at, number), ())) for number, one in enumerate(group.messages)),
        )
        for at, group in enumerate(report.groups)
    )
    return msgspec.structs.replace(report, groups=groups)


def _with(one: MessageReport, faults: Sequence[Fault]) -> MessageReport:
    return msgspec.structs.replace(one, faults=kept((*one.faults, *faults))) if faults else one


def is_answered(report: Report) -> bool:
    """Whether a CONTRL may be sent: not for an interchange that holds nothing but CONTRL."""
    kinds = {message.name.kind for group in report.groups for message in group.messages}
    return kinds != {CONTRL.kind}


def control_message(report: Report, number: str, *, name: MessageName = CONTRL, detail: bool = True) -> Outgoing:
    """The CONTRL of one interchange, under a message reference. Without `detail` it names rejected messages alone."""
    return Outgoing(name=name, number=number, segments=_rows(report, detail=detail))


def _rows(report: Report, *, detail: bool) -> Iterator[Row]:
    header = report.header
    ends = (_party(header.sender), _party(header.receiver))
    yield ("UCI", _safe(header.number), *ends, *_judgement(report.faults))
    if not report.accepted:
        return
    for group in report.groups:
        if group.header is not None:
            ends = (_party(group.header.sender), _party(group.header.receiver))
            yield ("UCF", _safe(group.header.number), *ends, *_judgement(group.faults))
        if group.accepted:
            yield from _messages(group, detail=detail)


def _messages(group: GroupReport, *, detail: bool) -> Iterator[Row]:
    for message in group.messages:
        if message.name.kind == CONTRL.kind or (message.accepted and not detail):
            continue
        own = [one for one in message.faults if one.level == "message"]
        notes = [one for one in message.faults if one.level in ("segment", "element") and not one.warning]
        action = ACKNOWLEDGED if message.accepted else REJECTED
        yield ("UCM", _safe(message.number), _name(message.name), *_judgement(own, action))
        for _, faults in groupby(sorted(notes, key=lambda one: one.position), key=lambda one: one.position):
            yield from _segment(list(faults))


def _segment(faults: Sequence[Fault]) -> Iterator[Row]:
    """UCS and its UCD."""
    own = [one.code for one in faults if one.level == "segment"]
    yield ("UCS", str(faults[0].position), own[0] if own else "")
    for one in faults:
        if one.level == "element":
            yield ("UCD", one.code, _place(one))


def _judgement(faults: Sequence[Fault], action: Action | None = None) -> tuple[str | Composite, ...]:
    """Action, error, service segment and element, as UCI, UCF and UCM end."""
    told = [one for one in faults if not one.warning]
    if not told:
        return (action or ACKNOWLEDGED,)
    first = told[0]
    tag = first.segment if re.fullmatch(r"U[A-Z]{2}", first.segment) else ""
    return (REJECTED, first.code, tag, _place(first) if tag and first.element else "")


def _place(fault: Fault) -> Composite:
    """S011: the tag counts as the first element."""
    return (str(fault.element + 1), str(fault.component) if fault.component else "")


def _party(party: Party) -> Composite:
    return (_safe(party.id), _safe(party.qualifier, ""), _safe(party.internal, ""))


def _name(name: MessageName) -> Composite:
    kind = name.kind if re.fullmatch(r"[A-Z]{6}", name.kind) else "ZZZZZZ"
    rest = (name.version, name.release, name.agency, name.association)
    return (kind, *(_safe(part, "") for part in rest))


def _safe(value: str, otherwise: str = "0") -> str:
    """A value that came, if it can be sent back in any character set."""
    return value if _SAFE(value) else re.sub(r"[^A-Z0-9 .,/()-]", "", value.upper())[:35] or otherwise
