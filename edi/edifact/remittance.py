"""An EDIFACT REMADV read to a remittance: whole, or not at all with every reason.

A credit note's amount may be written with a sign or without one: the total says which. Where the parts come to the
total neither way, nothing of it is believed.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Final

from edi.edifact.elements import Elements
from edi.edifact.interchange import Message, Segment
from edi.edifact.parties import parties
from edi.faults import Fault, shown
from edi.loops import loops
from edi.profile import Profile
from edi.totals import as_told, credits_taken_off, fitting
from schemas.purchase_order import Party
from schemas.remittance import Adjustment, Paid, PaidFor, Remittance

KINDS: Final[Mapping[str, PaidFor]] = {"380": "invoice", "381": "credit_note", "383": "other"}
"""DOC 1001; any other is shown to people."""
DUE, REMITTED, DISCOUNT, ADJUSTED = "9", "12", "52", "165"
"""MOA 5025."""


def remittance(message: Message, profile: Profile) -> Remittance | tuple[Fault, ...]:
    """The remittance, or all that is wrong with it. Nothing of one with faults may be used."""
    reading = _Reading(profile, list(message.segments()))
    found = reading.remittance()
    return tuple(reading.elements.faults) if found is None or reading.elements.faults else found


class _Reading:
    def __init__(self, profile: Profile, segments: Sequence[Segment]) -> None:
        self.profile, self.elements = profile, Elements()
        self.start = segments[0]
        first = next((at for at, one in enumerate(segments) if one.name == "DOC"), len(segments))
        end = next((at for at, one in enumerate(segments) if one.name == "UNS"), len(segments) - 1)
        self.head, self.tail = segments[: min(first, end)], segments[end:]
        _, self.documents = loops(segments[min(first, end) : end], "DOC")

    def remittance(self) -> Remittance | None:
        begin = next((one for one in self.head if one.name == "BGM"), None)
        if begin is None:
            self.elements.fault(self.start, "it has no BGM")
            return None
        reference = self.elements.text(begin, 2, 1, 35, needed=True)
        paid_on, told = self._paid_on(), self._total()
        items = [item for loop in self.documents if (item := self._item(loop)) is not None]
        if told is None or self.elements.faults:
            return None
        segment, total = told
        fitted = fitting(items, (), total, (as_told, credits_taken_off))
        if isinstance(fitted, Decimal):
            self._wrong_total(segment, f"what is paid for comes to {fitted}, not to {total}")
            return None
        found = parties(self.head)
        currency = next((one.value(1, 2) for one in self.head if one.name == "CUX" and one.value(1, 2)), "")
        return Remittance(
            channel_account=self.profile.channel_account,
            transport="edifact",
            reference=reference,
            payer=_name(found, ("PR", "BY")),
            payee=_name(found, ("PE", "SU")),
            currency=currency or self.profile.currency,
            total=total,
            paid_on=paid_on,
            items=fitted,
        )

    def _paid_on(self) -> datetime | None:
        """The day of payment, else that of the message."""
        for qualifier in ("138", "209", "137"):
            found = next((one for one in self.head if one.name == "DTM" and one.value(1) == qualifier), None)
            moment = self.elements.moment(found, needed=True) if found else None
            if moment is not None:
                return self.profile.begin_of(moment.day)
        return None

    def _total(self) -> tuple[Segment, Decimal] | None:
        """MOA+12 of the summary."""
        found = next((one for one in self.tail if one.name == "MOA" and one.value(1) == REMITTED), None)
        if found is None:
            self.elements.fault(self.start, "it has no total of what is remitted (MOA+12 behind UNS)")
            return None
        amount = self.elements.number(found, 1, 2, needed=True)
        return None if amount is None else (found, amount)

    def _item(self, loop: Sequence[Segment]) -> Paid | None:
        head, elements = loop[0], self.elements
        number = elements.text(head, 2, 1, 35, needed=True)
        at = next((place for place, one in enumerate(loop) if one.name == "AJT"), len(loop))
        amounts = {one.value(1): one for one in loop[:at] if one.name == "MOA"}
        if REMITTED not in amounts:
            self.elements.fault(head, "it does not say what is remitted for it (MOA+12)")
            return None
        paid, billed, discount = (self._amount(amounts.get(word)) for word in (REMITTED, DUE, DISCOUNT))
        adjustments = self._adjustments(loop[at:])
        order = next((one.value(1, 2) for one in loop if one.name == "RFF" and one.value(1) == "ON"), "")
        if paid is None:
            return None
        return Paid(
            what=KINDS.get(head.value(1), "other"), number=number, paid=paid, billed=billed,
            discount=discount or Decimal(0), order=order, adjustments=adjustments,
        )  # fmt: skip

    def _amount(self, segment: Segment | None) -> Decimal | None:
        return None if segment is None else self.elements.number(segment, 1, 2, needed=True)

    def _adjustments(self, segments: Sequence[Segment]) -> tuple[Adjustment, ...]:
        """Each AJT with its amount: kept back, however it is signed."""
        _, found = loops(segments, "AJT")
        made = list[Adjustment]()
        for loop in found:
            told = next((one for one in loop if one.name == "MOA" and one.value(1) == ADJUSTED), None)
            amount = self._amount(told)
            if amount is None:
                self.elements.fault(loop[0], "it does not say by how much (MOA+165)")
                continue
            reference = next((one.value(1, 2) for one in loop if one.name == "RFF"), "")
            text = next((one.value(4) for one in loop if one.name == "FTX"), "")
            made.append(Adjustment(amount=-abs(amount), code=loop[0].value(1), reference=reference, text=text))
        return tuple(made)

    def _wrong_total(self, segment: Segment, reason: str) -> None:
        fault = Fault(
            level="element", code="12", reason=reason, segment=segment.name, position=segment.position, element=1,
            component=2, value=shown(segment.value(1, 2)), offset=segment.offset,
        )  # fmt: skip
        self.elements.faults.append(fault)


def _name(found: Mapping[str, Party], roles: Sequence[str]) -> str:
    party = next((found[role] for role in roles if role in found), None)
    return (party.name or party.party_id) if party else ""
