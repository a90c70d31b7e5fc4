"""The usual connector: everything is accepted at once, and the notice says what was ordered.

Its rules stand in docs/vendor-week.md. It meets the same faults as the daemon does: the same plan of them, drawn for
each of its own calls.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial

import msgspec

from schemas.amazon_vendor_acknowledgements import write_acknowledgement
from schemas.amazon_vendor_invoices import write_invoice
from schemas.amazon_vendor_shipments import write_notice
from schemas.invoice import Invoice, InvoiceLine, Tax
from schemas.purchase_order import (
    Acknowledgement,
    Cost,
    CountedIn,
    LineAcknowledgement,
    LineAnswer,
    Party,
    PoLineNumber,
    PurchaseOrder,
    PurchaseOrderNumber,
)
from schemas.ship_notice import Carton, PackedItem, Pallet, ShipNotice, Weight
from schemas.terms import ChannelAccount
from simulators.amazon import Fault, FaultPlan
from simulators.amazon.reply import Reply
from simulators.amazon.vendor import Vendor
from simulators.amazon.vendor_books import SimulatedOrder
from simulators.warehouse import WireMessage
from tests.bench.vendor_week.loads import Box, Load
from tests.bench.vendor_week.orders import ACCOUNTS, PAYER, Account, PlannedLine, PlannedOrder
from tests.bench.vendor_week.trace import Week
from tests.bench.vendor_week.world import World

POLL, RETRY, STAFF = timedelta(minutes=15), timedelta(minutes=15), 9
"""Between two looks for new and changed orders; until a failed call is tried again; the hour of 24 at which somebody
looks through what was refused the day before."""
MOST_TRIES = 4
"""After so many the staff give a document up."""
WORKS = Party(
    party_id="ACMEWH", name="Acme Pots", lines=("2 Mill Lane",), city="Leeds", postcode="LS1 1AA", country="GB",
    tax_number="GB123456789",
)  # fmt: skip
UNHEARD = ("throttle", "error_before", "reset", "denied")
Submit = Callable[[Vendor, datetime], Reply]


@dataclass(slots=True)
class Letter:
    """A document until it is taken; `written` anew for each try."""

    account: Account
    operation: str
    subject: str
    written: Callable[[], bytes]
    tries: int = 0


@dataclass
class Baseline:
    """The arm of the usual connector. Its time is by hand."""

    week: Week
    vendors: Mapping[ChannelAccount, Vendor]
    faults: FaultPlan
    world: World = field(init=False)
    at: datetime = field(init=False)
    heard: dict[PurchaseOrderNumber, datetime] = field(default_factory=dict[PurchaseOrderNumber, datetime])
    answered: dict[PurchaseOrderNumber, PurchaseOrder] = field(
        default_factory=dict[PurchaseOrderNumber, PurchaseOrder]
    )
    invoices: int = 0

    def __post_init__(self) -> None:
        self.at = self.week.beginning

    # The world's time and stock.

    def now(self) -> datetime:
        return self.at

    async def wait(self, until: datetime) -> None:
        self.at = max(self.at, until)

    async def may_sell(self, sku: str, units: int) -> bool:
        """Other channels show what the warehouse says is available; nobody holds anything for orders to come."""
        return self.world.warehouse.available(sku) >= units

    async def stock_moved(self, message: WireMessage) -> None:
        del message

    async def order_stands(self, message: WireMessage) -> None:
        del message

    def names(self, line: PlannedLine, order: PlannedOrder) -> bool:
        mapped = order.mapped.get(line.line.number)
        return line.known or (mapped is not None and self.week.when(mapped) <= self.at)

    # Orders.

    def begin(self) -> None:
        end = self.week.when(self.week.calendar.end)
        when = self.week.beginning
        while when < end:
            self.world.at(when, self._poll)
            when += POLL

    async def _poll(self) -> None:
        """New orders and changed ones: each is answered at once, all of it accepted."""
        for account in ACCOUNTS:
            if self._strikes("getPurchaseOrders", account, "") is None:
                for order in self.vendors[account.name].orders.values():
                    self._hear(account, order)

    def _hear(self, account: Account, order: SimulatedOrder) -> None:
        version = order.order.changed_at or order.order.ordered_at
        if self.heard.get(order.number) == version or order.order.state == "closed":
            return
        self.heard[order.number] = version
        self.answered[order.number] = order.order
        if any(line.ordered.amount for line in order.order.lines):
            self._send(Letter(account, "submitAcknowledgement", order.number, lambda: self._answer(order.number)))

    def _answer(self, number: PurchaseOrderNumber) -> bytes:
        order = self.answered[number]
        lines = [
            LineAcknowledgement(
                number=line.number, identifiers=line.identifiers, ordered=line.ordered, net_cost=line.net_cost,
                answers=(LineAnswer(code="accepted", quantity=line.ordered),),
            )
            for line in order.lines
            if line.ordered.amount
        ]  # fmt: skip
        return write_acknowledgement(
            Acknowledgement(
                number=order.number, vendor=order.vendor, ship_to=order.ship_to, ordered_at=order.ordered_at,
                acknowledged_at=self.at, lines=tuple(lines),
            )
        )  # fmt: skip

    async def accepted(self, order: PlannedOrder) -> Mapping[PoLineNumber, int]:
        known = self.answered.get(order.order.number)
        return {line.number: line.ordered.amount for line in known.lines} if known else {}

    # Documents.

    async def packed(self, load: Load) -> None:
        del load

    async def departed(self, load: Load) -> None:
        """The notice at despatch, the invoice an hour later."""
        for shipment, boxes in _shipments(load).items():
            letter = Letter(
                load.account, "SubmitShipmentConfirmations", shipment,
                partial(self._notice, load, shipment, boxes),
            )  # fmt: skip
            self._send(letter)
        for boxes in _despatches(load):
            self._later(timedelta(hours=1), self._invoicing(load, boxes))

    def shipment_of(self, load: Load, box: Box) -> str:
        return _shipment(load, box)

    def _notice(self, load: Load, shipment: str, boxes: list[Box]) -> bytes:
        """By the pick list, whatever was there."""
        pallets = {} if load.is_parcels else load.pallets()
        numbers = {box.sscc: place for place, box in enumerate(boxes, 1)}
        cartons = [
            Carton(number=numbers[box.sscc], sscc=box.sscc, tracking_number=f"TRK{box.sscc}", items=(_item(box),))
            for box in boxes
        ]
        names = dict.fromkeys(pallets[box.sscc] for box in boxes if pallets)
        stands = [
            Pallet(sscc=name, cartons=tuple(numbers[box.sscc] for box in boxes if pallets[box.sscc] == name))
            for name in names
        ]
        order = boxes[0].order.order
        notice = ShipNotice(
            shipment=shipment, kind="original", mode=load.mode,
            structure="assorted_pallets" if stands else "assorted_cartons", noticed_at=self.at,
            shipped_at=load.departure, deliver_at=load.arrival, appointment_at=load.appointment, vendor=order.vendor,
            ship_from=WORKS, ship_to=order.ship_to or WORKS, carrier_scac="ACMH", carrier_name="Acme Haulage",
            pro_number=f"PRO{load.bill}", bill_of_lading="" if load.is_parcels else load.wrong_bill or load.bill,
            retailer_reference="" if load.account.region == "EU" else f"ARN{load.bill}",
            gross_weight=Weight(Decimal(10 * len(boxes)), "kg"), cartons=tuple(cartons), pallets=tuple(stands),
        )  # fmt: skip
        return write_notice(notice)

    def _invoicing(self, load: Load, boxes: list[Box]) -> Callable[[], Awaitable[None]]:
        async def send() -> None:
            self.invoices += 1
            number = f"ERP{self.invoices:06d}"
            self._send(
                Letter(load.account, "submitInvoices", number, lambda: self._invoice(number, load.account, boxes))
            )

        return send

    def _invoice(self, number: str, account: Account, boxes: list[Box]) -> bytes:
        """Out of our own system: what was despatched by the pick list, at the cost of our own price list."""
        order = boxes[0].order.order
        lines = [_invoice_line(order.number, line, amount, account) for line, amount in _by_line(boxes)]
        net = sum((line.net_cost.amount * line.quantity.amount for line in lines), Decimal(0))
        taxes = tuple(tax for line in lines for tax in line.taxes)
        invoice = Invoice(
            kind="invoice", number=number, issued_at=self.at, shipped_on=self.at.date(),
            vendor=Party(party_id=account.party), remit_to=WORKS, bill_to=PAYER, ship_to=order.ship_to,
            currency=account.currency,
            total=net + sum((tax.amount for tax in taxes), Decimal(0)), lines=tuple(lines), taxes=taxes,
        )  # fmt: skip
        return write_invoice(invoice)

    # Sending.

    def _send(self, letter: Letter) -> None:
        """Again after a quarter of an hour if it failed or nobody answered; refused ones wait for the staff."""
        letter.tries += 1
        body = letter.written()
        struck = self._strikes(letter.operation, letter.account, letter.subject)
        if struck is None or struck.kind in ("slow", "repeated"):
            self._submit(letter, body)
            return
        if struck.kind == "late_effect":
            self._later(timedelta(seconds=struck.seconds), self._arriving_late(letter, body))
        elif struck.kind not in UNHEARD:
            self._submit(letter, body)
        self._later(RETRY, self._again(letter))

    def _submit(self, letter: Letter, body: bytes) -> None:
        vendor = self.vendors[letter.account.name]
        reply = _call(vendor, letter.operation, body, self.at)
        assert reply.status == 202, reply.body
        codes = {fault.code for fault in vendor.documents[-1].faults}
        is_told = letter.operation != "submitInvoices" and not codes & {"DUPLICATE_SHIPMENT"}
        if codes and is_told and letter.tries < MOST_TRIES:
            self.world.at(self._next_morning(), self._looked_through(letter))

    def _arriving_late(self, letter: Letter, body: bytes) -> Callable[[], Awaitable[None]]:
        async def arrive() -> None:
            _call(self.vendors[letter.account.name], letter.operation, body, self.at)

        return arrive

    def _again(self, letter: Letter) -> Callable[[], Awaitable[None]]:
        async def send() -> None:
            self._send(letter)

        return send

    def _looked_through(self, letter: Letter) -> Callable[[], Awaitable[None]]:
        """Somebody sees why it was refused, corrects the papers and sends it again."""

        async def look() -> None:
            load = self.world.loads.get(letter.subject)
            if load is not None:
                load.wrong_bill = ""
            self._send(letter)

        return look

    def _next_morning(self) -> datetime:
        calendar = self.week.calendar
        day = (self.at - self.week.beginning) // calendar.day
        return self.week.when(calendar.at(day + 1, STAFF))

    def _later(self, pause: timedelta, deed: Callable[[], Awaitable[None]]) -> None:
        self.world.at(self.at + pause, deed)

    def _strikes(self, operation: str, account: Account, subject: str) -> Fault | None:
        return self.faults.next(operation, account.party, subject, self.at)


def _call(vendor: Vendor, operation: str, body: bytes, now: datetime) -> Reply:
    match operation:
        case "submitAcknowledgement":
            return vendor.acknowledge(body, now)
        case "SubmitShipmentConfirmations":
            return vendor.confirm_shipments(body, now)
        case _:
            return vendor.submit_invoices(body, now)


def _shipment(load: Load, box: Box) -> str:
    return f"{load.key}/{box.sscc}" if load.is_parcels else load.key


def _shipments(load: Load) -> dict[str, list[Box]]:
    """What the labels were printed for. A box in which nothing is does not get on the lorry, and is told of all the
    same, unless its whole order has nothing to send."""
    found: dict[str, list[Box]] = {}
    for box in load.boxes:
        if box.despatch in load.orders() and (box.packed or not load.is_parcels):
            found.setdefault(_shipment(load, box), []).append(box)
    return found


def _despatches(load: Load) -> list[list[Box]]:
    """All boxes of each despatch of which anything is there."""
    return [[box for box in load.boxes if box.despatch == name] for name in load.orders()]


def _item(box: Box) -> PackedItem:
    line = box.line.line
    quantity = msgspec.structs.replace(line.ordered, amount=box.planned // box.line.unit)
    return PackedItem(
        purchase_order=box.order.order.number, line=line.number, identifiers=line.identifiers, quantity=quantity
    )


def _by_line(boxes: Iterable[Box]) -> list[tuple[PlannedLine, int]]:
    sums: dict[PoLineNumber, int] = {}
    lines: dict[PoLineNumber, PlannedLine] = {}
    for box in boxes:
        number = box.line.line.number
        lines[number] = box.line
        sums[number] = sums.get(number, 0) + box.planned // box.line.unit
    return [(lines[number], amount) for number, amount in sums.items()]


def _invoice_line(order: PurchaseOrderNumber, line: PlannedLine, amount: int, account: Account) -> InvoiceLine:
    cost = Cost(line.product.costs[account.currency] * line.unit, account.currency)
    net = cost.amount * amount
    tax = Tax(kind="VAT", rate=Decimal(20), taxable=net, amount=(net / 5).quantize(Decimal("0.01")))
    quantity = CountedIn(amount, line.line.ordered.unit, line.line.ordered.unit_size)
    return InvoiceLine(
        sequence=int(line.line.number), line=line.line.number, purchase_order=order,
        identifiers=line.line.identifiers, quantity=quantity, net_cost=cost,
        taxes=(tax,) if account.region == "EU" else (),
    )  # fmt: skip
