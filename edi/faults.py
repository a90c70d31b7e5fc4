"""What is wrong with an interchange: collected, with its place, in the codes that the partner is answered with."""

from collections.abc import Iterable, Sequence
from typing import Final, Literal

import msgspec

Level = Literal["file", "interchange", "group", "message", "segment", "element"]
"""What a fault spoils. A message is X12's transaction set; a file's fault lies outside every interchange."""

MAX_SHOWN: Final = 99
"""Characters of a bad value that are kept; AK404 holds no more."""
MAX_KEPT: Final = 100
"""Faults that are kept of one message, and of one interchange's own; of the others the number alone is told."""


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is wrong. A warning is for our people alone; any other fault refuses what it spoils.

    `code` is the partner's: TA105 for an X12 interchange, AK905 for a group, AK502 for a transaction set, AK304 for a
    segment, AK403 for an element; 0085 everywhere in EDIFACT. It is empty where no code fits.
    """

    level: Level
    code: str
    reason: str
    segment: str = ""
    position: int = 0
    """Of the segment in its message, ST or UNH being 1; 0 outside a message."""
    element: int = 0
    component: int = 0
    value: str = ""
    """The bad data, cut at 99 characters."""
    offset: int = 0
    """Byte of the whole input at which the segment begins."""
    warning: bool = False

    @property
    def place(self) -> str:
        """`PO104` or `NAD03.2`: the element as people name it."""
        element = f"{self.element:02d}" if self.element else ""
        return self.segment + element + (f".{self.component}" if self.component else "")

    def __str__(self) -> str:
        where = [self.place, f"segment {self.position}" if self.position else "", f"byte {self.offset}"]
        code = f" (code {self.code})" if self.code else ""
        shown = f": {self.value!r}" if self.value else ""
        return f"{', '.join(part for part in where if part)}: {self.reason}{shown}{code}"


class Refused(Exception):
    """A value that cannot be read, or must not be written; the only exception of this package."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(str(fault))
        self.fault = fault


def spoils(faults: Iterable[Fault]) -> bool:
    """Whether one of them is more than a warning."""
    return any(not fault.warning for fault in faults)


def shown(value: str) -> str:
    return value[:MAX_SHOWN]


def kept(faults: Sequence[Fault]) -> tuple[Fault, ...]:
    """The first faults; where there are more, the last one kept tells how many."""
    if len(faults) <= MAX_KEPT:
        return tuple(faults)
    last = faults[MAX_KEPT - 1]
    reason, warning = f"{last.reason}; and {len(faults) - MAX_KEPT} more faults", not spoils(faults[MAX_KEPT - 1 :])
    told = msgspec.structs.replace(last, reason=reason, warning=warning)
    return (*faults[: MAX_KEPT - 1], told)
