"""Vendor invoices v1: an invoice or a credit note as it was sent, read back into our words.

What the purchase order calls a line does not stand in it.
"""

from datetime import UTC, date

from schemas import amazon_vendor as wire
from schemas.amazon_vendor import Money, WireParty
from schemas.amazon_vendor_invoices import (
    ALLOWANCES,
    CHARGES,
    CREDITED,
    CreditNoteDetails,
    WireInvoice,
    WireItem,
    WireTax,
    WireTerms,
)
from schemas.invoice import Charge, Credited, Invoice, InvoiceLine, Tax, Terms
from schemas.purchase_order import Cost, Party, PoLineNumber, PurchaseOrderNumber

OUR_CHARGES = {word: ours for ours, word in CHARGES.items()}
OUR_ALLOWANCES = {word: ours for ours, word in ALLOWANCES.items()}


def from_amazon(told: WireInvoice, vendor: Party) -> Invoice:
    """`vendor`: whose invoice it is, which it does not say. Raises ValueError for what is said by halves."""
    total = _cost(told.invoice_total, "the total")
    credit = next((item.credit_note_details for item in told.items if item.credit_note_details), None)
    what = _credited(credit)
    return Invoice(
        kind="invoice" if told.invoice_type == "Invoice" else "credit_note",
        number=wire.named(told.id, "the number of an invoice"),
        issued_at=wire.zoned(told.date, "the date of an invoice"),
        vendor=vendor,
        remit_to=_party(told.remit_to_party),
        bill_to=None if told.bill_to_party is None else _party(told.bill_to_party),
        ship_to=None if told.ship_to_party is None else _party(told.ship_to_party),
        currency=total.currency,
        total=total.amount,
        terms=None if told.payment_terms is None else _terms(told.payment_terms),
        lines=tuple(_line(item) for item in told.items),
        charges=_charges(told),
        taxes=tuple(_tax(tax) for tax in told.tax_details),
        credits=(getattr(credit, CREDITED[what]) if credit else None) or "",
        credits_what=what,
        returned_on=_returned(credit),
    )


def _credited(credit: CreditNoteDetails | None) -> Credited:
    for ours, field in CREDITED.items():
        if credit is not None and getattr(credit, field):
            return ours
    return "invoice"


def _returned(credit: CreditNoteDetails | None) -> date | None:
    at = credit.goods_return_date if credit else None
    return None if at is None else (at.astimezone(UTC) if at.tzinfo else at).date()


def _party(told: WireParty) -> Party:
    found = wire.party(told)
    assert found is not None
    return found


def _cost(told: Money | None, what: str) -> Cost:
    found = wire.cost(told, what)
    if found is None:
        raise ValueError(f"{what} is not said")
    return found


def _terms(told: WireTerms) -> Terms:
    discount, days = told.discount_percent, told.discount_due_days
    if discount is None:
        return Terms(net_days=told.net_due_days or 0)
    return Terms(net_days=told.net_due_days or 0, discount=discount, discount_days=days or 0)


def _charges(told: WireInvoice) -> tuple[Charge, ...]:
    added = [(True, OUR_CHARGES.get(one.type, one.type), one.charge_amount) for one in told.charge_details]
    taken = [(False, OUR_ALLOWANCES.get(one.type, one.type), one.allowance_amount) for one in told.allowance_details]
    return tuple(Charge(charge=added_, reason=why, amount=_cost(money, "a charge").amount)
                 for added_, why, money in (*added, *taken))  # fmt: skip


def _tax(told: WireTax) -> Tax:
    taxable = _cost(told.taxable_amount, "what is taxed").amount
    amount = _cost(told.tax_amount, "a tax").amount
    if told.tax_rate is None:
        raise ValueError("a tax has no rate")
    return Tax(kind=told.tax_type, rate=told.tax_rate, taxable=taxable, amount=amount)


def _line(item: WireItem) -> InvoiceLine:
    what = f"line {item.item_sequence_number}"
    return InvoiceLine(
        sequence=item.item_sequence_number,
        line=PoLineNumber(""),
        purchase_order=PurchaseOrderNumber(item.purchase_order_number or ""),
        identifiers=wire.identifiers(item.amazon_product_identifier, item.vendor_product_identifier, what),
        quantity=wire.counted(item.invoiced_quantity, what),
        net_cost=_cost(item.net_cost, what),
        taxes=tuple(_tax(tax) for tax in item.tax_details),
    )
