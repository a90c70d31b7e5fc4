"""The ISA: fixed widths, and the delimiters of what follows. Repaired with a warning where padding alone is wrong."""

import re
from typing import Final

import msgspec

from edi.faults import Fault, Refused, shown
from edi.tape import LAYOUT, Tape

WIDTHS: Final = (2, 10, 2, 10, 2, 15, 2, 15, 6, 4, 1, 5, 9, 1, 1)
"""Of ISA01 to ISA15; ISA16 is the component separator."""
SEPARATORS: Final = (3, 6, 17, 20, 31, 34, 50, 53, 69, 76, 81, 83, 89, 99, 101, 103)
"""Where the element separators stand, from the I of ISA."""
LONGEST: Final = 400
"""Characters in which an ISA of the wrong width must end."""
REPEATING_SINCE: Final = "00402"

_GAP: Final = re.compile(r"[^A-Za-z0-9]*").match
_BREAK: Final = re.compile(r"[ \t]*[\r\n]").match
_NO_BREAK_SPACES: Final = ("\xc2\xa0", "\xa0")


class Signs(msgspec.Struct, frozen=True):
    """The delimiters of one interchange. `terminator` has several characters only where nothing else can be read."""

    element: str = "*"
    component: str = ">"
    terminator: str = "~"
    repetition: str = ""
    """Empty where the version has none (before 00402, and where ISA11 is a letter)."""


class Header(msgspec.Struct, frozen=True, kw_only=True):
    """An ISA, its values without padding. `date` is YYMMDD, `time` HHMM, `number` nine digits, all as text."""

    sender: str
    receiver: str
    date: str
    time: str
    number: str
    sender_qualifier: str = "ZZ"
    receiver_qualifier: str = "ZZ"
    authorisation_qualifier: str = "00"
    authorisation: str = ""
    security_qualifier: str = "00"
    security: str = ""
    standard: str = "U"
    """ISA11: `U`, or the repetition separator from 00402 on."""
    version: str = "00401"
    acknowledge: str = "0"
    """`1` asks for a TA1."""
    usage: str = "P"
    """`P` production, `T` test."""
    signs: Signs = Signs()
    offset: int = 0
    faults: tuple[Fault, ...] = ()
    """Warnings: what was repaired."""

    def elements(self) -> tuple[str, ...]:
        """ISA01 to ISA15 in their order, without padding."""
        return tuple(getattr(self, name) for name in FIELDS)


FIELDS: Final = (
    "authorisation_qualifier", "authorisation", "security_qualifier", "security", "sender_qualifier", "sender",
    "receiver_qualifier", "receiver", "date", "time", "standard", "version", "number", "acknowledge", "usage",
)  # fmt: skip
"""Of a `Header`, ISA01 to ISA15."""


def read_header(tape: Tape) -> Header:
    """The ISA at which the tape stands; afterwards it stands behind the terminator. Raises `Refused`."""
    offset, text = tape.offset, tape.ahead(LONGEST)
    values, rest, faults = _fixed(text) or _repaired(text, offset)
    component = rest[:1]
    if component == "" or component == text[3]:
        raise refused(offset, 16, "027", "there is no component separator of its own", component)
    terminator = _terminator(rest[1:], offset, faults)
    signs = _signs(text[3], component, terminator, values, offset)
    tape.at += len(text) - len(rest) + 1 + len(terminator)
    tape.terminator, tape.release = terminator, ""
    return _header(values, signs, offset, tuple(faults))


def refused(offset: int, element: int, code: str, reason: str, value: str = "") -> Refused:
    return Refused(_fault(offset, element, code, reason, value))


def _fault(offset: int, element: int, code: str, reason: str, value: str = "", *, warning: bool = False) -> Fault:
    return Fault(
        level="interchange", code=code, reason=reason, segment="ISA", element=element, value=shown(value),
        offset=offset, warning=warning,
    )  # fmt: skip


