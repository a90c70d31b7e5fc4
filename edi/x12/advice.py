"""824: what a partner's application made of what we sent. Read tolerantly: all that it says is shown."""

from collections.abc import Sequence
from typing import Final, Literal

import msgspec

from edi.loops import loops
from edi.x12.interchange import Segment, Transaction

Verdict = Literal["accepted", "accepted with errors", "rejected", "unknown"]
VERDICTS: Final[dict[str, Verdict]] = {"A": "accepted", "E": "accepted with errors", "R": "rejected"}
"""By the second letter of OTI01: TA, TE, TR for a set, I for an item, G for a group, B for a batch."""


ENDS: Final = ("ST", "BGN", "SE")
NOTES: Final = ("NTE", "RED", "MSG")
"""What follows a TED and explains it."""


class AdviceError(msgspec.Struct, frozen=True, kw_only=True):
    """A TED, with the notes that follow it."""

    code: str
    text: str = ""
    segment: str = ""
    position: str = ""
    element: str = ""
    value: str = ""
    notes: tuple[str, ...] = ()


class AdviceItem(msgspec.Struct, frozen=True, kw_only=True):
    """An OTI loop: one document of ours, by its control numbers and its reference."""

    code: str
    qualifier: str = ""
    reference: str = ""
    group_number: str = ""
    set_number: str = ""
    set_code: str = ""
    references: tuple[tuple[str, str], ...] = ()
    """REF qualifiers with their values."""
    errors: tuple[AdviceError, ...] = ()

    @property
    def verdict(self) -> Verdict:
        return VERDICTS.get(self.code[1:2], "unknown") if len(self.code) == 2 else "unknown"


class ApplicationAdvice(msgspec.Struct, frozen=True, kw_only=True):
    """An 824. `others` are segments that have no place here, as text: a person may need them."""

    purpose: str = ""
    reference: str = ""
    date: str = ""
    items: tuple[AdviceItem, ...] = ()
    others: tuple[str, ...] = ()


def application_advice(transaction: Transaction) -> ApplicationAdvice:
    """All that an 824 says."""
    head, items = loops(transaction.segments(), "OTI")
    beginning = next((segment for segment in head if segment.name == "BGN"), Segment(["BGN"], 0, 0))
    others = [segment for segment in head if segment.name not in ENDS]
    for loop in items:
        others += _others(loop)
    return ApplicationAdvice(
        purpose=beginning.value(1), reference=beginning.value(2), date=beginning.value(3),
        items=tuple(_item(loop) for loop in items), others=tuple(" ".join(one.elements) for one in others),
    )  # fmt: skip


def _others(loop: Sequence[Segment]) -> list[Segment]:
    """What neither an item nor its errors take up."""
    noting, found = False, list[Segment]()
    for segment in loop[1:]:
        noting = noting or segment.name == "TED"
        if segment.name not in ("REF", "TED", "SE") and not (noting and segment.name in NOTES):
            found.append(segment)
    return found


def _item(loop: Sequence[Segment]) -> AdviceItem:
    oti, (_, errors) = loop[0], loops(loop, "TED")
    references = ((one.value(1), one.value(2)) for one in loop if one.name == "REF")
    return AdviceItem(
        code=oti.value(1), qualifier=oti.value(2), reference=oti.value(3), group_number=oti.value(8),
        set_number=oti.value(9), set_code=oti.value(10), references=tuple(references),
        errors=tuple(_error(error) for error in errors),
    )  # fmt: skip


def _error(loop: Sequence[Segment]) -> AdviceError:
    ted = loop[0]
    notes = (" ".join(value for value in one.elements[1:] if value) for one in loop if one.name in NOTES)
    return AdviceError(
        code=ted.value(1), text=ted.value(2), segment=ted.value(3), position=ted.value(4), element=ted.value(5),
        value=ted.value(7), notes=tuple(notes),
    )  # fmt: skip
