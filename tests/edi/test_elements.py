"""The data types of both standards: exact, or refused with segment, element and code; every fault is collected."""

from datetime import date, time
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edi.edifact import elements as edifact
from edi.edifact.interchange import Segment as EdifactSegment
from edi.edifact.signs import Signs
from edi.faults import Refused
from edi.x12 import elements as x12
from edi.x12.interchange import Segment
from tests.edi.strategies import SLOW


def segment(*values: str) -> Segment:
    return Segment(["PO1", *values], 3, 40)


@pytest.mark.parametrize(
    ("value", "kind", "expected"),
    [
        ("12", "n0", 12), ("-7", "n0", -7), ("007", "n0", 7), ("1250", "n2", Decimal("12.50")),
        ("-5", "n2", Decimal("-0.05")),
        ("0", "n2", Decimal("0.00")), ("12.5", "r", Decimal("12.5")), ("12", "r", Decimal("12")),
        (".5", "r", Decimal("0.5")),
        ("5.", "r", Decimal("5")), ("-12.50", "r", Decimal("-12.50")), (" 12.5 ", "r", Decimal("12.5")),
        ("20261121", "dt", date(2026, 11, 21)), ("20240229", "dt", date(2024, 2, 29)), ("1422", "tm", time(14, 22)),
        ("142233", "tm", time(14, 22, 33)), ("1422335", "tm", time(14, 22, 33, 500_000)),
        ("14223307", "tm", time(14, 22, 33, 70_000)),
    ],
)  # fmt: skip
def test_x12_values_are_read_exactly(value: str, kind: str, expected: object) -> None:
    reading = x12.Elements()
    found = getattr(reading, kind)(segment(value), 1)
    assert found == expected
    assert type(found) is type(expected)
    assert reading.faults == []


@pytest.mark.parametrize(
    ("value", "kind", "code"),
    [
        ("1.5", "n0", "6"), ("1,5", "r", "6"), ("1e3", "r", "6"), ("+5", "r", "6"), ("NaN", "r", "6"),
        ("12-", "r", "6"),
        ("1 000", "r", "6"), ("٣", "n0", "6"), ("٣", "r", "6"), (".", "r", "6"), ("-", "n2", "6"),
        ("12.50", "n2", "6"),
        ("1" * 19, "n0", "5"), ("1" * 30, "r", "5"), ("20261321", "dt", "8"), ("20230229", "dt", "8"),
        ("261121", "dt", "8"),
        ("00000101", "dt", "8"), ("2460", "tm", "9"), ("14", "tm", "9"), ("14223", "tm", "9"), ("x", "tm", "9"),
    ],
)  # fmt: skip
def test_x12_values_that_are_wrong_are_refused_with_place_and_code(value: str, kind: str, code: str) -> None:
    reading = x12.Elements()
    assert getattr(reading, kind)(segment("", value), 2) is None
    fault = reading.faults[0]
    assert (fault.place, fault.position, fault.code, fault.value, fault.offset) == ("PO102", 3, code, value, 40)
    assert fault.level == "element"


def test_all_faults_of_a_segment_are_collected() -> None:
    reading, one = x12.Elements(), segment("x", "", "y", "ZZ", "long")
    assert reading.n0(one, 1) is None
    assert reading.r(one, 2, needed=True) is None
    assert reading.dt(one, 3) is None
    assert reading.code(one, 4, ("EA", "CA")) is None
    assert reading.text(one, 5, longest=3) == ""
    assert reading.text(one, 9) == ""
    assert [(fault.element, fault.code) for fault in reading.faults] == [
        (1, "6"),
        (2, "1"),
        (3, "8"),
        (4, "7"),
        (5, "5"),
    ]


def test_codes_and_texts_that_are_known_are_given() -> None:
    reading, one = x12.Elements(), segment("EA ", " a text ")
    assert (reading.code(one, 1, ("EA",)), reading.text(one, 2)) == ("EA", "a text")
    assert reading.faults == []


def test_what_cannot_be_written_exactly_is_refused_and_never_rounded() -> None:
    assert (x12.n2_text(Decimal("12.50")), x12.n2_text(Decimal("-0.05")), x12.n2_text(Decimal(3))) == (
        "1250",
        "-5",
        "300",
    )
    assert (x12.r_text(Decimal("12.500")), x12.r_text(Decimal("1E+3")), x12.r_text(7)) == ("12.5", "1000", "7")
    assert (x12.r_text(Decimal("-0.00")), x12.n0_text(-3)) == ("0", "-3")
    for refused in (Decimal("12.505"), Decimal("NaN"), Decimal("Infinity"), Decimal(10) ** 30):
        with pytest.raises(Refused):
            x12.n2_text(refused)
    for refused in (Decimal("NaN"), Decimal("-Infinity"), Decimal("1E-30"), Decimal("1E+30")):
        with pytest.raises(Refused):
            x12.r_text(refused)


