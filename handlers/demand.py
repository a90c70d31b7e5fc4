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


class VelocityClass(msgspec.Struct, frozen=True):
    """Listings that sell `at_least` channel units a day."""

    name: str
    at_least: float


def decayed(demand: Demand, at: datetime, half_life: timedelta) -> float:
    """Units a day as at `at`; a time before `counted_at` changes nothing."""
    age = max(timedelta(0), at - demand.counted_at)
    return demand.per_day * math.exp2(-(age / half_life))


def counted(demand: Demand | None, units: int, sold_at: datetime, now: datetime, half_life: timedelta) -> Demand:
    """With one more line of `units`, sold at `sold_at`. In whatever order lines are counted, the outcome is one."""
    before = Demand(0.0, min(sold_at, now)) if demand is None else demand
    at = max(before.counted_at, min(sold_at, now))
    weight = math.log(2) / (half_life / DAY)
    fresh = decayed(Demand(units * weight, min(sold_at, now)), at, half_life)
    return Demand(decayed(before, at, half_life) + fresh, at)


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
