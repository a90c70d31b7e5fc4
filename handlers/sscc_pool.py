"""Serial shipping container codes of our own, where the warehouse has none: out of one counter per GS1 prefix.

A code is used once, and again only when the counter has gone round and the code itself has rested for `REST`. The
counter moves in the transaction that records the codes, so a crash neither repeats nor skips one.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

import msgspec

from handlers.gs1 import make_sscc

REST: Final = timedelta(days=365)
LOW: Final = 0.1
"""The part of a round below which people should think of another prefix or extension digit."""


class Pool(msgspec.Struct, frozen=True):
    """A GS1 company prefix (7 to 12 digits) with the extension digit that is set aside for us."""

    prefix: str
    extension: int = 0

    @property
    def name(self) -> str:
        return f"{self.extension}-{self.prefix}"

    @property
    def size(self) -> int:
        """How many codes there are before the counter begins anew."""
        return int("1" + "0" * (16 - len(self.prefix)))


class Code(msgspec.Struct, frozen=True):
    """A code and the one carton or pallet it was given to."""

    sscc: str
    subject: str


class Issued(msgspec.Struct, frozen=True):
    """All that was asked for. `issued`: the counter afterwards."""

    codes: tuple[Code, ...]
    issued: int


class StillInUse(msgspec.Struct, frozen=True):
    """The next code was used less than a year ago, by us or by somebody else: none is given out."""

    sscc: str
    used_at: datetime

    @property
    def free_at(self) -> datetime:
        return self.used_at + REST


def candidates(pool: Pool, issued: int, n: int) -> list[str]:
    """The next `n` codes after `issued` were given out: whoever issues them asks when each was last used."""
    return [make_sscc(pool.prefix, pool.extension, serial % pool.size) for serial in range(issued, issued + n)]


def issue(
    pool: Pool, issued: int, subjects: Sequence[str], last_used: Mapping[str, datetime], now: datetime
) -> Issued | StillInUse:
    """One code for each subject, in their order: all of them or none. `last_used`: of the candidates."""
    codes = candidates(pool, issued, len(subjects))
    for sscc in codes:
        used_at = last_used.get(sscc)
        if used_at is not None and now < used_at + REST:
            return StillInUse(sscc, used_at)
    return Issued(tuple(Code(*pair) for pair in zip(codes, subjects, strict=True)), issued + len(codes))


def is_low(pool: Pool, issued: int) -> bool:
    """Little is left of the present round."""
    return pool.size - issued % pool.size <= pool.size * LOW
