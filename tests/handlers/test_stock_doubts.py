"""The rules of the stock stream's doubts: how they begin, what ends them, epochs, and a counter that went back."""

import msgspec
import pytest

from handlers.stock_state import (
    GAP,
    NEW_EPOCH,
    PARKED,
    TOO_MANY_HELD,
    WENT_BACK,
    asked,
    doubted,
    may_not_rise,
    needs_asking,
)
from handlers.stock_stream import MAX_HELD, decide
from schemas.terms import CommandId
from tests.controls.stock import (
    ASKED,
    AT,
    RULES,
    after,
    doubt_of,
    in_doubt,
    known,
    later,
    level,
    movement,
    numbers,
    play,
)


def test_doubt_begins_when_it_is_put_and_asks_once() -> None:
    state = doubted(known(10), GAP, later(30))
    assert may_not_rise(state.trouble)
    assert needs_asking(state)
    assert not needs_asking(asked(state, ASKED, later(30)))


def test_doubt_ends_by_a_level_that_carries_the_id_of_the_request() -> None:
    state = after(in_doubt(known(10)), level(10, 90, command_id=ASKED))
    assert (state.balance.available, state.trouble) == (90, None)


def test_doubt_does_not_end_by_a_level_with_another_id() -> None:
    state = after(in_doubt(known(10)), level(10, 90, time=later(21), command_id="ask-0"))
    assert (state.balance.available, doubt_of(state)) == (90, PARKED)


def test_doubt_does_not_end_by_an_answer_below_the_highest_number_seen() -> None:
    state = after(in_doubt(known(10)), movement(14), level(12, 90, command_id=ASKED))
    assert doubt_of(state) == PARKED
    assert state.trouble is not None
    assert state.trouble.command_id == ASKED


def test_doubt_ends_by_the_second_answer_when_the_first_came_from_too_early() -> None:
    early, enough = level(12, 90, command_id=ASKED), level(14, 80, command_id=ASKED)
    state = after(in_doubt(known(10)), movement(14), early, enough)
    assert (state.applied, state.balance.available, state.trouble) == (14, 80, None)


@pytest.mark.parametrize(("seconds", "ends"), [(24.9, False), (25.0, False), (25.1, True)])
def test_doubt_ends_by_any_level_later_than_its_start_plus_the_skew(seconds: float, *, ends: bool) -> None:
    state = after(in_doubt(known(10), at=later(20)), level(11, 90, time=later(seconds)))
    assert (state.trouble is None) is ends


def test_doubt_does_not_end_by_movements() -> None:
    state = after(in_doubt(known(10)), movement(11), movement(12, time=later(100)))
    assert (state.applied, doubt_of(state)) == (12, PARKED)


def test_movements_go_on_being_applied_in_doubt() -> None:
    assert after(in_doubt(known(10, 100)), movement(11, -3)).balance.available == 97


def test_a_new_doubt_makes_the_earlier_request_void() -> None:
    state = doubted(in_doubt(known(10)), PARKED, later(25))
    assert needs_asking(state)
    assert doubt_of(after(state, level(10, 90, time=later(24), command_id=ASKED))) == PARKED


def test_a_lower_epoch_is_stale() -> None:
    [step] = play(known(10, epoch=2), [level(11, 5, epoch=1)])
    assert (step.outcome, step.reason) == ("stale", "old_epoch")


def test_a_higher_epoch_puts_the_sku_in_doubt() -> None:
    [step] = play(known(10), [movement(1, -2, epoch=1)])
    assert (step.outcome, step.doubts, step.state.epoch) == ("held", NEW_EPOCH, 1)
    assert needs_asking(step.state)


def test_movements_of_a_new_epoch_wait_as_in_a_gap_and_their_outflow_counts() -> None:
    state = after(known(10, 100), movement(1, -2, epoch=1), movement(2, -3, epoch=1))
    assert state.trouble is not None
    assert (numbers(state), state.trouble.held_outflow, state.balance.available) == ([1, 2], 5, 100)


def test_the_first_level_of_a_new_epoch_starts_the_counter_anew() -> None:
    state = after(known(10, 100), movement(1, -2, epoch=1), movement(2, -3, epoch=1), level(1, 50, epoch=1))
    assert (state.applied, state.balance.available) == (2, 47)
    assert doubt_of(state) == NEW_EPOCH


def test_a_new_epoch_ends_its_doubt_with_the_level_that_was_asked_for() -> None:
    state = asked(after(known(10, 100), level(0, 50, epoch=1)), ASKED, later(30))
    state = after(state, level(0, 50, epoch=1, time=later(31), command_id=ASKED))
    assert (state.trouble, state.balance.available) == (None, 50)


def test_the_level_that_begins_an_epoch_does_not_end_its_doubt_by_a_clock_ahead_of_ours() -> None:
    [step] = play(known(10, 100), [level(0, 50, epoch=1, time=later(60))], at=later(30))
    assert (step.doubts, doubt_of(step.state)) == (NEW_EPOCH, NEW_EPOCH)


def test_what_waited_in_an_old_epoch_is_dropped_by_the_new_one() -> None:
    assert numbers(after(known(10), movement(12), movement(3, epoch=1))) == [3]


