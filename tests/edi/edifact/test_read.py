"""EDIFACT read leniently: service characters from UNA or UNB, what is odd is mended and told."""

from collections.abc import Iterable

import pytest

from edi.body import Limits
from edi.edifact.interchange import File, Interchange, MessageName
from edi.edifact.read import read, stream
from edi.faults import Fault
from tests.edi.samples import MESSAGE, UNB, UNZ, edifact


def only(data: bytes) -> Interchange:
    found = read(data)
    assert found.faults == ()
    assert len(found.interchanges) == 1
    return found.interchanges[0]


def told(faults: Iterable[Fault]) -> list[tuple[str, str, str]]:
    """Level, place and code of each fault."""
    return [(fault.level, fault.place, fault.code) for fault in faults]


def errors(interchange: Interchange) -> list[tuple[str, str, str]]:
    return told(fault for fault in interchange.report.all_faults() if not fault.warning)


def warnings(interchange: Interchange) -> list[str]:
    return [fault.reason for fault in interchange.report.all_faults() if fault.warning]


def values(found: File) -> list[list[tuple[tuple[str, ...], ...]]]:
    """The components of each segment of each message."""
    return [
        [tuple(segment.composite(number) for number in range(len(segment.elements))) for segment in one.segments()]
        for each in found.interchanges
        for one in each.messages
    ]


def pointed(segment: tuple[tuple[str, ...], ...]) -> tuple[tuple[str, ...], ...]:
    """The segment with points where another decimal mark was used."""
    return tuple(tuple(component.replace(",", ".") for component in element) for element in segment)


PLAIN = values(read(edifact()))


def test_a_purchase_order_is_read_with_its_envelope() -> None:
    interchange = only(edifact())
    header, order = interchange.header, interchange.messages[0]
    assert (header.sender.id, header.sender.qualifier, header.receiver.id) == ("5450534000000", "14", "4012345000009")
    assert (header.number, header.acknowledge, header.agreement, header.test) == ("77", "1", "EANCOM", "")
    assert order.name == MessageName("ORDERS", "D", "96A", "UN", "EAN008")
    assert str(order.name) == "ORDERS:D:96A:UN:EAN008"
    date = list(order.segments())[2]
    assert (date.name, date.value(1), date.value(1, 2), date.value(1, 9), date.value(9)) == (
        "DTM",
        "137",
        "20261121",
        "",
        "",
    )
    assert interchange.accepted == interchange.messages
    assert list(interchange.report.all_faults()) == []


def test_each_segment_knows_its_byte() -> None:
    data = b"\xef\xbb\xbf\r\n" + edifact(una="UNA:+.? '").replace(b"'", b"'\r\n ")
    for segment in only(data).messages[0].segments():
        assert data[segment.offset :].startswith("+".join(segment.elements).encode())


@pytest.mark.parametrize(
    "odd",
    [
        edifact(una="UNA:+.? '"),
        edifact(una="UNA:+.?*'"),
        edifact(una="UNA:+.? '\r\n"),
        b"\xef\xbb\xbf" + edifact(),
        b" \r\n" + edifact(),
        edifact().replace(b"'", b"'\r\n"),
        edifact().replace(b"'", b"'\n  "),
        edifact()[:-1],
        edifact() + b"\x1a",
        edifact().replace(b"UNS", b"'UNS"),
        edifact().replace(b"NAD+B", b"NAD+\r\nB"),
        edifact().replace(b"NAD+B", b"NA\r\nD+B"),
        edifact(una="UNA;*,! ~").translate(bytes.maketrans(b":+.?'", b";*,!~")),
        edifact(una="UNA;*,! ~").replace(b"12.5", b"12!.5").translate(bytes.maketrans(b":+'", b";*~"))[:-1],
        edifact(unb=UNB.replace("UNOC", "UNOB")).translate(bytes.maketrans(b":+'", b"\x1f\x1d\x1c")),
    ],
    ids=[
        "UNA", "UNA of version 4", "line break after UNA", "byte-order mark", "leading blanks", "line breaks",
        "indents", "no last terminator", "end-of-file sign", "an empty segment", "wrapped",
        "wrapped in the name", "other signs",
        "a release before what needs none", "level B",
    ],
)  # fmt: skip
def test_what_means_one_thing_only_is_read_as_that(odd: bytes) -> None:
    found = read(odd)
    assert found.faults == ()
    assert [errors(one) for one in found.interchanges] == [[]]
    assert [[pointed(segment) for segment in message] for message in values(found)] == PLAIN
    assert len(found.interchanges[0].accepted) == 1


def test_a_release_character_makes_data_of_the_sign_that_follows() -> None:
    text = "FTX+AAI+++it?'s 1 ?+ 1 ?: 2 ?? ??'"
    interchange = only(edifact(messages=MESSAGE.replace("UNS+S'", text + "UNS+S'").replace("UNT+10", "UNT+11")))
    segment = next(one for one in interchange.messages[0].segments() if one.name == "FTX")
    assert segment.composite(4) == ("it's 1 + 1 : 2 ? ?",)
    assert interchange.accepted


