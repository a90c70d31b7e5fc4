"""X12 read leniently: delimiters from the envelope, what is odd mended and told, what is wrong collected."""

from collections.abc import Callable, Iterable
from time import thread_time

import pytest

from edi.body import Limits
from edi.edifact.read import read as read_edifact
from edi.faults import Fault
from edi.x12.interchange import File, Interchange
from edi.x12.read import read, stream
from tests.edi.samples import GE, GS, IEA, MESSAGE, SET, edifact, isa, x12


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


def values(found: File) -> list[list[list[str]]]:
    return [
        [segment.elements for segment in one.segments()] for each in found.interchanges for one in each.transactions
    ]


PLAIN = values(read(x12()))


def test_a_purchase_order_is_read_with_its_envelope() -> None:
    interchange = only(x12())
    header, order = interchange.header, interchange.transactions[0]
    assert (header.sender, header.receiver, header.number, header.usage) == ("AMAZON", "VENDOR", "000000001", "P")
    assert (order.group.code, order.group.number, order.code, order.number) == ("PO", "7", "850", "0001")
    assert [segment.name for segment in order.segments()] == ["ST", "BEG", "PO1", "CTT", "SE"]
    line = list(order.segments())[2]
    assert (line.value(2), line.value(4), line.value(30)) == ("3", "12.5", "")
    assert list(line.pairs(6)) == [("UP", "012345678905")]
    assert interchange.accepted == interchange.transactions
    assert list(interchange.report.all_faults()) == []


def test_each_segment_knows_its_byte() -> None:
    data = b"\xef\xbb\xbf \r\n" + x12().replace(b"~", b"~\r\n  ")
    for segment in only(data).transactions[0].segments():
        assert data[segment.offset :].startswith("*".join(segment.elements).encode())


@pytest.mark.parametrize("ends", ["*>~", "|>~", "+:'", "~>}", "*:\x15", "*>\n", "*>\r", "\x7f:~", "*^\\"], ids=repr)
def test_delimiters_are_the_envelopes_own(ends: str) -> None:
    body = (GS + SET + GE + IEA).replace("*", "\0").replace("~", ends[2]).replace("\0", ends[0])
    found = read((isa(ends=ends) + body).encode())
    assert values(found) == PLAIN
    assert errors(found.interchanges[0]) == []


@pytest.mark.parametrize(
    "odd",
    [
        b"\xef\xbb\xbf" + x12(),
        b" \r\n\t" + x12(),
        x12().replace(b"~", b"~\r\n"),
        x12().replace(b"~", b"~\n    "),
        x12().replace(b"~", b"\r\n"),
        x12().replace(b"~", b" \r\n"),
        x12().replace(b"~", "…".encode()),
        x12()[:-1],
        x12() + b"\x1a",
        x12() + b"\x00\x00\r\n",
        x12().replace(b"AMAZON         ", b"AMAZON"),
        x12().replace(b"          ", b" \xc2\xa0 \xc2\xa0 \xc2\xa0 \xc2\xa0 "),
        x12().replace(b"          ", b"\xa0" * 10),
        x12().replace(b"CTT*", b"~CTT*"),
    ],
    ids=[
        "byte-order mark", "leading blanks", "line break after", "indents", "CR LF", "blanks and CR LF", "many bytes",
        "no last terminator", "end-of-file sign", "padding after", "lost padding", "no-break spaces",
        "no-break spaces in Latin-1", "an empty segment",
    ],
)  # fmt: skip
def test_what_means_one_thing_only_is_read_as_that(odd: bytes) -> None:
    found = read(odd)
    assert found.faults == ()
    assert values(found) == PLAIN
    assert [errors(one) for one in found.interchanges] == [[]]
    assert len(found.interchanges[0].accepted) == 1


def test_what_was_mended_is_told() -> None:
    assert "no terminator follows it" in warnings(only(x12()[:-1]))[0]
    assert "bytes wide instead of 15" in warnings(only(x12().replace(b"AMAZON         ", b"AMAZON")))[0]
    assert "empty segment" in warnings(only(x12().replace(b"CTT*", b"~CTT*")))[0]
    assert warnings(only(x12())) == []


def test_a_trailer_that_holds_nothing_is_a_trailer_all_the_same() -> None:
    found = only(x12().replace(b"CTT*", b"SE~CTT*"))
    assert found.accepted == ()
    assert ("message", "SE01", "4") in errors(found) and ("message", "SE02", "3") in errors(found)


def test_a_count_may_be_padded_with_zeroes() -> None:
    assert len(only(x12().replace(b"SE*5*", b"SE*0000000005*")).accepted) == 1


def test_trailing_empty_elements_are_read() -> None:
    line = list(only(x12().replace(b"UP*012345678905", b"UP*012345678905***")).transactions[0].segments())[2]
    assert line.value(7) == "012345678905"
    assert line.value(9) == ""


