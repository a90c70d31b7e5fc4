"""What happens in a warehouse on an ordinary day, one movement at a time, never below zero."""

import random
from collections.abc import Mapping
from typing import Final

BALANCES: Final = ("available", "allocated", "ordered", "received", "picked", "held")

Movement = tuple[str, dict[str, int]]
"""(kind, delta)."""

MOST: Final = 6
"""Eaches of an ordinary movement; goods in come by the pallet."""

PALLET: Final = 60

_FLOWS: Final = (
    # kind, weight, out of, into
    ("allocated", 50, "available", "allocated"),
    ("picked", 10, "allocated", "picked"),
    ("despatched", 8, "picked", ""),
    ("deallocated", 4, "allocated", "available"),
    ("held", 4, "available", "held"),
    ("released", 4, "held", "available"),
    ("adjusted", 4, "available", ""),
    ("transferred", 2, "available", ""),
    ("adjusted", 3, "", "available"),
    ("undespatched", 1, "", "available"),
)
_WEIGHTS: Final = [flow[1] for flow in _FLOWS]


def next_movement(balance: Mapping[str, int], draw: random.Random) -> Movement:
    """Mostly orders taking stock; goods in, where there is nothing to take and one time in six anyway."""
    kind, _, out_of, into = draw.choices(_FLOWS, _WEIGHTS)[0]
    there = balance[out_of] if out_of else MOST
    if there <= 0 or draw.random() < 1 / 6:
        units = draw.randint(1, PALLET)
        return "received", {"available": units, "received": units}
    units = draw.randint(1, min(there, MOST))
    return kind, {name: change for name, change in ((out_of, -units), (into, units)) if name}
