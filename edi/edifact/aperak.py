"""APERAK: what a partner's application made of what we sent. Read tolerantly: all that it says is shown."""

from collections.abc import Sequence
from typing import Final, Literal

import msgspec

from edi.edifact.interchange import Message, Segment
from edi.loops import loops

Verdict = Literal["accepted", "rejected", "unknown"]
VERDICTS: Final[dict[str, Verdict]] = {"12": "rejected", "27": "rejected", "29": "accepted", "44": "accepted"}
"""By 1225: not processed, not accepted, accepted without amendment, accepted without reserves."""
TAKEN: Final = ("UNH", "BGM", "ERC", "FTX", "RFF", "UNT")


class ApplicationError(msgspec.Struct, frozen=True, kw_only=True):
    """An ERC, with the texts and references that follow it."""

    code: str
    texts: tuple[str, ...] = ()
    references: tuple[tuple[str, str], ...] = ()


class ApplicationReport(msgspec.Struct, frozen=True, kw_only=True):
    """An APERAK. `others` are segments that have no place here, as text: a person may need them."""

    kind: str = ""
    number: str = ""
    function: str = ""
    """1225."""
    references: tuple[tuple[str, str], ...] = ()
    """RFF qualifiers with their values: ON is the order's number; which one names the message that is answered is a
    matter of the partner's profile."""
    errors: tuple[ApplicationError, ...] = ()
    texts: tuple[str, ...] = ()
    others: tuple[str, ...] = ()

    @property
    def verdict(self) -> Verdict:
        return VERDICTS.get(self.function, "unknown")


def application_report(message: Message) -> ApplicationReport:
    """All that an APERAK says."""
    head, errors = loops(message.segments(), "ERC")
    beginning = next((one for one in head if one.name == "BGM"), Segment(["BGM"], 0, 0))
    others = [one for loop in (head, *errors) for one in loop if one.name not in TAKEN]
    return ApplicationReport(
        kind=beginning.value(1), number=beginning.value(2), function=beginning.value(3),
        references=_references(head), texts=_texts(head), errors=tuple(_error(loop) for loop in errors),
        others=tuple(_shown(one) for one in others),
    )  # fmt: skip


def _error(loop: Sequence[Segment]) -> ApplicationError:
    return ApplicationError(code=loop[0].value(1), texts=_texts(loop), references=_references(loop))


def _texts(loop: Sequence[Segment]) -> tuple[str, ...]:
    return tuple(" ".join(part for part in one.composite(4) if part) for one in loop if one.name == "FTX")


def _references(loop: Sequence[Segment]) -> tuple[tuple[str, str], ...]:
    return tuple((one.value(1), one.value(1, 2)) for one in loop if one.name == "RFF")


def _shown(segment: Segment) -> str:
    parts = (part for number in range(len(segment.elements)) for part in segment.composite(number) if part)
    return " ".join(parts)
