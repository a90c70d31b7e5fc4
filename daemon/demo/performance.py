"""One performance of the demo, from an empty folder to the verdict."""

import asyncio
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from daemon.demo.house import demo_folder, opened_house
from daemon.demo.look import Eyes
from daemon.demo.script import Show
from daemon.demo.stage import Stage
from daemon.demo.summary import summarise, verdict_line
from daemon.demo.timeline import Timeline
from daemon.demo.until import stop_on_signals
from daemon.demo.verdict import judge
from daemon.demo.view import view_for
from daemon.log import JsonLines, Redaction
from daemon.store.embedded import NoPrivatePostgres

HELD, BROKEN = 0, 1
PIPE_WIDTH = 120


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was asked for. `seconds` from the opening levels to the closing ones."""

    seed: int
    seconds: float = 60.0
    skus: int = 200
    plain: bool = False
    keep: Path | None = None


async def perform(wanted: Wanted, console: Console) -> int:
    """Run the demo; returns the exit status."""
    stop = asyncio.Event()
    stop_on_signals(stop)
    with demo_folder(wanted.keep) as folder, _logging_to(folder / "goodsout.log"):
        console.print(f"goodsout demo, seed {wanted.seed}: a private PostgreSQL, the simulators and the daemon ...")
        try:
            return await _played(wanted, folder, console, stop)
        except NoPrivatePostgres as fault:
            console.print(str(fault), markup=False)
            return BROKEN
        except Exception as fault:
            console.print(f"the demo broke: {fault}", markup=False)
            console.print(_last_words(folder / "goodsout.log"), markup=False, soft_wrap=True)
            return BROKEN


async def _played(wanted: Wanted, folder: Path, console: Console, stop: asyncio.Event) -> int:
    async with opened_house(folder, wanted.seed, wanted.skus, stop) as house:
        timeline = Timeline()
        title = f"goodsout demo | seed {wanted.seed}"
        view = view_for(console, timeline, title, wanted.seconds, plain=wanted.plain)
        timeline.told = view.note
        with view:
            show = Show(Stage(house, timeline), Eyes(house), wanted.seconds, stop, view.show)
            seen = await show.play()
        finished = not show.interrupted
        proofs = judge(house, timeline, seen, finished=finished)
    summarise(console, house, timeline, seen, proofs, wanted.keep)
    console.print(f"\n{verdict_line(proofs, finished=finished, seed=wanted.seed)}", markup=False, soft_wrap=True)
    return HELD if all(proof.held for proof in proofs) else BROKEN


@contextmanager
def _logging_to(file: Path) -> Iterator[None]:
    """The daemon's log must not run through the picture."""
    handler, root = logging.FileHandler(file), logging.getLogger()
    handler.addFilter(Redaction())
    handler.setFormatter(JsonLines())
    before = root.handlers, root.level
    root.handlers, root.level = [handler], logging.INFO
    try:
        yield
    finally:
        root.handlers, root.level = before
        handler.close()


def _last_words(file: Path) -> str:
    with suppress(OSError):
        return "\n".join(file.read_text().splitlines()[-10:])
    return ""


def console_for() -> Console:
    """Of the terminal; a file or a pipe gets lines of a comfortable width."""
    return Console() if sys.stdout.isatty() else Console(width=PIPE_WIDTH)
