"""One contender's figures in one cell, and the bars that they are judged by."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from tests.bench.freshness.books import Books
from tests.bench.freshness.engine import Channel

TRADE = ("full sync", "fifo", "tiers")
OURS, NO_LIMIT = "ours", "no limit"
LEAST_OVERSOLD = 200
OVER_TRADE, OVER_NO_LIMIT = 0.1, 1.1


class Figures(NamedTuple):
    """Units, seconds and calls of one run."""

    oversold: int
    lost: int
    asked: int
    too_much_p50: float
    too_much_p99: float
    patches: int
    feeds: int
    messages: int
    longest_wait: float


class Cell(NamedTuple):
    skus: int
    load: float
    """Changes a second over what the patch budget carries."""


Results = Mapping[str, Figures]


def figures(books: Books, channel: Channel) -> Figures:
    lasted = np.array(books.too_much_for or [0.0])
    p50, p99 = np.percentile(lasted, [50, 99])
    return Figures(
        books.oversold, books.lost, books.asked, float(p50), float(p99), channel.patches, channel.feeds,
        channel.messages, channel.longest_wait,
    )  # fmt: skip


def best_of_trade(results: Results) -> int:
    return min(results[name].oversold for name in TRADE)


def over_trade(results: Results) -> float:
    return results[OURS].oversold / max(1, best_of_trade(results))


def over_no_limit(results: Results) -> float:
    return results[OURS].oversold / max(1, results[NO_LIMIT].oversold)


def verdicts(cell: Cell, results: Results) -> list[tuple[str, bool]]:
    """Each bar that applies to the cell, and whether it is kept."""
    if cell.load < 1:
        least = best_of_trade(results)
        return [
            (
                f"never worse than the best below 1: {results[OURS].oversold} to {least}",
                results[OURS].oversold <= least,
            )
        ]
    if cell.load < 3:
        return []
    ours, fewest = results[OURS], min(results[name].lost for name in TRADE)
    trade, limit = over_trade(results), over_no_limit(results)
    return [
        (f"{results[NO_LIMIT].oversold} units oversold under no limit", results[NO_LIMIT].oversold >= LEAST_OVERSOLD),
        (f"{trade:.3f} of the best of the trade", trade <= OVER_TRADE),
        (f"{limit:.3f} of no limit", limit <= OVER_NO_LIMIT),
        (f"{ours.lost} units lost, the trade at least {fewest}", ours.lost <= fewest),
    ]


def table(rows: Mapping[Cell, Results]) -> list[str]:
    """The whole table as text that Markdown shows as one."""
    head = (
        "SKUs", "load", "who", "oversold", "lost", "asked", "too much p50 s", "too much p99 s", "patches", "feeds",
        "messages", "longest wait s",
    )  # fmt: skip
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    for cell, results in rows.items():
        lines += [_row(cell, name, one) for name, one in results.items()]
    return lines


def _row(cell: Cell, name: str, one: Figures) -> str:
    values: Sequence[object] = (
        f"{cell.skus:,}", f"{cell.load:g}", name, f"{one.oversold:,}", f"{one.lost:,}", f"{one.asked:,}",
        f"{one.too_much_p50:.0f}", f"{one.too_much_p99:.0f}", f"{one.patches:,}", one.feeds, f"{one.messages:,}",
        f"{one.longest_wait:.0f}",
    )  # fmt: skip
    return "| " + " | ".join(map(str, values)) + " |"
