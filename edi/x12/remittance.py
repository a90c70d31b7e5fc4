"""An X12 820 read to a remittance: whole, or not at all with every reason.

An adjustment that stands in an invoice's loop may be in the net amount already or not: the total says which. Where
the parts come to the total neither way, nothing of it is believed.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Final

from edi.faults import Fault, shown
from edi.profile import Profile
from edi.totals import as_told, fitting, with_adjustments
from edi.x12.elements import Elements
from edi.x12.interchange import Segment, Transaction
from edi.x12.parties import parties
from schemas.purchase_order import Party
from schemas.remittance import Adjustment, Paid, PaidFor, Remittance

KINDS: Final[dict[str, PaidFor]] = {"IV": "invoice", "CM": "credit_note", "CR": "credit_note"}
"""RMR01; any other is shown to people."""
CREDIT, DEBIT = "C", "D"
TRANSACTION_REFERENCES: Final = ("CK", "TN", "PQ", "EF")
"""REF01 of a payment where there is no TRN: cheque, transaction, payee, electronic funds transfer."""


def remittance(transaction: Transaction, profile: Profile) -> Remittance | tuple[Fault, ...]:
    """The remittance, or all that is wrong with it. Nothing of one with faults may be used."""
    reading = _Reading(profile, list(transaction.segments()))
    found = reading.remittance()
    return tuple(reading.elements.faults) if found is None or reading.elements.faults else found


class _Reading:
    def __init__(self, profile: Profile, segments: Sequence[Segment]) -> None:
        self.profile, self.elements = profile, Elements()
        self.start = segments[0]
        first = next((at for at, one in enumerate(segments) if one.name in ("ENT", "RMR", "ADX")), len(segments) - 1)
        self.head, self.body = segments[1:first], segments[first:-1]

    def remittance(self) -> Remittance | None:
        begin = self._only("BPR")
        if begin is None:
            return None
        amount, sign = self.elements.r(begin, 2, needed=True), self.elements.code(begin, 3, (CREDIT, DEBIT))
        paid_on, reference = self._day(begin), self._reference()
        items, adjustments = self._items()
        if self.elements.faults or amount is None:
            return None
        total = -amount if sign == DEBIT else amount
        fitted = fitting(items, adjustments, total, (as_told, with_adjustments))
        if isinstance(fitted, Decimal):
            self._wrong_total(begin, f"what is paid for comes to {fitted}, not to {total}")
            return None
        found = parties(self.head)
        currency = next((one.value(2) for one in self.head if one.name == "CUR" and one.value(2)), "")
        return Remittance(
            channel_account=self.profile.channel_account,
            transport="x12",
            reference=reference,
            payer=_name(found, "PR"),
            payee=_name(found, "PE"),
            currency=currency or self.profile.currency,
            total=total,
            paid_on=paid_on,
            method=begin.value(4),
            items=fitted,
            adjustments=adjustments,
        )

    def _only(self, name: str) -> Segment | None:
        found = [one for one in self.head if one.name == name]
        if len(found) != 1:
            self.elements.fault(self.start, f"it has {len(found)} {name}, and one is needed", "1" if found else "3")
            return None
        return found[0]

    def _day(self, begin: Segment) -> datetime | None:
        day = self.elements.dt(begin, 16)
        return None if day is None else self.profile.begin_of(day)

    def _reference(self) -> str:
        """TRN02, else a reference of the payment: without a name, the same payment twice would be two."""
        trace = next((one for one in self.head if one.name == "TRN"), None)
        if trace is not None:
            return self.elements.text(trace, 2, 50, needed=True)
        told = {one.value(1): one.value(2) for one in reversed(self.head) if one.name == "REF"}
        found = next((told[word] for word in TRANSACTION_REFERENCES if told.get(word)), "")
        if not found:
            self.elements.fault(self.start, "it has no TRN, and nothing else names the payment", "3")
        return found

    def _items(self) -> tuple[list[Paid], tuple[Adjustment, ...]]:
        items, apart = list[Paid](), list[Adjustment]()
        for loop in self._loops():
            adjustments = tuple(found for one in loop if one.name == "ADX" and (found := self._adjusted(one)))
            if loop[0].name != "RMR":
                apart += adjustments
            elif (item := self._item(loop, adjustments)) is not None:
                items.append(item)
        return items, tuple(apart)

    def _loops(self) -> Iterator[list[Segment]]:
        """What belongs together: each RMR with what follows it, and what stands before the first one of an ENT."""
        loop = list[Segment]()
        for segment in self.body:
            if segment.name in ("ENT", "RMR") and loop:
                yield loop
                loop = []
            loop.append(segment)
        if loop:
            yield loop

    def _item(self, loop: Sequence[Segment], adjustments: tuple[Adjustment, ...]) -> Paid | None:
        head, elements = loop[0], self.elements
        number, paid = elements.text(head, 2, 50, needed=True), elements.r(head, 4, needed=True)
        billed, discount = elements.r(head, 5), elements.r(head, 6)
        order = next((one.value(2) for one in loop if one.name == "REF" and one.value(1) == "PO"), "")
        if paid is None or not number:
            return None
        return Paid(
            what=KINDS.get(head.value(1), "other"), number=number, paid=paid, billed=billed,
            discount=discount or Decimal(0), order=order, adjustments=adjustments,
        )  # fmt: skip

    def _adjusted(self, segment: Segment) -> Adjustment | None:
        amount, code = self.elements.r(segment, 1, needed=True), self.elements.text(segment, 2, 2, needed=True)
        if amount is None:
            return None
        return Adjustment(amount=amount, code=code, reference=segment.value(4).strip(" "))

    def _wrong_total(self, segment: Segment, reason: str) -> None:
        fault = Fault(
            level="element", code="7", reason=reason, segment=segment.name, position=segment.position, element=2,
            value=shown(segment.value(2)), offset=segment.offset,
        )  # fmt: skip
        self.elements.faults.append(fault)


def _name(found: Mapping[str, Party], role: str) -> str:
    party = found.get(role)
    return (party.name or party.party_id) if party else ""
