"""X12 written strictly: a value that would break the envelope is refused by segment and element."""

import msgspec
import pytest

from edi.faults import Refused
from edi.x12.header import Header, Signs
from edi.x12.interchange import GroupHeader
from edi.x12.read import read
from edi.x12.write import Outgoing, OutgoingGroup, Row, again, chunks, write
from tests.edi.samples import x12

HEADER = Header(sender="VENDOR", receiver="AMAZON", date="261121", time="1422", number="000000042")
GROUP = GroupHeader(code="PR", sender="VENDOR", receiver="AMAZON", date="20261121", time="1422", number="42")
BAK: Row = ("BAK", "00", "AC", "45A", "20261121")


def written(
    *rows: Row, header: Header = HEADER, group: GroupHeader = GROUP, number: str = "0001", **more: str
) -> str:
    sets = [Outgoing(code="855", number=number, segments=rows)]
    return write(header, [OutgoingGroup(header=group, transactions=sets)], **more).decode()


def refusal(*rows: Row, **more: object) -> str:
    with pytest.raises(Refused) as caught:
        written(*rows, **more)  # type: ignore[arg-type]
    return caught.value.fault.place


def test_an_interchange_is_written_with_widths_counts_and_control_numbers() -> None:
    assert written(BAK) == (
        "ISA*00*          *00*          *ZZ*VENDOR         *ZZ*AMAZON         *261121*1422*U*00401*000000042*0*P*>~"
        "GS*PR*VENDOR*AMAZON*20261121*1422*42*X*004010~ST*855*0001~BAK*00*AC*45A*20261121~SE*3*0001~GE*1*42~"
        "IEA*1*000000042~"
    )


def test_trailing_empty_elements_and_components_are_dropped() -> None:
    assert "~REF*CR*A>B~" in written(("REF", "CR", ("A", "B", ""), "", ""))


def test_a_line_break_may_follow_each_terminator() -> None:
    text = written(BAK, line_break="\r\n")
    assert text.count("~\r\n") == text.count("~") == 7
    assert read(text.encode()).interchanges[0].accepted


def test_acknowledgements_of_interchanges_stand_before_the_groups() -> None:
    data = write(HEADER, [], acknowledgements=[("TA1", "000000001", "261121", "1422", "A", "000")])
    report = read(data).interchanges[0].report
    assert [one.value(1) for one in report.acknowledgements] == ["000000001"]
    assert list(report.all_faults()) == []


@pytest.mark.parametrize("value", ["a*b", "a~b", "a>b", "a\nb", "a\x00b", "a\x7fb", "Büttner", "€"])
def test_a_value_that_must_not_be_sent_is_refused_by_segment_and_element(value: str) -> None:
    with pytest.raises(Refused, match="N102, segment 3") as caught:
        written(BAK, ("N1", "ST", value))
    assert caught.value.fault.value == value


def test_a_component_that_holds_a_delimiter_is_refused_too() -> None:
    assert refusal(("REF", "CR", ("a", "b>c"))) == "REF02"


def test_other_delimiters_allow_what_was_refused() -> None:
    header = msgspec.structs.replace(HEADER, signs=Signs("|", "^", "\n"))
    assert "N1|ST|a*b~c>d\n" in written(("N1", "ST", "a*b~c>d"), header=header)


def test_text_beyond_ascii_is_written_only_where_the_profile_says_how() -> None:
    assert "Büttner" in written(("N1", "ST", "Büttner"), charset="utf-8")
    with pytest.raises(Refused, match="N102"):
        written(("N1", "ST", "Łódź"), charset="iso8859-1")


@pytest.mark.parametrize(
    "row", [("NI", ""), ("N1",), (), ("n1", "A"), ("N1234", "A"), ("SE", "1"), ("ISA", "A"), (("N1", "ST"), "A")]
)
def test_what_is_no_segment_of_a_set_is_refused(row: Row) -> None:
    with pytest.raises(Refused):
        written(row)


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"sender": "A NAME THAT IS TOO LONG"}, "ISA06"), ({"sender": ""}, "ISA06"), ({"receiver": "A*B"}, "ISA08"),
        ({"sender_qualifier": "Z"}, "ISA05"), ({"date": "20261121"}, "ISA09"), ({"time": "14"}, "ISA10"),
        ({"version": "4010"}, "ISA12"), ({"number": "42"}, "ISA13"), ({"number": "0000000421"}, "ISA13"),
        ({"acknowledge": "2"}, "ISA14"), ({"usage": "X"}, "ISA15"), ({"signs": Signs("*", "*", "~")}, "ISA16"),
        ({"signs": Signs("A", ">", "~")}, "ISA16"), ({"signs": Signs("*", ">", "\r\n")}, "ISA16"),
        ({"signs": Signs("*", ">", "~", "^")}, "ISA11"),
    ],
)  # fmt: skip
def test_an_isa_that_is_not_as_it_must_be_is_refused_by_element(change: dict[str, object], place: str) -> None:
    assert refusal(BAK, header=msgspec.structs.replace(HEADER, **change)) == place


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"code": "P"}, "GS01"), ({"sender": ""}, "GS02"), ({"date": "261"}, "GS04"),
        ({"number": "0000000042"}, "GS06"),
        ({"number": "x"}, "GS06"), ({"version": ""}, "GS08"), ({"sender": "A~B"}, "GS02"),
    ],
)  # fmt: skip
def test_a_gs_that_is_not_as_it_must_be_is_refused_by_element(change: dict[str, object], place: str) -> None:
    assert refusal(BAK, group=msgspec.structs.replace(GROUP, **change)) == place


@pytest.mark.parametrize("number", ["1", "0000000001", "00-1", ""])
def test_a_set_number_has_four_to_nine_letters_or_digits(number: str) -> None:
    assert refusal(BAK, number=number) == "ST02"


def test_a_number_is_never_used_twice_in_one_interchange() -> None:
    one = Outgoing(code="855", number="0001", segments=[BAK])
    with pytest.raises(Refused, match="ST02"):
        write(HEADER, [OutgoingGroup(header=GROUP, transactions=[one, one])])
    with pytest.raises(Refused, match="GS06"):
        write(HEADER, [OutgoingGroup(header=GROUP, transactions=[one])] * 2)


def test_a_repeated_element_needs_a_version_that_has_them() -> None:
    assert refusal(("AK3", "N1", ["2", "3"])) == "AK302"
    signs = Signs("*", ">", "~", "^")
    header = msgspec.structs.replace(HEADER, signs=signs, standard="^", version="00501")
    assert "AK3*N1*2^3>4~" in written(("AK3", "N1", ["2", ("3", "4")]), header=header)


def test_a_long_set_is_written_in_pieces() -> None:
    rows = ((("PO1", str(number), "1", "EA")) for number in range(5_000))
    group = OutgoingGroup(header=GROUP, transactions=[Outgoing(code="855", number="0001", segments=rows)])
    pieces = list(chunks(HEADER, [group]))
    assert len(pieces) == 6
    assert read(b"".join(pieces)).interchanges[0].report.groups[0].transactions[0].segments == 5_002


def test_a_set_that_was_read_is_written_as_it_was() -> None:
    interchange = read(x12()).interchanges[0]
    groups = [
        OutgoingGroup(header=interchange.transactions[0].group, transactions=[again(interchange.transactions[0])])
    ]
    assert write(interchange.header, groups) == x12()
