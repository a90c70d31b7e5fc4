"""The simulation itself: units are conserved, tiny cases come out as reckoned by hand, budgets are kept."""

import gzip
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.foresight import Foresight
from handlers.next_moves import Policy
from tests.bench.freshness import budgets, trace
from tests.bench.freshness.books import Books
from tests.bench.freshness.contest import TIER_TURNS, arena, contenders, played, split
from tests.bench.freshness.engine import Channel, Sender, run
from tests.bench.freshness.lags import Lags
from tests.bench.freshness.measures import Cell, best_of_trade, verdicts
from tests.bench.freshness.ours import Measured, Ours
from tests.bench.freshness.trade import FirstInFirstOut, FullSync, NoLimit, Tiers, tiers_by_velocity
from tests.bench.freshness.trading import DELIVERY, OTHERS, OWN, Size, Trading

SEED = 5
Event = tuple[float, int, int, int]
"""When, which SKU, of which kind, how many units."""


def trading(stock: list[int], events: list[Event], seconds: float = 1000.0) -> Trading:
    at, sku, kind, units = (np.array(column) for column in zip(*sorted(events), strict=True))
    return Trading(Size(len(stock), seconds, 1.0), at.astype(np.float64), sku, kind, units, np.array(stock), 1.0)


def lags(patch: float = 10.0, feed: float = 300.0) -> Lags:
    return Lags([patch] * 65_536, [feed] * 65_536)


def outcome(
    found: Trading, make: Callable[[Books, Channel], Sender] = NoLimit, delays: Lags | None = None
) -> tuple[Books, Channel]:
    books = Books.opened(found)
    channel = Channel(books, delays or lags(), books.pool.copy())
    run(found, books, channel, make(books, channel))
    return books, channel


def ours(books: Books, channel: Channel, foresight: float = 0.0) -> Ours:
    n = len(books.pool)
    measured = Measured(np.full(n, 0.001), np.full(n, 0.05), np.ones(n), 3600.0)
    return Ours(books, channel, measured, Policy(patch_lag=10.0), Foresight(foresight, 30.0))


def test_a_buyer_gets_what_is_shown_and_what_stock_does_not_cover_is_oversold() -> None:
    books = Books([3], [5], [0])
    assert books.own_order(0, 4)
    assert (books.sold, books.oversold, books.lost) == (3, 1, 0)
    assert (books.pool, books.shown) == ([0], [1])


def test_a_buyer_who_is_shown_too_little_is_a_lost_sale_only_as_far_as_there_is_stock() -> None:
    books = Books([5], [2], [0])
    books.own_order(0, 9)
    assert (books.sold, books.oversold, books.lost) == (2, 0, 3)


def test_orders_elsewhere_take_only_what_there_is_and_a_delivery_fills_up_to_its_level() -> None:
    books = Books([5], [5], [0])
    books.order_elsewhere(0, 9)
    assert (books.sold_elsewhere, books.pool) == (5, [0])
    books.deliver(0, 8)
    books.deliver(0, 6)
    assert (books.delivered, books.pool) == (8, [8])


def test_no_limit_oversells_what_the_lag_hides_and_a_late_word_undoes_the_channels_own_count() -> None:
    """Reckoned by hand: 10 in stock, 8 sold elsewhere at 0, the channel still shows 10 and is told 2, live at 10.

    At 5 it sells 6 of which 2 are there: 4 oversold, it shows 4, and is told 0, live at 15. At 10 the first word
    arrives and it shows 2; at 12 it sells both, which nobody has: 6 oversold. At 16 it shows 0 and sells nothing.
    """
    events = [(0.0, 0, OTHERS, 8), (5.0, 0, OWN, 6), (12.0, 0, OWN, 3), (16.0, 0, OWN, 3)]
    books, channel = outcome(trading([10], events))
    assert (books.sold, books.oversold, books.lost) == (2, 6, 0)
    assert channel.patches == 2
    assert books.too_much_for == [12.0]


def test_a_delivery_opens_sales_only_when_it_is_live() -> None:
    """Reckoned by hand: nothing in stock, 20 come at 100; the buyer at 105 sees none, the one at 111 does."""
    events = [(100.0, 0, DELIVERY, 20), (105.0, 0, OWN, 4), (111.0, 0, OWN, 4)]
    books, _ = outcome(trading([0], events))
    assert (books.sold, books.lost) == (4, 4)


def test_the_full_sync_tells_everything_each_quarter_of_an_hour() -> None:
    events = [(10.0, 0, OTHERS, 3), (1100.0, 0, OWN, 9), (1300.0, 1, OWN, 1)]
    books, channel = outcome(trading([5, 5], events, 1900.0), FullSync)
    assert (channel.feeds, channel.messages) == (2, 4)
    assert (books.sold, books.oversold) == (3, 3)
    assert channel.longest_wait == pytest.approx(890.0)


def test_first_in_first_out_sends_the_newest_value_once() -> None:
    """A burst of three, then one token each 0.2 s: the third change of SKU 3 waits in its place with the fourth."""
    events = [(0.0, sku, OTHERS, 1) for sku in range(4)] + [(0.1, 3, OTHERS, 1)]
    _, channel = outcome(trading([9] * 4, events), FirstInFirstOut)
    assert channel.patches == 4
    assert channel.told == [8, 8, 8, 7]
    assert channel.longest_wait == pytest.approx(1 / budgets.PATCH_RATE)


