"""The rules of the ordered stock stream, one by one, as the bus contract gives them: numbers, gaps and levels."""

import pytest

from handlers.stock_state import StockState, may_not_rise, needs_asking
from handlers.stock_stream import decide
from tests.controls.stock import AT, RULES, SOURCE, after, doubt_of, known, later, level, movement, numbers, play

NEVER_HEARD_OF = StockState(SOURCE, applied=None)


def test_the_next_movement_is_applied() -> None:
    [step] = play(known(10, 100), [movement(11, -3)])
    assert (step.outcome, step.state.applied, step.state.balance.available) == ("applied", 11, 97)


def test_a_movement_may_lead_below_zero_because_deltas_are_added_as_given() -> None:
    assert after(known(10, 1), movement(11, -3)).balance.available == -2


@pytest.mark.parametrize("sequence", [10, 9, 0])
def test_a_movement_at_or_below_the_last_is_stale_and_changes_nothing(sequence: int) -> None:
    state = known(10)
    [step] = play(state, [movement(sequence, -3)])
    assert (step.outcome, step.reason, step.applied) == ("stale", "old_number", ())
    assert step.state == state


def test_a_movement_that_was_delivered_twice_is_applied_once() -> None:
    twice = play(known(10, 100), [movement(11, -3), movement(11, -3)])
    assert [step.outcome for step in twice] == ["applied", "stale"]
    assert twice[-1].state.balance.available == 97


def test_a_movement_beyond_the_next_is_held_and_opens_a_gap() -> None:
    [step] = play(known(10, 100), [movement(13, -3)], at=later(14))
    assert (step.outcome, step.reason, step.applied) == ("held", "gap", ())
    assert step.state.trouble is not None
    assert (step.state.trouble.gap_since, step.state.trouble.highest_seen) == (later(14), 13)
    assert (step.state.balance.available, step.state.applied) == (100, 10)


def test_outflows_behind_a_gap_count_at_once_and_inflows_do_not() -> None:
    state = after(known(10), movement(12, -3), movement(14, 50), movement(15, -4))
    assert state.trouble is not None
    assert state.trouble.held_outflow == 7


def test_a_held_movement_that_comes_again_counts_once() -> None:
    state = after(known(10), movement(12, -3), movement(12, -3))
    assert state.trouble is not None
    assert (numbers(state), state.trouble.held_outflow) == ([12], 3)


def test_what_was_held_is_applied_in_order_once_the_missing_number_comes() -> None:
    steps = play(known(10, 100), [movement(13, -4), movement(12, -2), movement(11, -1)])
    assert [entry.message.sequence for entry in steps[-1].applied] == [11, 12, 13]
    assert [entry.balance.available for entry in steps[-1].applied] == [99, 97, 93]
    assert steps[-1].state.trouble is None


def test_a_gap_lasts_while_any_number_up_to_the_highest_seen_is_missing() -> None:
    state = after(known(10), movement(12), movement(14), movement(11))
    assert (state.applied, numbers(state)) == (12, [14])
    assert may_not_rise(state.trouble)
    assert not may_not_rise(after(state, movement(13)).trouble)


def test_a_gap_alone_is_no_doubt_and_asks_for_nothing() -> None:
    state = after(known(10), movement(12))
    assert may_not_rise(state.trouble)
    assert not needs_asking(state)


def test_a_level_above_the_last_is_applied_whatever_it_skips() -> None:
    state = after(known(10, 100), level(15, 60))
    assert (state.applied, state.balance.available, state.trouble) == (15, 60, None)


def test_a_level_below_the_last_is_stale() -> None:
    [step] = play(known(10, 100), [level(9, 60)])
    assert (step.outcome, step.state.balance.available) == ("stale", 100)


def test_a_level_at_the_last_is_applied_when_it_is_newer_than_the_last_level() -> None:
    state = after(known(10, 100), level(10, 60, time=later(11)))
    assert (state.applied, state.balance.available) == (10, 60)


@pytest.mark.parametrize("seconds", [10.5, 5.0])
def test_a_level_at_the_last_is_stale_when_it_is_not_newer_than_the_last_level(seconds: float) -> None:
    [step] = play(known(10, 100), [level(10, 60, time=later(seconds))])
    assert (step.outcome, step.state.balance.available) == ("stale", 100)


def test_a_level_takes_no_number_beside_movements() -> None:
    state = after(known(10, 100), movement(11, -1), level(11, 99), movement(12, -1))
    assert (state.applied, state.balance.available, state.trouble) == (12, 98, None)


def test_levels_alone_have_no_gaps() -> None:
    steps = play(known(10, 100), [level(11, 90), level(15, 80), level(13, 85)])
    assert [step.outcome for step in steps] == ["applied", "applied", "stale"]
    assert (steps[-1].state.balance.available, steps[-1].state.trouble) == (80, None)


def test_held_movements_that_a_level_includes_are_dropped_and_counted() -> None:
    step = play(known(10, 100), [movement(12, -1), movement(13, -1), level(13, 70)])[-1]
    assert (step.dropped, numbers(step.state), step.state.balance.available) == (2, [], 70)
    assert step.state.trouble is None


def test_held_movements_that_follow_on_from_a_level_are_applied() -> None:
    step = play(known(10, 100), [movement(12, -1), movement(14, -5), level(13, 70)])[-1]
    assert [entry.balance.available for entry in step.applied] == [70, 65]
    assert (step.dropped, step.state.applied, step.state.trouble) == (1, 14, None)


def test_a_level_short_of_the_highest_seen_leaves_the_gap_open() -> None:
    state = after(known(10, 100), movement(15, -5), level(12, 70))
    assert may_not_rise(state.trouble)
    assert state.trouble is not None
    assert (state.applied, numbers(state), state.trouble.held_outflow) == (12, [15], 5)


def test_a_sku_that_was_never_heard_of_waits_for_its_first_level() -> None:
    state = after(NEVER_HEARD_OF, movement(5, -2))
    assert (numbers(state), state.applied) == ([5], None)
    state = after(state, level(4, 50))
    assert (state.applied, state.balance.available, state.trouble) == (5, 48, None)


def test_a_message_of_a_second_source_is_refused_and_doubted() -> None:
    [step] = play(known(10, 100), [movement(11, -3, source="/other")])
    assert (step.outcome, step.reason, step.state.balance.available) == ("refused", "second_source", 100)
    assert needs_asking(step.state)


def test_a_message_from_the_far_future_is_refused_and_doubted() -> None:
    step = decide(known(10), level(11, 5, time=AT + RULES.ahead * 2), AT, RULES)
    assert (step.outcome, step.reason, step.state.applied) == ("refused", "absurd_time", 10)
    assert needs_asking(step.state)


def test_every_applied_message_takes_our_next_number_and_nothing_else_does() -> None:
    steps = play(known(10), [movement(12), movement(9), level(11, 5), movement(11), movement(13)])
    assert [entry.number for step in steps for entry in step.applied] == [2, 3, 4]
    assert steps[-1].state.number == 4


def test_a_movement_whose_number_leaps_beyond_belief_is_refused_and_doubted() -> None:
    [step] = play(known(10, 100), [movement(2**61, -3, time=AT)])
    assert (step.outcome, step.reason, doubt_of(step.state)) == ("refused", "absurd_jump", "absurd_jump")
    assert step.state.trouble is not None
    assert step.state.trouble.highest_seen == 10
