"""997, TA1 and 824: what was read is answered with every fault's code, and what partners answer is read."""

import pytest

from edi.faults import Fault
from edi.interchanges import Place
from edi.numbers import Wrong
from edi.x12.acknowledge import answered_groups, group_answer, interchange_answer, judged, wants_answer
from edi.x12.advice import AdviceError, application_advice
from edi.x12.answers import GroupAnswer
from edi.x12.answers import group_answer as read_group_answer
from edi.x12.answers import interchange_answer as read_interchange_answer
from edi.x12.elements import Elements
from edi.x12.header import Header
from edi.x12.interchange import GroupHeader, Report, Transaction
from edi.x12.read import read
from edi.x12.write import OutgoingGroup, write
from tests.edi.samples import GS, SET, files, isa, needs_samples, x12

HEADER = Header(sender="VENDOR", receiver="AMAZON", date="261121", time="1500", number="000000042")
GROUP = GroupHeader(code="FA", sender="VENDOR", receiver="AMAZON", date="20261121", time="1500", number="9")


def report_of(data: bytes) -> Report:
    return read(data).interchanges[0].report


def answer_to(report: Report, *, detail: bool = True) -> list[str]:
    """The 997 of its first group, as it goes out."""
    one = group_answer(answered_groups(report)[0], "0001", detail=detail)
    text = write(HEADER, [OutgoingGroup(header=GROUP, transactions=[one])]).decode()
    return text.split("~")[2:-3]


def read_answer(*rows: str) -> GroupAnswer | tuple[Fault, ...]:
    sets = "~".join(("ST*997*0001", *rows, f"SE*{len(rows) + 2}*0001")) + "~"
    one = read(x12(group=GS.replace("*PO*", "*FA*"), sets=sets)).interchanges[0].accepted[0]
    return read_group_answer(one)


def test_a_sound_group_is_accepted_set_by_set() -> None:
    assert answer_to(report_of(x12())) == [
        "ST*997*0001", "AK1*PO*7", "AK2*850*0001", "AK5*A", "AK9*A*1*1*1", "SE*6*0001",
    ]  # fmt: skip


def test_the_short_form_names_the_group_alone() -> None:
    assert answer_to(report_of(x12()), detail=False) == ["ST*997*0001", "AK1*PO*7", "AK9*A*1*1*1", "SE*4*0001"]


def test_each_fault_is_told_with_its_code_and_place() -> None:
    bad = SET.replace("NE", "N\x07").replace("CTT", "ctt").replace("SE*5*0001", "SE*4*0009")
    data = x12(sets=bad + SET.replace("0001", "0002"), group_end="GE*2*7~")
    assert answer_to(report_of(data))[1:-1] == [
        "AK1*PO*7", "AK2*850*0001", "AK3*BEG*2**8", "AK4*2**6", "AK3*???*4**1", "AK5*R*4*3", "AK2*850*0002", "AK5*A",
        "AK9*P*2*2*1",
    ]  # fmt: skip


def test_a_spoilt_group_rejects_all_its_sets() -> None:
    report = report_of(x12(group_end="GE*2*8~"))
    assert answer_to(report)[1:-1] == ["AK1*PO*7", "AK2*850*0001", "AK5*R", "AK9*R*2*1*0*5*4"]
    assert not report.accepts(Place(0, 0))


def test_what_a_mapper_finds_is_told_too_and_refuses_the_set() -> None:
    interchange = read(x12()).interchanges[0]
    order, reading = interchange.transactions[0], Elements()
    line = list(order.segments())[2]
    reading.wrong(line, 4, Wrong.CHARACTER)
    reading.wrong(line, 7, Wrong.CODE)
    report = judged(interchange.report, {order.place: reading.faults})
    assert not report.accepts(order.place)
    assert answer_to(report)[2:-1] == [
        "AK2*850*0001", "AK3*PO1*3**8", "AK4*4**6*12.5", "AK4*7**7*012345678905", "AK5*R*5", "AK9*R*1*1*0",
    ]  # fmt: skip


def test_bad_data_that_would_break_the_answer_is_left_out_of_it() -> None:
    bad = SET.replace("NE", "N\x07|;!")
    assert "AK4*2**6" in answer_to(report_of(x12(sets=bad)))


def test_an_interchange_that_is_rejected_is_answered_by_its_ta1_alone() -> None:
    report = report_of(x12(end="IEA*1*000000002~"))
    assert interchange_answer(report) == ("TA1", "000000001", "261121", "1422", "R", "001")
    assert answered_groups(report) == ()
    assert wants_answer(report)


def test_a_sound_interchange_gets_a_ta1_only_if_it_asks() -> None:
    assert not wants_answer(report_of(x12()))
    asking = x12(header=isa()[:-6] + "1*P*>~")
    assert wants_answer(report_of(asking))
    assert interchange_answer(report_of(asking))[-2:] == ("A", "000")


def test_acknowledgements_are_never_acknowledged() -> None:
    report = report_of(x12(group=GS.replace("*PO*", "*FA*"), sets=SET.replace("850", "997")))
    assert answered_groups(report) == ()


def test_our_own_answers_are_read_back() -> None:
    bad = SET.replace("NE", "N\x07").replace("SE*5", "SE*4")
    one = group_answer(answered_groups(report_of(x12(sets=bad)))[0], "0001")
    data = write(HEADER, [OutgoingGroup(header=GROUP, transactions=[one])])
    found = read_group_answer(read(data).interchanges[0].accepted[0])
    assert isinstance(found, GroupAnswer)
    assert (found.code, found.number, found.status, found.included, found.accepted) == ("PO", "7", "R", 1, 0)
    assert (found.sets[0].number, found.sets[0].status, found.sets[0].codes) == ("0001", "R", ("4",))
    assert [(note.segment, note.position, note.elements[0].element) for note in found.sets[0].notes] == [
        ("BEG", "2", "2")
    ]


