"""What came in a file, in one shape for both standards: interchanges, their documents, and what each says."""

from collections.abc import Mapping, Sequence
from typing import TypeAlias, TypeVar

import msgspec

import edi.edifact.interchange as edifact_parts
import edi.x12.interchange as x12_parts
from edi.edifact import control
from edi.edifact.aperak import application_report
from edi.edifact.control_answers import ControlAnswer, control_answer
from edi.edifact.purchase_order import purchase_order as edifact_order
from edi.edifact.purchase_order_change import purchase_order_change as edifact_change
from edi.edifact.read import read as read_edifact
from edi.edifact.remittance import remittance as edifact_remittance
from edi.faults import Fault
from edi.interchanges import Place
from edi.partner import Standard
from edi.profile import Profile
from edi.x12 import acknowledge
from edi.x12.advice import application_advice
from edi.x12.answers import GroupAnswer, InterchangeAnswer, group_answer, interchange_answer
from edi.x12.purchase_order import purchase_order as x12_order
from edi.x12.purchase_order_change import purchase_order_change as x12_change
from edi.x12.read import read as read_x12
from edi.x12.remittance import remittance as x12_remittance
from schemas.purchase_order import PurchaseOrder
from schemas.purchase_order_change import PurchaseOrderChange
from schemas.remittance import Remittance

Body: TypeAlias = x12_parts.Transaction | edifact_parts.Message
Report: TypeAlias = x12_parts.Report | edifact_parts.Report


class SyntaxWord(msgspec.Struct, frozen=True, kw_only=True):
    """The partner has, or has not, read what we sent. It says nothing of what it thinks of it."""

    interchange: str = ""
    """Of ours; empty where a group is named."""
    group: str = ""
    """X12: GS06 of ours."""
    answer: GroupAnswer | ControlAnswer | InterchangeAnswer

    @property
    def text(self) -> str:
        """What it says is wrong, in the partner's codes."""
        if isinstance(self.answer, InterchangeAnswer):
            return f"TA1 {self.answer.status} {self.answer.code}"
        if isinstance(self.answer, GroupAnswer):
            sets = (f"{one.code} {one.number} {one.status} {' '.join(one.codes)}".strip() for one in self.answer.sets)
            return f"AK9 {self.answer.status} {' '.join(self.answer.codes)}".strip() + "".join(
                f"; {one}" for one in sets
            )
        told = (f"{one.number} {one.action} {one.code} {one.segment}".strip() for one in self.answer.messages)
        return f"UCI {self.answer.action} {self.answer.code}".strip() + "".join(f"; {one}" for one in told)

    def accepts(self, message: str) -> bool | None:
        """None: it does not tell of this one."""
        if isinstance(self.answer, InterchangeAnswer):
            return False if self.answer.status == "R" else None
        return self.answer.accepts(message)


class BusinessWord(msgspec.Struct, frozen=True, kw_only=True):
    """What the partner's own application made of a document of ours. `accepted`: None where it does not say."""

    group: str = ""
    message: str = ""
    reference: str = ""
    """The document's own number, or that of its order."""
    accepted: bool | None
    text: str


class Unhandled(msgspec.Struct, frozen=True):
    """A document of a kind that nobody here takes: kept and shown."""

    code: str


Read = TypeVar("Read", PurchaseOrder, PurchaseOrderChange, Remittance)
Taken: TypeAlias = PurchaseOrder | PurchaseOrderChange | Remittance
"""What belongs into books of the business."""
Meaning: TypeAlias = Taken | SyntaxWord | tuple[BusinessWord, ...] | Unhandled | list[Fault]


class Document(msgspec.Struct, frozen=True, kw_only=True):
    """A transaction set or message that came. Of one that is not `usable`, nothing is taken."""

    code: str
    group: str
    number: str
    usable: bool
    faults: tuple[Fault, ...]
    place: Place
    body: Body


class Arrival(msgspec.Struct, frozen=True, kw_only=True):
    """An interchange that came, with all that is wrong with it."""

    number: str
    sender: str
    receiver: str
    test: bool
    documents: tuple[Document, ...]
    words: tuple[SyntaxWord, ...] = ()
    """TA1 that it carries."""
    report: Report

    @property
    def faults(self) -> tuple[Fault, ...]:
        return self.report.faults

    def bytes_of(self, content: bytes) -> bytes:
        """Its own bytes out of those of its file."""
        begin = self.report.header.offset
        return content[begin : begin + self.report.length]

    def judged(self, found: Mapping[int, Sequence[Fault]]) -> "Arrival":
        """With what the mappers found, by the documents' places in `documents`."""
        report = self.report
        faults = {one.place: found[at] for at, one in enumerate(self.documents) if at in found}
        judged = (
            acknowledge.judged(report, faults)
            if isinstance(report, x12_parts.Report)
            else control.judged(report, faults)
        )
        return msgspec.structs.replace(self, report=judged)


