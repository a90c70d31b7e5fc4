"""Case packs beside a tenant's products once a day: an alert while they differ, and a file where one is wanted."""

from datetime import timedelta
from pathlib import Path

import pytest

from daemon.links.clarus_lists import ClarusLists
from daemon.pack_watch import Owner, PackWatch
from daemon.settings import Catalogue
from daemon.settings import Database as DatabaseSettings
from daemon.store.database import Database, open_database
from daemon.store.vendor_files import import_packs
from daemon.warehouse_products import Products
from handlers.case_packs import PackRow
from handlers.pack_comparison import ProductColumns
from schemas.clarus_goods_outs import ListOf
from schemas.clarus_products import PRODUCTS_FILTER
from schemas.terms import Account, Sku
from simulators.clarus import Fault
from tests.daemon import clarus_rig
from tests.live.clarus_rig import Hand, HandClock

pytestmark = pytest.mark.live
ACME = Account("acme")


async def alerts(database: Database) -> dict[str, str]:
    async with database.connection() as connection:
        rows = await connection.fetch("select kind, text from alert where resolved_at is null")
    return {row["kind"]: row["text"] for row in rows}


async def test_packs_that_differ_are_told_once_a_day_and_written_once(tmp_path: Path, database_url: str) -> None:
    spool, hand = tmp_path / "spool", Hand()
    spool.mkdir()
    async with clarus_rig.rig(tmp_path) as clarus:
        database = await open_database(database_url, DatabaseSettings(url=database_url), 2)
        world, tenant = clarus.clarus.world, clarus.tenant
        wanted = ListOf("products", PRODUCTS_FILTER, tenant.product_fields)
        by = {"account_id": {"eq": world.account_id("ACME")}}
        owner = Owner(ACME, "ACME", Products(ClarusLists(clarus.link), wanted, by))
        watch = PackWatch(
            "main", (owner,), database, HandClock(hand), Catalogue(), {}, ProductColumns(), spool
        )  # fmt: skip
        try:
            for sku, units in (("MUG", 6), ("CUP", 10)):
                world.product_id(sku)
                world.product_facts[sku] = {"units_per_case": units}
            rows = [PackRow(account=ACME, sku=Sku(sku), eaches=eaches) for sku, eaches in (("MUG", 6), ("CUP", 12))]
            async with database.transaction() as connection:
                await import_packs(connection, rows, hand.now())
            clarus.clarus.faults.script(Fault("errors_alone", "products"))
            await watch.round()
            assert set(await alerts(database)) == {"catalogue_unread"}
            hand.on(Catalogue().again)
            await watch.round()
            assert "CUP: 12 here, 10 there" in (await alerts(database))["packs_differ"]
            [file] = spool.iterdir()
            assert file.read_text() == "Code,Units Per Case\nCUP,12\n"
            hand.on(timedelta(days=1).total_seconds())
            await watch.round()
            assert list(spool.iterdir()) == [file], "the same file is still waiting"
            world.product_facts["CUP"] = {"units_per_case": 12}
            await watch.round()
            assert "packs_differ" in await alerts(database), "not before the next day"
            hand.on(timedelta(days=1).total_seconds())
            await watch.round()
            assert await alerts(database) == {}
        finally:
            await database.close()
