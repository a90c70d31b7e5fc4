"""CONTRL and APERAK: what was read is answered with every fault's code, and what partners answer is read."""

import pytest

from edi.edifact.aperak import ApplicationError, application_report
from edi.edifact.control import control_message, is_answered, judged
from edi.edifact.control_answers import ControlAnswer, control_answer
from edi.edifact.elements import Elements
from edi.edifact.interchange import Header, Message, MessageName, Party, Report
from edi.edifact.read import read
from edi.edifact.write import write
from edi.faults import Fault
from edi.numbers import Wrong
from tests.edi.samples import MESSAGE, UNB, edifact, files, needs_samples

HEADER = Header(
    sender=Party("4012345000009", "14"),
    receiver=Party("5450534000000", "14"),
    date="261121",
    time="1500",
    number="42",
)
ENDS = "5450534000000:14+4012345000009:14"


def report_of(data: bytes) -> Report:
    return read(data).interchanges[0].report


def answer_to(report: Report, *, detail: bool = True) -> list[str]:
    """The CONTRL's body as it goes out."""
    data = write(HEADER, [control_message(report, "1", detail=detail)])
    return data.decode().split("'")[2:-3]


def message(*rows: str, kind: str = "CONTRL:D:3:UN") -> Message:
    text = "'".join((f"UNH+1+{kind}", *rows, f"UNT+{len(rows) + 2}+1")) + "'"
    return read(edifact(messages=text)).interchanges[0].accepted[0]


def test_a_sound_interchange_is_acknowledged_with_its_messages() -> None:
    report = report_of(edifact())
    assert answer_to(report) == [f"UCI+77+{ENDS}+7", "UCM+1+ORDERS:D:96A:UN:EAN008+7"]
    assert answer_to(report, detail=False) == [f"UCI+77+{ENDS}+7"]


def test_the_version_of_the_contrl_is_the_partners() -> None:
    data = write(HEADER, [control_message(report_of(edifact()), "1", name=MessageName("CONTRL", "2", "2", "UN"))])
    assert b"UNH+1+CONTRL:2:2:UN'" in data


def test_each_fault_is_told_with_its_code_and_place_and_the_tag_counts_as_an_element() -> None:
    bad = MESSAGE.replace("45A", "4\x07").replace("QTY", "QT")
    second = MESSAGE.replace("UNH+1", "UNH+2").replace("10+1'", "9+2'")
    report = report_of(edifact(messages=bad + second, unz="UNZ+2+77'"))
    assert answer_to(report) == [
        f"UCI+77+{ENDS}+7", "UCM+1+ORDERS:D:96A:UN:EAN008+4", "UCS+2", "UCD+21+3", "UCS+6+12",
        "UCM+2+ORDERS:D:96A:UN:EAN008+4+29+UNT+2",
    ]  # fmt: skip


def test_what_a_mapper_finds_is_told_too_and_refuses_the_message() -> None:
    interchange = read(edifact()).interchanges[0]
    order, reading = interchange.messages[0], Elements()
    reading.wrong(list(order.segments())[6], 1, 2, Wrong.CHARACTER)
    report = judged(interchange.report, {order.place: reading.faults})
    assert not report.accepts(order.place)
    assert answer_to(report)[1:] == ["UCM+1+ORDERS:D:96A:UN:EAN008+4", "UCS+7", "UCD+19+2:2"]


def test_an_interchange_that_is_rejected_names_the_first_fault_and_no_message() -> None:
    assert answer_to(report_of(edifact(unz="UNZ+2+77'"))) == [f"UCI+77+{ENDS}+4+29+UNZ+2"]
    assert answer_to(report_of(edifact(unz=""))) == [f"UCI+77+{ENDS}+4+13+UNZ"]


def test_groups_are_answered_by_their_references() -> None:
    group = "UNG+ORDERS+5450534000000:14+4012345000009:14+261121:1422+3+UN+D:96A:EAN008'"
    assert answer_to(report_of(edifact(messages=group + MESSAGE + "UNE+1+3'"))) == [
        f"UCI+77+{ENDS}+7", f"UCF+3+{ENDS}+7", "UCM+1+ORDERS:D:96A:UN:EAN008+7",
    ]  # fmt: skip
    assert answer_to(report_of(edifact(messages=group + MESSAGE + "UNE+2+3'")))[1:] == [f"UCF+3+{ENDS}+4+29+UNE+2"]


def test_a_contrl_is_never_acknowledged() -> None:
    text = "UNH+1+CONTRL:D:3:UN'UCI+5+A+B+7'UNT+3+1'"
    assert not is_answered(report_of(edifact(messages=text)))
    assert is_answered(report_of(edifact()))


