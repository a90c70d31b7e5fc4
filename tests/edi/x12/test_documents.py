"""X12 documents: a purchase order is read whole or refused with every reason, and what we say is said exactly."""

from datetime import UTC, date, datetime
from decimal import Decimal

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edi.faults import Fault, Refused
from edi.x12 import invoice, order_acknowledgement, ship_notice, stock_report
from edi.x12.header import Header
from edi.x12.interchange import GroupHeader, Transaction
from edi.x12.purchase_order import purchase_order
from edi.x12.read import read
from edi.x12.write import Outgoing, OutgoingGroup, Row, write
from schemas.invoice import Charge, Invoice, InvoiceLine, Tax, Terms
from schemas.purchase_order import (
    Cost,
    CountedIn,
    Identifier,
    Party,
    PoLineNumber,
    PurchaseOrder,
    PurchaseOrderNumber,
)
from schemas.ship_notice import Carton, Pallet
from schemas.stock_report import ReportedItem, StockReport
from tests.edi.documents import (
    AT,
    NUMBER,
    PROFILE,
    SSCC,
    UPC,
    VENDOR,
    acknowledged,
    answered,
    cases,
    notice,
    packed,
    part,
)  # fmt: skip
from tests.edi.samples import x12
from tests.edi.strategies import SLOW

HEAD = (
    "BEG*00*NE*4Z32PABC**20261121~REF*CR*ABCD6~REF*PD*DEAL7~FOB*PP~CSH*Y~DTM*064*20261201~DTM*063*20261203~"
    "N1*ST**92*LTN4~N3*1 Some Street~N4*Luton**LU1 1AA*GB~"
)
LINE = "PO1*1*10*CA*12.5*NT*UP*012345678905*VN*0012~PO4*12~"


def order_of(body: str) -> Transaction:
    count = body.count("~") + 2
    file = read(x12(sets=f"ST*850*0001~{body}SE*{count}*0001~"))
    assert not list(file.interchanges[0].report.all_faults())
    return file.interchanges[0].transactions[0]


def order(body: str, profile: object = PROFILE) -> PurchaseOrder:
    found = purchase_order(order_of(body), profile)  # type: ignore[arg-type]
    assert isinstance(found, PurchaseOrder), found
    return found


def reasons(body: str) -> list[tuple[str, str]]:
    found = purchase_order(order_of(body), PROFILE)
    assert isinstance(found, tuple) and found, found
    return [(fault.place, fault.code) for fault in found]


def test_an_order_is_read_with_its_windows_freight_destination_and_lines() -> None:
    read_ = order(HEAD + LINE + "CTT*1*10~")
    line = read_.lines[0]
    assert (read_.number, read_.state, read_.kind, read_.freight, read_.deal) == (
        "4Z32PABC", "new", "regular", "vendor_pays", "DEAL7",
    )  # fmt: skip
    assert read_.vendor.party_id == "ABCD6", "the document knows better than the configuration"
    assert read_.delivery_window is not None
    assert read_.delivery_window.start == datetime(2026, 12, 1, tzinfo=UTC)
    assert read_.delivery_window.end == datetime(2026, 12, 3, 23, 59, 59, tzinfo=UTC)
    assert read_.ship_to == Party(
        party_id="LTN4", lines=("1 Some Street",), city="Luton", postcode="LU1 1AA", country="GB"
    )
    assert line.ordered == cases(10) and line.ordered.eaches == 120
    assert line.net_cost == Cost(Decimal("12.5"), "GBP")
    assert line.identifiers == (UPC, Identifier("vendor_sku", "0012", "VN"))
    assert not line.backorder_allowed, "no published code allows it"


def test_days_are_the_partners_days() -> None:
    summer = HEAD.replace("20261201", "20260701").replace("20261203", "20260701")
    window = order(summer + LINE + "CTT*1~").delivery_window
    assert window is not None
    assert (window.start, window.end) == (
        datetime(2026, 6, 30, 23, tzinfo=UTC), datetime(2026, 7, 1, 22, 59, 59, tzinfo=UTC),
    )  # fmt: skip


def test_back_orders_are_allowed_where_the_partners_code_says_so() -> None:
    allowing = msgspec.structs.replace(PROFILE, backorder_codes=frozenset(("Y",)))
    assert order(HEAD + LINE + "CTT*1~", allowing).lines[0].backorder_allowed


