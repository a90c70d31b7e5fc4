"""Candidates for the policy, from a few words or from hypothesis."""

from collections.abc import Sequence

import numpy as np
from hypothesis import strategies as st

from handlers.next_moves import UNKNOWN, Candidates

NOW = 100_000.0
HOUR = 1 / 3600

Row = tuple[int, int, float, float, bool]
"""Wanted, told, seconds waited, units sold an hour, in a feed."""


def candidates(rows: Sequence[Row], *, pool: Sequence[int] = (), others: Sequence[float] = ()) -> Candidates:
    n = len(rows)
    wanted, told, waited, demand, in_feed = zip(*rows, strict=True) if rows else ((),) * 5
    return Candidates(
        wanted=np.array(wanted, np.int64),
        told=np.array(told, np.int64),
        live=np.full(n, UNKNOWN, np.int64),
        since=NOW - np.array(waited, np.float64),
        demand=np.array(demand, np.float64) * HOUR,
        pool=np.array(pool or [UNKNOWN] * n, np.int64),
        others=np.array(others or [0.0] * n, np.float64) * HOUR,
        order_units=np.ones(n),
        in_feed=np.array(in_feed, np.bool_),
    )


quantities = st.integers(0, 60)
some_rows: st.SearchStrategy[Row] = st.tuples(
    quantities, quantities | st.just(UNKNOWN), st.floats(0, 5000), st.floats(0, 500), st.booleans()
)


def dirty(row: Row) -> bool:
    return row[0] != row[1]


some_candidates: st.SearchStrategy[Candidates] = st.lists(some_rows.filter(dirty), max_size=40).map(candidates)
