"""UNA and UNB: the service characters, then who, when, under which reference and in which character set."""

import re
from typing import Final

from edi.charsets import CODECS
from edi.edifact.interchange import Header, Party, Segment
from edi.edifact.signs import DEFAULT, LEVEL_B, Signs, default
from edi.faults import Fault, Refused, shown
from edi.tape import LAYOUT, Tape, TooLong, split

_SYNTAX: Final = re.compile(r"UNO[A-Z]").fullmatch
_NUMBER: Final = re.compile(r"[^\x00-\x1f]{1,14}").fullmatch


def read_header(tape: Tape) -> Header:
    """The UNA or UNB at which the tape stands; afterwards it stands behind the UNB. Raises `Refused`, `TooLong`."""
    offset, una = tape.offset, tape.ahead(3) == "UNA"
    signs = _told(tape, offset) if una else _untold(tape, offset)
    tape.terminator, tape.release = signs.terminator, signs.release
    line = _line(tape, offset)
    segment = Segment(split(line, signs.element, signs.release), 0, tape.start, signs)
    return _header(segment, signs, una=una, offset=offset)


def _told(tape: Tape, offset: int) -> Signs:
    """The signs of a UNA; the tape then stands at the UNB."""
    text = tape.ahead(9)
    if len(text) < 9:
        raise refused("UNA", 0, "13", "it has fewer than six service characters", offset)
    component, element, decimal, release, repetition, terminator = (text[at] for at in range(3, 9))
    signs = Signs(component, element, decimal, release.strip(" "), repetition.strip(" "), terminator)
    _distinct(signs, offset)
    tape.at += 9
    if not tape.skip(LAYOUT) or tape.ahead(4) != "UNB" + element:
        raise refused("UNB", 0, "13", "no UNB with the UNA's element separator follows", offset, tape.ahead(4))
    return signs


def _distinct(signs: Signs, offset: int) -> None:
    used = [signs.component, signs.element, signs.terminator, signs.release, signs.repetition]
    present = [sign for sign in used if sign]
    if len(set(present)) != len(present) or any(sign.isalnum() or sign == " " for sign in present):
        raise refused("UNA", 0, "20", "its service characters are not distinct signs", offset, "".join(used))
    if signs.decimal not in ".,":
        raise refused("UNA", 0, "20", "its decimal mark is neither a point nor a comma", offset, signs.decimal)


def _untold(tape: Tape, offset: int) -> Signs:
    """The signs of an interchange without UNA, told by what follows its UNB."""
    element = tape.ahead(4)[3:]
    for signs in (DEFAULT, LEVEL_B):
        if element == signs.element:
            return signs
    reason = "without a UNA, + or the level B separator must follow UNB"
    raise refused("UNB", 0, "20", reason, offset, element)


def _line(tape: Tape, offset: int) -> str:
    try:
        line = tape.line()
    except TooLong:
        line = None
    if line is None or tape.unterminated:
        raise refused("UNB", 0, "13", "it has no terminator", offset)
    return line.replace("\r", "").replace("\n", "")


def refused(segment: str, element: int, code: str, reason: str, offset: int, value: str = "") -> Refused:
    return Refused(_fault(segment, element, 0, code, reason, offset, value))


def _fault(segment: str, element: int, component: int, code: str, reason: str, offset: int, value: str) -> Fault:
    return Fault(
        level="interchange", code=code, reason=reason, segment=segment, element=element, component=component,
        value=shown(value), offset=offset,
    )  # fmt: skip


def _header(unb: Segment, signs: Signs, *, una: bool, offset: int) -> Header:
    syntax, version = unb.value(1), unb.value(1, 2)
    if not _SYNTAX(syntax):
        raise refused("UNB", 1, "12", "it is no syntax identifier", offset, syntax)
    if signs == DEFAULT and not una:
        signs = default(version)
    return Header(
        sender=party(unb, 2), receiver=party(unb, 3), date=unb.value(4), time=unb.value(4, 2), number=unb.value(5),
        syntax=syntax, version=version, password=unb.composite(6), application=unb.value(7), priority=unb.value(8),
        acknowledge=unb.value(9), agreement=unb.value(10), test=unb.value(11), signs=signs, una=una, offset=offset,
        faults=tuple(_unb_faults(unb)),
    )  # fmt: skip


def party(segment: Segment, number: int) -> Party:
    return Party(segment.value(number), segment.value(number, 2), segment.value(number, 3))


def _unb_faults(unb: Segment) -> list[Fault]:
    found, offset = list[Fault](), unb.offset
    if unb.value(1) not in CODECS:
        reason = "its character set is not known; ASCII alone is safe in it"
        found.append(_fault("UNB", 1, 1, "46", reason, offset, unb.value(1)))
    if unb.value(1, 2) not in ("1", "2", "3", "4"):
        found.append(_fault("UNB", 1, 2, "2", "it is no syntax version from 1 to 4", offset, unb.value(1, 2)))
    for number, what in ((2, "the sender"), (3, "the receiver")):
        if not unb.value(number):
            found.append(_fault("UNB", number, 1, "13", f"{what} is missing", offset, ""))
    if not unb.value(5):
        found.append(_fault("UNB", 5, 0, "13", "the control reference is missing", offset, ""))
    elif not _NUMBER(unb.value(5)):
        found.append(_fault("UNB", 5, 0, "39", "the control reference is longer than 14", offset, unb.value(5)))
    if unb.value(11) not in ("", "0", "1"):
        found.append(_fault("UNB", 11, 0, "25", "it is no test indicator", offset, unb.value(11)))
    return found