def test_several_interchanges_in_one_file_each_have_their_own_delimiters() -> None:
    other = isa(ends="|:\n", number="000000002") + (GS + SET + GE + "IEA*1*000000002~").replace("*", "|")
    found = read(x12() + b"\r\n" + other.replace("~", "\n").encode() + x12())
    assert found.faults == ()
    assert [one.header.signs.element for one in found.interchanges] == ["*", "|", "*"]
    assert [len(one.accepted) for one in found.interchanges] == [1, 1, 1]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (x12(sets=SET.replace("SE*5", "SE*4")), [("message", "SE01", "4")]),
        (x12(sets=SET.replace("SE*5", "SE*five")), [("message", "SE01", "4")]),
        (x12(sets=SET.replace("SE*5*0001", "SE*5*0002")), [("message", "SE02", "3")]),
        (x12(sets=SET.replace("SE*5*0001~", "")), [("message", "SE", "2")]),
        (x12(sets=SET.replace("ST*850", "ST*")), [("message", "ST01", "6")]),
        (x12(sets=SET.replace("0001", "")), [("message", "ST02", "7")]),
        (x12(sets=SET.replace("CTT", "ctt")), [("segment", "", "1")]),
        (x12(sets=SET.replace("NE", "N\x07")), [("element", "BEG02", "6")]),
        (x12(sets=SET.replace("905~CTT", "905\r\nCTT")), [("element", "PO107", "6"), ("message", "SE01", "4")]),
        (x12(group_end="GE*2*7~"), [("group", "GE01", "5")]),
        (x12(group_end="GE*1*8~"), [("group", "GE02", "4")]),
        (x12(group_end=""), [("group", "GE", "3")]),
        (x12(group=GS.replace("*7*", "*seven*"), group_end="GE*1*seven~"), [("group", "GS06", "6")]),
        (x12(group=GS.replace("*004010", "*")), [("group", "GS08", "6")]),
        (x12(end="IEA*2*000000001~"), [("interchange", "IEA01", "021")]),
        (x12(end="IEA*1*000000002~"), [("interchange", "IEA02", "001")]),
        (x12(end=""), [("interchange", "IEA", "023")]),
        (x12(group="", group_end="", end="IEA*0*000000001~"), [("interchange", name, "024") for name in
            ("ST", "BEG", "PO1", "CTT")] + [("interchange", "SE", "022")]),
        (x12(sets="", group_end="GE*0*7~REF*1~"), [("interchange", "REF", "024")]),
        (x12(group_end="GE*1*7~GE*1*7~"), [("interchange", "GE", "022")]),
        (x12(header=isa(number="1" + " " * 8), end="IEA*1*1~"), [("interchange", "ISA13", "018")]),
        (x12(header=isa(usage="X")), [("interchange", "ISA15", "020")]),
    ],
)  # fmt: skip
def test_each_envelope_fault_has_its_place_and_code(data: bytes, expected: list[tuple[str, str, str]]) -> None:
    interchange = only(data)
    assert errors(interchange) == expected
    assert interchange.accepted == ()


def test_of_two_sets_with_one_number_the_second_is_refused() -> None:
    interchange = only(x12(sets=SET + SET, group_end="GE*2*7~"))
    assert errors(interchange) == [("message", "ST02", "23")]
    assert [one.place.message for one in interchange.accepted] == [0]


def test_all_faults_are_collected_and_the_sound_sets_beside_them_are_kept() -> None:
    sets = (
        SET.replace("SE*5*0001", "SE*9*0009") + SET.replace("0001", "0002") + SET.replace("0001", "0003")[:40] + "~"
    )
    interchange = only(x12(sets=sets, group_end="GE*3*7~"))
    assert errors(interchange) == [("message", "SE01", "4"), ("message", "SE02", "3"), ("message", "SE", "2")]
    assert [one.number for one in interchange.accepted] == ["0002"]
    assert interchange.report.groups[0].status == "P"
    assert interchange.report.status == "A"


@pytest.mark.parametrize("cut", range(1, len(x12()) - 1))
def test_no_truncation_is_taken_for_a_whole(cut: int) -> None:
    found = read(x12()[:cut])
    assert [one for each in found.interchanges for one in each.accepted] == []
    assert found.faults or any(errors(one) for one in found.interchanges)


@pytest.mark.parametrize(
    ("data", "place", "code"),
    [
        (b"ISA", "ISA", "026"),
        (b"ISA*00*", "ISA03", "022"),
        (x12().replace(b"*>~", b"**~", 1), "ISA16", "027"),
        (x12().replace(b"*>~GS", b"*>GS", 1), "ISA16", "004"),
        (x12().replace(b"*>~GS", b"*> GS", 1), "ISA16", "004"),
        (x12().replace(b"*>~GS", b"*>~!GS", 1), "ISA16", "004"),
        (x12().replace(b"*>~GS", b"*>>GS", 1), "ISA16", "004"),
        (x12().replace(b"AMAZON   ", b"AMAZON WITH A LONG NAME"), "ISA06", "022"),
        (x12(header=isa(version="4.010")), "ISA12", "017"),
        (x12(header=isa(version="00501", standard="*")), "ISA14", "022"),
        (x12(header=isa(version="00501", standard=">")), "ISA11", "032"),
    ],
)
def test_an_isa_that_cannot_be_mended_is_refused_by_element(data: bytes, place: str, code: str) -> None:
    found = read(data)
    assert found.interchanges == ()
    assert told(found.faults) == [("interchange", place, code)]


