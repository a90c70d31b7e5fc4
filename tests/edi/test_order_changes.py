"""860 and ORDCHG: a change is read whole or refused with every reason, and its answer says every line."""

from datetime import UTC, datetime
from decimal import Decimal

import msgspec
import pytest

from edi.edifact import order_acknowledgement as ordrsp
from edi.edifact.purchase_order_change import purchase_order_change as read_ordchg
from edi.edifact.read import read as read_edifact
from edi.faults import Fault
from edi.profile import Profile
from edi.x12 import change_acknowledgement
from edi.x12.change_acknowledgement import Answered
from edi.x12.purchase_order_change import purchase_order_change as read_860
from edi.x12.read import read
from schemas.purchase_order import Cost, PoLineNumber, PurchaseOrder, PurchaseOrderLine, Window
from schemas.purchase_order_change import PurchaseOrderChange
from schemas.terms import Marketplace
from tests.edi.documents import AT, NUMBER, PROFILE, UPC, VENDOR, acknowledged, answered, cases, part
from tests.edi.samples import edifact, x12

HEAD = "BCH*04*NE*4Z32PABC**2*20261121*REQ7****20261122~REF*CR*ABCD5~"
DIFFERENCE = msgspec.structs.replace(PROFILE, changes_by="difference")


def of_860(body: str, profile: Profile = PROFILE) -> PurchaseOrderChange | tuple[Fault, ...]:
    [interchange] = read(x12(sets=f"ST*860*0001~{body}SE*{body.count('~') + 2}*0001~")).interchanges
    return read_860(interchange.transactions[0], profile)


def of_ordchg(body: str) -> PurchaseOrderChange | tuple[Fault, ...]:
    count = body.count("'") + 2
    [interchange] = read_edifact(edifact(messages=f"UNH+1+ORDCHG:D:96A:UN:EAN008'{body}UNT+{count}+1'")).interchanges
    return read_ordchg(interchange.messages[0], PROFILE)


def change(found: PurchaseOrderChange | tuple[Fault, ...]) -> PurchaseOrderChange:
    assert isinstance(found, PurchaseOrderChange), [str(fault) for fault in found]
    return found


def places(found: PurchaseOrderChange | tuple[Fault, ...]) -> list[str]:
    assert isinstance(found, tuple)
    return [fault.place for fault in found]


def test_each_kind_of_line_change_is_read_with_its_number_day_and_counter() -> None:
    found = change(
        of_860(
            HEAD + "POC*1*QD*6*4*CA*12.5*NT*UP*012345678905~POC*2*DI~POC*3*PC***EA*2.25*NT*VN*MUG~"
            "POC*4*AI*10*10*EA*3*NT*VN*CUP~POC*5*NC~CTT*5~"
        )
    )
    assert (found.number, found.sequence, found.reference) == (NUMBER, 2, "REQ7")
    assert found.changed_on == datetime(2026, 11, 22, tzinfo=UTC) and found.vendor_code == "ABCD5"
    down, gone, price, new, same = found.lines
    assert (down.amount, down.unit, down.direction, down.changes) == (6, "case", "down", "quantity")
    assert gone.cancelled and gone.amount is None
    assert price.net_cost == Cost(Decimal("2.25"), "GBP") and price.changes == "cost"
    assert new.added and new.amount == 10 and new.identifiers[0].value == "CUP"
    assert same.changes == "nothing" and not same.cancelled


def test_a_partner_that_tells_differences_is_read_by_them() -> None:
    [line] = change(of_860(HEAD + "POC*1*QI*10*4*EA~CTT*1~", DIFFERENCE)).lines
    assert (line.amount, line.by, line.direction) == (None, 4, "up")


@pytest.mark.parametrize("body", [HEAD.replace("*04*", "*01*"), HEAD + "POC*1*CF~CTT*1~"])
def test_a_whole_order_is_cancelled_by_its_header_or_by_a_line_that_says_so(body: str) -> None:
    found = change(of_860(body))
    assert found.cancels and found.lines == ()


def test_new_dates_of_the_order_stand_in_its_header_or_alike_in_all_its_lines() -> None:
    window = Window(datetime(2026, 12, 5, tzinfo=UTC), datetime(2026, 12, 7, 23, 59, 59, tzinfo=UTC))
    dates = "DTM*064*20261205~DTM*063*20261207~"
    assert change(of_860(HEAD + dates)).delivery_window == window
    of_lines = of_860(HEAD + f"POC*1*CT~{dates}POC*2*CT~{dates}CTT*2~")
    assert change(of_lines).delivery_window == window
    alone = change(of_860(HEAD + f"POC*1*CT~{dates}POC*2*NC~CTT*2~"))
    assert alone.delivery_window is None and [one.delivery_window for one in alone.lines] == [window, None]


