"""By when a ship notice and an invoice have to be there, and at which fractions of that time people are warned."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, Literal, TypeAlias

import msgspec

from handlers.ship_loads import SMALL_PARCEL, Load
from handlers.ship_notice_sending import BEFORE_APPOINTMENT
from handlers.ship_notices import departure_of
from handlers.vendor_goods import Market

AFTER_DEPARTURE: Final = timedelta(minutes=30)

Bound: TypeAlias = Literal["departure", "appointment", "before_shipping", "before_slot", "packing"]


class Clock(msgspec.Struct, frozen=True):
    """A time by which something is due, from when it runs, and what set it."""

    started_at: datetime
    due: datetime
    bound: Bound


def notice_clock(load: Load, market: Market | None, patience: timedelta) -> Clock | None:
    """The ship notice's clock, from packing on; None while nothing is packed.

    The earliest bound that is known counts. `patience`: how long after packing where the warehouse names no time.
    """
    if not load.parts:
        return None
    began = min(part.at for part in load.parts)
    bounds = _bounds(load, market)
    if not bounds:
        return Clock(began, began + patience, "packing")
    due, bound = min(bounds)
    return Clock(began, due, bound)


def _bounds(load: Load, market: Market | None) -> list[tuple[datetime, Bound]]:
    header, departure = load.header, departure_of(load)
    found = list[tuple[datetime, Bound]]()
    if departure is not None:
        small = header.mode == SMALL_PARCEL
        found.append((departure, "before_shipping") if small else (departure + AFTER_DEPARTURE, "departure"))
    if header.appointment is not None:
        found.append((header.appointment - BEFORE_APPOINTMENT, "appointment"))
    if market == "eu" and load.pallets and header.slot_request is not None:
        found.append((header.slot_request, "before_slot"))
    return found


def invoice_clock(left_at: datetime, within: timedelta) -> Clock:
    """An invoice's clock, from departure on."""
    return Clock(left_at, left_at + within, "departure")


def warned_at(clock: Clock, fractions: Sequence[float], now: datetime) -> float | None:
    """The highest of the fractions of its time that has passed; None before the first. A breach is 1.0 or later."""
    span = (clock.due - clock.started_at).total_seconds()
    passed = 1.0 if now >= clock.due else (now - clock.started_at).total_seconds() / max(span, 1.0)
    return max((fraction for fraction in fractions if fraction <= passed), default=None)
