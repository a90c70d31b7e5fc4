"""The plain formulas stay near the exact expectations of random orders."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.demand_model import beyond, chance_of, per_second


def at(*values: float) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    return np.array(values, np.float64)


def exact(units: float, orders: float) -> tuple[float, float]:
    """(E[(X - units)+], P(X >= units)) for Poisson orders of exponential sizes with mean 1, by summing the series."""
    over, chance, weight = 0.0, 0.0, math.exp(-orders)
    tail, term = 0.0, math.exp(-units)
    for n in range(1, 400):
        weight *= orders / n
        tail += term
        over += weight * (n * (tail + term * units / n) - units * tail)
        chance += weight * tail
        term *= units / n
    return over, chance


def test_rates_a_day_become_rates_a_second() -> None:
    assert per_second([86_400.0, 0.0]).tolist() == [1.0, 0.0]


@pytest.mark.parametrize("orders", [0.001, 0.05, 0.5, 2.0, 10.0, 40.0])
@pytest.mark.parametrize("units", [0.2, 1.0, 3.0, 8.0, 30.0])
def test_units_beyond_are_near_the_exact_figure_and_err_upwards(units: float, orders: float) -> None:
    found, (true, _) = float(beyond(at(units), at(orders), at(1.0))[0]), exact(units, orders)
    assert found >= 0.65 * true
    assert found <= 10 * true + 0.001


@pytest.mark.parametrize("orders", [0.001, 0.05, 0.5, 2.0, 10.0])
@pytest.mark.parametrize("units", [0.2, 1.0, 3.0, 8.0, 30.0])
def test_the_chance_is_an_upper_bound_that_is_not_idle(units: float, orders: float) -> None:
    found, (_, true) = float(chance_of(at(units), at(orders), at(1.0))[0]), exact(units, orders)
    assert found >= true * 0.999
    assert found <= 10 * true + 0.001


amounts = st.floats(0, 500)


@given(amounts, amounts, st.floats(0, 200), st.floats(1, 30))
def test_more_stock_never_means_more_units_beyond_it(one: float, other: float, asked: float, order: float) -> None:
    less, more = sorted((one, other))
    found = beyond(at(less, more), at(asked, asked), at(order, order))
    assert found[0] >= found[1] - 1e-9
    assert found[0] <= asked + 1e-9


@given(amounts, amounts, amounts)
def test_the_chance_falls_with_the_units_and_rises_with_what_is_asked(units: float, one: float, other: float) -> None:
    less, more = sorted((one, other))
    found = chance_of(at(units, units, units + 1), at(less, more, less), at(1, 1, 1))
    assert 0 <= found[2] <= found[0] <= found[1] <= 1


def test_beyond_nothing_is_all_that_is_asked_for() -> None:
    assert beyond(at(0), at(7.5), at(2)) == pytest.approx(at(7.5))
    assert chance_of(at(0), at(0), at(1)) == at(1)
