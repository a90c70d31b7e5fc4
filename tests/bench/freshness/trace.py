"""What was sold when: gzipped day files of a real shop, or a seeded generator where there are none."""

import csv
import gzip
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import numpy as np

from handlers.demand_model import Floats, Integers

HERE = Path(__file__).resolve().parents[3]
DEFAULT = HERE.parent / "shared/data/online-retail"
GENERATED_DAYS, GENERATED_SKUS, GENERATED_LINES = 10, 2500, 2800


class TraceFault(Exception):
    """The trace cannot be read: which file, and why."""


class Day(NamedTuple):
    """A trading day's order lines: seconds after the first, SKU number, units."""

    name: str
    at: Floats
    sku: Integers
    units: Integers


@dataclass(frozen=True)
class Trace:
    """Days in order, and where they are from."""

    source: str
    days: tuple[Day, ...]
    skus: int


def load(folder: str | None, seed: int) -> Trace:
    """The folder named, else the default one, else a generated shop. TraceFault when a file cannot be read."""
    if folder:
        return read(Path(folder))
    return read(DEFAULT) if DEFAULT.is_dir() else generate(seed)


def read(folder: Path) -> Trace:
    files = sorted(folder.glob("*.csv.gz"))
    if not files:
        raise TraceFault(f"{folder}: no *.csv.gz day files in it; name a folder of them with TRACE=folder")
    numbers: dict[str, int] = {}
    days = tuple(_day(file, numbers) for file in files)
    return Trace(f"{folder} ({len(days)} days, {len(numbers)} SKUs)", days, len(numbers))


def _day(file: Path, numbers: dict[str, int]) -> Day:
    try:
        with gzip.open(file, "rt", encoding="utf-8", newline="") as text:
            rows = [_line(row, numbers) for row in csv.DictReader(text) if not row["InvoiceNo"].startswith("C")]
    except (OSError, EOFError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise TraceFault(f"{file}: {error!r}; expected InvoiceNo, StockCode, Quantity, InvoiceDate") from error
    rows = sorted(row for row in rows if row[2] > 0)
    if not rows:
        raise TraceFault(f"{file}: not one sale in it")
    at, sku, units = (np.array(column) for column in zip(*rows, strict=True))
    return Day(file.name, at - at[0], sku.astype(np.int64), units.astype(np.int64))


def _line(row: dict[str, str], numbers: dict[str, int]) -> tuple[float, int, int]:
    sku = numbers.setdefault(row["StockCode"], len(numbers))
    at = datetime.fromisoformat(row["InvoiceDate"]).replace(tzinfo=UTC)
    return at.timestamp(), sku, int(row["Quantity"])


def generate(seed: int) -> Trace:
    """A shop like the real one: few SKUs sell much, most sell little, orders of a few units, some of dozens."""
    random = np.random.default_rng(seed)
    weight = random.pareto(1.1, GENERATED_SKUS) + 0.2
    days = tuple(_generated(random, weight / weight.sum(), number) for number in range(GENERATED_DAYS))
    return Trace(f"generated, seed {seed} ({GENERATED_DAYS} days, {GENERATED_SKUS} SKUs)", days, GENERATED_SKUS)


def _generated(random: np.random.Generator, weight: Floats, number: int) -> Day:
    at = np.sort(random.beta(2.2, 2.4, GENERATED_LINES)) * 36_000.0
    sku = random.choice(GENERATED_SKUS, GENERATED_LINES, p=weight)
    units = np.minimum(np.ceil(random.lognormal(1.3, 1.1, GENERATED_LINES)), 600).astype(np.int64)
    return Day(f"generated-{number:02d}", at - at[0], sku, units)
