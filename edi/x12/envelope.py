"""What envelopes must hold: counts, control numbers, names. Each check gives faults in the codes of 997 and TA1."""

import re
from collections.abc import Callable, Collection, Sequence
from functools import lru_cache
from typing import Final

from edi.charsets import controls_but
from edi.faults import Fault, Level, shown
from edi.x12.header import Header, Signs
from edi.x12.interchange import GroupHeader

NAME: Final = re.compile(r"[A-Z][A-Z0-9]{1,2}").fullmatch
_DIGITS: Final = re.compile(r"[0-9]{1,9}").fullmatch
_COUNT: Final = re.compile(r"[0-9]{1,18}").fullmatch
_SET_CODE: Final = re.compile(r"[0-9]{3}").fullmatch
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")
FUNCTIONAL: Final = {
    "850": "PO", "855": "PR", "860": "PC", "865": "CA", "856": "SH", "810": "IN", "846": "IB", "820": "RA",
    "824": "AG", "753": "RF", "754": "RG", "997": "FA",
}  # fmt: skip
"""GS01 by ST01, of the sets that the vendor programmes use."""


@lru_cache(maxsize=64)
def is_whole(signs: Signs) -> Callable[[str], object]:
    """Tells, truthy or not, whether a line is a named segment without control characters."""
    separator = re.escape(signs.element)
    forbidden = controls_but(signs.element + signs.component + signs.repetition)
    return re.compile(rf"[A-Z][A-Z0-9]{{1,2}}(?:{separator}[^{forbidden}]*)?").fullmatch


@lru_cache(maxsize=64)
def plain_beginnings(_signs: Signs) -> set[str]:
    """First four characters of segments that were whole, whatever interchange they were in; it fills as it goes.

    With one of them a line has only to be printable to be whole, which is quicker to see.
    """
    return set[str]()


def header_faults(header: Header) -> list[Fault]:
    """Of the ISA's own values; its widths were judged when it was read."""
    found = list(header.faults)
    if not re.fullmatch(r"[0-9]{9}", header.number):
        found.append(_isa(header, 13, "018", "it is not nine digits", header.number))
    if header.usage not in ("P", "T"):
        found.append(_isa(header, 15, "020", "it is neither P nor T", header.usage))
    if header.acknowledge not in ("0", "1"):
        found.append(_isa(header, 14, "019", "it is neither 0 nor 1, taken as 0", header.acknowledge, warning=True))
    if not re.fullmatch(r"[0-9]{6}", header.date):
        found.append(_isa(header, 9, "014", "it is no date of six digits", header.date, warning=True))
    if not re.fullmatch(r"[0-9]{4}", header.time):
        found.append(_isa(header, 10, "015", "it is no time of four digits", header.time, warning=True))
    return found


def _isa(header: Header, element: int, code: str, reason: str, value: str, *, warning: bool = False) -> Fault:
    return Fault(
        level="interchange", code=code, reason=reason, segment="ISA", element=element, value=shown(value),
        offset=header.offset, warning=warning,
    )  # fmt: skip


def interchange_faults(header: Header, trailer: Sequence[str], groups: int, offset: int) -> list[Fault]:
    """Of an IEA against what was counted and against the ISA."""
    found = list[Fault]()
    if _number(trailer, 1) != groups:
        reason = f"{groups} groups were counted"
        found.append(_envelope("interchange", "021", reason, "IEA", 1, _value(trailer, 1), offset))
    if _value(trailer, 2) != header.number:
        reason = f"ISA13 says {header.number!r}"
        found.append(_envelope("interchange", "001", reason, "IEA", 2, _value(trailer, 2), offset))
    return found


def truncated(name: str, level: Level, code: str, offset: int) -> Fault:
    """Of an envelope that ends without its trailer."""
    return _envelope(level, code, f"it is missing: there is no {name} where one must be", name, 0, "", offset)


def misplaced(elements: Sequence[str], reason: str, offset: int, code: str = "022") -> Fault:
    """Of a segment where none of its kind may be."""
    return _envelope("interchange", code, reason, shown(elements[0]), 0, shown("".join(elements[1:2])), offset)


def group_header_faults(elements: Sequence[str], offset: int) -> list[Fault]:
    found = list[Fault]()
    for element, what in ((1, "the functional code"), (6, "the control number"), (8, "the version")):
        if not _value(elements, element):
            found.append(_envelope("group", "6", f"{what} is missing", "GS", element, "", offset))
    if (number := _value(elements, 6)) and not _DIGITS(number):
        found.append(_envelope("group", "6", "it is no number of at most nine digits", "GS", 6, number, offset))
    return found


