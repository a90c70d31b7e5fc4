"""What EDIFACT's envelopes must hold: counts, references, names. Each check gives faults in the codes of 0085."""

import re
from collections.abc import Callable, Collection
from functools import lru_cache
from typing import Final

from edi.charsets import controls_but, doubt
from edi.edifact.interchange import MessageName, Segment
from edi.edifact.signs import Signs
from edi.faults import Fault, Level, shown
from edi.tape import split

_COUNT: Final = re.compile(r"[0-9]{1,18}").fullmatch
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")
_GLUED: Final = re.compile(r"[\r\n]\s*[A-Z]{3}[^A-Za-z0-9]").search
COUNT: Final = "29"
REFERENCE: Final = "28"
MISSING: Final = "13"


@lru_cache(maxsize=64)
def is_whole(signs: Signs) -> Callable[[str], object]:
    """Tells, truthy or not, whether a line is a named segment without control characters, in ASCII."""
    element, component = re.escape(signs.element), re.escape(signs.component)
    forbidden = controls_but(signs.element + signs.component + signs.release + signs.repetition)
    return re.compile(rf"[A-Z]{{3}}(?:{component}[0-9:]*)?(?:{element}[^{forbidden}\x80-\xff]*)?").fullmatch


def message_header_faults(unh: Segment, taken: Collection[str]) -> list[Fault]:
    """Of a UNH by itself and among its interchange; `taken` are the references that were used."""
    found, number = list[Fault](), unh.value(1)
    if not number:
        found.append(_fault("message", MISSING, "the message reference is missing", unh, 1))
    elif len(number) > 14:
        found.append(_fault("message", "39", "the message reference is longer than 14", unh, 1))
    if number in taken:
        found.append(_fault("message", "26", "the interchange has had this reference", unh, 1))
    if not re.fullmatch(r"[A-Z]{6}", unh.value(2)):
        found.append(_fault("message", "12", "it is no message type", unh, 2))
    return found


def message_faults(number: str, unt: Segment, counted: int) -> list[Fault]:
    """Of a UNT against what was counted (UNH and UNT included) and against the UNH."""
    return _trailer("message", unt, counted, "segments", number)


def group_faults(number: str, une: Segment, messages: int) -> list[Fault]:
    return _trailer("group", une, messages, "messages", number)


def interchange_faults(number: str, unz: Segment, counted: int, what: str) -> list[Fault]:
    return _trailer("interchange", unz, counted, what, number)


def _trailer(level: Level, trailer: Segment, counted: int, what: str, number: str) -> list[Fault]:
    found = list[Fault]()
    if count_of(trailer) != counted:
        found.append(_fault(level, COUNT, f"{counted} {what} were counted", trailer, 1))
    if trailer.value(2) != number:
        found.append(_fault(level, REFERENCE, f"the header says {number!r}", trailer, 2))
    return found


def count_of(trailer: Segment) -> int | None:
    value = trailer.value(1).strip()
    return int(value) if _COUNT(value) else None


def truncated(name: str, level: Level, position: int, offset: int) -> Fault:
    """Of an envelope that ends without its trailer."""
    reason = f"it is missing: there is no {name} where one must be"
    return Fault(level=level, code=MISSING, reason=reason, segment=name, position=position, offset=offset)


def misplaced(segment: Segment, reason: str, code: str = "33") -> Fault:
    return _fault("interchange", code, reason, segment, 0)


def line_faults(line: str, signs: Signs, syntax: str, position: int, offset: int) -> list[Fault]:
    """Of a segment that is not whole, line breaks taken out: its name, control characters, bytes above ASCII."""
    segment = Segment(split(line, signs.element, signs.release), position, offset, signs, syntax)
    found = list[Fault]()
    if not re.fullmatch(r"[A-Z]{3}", segment.name):
        found.append(_fault("segment", "12", "it is not named like a segment", segment, 0))
    for number, element in enumerate(segment.elements[1:], 1):
        if _CONTROL.search(_without(element, signs)):
            found.append(_fault("element", "21", "it holds a control character", segment, number))
        if why := doubt(element, syntax):
            found.append(_fault("element", "21", why, segment, number, warning=True))
    return found


def wrapped(line: str, name: str, position: int, offset: int) -> Fault:
    """Of a line break inside a segment: layout, unless it looks like a terminator that was lost."""
    lost = bool(_GLUED(line))
    reason = "a line break within it was taken out"
    if lost:
        reason = "a line break and then what looks like a segment: is a terminator missing?"
    return Fault(
        level="segment", code="21", reason=reason, segment=shown(name), position=position, value=shown(line),
        offset=offset, warning=not lost,
    )  # fmt: skip


def empty(position: int, offset: int) -> Fault:
    reason = "an empty segment, not counted"
    return Fault(level="segment", code="", reason=reason, position=position, offset=offset, warning=True)


def unterminated(offset: int) -> Fault:
    reason = "no terminator follows it"
    return Fault(level="interchange", code="", reason=reason, segment="UNZ", offset=offset, warning=True)


def _without(element: str, signs: Signs) -> str:
    for sign in (signs.component, signs.repetition, signs.release):
        element = element.replace(sign, "") if sign else element
    return element


def _fault(level: Level, code: str, reason: str, segment: Segment, element: int, *, warning: bool = False) -> Fault:
    value = segment.elements[element] if element < len(segment.elements) else ""
    return Fault(
        level=level, code=code, reason=reason, segment=shown(segment.name), position=segment.position,
        element=element, value=shown(value) if element else "", offset=segment.offset, warning=warning,
    )  # fmt: skip


def message_name(unh: Segment) -> MessageName:
    return MessageName(*(unh.value(2, component) for component in range(1, 6)))
