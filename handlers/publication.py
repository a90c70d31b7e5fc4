"""What a listing's channel is told next, and in which order listings have their turn.

Stock is a level: only the newest value counts, nothing is queued per event, and at most one request is in
flight per listing, except that a lowering goes at once and the newest value is told again afterwards.
"""

from datetime import datetime, timedelta
from typing import Literal, TypeAlias

import msgspec

from handlers.sellable_stock import Sellable
from handlers.zeroes import Hold

Class: TypeAlias = Literal["near_zero", "lowering", "raise", "again"]
"""What being late costs: an oversold unit, perhaps one later, a lost sale, nothing known."""


class Flight(msgspec.Struct, frozen=True):
    """A request under way ('sent'), or one whose end nobody saw ('unknown')."""

    id: int
    value: int
    state: Literal["sent", "unknown"]
    since: datetime
    over_at: datetime | None = None
    """When it can no longer take effect."""


class Told(msgspec.Struct, frozen=True):
    """Where a listing stands with its channel. Quantities in the channel's units."""

    told: int | None = None
    flight: Flight | None = None
    untold_since: datetime | None = None
    tell_again_at: datetime | None = None
    not_before: datetime | None = None
    refused_value: int | None = None
    accepted: int | None = None
    live: int | None = None
    hold: Hold | None = None
    """Why its zero waits. It holds nothing else: any other value passes."""


class Send(msgspec.Struct, frozen=True):
    """Tell this value now. `overtakes`: a request that may still take effect, so it is told again later."""

    value: int
    urgency: Class
    since: datetime
    overtakes: int | None = None


class Wait(msgspec.Struct, frozen=True):
    """Nothing to send before `until`; None: not until something changes."""

    why: str
    until: datetime | None = None


def target(sellable: Sellable | None, told: int | None) -> int | None:
    """The value to close in on. In a gap or a doubt it is the lesser of the last told and sellable.

    None where nothing may be said: no stock rows, or a doubt about a listing that was never told anything.
    """
    if sellable is None:
        return None
    if sellable.may_rise:
        return sellable.quantity
    return None if told is None else min(told, sellable.quantity)


def next_for(listing: Told, wanted: int | None, now: datetime, near_zero: int) -> Send | Wait:
    """The next request for one listing, or why there is none."""
    if wanted is None:
        return Wait("nothing may be said")
    if wanted == 0 and listing.hold is not None and listing.hold.at(now):
        return _while_held(listing, listing.hold, now, near_zero)
    if listing.not_before is not None and now < listing.not_before:
        return Wait("backed off", listing.not_before)
    if listing.flight is not None:
        return _beside_flight(listing, listing.flight, wanted, now, near_zero)
    if wanted == listing.refused_value:
        return Wait("refused before")
    if listing.tell_again_at is not None and now >= listing.tell_again_at:
        return _send(listing, wanted, now, near_zero)
    if wanted == listing.told:
        return Wait("told", listing.tell_again_at)
    if listing.tell_again_at is not None and listing.told is not None and wanted > listing.told:
        return Wait("something overtaken may still take effect", listing.tell_again_at)
    return _send(listing, wanted, now, near_zero)


def _while_held(listing: Told, hold: Hold, now: datetime, near_zero: int) -> Send | Wait:
    """The zero waits; what the channel was told last still has to arrive there, and what is explained goes on."""
    least = [value for value in (listing.told, hold.instead) if value]
    move = next_for(msgspec.structs.replace(listing, hold=None), min(least, default=None), now, near_zero)
    if isinstance(move, Wait) and move.why in ("told", "nothing may be said"):
        return Wait(f"its zero is held ({hold.why})", move.until or hold.until)
    return move


def _beside_flight(listing: Told, flight: Flight, wanted: int, now: datetime, near_zero: int) -> Send | Wait:
    if flight.over_at is not None and now >= flight.over_at:
        return _send(listing, wanted, now, near_zero)
    if wanted < flight.value:
        return _send(listing, wanted, now, near_zero, overtakes=flight.id)
    return Wait("in flight", flight.over_at)


def _send(listing: Told, wanted: int, now: datetime, near_zero: int, overtakes: int | None = None) -> Send:
    since = listing.untold_since or listing.tell_again_at or now
    return Send(wanted, urgency(listing.told, wanted, near_zero), since, overtakes)


def urgency(told: int | None, wanted: int, near_zero: int) -> Class:
    if told is None or wanted < told:
        return "near_zero" if wanted <= near_zero else "lowering"
    return "again" if wanted == told else "raise"


def again_at(listing: Told, send: Send, now: datetime, longest: timedelta) -> datetime | None:
    """When the newest value is told once more, because something overtaken may still take effect.

    `longest`: how long after it left a request may take effect when nobody has seen its end.
    """
    pending = listing.tell_again_at if listing.tell_again_at is not None and listing.tell_again_at > now else None
    if send.overtakes is None or listing.flight is None:
        return pending
    over = listing.flight.over_at or listing.flight.since + longest
    return over if pending is None else max(over, pending)


def untold_since(listing: Told, wanted: int | None, since: datetime) -> datetime | None:
    """Since when the channel has not been told what it should show; None when it has."""
    if wanted is None or (wanted == listing.told and listing.flight is None):
        return None
    return listing.untold_since or since
