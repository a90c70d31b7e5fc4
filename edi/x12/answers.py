"""What a partner says of what we sent: 997 (or 999) and TA1. They mean that the syntax was read, nothing more."""

from collections.abc import Sequence
from typing import Final

import msgspec

from edi.faults import Fault, kept
from edi.loops import loops
from edi.x12.elements import Elements
from edi.x12.interchange import Segment, Transaction

OLD_NAMES: Final = {"IK3": "AK3", "IK4": "AK4", "IK5": "AK5"}
"""A 999 says the same under other names."""


class ElementNote(msgspec.Struct, frozen=True, kw_only=True):
    """An AK4. `element` and `code` as they came: a partner's list may be another."""

    element: str
    code: str
    value: str = ""


class SegmentNote(msgspec.Struct, frozen=True, kw_only=True):
    """An AK3 with its AK4."""

    segment: str
    position: str
    loop: str = ""
    code: str = ""
    elements: tuple[ElementNote, ...] = ()


class SetAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """AK2 to AK5: one of our sets. `status` is empty where the AK5 is missing."""

    code: str
    number: str
    status: str = ""
    codes: tuple[str, ...] = ()
    notes: tuple[SegmentNote, ...] = ()


class GroupAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A 997: one of our groups, named by its GS01 and GS06. Without AK2, the group's status is each set's."""

    code: str
    number: str
    status: str
    """AK901: A and E are received; P in part; R, M, W, X not."""
    included: int | None = None
    received: int | None = None
    accepted: int | None = None
    codes: tuple[str, ...] = ()
    sets: tuple[SetAnswer, ...] = ()

    def accepts(self, number: str) -> bool | None:
        """Whether our set with this ST02 was read; None where the answer does not tell."""
        for one in self.sets:
            if one.number == number and one.status:
                return one.status in ("A", "E")
        if self.status in ("A", "E"):
            return True
        return False if self.status in ("R", "M", "W", "X") else None


class InterchangeAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A TA1: one of our interchanges, named by its ISA13. E must not be sent again, R was not taken."""

    number: str
    date: str
    time: str
    status: str
    code: str


def interchange_answer(segment: Segment) -> InterchangeAnswer:
    """A TA1 as it came."""
    values = [segment.value(number).strip() for number in range(1, 6)]
    return InterchangeAnswer(number=values[0], date=values[1], time=values[2], status=values[3], code=values[4])


def group_answer(transaction: Transaction) -> GroupAnswer | tuple[Fault, ...]:
    """A 997 or 999; its faults where it does not tell of which group it is, or what became of it."""
    elements, segments = Elements(), list(transaction.segments())
    opening = _only(segments, "AK1", Segment(["AK1"], 2, segments[0].offset))
    closing = _only(segments, "AK9", Segment(["AK9"], len(segments), segments[-1].offset))
    _, sets = loops(segments, "AK2", _name)
    code, number = elements.text(opening, 1, needed=True), elements.text(opening, 2, needed=True)
    status, answered = elements.text(closing, 1, needed=True), tuple(_set(elements, loop) for loop in sets)
    counts = [elements.n0(closing, place) for place in (2, 3, 4)]
    if elements.faults:
        return kept(elements.faults)
    return GroupAnswer(
        code=code, number=number, status=status, included=counts[0], received=counts[1], accepted=counts[2],
        codes=_filled(closing, 5), sets=answered,
    )  # fmt: skip


def _name(segment: Segment) -> str:
    """Its name; a 999 says the same as a 997 under other names."""
    return OLD_NAMES.get(segment.name, segment.name)


def _only(segments: Sequence[Segment], name: str, otherwise: Segment) -> Segment:
    return next((segment for segment in segments if segment.name == name), otherwise)


def _filled(segment: Segment, first: int) -> tuple[str, ...]:
    return tuple(value for value in segment.elements[first:] if value)


def _set(elements: Elements, loop: Sequence[Segment]) -> SetAnswer:
    """From an AK2 on; the AK5 may be missing."""
    status, codes = "", tuple[str, ...]()
    for segment in loop:
        if _name(segment) == "AK5":
            status, codes = elements.text(segment, 1, needed=True), _filled(segment, 2)
    number = elements.text(loop[0], 2, needed=True)
    _, notes = loops(loop, "AK3", _name)
    return SetAnswer(
        code=loop[0].value(1), number=number, status=status, codes=codes, notes=tuple(_note(note) for note in notes)
    )


def _note(loop: Sequence[Segment]) -> SegmentNote:
    """From an AK3 on."""
    segment, position, where, code = (loop[0].value(number) for number in range(1, 5))
    found = (
        ElementNote(element=one.value(1), code=one.value(3), value=one.value(4))
        for one in loop
        if _name(one) == "AK4"
    )
    return SegmentNote(segment=segment, position=position, loop=where, code=code, elements=tuple(found))
