"""Our invoice as an X12 810. Credit notes have no X12 form with Amazon: they are refused by name."""

from collections.abc import Iterator
from decimal import Decimal

from edi.faults import Fault, Refused
from edi.profile import Profile
from edi.x12.elements import dt_text, n0_text, n2_text, r_text
from edi.x12.order_acknowledgement import UNITS, pairs
from edi.x12.parties import rows as party_rows
from edi.x12.write import Row
from schemas.invoice import Charge, Invoice, InvoiceLine, Tax, Terms
from schemas.purchase_order import Party

CHARGES = {
    "freight": "D240", "handling": "D500", "discount": "C310", "advertising": "A260", "tax": "H850", "other": "F050",
}  # fmt: skip


def rows(invoice: Invoice, profile: Profile) -> Iterator[Row]:
    """What stands between ST and SE."""
    if invoice.kind == "credit_note":
        raise Refused(
            Fault(level="message", code="", reason="a credit note is not sent in X12: use SP-API or the portal")
        )
    orders = list(dict.fromkeys(line.purchase_order for line in invoice.lines))
    order = orders[0] if len(orders) == 1 else ""
    yield ("BIG", dt_text(profile.local(invoice.issued_at).date()), invoice.number, "", order)
    yield ("CUR", "SE", invoice.currency)
    for role, party in (("BT", invoice.bill_to), ("RI", invoice.remit_to), ("ST", invoice.ship_to)):
        if party is not None:
            yield from _party(role, party, profile)
    if invoice.terms is not None:
        yield _terms(invoice.terms)
    if invoice.shipped_on is not None:
        yield ("DTM", "011", dt_text(invoice.shipped_on))
    for line in invoice.lines:
        yield from _line(line, profile, names_order=len(orders) > 1)
    yield ("TDS", n2_text(invoice.total))
    yield from (_tax(tax) for tax in invoice.taxes)
    yield from (_charge(charge) for charge in invoice.charges)
    yield ("CTT", n0_text(len(invoice.lines)), n0_text(sum(line.quantity.amount for line in invoice.lines)))


def _party(role: str, party: Party, profile: Profile) -> Iterator[Row]:
    yield from party_rows(role, party, profile.location_qualifier)
    if party.tax_number:
        yield ("REF", "TJ", party.tax_number)


def _terms(terms: Terms) -> Row:
    discount = r_text(terms.discount) if terms.discount else ""
    days = n0_text(terms.discount_days) if terms.discount_days else ""
    return ("ITD", "01", "3", discount, "", days, "", n0_text(terms.net_days))


def _line(line: InvoiceLine, profile: Profile, *, names_order: bool) -> Iterator[Row]:
    yield (
        "IT1", n0_text(line.sequence), n0_text(line.quantity.amount), UNITS[line.quantity.unit],
        r_text(line.net_cost.amount), profile.cost_basis, *pairs(line.identifiers),
    )  # fmt: skip
    yield from (_tax(tax) for tax in line.taxes)
    if names_order:
        yield ("REF", "PO", line.purchase_order)


def _tax(tax: Tax) -> Row:
    return ("TXI", tax.kind, r_text(tax.amount), r_text(tax.rate), "", "", "", "", r_text(tax.taxable))


def _charge(charge: Charge) -> Row:
    if charge.reason not in CHARGES:
        raise Refused(Fault(level="element", code="", reason="no X12 code for this charge", value=charge.reason))
    return ("SAC", "C" if charge.charge else "A", CHARGES[charge.reason], "", "", n2_text(Decimal(charge.amount)))
