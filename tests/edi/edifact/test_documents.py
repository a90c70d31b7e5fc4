"""EDIFACT documents: an order is read whole or refused with every reason, and what we say is said exactly."""

from datetime import UTC, date, datetime
from decimal import Decimal

import msgspec
import pytest

from edi.edifact import invoice, order_acknowledgement, ship_notice, stock_report
from edi.edifact.interchange import Header, Message, MessageName
from edi.edifact.interchange import Party as Sender
from edi.edifact.parties import row as party_row
from edi.edifact.purchase_order import purchase_order
from edi.edifact.read import read
from edi.edifact.write import Outgoing, Row, write
from edi.faults import Refused
from edi.profile import qualified
from schemas.invoice import Invoice, InvoiceLine, Tax, Terms
from schemas.purchase_order import Cost, CountedIn, Identifier, Party, PoLineNumber, PurchaseOrder
from schemas.ship_notice import Carton, Pallet
from schemas.stock_report import ReportedItem, StockReport
from tests.edi.documents import AT, NUMBER, PROFILE, SSCC, VENDOR, acknowledged, answered, cases, notice, packed, part
from tests.edi.samples import edifact

HEAD = (
    "BGM+220+4Z32PABC+9'DTM+137:20261121:102'DTM+63:20261203:102'DTM+64:20261201:102'RFF+CR:ABCD6'"
    "NAD+BY+5450534000024::9'NAD+SU+4012345000009::9'NAD+DP+5450534000116::9+++++++GB'"
    "NAD+IV+5450534000055::9++AMAZON EU SARL+5 Rue+Luxembourg++1855+LU'RFF+VA:LU20260743'CUX+2:EUR:9'"
)
LINE = "LIN+1++4012345678901:EN'PIA+5+0012:SA'QTY+21:10:CS'QTY+59:12'PRI+AAA:12.5'"
TAIL = "UNS+S'CNT+2:1'"
EAN = Identifier("gtin_13", "4012345678901", "EN")


def message_of(body: str) -> Message:
    count = body.count("'") + 2
    file = read(edifact(messages=f"UNH+1+ORDERS:D:96A:UN:EAN008'{body}UNT+{count}+1'"))
    assert not file.faults and not list(file.interchanges[0].report.all_faults())
    return file.interchanges[0].messages[0]


def order(body: str) -> PurchaseOrder:
    found = purchase_order(message_of(body), PROFILE)
    assert isinstance(found, PurchaseOrder), found
    return found


def reasons(body: str) -> list[str]:
    found = purchase_order(message_of(body), PROFILE)
    assert isinstance(found, tuple) and found, found
    return [fault.place for fault in found]


def test_an_order_is_read_with_its_window_parties_and_lines() -> None:
    read_ = order(HEAD + LINE + TAIL)
    line = read_.lines[0]
    assert (read_.number, read_.state, read_.kind, read_.vendor.party_id) == ("4Z32PABC", "new", "regular", "ABCD6")
    assert read_.delivery_window is not None
    assert read_.delivery_window.end == datetime(2026, 12, 3, 23, 59, 59, tzinfo=UTC)
    assert read_.ship_to == Party(party_id="5450534000116", country="GB")
    assert read_.bill_to is not None and read_.bill_to.tax_number == "LU20260743"
    assert line.ordered == cases(10) and line.net_cost == Cost(Decimal("12.5"), "EUR")
    assert line.identifiers == (EAN, Identifier("vendor_sku", "0012", "SA"))


