"""What an invoice must hold before it may leave. Each rule that is broken is a lack with its name."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Final

from handlers.invoicing import total_of
from handlers.money import is_payable
from handlers.vendor_goods import Lack, LineToShip, Market
from schemas.invoice import Invoice
from schemas.purchase_order import Party, PoLineNumber, Transport


def lacks(
    invoice: Invoice,
    acknowledged: Mapping[PoLineNumber, LineToShip],
    market: Market | None,
    transport: Transport,
    now: datetime,
) -> tuple[Lack, ...]:
    """Everything that keeps the invoice from being sent."""
    found = [Lack(word, text) for word, rule in RULES.items() for text in rule(invoice)]
    if invoice.kind == "invoice":
        found += [Lack("cost", text) for text in _costs(invoice, acknowledged)]
    if invoice.issued_at > now:
        found.append(Lack("date", f"invoice {invoice.number} is dated in the future"))
    if market is None:
        found.append(Lack("market", f"invoice {invoice.number}: no rules are known for its destination"))
    if market == "eu":
        found += [Lack("european", text) for text in _european(invoice)]
    if market == "na" and invoice.kind == "credit_note":
        found.append(Lack("credit_note", "credit notes are taken in Europe only: settle it with the retailer"))
    if transport == "x12" and market != "na" and invoice.kind == "credit_note":
        found.append(Lack("credit_note", "X12 has no credit notes with this retailer: settle it in its pages"))
    if transport == "x12" and invoice.terms is None:
        found.append(Lack("terms", "payment terms are mandatory on an X12 invoice, and none are configured"))
    return tuple(found)


def _costs(invoice: Invoice, acknowledged: Mapping[PoLineNumber, LineToShip]) -> Iterator[str]:
    for line in invoice.lines:
        known = acknowledged.get(line.line)
        if known is None or known.cost != line.net_cost:
            yield f"line {line.line} is invoiced at {line.net_cost.amount}, acknowledged at {known and known.cost}"


def _total(invoice: Invoice) -> Iterator[str]:
    if invoice.total != (right := total_of(invoice.lines, invoice.charges, invoice.taxes)):
        yield f"the total is {invoice.total}; lines, charges and taxes make {right}"
    if invoice.total <= 0:
        yield f"the total is {invoice.total}; it has to be more than 0"
    if not is_payable(invoice.total, invoice.currency):
        yield f"the total {invoice.total} {invoice.currency} has a fraction of the smallest coin: nothing is rounded"


def _taxes(invoice: Invoice) -> Iterator[str]:
    header = sum((tax.amount for tax in invoice.taxes), Decimal(0))
    lines = sum((tax.amount for line in invoice.lines for tax in line.taxes), Decimal(0))
    if header != lines:
        yield f"the taxes of the lines make {lines}, the header says {header}"
    if any(tax.rate < 0 or tax.amount < 0 for tax in invoice.taxes):
        yield "a tax is negative"


def _lines(invoice: Invoice) -> Iterator[str]:
    if not invoice.lines:
        yield "the invoice has no lines"
    if len({line.sequence for line in invoice.lines}) < len(invoice.lines):
        yield "two lines have the same sequence number"
    for line in invoice.lines:
        if line.quantity.amount <= 0 or line.net_cost.amount <= 0:
            yield f"line {line.line}: {line.quantity.amount} at {line.net_cost.amount}; both have to be more than 0"
        if not line.identifiers or not line.purchase_order:
            yield f"line {line.line} lacks its product identifier or its purchase order"
        if line.net_cost.currency != invoice.currency:
            yield f"line {line.line} is in {line.net_cost.currency}, the invoice in {invoice.currency}"


def _named(invoice: Invoice) -> Iterator[str]:
    if not invoice.number:
        yield "the invoice has no number"
    if not invoice.remit_to.party_id:
        yield "nobody is named to be paid"
    if invoice.kind == "credit_note" and not invoice.credits:
        yield "the credit note names no invoice"


def _european(invoice: Invoice) -> Iterator[str]:
    yield from _addressed("the party to be billed", invoice.bill_to)
    yield from _addressed("the party to be paid", invoice.remit_to)
    for line in invoice.lines:
        if not line.taxes:
            yield f"line {line.line} has no tax: set the rate, 0 where none is charged"


def _addressed(who: str, party: Party | None) -> Iterator[str]:
    fields = ("party_id", "name", "lines", "city", "postcode", "country", "tax_number")
    missing = [field for field in fields if not getattr(party, field, "")]
    if missing:
        yield f"{who} lacks {', '.join(missing)}"


RULES: Final[Mapping[str, Callable[[Invoice], Iterator[str]]]] = {
    "total": _total,
    "tax": _taxes,
    "line": _lines,
    "party": _named,
}
