"""Amazon's vendor side over EDI, in two folders: what it wants, what it says of what it gets, what it would charge.

Its books are those of the simulated SP-API (`simulators/amazon/vendor.py`): a document is judged, counted and charged
the same, by whichever transport it came.
"""

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import msgspec

from schemas.amazon_vendor_acknowledgements import OrderAcknowledgement
from schemas.amazon_vendor_shipments import ShipmentConfirmation
from schemas.purchase_order import PurchaseOrder, PurchaseOrderNumber
from simulators.amazon.vendor import Vendor
from simulators.amazon.vendor_books import Change, SimulatedOrder
from simulators.amazon.vendor_transactions import Kind
from simulators.edi_partner import edifact_read, edifact_write, x12_read, x12_write
from simulators.edi_partner.envelopes import Sent, Unreadable, number_of, opened
from simulators.edi_partner.findings import Finding
from simulators.edi_partner.post import Numbers, Post
from simulators.edi_partner.terms import EdiPlan, Parties
from simulators.edi_partner.words import Said, Stock

ACKNOWLEDGEMENTS = frozenset(("997", "CONTRL"))
KINDS: dict[str, Kind] = {
    "855": "acknowledgement", "865": "acknowledgement", "ORDRSP": "acknowledgement", "856": "notice",
    "DESADV": "notice", "810": "invoice", "INVOIC": "invoice",
}  # fmt: skip


class Heard(msgspec.Struct, frozen=True, kw_only=True):
    """A document as it was read. Without `form` and `reasons` it took effect."""

    at: datetime
    code: str
    subject: str
    interchange: str
    said: Said | Stock | None
    """None where the interchange could not be opened."""
    form: tuple[Finding, ...] = ()
    """Wrong in form: refused by 997 or CONTRL, and nothing of it counts."""
    reasons: tuple[tuple[str, str], ...] = ()
    """Wrong in substance: refused by 824 or APERAK."""

    @property
    def took_effect(self) -> bool:
        return not self.form and not self.reasons


