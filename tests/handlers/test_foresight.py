"""Foresight lowers ahead of sales elsewhere, never raises, and knows when it is off."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.demand_model import chance_of
from handlers.foresight import (
    OFF,
    STEPS,
    Foresight,
    eased,
    shown_ahead,
    shown_meanwhile,
    step_of,
    taken_within,
    until_next_turn,
)

AHEAD = Foresight(risk=0.1, lag=60.0)
units = st.integers(0, 500)
rates = st.floats(0, 2)
foresights = st.builds(Foresight, st.floats(0.001, 0.999), st.floats(0, 3600), st.floats(1, 20))


def test_it_is_off_by_default_and_shows_everything() -> None:
    assert not OFF.on
    assert shown_ahead(3, 3, 5.0, OFF) == 3


def test_nothing_is_held_back_where_nobody_else_sells() -> None:
    assert shown_ahead(3, 3, 0.0, AHEAD) == 3


def test_the_last_unit_is_not_shown_where_others_are_likely_to_take_it_first() -> None:
    assert shown_ahead(1, 1, 1 / 30, AHEAD) == 0


def test_a_deep_pool_loses_only_what_others_may_take() -> None:
    shown = shown_ahead(400, 400, 1 / 30, AHEAD)
    assert 380 <= shown < 400


def test_what_a_buffer_keeps_back_already_is_not_kept_back_twice() -> None:
    assert shown_ahead(10, 60, 1 / 30, AHEAD) == 10


@given(units, units, rates, foresights)
def test_it_never_raises_and_never_goes_below_zero(wanted: int, pool: int, rate: float, foresight: Foresight) -> None:
    assert 0 <= shown_ahead(wanted, pool, rate, foresight) <= wanted


@given(units, rates, rates, foresights)
def test_more_sales_elsewhere_never_show_more(pool: int, one: float, other: float, foresight: Foresight) -> None:
    less, more = sorted((one, other))
    assert shown_ahead(pool, pool, more, foresight) <= shown_ahead(pool, pool, less, foresight)


@pytest.mark.parametrize("asked", [0.2, 1.0, 5.0, 30.0])
@pytest.mark.parametrize("order_units", [1.0, 6.0])
@pytest.mark.parametrize("risk", [0.02, 0.1, 0.4])
def test_what_is_held_back_is_the_inverse_of_the_chance(asked: float, order_units: float, risk: float) -> None:
    held = taken_within(asked, order_units, risk)
    more = chance_of(np.array([held + 1.0]), np.array([asked]), np.array([order_units]))[0]
    assert more <= risk + 1e-9
    if held:
        assert chance_of(np.array([held - 1e-6]), np.array([asked]), np.array([order_units]))[0] > risk


def test_a_burst_is_no_pressure_and_what_lasts_is() -> None:
    felt = eased(0.0, 100.0)
    assert felt == 10.0
    for _ in range(60):
        felt = eased(felt, 100.0)
    assert 99 < felt < 100
    assert eased(felt, 0.0) < felt


def test_pressure_counts_in_steps_so_that_what_is_shown_does_not_flap() -> None:
    found = [step_of(seconds) for seconds in (-1.0, 0.0, 0.4, 4.9, 5.0, 59.9, 60.0, 1e9)]
    assert found == [0, 0, 0, 0.5, 5, 15, 60, STEPS[-1]]


def test_without_pressure_no_turn_is_waited_for_and_under_it_the_lag_counts_too() -> None:
    assert until_next_turn(0.0, 10.0) == 0.0
    assert until_next_turn(5.0, 10.0) == 50.0


@given(units, units, rates, foresights, foresights)
def test_pressure_never_shows_more_than_either_look_ahead_alone(
    wanted: int, more: int, rate: float, ahead: Foresight, waiting: Foresight
) -> None:
    pool = wanted + more
    shown = shown_meanwhile(wanted, pool, rate, ahead, waiting)
    assert shown == min(shown_ahead(wanted, pool, rate, ahead), shown_ahead(wanted, pool, rate, waiting))
    assert 0 <= shown <= wanted