def test_three_stale_numbers_in_a_row_with_newer_time_mean_that_the_counter_went_back() -> None:
    back = [movement(sequence, time=later(50 + sequence)) for sequence in (1, 2, 3)]
    steps = play(known(10), back)
    assert [step.doubts for step in steps] == ["", "", WENT_BACK]
    assert needs_asking(steps[-1].state)


def test_two_stale_numbers_with_newer_time_are_only_a_suspicion_and_hold_nothing_back() -> None:
    state = after(known(10), movement(1, time=later(51)), movement(2, time=later(52)))
    assert not may_not_rise(state.trouble)


@pytest.mark.parametrize("proof", [movement(11), level(11, 90), movement(13)])
def test_a_number_above_the_last_ends_the_row_of_suspicions(proof: object) -> None:
    back = [movement(sequence, time=later(50 + sequence)) for sequence in (1, 2, 3)]
    assert isinstance(proof, type(back[0]))
    steps = play(known(10), [back[0], back[1], proof, back[2]])
    assert WENT_BACK not in [step.doubts for step in steps]


def test_stale_numbers_with_old_times_are_never_suspicious() -> None:
    steps = play(known(10), [movement(sequence) for sequence in range(1, 10)])
    assert {step.doubts for step in steps} == {""}
    assert steps[-1].state.trouble is None


def test_after_the_counter_went_back_the_requested_level_is_applied_whatever_its_number() -> None:
    state = asked(doubted(known(10, 100), WENT_BACK, later(60)), ASKED, later(60))
    state = after(state, level(4, 70, time=later(61), command_id=ASKED), movement(5, -1, time=later(62)))
    assert (state.applied, state.balance.available, state.trouble) == (5, 69, None)


def test_after_the_counter_went_back_no_other_level_below_the_last_is_applied() -> None:
    state = asked(doubted(known(10, 100), WENT_BACK, later(60)), ASKED, later(60))
    state = after(state, level(4, 70, time=later(61)))
    assert (state.applied, state.balance.available, doubt_of(state)) == (10, 100, WENT_BACK)


def test_what_waited_above_the_level_that_starts_the_counter_anew_is_asked_for_again() -> None:
    waiting = after(known(10, 100), movement(13, -3))
    state = asked(doubted(waiting, WENT_BACK, later(60)), ASKED, later(60))
    step = play(state, [level(11, 70, time=later(61), command_id=ASKED)])[0]
    assert (step.dropped, step.state.applied, needs_asking(step.state)) == (1, 11, True)
    settled = after(asked(step.state, ASKED, later(62)), level(13, 60, time=later(63), command_id=ASKED))
    assert (settled.applied, settled.balance.available, settled.trouble) == (13, 60, None)


def test_a_counter_that_went_back_is_not_forgotten_for_a_later_doubt() -> None:
    state = doubted(doubted(known(10, 100), WENT_BACK, later(60)), PARKED, later(61))
    state = after(asked(state, ASKED, later(61)), level(4, 70, time=later(62), command_id=ASKED))
    assert (state.applied, state.balance.available, state.trouble) == (4, 70, None)


def test_too_many_movements_behind_one_gap_are_doubt_at_once() -> None:
    full = msgspec.structs.replace(
        known(10), held=tuple(movement(12 + place) for place in range(MAX_HELD)), trouble=None
    )
    [step] = play(full, [movement(12 + MAX_HELD)])
    assert (step.doubts, len(step.state.held)) == (TOO_MANY_HELD, MAX_HELD)
    assert step.state.trouble is not None
    assert step.state.trouble.highest_seen == 12 + MAX_HELD


def test_a_crowded_gap_ends_by_the_level_that_was_asked_for_at_the_highest_number() -> None:
    held = tuple(movement(12 + place) for place in range(MAX_HELD))
    crowded = after(msgspec.structs.replace(known(10), held=held), movement(12 + MAX_HELD))
    answer = level(12 + MAX_HELD, 33, command_id=ASKED)
    state = decide(asked(crowded, ASKED, later(30)), answer, answer.time, RULES).state
    assert (state.trouble, state.held, state.balance.available) == (None, (), 33)


def test_a_redelivered_answer_is_stale_once_doubt_has_ended() -> None:
    answer = level(10, 90, command_id=ASKED)
    steps = play(in_doubt(known(10)), [answer, movement(11), answer])
    assert [step.outcome for step in steps] == ["applied", "applied", "stale"]
    assert CommandId(ASKED) == answer.command_id


def test_a_level_of_an_older_epoch_is_stale() -> None:
    [step] = play(known(10, 100, epoch=2), [level(12, 40, epoch=1)])
    assert (step.outcome, step.reason, step.state.balance.available) == ("stale", "old_epoch", 100)


def test_the_answer_to_our_own_request_takes_back_an_epoch_that_was_never_true() -> None:
    [garbled] = play(known(10, 100), [movement(11, -3, epoch=2**61)])
    asking = asked(garbled.state, CommandId("ask-1"), AT)
    [step] = play(asking, [level(11, 40, epoch=0, command_id="ask-1")])
    assert (step.outcome, step.state.epoch, step.state.balance.available) == ("applied", 0, 40)
    assert step.state.trouble is None
