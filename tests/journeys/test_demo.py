"""The demo itself: it ends by itself, says what happened, leaves nothing behind, and its verdict is able to fail."""

import asyncio
import io
import os
import re
import shutil
import signal
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import psutil
import pytest
from rich.console import Console

from daemon.demo import performance, script
from daemon.demo.house import House
from daemon.demo.look import Parcels, Seen, Shelf
from daemon.demo.offers import SELLERS, Offer
from daemon.demo.performance import Wanted, perform
from daemon.demo.road import StreamReader
from daemon.demo.timeline import Episode, Timeline
from daemon.demo.verdict import Proof, judge
from daemon.demo.view import Screen
from schemas.outgoing import StockEntry
from tests.journeys.rig import PATIENCE

ROOT = Path(__file__).parents[2]


@pytest.fixture
def bare_folder() -> Iterator[Path]:
    """For temporary files; as root, PostgreSQL's account must get through, which pytest's own folders forbid."""
    folder = Path(tempfile.mkdtemp(prefix="goodsout-test-", dir="/tmp"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@asynccontextmanager
async def command(folder: Path, *options: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """`goodsout demo` as a stranger runs it, its output in a pipe."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "daemon", "demo", "--seed", "7", *options,
        cwd=ROOT, env={**os.environ, "TMPDIR": str(folder)}, stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


def processes_in(folder: Path) -> list[str]:
    """Command lines of what still runs out of a folder."""
    lines = list[str]()
    for process in psutil.process_iter():
        try:
            lines.append(" ".join(process.cmdline()))
        except psutil.Error:
            continue
    return [line for line in lines if str(folder) in line]


async def printed_until(process: asyncio.subprocess.Process, words: str, within: float) -> None:
    assert process.stdout is not None
    async with asyncio.timeout(within):
        while line := await process.stdout.readline():
            if words in line.decode():
                return
    raise AssertionError(f"the demo ended without saying {words!r}")


@pytest.mark.long
async def test_the_demo_ends_by_itself_with_its_promises_held_and_leaves_nothing(bare_folder: Path) -> None:
    async with command(bare_folder, "--seconds", "14", "--skus", "24") as process:
        said = (await asyncio.wait_for(process.communicate(), 110 * PATIENCE))[0].decode()
    assert process.returncode == 0, said
    assert "The promises held: 10 of 10. Seed 7." in said
    for title in ("What happened", "Faults injected, and how each ended", "What was proven", "Where to look next"):
        assert title in said
    assert len(re.findall(r"^\s+held ", said, re.MULTILINE)) == 10
    assert "BROKEN" not in said
    assert list(bare_folder.iterdir()) == []
    assert processes_in(bare_folder) == []


@pytest.mark.long
async def test_an_interrupt_ends_the_demo_at_once_and_leaves_nothing(bare_folder: Path) -> None:
    async with command(bare_folder, "--skus", "24") as process:
        await printed_until(process, "trading", 60 * PATIENCE)
        process.send_signal(signal.SIGINT)
        said = (await asyncio.wait_for(process.communicate(), 15 * PATIENCE))[0].decode()
    assert process.returncode == 0, said
    assert "stopped early" in said
    assert list(bare_folder.iterdir()) == []
    assert processes_in(bare_folder) == []


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """A demo without faults, over in seconds."""
    monkeypatch.setattr(script, "SCENES", ())
    monkeypatch.setattr(script, "LEAST_TRADE", 1.5)


@pytest.mark.long
@pytest.mark.usefixtures("short")
async def test_one_wrong_quantity_at_the_channel_fails_the_demo(monkeypatch: pytest.MonkeyPatch) -> None:
    def tampered(house: House, timeline: Timeline, seen: Seen, *, finished: bool) -> list[Proof]:
        offer = house.offers[0]
        listing = house.amazon.world.sellers[SELLERS[offer.seller]].listing(offer.seller_sku)
        listing.live = (listing.live or 0) + 1
        return judge(house, timeline, seen, finished=finished)

    monkeypatch.setattr(performance, "judge", tampered)
    out = io.StringIO()
    status = await perform(Wanted(seed=3, seconds=1, skus=12, plain=True), Console(file=out, width=120))
    assert status == 1, out.getvalue()
    assert "BROKEN  what Amazon shows equals the warehouse's true balance (11 of 12 listings)" in out.getvalue()
    assert "FAILED: 1 of 10 promises did not hold; again with: goodsout demo --seed 3" in out.getvalue()


def entry(number: int) -> StockEntry:
    from datetime import UTC, datetime

    from schemas.terms import Account, Sku, Warehouse

    at = datetime(2026, 1, 5, tzinfo=UTC)
    return StockEntry(
        Account("acme"), Warehouse("W1"), Sku("A"), number, str(number), 0, "level", "e", at, 1, 0, 0, 0, 0, 0
    )  # fmt: skip


def test_the_stream_reader_drops_repeats_and_tells_a_jump() -> None:
    reader = StreamReader()
    for number in (1, 2, 2, 1, 3):
        reader.note(entry(number))
    assert (reader.entries, reader.jumps) == (3, [])
    reader.note(entry(5))
    assert reader.jumps == ["A: 3 then 5"]


@pytest.mark.parametrize(
    ("available", "buffer", "pack", "shown"), [(100, 5, 12, 7), (4, 5, 1, 0), (12, 0, 12, 1), (11, 0, 12, 0)]
)
def test_what_an_offer_must_show_is_whole_packs_after_the_buffer(
    available: int, buffer: int, pack: int, shown: int
) -> None:
    assert Offer("home", "A", "A", pack, buffer, 2).shows(available) == shown


def look(at: float) -> Seen:
    return Seen(
        at=at, shelves={name: Shelf(64, 2, 1) for name in SELLERS}, parcels=Parcels(5, 4, 1, (0.02, 0.05)),
        calls={("patchListingsItem", "home"): 4.8}, own_excess=0, injected_throttles=2, alerts=[], alerts_resolved=3,
        figures={"parked": 7}, unknown={}, effects=[], troubled=frozenset(),
    )  # fmt: skip


@pytest.mark.parametrize("size", [(80, 24), (100, 30), (200, 60)])
def test_the_screen_fills_the_terminal_exactly_however_many_faults_there_are(size: tuple[int, int]) -> None:
    console = Console(file=io.StringIO(), width=size[0], height=size[1], force_terminal=True, color_system=None)
    timeline = Timeline([Episode(float(n), f"fault {n} " + "x" * 90, lambda _: None) for n in range(40)])
    with console.capture() as captured:
        console.print(Screen(console, timeline, "goodsout demo", 60.0).drawn(look(12.0), "trading"), end="")
    lines = captured.get().splitlines()
    assert len(lines) == size[1]
    assert {len(line) for line in lines} == {size[0]}
    assert "fault 39" in captured.get()
