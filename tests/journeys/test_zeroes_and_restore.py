"""A zero that its rule holds, and a shop that is put back: what Amazon shows."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from daemon.commands.context import CommandLine
from daemon.commands.restore import restore
from daemon.settings import Role
from daemon.store.decisions import Choice, decide
from tests.journeys.rig import Rig, running, until

ROLES: tuple[Role, ...] = ("intake", "relay", "publish", "watch")
SKUS = [f"SOFA-{number}" for number in range(6)]

pytestmark = pytest.mark.live


async def shows(rig: Rig, sku: str, quantity: int, within: float = 30.0) -> None:
    async def live() -> object:
        return rig.seller.listing(sku).live == quantity

    await until(live, within)


async def test_a_zero_held_by_its_rule_waits_and_is_told_when_its_time_is_over(
    tmp_path: Path, database_url: str
) -> None:
    async with running(tmp_path, database_url, ROLES, environ={"GOODSOUT_ZEROES__HOLD_FOR": "6"}) as rig:
        await rig.list_sku("HELD", zero_rule="hold")
        await rig.list_sku("FREE")
        for sku in ("HELD", "FREE"):
            await rig.level(sku, 5)
            await shows(rig, sku, 5)
        for sku in ("HELD", "FREE"):
            await rig.moved(sku, -5)
        await shows(rig, "FREE", 0)

        async def asked() -> object:
            return await rig.books.fetchval("select default_option from decision where kind = 'zero_held'")

        assert await until(asked) == "send"
        assert rig.seller.listing("HELD").live == 5
        await shows(rig, "HELD", 0)
        assert rig.amazon.journal.told("SELLER1", "HELD") == [5, 0]

        async def taken() -> object:
            return await rig.books.fetchval("select decided_by from decision where kind = 'zero_held'")

        assert await until(taken) == "policy"


async def test_a_zero_held_by_its_rule_goes_when_somebody_says_so(tmp_path: Path, database_url: str) -> None:
    async with running(tmp_path, database_url, ROLES) as rig:
        await rig.list_sku("HELD", zero_rule="hold")
        await rig.level("HELD", 5)
        await shows(rig, "HELD", 5)
        await rig.moved("HELD", -5)

        async def asked() -> object:
            return await rig.books.fetchval("select id from decision where kind = 'zero_held'")

        question = await until(asked)
        assert isinstance(question, int)
        async with rig.books.transaction():
            await decide(rig.books, question, Choice("send", "ann"), datetime.now(UTC), {})
        await shows(rig, "HELD", 0)


async def test_a_shop_that_a_wrong_export_zeroed_is_put_back_no_higher_than_a_fresh_reading(
    tmp_path: Path, database_url: str
) -> None:
    async with running(tmp_path, database_url, ROLES) as rig:
        for sku in SKUS:
            await rig.list_sku(sku)
            await rig.level(sku, 50)
        for sku in SKUS:
            await shows(rig, sku, 50)

        async def accepted() -> object:
            return await rig.books.fetchval("select bool_and(accepted = 50 and flight_id is null) from publication")

        await until(accepted)
        moment = datetime.now(UTC)
        for sku in SKUS:
            await rig.moved(sku, -3)
        for sku in SKUS:
            await shows(rig, sku, 47)
        for sku in SKUS:
            await rig.level(sku, 0)
        for sku in SKUS:
            await shows(rig, sku, 0)
        given = ("--to", moment.isoformat(), "--account", "shop")
        shown = await _run(tmp_path, *given)
        assert "dry run: 6 listings of shop would go back" in shown.output, shown.output
        done = await _run(tmp_path, *given, "--apply", "--by", "ann", "--note", "the export was empty")
        assert "6 listings are being restored" in done.output, done.output
        assert [rig.seller.listing(sku).live for sku in SKUS] == [0] * 6, "nothing before a fresh reading"
        for sku, available in zip(SKUS, (45, 45, 45, 900, 900, 900), strict=True):
            ask = "select command_id from stock_trouble t join stock s on s.id = stock_id where sku = $1"
            data = {"account": "acme", "warehouse": "W1", "sku": sku, "available": available}
            await rig.tell("inventory.level", {**data, "command_id": await rig.books.fetchval(ask, sku)})
        for sku, quantity in zip(SKUS, (45, 45, 45, 47, 47, 47), strict=True):
            await shows(rig, sku, quantity)


async def _run(folder: Path, *arguments: str) -> Result:
    line = CommandLine(config=folder / "goodsout.toml", environ={})
    return await asyncio.to_thread(CliRunner().invoke, restore, list(arguments), obj=line)