def test_a_line_that_is_named_by_the_vendors_number_alone_is_read() -> None:
    body = HEAD + "LIN+1'PIA+5+101-021:SA'QTY+21:3'PRI+AAA:7'" + TAIL
    line = order(body).lines[0]
    assert line.identifiers == (Identifier("vendor_sku", "101-021", "SA"),) and line.ordered == CountedIn(3, "each")


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (HEAD + LINE.replace("LIN+1+", "LIN++") + TAIL, ["LIN01.1"]),
        (HEAD + LINE.replace("21:10", "21:1.5") + TAIL, ["QTY01.2"]),
        (HEAD + LINE.replace("21:10", "21:-1") + TAIL, ["QTY01.2"]),
        (HEAD + LINE.replace(":CS", ":BOU") + TAIL, ["QTY01.3"]),
        (HEAD + LINE.replace("QTY+21:10:CS'", "") + TAIL, ["LIN"]),
        (HEAD + LINE.replace("AAA:12.5", "AAA:-1") + TAIL, ["PRI01.2"]),
        (HEAD + "LIN+1'QTY+21:1'" + TAIL, ["LIN03.1"]),
        (HEAD + LINE + LINE + "UNS+S'CNT+2:2'", ["LIN01.1"]),
        (HEAD + LINE + "UNS+S'CNT+2:3'", ["CNT01.2"]),
        (HEAD + "UNS+S'", ["UNH"]),
        (HEAD.replace("DTM+137:20261121:102'", "") + LINE + TAIL, ["UNH"]),
        (HEAD.replace("63:20261203", "63:20261130") + LINE + TAIL, ["DTM01.2"]),
        (HEAD.replace("4Z32PABC+9", "4Z32PABC+77") + LINE + TAIL, ["BGM03.1"]),
    ],
)
def test_what_cannot_be_taken_whole_is_refused_with_its_place(body: str, found: list[str]) -> None:
    assert [place.removesuffix(".1") for place in reasons(body)] == [place.removesuffix(".1") for place in found]


def written(kind: str, rows: list[Row], association: str = "EAN005") -> list[str]:
    """Our document through the strict writer and back: its segments as they are sent."""
    header = Header(sender=Sender("4012345000009", "14"), receiver=Sender("5450534000000", "14"), date="261121",
                    time="0930", number="1", application="EANCOM")  # fmt: skip
    name = MessageName(kind, association=association)
    file = read(write(header, [Outgoing(name=name, number="1", segments=rows)]))
    assert not file.faults and not list(file.interchanges[0].report.all_faults())
    return file.interchanges[0].messages[0].lines[1:-1]


def line_of(*parts: object) -> object:
    return msgspec.structs.replace(answered(*parts), identifiers=(EAN,), net_cost=Cost(Decimal("12.5"), "EUR"))  # type: ignore[arg-type]


def test_an_acknowledgement_in_full_says_so_for_the_whole_and_each_line() -> None:
    ordered = order(HEAD + LINE + TAIL)
    answer = acknowledged(line_of(part("accepted", 10)))  # type: ignore[arg-type]
    assert written("ORDRSP", list(order_acknowledgement.rows(answer, ordered, PROFILE))) == [
        "BGM+231+4Z32PABC+29", "DTM+137:20261121:102", "RFF+ON:4Z32PABC", "NAD+SU+ABCD5::92", "CUX+2:EUR:9",
        "LIN+1+5+4012345678901:EN", "QTY+12:10:CS", "DTM+11:20261123:102", "PRI+AAA:12.5:CT:NTP", "UNS+S", "CNT+2:1",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("parts", "whole", "line", "quantities"),
    [
        ([part("accepted", 6), part("backordered", 4)], "4", "3", ["QTY+12:6:CS", "QTY+83:4:CS"]),
        (
            [part("accepted", 6), part("rejected", 4, "temporarily_unavailable")],
            "4",
            "3",
            ["QTY+12:6:CS", "QTY+185:4:CS"],
        ),
        ([part("rejected", 10, "obsolete")], "27", "7", ["QTY+182:10:CS"]),
    ],
)
def test_each_part_has_its_own_quantity(parts: list[object], whole: str, line: str, quantities: list[str]) -> None:
    answer = acknowledged(line_of(*parts))  # type: ignore[arg-type]
    segments = written("ORDRSP", list(order_acknowledgement.rows(answer, order(HEAD + LINE + TAIL), PROFILE)))
    assert segments[0] == f"BGM+231+4Z32PABC+{whole}"
    assert any(one.startswith(f"LIN+1+{line}+") for one in segments)
    assert [one for one in segments if one.startswith("QTY")] == quantities


