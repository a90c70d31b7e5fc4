"""How long the policy takes to decide, on one core, and how that grows."""

import time

import numpy as np

from handlers.next_moves import UNKNOWN, Candidates, Policy, Routes, plan

COUNTS = (12_500, 25_000, 50_000, 100_000, 200_000, 400_000)
RUNS = 15


def candidates(n: int, seed: int) -> Candidates:
    """Dirty listings of every kind: near zero and deep, known and never told, some in a feed."""
    random = np.random.default_rng([seed, n])
    wanted = np.floor(random.lognormal(3.0, 1.5, n)).astype(np.int64)
    told = np.maximum(wanted + random.integers(-30, 31, n), UNKNOWN)
    return Candidates(
        wanted, told, np.full(n, UNKNOWN, np.int64), random.uniform(0.0, 1200.0, n), random.exponential(1e-3, n),
        wanted + random.integers(0, 20, n), random.exponential(1e-3, n), 1.0 + random.exponential(4.0, n),
        random.random(n) < 0.1,
    )  # fmt: skip


def milliseconds(n: int, seed: int, *, feed: bool) -> float:
    """The median of some rounds. With `feed`, the round also fills a feed."""
    found, routes = candidates(n, seed), Routes(3, feeds=5 if feed else 0)
    return float(np.median([_timed(found, routes) for _ in range(RUNS)])) * 1000


def _timed(found: Candidates, routes: Routes) -> float:
    begun = time.process_time()
    plan(found, routes, 1200.0, Policy())
    return time.process_time() - begun


def report(seed: int) -> tuple[float, list[str]]:
    """Milliseconds for 100,000, the dearer of the two kinds of round, and a line per count."""
    found = {n: (milliseconds(n, seed, feed=False), milliseconds(n, seed, feed=True)) for n in COUNTS}
    lines = [
        f"  {n:>7,} dirty listings: {patch:6.1f} ms a round, {feed:6.1f} ms with a feed,"
        f" {max(patch, feed) * 1e6 / (n * np.log2(n)):5.1f} ns per n log2 n"
        for n, (patch, feed) in found.items()
    ]
    return max(found[100_000]), lines