DAYS = Window(datetime(2026, 12, 5, tzinfo=UTC), datetime(2026, 12, 7, 23, 59, 59, tzinfo=UTC))
DAY = Window(datetime(2026, 12, 5, tzinfo=UTC), datetime(2026, 12, 5, 23, 59, 59, tzinfo=UTC))


@pytest.mark.parametrize(
    ("schedule", "delivery", "ship"),
    [
        ("SCH*6*EA***064*20261205**063*20261207~", DAYS, None),
        ("SCH*6*EA***037*20261205**038*20261207~", None, DAYS),
        ("SCH*6*EA***002*20261205~", DAY, None),
        ("SCH*6*EA***010*20261205~", None, DAY),
        ("SCH*4*EA***002*20261205~SCH*2*EA***002*20261205~", DAY, None),
        ("SCH*6*EA~", None, None),
    ],
)
def test_a_schedule_of_the_whole_line_is_its_dates(schedule: str, delivery: object, ship: object) -> None:
    found, _ = change(of_860(HEAD + f"POC*1*QC*6*6*EA~{schedule}POC*2*NC~CTT*2~")).lines
    assert (found.delivery_window, found.ship_window, found.refused) == (delivery, ship, "")


@pytest.mark.parametrize(
    ("schedule", "why"),
    [
        ("SCH*3*EA~", "does not come to the 6"),
        ("SCH*3*EA***002*20261205~SCH*3*EA***002*20261206~", "split over several dates"),
        ("SCH*6*CA***002*20261205~", "the unit of the line"),
        ("SCH*6*EA***996*20261205~", "SCH 996"),
        ("SCH*6*EA***064*20261205~", "both ends"),
        ("SCH*6*EA***064*20261207**063*20261205~", "both ends"),
    ],
)
def test_a_schedule_that_has_no_place_refuses_its_line_and_no_other(schedule: str, why: str) -> None:
    refused, taken = change(of_860(HEAD + f"POC*1*QC*6*6*EA~{schedule}POC*2*QC*3*3*EA~CTT*2~")).lines
    assert why in refused.refused and (taken.amount, taken.refused) == (3, "")


@pytest.mark.parametrize(
    ("lines", "wrong"),
    [
        ("POC*1*QQ*6~", "POC02"),
        ("POC*1*QC~", "POC03"),
        ("POC*1*QC*1.5*1*EA~", "POC03"),
        ("POC*1*PC*6**EA~", "POC06"),
        ("POC*1*AI*6*6*EA*3*NT~", "POC08"),
        ("POC*1*QC*6*6*KG~", "POC05"),
        ("POC**QC*6*6*EA~", "POC01"),
        ("POC*1*RS*6*6*EA~SCH*3*EA~", "POC02"),
        ("POC*1*QC*6*6*EA~SCH*x*EA~", "SCH01"),
        ("POC*1*QC*6*6*EA~SCH*6*EA***002*never~", "SCH06"),
        ("POC*1*CT~DTM*064*20261205~POC*2*NC~", "DTM"),
        ("POC*1*QC*6*6*EA~POC*1*DI~", "POC01"),
        ("POC*1*QC*6*6*EA~CTT*2~", "CTT01"),
        ("DTM*064*20261205~POC*1*QC*6*6*EA~", "DTM"),
        ("", "ST"),
    ],
)
def test_what_nobody_has_agreed_upon_refuses_the_whole_change_by_segment_and_element(lines: str, wrong: str) -> None:
    assert wrong in places(of_860(HEAD + lines))


ORDCHG = "BGM+230+CHG9+4'DTM+137:20261122:102'RFF+ON:4Z32PABC'RFF+CR:ABCD5'CUX+2:GBP:9'"


def test_an_ordchg_is_read_as_its_860_is() -> None:
    found = change(
        of_ordchg(
            ORDCHG + "LIN+1+3++012345678905:UP'QTY+21:6:CS'PRI+AAA:12.50'LIN+2+2'LIN+3+1'PIA+5+CUP:SA'QTY+21:10'"
            "PRI+AAA:3'LIN+4+4'UNS+S'CNT+2:4'"
        )
    )
    assert (found.number, found.reference, found.vendor_code) == (NUMBER, "CHG9", "ABCD5")
    changed, gone, new, same = found.lines
    assert (changed.amount, changed.unit, changed.net_cost) == (6, "case", Cost(Decimal("12.5"), "GBP"))
    assert gone.cancelled and new.added and (new.amount, new.unit) == (10, "each")
    assert same.changes == "nothing"
    assert change(of_ordchg(ORDCHG.replace("+4'", "+1'") + "UNS+S'")).cancels