def test_dates_and_times_are_written_as_digits() -> None:
    assert (x12.dt_text(date(2026, 1, 2)), x12.tm_text(time(4, 5, 6)), x12.tm_text(time(4, 5, 6), 6)) == (
        "20260102", "0405", "040506",
    )  # fmt: skip


@settings(deadline=None, suppress_health_check=SLOW)
@given(st.decimals(min_value=-(10**9), max_value=10**9, places=4))
def test_a_number_that_was_written_is_read_back(number: Decimal) -> None:
    reading = x12.Elements()
    assert reading.r(segment(x12.r_text(number)), 1) == number
    cents = number.quantize(Decimal("0.01"))
    assert reading.n2(segment(x12.n2_text(cents)), 1) == cents
    for mark in (".", ","):
        one = EdifactSegment(["PRI", edifact.number_text(number, mark)], 2, 0, Signs(decimal=mark))
        assert edifact.Elements().number(one, 1) == number


@pytest.mark.parametrize(
    ("dtm", "day", "hour"),
    [
        ("137:20261121:102", date(2026, 11, 21), None), ("137:261121:101", date(2026, 11, 21), None),
        ("137:202611211422:203", date(2026, 11, 21), time(14, 22)),
        ("137:20261121142233:204", date(2026, 11, 21), time(14, 22, 33)),
        ("137:2611211422:201", date(2026, 11, 21), time(14, 22)), ("137:20261121", date(2026, 11, 21), None),
    ],
)  # fmt: skip
def test_edifact_moments_are_read_by_their_format(dtm: str, day: date, hour: time | None) -> None:
    reading = edifact.Elements()
    assert reading.moment(EdifactSegment(["DTM", dtm], 2, 0)) == edifact.Moment(day, hour)
    assert reading.faults == []


@pytest.mark.parametrize(
    ("dtm", "component", "code"),
    [
        ("137:20261121:999", 3, "12"), ("137:20261321:102", 2, "12"), ("137:202611212460:203", 2, "12"),
        ("137:20261121:203", 2, "12"), ("137::102", 2, "13"), ("137", 2, "13"),
    ],
)  # fmt: skip
def test_edifact_moments_that_are_wrong_are_refused_with_their_component(dtm: str, component: int, code: str) -> None:
    reading = edifact.Elements()
    assert reading.moment(EdifactSegment(["DTM", dtm], 2, 7), needed=True) is None
    assert [(one.place, one.code) for one in reading.faults] == [(f"DTM01.{component}", code)]


def test_a_number_is_read_under_the_declared_mark_and_no_other() -> None:
    comma, point = Signs(decimal=","), Signs()
    reading = edifact.Elements()
    assert reading.number(EdifactSegment(["PRI", "AAA:12,5"], 2, 0, comma), 1, 2) == Decimal("12.5")
    assert reading.number(EdifactSegment(["PRI", "AAA:12.5"], 2, 0, point), 1, 2) == Decimal("12.5")
    assert reading.faults == []
    assert reading.number(EdifactSegment(["PRI", "AAA:12.5"], 2, 0, comma), 1, 2) is None
    assert reading.number(EdifactSegment(["PRI", "AAA:1.234,5"], 2, 0, comma), 1, 2) is None
    assert reading.number(EdifactSegment(["PRI", "AAA:12,5"], 2, 0, point), 1, 2) is None
    assert [(one.place, one.code) for one in reading.faults] == [("PRI01.2", "19")] * 3


def test_edifact_texts_codes_and_counts_are_collected_too() -> None:
    reading, one = edifact.Elements(), EdifactSegment(["LIN", "1", "", "X:EN"], 2, 0)
    assert (reading.whole(one, 1), reading.text(one, 3), reading.code(one, 3, ("EN",), 2)) == (1, "X", "EN")
    assert reading.faults == []
    assert reading.code(one, 3, ("SA",), 2) is None
    assert reading.text(one, 2, needed=True) == ""
    assert reading.whole(one, 3) is None
    assert [(fault.place, fault.code) for fault in reading.faults] == [
        ("LIN03.2", "12"),
        ("LIN02.1", "13"),
        ("LIN03.1", "19"),
    ]
    with pytest.raises(Refused):
        edifact.number_text(Decimal("NaN"))
