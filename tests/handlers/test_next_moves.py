"""What to send next: the dearest first, within the budgets, and nobody waits for ever."""

import numpy as np

from handlers.next_moves import UNKNOWN, Policy, Routes, plan, weigh
from tests.handlers.candidates import NOW, Row, candidates

POLICY = Policy()
LONG = POLICY.longest_wait


def patched(rows: list[Row], patches: int = 3, *, sent: int = 0) -> list[int]:
    chosen: list[int] = plan(candidates(rows), Routes(patches, sent), NOW).patches.tolist()
    return chosen


def fed(rows: list[Row], patches: int = 0, last_feed: float | None = None) -> set[int]:
    return set(plan(candidates(rows), Routes(patches, feeds=1, last_feed=last_feed), NOW).feed.tolist())


def test_nothing_to_say_is_an_empty_plan() -> None:
    nothing = plan(candidates([]), Routes(5, feeds=5), NOW)
    assert len(nothing.patches) == 0
    assert len(nothing.feed) == 0


def test_a_lowering_near_zero_goes_before_a_deep_lowering_and_before_every_raise() -> None:
    raised, deep, near = (40, 0, 800.0, 9.0, False), (500, 900, 800.0, 9.0, False), (1, 4, 0.0, 0.1, False)
    assert patched([raised, deep, near]) == [2, 0, 1]


def test_among_lowerings_near_zero_the_one_that_sells_most_goes_first() -> None:
    assert patched([(0, 9, 90.0, 1.0, False), (0, 9, 5.0, 30.0, False)]) == [1, 0]


def test_what_shows_two_units_too_many_costs_less_than_what_shows_twenty() -> None:
    assert patched([(0, 2, 90.0, 100.0, False), (0, 20, 5.0, 100.0, False)]) == [1, 0]


def test_a_fast_seller_is_near_zero_long_before_its_last_five_units() -> None:
    fast, slow = (30, 90, 0.0, 2000.0, False), (4, 5, 0.0, 0.01, False)
    assert patched([slow, fast]) == [1, 0]


def test_what_has_run_out_goes_before_what_others_soon_order_again() -> None:
    rows = candidates([(20, 60, 0.0, 900.0, False), (0, 4, 0.0, 10.0, False)], others=[900.0, 900.0])
    costs = weigh(rows, POLICY)
    assert costs.over[0] > costs.over[1] > 0
    assert costs.stays[0] < costs.stays[1] == POLICY.good_for
    assert plan(rows, Routes(2), NOW).patches.tolist() == [1, 0]


def test_a_word_is_never_taken_to_stay_good_longer_than_the_bound() -> None:
    costs = weigh(candidates([(20, 60, 0.0, 5.0, False)] * 2, others=[0.0, 1e9]), POLICY)
    assert costs.stays[0] == POLICY.good_for
    assert costs.stays[1] < 1


def test_pressure_is_the_time_that_the_dear_lowerings_take() -> None:
    dear, cheap, raised = (0, 50, 0.0, 900.0, False), (400, 500, 0.0, 0.01, False), (50, 0, 0.0, 900.0, False)
    found = plan(candidates([dear] * 49 + [cheap] * 30 + [raised] * 30), Routes(3), NOW)
    assert round(found.pressure, 6) == round(49 / POLICY.patch_rate, 6)
    assert plan(candidates([]), Routes(3), NOW).pressure == 0


def test_increases_that_open_no_sale_go_last_the_oldest_first() -> None:
    deeper, older, opening = (90, 80, 10.0, 1.0, False), (90, 80, 20.0, 1.0, False), (90, 0, 0.0, 1.0, False)
    assert patched([deeper, older, opening]) == [2, 1, 0]


def test_a_listing_that_was_never_told_anything_is_taken_to_show_too_much() -> None:
    costs = weigh(candidates([(3, UNKNOWN, 0.0, 60.0, False), (3, 4, 0.0, 60.0, False)]), POLICY)
    assert costs.lowering.tolist() == [True, True]
    assert costs.over[0] > costs.over[1]


