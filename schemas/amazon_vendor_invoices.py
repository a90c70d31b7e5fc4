"""Vendor invoices v1, `submitInvoices`: an invoice or a credit note in Amazon's words.

A line's number is an integer here, and text in the purchase order. A tax rate is a plain percentage: 20 for 20 %.
"""

from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Final, Literal

import msgspec

from schemas import amazon_vendor as wire
from schemas.amazon_vendor import Money, Quantity, WireParty
from schemas.invoice import Charge, Credited, Invoice, InvoiceKind, InvoiceLine, Tax, Terms
from schemas.purchase_order import Party

KINDS: Final[dict[InvoiceKind, str]] = {"invoice": "Invoice", "credit_note": "CreditNote"}
CHARGES: Final = {
    "freight": "Freight", "packing": "Packing", "duty": "Duty", "handling": "SpecialHandlingService",
    "small_order": "SmallOrder", "insurance": "InsuranceFee", "recycling": "CollectionAndRecyclingService",
}  # fmt: skip
ALLOWANCES: Final = {
    "discount": "Discount", "advertising": "Promotional", "defective": "Defective", "special": "Special",
}  # fmt: skip
TAXES: Final = frozenset({
    "CGST", "SGST", "CESS", "UTGST", "IGST", "MwSt.", "PST", "TVA", "VAT", "GST", "ST", "Consumption",
    "MutuallyDefined", "DomesticVAT",
})  # fmt: skip
CREDITED: Final[dict[Credited, str]] = {
    "invoice": "reference_invoice_number", "return": "returns_reference_number",
    "debit_note": "debit_note_number", "agreement": "coop_reference_number",
}  # fmt: skip