def group_faults(header: GroupHeader, trailer: Sequence[str], sets: int, offset: int) -> list[Fault]:
    """Of a GE against what was counted and against the GS."""
    found = list[Fault]()
    if _number(trailer, 1) != sets:
        reason = f"{sets} transaction sets were counted"
        found.append(_envelope("group", "5", reason, "GE", 1, _value(trailer, 1), offset))
    if _value(trailer, 2) != header.number:
        reason = f"GS06 says {header.number!r}"
        found.append(_envelope("group", "4", reason, "GE", 2, _value(trailer, 2), offset))
    return found


def set_header_faults(
    elements: Sequence[str], group: GroupHeader, taken: Collection[str], offset: int
) -> list[Fault]:
    """Of an ST by itself and among its group; `taken` are the numbers that its group has used."""
    found, code, number = list[Fault](), _value(elements, 1), _value(elements, 2)
    if not _SET_CODE(code):
        found.append(_set("6", "it is no transaction set", "ST", 1, 1, code, offset))
    if not number or len(number) > 9:
        found.append(_set("7", "it is no control number of four to nine characters", "ST", 1, 2, number, offset))
    elif len(number) < 4:
        reason = "the control number is shorter than four characters"
        found.append(_set("7", reason, "ST", 1, 2, number, offset, warning=True))
    if number in taken:
        found.append(_set("23", "the group has had this number", "ST", 1, 2, number, offset))
    if code in FUNCTIONAL and FUNCTIONAL[code] != group.code:
        reason = f"it came in a group of {group.code!r}, its own are {FUNCTIONAL[code]!r}"
        found.append(_set("", reason, "ST", 1, 1, code, offset, warning=True))
    return found


def set_faults(number: str, trailer: Sequence[str], counted: int, offset: int) -> list[Fault]:
    """Of an SE against what was counted (ST and SE included) and against ST02."""
    found = list[Fault]()
    if _number(trailer, 1) != counted:
        reason = f"{counted} segments were counted"
        found.append(_set("4", reason, "SE", counted, 1, _value(trailer, 1), offset))
    if _value(trailer, 2) != number:
        found.append(_set("3", f"ST02 says {number!r}", "SE", counted, 2, _value(trailer, 2), offset))
    return found


def without_trailer(counted: int, offset: int) -> Fault:
    return _set("2", "the set ends without it", "SE", counted + 1, 0, "", offset)


def unterminated(offset: int) -> Fault:
    reason = "no terminator follows it"
    return Fault(level="interchange", code="", reason=reason, segment="IEA", offset=offset, warning=True)


def line_faults(line: str, signs: Signs, position: int, offset: int) -> list[Fault]:
    """Of a segment that is not whole: its name, or control characters in its elements."""
    if not line.strip():
        reason = "an empty segment, not counted"
        return [Fault(level="segment", code="", reason=reason, position=position, offset=offset, warning=True)]
    elements = line.split(signs.element)
    found = list[Fault]()
    if not NAME(elements[0]):
        reason, value = "it is not named like a segment", shown(elements[0])
        found.append(Fault(level="segment", code="1", reason=reason, position=position, value=value, offset=offset))
    for number, element in enumerate(elements[1:], 1):
        if _CONTROL.search(_without(element, signs)):
            found.append(_control(elements[0], element, number, position, offset))
    return found


def _without(element: str, signs: Signs) -> str:
    return element.replace(signs.component, "").replace(signs.repetition or signs.component, "")


def _control(name: str, element: str, number: int, position: int, offset: int) -> Fault:
    broken = "\n" in element or "\r" in element
    reason = "it holds a line break: is a terminator missing?" if broken else "it holds a control character"
    return Fault(
        level="element", code="6", reason=reason, segment=shown(name), position=position, element=number,
        value=shown(element), offset=offset,
    )  # fmt: skip


def _set(
    code: str,
    reason: str,
    segment: str,
    position: int,
    element: int,
    value: str,
    offset: int,
    *,
    warning: bool = False,
) -> Fault:
    return Fault(
        level="message", code=code, reason=reason, segment=segment, position=position, element=element,
        value=shown(value), offset=offset, warning=warning,
    )  # fmt: skip


def _envelope(level: Level, code: str, reason: str, segment: str, element: int, value: str, offset: int) -> Fault:
    return Fault(
        level=level, code=code, reason=reason, segment=segment, element=element, value=shown(value), offset=offset
    )


def _value(elements: Sequence[str], number: int) -> str:
    return elements[number].strip() if number < len(elements) else ""


def _number(elements: Sequence[str], number: int) -> int | None:
    """A count, zero-padded or not; None for anything else."""
    value = _value(elements, number)
    return int(value) if _COUNT(value) else None


def count_of(elements: Sequence[str]) -> int | None:
    """The count in a trailer's first element."""
    return _number(elements, 1)
