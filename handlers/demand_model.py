"""Demand as the policy sees it: orders that come at random, and what they ask for in a while.

Orders come as a Poisson process and each asks for a random number of units. With rate r units a second, m units
in an average order and a horizon of H seconds, X is what is asked for in H: r H units in r H / m orders. Everything
else needs two figures about X, both as plain formulas so that 100,000 listings cost a few milliseconds:

* `beyond(k)`: E[(X - k)+], the units expected to be asked for beyond the first k;
* `chance_of(k)`: about P(X >= k), the chance that k units are asked for at all.

Both fall as exp(-(sqrt(k/m) - sqrt(rH/m))^2), the Chernoff bound of a compound Poisson sum of exponential sizes.
"""

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]
Integers: TypeAlias = NDArray[np.int64]

DAY = 86_400.0

_BEND = 1.772
"""sqrt(pi): makes `beyond` at the mean 0.56 standard-sized for many orders, and the mean itself for few."""


def per_second(per_day: Sequence[float]) -> Floats:
    """Rates as units per second."""
    found: Floats = np.asarray(per_day, dtype=np.float64) / DAY
    return found


def beyond(units: Floats, asked: Floats, order_units: Floats) -> Floats:
    """Units expected to be asked for beyond the first `units`, when `asked` are expected in all."""
    k, mean = np.maximum(units, 0.0) / order_units, asked / order_units
    spread = mean / (1.0 + _BEND * np.sqrt(mean))
    tail = np.exp(-np.square(np.sqrt(k) - np.sqrt(mean)))
    reached = np.where(k < mean, k / np.maximum(mean, 1e-12), 1.0)
    found: Floats = order_units * (np.maximum(mean - k, 0.0) + spread * reached * tail)
    return found


def chance_of(units: Floats, asked: Floats, order_units: Floats) -> Floats:
    """About the chance that at least `units` are asked for; 1 for none, at most the chance of any order."""
    k, mean = np.maximum(units, 0.0) / order_units, asked / order_units
    short = np.maximum(np.sqrt(k) - np.sqrt(mean), 0.0)
    any_order = -np.expm1(-mean)
    found: Floats = np.where(units <= 0.0, 1.0, any_order * np.exp(-np.square(short)))
    return found
