"""What holds for whatever comes: what was written is read back, and no bytes raise anything or are half taken."""

from collections.abc import Sequence

import msgspec
from hypothesis import example, given, settings
from hypothesis import strategies as st

from edi.edifact import read as edifact_read
from edi.edifact import write as edifact_write
from edi.edifact.aperak import application_report
from edi.edifact.control import control_message, is_answered
from edi.edifact.control_answers import ControlAnswer, control_answer
from edi.edifact.interchange import Header as UnbHeader
from edi.edifact.interchange import Message, Party
from edi.faults import Fault, Refused
from edi.x12 import read as x12_read
from edi.x12 import write as x12_write
from edi.x12.acknowledge import answered_groups, group_answer, interchange_answer
from edi.x12.advice import application_advice
from edi.x12.answers import GroupAnswer
from edi.x12.answers import group_answer as read_group_answer
from edi.x12.answers import interchange_answer as read_interchange_answer
from edi.x12.header import Header
from edi.x12.interchange import GroupHeader, Transaction
from edi.x12.write import Composite, OutgoingGroup
from tests.edi.samples import edifact, x12
from tests.edi.strategies import (
    PRINTABLE,
    SLOW,
    SPOILT_EDIFACT,
    SPOILT_X12,
    edifact_interchange,
    outgoing,
    x12_interchange,
)

OURS = Header(sender="VENDOR", receiver="AMAZON", date="261121", time="1500", number="000000042")
OUR_GROUP = GroupHeader(code="FA", sender="VENDOR", receiver="AMAZON", date="20261121", time="1500", number="9")
OUR_UNB = UnbHeader(
    sender=Party("4012345000009", "14"),
    receiver=Party("5450534000000", "14"),
    date="261121",
    time="1500",
    number="42",
)
LINE_BREAKS = st.sampled_from(["", "\r\n", "\n"])


@settings(max_examples=40, deadline=None, suppress_health_check=SLOW)
@given(x12_interchange(), LINE_BREAKS)
def test_x12_that_was_written_is_read_back(written: tuple[Header, list[OutgoingGroup]], line_break: str) -> None:
    header, groups = written
    found = x12_read.read(x12_write.write(header, groups, line_break=line_break))
    assert found.faults == ()
    interchange = found.interchanges[0]
    assert list(interchange.report.all_faults()) == []
    assert msgspec.structs.replace(interchange.header, offset=0) == header
    assert [group.header.number for group in interchange.report.groups] == [group.header.number for group in groups]
    expected = [list(one.segments) for group in groups for one in group.transactions]
    assert [_rows(one) for one in interchange.accepted] == expected


def _rows(transaction: Transaction) -> list[x12_write.Row]:
    return [x12_write.row_of(one, transaction.header.signs) for one in list(transaction.segments())[1:-1]]


@settings(max_examples=40, deadline=None, suppress_health_check=SLOW)
@given(edifact_interchange(), LINE_BREAKS)
def test_edifact_that_was_written_is_read_back(
    written: tuple[UnbHeader, list[list[list[Composite]]]], line_break: str
) -> None:
    header, messages = written
    content = [outgoing(rows, number) for number, rows in enumerate(messages, 1)]
    found = edifact_read.read(edifact_write.write(header, content, line_break=line_break))
    assert found.faults == ()
    interchange = found.interchanges[0]
    assert list(interchange.report.all_faults()) == []
    assert msgspec.structs.replace(interchange.header, offset=0) == header
    assert [_composites(one) for one in interchange.accepted] == messages


def _composites(message: Message) -> list[list[Composite]]:
    body = list(message.segments())[1:-1]
    return [[one.composite(number) for number in range(len(one.elements))] for one in body]


@settings(deadline=None, suppress_health_check=SLOW)
@given(
    st.lists(
        st.lists(st.text(max_size=6) | st.tuples(st.text(PRINTABLE, max_size=3), st.text(max_size=3)), max_size=4),
        max_size=3,
    )
)
def test_x12_of_any_values_is_refused_by_name_or_read_back(rows: list[list[str | Composite]]) -> None:
    sets = [x12_write.Outgoing(code="850", number="0001", segments=[["REF", *row] for row in rows])]
    try:
        data = x12_write.write(OURS, [OutgoingGroup(header=OUR_GROUP, transactions=sets)], charset="utf-8")
    except Refused as refusal:
        assert refusal.fault.segment
        assert refusal.fault.reason
        return
    read = [_filled(row[1:]) for row in _rows(x12_read.read(data).interchanges[0].accepted[0])]
    assert read == [_filled([_flat(value) for value in row]) for row in rows]


def _flat(value: str | Composite) -> x12_write.Value:
    if isinstance(value, str):
        return value
    return value if value[1] else value[0]


def _filled(row: Sequence[x12_write.Value]) -> list[x12_write.Value]:
    values = list(row)
    while values and not values[-1]:
        values.pop()
    return values


