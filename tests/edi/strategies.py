"""Interchanges at random: sound ones as values, spoilt ones as bytes."""

import string

from hypothesis import HealthCheck
from hypothesis import strategies as st

from edi.edifact.interchange import Header as UnbHeader
from edi.edifact.interchange import MessageName, Party
from edi.edifact.signs import Signs as UnaSigns
from edi.edifact.write import Outgoing as OutgoingMessage
from edi.x12.header import Header, Signs
from edi.x12.interchange import GroupHeader
from edi.x12.write import Composite, Outgoing, OutgoingGroup, Value
from tests.edi.samples import edifact, x12

SLOW = (HealthCheck.too_slow,)
"""Of no meaning on a machine that does other things beside."""
NAME = st.from_regex(r"\A[A-Z][A-Z0-9]{1,2}\Z").filter(
    lambda name: name not in ("ISA", "IEA", "GS", "GE", "ST", "SE", "TA1")
)
PRINTABLE = "".join(chr(code) for code in range(32, 127))
SIGNS = "*|+:~>^}'\\!;,=%&@#"


@st.composite
def x12_signs(draw: st.DrawFn) -> Signs:
    element, component, terminator, repetition = draw(st.permutations(SIGNS))[:4]
    return Signs(element, component, terminator, draw(st.sampled_from(["", repetition])))


def _filled(text: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return text.filter(lambda value: value != "")


def x12_rows(signs: Signs) -> st.SearchStrategy[list[list[Value]]]:
    """Segments whose last element is not empty, so that they are read as they were written."""
    taken = signs.element + signs.component + signs.terminator + signs.repetition
    plain = st.text([sign for sign in PRINTABLE if sign not in taken], max_size=12)
    composite: st.SearchStrategy[Composite] = st.tuples(plain, _filled(plain))
    part: st.SearchStrategy[str | Composite] = _filled(plain)
    several: st.SearchStrategy[list[str | Composite]] = st.lists(part, min_size=2, max_size=3)
    repeated: st.SearchStrategy[Value] = several.map(lambda parts: parts)
    simple: st.SearchStrategy[Value] = st.one_of(plain, composite)
    inner = st.one_of(simple, repeated) if signs.repetition else simple
    row = st.tuples(NAME, st.lists(inner, max_size=6), _filled(plain))
    return st.lists(row.map(lambda parts: [parts[0], *parts[1], parts[2]]), max_size=8)


def _number(digits: int) -> st.SearchStrategy[str]:
    return st.integers(1, 10**digits - 1).map(lambda number: f"{number:0{digits}d}")


@st.composite
def x12_interchange(draw: st.DrawFn) -> tuple[Header, list[OutgoingGroup]]:
    signs = draw(x12_signs())
    letters = st.text(string.ascii_uppercase + string.digits, min_size=1, max_size=15)
    header = Header(
        sender=draw(letters), receiver=draw(letters), date="261121", time="1422", number=draw(_number(9)),
        standard=signs.repetition or "U", version="00501" if signs.repetition else "00401", signs=signs,
    )  # fmt: skip
    groups = []
    for number in range(draw(st.integers(0, 2))):
        rows = draw(st.lists(x12_rows(signs), max_size=3))
        sets = [Outgoing(code="850", number=f"{at:04d}", segments=one) for at, one in enumerate(rows)]
        opening = GroupHeader(
            code="PO", sender="A", receiver="B", date="20261121", time="1422", number=str(number + 1)
        )
        groups.append(OutgoingGroup(header=opening, transactions=sets))
    return header, groups


EDIFACT_NAME = st.from_regex(r"\A[A-TV-Z][A-Z]{2}\Z")


@st.composite
def edifact_signs(draw: st.DrawFn) -> UnaSigns:
    component, element, release, terminator, repetition = draw(st.permutations(SIGNS + "?"))[:5]
    return UnaSigns(
        component, element, draw(st.sampled_from(".,")), release, draw(st.sampled_from(["", repetition])), terminator
    )


def edifact_rows() -> st.SearchStrategy[list[list[Composite]]]:
    """Segments whose last component of each element, and last element, are not empty."""
    plain = st.text(PRINTABLE, max_size=10)
    composite: st.SearchStrategy[Composite] = st.lists(plain, max_size=3).map(tuple)
    whole = composite.filter(lambda parts: not parts or parts[-1] != "")
    row = st.tuples(EDIFACT_NAME, st.lists(whole, max_size=4), _filled(plain))
    return st.lists(row.map(lambda parts: [(parts[0],), *parts[1], (parts[2],)]), max_size=8)


@st.composite
def edifact_interchange(draw: st.DrawFn) -> tuple[UnbHeader, list[list[list[Composite]]]]:
    """A header, and the rows of each message."""
    signs = draw(edifact_signs())
    four = bool(signs.repetition)
    header = UnbHeader(
        sender=Party("5450534000000", "14"), receiver=Party("4012345000009", "14"), una=True, signs=signs,
        date="20261121" if four else "261121", time="1422", number=draw(_number(9)), version="4" if four else "3",
    )  # fmt: skip
    return header, draw(st.lists(edifact_rows(), max_size=3))


def outgoing(rows: list[list[Composite]], number: int) -> OutgoingMessage:
    segments: list[list[Value]] = [[row[0][0], *row[1:]] for row in rows]
    return OutgoingMessage(
        name=MessageName("ORDERS", "D", "96A", "UN", "EAN008"), number=str(number), segments=segments
    )


@st.composite
def spoilt(draw: st.DrawFn, sound: bytes) -> bytes:
    """A sound interchange with bytes taken out, put in, doubled or changed."""
    data = bytearray(sound)
    for _ in range(draw(st.integers(1, 6))):
        at, length = draw(st.integers(0, len(data))), draw(st.integers(0, 40))
        match draw(st.sampled_from(["out", "in", "again", "change"])):
            case "out":
                del data[at : at + length]
            case "in":
                data[at:at] = draw(
                    st.binary(max_size=20) | st.sampled_from([b"~", b"*", b"'", b"?", b"\r\n", b"ISA*", b"UNB+"])
                )
            case "again":
                data[at:at] = data[max(0, at - length) : at]
            case _:
                data[at : at + 1] = draw(st.binary(min_size=1, max_size=1))
    return bytes(data)


SPOILT_X12 = spoilt(x12() + x12().replace(b"~", b"~\r\n"))
SPOILT_EDIFACT = spoilt(edifact(una="UNA:+.? '") + edifact().replace(b"'", b"'\r\n"))