def test_tiers_serve_the_fast_more_often_and_lend_what_they_do_not_use() -> None:
    tier = tiers_by_velocity(np.array([100.0, 1.0, 30.0, 1.0]), (0.8, 0.99))
    assert tier == [0, 2, 1, 2]
    events = [(0.0, sku, OTHERS, 1) for sku in range(4)]
    _, channel = outcome(trading([9] * 4, events), lambda b, c: Tiers(b, c, tier, TIER_TURNS))
    assert channel.patches == 4


def test_ours_patches_the_lowering_to_zero_before_the_deep_one() -> None:
    crowd = [(0.0, sku, OTHERS, 1) for sku in range(40)]
    _, channel = outcome(trading([900] * 40 + [4], [*crowd, (0.01, 40, OTHERS, 4)], 2.0), ours)
    assert channel.told[40] == 0
    assert channel.patches < 20


def test_foresight_tells_less_than_there_is() -> None:
    _, channel = outcome(trading([9], [(0.0, 0, OTHERS, 1)]), lambda b, c: ours(b, c, 0.05))
    assert 0 <= channel.told[0] < 8


orders = st.lists(
    st.tuples(
        st.floats(0, 3000), st.integers(0, 5), st.sampled_from([DELIVERY, OTHERS, OWN]), st.integers(1, 12)
    ),
    min_size=1, max_size=60,
)  # fmt: skip
SENDERS: dict[str, Callable[[Books, Channel], Sender]] = {
    "no limit": NoLimit, "full sync": FullSync, "fifo": FirstInFirstOut, "ours": ours,
}  # fmt: skip


@pytest.mark.parametrize("name", SENDERS)
@settings(max_examples=25)
@given(orders, st.floats(0.1, 500))
def test_no_unit_comes_from_nowhere_or_goes_nowhere(name: str, events: list[Event], lag: float) -> None:
    found = trading([7] * 6, events, 4000.0)
    books, channel = outcome(found, SENDERS[name], lags(lag, 4 * lag))
    assert 42 + books.delivered == books.sold + books.sold_elsewhere + sum(books.pool)
    assert min(books.pool) >= 0
    assert min(books.shown) >= 0
    asked = sum(units for _, _, kind, units in events if kind == OWN)
    assert asked == books.asked
    assert books.sold + books.oversold + books.lost <= asked
    assert channel.patches <= budgets.PATCH_RATE * 4000 + budgets.PATCH_BURST or name == "no limit"


def test_every_contender_meets_the_same_trading_and_stays_in_its_budget() -> None:
    made = trace.generate(SEED)
    print(f"seed {SEED}")
    found = arena(split(made.days, made.skus, tuning=True), Cell(2500, 3.0), 1200.0, budgets.PATCH_RATE, SEED)
    results = {name: played(found, make) for name, make in contenders(found).items()}
    for name, one in results.items():
        if name != "no limit":
            assert one.patches <= budgets.PATCH_RATE * 1200 + budgets.PATCH_BURST, name
    assert len({one.asked for one in results.values()}) == 1
    assert results["ours"].oversold < best_of_trade(results)
    assert len(verdicts(Cell(2500, 3.0), results)) == 4


def test_changes_arrive_at_the_rate_that_was_asked_for() -> None:
    made = trace.generate(SEED)
    for skus, rate in ((1000, 5.0), (9000, 20.0)):
        days = split(made.days, made.skus, tuning=False)
        found = arena(days, Cell(skus, rate / budgets.PATCH_RATE), 3600.0, budgets.PATCH_RATE, SEED)
        lines = int(np.sum(found.trading.kind != DELIVERY))
        assert lines == pytest.approx(rate * 3600.0, rel=0.25)
        assert found.trading.at.max() <= 3600.0
        assert found.trading.sku.max() < skus


def test_a_trace_is_read_in_order_and_without_cancellations(tmp_path: Path) -> None:
    day(
        tmp_path / "2011-11-01.csv.gz",
        "1,B,x,3,2011-11-01 10:01:00\n1,A,x,2,2011-11-01 10:00:00\nC9,A,x,-2,2011-11-01 10:02:00\n",
    )
    found = trace.load(str(tmp_path), SEED)
    assert found.days[0].at.tolist() == [0.0, 60.0]
    assert found.days[0].units.tolist() == [2, 3]
    assert found.skus == 2


UNREADABLE = {
    "not packed": b"not gzip",
    "other columns": gzip.compress(b"Nothing,Here\n1,2\n"),
    "empty": gzip.compress(b""),
}


@pytest.mark.parametrize("content", UNREADABLE.values(), ids=UNREADABLE.keys())
def test_a_trace_that_cannot_be_read_fails_and_says_which_file(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "2011-11-01.csv.gz").write_bytes(content)
    with pytest.raises(trace.TraceFault, match=r"2011-11-01\.csv\.gz"):
        trace.load(str(tmp_path), SEED)


def test_a_folder_without_day_files_fails(tmp_path: Path) -> None:
    with pytest.raises(trace.TraceFault, match=r"no \*\.csv\.gz"):
        trace.load(str(tmp_path / "absent"), SEED)


def test_the_generated_shop_depends_on_its_seed_alone() -> None:
    one, again, other = trace.generate(1), trace.generate(1), trace.generate(2)
    assert np.array_equal(one.days[3].sku, again.days[3].sku)
    assert not np.array_equal(one.days[3].sku, other.days[3].sku)


def day(file: Path, lines: str) -> None:
    file.write_bytes(gzip.compress(("InvoiceNo,StockCode,Description,Quantity,InvoiceDate\n" + lines).encode()))
