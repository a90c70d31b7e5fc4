"""Direct fulfilment stock: which quantities go in one update, how an update ends, and by when levels must be true.

The channel replenishes its view of a warehouse at fixed times of the day. What should be true then has a deadline:
the next such time, less what the channel takes to put an update into effect.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import Final, Literal, TypeAlias
from zoneinfo import ZoneInfo

import msgspec

from schemas.terms import SellerSku

TAKES: Final = timedelta(minutes=15)
"""Until an update is in effect, as the channel says."""

Status: TypeAlias = Literal["Failure", "Processing", "Success"]


class Wanted(msgspec.Struct, frozen=True):
    """One item whose quantity differs from what was told. `since`: its oldest untold change."""

    seller_sku: SellerSku
    quantity: int
    told: int | None
    since: datetime

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


class Lost(msgspec.Struct, frozen=True):
    """It is processed for longer than the channel takes: unknown, and the newest values may supersede it."""


def updates(wanted: Iterable[Wanted], at_once: int) -> list[dict[SellerSku, int]]:
    """Partial updates of at most `at_once` items: lowerings first, the lowest before, then by age.

    One value for each item, the newest.
    """
    newest = {one.seller_sku: one for one in sorted(wanted, key=lambda one: one.since)}
    ordered = sorted(newest.values(), key=_turn)
    pieces = [ordered[place : place + at_once] for place in range(0, len(ordered), at_once)]
    return [{one.seller_sku: one.quantity for one in piece} for piece in pieces]


def _turn(one: Wanted) -> tuple[bool, int, datetime]:
    return (not one.lowers, one.quantity if one.lowers else 0, one.since)


def after_status(
    status: Status, text: str, submitted_at: datetime, now: datetime, every: timedelta
) -> Settled | Refused | Look | Lost:
    """What the status of a transaction means for its update."""
    if status == "Success":
        return Settled()
    if status == "Failure":
        return Refused(text or "the channel gives no reason")
    return Look(now + every) if now < submitted_at + 2 * TAKES else Lost()


def true_by(now: datetime, times: Sequence[time], zone: str) -> datetime | None:
    """When a change of now must have been told, to be true at the next replenishment; None where there are no times.

    `times` are of the warehouse's wall clock. One that the clocks skip in spring counts an hour later.
    """
    local = now.astimezone(ZoneInfo(zone))
    days = (local.date() + timedelta(days=day) for day in range(3))
    moments = sorted(
        datetime.combine(day, at, ZoneInfo(zone)).astimezone(now.tzinfo) - TAKES for day in days for at in times
    )
    return next((moment for moment in moments if moment > now), None)


def late(deadlines: Mapping[str, datetime], now: datetime) -> list[str]:
    """Warehouses whose deadline has passed with something untold."""
    return sorted(warehouse for warehouse, deadline in deadlines.items() if deadline <= now)
