"""`make bench-freshness [TRACE=folder]`: a table, a curve and plots; the last line holds the figures."""

import argparse
import math
import sys
import time
from pathlib import Path

from tests.bench.freshness import deciding, pictures
from tests.bench.freshness.budgets import PATCH_RATE
from tests.bench.freshness.contest import Days, arena, contest, split
from tests.bench.freshness.curve import Curve, drawn
from tests.bench.freshness.measures import OURS, Cell, Results, over_no_limit, over_trade, table, verdicts
from tests.bench.freshness.trace import DEFAULT, HERE, Trace, TraceFault, load

SKUS, LOADS = (2_500, 20_000, 100_000), (0.5, 1.0, 3.0, 8.0)
HOURS = {0.5: 3.0, 1.0: 3.0, 3.0: 8.0, 8.0: 3.0}
"""Of simulated time: longer where less happens, so that enough goes wrong to be judged."""
CURVE_SKUS, CURVE_LOAD, CURVE_HOURS = 2_500, 3.0, 3.0
PARTS = ("table", "curve", "deciding")


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.freshness", description=__doc__)
    parser.add_argument("--trace", default="", help=f"folder of gzipped day files; default {DEFAULT} if there")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--pictures", default="", help="folder to draw the plots into; default none")
    parser.add_argument("--skus", default=",".join(map(str, SKUS)))
    parser.add_argument("--loads", default=",".join(map(str, LOADS)))
    parser.add_argument("--only", metavar="PART,PART", default=",".join(PARTS), help=f"of {', '.join(PARTS)}")
    parser.add_argument("--tuning", action="store_true", help="play the days that the policy may be tuned on")
    return parser.parse_args()


def main(chosen: argparse.Namespace) -> None:
    begun = time.monotonic()
    trace = _opened(chosen)
    days = split(trace.days, trace.skus, tuning=chosen.tuning)
    parts = chosen.only.split(",")
    rows = _played(days, chosen, begun) if "table" in parts else {}
    curve = _curve(days, chosen.seed, begun) if "curve" in parts else None
    decide, lines = deciding.report(chosen.seed) if "deciding" in parts else (math.nan, [])
    say("\nunits; who showed too much for how long; calls", *table(rows))
    say("\nforesight", *(curve.lines() if curve else []))
    say("\ndeciding", *lines)
    say("\nbars", *(f"  {'kept ' if kept else 'MISSED'} {cell.skus:,} SKUs at {cell.load:g}: {what}"
                     for cell, results in rows.items() for what, kept in verdicts(cell, results)))  # fmt: skip
    if chosen.pictures:
        say("", *(f"drawn: {file}" for file in pictures.draw(Path(chosen.pictures), rows, curve, chosen.seed)))
    say(f"\nafter {time.monotonic() - begun:.0f} s", last_line(rows, curve, decide))


def _opened(chosen: argparse.Namespace) -> Trace:
    try:
        trace = load(chosen.trace, chosen.seed)
    except TraceFault as fault:
        sys.exit(f"the trace cannot be read: {fault}")
    say(f"trace: {trace.source}; seed {chosen.seed}")
    say(f"tuned on {_names(trace, 0)}", f"judged on {_names(trace, 1)}; demand before the run measured on the others")
    return trace


def _names(trace: Trace, first: int) -> str:
    return ", ".join(day.name.removesuffix(".csv.gz") for day in trace.days[first::2])


def _played(days: Days, chosen: argparse.Namespace, begun: float) -> dict[Cell, Results]:
    rows: dict[Cell, Results] = {}
    for skus in map(int, chosen.skus.split(",")):
        for load_ in map(float, chosen.loads.split(",")):
            cell = Cell(skus, load_)
            found = arena(days, cell, HOURS.get(load_, 3.0) * 3600, PATCH_RATE, chosen.seed)
            say(
                f"{skus:,} SKUs, {load_:g} times the patch budget, {len(found.trading.at):,} events in"
                f" {found.trading.size.seconds / 3600:g} h, the shop's time {found.trading.compression:.1f} times"
                f" faster [{time.monotonic() - begun:.0f} s]"
            )
            rows[cell] = contest(found, say)
    return rows


def _curve(days: Days, seed: int, begun: float) -> Curve:
    cell = Cell(CURVE_SKUS, CURVE_LOAD)
    say(f"foresight at {cell.skus:,} SKUs, {cell.load:g} times [{time.monotonic() - begun:.0f} s]")
    return drawn(arena(days, cell, CURVE_HOURS * 3600, PATCH_RATE, seed), say)


def last_line(rows: dict[Cell, Results], curve: Curve | None, decide: float) -> str:
    """The worst cell of each figure."""
    at_3x = [results for cell, results in rows.items() if cell.load == 3.0]
    wait = max((results[OURS].longest_wait for results in rows.values()), default=math.nan)
    ahead, lost = (curve.oversold, curve.lost) if curve else (math.nan, math.nan)
    trade = max(map(over_trade, at_3x), default=math.nan)
    limit = max(map(over_no_limit, at_3x), default=math.nan)
    return (
        f"oversold_over_trade_at_3x={trade:.3f} oversold_over_no_limit_at_3x={limit:.3f}"
        f" oversold_over_no_limit_with_foresight={ahead:.3f} lost_share_with_foresight={lost:.4f}"
        f" longest_wait_s={wait:.0f} decide_ms_100k={decide:.1f}"
    )


def say(*lines: str) -> None:
    print(*lines, sep="\n", flush=True)


if __name__ == "__main__":
    assert (HERE / "Makefile").exists()
    main(options())
