"""Stock told to a retailer as documents: when a report is due, what stands in it, and what became of it.

A report is taken once the partner has said that it was read. One that nobody answers, or that is refused, has told
nothing for certain: the newest absolute levels go out again.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import Final, TypeAlias

import msgspec

from handlers.direct_fulfilment import LONGEST, TAKES
from handlers.feed_start import baseline_due
from schemas.purchase_order import Cost, Identifier, IdentifierKind
from schemas.stock_report import ReportedItem, StockReport
from schemas.terms import SellerSku

CODES: Final[Mapping[str, str]] = {"x12": "846", "edifact": "INVRPT"}
OURS: Final[Mapping[str, str]] = {"x12": "VN", "edifact": "SA"}
"""Qualifiers of the vendor's own number of an item."""
OWN: Final = "own"
SOON: Final = timedelta(minutes=5)
"""Before the last moment to tell for a replenishment, by when what waits for it leaves."""

READ: Final = frozenset({"read", "presumed", "accepted"})
REFUSED: Final = frozenset({"rejected", "denied"})


class Taken(msgspec.Struct, frozen=True):
    """The partner has read it."""


class Refused(msgspec.Struct, frozen=True):
    """Its syntax was refused, or the partner's application refuses it."""

    text: str


class Look(msgspec.Struct, frozen=True):
    """Not known yet."""

    at: datetime


class Unanswered(msgspec.Struct, frozen=True):
    """Nobody has said that it was read: its levels are said again, and it is looked at on."""

    at: datetime


class Lost(msgspec.Struct, frozen=True):
    """Nobody waits for a word of it any more."""


Verdict: TypeAlias = Taken | Refused | Look | Unanswered | Lost


class Patience(msgspec.Struct, frozen=True):
    """`within`: until somebody should have said that a report was read; `every`: between two looks."""

    within: timedelta
    every: timedelta


def verdict(
    state: str | None, text: str, sent_at: datetime, now: datetime, patience: Patience, *, late: bool
) -> Verdict:
    """What the state of its document means for a report; None: it is not kept. `late`: unanswered before."""
    within, every = patience.within, patience.every
    if state in READ:
        return Taken()
    if state in REFUSED:
        return Refused(text or "no reason was given")
    if state is None or now >= sent_at + max(LONGEST, 2 * within):
        return Lost()
    if late or now < sent_at + within:
        return Look(now + every)
    return Unanswered(now + every)


def is_due(
    last: datetime | None, waits_since: datetime, every: timedelta, replenished: datetime | None, now: datetime
) -> bool:
    """Whether changes that wait since then are reported now. `last`: the last report; `replenished`: the next time at
    which the retailer takes over what was told."""
    if last is None or now >= last + every:
        return True
    if replenished is None:
        return False
    latest = replenished - TAKES - SOON
    return waits_since <= now and now >= latest and last < replenished - TAKES


def full_due(times: Sequence[time], now: datetime) -> datetime | None:
    """The latest time for which a full report was due; None: none ever is."""
    return max((baseline_due(at, now) for at in times), default=None)


class Level(msgspec.Struct, frozen=True):
    """What the retailer is to be told of one item, in its units; `cost` of one of them."""

    seller_sku: SellerSku
    quantity: int
    cost: Cost | None = None


class Says(msgspec.Struct, frozen=True):
    """How a partner is told of items: `qualifier` `own`: by our own numbers of them."""

    standard: str
    qualifier: str = OWN


def report(
    number: str, made_at: datetime, warehouse: str, levels: Iterable[Level], says: Says, *, full: bool
) -> StockReport:
    """The document, its items by name."""
    standard, qualifier = says.standard, says.qualifier
    word = OURS[standard] if qualifier == OWN else qualifier
    kind: IdentifierKind = "vendor_sku" if word == OURS[standard] else "unknown"
    items = tuple(
        ReportedItem(identifiers=(Identifier(kind, str(one.seller_sku), word),), quantity=one.quantity, cost=one.cost)
        for one in sorted(levels, key=lambda one: one.seller_sku)
    )
    return StockReport(number=number, made_at=made_at, full=full, warehouse=warehouse, items=items)


def number_of(update: int) -> str:
    """A report's own number: digits behind a letter, never given twice."""
    return f"S{update:09d}"
