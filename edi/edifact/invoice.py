"""Our invoice or credit note as an EDIFACT INVOIC."""

from collections.abc import Iterator
from datetime import datetime, time

from edi.edifact.elements import number_text
from edi.edifact.order_acknowledgement import UNITS, day, item
from edi.edifact.parties import row as party_row
from edi.edifact.write import Row
from edi.profile import Profile
from schemas.invoice import Charge, Invoice, InvoiceLine, Tax, Terms
from schemas.purchase_order import Party

KINDS = {"invoice": "380", "credit_note": "381"}
CHARGES = {"freight": "FC", "handling": "HD", "discount": "DI", "advertising": "AA", "tax": "TX", "other": "ZZZ"}
TAX = "7"


def rows(invoice: Invoice, profile: Profile) -> Iterator[Row]:
    """What stands between UNH and UNT."""
    yield ("BGM", KINDS[invoice.kind], invoice.number, "9")
    yield day("137", invoice.issued_at, profile)
    if invoice.shipped_on is not None:
        yield day("35", datetime.combine(invoice.shipped_on, time(), profile.tz), profile)
    if invoice.credits:
        yield ("RFF", ("IV", invoice.credits))
    for role, party in (("SU", invoice.vendor), ("DP", invoice.ship_to), ("IV", invoice.bill_to)):
        if party is not None:
            yield from _party(role, party, profile)
    yield ("CUX", ("2", invoice.currency, "4"))
    if invoice.terms is not None:
        yield from _terms(invoice.terms)
    for charge in invoice.charges:
        yield _charge(charge)
        yield ("MOA", ("8", number_text(charge.amount)))
    for line in invoice.lines:
        yield from _line(line)
    yield from _totals(invoice)


def _party(role: str, party: Party, profile: Profile) -> Iterator[Row]:
    yield party_row(role, party, profile.agency)
    if party.tax_number:
        yield ("RFF", ("VA", party.tax_number))


def _terms(terms: Terms) -> Iterator[Row]:
    yield ("PAT", "1", "", ("5", "7", "D", number_text(terms.net_days)))
    if terms.discount:
        yield ("PAT", "22", "", ("5", "7", "D", number_text(terms.discount_days)))
        yield ("PCD", ("12", number_text(terms.discount)))


def _charge(charge: Charge) -> Row:
    return (
        "ALC",
        "C" if charge.charge else "A",
        "",
        "",
        "",
        (CHARGES.get(charge.reason, "ZZZ"), "", "", charge.reason),
    )


def _line(line: InvoiceLine) -> Iterator[Row]:
    yield from item(number_text(line.sequence), "", line.identifiers)
    yield ("QTY", ("47", number_text(line.quantity.amount), UNITS[line.quantity.unit]))
    yield ("MOA", ("203", number_text(line.net_cost.amount * line.quantity.amount)))
    yield ("PRI", ("AAA", number_text(line.net_cost.amount)))
    yield ("RFF", ("ON", line.purchase_order, line.line))
    yield from (_tax(tax) for tax in line.taxes)


def _tax(tax: Tax) -> Row:
    return ("TAX", TAX, tax.kind, "", "", ("", "", "", number_text(tax.rate)))


def _totals(invoice: Invoice) -> Iterator[Row]:
    yield ("UNS", "S")
    yield ("CNT", ("2", number_text(len(invoice.lines))))
    yield ("MOA", ("77", number_text(invoice.total)))
    for tax in invoice.taxes:
        yield _tax(tax)
        yield ("MOA", ("124", number_text(tax.amount)))
        yield ("MOA", ("125", number_text(tax.taxable)))
