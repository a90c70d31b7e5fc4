"""CONTRL, read: what a partner says of what we sent. It means that the syntax was read, nothing more."""

from collections.abc import Sequence

import msgspec

from edi.edifact.elements import Elements
from edi.edifact.interchange import Message, MessageName, Segment
from edi.faults import Fault, kept
from edi.loops import loops


class Note(msgspec.Struct, frozen=True, kw_only=True):
    """A UCS, or a UCD under it. `element` is counted as people count: the tag is not one."""

    position: int | None = None
    code: str = ""
    element: int = 0
    component: int = 0


class MessageAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A UCM: one of our messages, by its reference."""

    number: str
    name: MessageName
    action: str
    code: str = ""
    segment: str = ""
    notes: tuple[Note, ...] = ()


class GroupAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A UCF: one of our groups, by its reference."""

    number: str
    action: str
    code: str = ""


class ControlAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A CONTRL: one of our interchanges, by its UNB 0020."""

    number: str
    sender: str
    receiver: str
    action: str
    """4 rejected with all that is in it, 7 acknowledged, 8 received."""
    code: str = ""
    segment: str = ""
    groups: tuple[GroupAnswer, ...] = ()
    messages: tuple[MessageAnswer, ...] = ()

    def accepts(self, number: str) -> bool | None:
        """Whether our message with this reference was read; None where that is not told (8 is receipt alone)."""
        for one in self.messages:
            if one.number == number:
                return one.action == "7"
        return {"4": False, "7": True}.get(self.action)


def control_answer(message: Message) -> ControlAnswer | tuple[Fault, ...]:
    """A CONTRL; its faults where it does not tell of which interchange it is, or what became of it."""
    elements, segments = Elements(), list(message.segments())
    uci = next((one for one in segments if one.name == "UCI"), Segment(["UCI"], 2, segments[0].offset))
    number, action = (elements.text(uci, element, needed=True) for element in (1, 4))
    groups = tuple(_group(elements, one) for one in segments if one.name == "UCF")
    messages = tuple(_message(elements, loop) for loop in loops(segments, "UCM")[1])
    if elements.faults:
        return kept(elements.faults)
    return ControlAnswer(
        number=number, sender=uci.value(2), receiver=uci.value(3), action=action, code=uci.value(5),
        segment=uci.value(6), groups=groups, messages=messages,
    )  # fmt: skip


def _group(elements: Elements, ucf: Segment) -> GroupAnswer:
    number, action = (elements.text(ucf, element, needed=True) for element in (1, 4))
    return GroupAnswer(number=number, action=action, code=ucf.value(5))


def _message(elements: Elements, loop: Sequence[Segment]) -> MessageAnswer:
    """From a UCM on."""
    ucm = loop[0]
    number, action = (elements.text(ucm, element, needed=True) for element in (1, 3))
    name = MessageName(*(ucm.value(2, component) for component in range(1, 6)))
    return MessageAnswer(
        number=number, name=name, action=action, code=ucm.value(4), segment=ucm.value(5), notes=_notes(elements, loop)
    )


def _notes(elements: Elements, loop: Sequence[Segment]) -> tuple[Note, ...]:
    position, found = None, list[Note]()
    for segment in loop:
        if segment.name == "UCS":
            position = elements.whole(segment, 1)
            found.append(Note(position=position, code=segment.value(2)))
        elif segment.name == "UCD":
            element, component = elements.whole(segment, 2), elements.whole(segment, 2, 2)
            place = (element or 1) - 1
            found.append(Note(position=position, code=segment.value(1), element=place, component=component or 0))
    return tuple(found)
