"""The week as a picture: chargebacks by kind, ours and the usual connector's."""

from collections.abc import Sequence
from pathlib import Path

import matplotlib as mpl
from matplotlib.figure import Figure

from tests.bench.vendor_week.charges import KINDS, SAYS, Charges

mpl.rcParams["svg.hashsalt"] = "goodsout"


def draw_week(file: Path, ours: Charges, usual: Charges, title: str) -> None:
    figure = Figure(figsize=(9, 4.2), layout="constrained")
    axes = figure.add_subplot()
    places = range(len(KINDS))
    for shift, charges, colour, name in (
        (-0.2, usual, "#c0754d", "the usual connector"), (0.2, ours, "#1f5f8b", "goodsout"),
    ):  # fmt: skip
        counts: Sequence[int] = [charges.by_kind[kind] for kind in KINDS]
        bars = axes.barh([place + shift for place in places], counts, height=0.38, color=colour, label=name)
        axes.bar_label(bars, padding=3, fontsize=8)
    axes.set_yticks(list(places), [SAYS[kind] for kind in KINDS], fontsize=9)
    axes.invert_yaxis()
    axes.set_title(f"Chargebacks of a week ({title})", fontsize=10)
    axes.set_xlabel("events")
    axes.margins(x=0.08)
    axes.grid(visible=True, axis="x", alpha=0.3)
    axes.legend(loc="lower right", fontsize=9)
    file.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(file, metadata={"Date": None})
