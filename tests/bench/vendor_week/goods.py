"""What the week is about: products with their packs and costs, what is on the shelves, and what comes and goes."""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import NamedTuple

from tests.bench.freshness.trace import Trace
from tests.bench.vendor_week.calendar import Calendar

PACKS = (1, 1, 4, 6, 10, 12)
MOST_AT_ONCE = 12
"""Units of one sale on another channel."""
OPENING = (0.5, 1.2)
"""On the shelves at the start, as parts of all that the week asks of a SKU."""
RECEIVED, RECEIPT = 0.7, (0.2, 0.6)
"""Share of SKUs that goods come in for, and how much, in the same parts."""
SHRINKS, SHRUNK = 0.4, (0.05, 0.4)
"""Share of SKUs of which the warehouse finds less than it thought, once, and how much of what is there is gone."""


@dataclass(frozen=True, slots=True)
class Product:
    """`pack`: eaches in a case of ours. `costs`: agreed, of one each, by currency."""

    sku: str
    asin: str
    pack: int
    costs: Mapping[str, Decimal]


class Sale(NamedTuple):
    """On another channel, `at` so long after the beginning."""

    at: timedelta
    sku: str
    units: int


class Movement(NamedTuple):
    """Goods in; or, with a `share`, so much of what is on the shelf is not to be found."""

    at: timedelta
    sku: str
    units: int
    share: float = 0.0


def products(trace: Trace, count: int, draw: random.Random) -> list[Product]:
    """As many as are sold most in the trace get a place in the retailer's range."""
    return [_product(f"V-{number:04d}", draw) for number in most_sold(trace, count)]


def most_sold(trace: Trace, count: int) -> list[int]:
    sold: dict[int, int] = {}
    for day in trace.days:
        for sku in day.sku.tolist():
            sold[sku] = sold.get(sku, 0) + 1
    return sorted(sold, key=lambda sku: (-sold[sku], sku))[:count]


def _product(sku: str, draw: random.Random) -> Product:
    pounds = Decimal(draw.randint(80, 2400)) / 100
    dollars = (pounds * Decimal("1.3")).quantize(Decimal("0.01"))
    return Product(sku, f"B0{sku[2:]}GOODS"[:10], draw.choice(PACKS), {"GBP": pounds, "USD": dollars})


def sales(trace: Trace, goods: Sequence[Product], calendar: Calendar) -> list[Sale]:
    """The shop's own orders of the trace, day by day, for what the retailer orders too."""
    range_ = {int(product.sku[2:]): product.sku for product in goods}
    return sorted(_sales(trace, range_, calendar))


def _sales(trace: Trace, range_: Mapping[int, str], calendar: Calendar) -> Iterator[Sale]:
    for number, day in enumerate(trace.days[: calendar.trading_days]):
        for at, sku, units in zip(day.at.tolist(), day.sku.tolist(), day.units.tolist(), strict=True):
            if sku in range_:
                when = calendar.at(number, 8 + at / 3600)
                yield Sale(when, range_[sku], min(units, MOST_AT_ONCE))


def stock(asked: Mapping[str, int], calendar: Calendar, draw: random.Random) -> tuple[dict[str, int], list[Movement]]:
    """What is on the shelves at the start, and what comes in or is found missing; `asked`: by all, of each SKU."""
    opening = {sku: round(units * draw.uniform(*OPENING)) for sku, units in sorted(asked.items())}
    moves = list[Movement]()
    for sku, units in sorted(asked.items()):
        if draw.random() < RECEIVED:
            at = calendar.at(draw.randrange(calendar.order_days), draw.uniform(6, 18))
            moves.append(Movement(at, sku, round(units * draw.uniform(*RECEIPT))))
        if draw.random() < SHRINKS:
            at = calendar.at(draw.randrange(calendar.order_days + 1), draw.uniform(6, 18))
            moves.append(Movement(at, sku, 0, draw.uniform(*SHRUNK)))
    return opening, sorted(moves)
