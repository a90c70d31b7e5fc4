"""What the retailer sends by X12: 850 and 860, 997 and 824, each in an interchange of its own."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from schemas.purchase_order import Identifier, Party, PurchaseOrder, PurchaseOrderLine, Window
from simulators.edi_partner.envelopes import Sent
from simulators.edi_partner.findings import BAD_CODE, MISSING, WRONG_COUNT, Finding
from simulators.edi_partner.terms import Parties

QUALIFIERS = {
    "asin": "BP", "vendor_sku": "VN", "gtin_12": "UP", "gtin_13": "EN", "gtin_14": "UK", "isbn": "IB",
    "unknown": "ZZ",
}  # fmt: skip
UNITS = {"each": "EA", "case": "CA"}
FREIGHT = {"vendor_pays": "PP", "retailer_pays": "CC"}
KINDS = {"regular": "NE", "rush": "RO", "consigned": "CN", "new_product": "NP"}
GROUPS = {"850": "PO", "860": "PC", "997": "FA", "824": "AG"}
SUBJECTS = {"855": "PO", "865": "PO", "856": "SI", "810": "IV"}
AT_SEGMENT = {MISSING: "3", "unexpected": "2"}
AT_ELEMENT = {MISSING: "1", BAD_CODE: "7", "value": "6"}
Segments = Iterable[Sequence[str]]


def enveloped(parties: Parties, code: str, rows: Segments, numbers: tuple[int, int, int], at: datetime) -> bytes:
    """`numbers`: of the interchange, the group, the set."""
    body = [[plain(value) for value in row] for row in rows]
    interchange, group, number = f"{numbers[0]:09d}", str(numbers[1]), f"{numbers[2]:04d}"
    isa = ["ISA", "00", " " * 10, "00", " " * 10, parties.retailer_qualifier, parties.retailer.ljust(15),
           parties.vendor_qualifier, parties.vendor.ljust(15), f"{at:%y%m%d}", f"{at:%H%M}", "U", "00401",
           interchange, "0", "T" if parties.test else "P", ">"]  # fmt: skip
    gs = ["GS", GROUPS[code], parties.retailer, parties.vendor, f"{at:%Y%m%d}", f"{at:%H%M}", group, "X", "004010"]
    every = [isa, gs, ["ST", code, number], *body, ["SE", str(len(body) + 2), number], ["GE", "1", group],
             ["IEA", "1", interchange]]  # fmt: skip
    return "".join(
        "*".join(row).rstrip("*") + "~" if row[0] != "ISA" else "*".join(row) + "~" for row in every
    ).encode()


def plain(text: str) -> str:
    """X12 has no escape: what would end a value is left out."""
    return "".join(" " if sign in "*~>^\r\n" else sign for sign in text).encode("ascii", "replace").decode()


def order(told: PurchaseOrder, parties: Parties, *, again: bool) -> Iterator[Sequence[str]]:
    """850. `again`: it replaces what was sent before."""
    yield ("BEG", "05" if again else "00", KINDS.get(told.kind, "NE"), told.number, "", f"{told.ordered_at:%Y%m%d}")
    yield ("REF", "CR", told.vendor.party_id)
    if told.deal:
        yield ("REF", "PD", told.deal)
    if told.freight in FREIGHT:
        yield ("FOB", FREIGHT[told.freight])
    if any(line.backorder_allowed for line in told.lines):
        yield ("CSH", parties.backorder_code)
    yield from _windows(told)
    if told.ship_to:
        yield ("N1", "ST", "", "92", told.ship_to.party_id)
    if told.bill_to:
        yield from _address("BT", told.bill_to)
    for line in told.lines:
        yield from _line(line)
    yield ("CTT", str(len(told.lines)), str(sum(line.ordered.amount for line in told.lines)))


def _windows(told: PurchaseOrder) -> Iterator[Sequence[str]]:
    for window, first, last in ((told.delivery_window, "064", "063"), (told.ship_window, "037", "038")):
        if window:
            yield ("DTM", first, f"{window.start:%Y%m%d}")
            yield ("DTM", last, f"{window.end:%Y%m%d}")


def _address(role: str, party: Party) -> Iterator[Sequence[str]]:
    yield ("N1", role, party.name, "92", party.party_id)
    if party.lines:
        yield ("N3", *party.lines[:2])
    yield ("N4", party.city, party.region, party.postcode, party.country)


def _line(line: PurchaseOrderLine) -> Iterator[Sequence[str]]:
    cost = (f"{line.net_cost.amount:f}", "NT") if line.net_cost else ("", "")
    yield ("PO1", line.number, str(line.ordered.amount), UNITS[line.ordered.unit], *cost, *pairs(line.identifiers))
    if line.ordered.unit == "case" and line.ordered.unit_size:
        yield ("PO4", str(line.ordered.unit_size))


def pairs(identifiers: Sequence[Identifier]) -> Iterator[str]:
    for one in identifiers:
        yield from (QUALIFIERS[one.kind], one.value)


def change(
    told: PurchaseOrder, before: PurchaseOrder, sequence: int, window: Window | None, at: datetime
) -> Iterator[Sequence[str]]:
    """860: the lines that changed, each with the code of what did; the window where it moved."""
    day = f"{told.ordered_at:%Y%m%d}"
    yield ("BCH", "04", "NE", told.number, "", str(sequence), day, "", "", "", f"{at:%Y%m%d}", f"{at:%Y%m%d}")
    yield ("REF", "CR", told.vendor.party_id)
    if window:
        yield from (("DTM", "064", f"{window.start:%Y%m%d}"), ("DTM", "063", f"{window.end:%Y%m%d}"))
    known = {line.number: line for line in before.lines}
    changed = [(line, known.get(line.number)) for line in told.lines if known.get(line.number) != line]
    for line, old in changed:
        yield from _changed(line, old)
    yield ("CTT", str(len(changed)))


def _changed(line: PurchaseOrderLine, old: PurchaseOrderLine | None) -> Iterator[Sequence[str]]:
    _, *words = next(iter(_line(line)))
    amount = line.ordered.amount
    yield ("POC", line.number, what_changed(line, old), str(amount), str(amount), *words[2:])
    if line.ordered.unit == "case" and line.ordered.unit_size:
        yield ("PO4", str(line.ordered.unit_size))


def what_changed(line: PurchaseOrderLine, old: PurchaseOrderLine | None) -> str:
    """POC02."""
    if old is None:
        return "AI"
    if line.ordered.amount == 0:
        return "DI"
    if line.net_cost != old.net_cost:
        return "PC" if line.ordered == old.ordered else "PQ"
    return "QI" if line.ordered.amount > old.ordered.amount else "QD"


def read_answer(sent: Sent, findings: Sequence[Finding], *, short: bool) -> Iterator[Sequence[str]]:
    """997: what was found wrong in the form of one document; `short`: of its group alone."""
    status = "R" if findings else "A"
    yield ("AK1", sent.group_code, sent.group)
    if not short:
        yield ("AK2", sent.code, sent.number)
        for one in findings:
            yield from _noted(one)
        yield ("AK5", status, "5") if findings else ("AK5", status)
    yield ("AK9", status, "1", "1", "0" if findings else "1")


def _noted(one: Finding) -> Iterator[Sequence[str]]:
    of_segment = one.kind in AT_SEGMENT and not one.element
    yield (
        "AK3",
        one.segment or "SE",
        str(max(one.position, 1)),
        "",
        AT_SEGMENT.get(one.kind, "8") if of_segment else "8",
    )
    if not of_segment:
        code = "7" if one.kind == WRONG_COUNT else AT_ELEMENT.get(one.kind, "6")
        yield ("AK4", str(max(one.element, 1)), "", code, one.text[:99])


def unread_group(code: str, group: str) -> Iterator[Sequence[str]]:
    """997 for an interchange that could not be opened: its group, as far as it could be told, is refused."""
    yield ("AK1", code, group)
    yield ("AK9", "R", "1", "1", "0", "5")


def verdict(sent: Sent, subject: str, reasons: Sequence[tuple[str, str]], at: datetime) -> Iterator[Sequence[str]]:
    """824: yes without reasons, no with them."""
    yield ("BGN", "11", f"{sent.group}-{sent.number}", f"{at:%Y%m%d}")
    yield ("OTI", "TR" if reasons else "TA", SUBJECTS.get(sent.code, "ZZ"), subject, "", "", "", "",
           sent.group, sent.number, sent.code)  # fmt: skip
    for code, text in reasons:
        yield ("TED", "848", f"{code}: {text}"[:60])
        yield ("NTE", "", text[:80])
