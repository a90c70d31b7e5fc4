"""Interchanges that leave: one document each, or the answers to one that came."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import cast

from edi.edifact import control
from edi.edifact import interchange as edifact_parts
from edi.edifact import write as edifact_write
from edi.partner import GROUPS, Numbers, Partner
from edi.x12 import acknowledge
from edi.x12 import write as x12_write
from edi.x12.header import Header as Isa
from edi.x12.header import Signs
from edi.x12.interchange import GroupHeader
from edi.x12.interchange import Report as X12Report

Rows = Iterable[Sequence[object]]
Report = X12Report | edifact_parts.Report


def document(partner: Partner, code: str, rows: Rows, numbers: Numbers, at: datetime) -> bytes:
    """A document in an interchange of its own. `at`: aware UTC. Raises `Refused` for what must not be sent."""
    if partner.standard == "x12":
        _, number = named(partner, numbers)
        sent = x12_write.Outgoing(code=code, number=number, segments=cast("Iterable[x12_write.Row]", rows))
        group = x12_write.OutgoingGroup(header=_group(partner, code, numbers, at), transactions=[sent])
        return _x12(partner, code, [group], numbers, at)
    name = edifact_parts.MessageName(code, association=partner.associations.get(code, ""))
    segments = cast("Iterable[edifact_write.Row]", rows)
    message = edifact_write.Outgoing(name=name, number=str(numbers.message), segments=segments)
    return _edifact(partner, [message], numbers, at)


def named(partner: Partner, numbers: Numbers) -> tuple[str, str]:
    """How the interchange and its document are called in an answer to them."""
    if partner.standard == "x12":
        return f"{numbers.interchange:09d}", f"{numbers.message:04d}"
    return str(numbers.interchange), str(numbers.message)


def answers(partner: Partner, report: Report, numbers: Numbers, at: datetime) -> bytes | None:
    """997 and TA1, or CONTRL: what an interchange that came is answered with. None where it wants none."""
    if isinstance(report, X12Report):
        return _x12_answers(partner, report, numbers, at)
    if not control.is_answered(report):
        return None
    return _edifact(partner, [control.control_message(report, str(numbers.message))], numbers, at)


def _x12_answers(partner: Partner, report: X12Report, numbers: Numbers, at: datetime) -> bytes | None:
    told = [acknowledge.interchange_answer(report)] if acknowledge.wants_answer(report) else []
    found = acknowledge.answered_groups(report)
    if not told and not found:
        return None
    sets = [acknowledge.group_answer(group, f"{numbers.message + place:04d}") for place, group in enumerate(found)]
    header = _group(partner, "997", numbers, at)
    groups = [x12_write.OutgoingGroup(header=header, transactions=sets)] if sets else []
    return _x12(partner, "997", groups, numbers, at, told)


def answers_needed(report: Report) -> int | None:
    """How many message numbers the answers take; None where the interchange is not answered, so takes no number."""
    if not isinstance(report, X12Report):
        return 1 if control.is_answered(report) else None
    found = len(acknowledge.answered_groups(report))
    return found if found or acknowledge.wants_answer(report) else None


def _x12(
    partner: Partner,
    code: str,
    groups: Sequence[x12_write.OutgoingGroup],
    numbers: Numbers,
    at: datetime,
    told: Sequence[x12_write.Row] = (),
) -> bytes:
    version = partner.isa_versions.get(code, "00401")
    repeats = version >= "00402"
    header = Isa(
        sender=partner.our_id, receiver=partner.their_id, sender_qualifier=partner.our_qualifier,
        receiver_qualifier=partner.their_qualifier, date=f"{at:%y%m%d}", time=f"{at:%H%M}",
        number=f"{numbers.interchange:09d}", standard="^" if repeats else "U", version=version,
        acknowledge="1" if partner.asks_interchange_answer else "0", usage="T" if partner.test else "P",
        signs=Signs(repetition="^" if repeats else ""),
    )  # fmt: skip
    return x12_write.write(
        header, groups, acknowledgements=told, line_break=partner.line_break, charset=partner.charset
    )


def _group(partner: Partner, code: str, numbers: Numbers, at: datetime) -> GroupHeader:
    return GroupHeader(
        code=GROUPS[code], sender=partner.our_group_id or partner.our_id,
        receiver=partner.their_group_id or partner.their_id, date=f"{at:%Y%m%d}", time=f"{at:%H%M}",
        number=str(numbers.group), version=partner.gs_versions.get(code, "004010"),
    )  # fmt: skip


def _edifact(partner: Partner, messages: Sequence[edifact_write.Outgoing], numbers: Numbers, at: datetime) -> bytes:
    header = edifact_parts.Header(
        sender=edifact_parts.Party(partner.our_id, partner.our_qualifier),
        receiver=edifact_parts.Party(partner.their_id, partner.their_qualifier),
        date=f"{at:%y%m%d}", time=f"{at:%H%M}", number=str(numbers.interchange), syntax=partner.syntax,
        application=partner.application, acknowledge="1" if partner.asks_interchange_answer else "",
        test="1" if partner.test else "",
    )  # fmt: skip
    return edifact_write.write(header, messages, line_break=partner.line_break)