def standard_of(content: bytes) -> Standard | None:
    """By its first letters; None for what is neither."""
    begin = content[:64].lstrip(b"\xef\xbb\xbf \t\r\n\x00")
    if begin.startswith(b"ISA"):
        return "x12"
    return "edifact" if begin.startswith((b"UNA", b"UNB")) else None


def arrivals(content: bytes, standard: Standard) -> tuple[list[Arrival], tuple[Fault, ...]]:
    """The interchanges, and faults of bytes outside them all."""
    if standard == "x12":
        file = read_x12(content)
        return [_x12(one) for one in file.interchanges], file.faults
    found = read_edifact(content)
    return [_edifact(one) for one in found.interchanges], found.faults


def _x12(one: x12_parts.Interchange) -> Arrival:
    header, report = one.header, one.report
    documents = tuple(
        Document(
            code=each.code, group=each.group.number, number=each.number, usable=report.accepts(each.place),
            faults=each.faults, place=each.place, body=each,
        )
        for each in one.transactions
    )  # fmt: skip
    words = tuple(_told(segment) for segment in report.acknowledgements)
    return Arrival(
        number=header.number, sender=header.sender, receiver=header.receiver, test=header.usage == "T",
        documents=documents, words=words, report=report,
    )  # fmt: skip


def _told(segment: x12_parts.Segment) -> SyntaxWord:
    answer = interchange_answer(segment)
    return SyntaxWord(interchange=answer.number, answer=answer)


def _edifact(one: edifact_parts.Interchange) -> Arrival:
    header, report = one.header, one.report
    documents = tuple(
        Document(
            code=each.name.kind, group=each.group.number if each.group else "", number=each.number,
            usable=report.accepts(each.place), faults=each.faults, place=each.place, body=each,
        )
        for each in one.messages
    )  # fmt: skip
    return Arrival(
        number=header.number, sender=header.sender.id, receiver=header.receiver.id, test=header.test == "1",
        documents=documents, report=report,
    )  # fmt: skip


def meaning(document: Document, profile: Profile) -> Meaning:
    """What a usable document says; a list of faults where it does not say it whole."""
    body = document.body
    if isinstance(body, x12_parts.Transaction):
        return _of_x12(body, profile)
    return _of_edifact(body, profile)


def _of_x12(body: x12_parts.Transaction, profile: Profile) -> Meaning:
    if body.code == "850":
        return _or_faults(x12_order(body, profile))
    if body.code == "860":
        return _or_faults(x12_change(body, profile))
    if body.code == "820":
        return _or_faults(x12_remittance(body, profile))
    if body.code in ("997", "999"):
        answer = group_answer(body)
        return SyntaxWord(group=answer.number, answer=answer) if isinstance(answer, GroupAnswer) else list(answer)
    if body.code == "824":
        return tuple(
            BusinessWord(
                group=item.group_number, message=item.set_number, reference=item.reference,
                accepted={"accepted": True, "accepted with errors": True, "rejected": False}.get(item.verdict),
                text="; ".join(_errors(error.code, error.text, error.segment, error.value) for error in item.errors),
            )
            for item in application_advice(body).items
        )  # fmt: skip
    return Unhandled(body.code)


def _of_edifact(body: edifact_parts.Message, profile: Profile) -> Meaning:
    if body.name.kind == "ORDERS":
        return _or_faults(edifact_order(body, profile))
    if body.name.kind == "ORDCHG":
        return _or_faults(edifact_change(body, profile))
    if body.name.kind == "REMADV":
        return _or_faults(edifact_remittance(body, profile))
    if body.name.kind == "CONTRL":
        told = control_answer(body)
        return SyntaxWord(interchange=told.number, answer=told) if isinstance(told, ControlAnswer) else list(told)
    if body.name.kind == "APERAK":
        report = application_report(body)
        names = dict(report.references)
        text = "; ".join((*report.texts, *(_errors(one.code, *one.texts) for one in report.errors)))
        accepted = {"accepted": True, "rejected": False}.get(report.verdict)
        reference = names.get("ON") or names.get("AAK") or names.get("IV") or ""
        return (
            BusinessWord(
                message=names.get(profile.answered_message_rff, ""), reference=reference, accepted=accepted, text=text
            ),
        )
    return Unhandled(body.name.kind)


def _or_faults(found: Read | tuple[Fault, ...]) -> Read | list[Fault]:
    return list(found) if isinstance(found, tuple) else found


def _errors(*parts: str) -> str:
    return " ".join(part for part in parts if part)
