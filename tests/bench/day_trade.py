"""A trading day of the trace as a warehouse lives through it: what is taken from which shelf when, and goods in."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from simulators.time import SimulatorTime
from simulators.warehouse import Warehouse, WireMessage
from tests.bench.freshness.trace import Day, Trace

OPENS = 8 * 3600.0
"""Seconds after midnight at which the first order of the trace comes in."""
JITTER = 1_800.0
"""Seconds by which each copy of an order line is moved, so that copies are other orders."""
STOCK = (0.5, 2.5)
"""What is on a shelf in the morning, as parts of what the day asks of it."""
RESTOCKED = 0.3
"""Share of SKUs that goods come in for, once in the day."""
DAY = 86_400.0


class Event(NamedTuple):
    """At `at` seconds after midnight, `units` leave the shelf (below 0) or come in."""

    at: float
    sku: str
    units: int


@dataclass(frozen=True, slots=True)
class TradingDay:
    """All of it in order, and what is on the shelves in the morning."""

    name: str
    events: list[Event]
    opening: dict[str, int]


def trading_day(trace: Trace, copies: int, seed: int) -> TradingDay:
    """The trace's last day, each SKU `copies` times with its own jitter."""
    draw = random.Random(seed)
    day = trace.days[-1]
    sold = sorted(event for copy in range(copies) for event in _sold(day, copy, draw))
    asked: dict[str, int] = {}
    for event in sold:
        asked[event.sku] = asked.get(event.sku, 0) - event.units
    opening = {sku: max(1, round(units * draw.uniform(*STOCK))) for sku, units in sorted(asked.items())}
    came_in = [
        Event(draw.uniform(OPENS, DAY * 0.75), sku, units)
        for sku, units in asked.items()
        if draw.random() < RESTOCKED
    ]
    return TradingDay(f"{day.name}, {copies} copies", sorted([*sold, *came_in]), opening)


def _sold(day: Day, copy: int, draw: random.Random) -> Iterator[Event]:
    for at, sku, units in zip(day.at.tolist(), day.sku.tolist(), day.units.tolist(), strict=True):
        moved = at + (draw.uniform(-JITTER, JITTER) if copy else 0.0)
        yield Event(OPENS + moved, f"SKU-{copy}-{sku:04d}", -units)


def warehouse_of(day: TradingDay, seed: int, time: SimulatorTime) -> Warehouse:
    warehouse = Warehouse(seed, sorted(day.opening), time=time)
    for sku, units in day.opening.items():
        warehouse.shelves[sku].balance["available"] = units
    return warehouse


def carried_out(warehouse: Warehouse, event: Event) -> WireMessage | None:
    """The movement; None where the shelf is empty, and the order is not taken."""
    if event.units > 0:
        return warehouse.move(event.sku, "received", available=event.units, received=event.units)
    units = min(-event.units, warehouse.available(event.sku))
    return warehouse.move(event.sku, "allocated", available=-units, allocated=units) if units > 0 else None