@settings(deadline=None, suppress_health_check=SLOW)
@given(
    st.lists(st.lists(st.text(max_size=6), max_size=4), max_size=3), st.sampled_from(["UNOA", "UNOB", "UNOC", "UNOW"])
)
def test_edifact_of_any_values_is_refused_by_name_or_read_back(rows: list[list[str]], syntax: str) -> None:
    header = msgspec.structs.replace(OUR_UNB, syntax=syntax)
    message = outgoing([], 1)
    message = msgspec.structs.replace(message, segments=[["FTX", *row] for row in rows])
    try:
        data = edifact_write.write(header, [message])
    except Refused as refusal:
        assert refusal.fault.segment
        assert refusal.fault.reason
        return
    body = list(edifact_read.read(data).interchanges[0].accepted[0].segments())[1:-1]
    if syntax != "UNOC":  # Latin-1 that happens to be UTF-8 is read as UTF-8; decision 0040 says why
        assert [[one.value(number) for number in range(1, len(one.elements))] for one in body] == [
            _filled(row) for row in rows
        ]
    assert len(body) == len(rows)


def _sound(faults: Sequence[Fault], data: bytes) -> bool:
    return all(fault.reason and 0 <= fault.offset <= len(data) for fault in faults)


@settings(max_examples=200, deadline=None, suppress_health_check=SLOW)
@given(st.binary(max_size=400) | SPOILT_X12)
@example(x12())
@example(b"ISA" * 100)
def test_no_bytes_make_the_x12_reader_raise_and_what_it_finds_can_be_acknowledged(data: bytes) -> None:
    found = x12_read.read(data)
    assert _sound(found.faults, data)
    assert found.interchanges or found.faults
    for interchange in found.interchanges:
        report = interchange.report
        assert _sound(list(report.all_faults()), data)
        for one in interchange.transactions:
            assert application_advice(one) is not None
            assert read_group_answer(one) is not None
        groups = answered_groups(report)
        sets = [group_answer(group, f"{number:04d}") for number, group in enumerate(groups)]
        answer = x12_write.write(
            OURS, [OutgoingGroup(header=OUR_GROUP, transactions=sets)], acknowledgements=[interchange_answer(report)]
        )
        _tells_the_same(x12_read.read(answer).interchanges[0].accepted, [group.status for group in groups])
        told = x12_read.read(answer).interchanges[0].report.acknowledgements[0]
        assert read_interchange_answer(told).status == report.status


def _tells_the_same(answers: Sequence[Transaction], statuses: Sequence[str]) -> None:
    read = [read_group_answer(one) for one in answers]
    assert [one.status for one in read if isinstance(one, GroupAnswer)] == list(statuses)


@settings(max_examples=200, deadline=None, suppress_health_check=SLOW)
@given(st.binary(max_size=400) | SPOILT_EDIFACT)
@example(edifact())
@example(b"UNB+" * 100)
def test_no_bytes_make_the_edifact_reader_raise_and_what_it_finds_can_be_acknowledged(data: bytes) -> None:
    found = edifact_read.read(data)
    assert _sound(found.faults, data)
    assert found.interchanges or found.faults
    for interchange in found.interchanges:
        report = interchange.report
        assert _sound(list(report.all_faults()), data)
        for one in interchange.messages:
            assert application_report(one) is not None
            assert control_answer(one) is not None
        assert is_answered(report) or not interchange.accepted or interchange.accepted[0].name.kind == "CONTRL"
        answer = (
            edifact_read.read(edifact_write.write(OUR_UNB, [control_message(report, "1")])).interchanges[0].accepted
        )
        told = control_answer(answer[0])
        assert isinstance(told, ControlAnswer)
        assert (told.action == "4") == (not report.accepted)


@settings(deadline=None, suppress_health_check=SLOW)
@given(st.binary(max_size=300) | SPOILT_X12 | SPOILT_EDIFACT, st.integers(1, 50))
def test_the_size_of_the_chunks_makes_no_difference(data: bytes, size: int) -> None:
    pieces = [data[at : at + size] for at in range(0, len(data), size)]
    assert list(x12_read.stream(pieces)) == list(x12_read.stream([data]))
    assert list(edifact_read.stream(pieces)) == list(edifact_read.stream([data]))


@settings(deadline=None, suppress_health_check=SLOW)
@given(st.integers(1, len(x12()) - 1), st.integers(1, len(edifact()) - 1))
def test_nothing_of_an_interchange_that_breaks_off_is_taken(x12_cut: int, edifact_cut: int) -> None:
    shorter = x12()[: -x12_cut - 1]
    assert [one.accepted for one in x12_read.read(shorter).interchanges if one.accepted] == []
    shorter = edifact()[: -edifact_cut - 1]
    assert [one.accepted for one in edifact_read.read(shorter).interchanges if one.accepted] == []
