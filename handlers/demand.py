"""Measured demand: units a day that buyers take, decayed, and the velocity class that follows from it.

Each unit sold counts as `ln 2 / half_life` of a unit a day, and fades to half with every half-life. A steady rate of
sales is thus measured as itself, whatever the half-life; the half-life only says how fast a change is believed.
"""

import math
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

import msgspec

DAY: Final = timedelta(days=1)


class Demand(msgspec.Struct, frozen=True):
    """Channel units a day, as at `counted_at`."""

    per_day: float
    counted_at: datetime
    orders_per_day: float = 0.0


class VelocityClass(msgspec.Struct, frozen=True):
    """Listings that sell `at_least` channel units a day."""

    name: str
    at_least: float


def decayed(demand: Demand, at: datetime, half_life: timedelta) -> float:
    """Units a day as at `at`; a time before `counted_at` changes nothing."""
    return demand.per_day * _left(at - demand.counted_at, half_life)


def counted(demand: Demand | None, units: int, sold_at: datetime, now: datetime, half_life: timedelta) -> Demand:
    """With one more line of `units`, sold at `sold_at`. In whatever order lines are counted, the outcome is one."""
    sold = min(sold_at, now)
    before = Demand(0.0, sold) if demand is None else demand
    at = max(before.counted_at, sold)
    kept, fresh = _left(at - before.counted_at, half_life), _one(half_life) * _left(at - sold, half_life)
    return Demand(before.per_day * kept + units * fresh, at, before.orders_per_day * kept + fresh)


def order_units(per_day: float, orders_per_day: float, usual: float, half_life: timedelta) -> float:
    """Units in an average order, at least 1. One order of the `usual` size counts as seen, so that the first says
    something and not everything. Both rates as at one time."""
    seen = _one(half_life)
    return max(1.0, (per_day + usual * seen) / (orders_per_day + seen))


def _one(half_life: timedelta) -> float:
    """What one a half-life weighs, a day."""
    return math.log(2) / (half_life / DAY)


def _left(age: timedelta, half_life: timedelta) -> float:
    return math.exp2(-(max(timedelta(0), age) / half_life))


def classify(per_day: float, before: str, classes: Sequence[VelocityClass], hysteresis: float) -> str:
    """The class of a listing. It rises at a class's threshold, and falls only `hysteresis` (a share) below its own.

    `before`: the class so far; empty for none. Returns an empty text below every threshold.
    """
    fastest_first = sorted(classes, key=lambda one: -one.at_least)
    reached = next((one for one in fastest_first if per_day >= one.at_least), None)
    kept = next((one for one in fastest_first if one.name == before), None)
    if kept is not None and per_day >= kept.at_least * (1 - hysteresis):
        return reached.name if reached is not None and reached.at_least > kept.at_least else kept.name
    return reached.name if reached is not None else ""