@pytest.mark.parametrize(
    ("line", "cost"),
    [
        ("PO1*1*2*EA*3.1*PE*UP*1~", Decimal("3.1")),
        ("PO1*1*2*CA*3.1*PE*UP*1~PO4*12~", Decimal("37.2")),
        ("PO1*1*2*CA*3.1*PE*UP*1~PO4*2*************6~", Decimal("37.2")),
        ("PO1*1*2*CA*3.1*ZZ*UP*1~", None),
        ("PO1*1*2*CA***UP*1~", None),
    ],
    ids=["each", "case of eaches", "inner packs", "a basis that nobody knows", "no cost"],
)
def test_a_cost_is_that_of_the_ordered_unit_or_none(line: str, cost: Decimal | None) -> None:
    found = order(HEAD + line + "CTT*1~").lines[0].net_cost
    assert (found.amount if found else None) == cost


def test_a_quantity_of_nothing_is_a_cancelled_line() -> None:
    assert order(HEAD + "PO1*1*0*EA*1*NT*UP*1~CTT*1~").lines[0].cancelled


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (HEAD + "PO1**1*EA*1*NT*UP*1~CTT*1~", [("PO101", "1")]),
        (HEAD + "PO1*1*1.5*EA*1*NT*UP*1~CTT*1~", [("PO102", "6")]),
        (HEAD + "PO1*1*-1*EA*1*NT*UP*1~CTT*1~", [("PO102", "6")]),
        (HEAD + "PO1*1*1*KI*1*NT*UP*1~CTT*1~", [("PO103", "7")]),
        (HEAD + "PO1*1*1*EA*1*NT~CTT*1~", [("PO106", "1")]),
        (HEAD + "PO1*1*1*EA*-1*NT*UP*1~CTT*1~", [("PO104", "6")]),
        (HEAD + "PO1*1*1*CA*1*PE*UP*1~CTT*1~", [("PO105", "7")]),
        (HEAD + "PO1*1*1*EA*1*NT*UP*1~PO1*1*1*EA*1*NT*UP*2~CTT*2~", [("PO101", "7")]),
        (HEAD + LINE + "CTT*2~", [("CTT01", "6")]),
        (HEAD + LINE + "SDQ*CA*92*LTN4*10~CTT*1~", [("SDQ", "2")]),
        (HEAD, [("ST", "3")]),
        (LINE + "CTT*1~", [("ST", "3")]),
        (HEAD.replace("20261203", "20261130") + LINE, [("DTM02", "8")]),
        (HEAD.replace("BEG*00", "BEG*77") + LINE, [("BEG01", "7")]),
        (HEAD.replace("20261121", "20261321") + LINE, [("BEG05", "8")]),
        (HEAD + "PO1**x*KI~CTT*1~", [("PO101", "1"), ("PO102", "6"), ("PO103", "7"), ("PO106", "1")]),
    ],
)
def test_what_cannot_be_taken_whole_is_refused_with_each_place(body: str, found: list[tuple[str, str]]) -> None:
    assert reasons(body) == found


def written(code: str, group: str, rows: list[Row], version: str = "004010") -> list[str]:
    """Our document through the strict writer and back: its segments as they are sent."""
    header = Header(sender="VENDOR", receiver="AMAZON", date="261121", time="0930", number="000000001")
    gs = GroupHeader(
        code=group, sender="VENDOR", receiver="AMAZON", date="20261121", time="0930", number="1", version=version
    )
    out = write(header, [OutgoingGroup(header=gs, transactions=[Outgoing(code=code, number="0001", segments=rows)])])
    file = read(out)
    assert not file.faults and not list(file.interchanges[0].report.all_faults())
    return file.interchanges[0].transactions[0].lines[1:-1]


def test_an_acknowledgement_in_full_says_that_nothing_differs() -> None:
    ordered = order(HEAD + LINE + "CTT*1~")
    answer = acknowledged(answered(part("accepted", 10)))
    assert written("855", "PR", list(order_acknowledgement.rows(answer, ordered, PROFILE))) == [
        "BAK*00*AD*4Z32PABC*20261121*****20261121",
        "PO1*1*10*CA*12.5*NT*UP*012345678905",
        "ACK*IA*10*CA*068*20261123",
        "CTT*1*10",
    ]


