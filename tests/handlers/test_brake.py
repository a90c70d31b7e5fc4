"""When the brake on mass change goes on."""

from datetime import timedelta

import pytest

from handlers.brake import BrakeRules, Count, Swing, goes_on, look_for, moved_much, needed, swing_of
from tests.controls.stock import AT, later

RULES = BrakeRules(share=10.0, move=50.0, window=timedelta(minutes=15), minimum=20, look=timedelta(seconds=5))


@pytest.mark.parametrize(("listings", "least"), [(0, 20), (100, 20), (200, 20), (201, 21), (8_000, 800)])
def test_it_takes_the_share_of_the_listings_and_never_fewer_than_the_minimum(listings: int, least: int) -> None:
    assert needed(listings, RULES) == least
    assert goes_on(Count(listings, least), RULES)
    assert not goes_on(Count(listings, least - 1), RULES)


def test_a_zero_always_counts_and_another_move_when_it_is_more_than_the_share() -> None:
    assert moved_much(1, 0, RULES)
    assert moved_much(100, 49, RULES) and moved_much(100, 151, RULES)
    assert not moved_much(100, 50, RULES) and not moved_much(100, 150, RULES)


def test_nothing_that_stays_counts() -> None:
    assert not moved_much(0, 0, RULES) and not moved_much(7, 7, RULES)


def test_small_steps_within_the_window_add_up() -> None:
    first = swing_of(None, 100, AT, RULES)
    assert first == Swing(100, AT)
    second = swing_of(first, 70, later(60), RULES)
    assert second is not None and moved_much(second.start, 45, RULES)


def test_a_window_that_is_over_begins_anew_with_what_is_shown() -> None:
    assert swing_of(Swing(100, AT), 70, later(900), RULES) == Swing(70, later(900))


def test_what_was_never_shown_has_nowhere_to_fall_from() -> None:
    assert swing_of(None, None, AT, RULES) is None


def test_an_unexplained_zero_waits_a_moment_and_longer_once_there_are_many() -> None:
    assert look_for(Count(8_000, 1), RULES) == timedelta(seconds=2)
    assert look_for(Count(8_000, 20), RULES) == timedelta(seconds=5)
    off = BrakeRules(look=timedelta(), look_first=timedelta())
    assert look_for(Count(8_000, 700), off) == timedelta()
