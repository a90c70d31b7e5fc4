"""What the retailer sends by EDIFACT: ORDERS and ORDCHG, CONTRL and APERAK, each in an interchange of its own."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from schemas.purchase_order import Party, PurchaseOrder, PurchaseOrderLine, Window
from simulators.edi_partner.edifact_rows import is_gln
from simulators.edi_partner.envelopes import Sent
from simulators.edi_partner.findings import MISSING, WRONG_COUNT, Finding
from simulators.edi_partner.terms import Parties

QUALIFIERS = {
    "asin": "BP", "vendor_sku": "SA", "gtin_12": "UP", "gtin_13": "EN", "gtin_14": "EN", "isbn": "IB",
    "unknown": "ZZZ",
}  # fmt: skip
IN_LIN = frozenset(("EN", "UP"))
UNITS = {"each": "PCE", "case": "CS"}
KINDS = {"regular": "220", "rush": "224", "consigned": "227"}
NAMES = {
    "ORDERS": "ORDERS:D:96A:UN:EAN008", "ORDCHG": "ORDCHG:D:96A:UN:EAN008", "CONTRL": "CONTRL:D:3:UN",
    "APERAK": "APERAK:D:96A:UN:EAN004",
}  # fmt: skip
VERSIONS = {"ORDRSP": "EAN005", "DESADV": "EAN005", "INVOIC": "EAN008", "INVRPT": "EAN008"}
SUBJECTS = {"ORDRSP": "ON", "DESADV": "AAK", "INVOIC": "IV"}
ERRORS = {MISSING: "13", WRONG_COUNT: "29"}
Value = str | tuple[str, ...]
Segments = Iterable[Sequence[Value]]


def enveloped(parties: Parties, code: str, rows: Segments, numbers: tuple[int, int, int], at: datetime) -> bytes:
    """`numbers`: of the interchange, of no group, of the message."""
    body = [_written(row) for row in rows]
    reference, number = str(numbers[0]), str(numbers[2])
    head = (f"UNB+UNOC:3+{parties.retailer}:{parties.retailer_qualifier}+{parties.vendor}:{parties.vendor_qualifier}"
            f"+{at:%y%m%d}:{at:%H%M}+{reference}++++++{'1' if parties.test else ''}").rstrip("+")  # fmt: skip
    every = [head, f"UNH+{number}+{NAMES[code]}", *body, f"UNT+{len(body) + 2}+{number}", f"UNZ+1+{reference}"]
    return "".join(f"{line}'" for line in every).encode("latin-1", "replace")


def _written(row: Sequence[Value]) -> str:
    parts = (":".join(escaped(part) for part in value).rstrip(":") if isinstance(value, tuple) else escaped(value)
             for value in row)  # fmt: skip
    return "+".join(parts).rstrip("+")


def escaped(text: str) -> str:
    return "".join(f"?{sign}" if sign in "?+:'" else sign for sign in text.replace("\n", " "))


def order(told: PurchaseOrder, parties: Parties, *, again: bool) -> Iterator[Sequence[Value]]:
    """ORDERS. `again`: it replaces what was sent before."""
    yield ("BGM", KINDS.get(told.kind, "220"), told.number, "5" if again else "9")
    yield _day("137", told.ordered_at)
    if told.delivery_window:
        yield _day("64", told.delivery_window.start)
        yield _day("63", told.delivery_window.end)
    yield ("RFF", ("CR", told.vendor.party_id))
    yield ("NAD", "SU", _named(parties.vendor))
    if told.ship_to:
        yield ("NAD", "DP", _named(told.ship_to.party_id))
    if told.bill_to:
        yield from _address("IV", told.bill_to)
    yield ("CUX", ("2", parties.currency, "9"))
    for line in told.lines:
        yield from _line(line, "")
    yield ("UNS", "S")
    yield ("CNT", ("2", str(len(told.lines))))


def _named(party_id: str) -> tuple[str, ...]:
    """A GLN is of agency 9; any other code is the buyer's own."""
    return (party_id, "", "9" if is_gln(party_id) else "92")