@pytest.mark.parametrize(
    ("parts", "codes"),
    [
        ([part("accepted", 6), part("rejected", 4, "temporarily_unavailable")], ["IQ*6", "IR*4"]),
        ([part("accepted", 6), part("backordered", 4)], ["IA*6", "IB*4"]),
        ([part("backordered", 10)], ["IB*10"]),
        ([part("rejected", 10, "obsolete")], ["R2*10"]),
        ([part("rejected", 10, "invalid_identifier")], ["R2*10"]),
        ([part("rejected", 10, "wrong_unit")], ["R3*10"]),
    ],
)
def test_each_part_of_an_answer_has_its_code_and_its_own_quantity(parts: list[object], codes: list[str]) -> None:
    ordered = order(HEAD + LINE + "CTT*1~")
    answer = acknowledged(answered(*parts))  # type: ignore[arg-type]
    segments = written("855", "PR", list(order_acknowledgement.rows(answer, ordered, PROFILE)))
    assert segments[0].startswith("BAK*00*AC*")
    assert ["*".join(one.split("*")[1:3]) for one in segments if one.startswith("ACK")] == codes


def test_another_cost_than_the_ordered_one_is_a_change() -> None:
    ordered = order(HEAD + LINE + "CTT*1~")
    answer = acknowledged(answered(part("accepted", 10), cost="12.40"))
    assert not order_acknowledgement.is_unchanged(answer, ordered)


def test_an_item_without_a_name_in_x12_is_refused_and_not_sent_nameless() -> None:
    line = msgspec.structs.replace(answered(part("accepted", 10)), identifiers=(Identifier("unknown", "7"),))
    with pytest.raises(Refused, match="no identifier"):
        list(order_acknowledgement.rows(acknowledged(line), order(HEAD + LINE + "CTT*1~"), PROFILE))


def test_a_mixed_pallet_stands_under_each_of_its_orders_and_levels_are_numbered_through() -> None:
    first = Carton(number=1, sscc=SSCC, items=(packed("PO1", "1", 2), packed("PO2", "7", 1, lot="L1")))
    loose = Carton(number=2, tracking_number="T2", items=(packed("PO2", "8", 3, expiry=date(2027, 1, 31)),))
    pallet = Pallet(sscc=SSCC, cartons=(1,))
    segments = written("856", "SH", list(ship_notice.rows(notice((first, loose), (pallet,)), PROFILE)), "005010")
    levels = [one for one in segments if one.startswith("HL")]
    assert levels == [
        "HL*1**S", "HL*2*1*O", "HL*3*2*T", "HL*4*3*P", "HL*5*4*I",
        "HL*6*1*O", "HL*7*6*T", "HL*8*7*P", "HL*9*8*I", "HL*10*6*P", "HL*11*10*I",
    ]  # fmt: skip
    assert "MAN*GM*00354123450000000014" in segments and "MAN*CP*T2" in segments
    assert "LIN*7*UP*012345678905*LT*L1" in segments and "DTM*036*20270131" in segments
    assert segments[-1] == "CTT*11*6"
    assert "TD1*CTN*2****G*120.5*KG" in segments and "REF*BM*ABCD512345" in segments and "REF*BX*ARN9" in segments
    assert "DTM*011*20261121*0930*GM" in segments


def test_a_pallet_of_a_carton_that_is_not_there_is_refused() -> None:
    with pytest.raises(Refused, match="carton 9"):
        list(ship_notice.rows(
            notice((Carton(number=1, items=(packed("PO1", "1", 2),)),), (Pallet(sscc=SSCC, cartons=(9,)),)), PROFILE
        ))  # fmt: skip


def bill(**changes: object) -> Invoice:
    line = InvoiceLine(
        sequence=1, line=PoLineNumber("1"), purchase_order=NUMBER, identifiers=(UPC,), quantity=cases(6),
        net_cost=Cost(Decimal("12.50"), "GBP"), taxes=(),
    )  # fmt: skip
    whole = Invoice(
        kind="invoice", number="INV-1", issued_at=AT, vendor=VENDOR, remit_to=Party(party_id="ABCD5", name="Acme"),
        currency="GBP", total=Decimal("94.00"), terms=Terms(net_days=60), lines=(line,),
        charges=(Charge(charge=True, reason="freight", amount=Decimal("4.00")),),
        taxes=(Tax(kind="VA", rate=Decimal(20), taxable=Decimal("75.00"), amount=Decimal("15.00")),),
    )  # fmt: skip
    return msgspec.structs.replace(whole, **changes)


