"""ORDRSP, INVOIC and INVRPT as the retailer's examples have them, D.96A: segments, counts, codes to the letter."""

from collections.abc import Callable, Sequence

from schemas.amazon_vendor import WireParty
from schemas.amazon_vendor_acknowledgements import Item, ItemAnswer, OrderAcknowledgement
from schemas.amazon_vendor_invoices import CreditNoteDetails, WireInvoice, WireItem, WireTax
from schemas.purchase_order import OrderUnit
from simulators.edi_partner import words
from simulators.edi_partner.edifact_notice import notice
from simulators.edi_partner.edifact_rows import NEVER, amount, closed, dated, lines_of, names, party, within
from simulators.edi_partner.envelopes import Row, Sent
from simulators.edi_partner.findings import BAD_VALUE, MISSING, Form
from simulators.edi_partner.terms import Parties
from simulators.edi_partner.words import Stock

ACCEPTED, BACKORDERED = "12", "83"
REJECTED = {"185": "TemporarilyUnavailable", "182": "InvalidProductIdentifier"}
AS_ORDERED, CHANGED, NOT_ACCEPTED, GONE = "5", "3", "7", "2"
ALL_AS_ORDERED, SOME_CHANGED, NOTHING = "29", "4", "27"
VERSIONS = {"ORDRSP": "EAN005", "DESADV": "EAN005", "INVOIC": "EAN008", "INVRPT": "EAN008"}
Read = Callable[[Form, Parties], words.Said | Stock]


def read(sent: Sent, parties: Parties) -> tuple[words.Said | Stock, Form]:
    """What it says and all that is wrong with its form. Raises KeyError for a kind that the partner does not take."""
    form = Form(sent.rows)
    readers: dict[str, Read] = {"ORDRSP": _answer, "DESADV": notice, "INVOIC": _invoice, "INVRPT": _stock}
    if sent.version != VERSIONS[sent.code]:
        form.wrong(BAD_VALUE, f"{sent.code} is {sent.version}, and {VERSIONS[sent.code]} is taken")
    return readers[sent.code](form, parties), form


# ORDRSP


def _answer(form: Form, parties: Parties) -> OrderAcknowledgement:
    head, lines = form.only("BGM", "231"), lines_of(form.rows)
    number = form.text(head, 2)
    kind = form.code(head, 3, (ALL_AS_ORDERED, SOME_CHANGED, NOTHING))
    told = form.only("RFF", "ON").value(1, 2)
    form.agree(head, 2, told, number)
    for role in ("SU", "DP"):
        party(form, form.rows, role)
    currency = within(form.rows, "CUX", "2").value(1, 2) or parties.currency
    kept = [line for line in lines if line[0].value(2) != GONE or form.whole(within(line, "QTY", "12"), 1, 2)]
    items = [_item(form, line, currency) for line in kept]
    actions = {line[0].value(2) for line in kept}
    whole = {ALL_AS_ORDERED: {AS_ORDERED}, NOTHING: {NOT_ACCEPTED}}.get(kind)
    if whole is not None and kept and actions != whole:
        form.wrong(BAD_VALUE, f"BGM says {kind} of the whole, and its lines say otherwise", head, 3)
    closed(form, lines)
    at = dated(form, form.rows, "137") or NEVER
    return OrderAcknowledgement(number, WireParty(parties.vendor_code), at, tuple(items))


def _item(form: Form, line: Sequence[Row], currency: str) -> Item:
    head, own = line[0], names(line)
    action = form.code(head, 2, (AS_ORDERED, CHANGED, NOT_ACCEPTED))
    words.named(form, own, head)
    parts = [_part(form, line, at) for at, row in enumerate(line) if row.name == "QTY"]
    units: set[OrderUnit] = {part[1] for part in parts}
    if len(units) != 1:
        form.wrong(MISSING, f"line {head.value(1)} has no quantity, or counts in two units", head)
    counted = units.pop() if len(units) == 1 else "each"
    answers = tuple(part[0] for part in parts)
    wanted = {AS_ORDERED: {"Accepted"}, NOT_ACCEPTED: {"Rejected"}}.get(action)
    if wanted is not None and {one.acknowledgement_code for one in answers} != wanted:
        form.wrong(BAD_VALUE, f"line {head.value(1)} says {action}, and its quantities say otherwise", head, 2)
    price = within(line, "PRI", "AAA")
    if not price.elements:
        form.wrong(MISSING, f"line {head.value(1)} has no PRI+AAA", head)
    cost = words.money(form.number(price, 1, 2), currency) if price.elements else None
    return Item(
        item_sequence_number=form.text(head, 1), amazon_product_identifier=own.asin,
        vendor_product_identifier=own.vendors, net_cost=cost, item_acknowledgements=answers,
        ordered_quantity=words.quantity(sum(int(one.acknowledged_quantity.amount) for one in answers), counted),
    )  # fmt: skip


