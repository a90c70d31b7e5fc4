"""What holds of every plan, whatever the candidates."""

from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.next_moves import CYCLE, Candidates, Policy, Routes, in_order, plan, weigh, worth
from tests.handlers.candidates import NOW, Row, candidates, dirty, some_candidates, some_rows

POLICY = Policy()
budgets = st.builds(Routes, st.integers(0, 12), st.integers(0, 9), st.integers(0, 2))


@given(some_candidates, budgets)
def test_a_plan_keeps_to_the_budgets_and_never_names_a_listing_twice(found: Candidates, routes: Routes) -> None:
    chosen = plan(found, routes, NOW)
    named = [*chosen.patches.tolist(), *chosen.feed.tolist()]
    assert len(chosen.patches) <= routes.patches
    assert len(named) == len(set(named))
    assert routes.feeds > 0 or len(chosen.feed) == 0


@given(some_candidates, budgets)
def test_the_patch_budget_is_used_up_while_anything_may_be_patched(found: Candidates, routes: Routes) -> None:
    lowering = weigh(found, POLICY).lowering
    may_be_patched = int(np.sum(~found.in_feed | lowering))
    assert len(plan(found, routes, NOW).patches) == min(routes.patches, may_be_patched)


@given(some_candidates, budgets)
def test_beside_a_running_feed_only_lowerings_are_patched_and_nothing_is_fed_twice(
    found: Candidates, routes: Routes
) -> None:
    chosen, lowering = plan(found, routes, NOW), weigh(found, POLICY).lowering
    assert all(lowering[i] for i in chosen.patches if found.in_feed[i])
    assert not any(found.in_feed[i] for i in chosen.feed)


@given(some_candidates)
def test_every_lowering_near_zero_comes_before_everything_else(found: Candidates) -> None:
    costs = weigh(found, POLICY)
    urgent = costs.urgent[in_order(worth(found, costs, NOW, POLICY))].tolist()
    assert urgent == sorted(urgent, reverse=True)


@given(some_candidates)
def test_increases_that_open_no_sale_come_after_everything_else(found: Candidates) -> None:
    costs = weigh(found, POLICY)
    order = in_order(worth(found, costs, NOW, POLICY))
    idle = ~costs.lowering & ~costs.opens
    assert idle[order].tolist() == sorted(idle.tolist())


@given(some_candidates)
def test_every_listing_has_exactly_one_place_in_the_order(found: Candidates) -> None:
    order = in_order(worth(found, weigh(found, POLICY), NOW, POLICY))
    assert sorted(order.tolist()) == list(range(len(found.wanted)))


@given(some_candidates, budgets)
def test_the_same_candidates_give_the_same_plan(found: Candidates, routes: Routes) -> None:
    first, second = plan(found, routes, NOW), plan(found, routes, NOW)
    assert first.patches.tolist() == second.patches.tolist()
    assert first.feed.tolist() == second.feed.tolist()


@given(st.lists(some_rows.filter(dirty), min_size=1, max_size=30, unique=True), st.randoms(use_true_random=False))
def test_the_order_does_not_depend_on_where_a_listing_stands_among_the_candidates(
    rows: list[Row], random: Random
) -> None:
    mixed = list(rows)
    random.shuffle(mixed)
    assert costs_in_order(rows) == pytest.approx(costs_in_order(mixed), abs=1e-4)


def costs_in_order(rows: list[Row]) -> list[float]:
    """Of increases that open no sale the age counts alone, not what little they cost."""
    found = candidates(rows)
    costs = weigh(found, POLICY)
    order = in_order(worth(found, costs, NOW, POLICY))
    lost = np.where(costs.opens, costs.lost, 0.0)
    settled = costs.over * costs.stays / (POLICY.patch_lag + POLICY.patience)
    return [float(settled[i] + POLICY.missed_sale * lost[i] + 1e6 * costs.urgent[i]) for i in order]


@given(some_candidates)
def test_expectations_are_never_negative_and_one_listing_never_has_both(found: Candidates) -> None:
    costs = weigh(found, POLICY)
    assert np.all(costs.over >= 0)
    assert np.all(costs.lost >= 0)
    assert not np.any((costs.over > 0) & (costs.lost > 0))


@settings(max_examples=25)
@given(st.integers(1, 12), st.integers(1, 4), st.integers(0, 4))
def test_nobody_starves_while_dearer_listings_keep_coming(old: int, patches: int, sent: int) -> None:
    """An endless crowd of the dearest lowerings, and `old` listings that have waited beyond the bound."""
    crowd: list[Row] = [(0, 50, 0.0, 900.0, False)] * 40
    waiting: list[Row] = [(95, 90, POLICY.longest_wait + 1 + i, 0.1, False) for i in range(old)]
    rounds = 0
    while waiting:
        chosen = plan(candidates([*crowd, *waiting]), Routes(patches, sent), NOW).patches.tolist()
        waiting = [row for place, row in enumerate(waiting) if place + len(crowd) not in chosen]
        sent, rounds = sent + patches, rounds + 1
        assert rounds * patches <= CYCLE * (old + 1) + patches
    assert rounds * patches >= old
