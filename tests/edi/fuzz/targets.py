"""What must hold for any bytes: each decoder reads or refuses them by name, and can answer and rewrite them."""

from collections.abc import Callable, Mapping
from typing import Final

from edi.edifact import read as edifact_read
from edi.edifact import write as edifact_write
from edi.edifact.aperak import application_report
from edi.edifact.control import control_message
from edi.edifact.control_answers import control_answer
from edi.edifact.interchange import Header as UnbHeader
from edi.edifact.interchange import Message, Party
from edi.edifact.purchase_order import purchase_order as edifact_order
from edi.edifact.purchase_order_change import purchase_order_change as edifact_change
from edi.edifact.remittance import remittance as edifact_remittance
from edi.faults import Fault, Refused
from edi.x12 import read as x12_read
from edi.x12 import write as x12_write
from edi.x12.acknowledge import answered_groups, group_answer, interchange_answer
from edi.x12.advice import application_advice
from edi.x12.answers import group_answer as read_group_answer
from edi.x12.header import Header, Signs
from edi.x12.interchange import GroupHeader, Transaction
from edi.x12.purchase_order import purchase_order as x12_order
from edi.x12.purchase_order_change import purchase_order_change as x12_change
from edi.x12.remittance import remittance as x12_remittance
from tests.edi.documents import PROFILE

OURS: Final = Header(sender="VENDOR", receiver="AMAZON", date="261121", time="1500", number="000000042")
OUR_GROUP: Final = GroupHeader(
    code="FA", sender="VENDOR", receiver="AMAZON", date="20261121", time="1500", number="9"
)
OUR_UNB: Final = UnbHeader(
    sender=Party("4012345000009", "14"),
    receiver=Party("5450534000000", "14"),
    date="261121",
    time="1500",
    number="42",
)


def x12(data: bytes) -> None:
    """Raises for anything but a reading or a refusal by name."""
    found = x12_read.read(data)
    _named(found.faults)
    for interchange in found.interchanges:
        report = interchange.report
        _named(list(report.all_faults()))
        for one in interchange.transactions:
            _transaction(one)
        sets = [group_answer(group, f"{at:04d}") for at, group in enumerate(answered_groups(report))]
        groups = [x12_write.OutgoingGroup(header=OUR_GROUP, transactions=sets)]
        written = x12_write.write(OURS, groups, acknowledgements=[interchange_answer(report)])
        answer = x12_read.read(written).interchanges[0]
        assert len(answer.accepted) == len(sets), "our own answer is refused"
    pieces = (data[at : at + 7] for at in range(0, len(data), 7))
    assert [type(event) for event in x12_read.stream(pieces)] == [type(one) for one in x12_read.stream([data])]


def _transaction(one: Transaction) -> None:
    application_advice(one)
    read_group_answer(one)
    for mapper in (x12_order, x12_change, x12_remittance):
        assert mapper(one, PROFILE), "neither read nor refused with a reason"
    if not one.accepted:
        return
    group = x12_write.OutgoingGroup(header=OUR_GROUP, transactions=[x12_write.again(one)])
    header = Header(
        sender="A", receiver="B", date="261121", time="1500", number="000000042", signs=one.header.signs,
        standard=one.header.signs.repetition or "U", version=one.header.version,
    )  # fmt: skip
    try:
        written = x12_write.write(header, [group], charset="utf-8")
    except Refused:
        return
    again = x12_read.read(written).interchanges[0].transactions[0]
    assert _plain(again) == _plain(one), "what was written is not what was read"


def _plain(one: Transaction) -> list[str]:
    signs = one.header.signs
    joined = (signs.element.join(segment.elements[:10_000]) for segment in list(one.segments())[1:-1])
    return [_bare(line, signs) for line in joined]


def _bare(line: str, signs: Signs) -> str:
    """Without empty elements and components, which may be left away at ends: of a repetition too."""
    return signs.element.join(_bare_element(part, signs) for part in line.split(signs.element)).rstrip(signs.element)


def _bare_element(text: str, signs: Signs) -> str:
    repeated = text.split(signs.repetition) if signs.repetition else [text]
    return signs.repetition.join(part.rstrip(signs.component) for part in repeated)


def edifact(data: bytes) -> None:
    """Raises for anything but a reading or a refusal by name."""
    found = edifact_read.read(data)
    _named(found.faults)
    for interchange in found.interchanges:
        report = interchange.report
        _named(list(report.all_faults()))
        for one in interchange.messages:
            _message(one)
        written = edifact_write.write(OUR_UNB, [control_message(report, "1")])
        assert len(edifact_read.read(written).interchanges[0].accepted) == 1, "our own answer is refused"
    pieces = (data[at : at + 7] for at in range(0, len(data), 7))
    assert [type(event) for event in edifact_read.stream(pieces)] == [
        type(one) for one in edifact_read.stream([data])
    ]


def _message(one: Message) -> None:
    application_report(one)
    control_answer(one)
    for mapper in (edifact_order, edifact_change, edifact_remittance):
        assert mapper(one, PROFILE), "neither read nor refused with a reason"
    if not one.accepted:
        return
    header = UnbHeader(
        sender=Party("A"), receiver=Party("B"), date="261121", time="1500", number="42", syntax="UNOW",
        version=one.header.version if one.header.version in ("3", "4") else "3", signs=one.header.signs, una=True,
    )  # fmt: skip
    try:
        written = edifact_write.write(header, [edifact_write.again(one)])
    except Refused:
        return
    again = edifact_read.read(written).interchanges[0].messages[0]
    assert _values(again) == _values(one), "what was written is not what was read"


def _values(one: Message) -> list[list[list[list[str]]]]:
    """By segment, element, repetition and component, without what is empty at an end."""
    rows = []
    for segment in list(one.segments())[1:-1]:
        repeated = (segment.repetitions(at) for at in range(len(segment.elements)))
        row = [[_filled(list(composite)) for composite in element] for element in repeated]
        while row and not any(row[-1]):
            row.pop()
        rows.append(row)
    return rows


def _filled(values: list[str]) -> list[str]:
    while values and not values[-1]:
        values.pop()
    return values


def _named(faults: tuple[Fault, ...] | list[Fault]) -> None:
    assert all(fault.reason and str(fault) for fault in faults)


TARGETS: Final[Mapping[str, Callable[[bytes], None]]] = {"x12": x12, "edifact": edifact}
