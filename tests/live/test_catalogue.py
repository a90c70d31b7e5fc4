"""The daily comparison, from the channel's pages and the warehouse's products to a list that people hear of."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from daemon.budget import Budget
from daemon.catalogue import PATIENCE, CatalogueComparison
from daemon.links.clarus_lists import ClarusLists
from daemon.settings import Catalogue, SellerAccount
from daemon.settings import Database as DatabaseSettings
from daemon.store import catalogue as books
from daemon.store.database import Database, open_database
from daemon.warehouse_products import Products
from schemas.clarus_goods_outs import ListOf
from schemas.clarus_products import PRODUCTS_FILTER
from simulators.amazon import UK, Fault
from simulators.amazon.buckets import Plan
from simulators.clarus import Fault as ClarusFault
from tests.daemon import amazon_rig, clarus_rig
from tests.live.clarus_rig import Hand, HandClock

pytestmark = pytest.mark.live

LISTED = 45
EAN = "externally_assigned_product_identifier"


@dataclass
class Comparing:
    amazon: amazon_rig.Rig
    clarus: clarus_rig.Rig
    database: Database
    hand: Hand

    def loop(self) -> CatalogueComparison:
        """As a process that has just started."""
        tenant = self.clarus.tenant
        products = Products(
            ClarusLists(self.clarus.link), ListOf("products", PRODUCTS_FILTER, tenant.product_fields),
            {"account_id": {"eq": self.clarus.clarus.world.account_id("ACME")}},
        )  # fmt: skip
        seller: SellerAccount = replace(self.amazon.account, marketplaces=(UK,))
        return CatalogueComparison(
            "shop",
            seller,
            self.amazon.link,
            (products,),
            self.database,
            Budget(),
            HandClock(self.hand),
            Catalogue(),
            {},
        )

    async def run(self, loop: CatalogueComparison | None = None, rounds: int = 200) -> None:
        """Until nothing is due."""
        loop = loop or self.loop()
        for _ in range(rounds):
            async with self.database.connection() as connection:
                await connection.execute("update budget set tokens = burst")
                due = await connection.fetchval("select next_at <= $1 from catalogue_walk", self.hand.now())
            if due is False:
                return
            await loop.round()
        raise AssertionError("still busy")

    async def found(self) -> list[tuple[str, str]]:
        async with self.database.connection() as connection:
            return [(one.kind, one.name) for one in await books.differences_of(connection, "shop")]

    async def alerts(self) -> dict[str, str]:
        async with self.database.connection() as connection:
            rows = await connection.fetch("select kind, text from alert where resolved_at is null")
        return {row["kind"]: row["text"] for row in rows}

    async def list_ours(self, name: str, sku: str) -> None:
        async with self.database.connection() as connection:
            await connection.execute(
                "insert into listing (channel_account, marketplace, seller_sku, account, sku, imported_at)"
                " values ('shop', $1, $2, 'acme', $3, $4)", UK, name, sku, self.hand.now(),
            )  # fmt: skip


@pytest.fixture
async def given(tmp_path: Path, database_url: str) -> AsyncIterator[Comparing]:
    async with _given(tmp_path, database_url) as comparing:
        yield comparing


@asynccontextmanager
async def _given(folder: Path, url: str) -> AsyncIterator[Comparing]:
    (folder / "clarus").mkdir()
    async with amazon_rig.rig(folder) as amazon, clarus_rig.rig(folder / "clarus", page_size=20) as clarus:
        database = await open_database(url, DatabaseSettings(url=url), 4)
        comparing = Comparing(amazon, clarus, database, Hand())
        try:
            amazon.seller.listings.clear()
            amazon.simulator.world.buckets.plans["searchListingsItems"] = Plan(1_000, 1_000)
            for number in range(LISTED):
                sku = f"P-{number:02}"
                amazon.seller.add_listing(sku).created_at += timedelta(days=number)
                clarus.clarus.world.product_id(sku)
                await comparing.list_ours(sku, sku)
            yield comparing
        finally:
            await database.close()


async def days_later(given: Comparing, days: float = 1.0) -> None:
    given.hand.on(days * 86_400.0)


async def test_the_three_sides_are_compared_once_a_day_and_people_hear_of_what_is_new(given: Comparing) -> None:
    await given.loop().round()
    assert given.amazon.simulator.journal.entries == []  # not before its time of day
    await days_later(given)
    await given.run()
    assert await given.found() == [] and await given.alerts() == {}
    world, listings = given.clarus.clarus.world, given.amazon.seller.listings
    given.amazon.seller.add_listing("p-07 ").created_at += timedelta(days=99)
    del listings[UK, "P-03"], world.products["P-04"]
    world.product_facts["P-05"] = {"barcode": "5000000000005", "units_per_case": 6}
    listings[UK, "P-05"].attributes[EAN] = [{"type": "ean", "value": "5000000000012"}]
    await days_later(given)
    await given.run()
    wanted = [
        ("barcode_differs", "P-05"), ("no_product", "P-04"), ("not_at_channel", "P-03"), ("not_mapped", "p-07 "),
    ]  # fmt: skip
    assert await given.found() == wanted
    assert "not_mapped p-07" in (await given.alerts())["catalogue_differs"]
    world.product_id("P-04")
    await days_later(given)
    await given.run()
    assert len(await given.found()) == 3 and "catalogue_differs" in await given.alerts()


async def test_a_kill_costs_a_page_and_a_page_that_fails_no_more(given: Comparing) -> None:
    await given.loop().round()
    await days_later(given)
    for kind in ("error_before", "cut_answer"):
        given.amazon.simulator.faults.script(Fault(kind=kind, operation="searchListingsItems", status=503))
        for _ in range(2):
            await given.loop().round()
            given.hand.on(60.0)
            async with given.database.connection() as connection:
                await connection.execute("update budget set tokens = burst")
    await given.run()
    read = [one for one in given.amazon.simulator.journal.entries if one.outcome == "answered"]
    assert len(read) <= -(-LISTED // 10) + 3 and await given.found() == []


async def test_pages_that_do_not_come_hold_up_no_other_catalogue_and_people_hear_of_it_in_time(
    given: Comparing,
) -> None:
    await given.loop().round()
    await days_later(given)
    for tried in range(PATIENCE):
        assert await given.alerts() == {}, tried
        given.amazon.simulator.faults.script(Fault(kind="error_before", operation="searchListingsItems", status=503))
        await given.loop().round()
        async with given.database.connection() as connection:
            await connection.execute("update budget set tokens = burst")
            put_off = await connection.fetchval("select next_at > $1 from catalogue_walk", given.hand.now())
        assert put_off
        given.hand.on(600.0)
    assert "10 times in a row" in (await given.alerts())["catalogue_unread"]
    given.hand.on(86_400.0)
    await given.run()
    assert await given.alerts() == {}


async def test_without_the_products_nothing_is_said_of_them_and_people_hear_why(given: Comparing) -> None:
    await given.loop().round()
    await days_later(given)
    given.clarus.clarus.faults.script(ClarusFault("errors_alone", "products"))
    await given.run()
    assert "products cannot be read" in (await given.alerts())["catalogue_unread"] and await given.found() == []
    await days_later(given, 0.1)
    await given.run()
    assert await given.alerts() == {}
