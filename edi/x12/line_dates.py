"""Dates of an X12 change and of its lines: windows in DTM, and schedules (SCH) of a line's quantity.

A line whose schedule says one date for all of its quantity has that date; one that is split has no place in an order
with one window, and is refused by itself.
"""

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from edi.faults import Fault
from edi.numbers import Wrong
from edi.profile import Profile
from edi.x12.elements import Elements
from edi.x12.interchange import Segment
from edi.x12.purchase_order import EARLIEST, LATEST, SHIP_EARLIEST, SHIP_LATEST
from schemas.purchase_order import Window

SCHEDULE: Final = "SCH"
DATES: Final = ((5, 6), (8, 9))
"""SCH: qualifier and date, twice at most."""
ENDS: Final[Mapping[str, tuple[str, ...]]] = {
    EARLIEST: (EARLIEST,), LATEST: (LATEST,), SHIP_EARLIEST: (SHIP_EARLIEST,), SHIP_LATEST: (SHIP_LATEST,),
    "002": (EARLIEST, LATEST), "010": (SHIP_EARLIEST, SHIP_LATEST),
}  # fmt: skip
"""Which ends of which window a qualifier names: delivery and shipping that are requested for a day name both."""


class LineDates(msgspec.Struct, frozen=True):
    """`refused`: why what the line says of its dates cannot be held."""

    delivery: Window | None = None
    ship: Window | None = None
    refused: str = ""


def dates_of_line(elements: Elements, profile: Profile, loop: Sequence[Segment]) -> LineDates:
    schedules = [one for one in loop if one.name == SCHEDULE]
    if schedules:
        return _scheduled(elements, profile, loop[0], schedules)
    return LineDates(
        window_of(elements, profile, loop, EARLIEST, LATEST),
        window_of(elements, profile, loop, SHIP_EARLIEST, SHIP_LATEST),
    )


def window_of(
    elements: Elements, profile: Profile, segments: Sequence[Segment], earliest: str, latest: str
) -> Window | None:
    """Both ends; one alone is a fault: whether the other moves with it, nobody has said."""
    told = {one.value(1): one for one in segments if one.name == "DTM" and one.value(1) in (earliest, latest)}
    if not told:
        return None
    if len(told) == 1:
        [one] = told.values()
        fault = Fault(
            level="segment", code="2", reason="one end of a window is told and not the other", segment=one.name,
            position=one.position, offset=one.offset,
        )  # fmt: skip
        elements.faults.append(fault)
        return None
    start, end = elements.dt(told[earliest], 2, needed=True), elements.dt(told[latest], 2, needed=True)
    if start is None or end is None:
        return None
    if start > end:
        elements.wrong(told[latest], 2, Wrong.DATE, "the window ends before it begins")
        return None
    return Window(profile.begin_of(start), profile.end_of(end))


def _scheduled(elements: Elements, profile: Profile, head: Segment, schedules: Sequence[Segment]) -> LineDates:
    parts = [_part(elements, profile, one) for one in schedules]
    sums = [elements.r(one, 1, needed=True) for one in schedules]
    whole = elements.r(head, 3)
    if any(part != parts[0] for part in parts):
        return LineDates(refused="its quantity is split over several dates, and the order has one window")
    if whole is None or any(one.value(2) not in ("", head.value(5)) for one in schedules):
        return LineDates(refused="its schedule (SCH) is not in the quantity and the unit of the line")
    if sum(one for one in sums if one is not None) != whole:
        return LineDates(refused=f"its schedule (SCH) does not come to the {whole} of the line")
    return parts[0]


def _part(elements: Elements, profile: Profile, segment: Segment) -> LineDates:
    ends: dict[str, Segment] = {}
    days = {}
    for qualifier, day in DATES:
        word = segment.value(qualifier)
        if not word:
            continue
        if word not in ENDS:
            return LineDates(refused=f"its schedule has a date of a kind that is not known here (SCH {word})")
        for end in ENDS[word]:
            ends[end], days[end] = segment, elements.dt(segment, day, needed=True)
    found = dict[str, Window]()
    for earliest, latest in ((EARLIEST, LATEST), (SHIP_EARLIEST, SHIP_LATEST)):
        start, until = days.get(earliest), days.get(latest)
        if (start is None) != (until is None) or (start is not None and until is not None and start > until):
            return LineDates(refused="its schedule does not tell both ends of a window, the first one first")
        if start is not None and until is not None:
            found[earliest] = Window(profile.begin_of(start), profile.end_of(until))
    return LineDates(found.get(EARLIEST), found.get(SHIP_EARLIEST))