def test_what_was_mended_is_told() -> None:
    assert "no terminator follows it" in warnings(only(edifact()[:-1]))[0]
    assert "line break" in warnings(only(edifact().replace(b"NAD+B", b"NAD+\r\nB")))[0]
    assert "empty segment" in warnings(only(edifact().replace(b"UNS", b"'UNS")))[0]
    assert warnings(only(edifact())) == []


def test_a_line_break_that_looks_like_a_lost_terminator_refuses_the_message() -> None:
    interchange = only(edifact().replace(b"'QTY", b"\r\nQTY"))
    assert errors(interchange) == [("segment", "LIN", "21"), ("message", "UNT01", "29")]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (edifact(messages=MESSAGE.replace("UNT+10", "UNT+9")), [("message", "UNT01", "29")]),
        (edifact(messages=MESSAGE.replace("UNT+10", "UNT+ten")), [("message", "UNT01", "29")]),
        (edifact(messages=MESSAGE.replace("UNT+10+1", "UNT+10+2")), [("message", "UNT02", "28")]),
        (edifact(messages=MESSAGE.replace("UNT+10+1'", "")), [("message", "UNT", "13")]),
        (edifact(messages=MESSAGE.replace("UNH+1", "UNH+").replace("10+1'", "10'")), [("message", "UNH01", "13")]),
        (edifact(messages=MESSAGE.replace("ORDERS", "ORDER5")), [("message", "UNH02", "12")]),
        (edifact(messages=MESSAGE.replace("QTY", "QT")), [("segment", "QT", "12")]),
        (edifact(messages=MESSAGE.replace("45A", "4\x07")), [("element", "BGM02", "21")]),
        (edifact(unz="UNZ+2+77'"), [("interchange", "UNZ01", "29")]),
        (edifact(unz="UNZ+1+78'"), [("interchange", "UNZ02", "28")]),
        (edifact(unz=""), [("interchange", "UNZ", "13")]),
        (edifact(messages="", unz="BGM+1'UNZ+0+77'"), [("interchange", "BGM", "33")]),
        (edifact(messages="UNT+1+1'", unz="UNZ+0+77'"), [("interchange", "UNT", "33")]),
        (edifact(messages="UNE+1+1'" + MESSAGE), [("interchange", "UNE", "33")]),
        (edifact(unb=UNB.replace("UNOC:3", "UNOC:9")), [("interchange", "UNB01.2", "2")]),
        (edifact(unb=UNB.replace("UNOC:3", "UNOQ:3")), [("interchange", "UNB01.1", "46")]),
        (edifact(unb=UNB.replace("+77+", "++"), unz="UNZ+1'"), [("interchange", "UNB05", "13")]),
        (edifact(unb=UNB.replace("5450534000000:14", "")), [("interchange", "UNB02.1", "13")]),
        (edifact(unb=UNB.replace("EANCOM'", "EANCOM+++++'").replace("1+EANCOM", "1+EANCOM")), []),
    ],
)
def test_each_envelope_fault_has_its_place_and_code(data: bytes, expected: list[tuple[str, str, str]]) -> None:
    interchange = only(data)
    assert errors(interchange) == expected
    assert bool(interchange.accepted) == (not expected)


GROUP = "UNG+ORDERS+5450534000000:14+4012345000009:14+261121:1422+3+UN+D:96A:EAN008'"


@pytest.mark.parametrize(
    ("messages", "unz", "expected"),
    [
        (GROUP + MESSAGE + "UNE+1+3'", UNZ, []),
        (GROUP + MESSAGE + "UNE+2+3'", UNZ, [("group", "UNE01", "29")]),
        (GROUP + MESSAGE + "UNE+1+4'", UNZ, [("group", "UNE02", "28")]),
        (GROUP + MESSAGE, UNZ, [("group", "UNE", "13")]),
        (MESSAGE + GROUP + MESSAGE.replace("+1+O", "+2+O").replace("10+1", "10+2") + "UNE+1+3'", "UNZ+2+77'",
            [("interchange", "UNG", "30")]),
    ],
)  # fmt: skip
def test_groups_are_read_and_counted(messages: str, unz: str, expected: list[tuple[str, str, str]]) -> None:
    interchange = only(edifact(messages=messages, unz=unz))
    assert errors(interchange) == expected
    assert bool(interchange.accepted) == (not expected)


@pytest.mark.parametrize("cut", range(1, len(edifact()) - 1))
def test_no_truncation_is_taken_for_a_whole(cut: int) -> None:
    found = read(edifact()[:cut])
    assert [one for each in found.interchanges for one in each.accepted] == []
    assert found.faults or any(errors(one) for one in found.interchanges)


