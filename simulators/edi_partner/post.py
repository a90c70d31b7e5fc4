"""The partner's own post office: files for the vendor's folder, late, twice, broken or joined as its plan has it."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from simulators.edi_partner.terms import EdiPlan, Lag

Numbers = tuple[int, int, int]
Make = Callable[[Numbers], bytes]
"""The same words in an envelope with these numbers."""


@dataclass(slots=True)
class Posted:
    """A file on its way. `spoilt`: it ends in the middle, or counts wrong, and a whole one follows."""

    due: datetime
    serial: int
    kind: str
    interchange: int
    content: bytes
    spoilt: bool = False


@dataclass(slots=True)
class Post:
    folder: Path
    plan: EdiPlan
    chance: random.Random
    number: int = 0
    """The last control number that was used."""
    waiting: list[Posted] = field(default_factory=list[Posted])
    laid: list[Posted] = field(default_factory=list[Posted])
    """What the vendor could fetch so far, in the order in which it came."""
    _files: int = 0

    def send(self, kind: str, make: Make, now: datetime, lag: Lag = (0.0, 0.0)) -> int:
        """Under the next numbers; returns the interchange's."""
        self.number += 1
        number, due = self.number, now + self._drawn(lag)
        content, spoilt = self._spoilt(make((number, number, number)))
        if spoilt:
            after = timedelta(seconds=self.plan.again_after)
            self.number += 1
            whole = make((self.number, self.number, self.number))
            self.waiting.append(Posted(due + after, self._next(), kind, self.number, whole))
        late = self._drawn(self.plan.delay) if self._hits(self.plan.delayed) else timedelta(0)
        self.waiting.append(Posted(due + late, self._next(), kind, number, content, spoilt))
        if self._hits(self.plan.twice):
            again = due + late + self._drawn(self.plan.delay)
            self.waiting.append(Posted(again, self._next(), kind, number, content, spoilt))
        return number

    def deliver(self, now: datetime) -> int:
        """Lay down what is due; a file that is to be joined waits for another one, but not for ever."""
        due = sorted((one for one in self.waiting if one.due <= now), key=lambda one: (one.due, one.serial))
        while due:
            first, *due = due
            joined = [first]
            if due and not first.spoilt and not due[0].spoilt and self._hits(self.plan.joined):
                joined.append(due.pop(0))
            self._lay(joined)
        return len(self.laid)

    def _lay(self, files: list[Posted]) -> None:
        self._files += 1
        name = f"{self._files:07d}-{files[0].kind.lower()}.edi"
        hidden = self.folder / f".{name}.part"
        hidden.write_bytes(b"".join(one.content for one in files))
        hidden.replace(self.folder / name)
        for one in files:
            self.waiting.remove(one)
            self.laid.append(one)

    def _spoilt(self, content: bytes) -> tuple[bytes, bool]:
        if self._hits(self.plan.truncated):
            return content[: self.chance.randrange(len(content) // 3, len(content) - 1)], True
        if self._hits(self.plan.miscounted):
            return _miscounted(content), True
        return content, False

    def _hits(self, share: float) -> bool:
        return share > 0 and self.chance.random() < share

    def _drawn(self, lag: Lag) -> timedelta:
        return timedelta(seconds=self.chance.uniform(*lag))

    def _next(self) -> int:
        return len(self.waiting) + len(self.laid)


def _miscounted(content: bytes) -> bytes:
    """The trailer of the last document counts one segment too many."""
    for trailer, sign in ((b"SE*", b"*"), (b"UNT+", b"+")):
        at = content.rfind(trailer)
        if at >= 0:
            begin = at + len(trailer)
            end = content.index(sign, begin)
            return content[:begin] + str(int(content[begin:end]) + 1).encode() + content[end:]
    return content
