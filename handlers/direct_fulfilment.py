"""Direct fulfilment stock: which quantities go in one update, how an update ends, and by when levels must be true.

The channel replenishes its view of a warehouse at fixed times of the day. What should be true then has to be told
before: earlier by what the channel takes to put an update into effect.
"""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import Final, Literal, TypeAlias
from zoneinfo import ZoneInfo

import msgspec

from schemas.terms import SellerSku

TAKES: Final = timedelta(minutes=15)
"""Until an update is in effect, as the channel says."""

LONGEST: Final = timedelta(days=1)
"""Until nobody looks at a transaction any more that has not ended."""

LEAST: Final = 10
"""After a refusal, items of an update that is not larger than this go one by one."""

Status: TypeAlias = Literal["Failure", "Processing", "Success"]


class Wanted(msgspec.Struct, frozen=True):
    """One item whose quantity differs from what was told. `since`: its oldest untold change."""

    seller_sku: SellerSku
    quantity: int
    told: int | None
    since: datetime
    together: int | None = None
    """How many items an update with this one may have, since one with it was refused; None: as many as fit."""

    @property
    def lowers(self) -> bool:
        return self.told is None or self.quantity < self.told


class Settled(msgspec.Struct, frozen=True):
    """It is in effect."""


class Refused(msgspec.Struct, frozen=True):
    """Nothing of it took effect; the items go out again once the cause is gone."""

    text: str


class Look(msgspec.Struct, frozen=True):
    """Not known yet; look again then."""

    at: datetime


class Overdue(msgspec.Struct, frozen=True):
    """It is processed for longer than the channel takes: the newest values go out again, and it is looked at on."""

    at: datetime


class Lost(msgspec.Struct, frozen=True):
    """It has not ended for so long that nobody waits for it any more."""


Verdict: TypeAlias = Settled | Refused | Look | Overdue | Lost


def updates(wanted: Iterable[Wanted], at_once: int) -> list[dict[SellerSku, int]]:
    """Partial updates of at most `at_once` items: lowerings first, the lowest before, then by age.

    One value for each item, the newest. What is under suspicion goes only with its like, and in smaller pieces.
    """
    newest = {one.seller_sku: one for one in sorted(wanted, key=lambda one: one.since)}
    pieces = list[dict[SellerSku, int]]()
    filling: dict[int, dict[SellerSku, int]] = {}
    for one in sorted(newest.values(), key=_turn):
        size = min(at_once, one.together or at_once)
        if len(filling.get(size, ())) in (0, size):
            filling[size] = {}
            pieces.append(filling[size])
        filling[size][one.seller_sku] = one.quantity
    return pieces


def _turn(one: Wanted) -> tuple[bool, int, datetime]:
    return (not one.lowers, one.quantity if one.lowers else 0, one.since)


def after_status(
    status: Status, text: str, submitted_at: datetime, now: datetime, every: timedelta, *, overdue: bool = False
) -> Verdict:
    """What the status of a transaction means for its update. `overdue`: it was found to be so before."""
    if status == "Success":
        return Settled()
    if status == "Failure":
        return Refused(text or "the channel gives no reason")
    if now >= submitted_at + LONGEST:
        return Lost()
    if overdue:
        return Look(now + max(every, TAKES))
    return Look(now + every) if now < submitted_at + 2 * TAKES else Overdue(now + max(every, TAKES))


def suspected(items: Mapping[SellerSku, int | None], text: str, at_once: int) -> dict[SellerSku, int]:
    """After a refusal of several items together: how many items an update with each may have from now on.

    `items`: by name, what was allowed before. Who is named in the refusal goes alone; all others go in pieces of the
    square root, so that the fourth refusal of an item at the latest is about it alone.
    """
    named = {sku for sku in items if _names(text, sku)}
    return {sku: 1 if sku in named else smaller(together or at_once) for sku, together in items.items()}


def smaller(together: int) -> int:
    return max(1, math.isqrt(together)) if together > LEAST else 1


def _names(text: str, sku: SellerSku) -> bool:
    return re.search(rf"(?<![\w-]){re.escape(sku)}(?![\w-])", text) is not None


class Change(msgspec.Struct, frozen=True):
    """An item that does not show yet what it should. `left_at`: when the update left that is to make it true."""

    seller_sku: SellerSku
    since: datetime
    left_at: datetime | None = None


def at_risk(change: Change, replenished: datetime, now: datetime, warn: timedelta, usual: timedelta) -> bool:
    """Whether the item will not be true at that replenishment, or has waited so long that it likely will not.

    `warn`: how long before the last moment to tell people want to hear; `usual`: how long telling takes when all is
    well. What has left is in effect after `TAKES`; when it is not, it has to be told anew.
    """
    left = change.left_at
    going = left is not None and now < left + TAKES
    true_at = left + TAKES if left is not None and going else now + TAKES
    if true_at > replenished:
        return True
    return not going and now >= replenished - TAKES - warn and now - change.since > usual


def replenished_at(after: datetime, times: Sequence[time], zone: str) -> datetime | None:
    """The first replenishment for which something of `after` can still be told in time; None without any times.

    `times` are of the warehouse's wall clock. One that the clocks skip in spring counts an hour later.
    """
    local = after.astimezone(ZoneInfo(zone))
    days = (local.date() + timedelta(days=day) for day in range(3))
    moments = sorted(
        datetime.combine(day, at, ZoneInfo(zone)).astimezone(after.tzinfo) for day in days for at in times
    )
    return next((moment for moment in moments if moment - TAKES > after), None)