def test_all_faults_are_collected_and_the_sound_messages_beside_them_are_kept() -> None:
    second = MESSAGE.replace("UNH+1", "UNH+2").replace("10+1'", "10+2'")
    interchange = only(
        edifact(messages=MESSAGE.replace("T+10+1", "T+9+5") + second + MESSAGE[:60] + "'", unz="UNZ+3+77'")
    )
    assert errors(interchange) == [
        ("message", "UNT01", "29"), ("message", "UNT02", "28"), ("message", "UNH01", "26"), ("message", "UNT", "13"),
    ]  # fmt: skip
    assert [one.number for one in interchange.accepted] == ["2"]
    assert interchange.report.accepted


@pytest.mark.parametrize(
    ("data", "place", "code"),
    [
        (b"UNA:+.", "UNA", "13"),
        (b"UNA++.? 'UNB+", "UNA", "20"),
        (b"UNA:+x? 'UNB+", "UNA", "20"),
        (b"UNA:+.?A'UNB+", "UNA", "20"),
        (edifact(una="UNA:*.? '"), "UNB", "13"),
        (b"UNB*UNOC:3'", "UNB", "20"),
        (b"UNB+UNOC:3", "UNB", "13"),
        (edifact(unb=UNB.replace("UNOC:3", "IATB:1")), "UNB01", "12"),
    ],
)
def test_a_header_that_cannot_be_mended_is_refused_by_element(data: bytes, place: str, code: str) -> None:
    found = read(data)
    assert found.interchanges == ()
    assert told(found.faults)[0] == ("interchange", place, code)


def test_several_interchanges_in_one_file_are_never_merged() -> None:
    other = edifact(una="UNA:+,? '", unb=UNB.replace("77", "78"), unz="UNZ+1+78'")
    found = read(edifact() + b"\r\n" + other + b"junk" + edifact())
    assert [one.header.number for one in found.interchanges] == ["77", "78", "77"]
    assert [fault.value[:4] for fault in found.faults] == ["junk"]
    assert [len(one.accepted) for one in found.interchanges] == [1, 1, 1]


@pytest.mark.parametrize("una", ["", "UNA:+.? '"])
def test_an_interchange_that_breaks_off_does_not_swallow_the_next(una: str) -> None:
    found = read(edifact(unz="") + edifact(una=una))
    assert [len(one.accepted) for one in found.interchanges] == [0, 1]


@pytest.mark.parametrize(
    ("syntax", "name", "codec", "doubts"),
    [
        ("UNOC", "Büttner", "latin-1", False),
        ("UNOC", "Büttner", "utf-8", True),
        ("UNOA", "Büttner", "utf-8", True),
        ("UNOB", "Büttner", "latin-1", True),
        ("UNOD", "Łódź", "iso8859-2", False),
        ("UNOE", "Москва", "iso8859-5", False),
        ("UNOW", "Łódź €", "utf-8", False),
        ("UNOW", "Büttner", "latin-1", True),
    ],
)
def test_text_is_read_by_what_was_declared_or_told_otherwise(
    syntax: str, name: str, codec: str, doubts: bool
) -> None:
    data = edifact(unb=UNB.replace("UNOC", syntax)).replace(b"5450534000024::9", b"1::9++" + name.encode(codec))
    interchange = only(data)
    buyer = next(one for one in interchange.messages[0].segments() if one.name == "NAD")
    assert buyer.value(4) == name
    assert bool(warnings(interchange)) == doubts
    assert errors(interchange) == []


def test_the_size_of_the_chunks_makes_no_difference() -> None:
    text = "FTX+AAI+++it?'s ??'"
    data = (
        edifact(messages=MESSAGE.replace("UNS+S'", text + "UNS+S'"), una="UNA:+.? '").replace(b"'", b"'\r\n") * 3
        + b"rest"
    )
    whole = list(stream([data]))
    for size in (1, 2, 7, 9, 100, 1000):
        assert list(stream(data[at : at + size] for at in range(0, len(data), size))) == whole


def test_a_segment_without_end_is_refused_and_the_next_interchange_is_read() -> None:
    found = read(edifact(messages=MESSAGE.replace("'QTY", "?'" * 40_000 + "'QTY")) + edifact())
    assert [len(one.accepted) for one in found.interchanges] == [0, 1]


def test_a_message_beyond_the_limit_is_counted_and_refused_and_not_held() -> None:
    lines = "".join(f"LIN+{number}'" for number in range(1000))
    messages = f"UNH+1+ORDERS:D:96A:UN'{lines}UNT+1002+1'" + MESSAGE.replace("UNH+1", "UNH+2").replace(
        "10+1'", "10+2'"
    )
    interchange = read(edifact(messages=messages, unz="UNZ+2+77'"), Limits(message=4_000)).interchanges[0]
    assert errors(interchange) == [("message", "", "18")]
    assert [len(one.lines) for one in interchange.messages] == [1, 10]
    assert [one.number for one in interchange.accepted] == ["2"]


def test_a_trailer_that_holds_nothing_is_a_trailer_all_the_same() -> None:
    found = only(edifact(messages=MESSAGE.replace("UNS+S'", "UNT'UNS+S'")))
    assert found.accepted == ()
    assert {("message", "UNT01", "29"), ("message", "UNT02", "28")} <= set(errors(found))