def test_an_invoice_says_its_total_in_hundredths() -> None:
    segments = written("810", "IN", list(invoice.rows(bill(), PROFILE)))
    assert segments == [
        "BIG*20261121*INV-1**4Z32PABC", "CUR*SE*GBP", "N1*RI*Acme*92*ABCD5", "ITD*01*3*****60",
        "IT1*1*6*CA*12.5*NT*UP*012345678905", "TDS*9400", "TXI*VA*15*20*****75", "SAC*C*D240***400", "CTT*1*6",
    ]  # fmt: skip


def test_an_invoice_of_several_orders_names_the_order_at_each_line() -> None:
    line = bill().lines[0]
    other = msgspec.structs.replace(line, sequence=2, purchase_order=PurchaseOrderNumber("OTHER"))
    segments = written("810", "IN", list(invoice.rows(bill(lines=(line, other)), PROFILE)))
    assert segments[0] == "BIG*20261121*INV-1"
    assert [one for one in segments if one.startswith("REF")] == ["REF*PO*4Z32PABC", "REF*PO*OTHER"]


def test_parts_of_a_hundredth_and_credit_notes_are_refused() -> None:
    with pytest.raises(Refused, match="hundredth"):
        list(invoice.rows(bill(total=Decimal("1.005")), PROFILE))
    with pytest.raises(Refused, match="credit note"):
        list(invoice.rows(bill(kind="credit_note"), PROFILE))


def test_a_stock_report_says_zero_as_zero() -> None:
    report = StockReport(
        number="R1", made_at=AT, full=False, warehouse="W1",
        items=(ReportedItem(identifiers=(UPC,), quantity=0, cost=Cost(Decimal("12.5"), "GBP")),),
    )  # fmt: skip
    assert written("846", "IB", list(stock_report.rows(report, PROFILE))) == [
        "BIA*25*IP*R1*20261121*0930", "DTM*166*20261121*0930", "N1*WH**92*W1", "LIN*1*UP*012345678905",
        "CTP**NET*12.5", "SDQ*EA*92*W1*0", "CTT*1",
    ]  # fmt: skip


def test_a_fault_tells_segment_element_and_reason() -> None:
    found = purchase_order(order_of(HEAD + "PO1*1*1*KI*1*NT*UP*1~CTT*1~"), PROFILE)
    assert isinstance(found, tuple) and isinstance(found[0], Fault)
    assert "PO103" in str(found[0]) and "KI" in str(found[0])


def test_units_of_each_count_singly() -> None:
    assert order(HEAD + "PO1*1*3*EA*1*NT*UP*1~PO4*12~CTT*1~").lines[0].ordered == CountedIn(3, "each")


AMOUNTS = st.sampled_from(["1", "12", "0", "007", "-1", "1.5", "2.0", "", "x", "9" * 19, "\xb2", " 3"])
PRICES = st.sampled_from(["12.5", "12", ".5", "5.", "", "-1", "1,5", "1.2.3", ".", "\xb2.5", " 1.5"])


@settings(deadline=None, suppress_health_check=SLOW)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["1", "2", "0003", " 4", "", "x" * 21]), AMOUNTS,
            st.sampled_from(["EA", "CA", "EA ", "", "DZ"]), PRICES, st.sampled_from(["", "NT", "PE", "XX"]),
            st.sampled_from(["*UP*012345678905", "*VN*A*UP*0", "", "*UP", "**5", "*ZZ*1*UP*"]),
        ),
        min_size=1, max_size=3,
    )
)  # fmt: skip
def test_a_line_is_read_the_same_however_quickly(lines: list[tuple[str, ...]]) -> None:
    body = "".join(f"PO1*{'*'.join(line[:5])}{line[5]}~" for line in lines)
    transaction = order_of(HEAD + body + f"CTT*{len(lines)}~")
    quick = purchase_order(transaction, PROFILE)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("edi.x12.purchase_order._Reading._plain", lambda self, elements: None)
        careful = purchase_order(transaction, PROFILE)
    assert quick == careful


def test_a_line_behind_the_totals_is_a_fault_and_not_passed_over() -> None:
    assert ("PO1", "7") in reasons(HEAD + LINE + "CTT*1*10~" + LINE.replace("PO1*1", "PO1*2"))