def test_units_that_stock_still_backs_cost_only_as_far_as_others_may_take_them() -> None:
    rows: list[Row] = [(5, 10, 0.0, 200.0, False)] * 3
    costs = weigh(candidates(rows, pool=[10, 10, 5], others=[0.0, 300.0, 0.0]), POLICY)
    assert costs.over[0] == 0
    assert 0 < costs.over[1] < costs.over[2]


def test_what_is_seen_live_counts_when_it_is_more_than_what_was_told() -> None:
    rows = candidates([(2, 3, 0.0, 60.0, False)] * 2)
    seen = rows._replace(live=np.array([UNKNOWN, 40]))
    costs = weigh(seen, POLICY)
    assert costs.over[1] > costs.over[0]


def test_a_listing_that_sold_what_it_was_told_misses_sales_although_it_was_told_enough() -> None:
    rows = candidates([(500, 20, 0.0, 60.0, False)] * 2)
    sold_out = rows._replace(live=np.array([UNKNOWN, 0]))
    costs = weigh(sold_out, POLICY)
    assert costs.lost[1] > costs.lost[0]
    assert costs.opens[1]


def test_the_fourth_and_the_eighth_of_ten_patches_are_for_the_dearest_missed_sales() -> None:
    rows: list[Row] = [(0, 9, 0.0, 50.0, False)] * 9 + [(50, 0, 0.0, 1.0, False), (50, 0, 0.0, 40.0, False)]
    assert patched(rows, 8) == [0, 1, 2, 10, 3, 4, 5, 9]


def test_the_tenth_of_ten_patches_is_for_the_longest_wait_beyond_the_bound() -> None:
    rows: list[Row] = [(0, 9, 0.0, 50.0, False)] * 19
    rows += [(95, 90, LONG + 10, 1.0, False), (95, 90, LONG + 50, 1.0, False), (95, 90, LONG - 50, 1.0, False)]
    assert patched(rows, 10)[9] == 20
    assert patched(rows, 1, sent=9) == [20]
    assert patched(rows, 1, sent=19) == [20]
    assert patched(rows, 1, sent=8) == [0]


def test_no_patch_for_a_listing_in_a_running_feed_except_a_lowering() -> None:
    rows: list[Row] = [(40, 0, 0.0, 9.0, True), (0, 40, 0.0, 9.0, True)]
    assert patched(rows) == [1]


def test_a_feed_carries_the_deep_and_leaves_the_shallow_to_the_patches() -> None:
    rows: list[Row] = [(900, 800, 60.0, 1.0, False)] * 3300 + [(2, 3, 60.0, 5.0, False)] * 700
    content = fed(rows)
    assert len(content) > 0
    assert content <= set(range(3300))


def test_a_feed_does_not_carry_what_the_patches_reach_soon() -> None:
    assert fed([(900, 800, 60.0, 1.0, False)] * 200) == set()


def test_whoever_waited_twice_the_bound_goes_into_the_next_feed_even_alone() -> None:
    assert fed([(3, 4, 2 * LONG + 1, 5.0, False), (3, 4, 60.0, 5.0, False)]) == {0}


def test_feeds_keep_their_distance_and_their_budget() -> None:
    rows: list[Row] = [(3, 4, 2 * LONG + 1, 5.0, False)]
    assert fed(rows, last_feed=NOW - POLICY.feed_every + 1) == set()
    assert fed(rows, last_feed=NOW - POLICY.feed_every) == {0}
    assert len(plan(candidates(rows), Routes(0, feeds=0), NOW).feed) == 0


def test_no_feed_is_made_behind_one_that_sticks() -> None:
    rows = candidates([(3, 4, 2 * LONG + 1, 5.0, False)])
    running = Routes(0, feeds=1, oldest_feed=NOW - POLICY.feed_lag)
    assert len(plan(rows, running, NOW).feed) == 1
    assert len(plan(rows, running, NOW + 1).feed) == 0


def test_a_feed_is_never_larger_than_its_room() -> None:
    rows = candidates([(900, 800, 2 * LONG + 100, 1.0, False)] * 40)
    content = plan(rows, Routes(0, feeds=1), NOW, Policy(feed_room=25)).feed
    assert len(content) == 25
