"""Purchase orders and what answers them, for tests: one that is whole, to be changed where a test needs it."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from schemas.invoice import Invoice, InvoiceLine, Tax
from schemas.purchase_order import (
    Acknowledgement,
    Cost,
    CountedIn,
    Identifier,
    LineAcknowledgement,
    LineAnswer,
    Party,
    PoLineNumber,
    PurchaseOrder,
    PurchaseOrderLine,
    PurchaseOrderNumber,
    Window,
)
from schemas.ship_notice import Carton, PackedItem, Pallet, ShipNotice, Weight
from schemas.sscc import check_digit
from schemas.terms import ChannelAccount, Marketplace
from simulators.amazon import UK

ACCOUNT, MARKETPLACE = ChannelAccount("vendor-uk"), Marketplace(UK)
NUMBER, FIRST, SECOND = PurchaseOrderNumber("4Z32PABC"), PoLineNumber("1"), PoLineNumber("2")
NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
VENDOR = Party(party_id="ACME1")
CENTRE = Party(party_id="LTN1")
PAYER = Party(
    party_id="AMZUK", name="Amazon EU SARL", lines=("1 Principal Place",), city="London", postcode="EC2A 2FA",
    country="GB", tax_number="GB727255821",
)  # fmt: skip
WORKS = Party(
    party_id="ACMEWH", name="Acme Pots", lines=("2 Mill Lane",), city="Leeds", postcode="LS1 1AA", country="GB"
)
COST = Cost(Decimal("10.20"), "GBP")


def names(asin: str = "B00POT0001", sku: str = "POT") -> tuple[Identifier, ...]:
    return (
        Identifier("asin", asin, "amazonProductIdentifier"),
        Identifier("vendor_sku", sku, "vendorProductIdentifier"),
    )


POT, PAN = names(), names("B00PAN0001", "PAN")


def each(amount: int) -> CountedIn:
    return CountedIn(amount, "each", 1)


def cases(amount: int, size: int = 6) -> CountedIn:
    return CountedIn(amount, "case", size)


def order_line(number: PoLineNumber = FIRST, ordered: CountedIn | None = None, **more: object) -> PurchaseOrderLine:
    said: dict[str, object] = {"identifiers": POT, "net_cost": COST, "backorder_allowed": True}
    return PurchaseOrderLine(number=number, ordered=ordered or each(10), **(said | more))  # type: ignore[arg-type]


def order(*lines: PurchaseOrderLine, **more: object) -> PurchaseOrder:
    said: dict[str, object] = {
        "channel_account": ACCOUNT, "number": NUMBER, "marketplace": MARKETPLACE, "transport": "sp_api",
        "state": "new", "state_word": "New", "ordered_at": NINE, "vendor": VENDOR, "ship_to": CENTRE,
        "bill_to": PAYER, "delivery_window": Window(NINE + timedelta(days=4), NINE + timedelta(days=9)),
    }  # fmt: skip
    return PurchaseOrder(lines=lines or (order_line(),), **(said | more))  # type: ignore[arg-type]


def accepted(amount: int) -> LineAnswer:
    return LineAnswer(code="accepted", quantity=each(amount), deliver_at=NINE + timedelta(days=5))


def backordered(amount: int) -> LineAnswer:
    return LineAnswer(code="backordered", quantity=each(amount), deliver_at=NINE + timedelta(days=8))


def rejected(amount: int) -> LineAnswer:
    return LineAnswer(code="rejected", quantity=each(amount), reason="temporarily_unavailable")


def answer_line(*parts: LineAnswer, number: PoLineNumber = FIRST, **more: object) -> LineAcknowledgement:
    told = parts or (accepted(10),)
    said: dict[str, object] = {
        "identifiers": POT, "ordered": each(sum(part.quantity.amount for part in told)), "net_cost": COST
    }  # fmt: skip
    return LineAcknowledgement(number=number, answers=told, **(said | more))  # type: ignore[arg-type]


def answer(*lines: LineAcknowledgement, number: PurchaseOrderNumber = NUMBER, at: datetime = NINE) -> Acknowledgement:
    told = lines or (answer_line(),)
    return Acknowledgement(number=number, vendor=VENDOR, ordered_at=NINE, acknowledged_at=at, lines=told)


def sscc(serial: int) -> str:
    digits = f"350123450{serial:08d}"
    return digits + check_digit(digits)


def packed(
    amount: int = 10, line: PoLineNumber = FIRST, of: PurchaseOrderNumber = NUMBER, **more: object
) -> PackedItem:
    said: dict[str, object] = {"identifiers": POT, "quantity": each(amount)}
    return PackedItem(purchase_order=of, line=line, **(said | more))  # type: ignore[arg-type]


def notice(*cartons: Carton, **more: object) -> ShipNotice:
    """A pallet with one carton, despatched half an hour ago, by a haulier whom the vendor pays."""
    held = cartons or (Carton(number=1, sscc=sscc(1), items=(packed(),)),)
    said: dict[str, object] = {
        "shipment": "SHIP-0001", "kind": "original", "mode": "less_than_truckload", "structure": "assorted_pallets",
        "noticed_at": NINE, "shipped_at": NINE - timedelta(minutes=20), "deliver_at": NINE + timedelta(days=5),
        "vendor": VENDOR, "ship_from": WORKS, "ship_to": CENTRE, "bill_of_lading": "ACME100000001",
        "gross_weight": Weight(Decimal("120.5"), "kg"),
        "pallets": (Pallet(sscc=sscc(100), cartons=tuple(carton.number for carton in held), tiers=1, blocks=1),),
    }  # fmt: skip
    return ShipNotice(cartons=held, **(said | more))  # type: ignore[arg-type]


def invoice_line(amount: int = 10, sequence: int = 1, **more: object) -> InvoiceLine:
    net = COST.amount * amount
    said: dict[str, object] = {
        "line": FIRST, "purchase_order": NUMBER, "identifiers": POT, "quantity": each(amount), "net_cost": COST,
        "taxes": (Tax(kind="VAT", rate=Decimal(20), taxable=net, amount=net / 5),),
    }  # fmt: skip
    return InvoiceLine(sequence=sequence, **(said | more))  # type: ignore[arg-type]


def invoice(*lines: InvoiceLine, **more: object) -> Invoice:
    """Of everything on its lines, with 20 % VAT."""
    told = lines or (invoice_line(),)
    net = sum((line.net_cost.amount * line.quantity.amount for line in told), Decimal(0))
    said: dict[str, object] = {
        "kind": "invoice", "number": "INV-0001", "issued_at": NINE, "vendor": VENDOR, "remit_to": WORKS,
        "bill_to": PAYER, "ship_to": CENTRE, "currency": "GBP", "total": net + net / 5,
        "taxes": (Tax(kind="VAT", rate=Decimal(20), taxable=net, amount=net / 5),),
    }  # fmt: skip
    return Invoice(lines=told, **(said | more))  # type: ignore[arg-type]


def a_day(days: int = 0) -> date:
    return (NINE + timedelta(days=days)).date()
