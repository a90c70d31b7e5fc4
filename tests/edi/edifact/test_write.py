"""EDIFACT written strictly: service characters are released, what the character set lacks is refused by name."""

import msgspec
import pytest

from edi.edifact.interchange import GroupHeader, Header, MessageName, Party
from edi.edifact.read import read
from edi.edifact.signs import DEFAULT, LEVEL_B, Signs
from edi.edifact.write import Outgoing, OutgoingGroup, Row, again, write
from edi.faults import Refused
from tests.edi.samples import edifact

HEADER = Header(
    sender=Party("4012345000009", "14"), receiver=Party("5450534000000", "14"), date="261121", time="1422",
    number="42", agreement="EANCOM", acknowledge="1",
)  # fmt: skip
NAME = MessageName("ORDRSP", "D", "96A", "UN", "EAN005")
BGM: Row = ("BGM", "231", "45A", "29")


def written(*rows: Row, header: Header = HEADER, number: str = "1", name: MessageName = NAME) -> str:
    return write(header, [Outgoing(name=name, number=number, segments=rows)]).decode("latin-1")


def test_an_interchange_is_written_with_counts_and_references() -> None:
    assert written(BGM) == (
        "UNB+UNOC:3+4012345000009:14+5450534000000:14+261121:1422+42++++1+EANCOM'UNH+1+ORDRSP:D:96A:UN:EAN005'"
        "BGM+231+45A+29'UNT+3+1'UNZ+1+42'"
    )


def test_a_una_is_written_where_it_is_asked_for_or_needed() -> None:
    assert written(BGM, header=msgspec.structs.replace(HEADER, una=True)).startswith("UNA:+.? 'UNB+")
    other = msgspec.structs.replace(HEADER, signs=Signs(component=";", decimal=","))
    assert written(BGM, header=other).startswith("UNA;+,? 'UNB+UNOC;3+")


def test_service_characters_are_released() -> None:
    assert "FTX+AAI+++it?'s 1?+1?:2 ???:x'" in written(("FTX", "AAI", "", "", "it's 1+1:2 ?:x"))


def test_trailing_empty_components_and_elements_are_dropped() -> None:
    assert "NAD+DP+1::9+++++++GB'" in written(
        ("NAD", "DP", ("1", "", "9", ""), "", "", "", "", "", ("",), "GB", "", "")
    )


@pytest.mark.parametrize(
    ("syntax", "value", "allowed"),
    [
        ("UNOA", "AMAZON 1,2-(3)/=", True), ("UNOA", "Amazon", False), ("UNOA", "A@B", False),
        ("UNOB", "Amazon", True),
        ("UNOB", "a_b", False), ("UNOB", "Büttner", False), ("UNOC", "Büttner @_", True), ("UNOC", "Łódź", False),
        ("UNOD", "Łódź", True), ("UNOW", "Łódź €", True), ("UNOC", "a\nb", False), ("UNOC", "a\x85b", False),
    ],
)  # fmt: skip
def test_characters_outside_the_declared_set_are_refused(syntax: str, value: str, allowed: bool) -> None:
    header = msgspec.structs.replace(HEADER, syntax=syntax)
    if allowed:
        data = write(header, [Outgoing(name=NAME, number="1", segments=[("FTX", "AAI", "", "", value)])])
        assert list(read(data).interchanges[0].messages[0].segments())[1].value(4) == value
        return
    with pytest.raises(Refused, match="FTX04, segment 2") as caught:
        written(("FTX", "AAI", "", "", value), header=header)
    assert caught.value.fault.value == value


def test_without_a_release_character_a_service_character_is_refused() -> None:
    header = msgspec.structs.replace(HEADER, signs=Signs(release=""))
    with pytest.raises(Refused, match="FTX04"):
        written(("FTX", "AAI", "", "", "it's"), header=header)


def test_level_b_separators_are_written_and_read() -> None:
    header = msgspec.structs.replace(HEADER, syntax="UNOB", signs=LEVEL_B)
    data = written(("FTX", "AAI", "", "", "it's 1+1"), header=header).encode()
    assert list(read(data).interchanges[0].accepted[0].segments())[1].value(4) == "it's 1+1"


@pytest.mark.parametrize(
    "row", [("BGM",), ("BGM", "", ("", "")), (), ("bgm", "1"), ("BG", "1"), ("UNT", "1"), (("A",), "1")]
)
def test_what_is_no_segment_of_a_message_is_refused(row: Row) -> None:
    with pytest.raises(Refused):
        written(row)


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"syntax": "UNOQ"}, "UNB01"), ({"version": "5"}, "UNB01"), ({"sender": Party("")}, "UNB02"),
        ({"receiver": Party("x" * 36)}, "UNB03"), ({"date": "2026-11-21"}, "UNB04"), ({"time": "14"}, "UNB04"),
        ({"date": "20261121"}, "UNB04"), ({"number": ""}, "UNB05"), ({"number": "x" * 15}, "UNB05"),
        ({"acknowledge": "y"}, "UNB09"), ({"test": "y"}, "UNB11"), ({"signs": Signs(component="+")}, "UNA"),
        ({"signs": Signs(release="ab")}, "UNA"), ({"signs": Signs(decimal=";")}, "UNA"),
    ],
)  # fmt: skip
def test_a_unb_that_is_not_as_it_must_be_is_refused_by_element(change: dict[str, object], place: str) -> None:
    with pytest.raises(Refused) as caught:
        written(BGM, header=msgspec.structs.replace(HEADER, **change))
    assert caught.value.fault.place == place


def test_a_message_reference_is_never_used_twice_or_left_away() -> None:
    one = Outgoing(name=NAME, number="1", segments=[BGM])
    with pytest.raises(Refused, match="UNH01"):
        write(HEADER, [one, one])
    with pytest.raises(Refused, match="UNH01"):
        written(BGM, number="")
    with pytest.raises(Refused, match="UNH02"):
        written(BGM, name=MessageName("orders"))


def test_groups_are_written_and_read_back() -> None:
    ung = GroupHeader(
        kind="ORDRSP", sender=HEADER.sender, receiver=HEADER.receiver, date="261121", time="1422", number="3",
        association="EAN005",
    )  # fmt: skip
    data = write(HEADER, [OutgoingGroup(header=ung, messages=[Outgoing(name=NAME, number="1", segments=[BGM])])])
    interchange = read(data).interchanges[0]
    assert list(interchange.report.all_faults()) == []
    assert interchange.messages[0].group is not None
    assert msgspec.structs.replace(interchange.messages[0].group, offset=0) == ung


def test_a_repeated_element_needs_a_syntax_that_has_them() -> None:
    with pytest.raises(Refused, match="FTX01"):
        written(("FTX", ["A", "B"]))
    header = msgspec.structs.replace(HEADER, version="4", date="20261121", signs=Signs(repetition="*"))
    assert "FTX+A*B:C'" in written(("FTX", ["A", ("B", "C")]), header=header)


def test_a_message_that_was_read_is_written_as_it_was() -> None:
    interchange = read(edifact()).interchanges[0]
    assert write(interchange.header, [again(interchange.messages[0])]) == edifact()
    assert interchange.header.signs == DEFAULT
