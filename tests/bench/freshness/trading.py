"""A run's trading: the trace's lines spread over as many SKUs as wanted, at the rate wanted, with deliveries.

Everything in here happens whatever the channel is told, so all contenders meet the same.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from handlers.demand_model import Floats, Integers
from tests.bench.freshness.trace import Day

OWN_SHARE = 0.5
"""Of the order lines, how many come to the channel under test; the others draw on the same pool."""
MOST_IN_AN_ORDER = 24
"""The trace is a wholesaler's, and a tenth of its lines ask for more; a marketplace bounds an order."""
JITTER = 1200.0
"""Seconds of trading by which a copy of a line is moved, either way."""
LINES_A_CYCLE = 30.0
HOURS_A_CYCLE = 1.5
"""Between two deliveries of a SKU lie at least this many order lines, and at least this many hours."""
COVER = (0.6, 1.3)
"""A delivery fills up to this share, drawn for each SKU, of what sells until the next: some run out, some do not."""
DELIVERY, OTHERS, OWN = 0, 1, 2


class Size(NamedTuple):
    skus: int
    seconds: float
    rate: float
    """Order lines a second, on average."""


@dataclass(frozen=True)
class Trading:
    """Columns in order of time. A delivery's units are the level that it fills up to."""

    size: Size
    at: Floats
    sku: Integers
    kind: Integers
    units: Integers
    stock: Integers
    compression: float
    """Seconds of the shop in a second of the run."""


class Shop(NamedTuple):
    """All lines of some days, one after another, with the nights cut out."""

    at: Floats
    sku: Integers
    units: Integers
    seconds: float
    skus: int


def shop(days: tuple[Day, ...], skus: int) -> Shop:
    begins = np.concatenate([[0.0], np.cumsum([day.at[-1] + 60.0 for day in days])])
    at = np.concatenate([day.at + begin for day, begin in zip(days, begins, strict=False)])
    columns = (np.concatenate([getattr(day, name) for day in days]) for name in ("sku", "units"))
    sku, units = columns
    return Shop(at, sku, np.minimum(units, MOST_IN_AN_ORDER), float(begins[-1]), skus)


PRIOR = 1.0
"""Orders of the shop's typical size that are taken to have been seen of every SKU."""


class History(NamedTuple):
    """What was measured before the run, from days that the run does not play: rates in units a run's second."""

    own: Floats
    others: Floats
    order_units: Floats


def history(found: Shop, size: Size, compression: float, seed: int) -> History:
    """One pass of the other days, as the copies of the run would have sold them."""
    random = np.random.default_rng([seed, size.skus, 5])
    lines = _passes(found, size, _pace(size, found.skus, seed), 1.0, random)
    own = random.random(len(lines.at)) < OWN_SHARE
    a_second = compression / found.seconds
    rates = [_units_of(lines, chosen, size.skus) * a_second for chosen in (own, ~own)]
    count = np.bincount(lines.sku, minlength=size.skus)
    units = np.bincount(lines.sku, weights=lines.units, minlength=size.skus)
    typical = units.sum() / count.sum()
    return History(rates[0], rates[1], np.maximum((units + PRIOR * typical) / (count + PRIOR), 1.0))


def _units_of(lines: "Lines", chosen: NDArray[np.bool_], skus: int) -> Floats:
    return np.bincount(lines.sku[chosen], weights=lines.units[chosen], minlength=skus).astype(np.float64)


class Lines(NamedTuple):
    at: Floats
    sku: Integers
    units: Integers


