"""`goodsout demo`"""

import random
from pathlib import Path

import click

from daemon.commands.context import async_command


@click.command(
    epilog="""\b
Examples:
  goodsout demo
  goodsout demo --seed 7 --keep /tmp/house
  goodsout demo --plain | tee demo.log

\b
It exits with 0 if the promises held, and 1 if one of them did not; the summary says which, and the seed plays the
same again. It needs no configuration, no network and no rights. Ctrl-C ends it at once and leaves nothing behind.
"""
)
@click.option("--seed", type=click.IntRange(0), help="What happens follows from it. Default: a new one, printed.")
@click.option("--seconds", type=click.FloatRange(10, 600), default=60.0, show_default=True, help="Of trading.")
@click.option("--skus", type=click.IntRange(12, 2000), default=200, show_default=True, help="Listings at Amazon.")
@click.option("--plain", is_flag=True, help="Lines instead of a live screen; so too where there is no terminal.")
@click.option(
    "--keep",
    type=click.Path(file_okay=False, path_type=Path),
    help="Keep configuration, books and log in this folder, to look at with the other commands.",
)
@async_command
async def demo(seed: int | None, seconds: float, skus: int, plain: bool, keep: Path | None) -> None:
    """See all of it at work: a warehouse, Amazon, the daemon between them, and faults on the way.

    Everything runs in this one process against simulators, with a private PostgreSQL in a temporary folder.
    """
    from daemon.demo.performance import Wanted, console_for, perform

    if keep is not None and (keep / "postgres").exists():
        raise click.BadParameter(f"{keep} has the books of an earlier demo: name another folder, or remove it")
    wanted = Wanted(random.randrange(10_000) if seed is None else seed, seconds, skus, plain, keep)
    raise SystemExit(await perform(wanted, console_for()))