def test_bytes_outside_every_interchange_are_told_and_the_next_interchange_is_read() -> None:
    found = read(b"hello " + x12() + b"FTP transfer complete\r\n" + x12())
    assert [(fault.offset, fault.value[:5]) for fault in found.faults] == [(0, "hello"), (6 + len(x12()), "FTP t")]
    assert [len(one.accepted) for one in found.interchanges] == [1, 1]


def test_an_interchange_that_breaks_off_does_not_swallow_the_next() -> None:
    found = read(x12()[:-30] + b"~" + x12())
    assert [len(one.accepted) for one in found.interchanges] == [0, 1]


@pytest.mark.parametrize("data", [b"", b" \r\n", b"\xef\xbb\xbf"])
def test_an_empty_file_is_a_fault(data: bytes) -> None:
    assert [fault.reason for fault in read(data).faults] == ["it is empty"]


def test_the_letter_u_is_no_repetition_separator() -> None:
    interchange = only(x12(header=isa(version="00501")))
    assert interchange.header.signs.repetition == ""
    assert values(read(x12())) == PLAIN


def test_repetitions_and_components_are_taken_apart_where_the_version_has_them() -> None:
    sets = "ST*997*0001~AK3*NM1*2^3:4**8~SE*3*0001~"
    interchange = only(x12(header=isa(version="00501", standard="^", ends="*:~"), sets=sets))
    segment, signs = list(interchange.transactions[0].segments())[1], interchange.header.signs
    assert segment.repetitions(2, signs) == ("2", "3:4")
    assert segment.components(2, signs)[-1] == "4"


@pytest.mark.parametrize("name", ["Büttner", "Ærø €", "Łódź"])
def test_text_that_is_utf8_is_read_as_that_and_other_bytes_as_latin_1(name: str) -> None:
    utf8 = only(x12(sets=SET.replace("NE", "NAME")).replace(b"NAME", name.encode()))
    assert list(utf8.transactions[0].segments())[1].value(2) == name
    latin = only(x12(sets=SET.replace("NE", "NAME")).replace(b"NAME", "Büttner".encode("latin-1")))
    assert list(latin.transactions[0].segments())[1].value(2) == "Büttner"


def test_the_size_of_the_chunks_makes_no_difference() -> None:
    data = x12().replace(b"~", b"~\r\n") * 3 + b"rest"
    whole = list(stream([data]))
    for size in (1, 2, 7, 105, 106, 107, 1000):
        assert list(stream(data[at : at + size] for at in range(0, len(data), size))) == whole


def test_a_segment_without_end_is_refused_and_the_next_interchange_is_read() -> None:
    found = read(x12(sets=SET.replace("~CTT", "X" * 70_000 + "~CTT")) + x12())
    assert [len(one.accepted) for one in found.interchanges] == [0, 1]
    assert ("interchange", "", "004") in errors(found.interchanges[0])


def test_a_set_beyond_the_limit_is_counted_and_refused_and_not_held() -> None:
    lines = "".join(f"PO1*{number}*1*EA~" for number in range(1000))
    sets = f"ST*850*0001~{lines}SE*1002*0001~" + SET.replace("0001", "0002")
    found = read(x12(sets=sets, group_end="GE*2*7~"), Limits(message=4_000))
    interchange = found.interchanges[0]
    assert errors(interchange) == [("message", "", "5")]
    assert [len(one.lines) for one in interchange.transactions] == [1, 5]
    assert interchange.report.groups[0].transactions[0].segments == 1002
    assert [one.number for one in interchange.accepted] == ["0002"]


@pytest.mark.parametrize("reader", [read, read_edifact])
def test_a_long_segment_with_one_bad_character_takes_no_longer_than_any_other(
    reader: Callable[[bytes], object],
) -> None:
    """Found by fuzzing: a pattern that could match delimiters in two ways tried all of them."""
    for data in (
        x12(sets=SET.replace("NE", "*>" * 5_000 + "\x07")),
        edifact(messages=MESSAGE.replace("45A", "+:" * 5_000 + "\x07")),
    ):
        began = thread_time()
        assert reader(data)
        assert thread_time() - began < 1


def test_of_thousands_of_faults_the_first_are_kept_and_the_others_counted() -> None:
    sets = "ST*850*0001~" + "bad*1~" * 5_000 + "SE*5002*0001~"
    report = only(x12(sets=sets)).report.groups[0].transactions[0]
    assert len(report.faults) == 100
    assert "more faults" in report.faults[-1].reason
