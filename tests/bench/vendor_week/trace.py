"""The whole week as it would be without us: the same for whoever answers the orders."""

import random
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from tests.bench.freshness.trace import Trace
from tests.bench.vendor_week.calendar import Calendar
from tests.bench.vendor_week.goods import Movement, Product, Sale, products, sales, stock
from tests.bench.vendor_week.orders import PlannedOrder, eaches_of, planned_orders

BEGINNING = datetime(2026, 11, 2, tzinfo=UTC)
"""A Monday."""
SKUS_PER_ORDER = 0.075


@dataclass(frozen=True, slots=True)
class Week:
    """`opening`: eaches on the shelves at the beginning."""

    seed: int
    beginning: datetime
    calendar: Calendar
    goods: dict[str, Product]
    orders: tuple[PlannedOrder, ...]
    opening: dict[str, int]
    sales: tuple[Sale, ...]
    moves: tuple[Movement, ...]

    def when(self, at: timedelta) -> datetime:
        return self.beginning + at


def make_week(trace: Trace, count: int, seed: int, calendar: Calendar, beginning: datetime = BEGINNING) -> Week:
    """`count`: of purchase orders."""
    draw = random.Random(seed)
    goods = products(trace, max(12, round(count * SKUS_PER_ORDER)), draw)
    orders = planned_orders(count, goods, beginning, calendar, draw)
    sold = sales(trace, goods, calendar)
    asked = Counter[str]()
    for order in orders:
        asked.update(eaches_of(order))
    for sale in sold:
        asked[sale.sku] += sale.units
    opening, moves = stock(asked, calendar, draw)
    return Week(
        seed, beginning, calendar, {product.sku: product for product in goods}, tuple(orders),
        {product.sku: opening.get(product.sku, 0) for product in goods}, tuple(sold), tuple(moves),
    )  # fmt: skip
