"""A vendor at the simulated Amazon: its purchase orders, what it sends, and what it would be charged for.

What is wrong in form is refused at once (400). What is wrong in substance is taken (202), never takes effect, and is
told late, sometimes without a reason, sometimes never: so it is at the real one.
"""

import heapq
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import msgspec

from schemas.amazon_vendor_acknowledgements import OrderAcknowledgement, read_acknowledgements, to_amazon
from schemas.amazon_vendor_invoices import WireInvoice, read_invoices
from schemas.amazon_vendor_shipments import ShipmentConfirmation, read_notices
from schemas.purchase_order import Acknowledgement, PoLineNumber, PurchaseOrder, PurchaseOrderNumber
from simulators.amazon import vendor_acknowledging as acknowledging
from simulators.amazon import vendor_forms as forms
from simulators.amazon import vendor_invoicing as invoicing
from simulators.amazon import vendor_notices as noticing
from simulators.amazon.reply import Reply, refusal
from simulators.amazon.vendor_books import Change, SimulatedOrder, opened
from simulators.amazon.vendor_chargebacks import Chargeback, ChargebackKind
from simulators.amazon.vendor_deliveries import Arrived as Arrived
from simulators.amazon.vendor_deliveries import Delivery as Delivery
from simulators.amazon.vendor_transactions import Document, Fault, Kind, Transactions