@dataclass(slots=True)
class EdiPartner:
    """`inbox`: where the vendor's files come; `outbox`: where it fetches ours. One turn does all that is due."""

    parties: Parties
    vendor: Vendor
    inbox: Path
    outbox: Path
    plan: EdiPlan = field(default_factory=EdiPlan)
    seed: int = 0
    numbers_from: int = 0
    """Its first control number is the next one."""
    heard: list[Heard] = field(default_factory=list[Heard])
    stock: dict[str, int] = field(default_factory=dict[str, int])
    """What the vendor says that it has, in eaches, by the item's first name."""
    read_by_vendor: set[int] = field(default_factory=set[int])
    """Interchanges of ours that the vendor said to have read."""
    refused_by_vendor: set[int] = field(default_factory=set[int])
    post: Post = field(init=False, repr=False)
    _chance: random.Random = field(init=False, repr=False)
    _seen: dict[int, bytes] = field(default_factory=dict[int, bytes])
    _numbers: Counter[tuple[str, str]] = field(default_factory=Counter[tuple[str, str]])
    _changes: Counter[str] = field(default_factory=Counter[str])

    def __post_init__(self) -> None:
        self._chance = random.Random(self.seed)
        self.post = Post(self.outbox, self.plan, random.Random(self.seed + 1), self.numbers_from)

    def behave(self, plan: EdiPlan) -> None:
        """From now on."""
        self.plan = self.post.plan = plan

    # What it wants.

    def place(self, order: PurchaseOrder, now: datetime) -> SimulatedOrder:
        placed = self.vendor.add_order(order)
        self._send_order(order, now, again=False)
        return placed

    def change(self, number: str, change: Change, now: datetime) -> None:
        """Raises KeyError for an order or a line that is not there."""
        before = self.vendor.orders[PurchaseOrderNumber(number)].order
        self.vendor.change_order(number, change, now)
        after = self.vendor.orders[PurchaseOrderNumber(number)].order
        if self.plan.changes_as == "order":
            self._send_order(after, now, again=True)
        else:
            self._send_change(after, before, now)

    def _send_order(self, order: PurchaseOrder, now: datetime, *, again: bool) -> None:
        def make(numbers: Numbers) -> bytes:
            if self.parties.standard == "x12":
                rows = x12_write.order(order, self.parties, again=again)
                return x12_write.enveloped(self.parties, "850", rows, numbers, now)
            told = edifact_write.order(order, self.parties, again=again)
            return edifact_write.enveloped(self.parties, "ORDERS", told, numbers, now)

        self.post.send("850" if self.parties.standard == "x12" else "ORDERS", make, now)

    def _send_change(self, after: PurchaseOrder, before: PurchaseOrder, now: datetime) -> None:
        self._changes[after.number] += 1
        sequence = self._changes[after.number]
        window = after.delivery_window if after.delivery_window != before.delivery_window else None

        def make(numbers: Numbers) -> bytes:
            if self.parties.standard == "x12":
                rows = x12_write.change(after, before, sequence, window, now)
                return x12_write.enveloped(self.parties, "860", rows, numbers, now)
            told = edifact_write.change(after, before, sequence, window, now, self.parties)
            return edifact_write.enveloped(self.parties, "ORDCHG", told, numbers, now)

        self.post.send("860" if self.parties.standard == "x12" else "ORDCHG", make, now)

    # What it gets.

    def turn(self, now: datetime) -> int:
        """Read what has come, answer it, and lay down what is due; returns how many files were read."""
        self.vendor.settle(now)
        came = [(file, file.read_bytes()) for file in self.inbox.iterdir() if not file.name.startswith(".")]
        for file, content in sorted(came, key=lambda one: number_of(one[1])):
            self._read(content, now)
            file.unlink()
        self.post.deliver(now)
        return len(came)

    def _read(self, content: bytes, now: datetime) -> None:
        number = number_of(content)
        if number in self._seen:
            if self._seen[number] != content:
                self._numbers["interchange", str(number)] += 1
            return
        self._seen[number] = content
        try:
            documents = opened(content, self.parties)
        except Unreadable as why:
            self._unreadable(content, why, now)
            return
        for sent in documents:
            for kind, name in (("message", sent.number), ("group", sent.group)):
                self._numbers[kind, name] += 1 if name else 0
            if sent.code in ACKNOWLEDGEMENTS:
                self._acknowledged(sent)
            else:
                self._document(sent, now)

    def _unreadable(self, content: bytes, why: Unreadable, now: datetime) -> None:
        finding = Finding(kind="envelope", text=str(why))
        self.heard.append(Heard(at=now, code="", subject="", interchange=why.interchange, said=None, form=(finding,)))
        if self.parties.standard == "x12":
            gs = next((part.split(b"*") for part in content.split(b"~") if part.startswith(b"GS*")), [b""] * 7)
            rows = list(x12_write.unread_group(gs[1].decode("latin-1"), gs[6].decode("latin-1")))
            self._answer("997", rows, now)
        else:
            self._answer("CONTRL", list(edifact_write.unread_interchange(why.interchange, self.parties)), now)

    def _answer(self, code: str, rows: Sequence[object], now: datetime) -> None:
        def make(numbers: Numbers) -> bytes:
            if self.parties.standard == "x12":
                return x12_write.enveloped(self.parties, code, rows, numbers, now)  # type: ignore[arg-type]
            return edifact_write.enveloped(self.parties, code, rows, numbers, now)  # type: ignore[arg-type]

        lag = self.plan.syntax_lag if code in ACKNOWLEDGEMENTS else self.plan.verdict_lag
        self.post.send(code, make, now, lag)

    def _acknowledged(self, sent: Sent) -> None:
        """Their 997 or CONTRL about a file of ours."""
        rows = {row.name: row for row in sent.rows}
        if sent.code == "997":
            number, taken = rows["AK1"].value(2), rows["AK9"].value(1) in ("A", "E")
        else:
            number, taken = rows["UCI"].value(1), rows["UCI"].value(4) == "7"
        if number.isdigit():
            (self.read_by_vendor if taken else self.refused_by_vendor).add(int(number))

    def _document(self, sent: Sent, now: datetime) -> None:
        said, form = self._said(sent)
        reasons: tuple[tuple[str, str], ...] = ()
        subject = subject_of(said)
        if not form and isinstance(said, Stock):
            self.stock = said.items if said.full else self.stock | said.items
        elif not form and not isinstance(said, Stock) and not _is_empty(said):
            found = self.vendor.hear(KINDS[sent.code], said, f"{sent.interchange}/{sent.number}", now)
            reasons = tuple((one.code, one.message) for one in found)
        self.heard.append(
            Heard(at=now, code=sent.code, subject=subject, interchange=sent.interchange, said=said, form=form,
                  reasons=reasons)
        )  # fmt: skip
        self._tell(sent, subject, form, reasons, now)

    def _said(self, sent: Sent) -> tuple[Said | Stock, tuple[Finding, ...]]:
        if self.parties.standard == "x12":
            currencies = {number: self._currency(one) for number, one in self.vendor.orders.items()}
            said, form = x12_read.read(sent, self.parties, currencies)  # type: ignore[arg-type]
        else:
            said, form = edifact_read.read(sent, self.parties)
        return said, tuple(form.found)

    def _currency(self, placed: SimulatedOrder) -> str:
        return next((line.net_cost.currency for line in placed.order.lines if line.net_cost), self.parties.currency)

    def _tell(
        self, sent: Sent, subject: str, form: tuple[Finding, ...], reasons: tuple[tuple[str, str], ...], now: datetime
    ) -> None:
        if self._hits(self.plan.unread):
            return
        if self.parties.standard == "x12":
            short = not form and self._hits(self.plan.short_answers)
            self._answer("997", list(x12_write.read_answer(sent, form, short=short)), now)
        else:
            self._answer("CONTRL", list(edifact_write.read_answer(sent, form, self.parties)), now)
        tells = not self._hits(self.plan.untold) if reasons else self._hits(self.plan.agrees)
        if form or not tells:
            return
        if self.parties.standard == "x12":
            self._answer("824", list(x12_write.verdict(sent, subject, reasons, now)), now)
        else:
            self._answer("APERAK", list(edifact_write.verdict(sent, subject, reasons, now)), now)

    def _hits(self, share: float) -> bool:
        return share > 0 and self._chance.random() < share

    # What is odd about the vendor's numbers.

    def irregular(self) -> list[str]:
        """Numbers of the vendor's that were skipped, or stand for two things."""
        messages = {int(name) for kind, name in self._numbers if kind == "message" and name.isdigit()}
        found = [f"interchange {number} was skipped" for number in _gaps(set(self._seen))]
        found += [f"message {number} was skipped" for number in _gaps(messages)]
        return found + [
            f"{kind} {name} came again" for (kind, name), times in self._numbers.items()
            if name and times > (kind != "interchange")
        ]  # fmt: skip

    def unanswered(self) -> list[int]:
        """Orders and changes that were laid down whole, and that the vendor has not said to have read."""
        asked = ("850", "860", "ORDERS", "ORDCHG")
        laid = {one.interchange for one in self.post.laid if one.kind in asked and not one.spoilt}
        return sorted(laid - self.read_by_vendor)


def _is_empty(said: Said) -> bool:
    """The answer to a change that leaves nothing of an order: there is nothing in it to judge."""
    return isinstance(said, OrderAcknowledgement) and not said.items


def subject_of(said: Said | Stock) -> str:
    if isinstance(said, OrderAcknowledgement):
        return said.purchase_order_number
    if isinstance(said, ShipmentConfirmation):
        return said.shipment_identifier
    return said.number if isinstance(said, Stock) else said.id


def _gaps(numbers: set[int]) -> list[int]:
    return sorted(set(range(min(numbers), max(numbers) + 1)) - numbers) if numbers else []
