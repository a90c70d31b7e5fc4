"""What an order line still takes of the pool: unit by unit, never below zero, and never ended early."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from handlers.line_standings import Recognised, heard, names_of
from handlers.open_lines import Counter, OpenPart, sold, takes
from handlers.order_standing import LineStanding, Standing, StandingRow
from schemas.terms import Account, ChannelAccount, ChannelOrderId, LineReference, OrderReference, Sku, Warehouse

T0 = datetime(2026, 1, 5, 6, tzinfo=UTC)
W1, W2 = Warehouse("W1"), Warehouse("W2")
SKU = Sku("0042-b")
PART = OpenPart(
    line_id=1,
    channel_account=ChannelAccount("uk"),
    order_reference=OrderReference("O-1"),
    line_reference=LineReference("L1"),
    account=Account("ACME"),
    sku=SKU,
    ordered=5,
)


def later(seconds: float) -> datetime:
    return T0 + timedelta(seconds=seconds)


def said(
    revision: int, *lines: LineStanding, standing: Standing = "allocated", at: float = 0.0, reference: str = "O-1"
) -> StandingRow:
    return StandingRow(
        account=Account("ACME"),
        order_reference=OrderReference(reference),
        revision=revision,
        standing=standing,
        lines=lines,
        at=later(at),
    )


def line(allocated: int | None = None, number: int | None = None, warehouse: str = "W1", **more: Any) -> LineStanding:
    return LineStanding(SKU, allocated=allocated, stock_sequence=number, warehouse=warehouse, **more)


def after(part: OpenPart, *rows: StandingRow, counters: dict[Warehouse, Counter] | None = None) -> OpenPart:
    for row in rows:
        changed = heard([part], row, row.at, {SKU: counters or {}})
        part = changed[0] if changed else part
    return part


def applied(number: int, level: float | None = None, epoch: int = 0) -> Counter:
    return Counter(epoch, number, None if level is None else later(level))


def test_a_unit_counts_from_the_moment_it_is_sold() -> None:
    assert takes(PART, {}) == 5
    assert takes(PART, {W1: applied(100, level=1000)}) == 5


def test_an_allocation_ends_a_unit_once_the_books_have_come_to_its_number() -> None:
    part = after(PART, said(1, line(5, 14)))
    assert takes(part, {W1: applied(13)}) == 5
    assert takes(part, {W1: applied(14)}) == 0
    assert takes(part, {W1: applied(99)}) == 0


def test_part_of_a_line_is_allocated_and_the_rest_goes_on_counting() -> None:
    part = after(PART, said(1, line(2, 10), standing="part_allocated"))
    assert takes(part, {W1: applied(10)}) == 3


def test_several_warehouses_each_end_their_own_units() -> None:
    part = after(PART, said(1, line(2, 10), line(3, 7, "W2")))
    assert takes(part, {W1: applied(10), W2: applied(6)}) == 3
    assert takes(part, {W1: applied(9), W2: applied(7)}) == 2
    assert takes(part, {W1: applied(10), W2: applied(7)}) == 0


def test_a_pool_without_the_warehouse_that_set_a_unit_aside_does_not_give_it() -> None:
    part = after(PART, said(1, line(2, 10)))
    both, counters = frozenset({W1, W2}), {W1: applied(9), W2: applied(0)}
    assert takes(part, counters, both, frozenset({W1})) == 5
    assert takes(part, counters, both, frozenset({W2})) == 3
    assert takes(part, counters, frozenset({W1}), frozenset({W2})) == 0


def test_without_a_number_only_a_level_later_than_the_event_ends_a_unit() -> None:
    part = after(PART, said(1, line(5), at=60))
    assert takes(part, {W1: applied(10**9, level=60)}) == 5
    assert takes(part, {W1: applied(0, level=60.001)}) == 0


def test_later_standings_without_numbers_do_not_start_the_wait_anew() -> None:
    part = after(PART, said(1, line(5), at=60), said(2, line(5, picked=5), standing="picking", at=500))
    assert takes(part, {W1: applied(0, level=61)}) == 0


def test_further_units_without_a_number_wait_for_a_level_of_their_own() -> None:
    part = after(PART, said(1, line(2), at=60), said(2, line(4), at=120))
    assert takes(part, {W1: applied(0, level=61)}) == 3
    assert takes(part, {W1: applied(0, level=121)}) == 1


def test_under_clarus_a_read_begun_more_than_the_replica_lag_after_we_learned_ends_it() -> None:
    part = after(PART, said(1, line(5, 14), at=100))
    assert takes(part, {W1: Counter(0, 99, later(100), by_reading=True)}) == 5
    assert takes(part, {W1: Counter(0, 0, later(100.001), by_reading=True)}) == 0


def test_a_counter_that_started_anew_ends_a_unit_by_a_later_level_only() -> None:
    part = after(PART, said(1, line(5, 1000), at=100), counters={W1: applied(990)})
    assert takes(part, {W1: applied(3, level=50, epoch=1)}) == 5
    assert takes(part, {W1: applied(3, level=101, epoch=1)}) == 0
    assert takes(part, {W1: applied(900, level=101)}) == 0, "the counter went back without a new epoch"
    assert takes(part, {W1: applied(995, level=101)}) == 5, "it only has not come so far"


def test_what_the_channel_or_the_warehouse_cancels_stops_counting_and_counts_once_for_both() -> None:
    assert takes(replace(PART, cancelled=2), {}) == 3
    part = after(replace(PART, cancelled=2), said(1, line(0, cancelled=2, ordered=5)))
    assert takes(part, {}) == 3
    assert takes(after(part, said(2, line(0, cancelled=4, ordered=5))), {}) == 1


@pytest.mark.parametrize("lines", [(), (line(),), (line(0, cancelled=5),)])
def test_an_order_that_the_warehouse_cancels_takes_nothing(lines: Sequence[LineStanding]) -> None:
    assert takes(after(PART, said(1, *lines, standing="cancelled")), {}) == 0


def test_cancelled_lines_that_share_an_order_line_add_up_and_repeated_totals_do_not() -> None:
    shared = after(PART, said(1, line(0, cancelled=3, ordered=3), line(0, None, "W2", cancelled=2, ordered=2)))
    assert takes(shared, {}) == 0
    repeated = after(PART, said(1, line(0, cancelled=2, ordered=5), line(0, None, "W2", cancelled=2, ordered=5)))
    assert takes(repeated, {}) == 3


def test_a_deallocation_counts_again_at_once() -> None:
    part = after(PART, said(1, line(5, 14)), said(2, line(2, 15), standing="part_allocated"))
    assert takes(part, {W1: applied(15)}) == 3


def test_set_free_and_aside_again_waits_for_the_new_number() -> None:
    part = after(PART, said(1, line(5, 14)), said(2, line(5, 20)))
    assert takes(part, {W1: applied(16)}) == 5
    assert takes(part, {W1: applied(20)}) == 0


def test_a_pick_leaves_the_allocation_as_it_was() -> None:
    part = after(PART, said(1, line(5, 14)), said(2, line(5, 21, picked=5), standing="picking"))
    assert takes(part, {W1: applied(14)}) == 0


def test_after_a_missed_revision_everything_waits_for_the_number_that_was_told() -> None:
    part = after(PART, said(1, line(5, 14)), said(4, line(5, 21, picked=5), standing="picking"))
    assert takes(part, {W1: applied(16)}) == 5
    assert takes(part, {W1: applied(21)}) == 0


def test_older_and_repeated_revisions_change_nothing() -> None:
    part = after(PART, said(3, line(5, 14)))
    assert heard([part], said(3, line(0)), T0, {}) == []
    assert heard([part], said(1, line(1, 2)), T0, {}) == []


def test_a_line_that_the_newest_event_leaves_out_has_nothing_set_aside() -> None:
    part = after(PART, said(1, line(5, 14)), said(2, LineStanding("other", allocated=1)))
    assert takes(part, {W1: applied(99)}) == 5


def test_an_event_without_lines_says_nothing_of_quantities() -> None:
    part = after(PART, said(1, line(5, 14)), said(2, standing="picking"))
    assert takes(part, {W1: applied(14)}) == 0


def test_an_order_completed_without_quantities_ends_with_the_next_level() -> None:
    part = after(PART, said(1, standing="completed", at=60))
    assert takes(part, {W1: applied(99, level=59)}) == 5
    assert takes(part, {W1: applied(0, level=61)}) == 0


def test_an_event_without_line_references_is_spread_over_the_lines_of_its_sku() -> None:
    first, second = replace(PART, ordered=2), replace(PART, line_id=2, line_reference=LineReference("L2"), ordered=4)
    one, two = heard([first, second], said(1, line(5, 9)), T0, {})
    assert (takes(one, {W1: applied(9)}), takes(two, {W1: applied(9)})) == (0, 1)


def test_an_event_settles_the_line_that_it_names() -> None:
    second = replace(PART, line_id=2, line_reference=LineReference("L2"))
    one, two = heard([PART, second], said(1, line(5, 9, line_reference="L2")), T0, {})
    assert (takes(one, {W1: applied(9)}), takes(two, {W1: applied(9)})) == (5, 0)


def test_another_owners_order_of_the_same_name_is_another_order() -> None:
    assert heard([replace(PART, account=Account("OTHER"))], said(1, line(5, 9)), T0, {}) == []


def test_an_edited_quantity_counts_as_it_is_now() -> None:
    part = after(PART, said(1, line(5, 14)))
    assert takes(sold(part, 7, 0, 0, T0, T0), {W1: applied(14)}) == 2
    assert takes(sold(part, 3, 0, 0, T0, T0), {W1: applied(14)}) == 0


def test_what_the_channel_saw_leave_ends_with_a_later_level_of_every_warehouse_that_may_have_sent_it() -> None:
    part = sold(PART, 5, 0, 5, later(100), later(400))
    own = frozenset({W1, W2})
    assert takes(part, {W1: applied(9, level=101), W2: applied(9, level=99)}, own) == 5
    assert takes(part, {W1: applied(9, level=101), W2: applied(9, level=101)}, own) == 0
    assert takes(part, {W1: applied(9, level=101), W2: applied(9, level=99)}, frozenset({W1})) == 0


def test_sent_at_the_channel_and_allocated_in_the_warehouse_are_the_same_units() -> None:
    part = sold(after(PART, said(1, line(3, 14))), 5, 0, 3, later(100), later(100))
    assert takes(part, {W1: applied(14, level=101)}) == 2


def recognised(line_id: int, channel_order: str, reference: str) -> Recognised:
    ours, theirs = ChannelOrderId(channel_order), OrderReference(reference)
    return Recognised(line_id, PART.channel_account, ours, PART.account, theirs)


def test_an_order_is_known_by_its_lines_only_where_no_other_could_be_meant() -> None:
    assert names_of([recognised(1, "250-1", "SO1"), recognised(2, "250-1", "SO1")]) == {1: "SO1", 2: "SO1"}
    assert names_of([recognised(1, "250-1", "SO1"), recognised(2, "250-2", "SO1")]) == {}
    assert names_of([recognised(1, "250-1", "SO1"), recognised(1, "250-1", "SO2")]) == {}


movements = st.lists(
    st.tuples(
        st.sampled_from(["allocate", "deallocate", "elsewhere", "cancel"]),
        st.sampled_from([W1, W2]),
        st.integers(1, 4),
    ),
    max_size=14,
)


class Told:
    """One revision as the warehouse told it, and the truth behind it."""

    def __init__(self, revision: int, held: dict[Warehouse, int], numbers: dict[Warehouse, int], cancelled: int):
        self.held, self.numbers, self.cancelled = dict(held), dict(numbers), cancelled
        lines = [line(units, numbers[name], name, cancelled=cancelled, ordered=None) for name, units in held.items()]
        self.row = said(revision, *lines)

    def owed(self, ordered: int, books: dict[Warehouse, int]) -> int:
        """Units that the books do not have yet, worked out from the truth."""
        there = sum(units for name, units in self.held.items() if books[name] >= self.numbers[name])
        return max(0, ordered - self.cancelled - there)


def day(ordered: int, happened: Sequence[tuple[str, Warehouse, int]]) -> tuple[list[Told], dict[Warehouse, int]]:
    """Every revision that a warehouse tells of one order line, and where its counters end."""
    held, counters, numbers = {W1: 0, W2: 0}, {W1: 0, W2: 0}, {W1: 0, W2: 0}
    cancelled, told = 0, list[Told]()
    for what, name, units in happened:
        if what == "elsewhere":
            counters[name] += units
            continue
        if what == "cancel":
            cancelled = min(ordered - sum(held.values()), cancelled + units)
        else:
            free = ordered - cancelled - sum(held.values())
            change = min(units, free) if what == "allocate" else -min(units, held[name])
            counters[name] += 1
            held[name] += change
            numbers[name] = counters[name]
        told.append(Told(len(told) + 1, held, numbers, cancelled))
    return told, counters


@given(st.integers(1, 9), movements, st.data())
def test_whatever_comes_in_whatever_order_nothing_ends_early_and_all_ends_in_time(
    ordered: int, happened: list[tuple[str, Warehouse, int]], data: st.DataObject
) -> None:
    told, end = day(ordered, happened)
    deliveries = data.draw(st.lists(st.sampled_from(told), max_size=20)) if told else []
    part, newest = replace(PART, ordered=ordered), Told(0, {}, {}, 0)
    books = {W1: 0, W2: 0}
    for revision in [*deliveries, *told[-1:]]:
        for name in books:
            books[name] = data.draw(st.integers(books[name], end[name]))
        counters = {name: applied(number) for name, number in books.items()}
        part = after(part, revision.row, counters=counters)
        newest = revision if revision.row.revision > newest.row.revision else newest
        assert takes(part, counters) == newest.owed(ordered, books)
    everything = {name: applied(number) for name, number in end.items()}
    assert takes(part, everything) == newest.owed(ordered, end)


@given(st.integers(1, 9), movements, st.integers(0, 9), st.integers(0, 9))
def test_it_is_never_below_zero_and_a_pool_never_gives_more_than_the_line_takes(
    ordered: int, happened: list[tuple[str, Warehouse, int]], cancelled: int, fulfilled: int
) -> None:
    told, end = day(ordered, happened)
    part = after(replace(PART, ordered=ordered), *(one.row for one in told))
    part = sold(part, ordered, cancelled, fulfilled, T0, T0)
    counters = {name: applied(number, level=1) for name, number in end.items()}
    whole = takes(part, counters)
    assert 0 <= whole <= ordered
    for pool in ({W1}, {W2}, {W1, W2}):
        assert 0 <= takes(part, counters, frozenset({W1, W2}), pool) <= whole
    assert takes(part, counters, frozenset({W1, W2}), {W1, W2}) == whole


@given(st.integers(1, 9), movements, st.integers(0, 30), st.integers(0, 30))
def test_a_reading_further_on_never_makes_a_line_take_more(
    ordered: int, happened: list[tuple[str, Warehouse, int]], here: int, further: int
) -> None:
    told, _ = day(ordered, happened)
    part = after(replace(PART, ordered=ordered), *(one.row for one in told))
    before = {W1: applied(here), W2: applied(here)}
    behind = {W1: applied(here + further), W2: applied(here + further)}
    assert takes(part, behind) <= takes(part, before)