def _part(form: Form, line: Sequence[Row], at: int) -> tuple[ItemAnswer, OrderUnit]:
    row = line[at]
    qualifier = form.code(row, 1, (ACCEPTED, BACKORDERED, *REJECTED))
    number, unit = amount(form, row)
    after = line[at + 1] if at + 1 < len(line) else Row("", ())
    ships = words.day(form, after, 1, 2) if after.name == "DTM" and after.value(1) == "11" else None
    if qualifier in (ACCEPTED, BACKORDERED) and ships is None:
        form.wrong(MISSING, f"line {line[0].value(1)} has no date for QTY+{qualifier}", row)
    if qualifier in REJECTED:
        return words.answer("Rejected", number, unit, None, REJECTED[qualifier]), unit
    return words.answer("Accepted" if qualifier == ACCEPTED else "Backordered", number, unit, ships), unit


# INVOIC


def _invoice(form: Form, _: Parties) -> WireInvoice:
    head = next((row for row in form.rows if row.name == "BGM"), Row("BGM", ()))
    kind = form.code(head, 1, ("380", "381"))
    lines = lines_of(form.rows)
    currency = form.text(form.only("CUX", "2"), 1, 2)
    credits = within(form.rows, "RFF", "IV").value(1, 2) if kind == "381" else ""
    billed = _billed(form)
    party(form, form.rows, "SU")
    party(form, form.rows, "DP")
    if not within(form.rows, "PAT").elements:
        form.wrong(MISSING, "PAT, the payment terms, is missing")
    items = [_invoiced(form, line, currency, credits) for line in lines]
    closed(form, lines)
    end = next((at for at, row in enumerate(form.rows) if row.name == "UNS"), len(form.rows))
    tail = form.rows[end:]
    return WireInvoice(
        invoice_type="CreditNote" if kind == "381" else "Invoice", id=form.text(head, 2),
        date=dated(form, form.rows, "137") or NEVER, bill_to_party=billed,
        remit_to_party=party(form, form.rows, "SU"),
        invoice_total=words.money(form.number(within(tail, "MOA", "77"), 1, 2), currency),
        tax_details=tuple(_taxes(form, tail, currency)), items=tuple(items),
    )  # fmt: skip


def _billed(form: Form) -> WireParty:
    """NAD+IV in full, with its VAT number."""
    head = within(form.rows, "NAD", "IV")
    for element in (4, 5, 6, 8, 9):
        form.text(head, element)
    return party(form, form.rows, "IV")


def _taxes(form: Form, tail: Sequence[Row], currency: str) -> list[WireTax]:
    """Each TAX of the summary with the MOA that follow it."""
    found = list[WireTax]()
    for at, row in enumerate(tail):
        if row.name == "TAX":
            after = tail[at + 1 : at + 3]
            sums = [form.number(within(after, "MOA", which), 1, 2) for which in ("124", "125")]
            rate, taxable = form.number(row, 5, 4), words.money(sums[1], currency)
            found.append(WireTax(form.text(row, 2), words.money(sums[0], currency), rate, taxable))
    return found


def _invoiced(form: Form, line: Sequence[Row], currency: str, credits: str) -> WireItem:
    head, own = line[0], names(line)
    words.named(form, own, head)
    number, unit = amount(form, within(line, "QTY", "47"))
    cost, goods = form.number(within(line, "PRI", "AAA"), 1, 2), within(line, "MOA", "203")
    form.agree(goods, 1, form.number(goods, 1, 2), cost * number)
    order = within(line, "RFF", "ON").value(1, 2)
    if not order:
        form.wrong(MISSING, f"nothing says which order line {head.value(1)} is of", head)
    if not within(line, "TAX", "7").elements:
        form.wrong(MISSING, f"line {head.value(1)} has no TAX", head)
    return WireItem(
        item_sequence_number=form.whole(head, 1), amazon_product_identifier=own.asin,
        vendor_product_identifier=own.vendors, purchase_order_number=order,
        invoiced_quantity=words.quantity(number, unit), net_cost=words.money(cost, currency),
        credit_note_details=CreditNoteDetails(reference_invoice_number=credits) if credits else None,
    )  # fmt: skip


# INVRPT


def _stock(form: Form, _: Parties) -> Stock:
    head = form.only("BGM", "35")
    dated(form, form.rows, "137")
    party(form, form.rows, "WH")
    found: dict[str, int] = {}
    for line in lines_of(form.rows):
        own = names(line)
        words.named(form, own, line[0])
        found[own.pairs[0][1] if own.pairs else ""] = form.whole(within(line, "QTY", "145"), 1, 2)
    return Stock(form.text(head, 2), True, found)
