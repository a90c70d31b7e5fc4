"""The model, the table and the curve as pictures."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from handlers.foresight import Foresight, shown_ahead
from handlers.next_moves import UNKNOWN, Candidates, Policy, weigh
from tests.bench.freshness.curve import LOST_SHARE, Curve
from tests.bench.freshness.measures import Cell, Results

COLOURS = {
    "no limit": "#7f7f7f", "full sync": "#d62728", "fifo": "#ff7f0e", "tiers": "#9467bd", "ours": "#1f77b4",
}  # fmt: skip


def draw(folder: Path, rows: Mapping[Cell, Results], curve: Curve | None, seed: int) -> list[Path]:
    """What each contender came to, and foresight's bargain."""
    folder.mkdir(parents=True, exist_ok=True)
    files = [model(folder / "publication-model.svg")]
    files += [contenders(folder / "freshness.svg", rows, seed)] if rows else []
    return [*files, foresight(folder / "foresight.svg", curve, seed)] if curve else files


def model(file: Path) -> Path:
    """What it costs to leave a listing showing 40 units too many, by what is left and by how fast it sells."""
    figure = Figure(figsize=(10, 3.8), layout="constrained")
    left, right = figure.subplots(1, 2)
    wanted = np.arange(0, 61)
    for an_hour in (1.0, 10.0, 60.0, 600.0):
        n = len(wanted)
        listings = Candidates(
            wanted, wanted + 40, np.full(n, UNKNOWN), np.zeros(n), np.full(n, an_hour / 3600), np.full(n, UNKNOWN),
            np.zeros(n), np.full(n, 4.0), np.zeros(n, np.bool_),
        )  # fmt: skip
        left.plot(wanted, np.maximum(weigh(listings, Policy()).over, 1e-9), label=f"{an_hour:g} an hour")
    left.axhline(Policy().material, color="#7f7f7f", linestyle=":", linewidth=1)
    left.set(yscale="log", ylim=(1e-7, None), xlabel="units that should be shown (40 more are)")
    left.set(ylabel="expected oversold units", title="over: what waiting costs, by own demand")
    left.legend(fontsize=8)
    others = np.arange(0, 601) / 3600
    for risk in (0.3, 0.1, 0.01):
        held = [10 - shown_ahead(10, 10, rate, Foresight(risk, 22.5, 1.0)) for rate in others]
        right.plot(others * 3600, held, label=f"risk {risk:g}")
    right.set(xlabel="units an hour that others draw", ylabel="units not shown, of 10")
    right.set_title("foresight: held back for sales elsewhere")
    right.legend(fontsize=8)
    return _saved(figure, file)


def contenders(file: Path, rows: Mapping[Cell, Results], seed: int) -> Path:
    counts = sorted({cell.skus for cell in rows})
    figure = Figure(figsize=(4 * len(counts), 6.5), layout="constrained")
    grid = figure.subplots(2, len(counts), squeeze=False, sharex=True)
    for column, skus in enumerate(counts):
        of = {cell.load: results for cell, results in rows.items() if cell.skus == skus}
        _lines(grid[0][column], of, "oversold", f"{skus:,} SKUs")
        _lines(grid[1][column], of, "lost", "")
        grid[1][column].set_xlabel("changes / patch budget")
    grid[0][0].set_ylabel("oversold units")
    grid[1][0].set_ylabel("lost-sale units")
    grid[0][0].legend(fontsize=8)
    figure.suptitle(f"Oversold and lost units by load, seed {seed} (both axes logarithmic)")
    return _saved(figure, file)


def _lines(axes: Axes, of: Mapping[float, Results], figure: str, title: str) -> None:
    loads = sorted(of)
    for name, colour in COLOURS.items():
        values = [max(0.5, getattr(of[load][name], figure)) for load in loads]
        axes.plot(loads, values, marker="o", color=colour, label=name, linewidth=2.5 if name == "ours" else 1.2)
    axes.set(xscale="log", yscale="log", title=title)
    axes.set_xticks(loads, [f"{load:g}" for load in loads])
    axes.minorticks_off()
    axes.grid(alpha=0.3)


def foresight(file: Path, curve: Curve, seed: int) -> Path:
    figure = Figure(figsize=(6, 4), layout="constrained")
    axes: Axes = figure.subplots()
    shares = [100 * curve.share(risk) for risk in curve.points]
    axes.plot(shares, [curve.over(risk) for risk in curve.points], marker="o", color=COLOURS["ours"])
    for risk, share in zip(curve.points, shares, strict=True):
        label = "off" if risk == 0 else f"risk {risk:g}"
        axes.annotate(label, (share, curve.over(risk)), textcoords="offset points", xytext=(6, 4), fontsize=8)
    axes.axhline(1.0, color=COLOURS["no limit"], linestyle="--", linewidth=1)
    axes.axhline(0.5, color="#2ca02c", linestyle=":", linewidth=1)
    axes.axvline(100 * LOST_SHARE, color="#2ca02c", linestyle=":", linewidth=1)
    axes.set(xlabel="lost-sale units, per cent of what was asked for", ylabel="oversold units over no limit")
    axes.set(title=f"What foresight buys, seed {seed}", ylim=(0, None))
    axes.grid(alpha=0.3)
    return _saved(figure, file)


def _saved(figure: Figure, file: Path) -> Path:
    figure.savefig(file, metadata={"Date": None})
    return file
