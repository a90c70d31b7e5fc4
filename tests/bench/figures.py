"""Figures of repeated runs: medians and spreads, and the one line that a reader compares."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, slots=True)
class Figure:
    """Several measurements of one thing."""

    name: str
    unit: str
    values: Sequence[float]

    @property
    def median(self) -> float:
        return median(self.values)

    def __str__(self) -> str:
        low, high = min(self.values), max(self.values)
        return f"{self.name:<44} {self.median:>10.1f} {self.unit:<10} ({low:.1f} to {high:.1f}, {len(self.values)}x)"


def ratios(above: Sequence[float], below: Sequence[float], name: str) -> Figure:
    """Pair by pair, so that a machine whose speed drifts does not matter."""
    return Figure(name, "", [a / b for a, b in zip(above, below, strict=True)])


def percentile(values: Sequence[float], part: float) -> float:
    """The value that `part` (0 to 1) of the samples do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))]


def last_line(figures: dict[str, float]) -> str:
    return " ".join(f"{name}={value:.2f}" for name, value in figures.items())


def say(text: object) -> None:
    print(text, flush=True)
