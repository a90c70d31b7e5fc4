"""Restoring: what a listing shows on the day after a wrong export zeroed or inflated the shop.

Each listing goes to the lesser of what its channel was told then, less what has gone out since, and what a fresh
reading allows. Without a fresh reading nothing happens, except by a person's decision, which expires.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final, Literal, TypeAlias

import msgspec

from handlers.explained import History
from handlers.sellable_stock import Listing
from schemas.terms import Sku

LASTS: Final = timedelta(hours=1)
"""A restore, and a decision to restore without a fresh reading."""

How: TypeAlias = Literal["fresh", "by decision", "waiting", "over"]


class Restore(msgspec.Struct, frozen=True):
    """A restore that one listing is part of. Values in the channel's units."""

    id: int
    to: datetime
    until: datetime
    old: int
    value: int
    """`old` less what has gone out since."""
    allowed_until: datetime | None = None


class Planned(msgspec.Struct, frozen=True):
    """What a restore would do to one listing."""

    listing: Listing
    shown: int | None
    old: int
    value: int

    @property
    def changes(self) -> bool:
        return self.value != self.shown


def less_outflows(old: int, listing: Listing, histories: Mapping[Sku, History]) -> int | None:
    """What is left of what was told then, in the channel's units, rounded down, not below 0; None where the stream
    does not reach back so far.

    Goods that came in since do not count: the old value was safe, and this one is as safe.
    """
    left = old
    for need in listing.needs:
        history = histories.get(need.sku)
        if history is None or history.before is None:
            return None
        unit = listing.pack_size * need.quantity
        left = min(left, (old * unit - gone(history)) // unit)
    return max(0, left)


def gone(history: History) -> int:
    """Eaches that left since then: by movements, despatches or order lines, which tell of the same units."""
    return max(sum(one.outflow for one in history.since), history.despatched, history.ordered)


def how(restore: Restore, *, fresh: bool, now: datetime) -> How:
    if now >= restore.until:
        return "over"
    if fresh:
        return "fresh"
    return "by decision" if restore.allowed_until is not None and now < restore.allowed_until else "waiting"


def restored(wanted: int | None, restore: Restore | None, *, fresh: bool, now: datetime) -> int | None:
    """What the listing should show. `wanted`: what it should show without the restore; `fresh`: its stock was read
    since the restore was asked for, and is in no doubt."""
    if restore is None:
        return wanted
    match how(restore, fresh=fresh, now=now):
        case "fresh":
            return None if wanted is None else min(wanted, restore.value)
        case "by decision":
            return restore.value
        case _:
            return wanted
