"""The segments of one message while they come, up to a limit."""

from array import array
from typing import Final

import msgspec

from edi.faults import Fault, kept

MAX_HELD: Final = 1_000
"""Faults that are held while a message is read; of those `kept` keeps the first."""


class Limits(msgspec.Struct, frozen=True):
    """What bounds the memory of a reading, in bytes."""

    segment: int = 65_536
    message: int = 64 << 20
    """Beyond it a message is counted and refused, not held."""


LIMITS: Final = Limits()


class Body:
    """Lines without terminators, with the byte where each begins; one too large keeps its first line alone.

    A reader in a hurry may append to `lines` and `starts` itself for lines that begin before `room`.
    """

    __slots__ = ("_code", "_limit", "dropped", "faults", "lines", "room", "starts")

    def __init__(self, first: str, start: int, limit: int, code: str) -> None:
        """`code` is what a message that is larger than `limit` is refused with."""
        self.lines, self.starts = [first], array("Q", (start,))
        self.room, self.dropped = start + limit, 0
        self.faults = list[Fault]()
        self._limit, self._code = limit, code

    @property
    def count(self) -> int:
        return len(self.lines) + self.dropped

    def keep(self, line: str, start: int) -> None:
        """A segment more."""
        if start >= self.room:
            self._drop(start)
            return
        self.lines.append(line)
        self.starts.append(start)

    def _drop(self, start: int) -> None:
        if not self.dropped:
            reason = f"the message is larger than the limit of {self._limit} bytes"
            fault = Fault(level="message", code=self._code, reason=reason, position=self.count, offset=start)
            self.faults.insert(0, fault)
            self.dropped = len(self.lines) - 1
            self.lines, self.starts = self.lines[:1], self.starts[:1]
        self.dropped += 1

    def find(self, faults: list[Fault]) -> None:
        if len(self.faults) < MAX_HELD:
            self.faults += faults

    def found(self) -> tuple[Fault, ...]:
        return kept(self.faults)
