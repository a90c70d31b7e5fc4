"""855, 865, 856, 810 and 846 as the retailer's guides demand them: segments, hash totals, codes to the letter."""

from collections import Counter
from collections.abc import Sequence

from schemas.amazon_vendor import WireParty
from schemas.amazon_vendor_acknowledgements import Item, ItemAnswer, OrderAcknowledgement
from schemas.purchase_order import OrderUnit
from simulators.edi_partner import words
from simulators.edi_partner.envelopes import Row, Sent
from simulators.edi_partner.findings import BAD_VALUE, MISSING, Form, loops
from simulators.edi_partner.terms import Parties
from simulators.edi_partner.words import Stock
from simulators.edi_partner.x12_invoice import invoice
from simulators.edi_partner.x12_notice import notice
from simulators.edi_partner.x12_rows import NEVER, pairs, totals, unit, within

REASONS = {"IR": "TemporarilyUnavailable", "R2": "InvalidProductIdentifier", "R3": "TemporarilyUnavailable"}
ANSWERS = {"IA": "Accepted", "IQ": "Accepted", "IB": "Backordered"} | dict.fromkeys(REASONS, "Rejected")
GROUPS = {
    "855": ("PR", "004010"), "865": ("CA", "004010"), "856": ("SH", "005010"), "810": ("IN", "004010"),
    "846": ("IB", "004010"),
}  # fmt: skip


def read(sent: Sent, parties: Parties, currency_of: dict[str, str]) -> tuple[words.Said | Stock, Form]:
    """What it says and all that is wrong with its form. Raises KeyError for a kind that the partner does not take."""
    form = Form(sent.rows)
    code, version = GROUPS[sent.code]
    if (sent.group_code, sent.version) != (code, version):
        form.wrong(BAD_VALUE, f"the group is {sent.group_code} {sent.version}, and {code} {version} is taken")
    if sent.code == "855":
        return _answer(form, parties, currency_of), form
    if sent.code == "865":
        return _changed(form, parties, currency_of), form
    if sent.code == "856":
        return notice(form, parties), form
    return (invoice(form) if sent.code == "810" else _stock(form)), form


# 855


def _answer(form: Form, parties: Parties, currency_of: dict[str, str]) -> OrderAcknowledgement:
    head = form.only("BAK")
    form.code(head, 1, ("00",))
    kind = form.code(head, 2, ("AC", "AD"))
    number = form.text(head, 3)
    words.day(form, head, 4)
    lines = loops([row for row in form.rows if row.name != "CTT"], lambda row: row.name == "PO1")
    items = [_item(form, line, currency_of.get(number, parties.currency)) for line in lines]
    totals(form, len(lines), sum(int(item.ordered_quantity.amount) for item in items))
    if not lines:
        form.wrong(MISSING, "no PO1 stands in it")
    if kind == "AD" and any(_changes(item) for item in items):
        form.wrong(BAD_VALUE, "BAK02 says that nothing was changed, and a line is not accepted in full", head, 2)
    at = words.day(form, head, 9) or words.day(form, head, 4) or NEVER
    return OrderAcknowledgement(number, WireParty(parties.vendor_code), at, tuple(items))


def _changes(item: Item) -> bool:
    return [one.acknowledgement_code for one in item.item_acknowledgements] != ["Accepted"]


def _count(form: Form, lines: int, total: int) -> None:
    row = form.only("CTT")
    form.agree(row, 1, form.whole(row, 1), lines)
    form.agree(row, 2, form.whole(row, 2), total)


def _item(form: Form, line: Sequence[Row], currency: str) -> Item:
    head, counted = line[0], unit(form, line[0], 3)
    names = pairs(head, 6)
    words.named(form, names, head)
    told = [row for row in line if row.name == "ACK"]
    if not told:
        form.wrong(MISSING, f"line {head.value(1)} has no ACK", head)
    if head.value(5) not in ("NT", "PE"):
        form.wrong(BAD_VALUE, f"PO105 is {head.value(5)!r}", head, 5)
    return Item(
        item_sequence_number=form.text(head, 1), amazon_product_identifier=names.asin,
        vendor_product_identifier=names.vendors, ordered_quantity=words.quantity(form.whole(head, 2), counted),
        net_cost=words.money(form.number(head, 4), currency),
        item_acknowledgements=tuple(_part(form, row, counted) for row in told),
    )  # fmt: skip


def _changed(form: Form, parties: Parties, currency_of: dict[str, str]) -> OrderAcknowledgement:
    """865: as an 855, but for lines of which nothing is wanted any more, which are only said to be gone."""
    head = form.only("BCA")
    form.code(head, 1, ("00",))
    kind = form.code(head, 2, ("AT", "AC", "RD"))
    number = form.text(head, 3)
    lines = loops([row for row in form.rows if row.name != "CTT"], lambda row: row.name == "POC")
    row = form.only("CTT")
    form.agree(row, 1, form.whole(row, 1), len(lines))
    kept = [line for line in lines if not _is_gone(form, line)]
    items = [_item(form, [_as_ordered(line[0]), *line[1:]], currency_of.get(number, "")) for line in kept]
    if kind == "AT" and any(_changes(item) for item in items):
        form.wrong(BAD_VALUE, "BCA02 says that all is accepted, and a line is not", head, 2)
    return OrderAcknowledgement(
        number, WireParty(parties.vendor_code), words.day(form, head, 10) or NEVER, tuple(items)
    )


def _is_gone(form: Form, line: Sequence[Row]) -> bool:
    head = line[0]
    form.code(head, 2, ("AI", "DI", "QD", "QI", "QC", "PC", "PQ", "CA", "CT", "RZ", "NC", "CF"))
    return within(line, "ACK").value(1) == "ID" and form.whole(head, 3) == 0


def _as_ordered(poc: Row) -> Row:
    """A POC as the PO1 that it stands for."""
    number, _, amount, _, *others = poc.elements
    return Row("PO1", (number, amount, *others))


def _part(form: Form, row: Row, counted: OrderUnit) -> ItemAnswer:
    code = form.code(row, 1, tuple(ANSWERS))
    amount = form.whole(row, 2)
    if unit(form, row, 3) != counted:
        form.wrong(BAD_VALUE, "an ACK counts in another unit than its PO1", row, 3)
    ships = None
    if code in ("IA", "IQ", "IB"):
        form.code(row, 4, ("068", "067"))
        ships = words.day(form, row, 5)
    return words.answer(ANSWERS.get(code, code), amount, counted, ships, REASONS.get(code))


# 846


def _stock(form: Form) -> Stock:
    head = form.only("BIA")
    full = form.code(head, 1, ("00", "25")) == "00"
    form.only("DTM", "166")
    items = loops([row for row in form.rows if row.name != "CTT"], lambda row: row.name == "LIN")
    found: dict[str, int] = {}
    for loop in items:
        names = pairs(loop[0], 2)
        words.named(form, names, loop[0])
        told = within(loop, "SDQ")
        form.code(told, 1, ("EA",))
        found[names.pairs[0][1] if names.pairs else ""] = form.whole(told, 4)
    row = form.only("CTT")
    form.agree(row, 1, form.whole(row, 1), len(items))
    doubled = [name for name, times in Counter(pairs(loop[0], 2).pairs for loop in items).items() if times > 1]
    if doubled:
        form.wrong(BAD_VALUE, f"an item stands in it twice: {doubled[0]}")
    return Stock(form.text(head, 3), full, found)