def test_a_notice_holds_its_cartons_within_their_pallet() -> None:
    stacked = Carton(number=1, sscc=SSCC, items=(packed("PO1", "1", 2, expiry=date(2027, 1, 31), lot="L'1"),))
    loose = Carton(number=2, items=(packed("PO2", "7", 1),))
    segments = written(
        "DESADV", list(ship_notice.rows(notice((stacked, loose), (Pallet(sscc=SSCC, cartons=(1,)),)), PROFILE))
    )
    assert [one for one in segments if one.startswith("CPS")] == ["CPS+1", "CPS+2+1", "CPS+3+2", "CPS+4+1"]
    assert segments.count(f"GIN+BJ+{SSCC}") == 2, "the 18 digits alone"
    assert "DTM+36:20270131:102" in segments and "GIN+BX+L?'1" in segments, "a quote in a value is released"
    assert segments[-1] == "CNT+1:3"
    assert "RFF+ON:PO1:1" in segments and "RFF+ON:PO2:7" in segments


def test_a_pallet_of_a_carton_that_is_not_there_is_refused() -> None:
    with pytest.raises(Refused, match="carton 9"):
        list(ship_notice.rows(notice((), (Pallet(sscc=SSCC, cartons=(9,)),)), PROFILE))


def test_a_credit_note_names_what_it_answers_and_totals_are_exact() -> None:
    line = InvoiceLine(
        sequence=1, line=PoLineNumber("1"), purchase_order=NUMBER, identifiers=(EAN,), quantity=cases(6),
        net_cost=Cost(Decimal("12.35"), "EUR"),
    )  # fmt: skip
    tax = Tax(kind="VAT", rate=Decimal(20), taxable=Decimal("74.10"), amount=Decimal("14.82"))
    whole = Invoice(
        kind="credit_note", number="CN-1", issued_at=AT, vendor=VENDOR, remit_to=VENDOR, currency="EUR",
        total=Decimal("88.92"), terms=Terms(net_days=60), lines=(line,), taxes=(tax,), credits="INV-1",
    )  # fmt: skip
    assert written("INVOIC", list(invoice.rows(whole, PROFILE)), "EAN008") == [
        "BGM+381+CN-1+9", "DTM+137:20261121:102", "RFF+IV:INV-1", "NAD+SU+ABCD5::92", "CUX+2:EUR:4",
        "PAT+1++5:7:D:60", "LIN+1++4012345678901:EN", "QTY+47:6:CS", "MOA+203:74.1", "PRI+AAA:12.35",
        "RFF+ON:4Z32PABC:1", "UNS+S", "CNT+2:1", "MOA+77:88.92", "TAX+7+VAT+++:::20", "MOA+124:14.82", "MOA+125:74.1",
    ]  # fmt: skip


def test_a_stock_report_says_zero_as_zero() -> None:
    report = StockReport(
        number="R1", made_at=AT, full=False, warehouse="W1", items=(ReportedItem(identifiers=(EAN,), quantity=0),)
    )
    segments = written("INVRPT", list(stock_report.rows(report, PROFILE)), "EAN008")
    assert segments[-2:] == ["LIN+1++4012345678901:EN", "QTY+145:0"]


@pytest.mark.parametrize(("number", "agency"), [("5450534000116", "9"), ("5450534000117", "92"), ("LTN4", "92")])
def test_only_a_gln_is_said_to_be_one(number: str, agency: str) -> None:
    assert party_row("DP", Party(party_id=number), "9")[2] == (number, "", agency)


def test_a_name_that_came_by_the_api_goes_by_its_kind() -> None:
    """An account that moves to EDI has open orders that came by the API."""
    by_api = Identifier("vendor_sku", "MUG", "vendorProductIdentifier")
    assert qualified("edifact", by_api) == ("SA", "MUG") and qualified("x12", by_api) == ("VN", "MUG")