def _address(role: str, party: Party) -> Iterator[Sequence[Value]]:
    yield ("NAD", role, _named(party.party_id), "", party.name, party.lines, party.city, party.region,
           party.postcode, party.country)  # fmt: skip
    if party.tax_number:
        yield ("RFF", ("VA", party.tax_number))


def _day(qualifier: str, at: datetime) -> Sequence[Value]:
    return ("DTM", (qualifier, f"{at:%Y%m%d}", "102"))


def _line(line: PurchaseOrderLine, action: str) -> Iterator[Sequence[Value]]:
    names = [(one.value, QUALIFIERS[one.kind]) for one in line.identifiers]
    main = next((name for name in names if name[1] in IN_LIN), None)
    yield ("LIN", line.number, action, main or "")
    if others := [name for name in names if name != main]:
        yield ("PIA", "5", *others)
    yield ("QTY", ("21", str(line.ordered.amount), UNITS[line.ordered.unit]))
    if line.ordered.unit == "case" and line.ordered.unit_size:
        yield ("QTY", ("59", str(line.ordered.unit_size)))
    if line.net_cost:
        yield ("PRI", ("AAA", f"{line.net_cost.amount:f}"))


def change(
    told: PurchaseOrder, before: PurchaseOrder, sequence: int, window: Window | None, at: datetime, parties: Parties
) -> Iterator[Sequence[Value]]:
    """ORDCHG: the lines that changed, each with its action; the window where it moved."""
    yield ("BGM", "230", f"{told.number}-{sequence}", "4")
    yield _day("137", at)
    if window:
        yield from (_day("64", window.start), _day("63", window.end))
    yield ("RFF", ("ON", told.number))
    yield ("RFF", ("CR", told.vendor.party_id))
    yield ("NAD", "SU", _named(parties.vendor))
    yield ("CUX", ("2", parties.currency, "9"))
    known = {line.number: line for line in before.lines}
    changed = [line for line in told.lines if known.get(line.number) != line]
    for line in changed:
        action = "1" if line.number not in known else "2" if line.ordered.amount == 0 else "3"
        yield from _line(line, action)
    yield ("UNS", "S")
    yield ("CNT", ("2", str(len(changed))))


def read_answer(sent: Sent, findings: Sequence[Finding], parties: Parties) -> Iterator[Sequence[Value]]:
    """CONTRL: 7 read, 4 refused; there is nothing between both."""
    action = "4" if findings else "7"
    yield _whole(sent.interchange, parties, action)
    name = (sent.code, "D", "96A", "UN", sent.version)
    yield ("UCM", sent.number, name, action) if not findings else ("UCM", sent.number, name, action, "12")
    for one in findings:
        yield ("UCS", str(max(one.position, 1)), ERRORS.get(one.kind, "12"))
        if one.element:
            yield ("UCD", ERRORS.get(one.kind, "12"), str(one.element + 1))


def _whole(interchange: str, parties: Parties, action: str) -> Sequence[Value]:
    sender, receiver = (parties.vendor, parties.vendor_qualifier), (parties.retailer, parties.retailer_qualifier)
    return ("UCI", interchange, sender, receiver, action)


def unread_interchange(interchange: str, parties: Parties) -> Iterator[Sequence[Value]]:
    """CONTRL for one that could not be opened."""
    yield (*_whole(interchange, parties, "4"), "23")


def verdict(sent: Sent, subject: str, reasons: Sequence[tuple[str, str]], at: datetime) -> Iterator[Sequence[Value]]:
    """APERAK: yes without reasons, no with them."""
    yield ("BGM", "305", f"{sent.interchange}-{sent.number}", "27" if reasons else "29")
    yield _day("137", at)
    yield ("RFF", ("ACW", sent.number))
    if sent.code in SUBJECTS:
        yield ("RFF", (SUBJECTS[sent.code], subject))
    for code, text in reasons:
        yield ("ERC", (code[:8],))
        yield ("FTX", "AAO", "", "", (f"{code}: {text}"[:70], text[:70]))
