"""810: parties in full, terms, lines, taxes and a total in cents."""

from collections.abc import Sequence
from decimal import Decimal

from schemas.amazon_vendor import WireParty
from schemas.amazon_vendor_invoices import WireInvoice, WireItem, WireTax
from simulators.edi_partner import words
from simulators.edi_partner.envelopes import Row
from simulators.edi_partner.findings import MISSING, Form, loops
from simulators.edi_partner.x12_rows import NEVER, pairs, totals, unit


def invoice(form: Form) -> WireInvoice:
    head, terms = form.only("BIG"), form.only("ITD")
    form.whole(terms, 7)
    currency = form.text(form.only("CUR"), 2)
    end = next((at for at, row in enumerate(form.rows) if row.name == "TDS"), len(form.rows))
    begin = next((at for at, row in enumerate(form.rows) if row.name == "IT1"), end)
    lines = loops(form.rows[begin:end], lambda row: row.name == "IT1")
    items = [_invoiced(form, line, currency, head.value(4)) for line in lines]
    totals(form, len(items), sum(int(item.invoiced_quantity.amount) for item in items))
    total = form.whole(form.only("TDS"), 1)
    before, header = form.rows[:begin], [row for row in form.rows[end:] if row.name == "TXI"]
    return WireInvoice(
        invoice_type="Invoice", id=form.text(head, 2), date=words.day(form, head, 1) or NEVER,
        remit_to_party=_billed(form, before, "RI"), bill_to_party=_billed(form, before, "BT"),
        invoice_total=words.money(Decimal(total) / 100, currency),
        tax_details=tuple(_tax(form, row, currency) for row in header), items=tuple(items),
    )  # fmt: skip


def _billed(form: Form, rows: Sequence[Row], role: str) -> WireParty:
    """With street, place, postcode and country, as the guide demands of both."""
    loop = next((one for one in loops(rows, lambda row: row.name == "N1") if one[0].value(1) == role), None)
    if loop is None:
        form.wrong(MISSING, f"N1*{role} is missing")
        return WireParty("")
    head, by_name = loop[0], {row.name: row for row in reversed(loop)}
    street, where = by_name.get("N3", Row("N3", ())), by_name.get("N4", Row("N4", ()))
    for row, element in ((head, 2), (street, 1), (where, 1), (where, 3), (where, 4)):
        form.text(row, element)
    tax = next((row.value(2) for row in loop if row.name == "REF" and row.value(1) == "TJ"), "")
    return words.party(
        head.value(4), head.value(2), street.value(1), where.value(1), where.value(3), where.value(4), tax
    )


def _invoiced(form: Form, line: Sequence[Row], currency: str, order: str) -> WireItem:
    head = line[0]
    names = pairs(head, 6)
    words.named(form, names, head)
    own = next((row.value(2) for row in line if row.name == "REF" and row.value(1) == "PO"), order)
    if not own:
        form.wrong(MISSING, f"nothing says which order line {head.value(1)} is of", head)
    return WireItem(
        item_sequence_number=form.whole(head, 1), amazon_product_identifier=names.asin,
        vendor_product_identifier=names.vendors, purchase_order_number=own,
        invoiced_quantity=words.quantity(form.whole(head, 2), unit(form, head, 3)),
        net_cost=words.money(form.number(head, 4), currency),
        tax_details=tuple(_tax(form, row, currency) for row in line if row.name == "TXI"),
    )  # fmt: skip


def _tax(form: Form, row: Row, currency: str) -> WireTax:
    return WireTax(
        form.text(row, 1), words.money(form.number(row, 2), currency), form.number(row, 3),
        words.money(form.number(row, 8), currency),
    )  # fmt: skip
