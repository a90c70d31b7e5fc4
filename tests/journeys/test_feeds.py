"""Bulk changes, from the warehouse's events to what Amazon shows, by feed and within its budgets."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from daemon.settings import Role
from simulators.amazon import Fate, FeedLags
from tests.journeys.rig import Rig, running, until

ROLES: tuple[Role, ...] = ("intake", "relay", "publish", "watch")
MANY = {f"CUP-{number:02d}": 30 + number for number in range(60)}


@pytest.fixture
async def rig(tmp_path: Path, database_url: str) -> AsyncIterator[Rig]:
    few = {"GOODSOUT_FEEDS__WHEN_BACKLOG_EXCEEDS": "3", "GOODSOUT_FEEDS__WORTH": "10"}
    async with running(tmp_path, database_url, ROLES, environ=few) as rig:
        rig.amazon.faults.feeds.lags = FeedLags(work=(2.0, 2.0))
        yield rig


async def shown(rig: Rig, levels: dict[str, int]) -> None:
    async def all_true() -> object:
        return all(rig.seller.listing(sku).live == level for sku, level in levels.items())

    await until(all_true, 60)

    async def nothing_open() -> object:
        return await rig.books.fetchval(
            "select not exists (select from publication where flight_id is not null or untold_since is not null)"
            " and not exists (select from feed where not settled)"
        )

    await until(nothing_open, 60)


async def test_a_flood_goes_by_feed_a_lowering_overtakes_it_and_no_call_is_one_too_many(rig: Rig) -> None:
    for sku in MANY:
        await rig.list_sku(sku)
    for sku, level in MANY.items():
        await rig.level(sku, level)

    async def submitted() -> object:
        return await rig.books.fetchval("select count(*) > 0 from feed where submitted_at is not null")

    await until(submitted, 30)
    fed = await rig.books.fetchval(
        "select seller_sku from publication_attempt join listing on listing.id = listing_id"
        " where feed_id is not null and ended_at is null order by message_id desc limit 1"
    )
    await rig.level(fed, 1)
    await shown(rig, MANY | {fed: 1})
    journal = rig.amazon.journal
    assert journal.told("SELLER1", fed) == [1, MANY[fed], 1], "at once by patch, and again after the feed"
    assert journal.accepted("createFeed") and len(journal.accepted("feedMessage")) > 14
    assert journal.throttled() == []


async def test_a_feed_that_ends_fatal_ends_true(rig: Rig) -> None:
    rig.amazon.faults.feeds.script(Fate(end="fatal", applied=0.5, lie="no_report"))
    for sku in MANY:
        await rig.list_sku(sku)
    for sku, level in MANY.items():
        await rig.level(sku, level)
    await shown(rig, MANY)
    assert await rig.books.fetchval("select count(*) from feed where state = 'fatal'") == 1
    assert await rig.books.fetchval("select count(*) from alert where kind = 'feed_failed'") == 1
    assert rig.amazon.journal.throttled() == []