@dataclass(slots=True)
class Vendor:
    transactions: Transactions = field(default_factory=Transactions)
    orders: dict[PurchaseOrderNumber, SimulatedOrder] = field(
        default_factory=dict[PurchaseOrderNumber, SimulatedOrder]
    )
    notices: noticing.Notices = field(default_factory=noticing.Notices)
    invoices: dict[str, WireInvoice] = field(default_factory=dict[str, WireInvoice])
    invoiced: Counter[noticing.Key] = field(default_factory=Counter[noticing.Key])
    documents: list[Document] = field(default_factory=list[Document])
    chargebacks: list[Chargeback] = field(default_factory=list[Chargeback])
    _due: list[tuple[datetime, PurchaseOrderNumber]] = field(
        default_factory=list[tuple[datetime, PurchaseOrderNumber]]
    )

    def add_order(self, order: PurchaseOrder) -> SimulatedOrder:
        """Placed at its `ordered_at`."""
        placed = self.orders[order.number] = opened(order)
        self._watch(placed)
        return placed

    def change_order(self, number: str, change: Change, now: datetime) -> None:
        """Raises KeyError for an order or a line that is not there."""
        self.settle(now)
        order = self.orders[PurchaseOrderNumber(number)]
        order.change(change, now)
        self._watch(order)

    def close_order(self, number: str, now: datetime) -> None:
        order = self.orders[PurchaseOrderNumber(number)]
        order.become("closed", now)
        order.show(now, timedelta(0))

    def _watch(self, order: SimulatedOrder) -> None:
        """Look at it again when an answer, or the goods, should have come."""
        for book in order.books.values():
            heapq.heappush(self._due, (book.opened_at + acknowledging.ANSWER_WITHIN, order.number))
        if order.due_end is not None:
            heapq.heappush(self._due, (order.due_end + self._grace, order.number))

    @property
    def _grace(self) -> timedelta:
        return timedelta(seconds=self.transactions.plan.grace)

    def settle(self, now: datetime) -> None:
        """Charge for what should have happened by now."""
        while self._due and self._due[0][0] < now:
            _, number = heapq.heappop(self._due)
            self._charge_late(self.orders[number], now)
            self._charge_at_the_end(self.orders[number], now)

    def _charge_late(self, order: SimulatedOrder, now: datetime) -> None:
        late = {book.opened_at for _, book in order.owed() if book.opened_at + acknowledging.ANSWER_WITHIN < now}
        for since in sorted(late - order.late_for) if order.order.state != "closed" else ():
            order.late_for.add(since)
            self._charge("late_acknowledgement", since + acknowledging.ANSWER_WITHIN, order.number)

    def _charge_at_the_end(self, order: SimulatedOrder, now: datetime) -> None:
        """Of the window: what was promised, and what was invoiced, should have come."""
        end = order.due_end
        if order.unsupplied or end is None or end + self._grace >= now:
            return
        order.unsupplied = True
        for number, book in order.books.items():
            if (short := book.promised - book.received) > 0:
                text = f"{book.promised} promised, {book.received} received"
                self._charge("acknowledged_not_supplied", end + self._grace, order.number, number, short, text)
            if (more := self.invoiced[order.number, number] - book.received) > 0:
                text = f"{more} invoiced and not received"
                self._charge("invoice_mismatch", end + self._grace, order.number, number, more, text)

    def _charge(
        self, kind: ChargebackKind, at: datetime, subject: str, line: str = "", quantity: int = 0, text: str = ""
    ) -> None:
        self.chargebacks.append(
            Chargeback(kind=kind, at=at, subject=subject, line=line, quantity=quantity, text=text)
        )

    def acknowledge(self, body: bytes, now: datetime) -> Reply:
        """`submitAcknowledgement`."""
        self.settle(now)
        try:
            said = read_acknowledgements(body)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            return refusal(400, "InvalidInput", f"The request cannot be parsed: {error}")
        if odd := forms.of_acknowledgements(said):
            return refusal(400, "InvalidInput", odd)
        return self._submitted("acknowledgement", (self._answer(one, now) for one in said), body, now)

    def acknowledge_by_hand(self, answer: Acknowledgement, now: datetime) -> tuple[Fault, ...]:
        """By somebody in the portal; nothing of it is a transaction."""
        self.settle(now)
        said = to_amazon(answer)
        subject, judged = self._judged_answer(said, now)
        if not judged.faults:
            self._take_answer(subject, judged, now, "portal")
        document = Document(
            kind="acknowledgement", subject=subject, at=now, transaction="", by="portal",
            faults=tuple(judged.faults), body=msgspec.to_builtins(said),
        )  # fmt: skip
        self.documents.append(document)
        return document.faults

    def hear(
        self, kind: Kind, said: OrderAcknowledgement | ShipmentConfirmation | WireInvoice, file: str, now: datetime
    ) -> tuple[Fault, ...]:
        """A document that came in a file: judged as any other is; who sent it hears of it by another file."""
        self.settle(now)
        if isinstance(said, OrderAcknowledgement):
            one = self._answer(said, now, "edi")
        else:
            one = self._notice(said, now) if isinstance(said, ShipmentConfirmation) else self._invoice(said, now)
        one.take()
        document = Document(
            kind=kind, subject=one.subject, at=now, transaction=file, by="edi", faults=tuple(one.faults),
            passed_over=one.passed_over, body=msgspec.to_builtins(said),
        )  # fmt: skip
        self.documents.append(document)
        return document.faults

    def _answer(self, said: OrderAcknowledgement, now: datetime, by: str = "api") -> "_Submission":
        subject, judged = self._judged_answer(said, now)

        def take() -> None:
            for line in judged.other_units:
                self._charge("unit_mismatch", now, subject, line, text="acknowledgement")
            if not judged.faults:
                self._take_answer(subject, judged, now, by)

        return _Submission(subject, judged.faults, take, tuple(judged.passed_over))

    def _judged_answer(self, said: OrderAcknowledgement, now: datetime) -> tuple[str, acknowledging.Judged]:
        order = self.orders.get(PurchaseOrderNumber(said.purchase_order_number))
        return said.purchase_order_number, acknowledging.judge(order, said, now)

    def _take_answer(self, number: str, judged: acknowledging.Judged, now: datetime, by: str) -> None:
        order = self.orders[PurchaseOrderNumber(number)]
        acknowledging.take(order, judged, now)
        if judged.told:
            order.acknowledged_by = order.acknowledged_by or by
            order.become("acknowledged", now)
            order.show(now, self.transactions.status_lag())

    def confirm_shipments(self, body: bytes, now: datetime) -> Reply:
        """`SubmitShipmentConfirmations`."""
        self.settle(now)
        try:
            said = read_notices(body)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            return refusal(400, "InvalidInput", f"The request cannot be parsed: {error}")
        if odd := forms.of_notices(said):
            return refusal(400, "InvalidInput", odd)
        return self._submitted("notice", (self._notice(one, now) for one in said), body, now)

    def _notice(self, said: ShipmentConfirmation, now: datetime) -> "_Submission":
        judged = noticing.Desk(self.transactions.plan, self.orders, self.notices, now).judge(said)

        def take() -> None:
            for number, line in judged.other_units:
                self._charge("unit_mismatch", now, number, line, text=f"notice {said.shipment_identifier}")
            if not judged.faults:
                self.notices.put(said, judged.contents, now)

        return _Submission(said.shipment_identifier, judged.faults, take)

    def submit_invoices(self, body: bytes, now: datetime) -> Reply:
        """`submitInvoices`."""
        self.settle(now)
        try:
            said = read_invoices(body)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            return refusal(400, "InvalidInput", f"The request cannot be parsed: {error}")
        if odd := forms.of_invoices(said):
            return refusal(400, "InvalidInput", odd)
        return self._submitted("invoice", (self._invoice(one, now) for one in said), body, now)

    def _invoice(self, said: WireInvoice, now: datetime) -> "_Submission":
        system = invoicing.PayeeSystem(
            self.transactions.plan, self.orders, self.notices, self.invoices, self.invoiced, now
        )
        judged = system.judge(said)

        def take() -> None:
            for number, line in judged.other_units:
                self._charge("unit_mismatch", now, number, line, text=f"invoice {said.id}")
            for number, line in judged.other_costs:
                self._charge("cost_mismatch", now, number, line, text=f"invoice {said.id}")
            if not judged.faults:
                self.invoices[said.id] = said
                self.invoiced.update(judged.contents)

        return _Submission(said.id, judged.faults, take)

    def _submitted(self, kind: Kind, given: Iterator["_Submission"], body: bytes, now: datetime) -> Reply:
        """Taken with a transaction, which is all that is said of it; each is judged once those before it are in."""
        name, lost, faults = self.transactions.name(now), self.transactions.loses(), list[Fault]()
        for one in given:
            one.faults.extend(() if lost else self.transactions.fails())
            if not lost:
                one.take()
            faults += one.faults
            self.documents.append(
                Document(
                    kind=kind, subject=one.subject, at=now, transaction=name, faults=tuple(one.faults), lost=lost,
                    passed_over=one.passed_over, body=msgspec.json.decode(body),
                )
            )  # fmt: skip
        self.transactions.begin(name, kind, tuple(faults), now, lost=lost)
        return Reply(202, {"payload": {"transactionId": name}}, "accepted")

    def deliver(self, delivery: Delivery, now: datetime) -> None:
        """Goods arrive and are counted. Raises KeyError for an order or a line that is not there."""
        self.settle(now)
        came = Counter[noticing.Key]()
        for one in delivery.contents:
            order = self.orders[PurchaseOrderNumber(one.purchase_order)]
            line = order.line(PoLineNumber(one.line))
            assert line is not None, f"{one.purchase_order} has no line {one.line}"
            book = order.books[line.number]
            book.received, book.received_at = book.received + one.amount, now
            came[order.number, line.number] += one.amount
            self._close_if_done(order, now)
        self._check_notice(delivery, came, now)

    def _close_if_done(self, order: SimulatedOrder, now: datetime) -> None:
        order.updated_at = now
        books = order.books.values()
        if not any(order.owed()) and all(book.received >= book.promised for book in books):
            order.become("closed", now)
            order.show(now, timedelta(0))

    def _check_notice(self, delivery: Delivery, came: Counter[noticing.Key], now: datetime) -> None:
        notice = self.notices.by_shipment.get(delivery.shipment)
        if notice is None:
            self._charge("missing_notice", now, delivery.shipment)
            return
        notice.arrived = True
        if notice.first_at > delivery.notice_due:
            self._charge("late_notice", notice.first_at, delivery.shipment, text=f"due {delivery.notice_due}")
        told = Counter(notice.contents)
        if told != came:
            wrong = sum((told - came).values()) + sum((came - told).values())
            self._charge("wrong_notice", now, delivery.shipment, quantity=wrong)


@dataclass(frozen=True, slots=True)
class _Submission:
    """A document that was judged, and what taking it does."""

    subject: str
    faults: list[Fault]
    take: Callable[[], None]
    passed_over: tuple[str, ...] = ()