class WireTax(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    tax_type: str
    tax_amount: Money
    tax_rate: Decimal | None = None
    taxable_amount: Money | None = None


class WireCharge(msgspec.Struct, frozen=True, rename="camel"):
    type: str
    charge_amount: Money


class WireAllowance(msgspec.Struct, frozen=True, rename="camel"):
    type: str
    allowance_amount: Money


class WireTerms(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    type: str
    discount_percent: Decimal | None = None
    discount_due_days: int | None = None
    net_due_days: int | None = None


class CreditNoteDetails(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    reference_invoice_number: str | None = None
    debit_note_number: str | None = None
    returns_reference_number: str | None = None
    goods_return_date: datetime | None = None
    coop_reference_number: str | None = None


class WireItem(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True, kw_only=True):
    item_sequence_number: int
    amazon_product_identifier: str | None = None
    vendor_product_identifier: str | None = None
    invoiced_quantity: Quantity
    net_cost: Money
    purchase_order_number: str | None = None
    credit_note_details: CreditNoteDetails | None = None
    tax_details: tuple[WireTax, ...] = ()


class WireInvoice(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True, kw_only=True):
    invoice_type: Literal["Invoice", "CreditNote"]
    id: str
    date: datetime
    remit_to_party: WireParty
    ship_to_party: WireParty | None = None
    bill_to_party: WireParty | None = None
    payment_terms: WireTerms | None = None
    invoice_total: Money
    tax_details: tuple[WireTax, ...] = ()
    charge_details: tuple[WireCharge, ...] = ()
    allowance_details: tuple[WireAllowance, ...] = ()
    items: tuple[WireItem, ...] = ()


class SubmitInvoices(msgspec.Struct, frozen=True):
    invoices: tuple[WireInvoice, ...]


_read = msgspec.json.Decoder(SubmitInvoices)


def write_invoice(invoice: Invoice) -> bytes:
    """The body of one request. Raises ValueError for an invoice that Amazon would refuse."""
    return msgspec.json.encode(SubmitInvoices((to_amazon(invoice),)))


def read_invoices(body: bytes) -> tuple[WireInvoice, ...]:
    """Raises msgspec.DecodeError or UnicodeDecodeError."""
    return _read.decode(body).invoices


def to_amazon(invoice: Invoice) -> WireInvoice:
    """Raises ValueError for an invoice that Amazon would refuse."""
    _check(invoice)
    money = invoice.currency
    return WireInvoice(
        invoice_type="Invoice" if invoice.kind == "invoice" else "CreditNote",
        id=wire.named(invoice.number, "the number of an invoice"),
        date=wire.zoned(invoice.issued_at, "the date of an invoice"),
        remit_to_party=wire.to_party(invoice.remit_to, "postal_or_zip_code"),
        ship_to_party=_party(invoice.ship_to),
        bill_to_party=_party(invoice.bill_to),
        payment_terms=None if invoice.terms is None else _terms(invoice.terms),
        invoice_total=wire.to_money(invoice.total, money, "the total"),
        tax_details=tuple(_tax(tax, money) for tax in invoice.taxes),
        charge_details=tuple(_charge(one, money) for one in invoice.charges if one.charge),
        allowance_details=tuple(_allowance(one, money) for one in invoice.charges if not one.charge),
        items=tuple(_item(line, invoice) for line in invoice.lines),
    )


def _check(invoice: Invoice) -> None:
    sequences = [line.sequence for line in invoice.lines]
    if not sequences or len(set(sequences)) < len(sequences) or min(sequences) < 1:
        raise ValueError(f"invoice {invoice.number}: its lines are numbered from 1, each by a number of its own")
    if invoice.total <= 0 or any(one.amount <= 0 for one in invoice.charges):
        raise ValueError(f"invoice {invoice.number}: the total is above 0, and so are charges and allowances")
    if any(line.net_cost.currency != invoice.currency for line in invoice.lines):
        raise ValueError(f"invoice {invoice.number}: a line is in another currency")
    if invoice.kind == "credit_note" and not invoice.credits:
        raise ValueError(f"credit note {invoice.number} does not say what it answers")


def _party(whose: Party | None) -> WireParty | None:
    return None if whose is None else wire.to_party(whose, "postal_or_zip_code")


def _terms(terms: Terms) -> WireTerms:
    if not terms.discount:
        return WireTerms("Basic", net_due_days=terms.net_days)
    return WireTerms("Basic", wire.written(terms.discount), terms.discount_days, terms.net_days)


def _tax(tax: Tax, currency: str) -> WireTax:
    if tax.kind not in TAXES:
        raise ValueError(f"Amazon has no word for the tax {tax.kind!r}")
    return WireTax(
        tax.kind,
        wire.to_money(tax.amount, currency, "a tax"),
        wire.written(tax.rate),
        wire.to_money(tax.taxable, currency, "what is taxed"),
    )


def _charge(one: Charge, currency: str) -> WireCharge:
    if one.reason not in CHARGES:
        raise ValueError(f"Amazon has no word for a charge for {one.reason!r}; a tax stands with the taxes")
    return WireCharge(CHARGES[one.reason], wire.to_money(one.amount, currency, "a charge"))


def _allowance(one: Charge, currency: str) -> WireAllowance:
    if one.reason not in ALLOWANCES:
        raise ValueError(f"Amazon has no word for an allowance for {one.reason!r}")
    return WireAllowance(ALLOWANCES[one.reason], wire.to_money(one.amount, currency, "an allowance"))


def _item(line: InvoiceLine, invoice: Invoice) -> WireItem:
    what = f"line {line.sequence}"
    amazons, vendors = wire.item_names(line.identifiers, what)
    if invoice.kind == "invoice" and not line.purchase_order:
        raise ValueError(f"{what} does not say which purchase order it is of")
    return WireItem(
        item_sequence_number=line.sequence,
        amazon_product_identifier=amazons,
        vendor_product_identifier=vendors,
        invoiced_quantity=wire.to_quantity(line.quantity, what),
        net_cost=wire.to_cost(line.net_cost, what),
        purchase_order_number=line.purchase_order or None,
        credit_note_details=_credit(invoice),
        tax_details=tuple(_tax(tax, invoice.currency) for tax in line.taxes),
    )


def _credit(invoice: Invoice) -> CreditNoteDetails | None:
    if invoice.kind == "invoice":
        return None
    if invoice.credits_what == "return" and invoice.returned_on is None:
        raise ValueError(f"credit note {invoice.number} does not say when the goods came back")
    return CreditNoteDetails(
        goods_return_date=_midnight(invoice.returned_on),
        **{CREDITED[invoice.credits_what]: invoice.credits},
    )


def _midnight(day: date | None) -> datetime | None:
    return None if day is None else datetime.combine(day, time(), UTC)