def _fixed(text: str) -> tuple[list[str], str, list[Fault]] | None:
    """Of an ISA that is as wide as it should be: its values, and the text from ISA16 on."""
    separator = text[3:4]
    if len(text) < 106 or any(text[at] != separator for at in SEPARATORS) or separator.isalnum():
        return None
    values = text[4:103].split(separator)
    if len(values) != len(WIDTHS) or "\xa0" in text[:104]:
        return None
    return [value.strip(" ") for value in values], text[104:], []


def _repaired(text: str, offset: int) -> tuple[list[str], str, list[Fault]]:
    """Of one with wrong padding, the same with a warning for each element; refused where more is wrong."""
    separator = text[3:4]
    if not separator or separator.isalnum() or separator in LAYOUT:
        raise refused(offset, 0, "026", "no element separator follows ISA", separator)
    pieces = text.split(separator, 16)
    if len(pieces) < 17:
        raise refused(offset, len(pieces), "022", f"it holds {len(pieces) - 1} of 16 elements")
    values, faults = list[str](), list[Fault]()
    for number, (raw, width) in enumerate(zip(pieces[1:16], WIDTHS, strict=True), 1):
        value = _without_no_break_spaces(raw).strip(" ")
        if len(value) > width:
            raise refused(offset, number, "022", f"it is longer than {width} characters", value)
        if len(raw) != width:
            reason = f"it is {len(raw)} bytes wide instead of {width}; only padding is missing or odd, so it was read"
            faults.append(_fault(offset, number, "", reason, value, warning=True))
        values.append(value)
    return values, pieces[16], faults


def _without_no_break_spaces(value: str) -> str:
    for odd in _NO_BREAK_SPACES:
        value = value.replace(odd, " ")
    return value


def _terminator(rest: str, offset: int, faults: list[Fault]) -> str:
    """What ends the ISA, judged by what stands between it and the next segment's name."""
    gap = _gap(rest)
    core = gap.rstrip(LAYOUT)
    if len(core) == 1 or (core and core == core[0] * len(core)):
        return core[0]
    if core:
        return _several_bytes(core, offset, faults)
    found = _BREAK(gap)
    if found is None:
        raise refused(offset, 16, "004", "no terminator follows ISA16", gap)
    if len(found.group()) > 1:
        reason = "blanks stand before each line break, which is the terminator; both were taken as one"
        faults.append(_fault(offset, 16, "", reason, warning=True))
    return found.group()


def _gap(rest: str) -> str:
    found = _GAP(rest)
    return found.group() if found else ""


def _several_bytes(core: str, offset: int, faults: list[Fault]) -> str:
    """One character of several bytes, which no standard allows and which can mean nothing else."""
    try:
        sign = core.encode("latin-1").decode()
    except UnicodeDecodeError:
        sign = ""
    if len(sign) != 1:
        raise refused(offset, 16, "004", "what follows ISA16 is no terminator of one character", core)
    faults.append(_fault(offset, 16, "", f"the terminator {sign!r} has {len(core)} bytes", warning=True))
    return core


def _signs(element: str, component: str, terminator: str, values: list[str], offset: int) -> Signs:
    standard, version = values[10], values[11]
    if not (version.isascii() and version.isdigit()):
        raise refused(offset, 12, "017", "it is no version", version)
    if terminator in (element, component):
        raise refused(offset, 16, "004", "the terminator is one of the separators", terminator)
    repeats = version >= REPEATING_SINCE and standard.strip() and not standard.isalnum()
    if repeats and standard in (element, component, terminator):
        raise refused(offset, 11, "032", "the repetition separator is another delimiter", standard)
    return Signs(element, component, terminator, standard if repeats else "")


def _header(values: list[str], signs: Signs, offset: int, faults: tuple[Fault, ...]) -> Header:
    by_name = dict(zip(FIELDS, values, strict=True))
    return Header(**by_name, signs=signs, offset=offset, faults=faults)