@pytest.mark.parametrize(
    ("rows", "number", "expected"),
    [
        (("AK1*PR*7", "AK9*A*1*1*1"), "0001", True),
        (("AK1*PR*7", "AK9*E*1*1*1"), "0001", True),
        (("AK1*PR*7", "AK9*R*1*1*0"), "0001", False),
        (("AK1*PR*7", "AK9*P*2*2*1"), "0001", None),
        (("AK1*PR*7", "AK2*855*0001", "AK5*R*5", "AK2*855*0002", "AK5*E", "AK9*P*2*2*1"), "0001", False),
        (("AK1*PR*7", "AK2*855*0001", "AK5*R*5", "AK2*855*0002", "AK5*E", "AK9*P*2*2*1"), "0002", True),
        (("AK1*PR*7", "AK2*855*0001", "AK9*A*1*1*1"), "0001", True),
        (("AK1*PR*7", "AK2*855*0001", "IK3*BAK*2**8", "IK4*2**7*ZZ", "IK5*R*5", "AK9*R*1*1*0"), "0001", False),
    ],
)
def test_an_answer_tells_of_each_set_what_it_tells(rows: tuple[str, ...], number: str, expected: bool | None) -> None:
    found = read_answer(*rows)
    assert isinstance(found, GroupAnswer)
    assert found.accepts(number) is expected


@pytest.mark.parametrize(
    ("rows", "place"),
    [
        (("AK9*A*1*1*1",), "AK101"), (("AK1*PR*7",), "AK901"), (("AK1*PR", "AK9*A*1*1*1"), "AK102"),
        (("AK1*PR*7", "AK9*A*x*1*1"), "AK902"), (("AK1*PR*7", "AK2*855", "AK5*A", "AK9*A*1*1*1"), "AK202"),
    ],
)  # fmt: skip
def test_an_answer_that_does_not_say_to_what_or_how_is_refused_by_element(rows: tuple[str, ...], place: str) -> None:
    found = read_answer(*rows)
    assert isinstance(found, tuple)
    assert place in [fault.place for fault in found]


def test_a_ta1_is_read() -> None:
    data = write(HEADER, [], acknowledgements=[("TA1", "000000007", "261121", "1422", "R", "023")])
    told = read_interchange_answer(report_of(data).acknowledgements[0])
    assert (told.number, told.status, told.code) == ("000000007", "R", "023")


def advice(*rows: str) -> Transaction:
    sets = "~".join(("ST*824*0001", *rows, f"SE*{len(rows) + 2}*0001")) + "~"
    return read(x12(group=GS.replace("*PO*", "*AG*"), sets=sets)).interchanges[0].accepted[0]


def test_an_824_tells_document_by_document_what_was_wrong() -> None:
    found = application_advice(
        advice(
            "BGN*00*77*20261121",
            "N1*FR*AMAZON",
            "OTI*TR*SI*ASN-1*****42*0001*856",
            "REF*PO*45A",
            "DTM*011*20261121",
            "TED*848*INCORRECT DATA*MAN*12*2**123",
            "NTE*GEN*CARTON UNKNOWN",
            "TED*007*MISSING DATA",
            "OTI*TA*SI*ASN-2*****42*0002*856",
        )
    )
    first, second = found.items
    assert (found.purpose, found.reference, found.date) == ("00", "77", "20261121")
    assert (first.verdict, first.reference, first.group_number, first.set_number, first.set_code) == (
        "rejected", "ASN-1", "42", "0001", "856",
    )  # fmt: skip
    assert first.references == (("PO", "45A"),)
    assert first.errors[0] == AdviceError(
        code="848", text="INCORRECT DATA", segment="MAN", position="12", element="2", value="123",
        notes=("GEN CARTON UNKNOWN",),
    )  # fmt: skip
    assert [error.code for error in first.errors] == ["848", "007"]
    assert (second.verdict, second.errors) == ("accepted", ())
    assert found.others == ("N1 FR AMAZON", "DTM 011 20261121")


@pytest.mark.parametrize(
    ("code", "verdict"),
    [
        ("TA", "accepted"),
        ("IE", "accepted with errors"),
        ("GR", "rejected"),
        ("XX", "unknown"),
        ("", "unknown"),
        ("T", "unknown"),
    ],
)
def test_a_code_that_is_not_known_is_no_verdict(code: str, verdict: str) -> None:
    assert application_advice(advice(f"OTI*{code}*SI*1")).items[0].verdict == verdict


@needs_samples
def test_the_acknowledgements_among_the_public_samples_are_read() -> None:
    told: dict[str, list[object]] = {}
    for file in files("x12"):
        for interchange in read(file.read_bytes()).interchanges:
            for one in interchange.accepted:
                if one.code == "997":
                    told.setdefault(file.name, []).append(read_group_answer(one))
    assert len(told) == 11
    assert {name for name, found in told.items() if not isinstance(found[0], GroupAnswer)} == set()
    advice_file = next(file for file in files("x12") if file.name.startswith("824"))
    found = application_advice(read(advice_file.read_bytes()).interchanges[0].accepted[0])
    assert [item.verdict for item in found.items][:3] == ["rejected", "accepted", "accepted with errors"]
    assert [len(item.errors) > 0 for item in found.items][:3] == [True, False, True]
