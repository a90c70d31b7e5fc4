"""The day as a picture: the share of listings that are true, at every quarter of an hour."""

from collections.abc import Sequence
from pathlib import Path

import matplotlib as mpl
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

mpl.rcParams["svg.hashsalt"] = "goodsout"


def draw_day(file: Path, marks: Sequence[tuple[float, float]], title: str) -> None:
    """`marks`: hour of the day and share of listings (0 to 1) that show what the warehouse has."""
    figure = Figure(figsize=(9, 3.6), layout="constrained")
    axes = figure.add_subplot()
    hours, shares = [hour for hour, _ in marks], [share for _, share in marks]
    axes.plot(hours, shares, marker="o", markersize=3, linewidth=1, color="#1f5f8b")
    axes.set_title(f"Listings that show what the warehouse has ({title})", fontsize=10)
    axes.set_xlabel("hour of the day")
    axes.set_xlim(0, 24)
    axes.set_xticks(range(0, 25, 3))
    axes.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=1))
    axes.set_ylim(min(0.95, *shares) - 0.002, 1.001)
    axes.grid(visible=True, alpha=0.3)
    file.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(file, metadata={"Date": None})