def test_dates_and_schedules_of_a_line_of_an_ordchg_are_its_own() -> None:
    dates = "DTM+64:20261205:102'DTM+63:20261207:102'"
    alone, split = change(
        of_ordchg(
            ORDCHG + f"LIN+1+3'{dates}QTY+21:6'LIN+2+3'QTY+21:6'SCC+1'QTY+21:4'DTM+2:20261205:102'SCC+1'QTY+21:2'"
            "UNS+S'CNT+2:2'"
        )
    ).lines
    assert (alone.delivery_window, alone.amount, alone.refused) == (DAYS, 6, "")
    assert split.amount == 6 and "SCC" in split.refused
    assert change(of_ordchg(ORDCHG + f"LIN+1+3'{dates}QTY+21:6'UNS+S'")).delivery_window == DAYS, "all lines alike"


@pytest.mark.parametrize(
    ("lines", "wrong"),
    [
        ("LIN+1+9'QTY+21:6'", "LIN02"),
        ("LIN+1+1'QTY+21:6'", "LIN03"),
        ("LIN+1+1'PIA+5+CUP:SA'", "LIN"),
        ("LIN+1+3'QTY+21:6:KGM'", "QTY01.3"),
        ("LIN+1+3'DTM+64:20261205:102'QTY+21:6'", "LIN"),
        ("", "UNH"),
    ],
)
def test_an_ordchg_that_is_not_whole_is_refused_by_its_place(lines: str, wrong: str) -> None:
    found = places(of_ordchg(ORDCHG + lines + "UNS+S'"))
    assert any(one.startswith(wrong) for one in found), found


# The answers.


def order_line(number: str, amount: int) -> PurchaseOrderLine:
    return PurchaseOrderLine(
        number=PoLineNumber(number), identifiers=(UPC,), ordered=cases(amount),
        net_cost=Cost(Decimal("12.50"), "GBP"), cancelled=amount == 0,
    )  # fmt: skip


ORDER = PurchaseOrder(
    channel_account=PROFILE.channel_account, number=NUMBER, marketplace=Marketplace("GB"), transport="x12",
    state="new", ordered_at=AT, vendor=VENDOR, lines=(order_line("1", 6), order_line("2", 0)),
)  # fmt: skip
CHANGE = PurchaseOrderChange(
    channel_account=PROFILE.channel_account, number=NUMBER, transport="x12", document="860", reference="REQ7",
    sequence=2, changed_on=AT,
)  # fmt: skip
CODES = {PoLineNumber("1"): "QD", PoLineNumber("2"): "DI"}


def test_an_865_repeats_the_changes_and_answers_each_line_in_full() -> None:
    said = acknowledged(answered(part("accepted", 6), ordered=6))
    told = list(change_acknowledgement.rows(said, ORDER, Answered(CHANGE, CODES, ORDER.lines[1:]), PROFILE))
    assert told == [
        ("BCA", "00", "AT", "4Z32PABC", "", "2", "20261121", "REQ7", "", "", "20261121", "20261121"),
        ("POC", "1", "QD", "6", "6", "CA", "12.5", "NT", "UP", "012345678905"),
        ("ACK", "IA", "6", "CA", "068", "20261123"),
        ("POC", "2", "DI", "0", "0", "CA", "", "", "UP", "012345678905"),
        ("ACK", "ID"),
        ("CTT", "2"),
    ]


@pytest.mark.parametrize(
    ("said", "late", "kind"),
    [
        (answered(part("accepted", 4), part("rejected", 2), ordered=6), False, "AC"),
        (answered(part("rejected", 6), ordered=6), False, "RD"),
        (answered(part("accepted", 6), ordered=6), True, "AC"),
    ],
)
def test_an_865_says_whether_all_is_as_asked(said: object, late: bool, kind: str) -> None:
    rows = change_acknowledgement.rows(acknowledged(said), ORDER, Answered(CHANGE, CODES, (), late), PROFILE)  # type: ignore[arg-type]
    assert next(iter(rows))[2] == kind


def test_an_ordrsp_to_a_change_names_it_and_the_lines_that_are_gone() -> None:
    said = acknowledged(answered(part("accepted", 6), ordered=6))
    told = list(ordrsp.rows(said, ORDER, PROFILE, ordrsp.OfChange("CHG9", ORDER.lines[1:])))
    assert told[0] == ("BGM", "231", "4Z32PABC", "29") and ("RFF", ("ACW", "CHG9")) in told
    assert told[-4:] == [
        ("LIN", "2", "2", ("012345678905", "UP")), ("QTY", ("12", "0", "CS")), ("UNS", "S"), ("CNT", ("2", "2")),
    ]  # fmt: skip
    other = msgspec.structs.replace(PROFILE, answered_message_rff="AGI")
    assert ("RFF", ("AGI", "CHG9")) in ordrsp.rows(said, ORDER, other, ordrsp.OfChange("CHG9", ()))
    late = ordrsp.rows(said, ORDER, PROFILE, ordrsp.OfChange("CHG9", (), late=True))
    assert next(iter(late))[3] == "4"