def trading(found: Shop, size: Size, seed: int) -> Trading:
    random = np.random.default_rng([seed, size.skus, round(size.rate * 1000)])
    pace = _pace(size, found.skus, seed)
    per_pass = len(found.at) * size.skus / found.skus * pace.mean()
    passes = size.rate * size.seconds / per_pass
    lines = _passes(found, size, pace, passes, random)
    kinds = np.where(random.random(len(lines.at)) < OWN_SHARE, OWN, OTHERS)
    deliveries, level = _deliveries(lines, size, random)
    at = np.concatenate([lines.at, deliveries.at])
    order = np.argsort(at, kind="stable")
    sku = np.concatenate([lines.sku, deliveries.sku])[order]
    kind = np.concatenate([kinds, np.full(len(deliveries.at), DELIVERY)])[order]
    units = np.concatenate([lines.units, deliveries.units])[order]
    stock = np.ceil(level * random.random(size.skus)).astype(np.int64)
    return Trading(size, at[order], sku, kind, units, stock, passes * found.seconds / size.seconds)


def _pace(size: Size, base: int, seed: int) -> Floats:
    """How fast each copy of a SKU sells, beside its original: the first copies as they are."""
    random, pace = np.random.default_rng([seed, size.skus]), np.ones(size.skus)
    if size.skus > base:
        pace[base:] = np.exp(random.normal(0.0, 0.5, size.skus - base))
    return pace


def _passes(found: Shop, size: Size, pace: Floats, passes: float, random: np.random.Generator) -> Lines:
    """The shop's time played as often as it takes, every SKU of the run a copy of one of the shop's."""
    copies = [np.arange(first, min(first + found.skus, size.skus)) for first in range(0, size.skus, found.skus)]
    parts = [
        part
        for number in range(int(np.ceil(passes)))
        for skus in copies
        for part in [_copy(found, skus, pace, number, random)]
    ]
    at, sku, units = (np.concatenate(column) for column in zip(*parts, strict=True))
    kept = at < passes * found.seconds
    order = np.argsort(at[kept], kind="stable")
    scale = size.seconds / (passes * found.seconds)
    return Lines(at[kept][order] * scale, sku[kept][order], units[kept][order])


def _copy(found: Shop, skus: Integers, pace: Floats, number: int, random: np.random.Generator) -> Lines:
    """One pass of one copy of the shop: lines moved in time, some left out or doubled by the copy's pace."""
    mine = np.flatnonzero(found.sku < len(skus))
    times = np.floor(pace[skus[found.sku[mine]]] + random.random(len(mine))).astype(np.int64)
    chosen = np.repeat(mine, times)
    moved = (found.at[chosen] + random.uniform(-JITTER, JITTER, len(chosen))) % found.seconds
    units = np.maximum(np.rint(found.units[chosen] * random.uniform(0.7, 1.3, len(chosen))), 1).astype(np.int64)
    return Lines(moved + number * found.seconds, skus[found.sku[chosen]], units)


def _deliveries(lines: Lines, size: Size, random: np.random.Generator) -> tuple[Lines, Integers]:
    """When each SKU is delivered, and up to which level."""
    count = np.bincount(lines.sku, minlength=size.skus)
    units = np.bincount(lines.sku, weights=lines.units, minlength=size.skus) / np.maximum(count, 1)
    cover = random.uniform(*COVER, size.skus)
    lines_a_cycle = np.maximum(LINES_A_CYCLE, count * HOURS_A_CYCLE * 3600.0 / size.seconds)
    level = np.ceil(lines_a_cycle * cover * np.maximum(units, 1.0)).astype(np.int64)
    cycle = size.seconds * lines_a_cycle / np.maximum(count, 0.5)
    per_sku = np.ceil(size.seconds / cycle).astype(np.int64) + 1
    sku = np.repeat(np.arange(size.skus), per_sku)
    first = np.concatenate([[0], np.cumsum(per_sku)[:-1]])
    nth = np.arange(len(sku)) - np.repeat(first, per_sku)
    at = (nth + random.random(size.skus)[sku] + random.uniform(-0.2, 0.2, len(sku))) * cycle[sku]
    kept = (at >= 0) & (at < size.seconds)
    return Lines(at[kept], sku[kept], level[sku[kept]]), level
