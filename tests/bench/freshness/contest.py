"""The contenders, what each is told before the run, and a cell in which they all meet the same trading."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from handlers.foresight import OFF, Foresight
from handlers.next_moves import Policy
from tests.bench.freshness import lags, measures, trading
from tests.bench.freshness.books import Books
from tests.bench.freshness.engine import Channel, Sender, run
from tests.bench.freshness.lags import Lags
from tests.bench.freshness.measures import NO_LIMIT, OURS, Cell, Figures, Results
from tests.bench.freshness.ours import Measured, Ours
from tests.bench.freshness.trace import Day
from tests.bench.freshness.trade import FirstInFirstOut, FullSync, NoLimit, Tiers, tiers_by_velocity
from tests.bench.freshness.trading import History, Shop, Size, Trading

HALF_LIFE = 50 * 3600.0
"""Seconds of trading, about a working week, after which a sale counts half."""
UNSOLD = 10 / (50 * 3600.0)
"""Units a second of trading that a SKU without sales is taken to sell: ten in that week."""
TIER_SHARES = (0.5, 0.85)
TIER_TURNS = (0, 1, 0, 2, 0, 1, 0, 0, 1, 0)
"""Of every ten patches, six for the tier that makes half of the sales, three for the next, one for the rest."""

Make = Callable[[Books, Channel], Sender]


class Days(NamedTuple):
    """`judged` are played; `before` are what demand was measured on."""

    judged: Shop
    before: Shop


class Arena(NamedTuple):
    """One cell's trading and everything that was known before it."""

    trading: Trading
    history: History
    seed: int


def split(days: tuple[Day, ...], skus: int, *, tuning: bool) -> Days:
    """Every second day is for tuning, the others are judged; demand is always measured on those not played."""
    tuned, judged = trading.shop(days[0::2], skus), trading.shop(days[1::2], skus)
    return Days(tuned, judged) if tuning else Days(judged, tuned)


def arena(days: Days, cell: Cell, seconds: float, patch_rate: float, seed: int) -> Arena:
    size = Size(cell.skus, seconds, cell.load * patch_rate)
    found = trading.trading(days.judged, size, seed)
    return Arena(found, trading.history(days.before, size, found.compression, seed), seed)


def policy(arena: Arena) -> Policy:
    return Policy(patch_lag=lags.patch_mean(), least_demand=UNSOLD * arena.trading.compression)


def ours(arena: Arena, foresight: Foresight = OFF) -> Make:
    known, half_life = arena.history, HALF_LIFE / arena.trading.compression

    def make(books: Books, channel: Channel) -> Sender:
        measured = Measured(known.own, known.others, known.order_units, half_life)
        return Ours(books, channel, measured, policy(arena), foresight)

    return make


def contenders(arena: Arena) -> dict[str, Make]:
    tier = tiers_by_velocity(arena.history.own + arena.history.others, TIER_SHARES)
    return {
        NO_LIMIT: NoLimit,
        "full sync": FullSync,
        "fifo": FirstInFirstOut,
        "tiers": lambda books, channel: Tiers(books, channel, tier, TIER_TURNS),
        OURS: ours(arena),
    }


def contest(arena: Arena, said: Callable[[str], None]) -> Results:
    found: dict[str, Figures] = {}
    for name, make in contenders(arena).items():
        found[name] = played(arena, make)
        said(f"  {name}: {found[name].oversold:,} oversold, {found[name].lost:,} lost")
    return found


def played(arena: Arena, make: Make) -> Figures:
    """One contender's run. Raises AssertionError when a unit came from nowhere or went nowhere."""
    books = Books.opened(arena.trading)
    channel = Channel(books, Lags.drawn(arena.seed), books.pool.copy())
    run(arena.trading, books, channel, make(books, channel))
    came = int(np.sum(arena.trading.stock)) + books.delivered
    went = books.sold + books.sold_elsewhere + sum(books.pool)
    assert came == went, f"{came} units came and {went} went"
    return measures.figures(books, channel)
