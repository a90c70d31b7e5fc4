"""`make bench-edi`: X12 read to purchase orders against ansi-x12, and the memory of an order of 100,000 lines.

Ours: bytes to purchase orders, every envelope check included. The other: its tokens and its envelope parse, no more.
Both read the same bytes, in turn, in processor time of one thread. The last line holds the figures: the ratio is of
all the files, each read once. Each group's own ratio stands above; short files cost us more, because of an order's
head, which is judged, while its lines are few.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import x12 as ansi

from edi.x12.purchase_order import purchase_order
from edi.x12.read import read
from schemas.purchase_order import PurchaseOrder
from tests.bench.edi.orders import pieces
from tests.bench.figures import Figure, last_line, ratios, say
from tests.edi.documents import PROFILE
from tests.edi.samples import files

REPEATED = 100
"""Times that each of the public samples is read in a run, because they are short; one time counts."""


def ours(data: bytes) -> int:
    """Purchase orders taken; those with reasons against them count, too, because they were judged."""
    found = read(data)
    assert not found.faults
    taken = [purchase_order(one, PROFILE) for each in found.interchanges for one in each.accepted]
    return len(taken)


def theirs(data: bytes) -> int:
    interchange = ansi.parse_x12_interchange(ansi.tokenize_x12(data))
    return sum(len(group.transactions) for group in interchange.groups)


def public_orders() -> list[bytes]:
    """The 850 among the public samples that both read, where this machine has them, without byte-order marks."""
    found = []
    for file in files("x12"):
        data = file.read_bytes().removeprefix(b"\xef\xbb\xbf")
        if file.name.startswith("850.") and _both_read(data):
            found.append(data)
    return found


def _both_read(data: bytes) -> bool:
    try:
        return theirs(data) == ours(data) > 0
    except (ansi.X12Error, AssertionError):
        return False


class Corpus(NamedTuple):
    """Files that are read one after the other, `times` over."""

    name: str
    files: list[bytes]
    times: int = 1


def corpora(lines: int) -> list[Corpus]:
    """What is read in each run. The second is the hardest long one: nothing but lines that have to be mapped."""
    found = [
        Corpus(f"an order of {lines} lines, PO1 PID PO4", [b"".join(pieces(lines, described=True))]),
        Corpus(f"an order of {lines} lines, PO1 alone", [b"".join(pieces(lines, described=False))]),
    ]
    assert all(isinstance(_order(one.files[0]), PurchaseOrder) for one in found)
    if samples := public_orders():
        found.append(Corpus(f"{len(samples)} public orders, all of them short", samples, REPEATED))
    return found


def _order(data: bytes) -> object:
    return purchase_order(read(data).interchanges[0].accepted[0], PROFILE)


def seconds(reader: Callable[[bytes], int], corpus: Corpus) -> float:
    """Of reading each file once."""
    began = time.thread_time()
    for _ in range(corpus.times):
        for one in corpus.files:
            reader(one)
    return (time.thread_time() - began) / corpus.times


def speeds(lines: int, runs: int) -> float:
    """Prints what was measured; our speed over the other's on all files together, the median of the runs."""
    found = corpora(lines)
    mine, other = ([list[float]() for _ in found] for _ in range(2))
    for run in range(-1, runs):
        for corpus, ours_took, theirs_took in zip(found, mine, other, strict=True):
            took, took_them = seconds(ours, corpus), seconds(theirs, corpus)
            if run >= 0:
                ours_took.append(took)
                theirs_took.append(took_them)
    for corpus, ours_took, theirs_took in zip(found, mine, other, strict=True):
        segments = sum(len(ansi.tokenize_x12(one)) for one in corpus.files)
        say(corpus.name)
        say(Figure("  ours, to purchase orders", "segments/s", [segments / each for each in ours_took]))
        say(Figure("  ansi-x12, to its envelopes", "segments/s", [segments / each for each in theirs_took]))
        say(_two_digits(ratios(theirs_took, ours_took, "  ours over ansi-x12")))
    sums = [[sum(of_run) for of_run in zip(*took, strict=True)] for took in (other, mine)]
    whole = ratios(sums[0], sums[1], "ours over ansi-x12, all files")
    say(_two_digits(whole))
    return whole.median


def _two_digits(figure: Figure) -> str:
    low, high = min(figure.values), max(figure.values)
    return f"{figure.name:<44} {figure.median:>10.2f} {'':<10} ({low:.2f} to {high:.2f}, {len(figure.values)}x)"


def memory(lines: int, runs: int) -> float:
    """The greatest resident memory of a process that reads an order and answers it, in MB."""
    with tempfile.TemporaryDirectory(prefix="goodsout-bench-") as folder:
        path = Path(folder) / "order.x12"
        with path.open("wb") as file:
            file.writelines(pieces(lines, described=True))
        megabytes = path.stat().st_size / 1_000_000
        say(f"an order of {lines} lines, {megabytes:.1f} MB, read, mapped, answered by 997 and 855")
        told = [_child(path) for _ in range(runs)]
    assert all(read_lines == lines for _, read_lines in told), told
    figure = Figure("  resident memory", "MB", [megabytes for megabytes, _ in told])
    say(figure)
    return figure.median


def _child(path: Path) -> tuple[float, int]:
    command = [sys.executable, "-m", "tests.bench.edi.acknowledged", str(path)]
    megabytes, lines, _ = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    return float(megabytes), int(lines)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.edi", description=__doc__)
    parser.add_argument("--lines", type=int, default=20_000, help="lines of the orders whose reading is timed")
    parser.add_argument("--long", type=int, default=100_000, help="lines of the order whose memory is measured")
    parser.add_argument("--runs", type=int, default=9)
    given = parser.parse_args()
    over = speeds(given.lines, given.runs)
    rss = memory(given.long, 3)
    say(last_line({"x12_read_over_best": over, "rss_100k_lines_mb": rss}))


if __name__ == "__main__":
    main()
