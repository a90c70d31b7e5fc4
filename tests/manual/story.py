"""A SKU with a rich history, lived through by the whole daemon: what docs/explain.md shows and a test keeps true."""

import asyncio
import re
from pathlib import Path

from click.testing import CliRunner

from daemon.commands.context import CommandLine
from daemon.commands.explain import explain
from daemon.settings import Role
from simulators.amazon import Fault, Lags
from tests.journeys.rig import Rig, until

SKU = "ARMCHAIR-01"
ROLES: tuple[Role, ...] = ("intake", "relay", "publish", "watch")
PAGE = Path(__file__).resolve().parents[2] / "docs" / "explain.md"
BEGIN, END = "<!-- printed by `make explain-page` -->\n```\n", "```\n<!-- end -->"


async def live_through(rig: Rig) -> None:
    """Stock, a lost movement, a request without an answer, a hand in the channel's pages, and nearly nothing left."""
    rig.amazon.faults.lags = Lags(live=(1.2, 1.2))
    await rig.list_sku(SKU, buffer_units=2)
    await rig.level(SKU, 22)
    await _proven(rig, 20)
    await rig.moved(SKU, -8)
    await _proven(rig, 12)
    rig.amazon.faults.script(Fault(kind="lost_answer", operation="patchListingsItem", seconds=30))
    await rig.moved(SKU, 5)
    await _proven(rig, 17, within=30)
    await _lose_a_movement(rig)
    rig.seller.listing(SKU).live = 99
    await rig.books.execute("update publication set read_back_at = now() where read_back_why = 'audit'")
    await _until(rig, "select count(*) = 1 from alert where kind = 'foreign_stock' and resolved_at is not null")
    await rig.moved(SKU, -10)
    await _proven(rig, 3)


async def _lose_a_movement(rig: Rig) -> None:
    """Of two movements only the second arrives: a gap, then a doubt, then the level that was asked for."""
    await rig.moved(SKU, -1, sequence=rig.sequences["acme", SKU] + 2)
    await _until(rig, "select count(*) = 1 from stock_trouble where command_id is not null")
    await _proven(rig, 16)
    asked = await rig.books.fetchval("select command_id from stock_trouble")
    level = {"account": "acme", "warehouse": "W1", "sku": SKU, "available": 15, "command_id": asked}
    await rig.tell("inventory.level", level)
    await _proven(rig, 13)


async def _proven(rig: Rig, value: int, within: float = 15.0) -> None:
    """Told, accepted and read back as live."""
    await _until(
        rig,
        f"select accepted = {value} and live = {value} and proven_at is not null and flight_id is null"
        " from publication",
        within,
    )


async def _until(rig: Rig, question: str, within: float = 15.0) -> None:
    async def answer() -> object:
        return await rig.books.fetchval(question)

    await until(answer, within)


async def explained(rig: Rig, *options: str) -> str:
    """What `goodsout explain` says of it, by the configuration of the running daemon."""
    return await asyncio.to_thread(_run, CommandLine(rig.configuration.file, {}), options)


def _run(given: CommandLine, options: tuple[str, ...]) -> str:
    result = CliRunner().invoke(explain, [SKU, *options], obj=given)
    assert result.exit_code == 0, result.output
    return result.output


def skeleton(text: str) -> list[str]:
    """Without times and ages, in an order of its own: what two runs of the same story have in common."""
    bare = re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d|\d\d:\d\d:\d\d", "TIME", text)
    bare = re.sub(r"[\d.]+ (s|min|h|d)\b", "SPAN", bare)
    return sorted({re.sub(r"\s+", " ", line).strip() for line in bare.splitlines()})


def printed() -> str:
    """The story as the page shows it."""
    return PAGE.read_text().split(BEGIN)[1].split(END)[0]