def test_our_own_answers_are_read_back_with_elements_as_people_count() -> None:
    bad = MESSAGE.replace("45A", "4\x07")
    report = report_of(edifact(messages=bad))
    data = write(HEADER, [control_message(report, "1")])
    found = control_answer(read(data).interchanges[0].accepted[0])
    assert isinstance(found, ControlAnswer)
    assert (found.number, found.sender, found.action) == ("77", "5450534000000", "7")
    assert found.accepts("1") is False
    assert [(note.position, note.code, note.element) for note in found.messages[0].notes] == [
        (2, "", 0),
        (2, "21", 2),
    ]


@pytest.mark.parametrize(
    ("rows", "number", "expected"),
    [
        (("UCI+5+A+B+7",), "1", True), (("UCI+5+A+B+4+29+UNZ",), "1", False), (("UCI+5+A+B+8",), "1", None),
        (("UCI+5+A+B+7", "UCM+1+ORDRSP:D:96A:UN+4+12"), "1", False),
        (("UCI+5+A+B+7", "UCM+1+ORDRSP:D:96A:UN+4+12"), "2", True),
        (("UCI+5+A+B+8", "UCM+1+ORDRSP:D:96A:UN+7"), "1", True),
    ],
)  # fmt: skip
def test_an_answer_tells_of_each_message_what_it_tells(
    rows: tuple[str, ...], number: str, expected: bool | None
) -> None:
    found = control_answer(message(*rows))
    assert isinstance(found, ControlAnswer)
    assert found.accepts(number) is expected


@pytest.mark.parametrize(
    ("rows", "place"),
    [
        (("UCM+1+ORDRSP:D:96A:UN+7",), "UCI01.1"), (("UCI+5+A+B",), "UCI04.1"), (("UCI++A+B+7",), "UCI01.1"),
        (("UCI+5+A+B+7", "UCM+1+ORDRSP"), "UCM03.1"), (("UCI+5+A+B+7", "UCM+1+X+4", "UCS+x"), "UCS01.1"),
        (("UCI+5+A+B+7", "UCF+1+A+B"), "UCF04.1"),
    ],
)  # fmt: skip
def test_an_answer_that_does_not_say_to_what_or_how_is_refused_by_element(rows: tuple[str, ...], place: str) -> None:
    found = control_answer(message(*rows))
    assert isinstance(found, tuple)
    assert place in [fault.place for fault in found if isinstance(fault, Fault)]


def test_an_aperak_tells_what_was_wrong() -> None:
    found = application_report(
        message(
            "BGM+313+77+27",
            "DTM+137:20261121:102",
            "RFF+ACW:ASN-1",
            "FTX+AAI+++whole', not read".replace("'", "?'"),
            "NAD+SU+1::9",
            "ERC+12",
            "FTX+AAO+++carton unknown:twice",
            "RFF+ON:45A",
            "ERC+13",
            kind="APERAK:D:96A:UN",
        )
    )
    assert (found.kind, found.number, found.verdict) == ("313", "77", "rejected")
    assert (found.references, found.texts) == ((("ACW", "ASN-1"),), ("whole', not read",))
    assert found.errors == (
        ApplicationError(code="12", texts=("carton unknown twice",), references=(("ON", "45A"),)),
        ApplicationError(code="13"),
    )
    assert found.others == ("DTM 137 20261121 102", "NAD SU 1 9")


@pytest.mark.parametrize(
    ("function", "verdict"),
    [("27", "rejected"), ("12", "rejected"), ("29", "accepted"), ("9", "unknown"), ("", "unknown")],
)
def test_a_function_that_is_not_known_is_no_verdict(function: str, verdict: str) -> None:
    assert application_report(message(f"BGM+313+77+{function}", kind="APERAK:D:96A:UN")).verdict == verdict


@needs_samples
def test_the_public_aperak_is_read() -> None:
    file = next(file for file in files("edifact") if "dutchic_aperak" in file.name)
    found = application_report(read(file.read_bytes()).interchanges[0].accepted[0])
    assert [qualifier for qualifier, _ in found.references] == ["ON"]
    assert len(found.others) == 4
    assert found.verdict == "unknown"


def test_a_message_without_a_type_can_still_be_answered() -> None:
    report = report_of(edifact(messages=MESSAGE.replace("ORDERS:D:96A:UN:EAN008", "x?'y")))
    assert answer_to(report)[1].startswith("UCM+1+ZZZZZZ+4+12+UNH")
    assert report_of(edifact(unb=UNB.replace("+77+", "+é+"), unz="UNZ+1+é'")).accepted
