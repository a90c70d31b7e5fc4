"""Turns out of the books: measured demand and what others draw decide whose patch comes first."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from daemon.ahead import Ahead, ahead_of
from daemon.selling import speed_of
from daemon.store import demand
from daemon.store import publication as books
from daemon.turns import columns, first_patches, policy_of, sending
from handlers.foresight import Foresight
from tests.live.publication_rig import PublicationRig, publication_rig

pytestmark = pytest.mark.live
HALF_LIFE = 604_800.0


@pytest.fixture
async def rig(tmp_path: Path, database_url: str) -> AsyncIterator[PublicationRig]:
    async with publication_rig(tmp_path, database_url) as found:
        yield found


async def sells(rig: PublicationRig, listing: int, per_day: float, days_ago: float = 0.0) -> None:
    async with rig.app.database.connection() as connection:
        await connection.execute(
            "insert into demand (listing_id, per_day, counted_at) values ($1, $2, $3)",
            listing, per_day, rig.app.clock.now() - timedelta(days=days_ago),
        )  # fmt: skip


async def told(rig: PublicationRig, value: int) -> None:
    async with rig.app.database.connection() as connection:
        await connection.execute("update publication set told = $1", value)


async def waiting(rig: PublicationRig, limit: int = 500) -> list[books.Waiting]:
    async with rig.app.database.connection() as connection:
        return await books.candidates(connection, "shop", rig.app.clock.now(), 5, limit, HALF_LIFE)


async def order(rig: PublicationRig) -> list[int]:
    return first_patches(await waiting(rig), rig.app.clock.now(), rig.settings, HALF_LIFE, 3, 0).listing_ids


async def test_the_faster_seller_near_zero_is_patched_first(rig: PublicationRig) -> None:
    slow, fast = await rig.list_sku("SLOW", 2), await rig.list_sku("FAST", 2)
    await told(rig, 40)
    await sells(rig, slow, 1.0)
    await sells(rig, fast, 900.0)
    assert await order(rig) == [fast, slow]


async def test_demand_of_long_ago_counts_less(rig: PublicationRig) -> None:
    once, now = await rig.list_sku("ONCE", 2), await rig.list_sku("NOW", 2)
    await told(rig, 40)
    await sells(rig, once, 900.0, days_ago=70)
    await sells(rig, now, 90.0)
    assert await order(rig) == [now, once]
    found = {one.listing_id: one.per_day for one in await waiting(rig)}
    assert found[once] == pytest.approx(900.0 / 1024, rel=0.01)


async def test_a_raise_that_opens_sales_goes_before_one_that_opens_none(rig: PublicationRig) -> None:
    deep = await rig.list_sku("DEEP", 900)
    await told(rig, 800)
    opening = await rig.list_sku("OPENING", 50)
    async with rig.app.database.connection() as connection:
        await connection.execute("update publication set told = 0 where listing_id = $1", opening)
    assert await order(rig) == [opening, deep]


async def test_a_listing_that_is_found_by_age_alone_is_found_behind_a_crowd(rig: PublicationRig) -> None:
    old = await rig.list_sku("OLD", 900)
    await told(rig, 800)
    async with rig.app.database.connection() as connection:
        await connection.execute("update publication set untold_since = untold_since - interval '1 hour'")
    crowd = [await rig.list_sku(f"CROWD-{number}", 1) for number in range(12)]
    found = [one.listing_id for one in await waiting(rig, 10)]
    assert old in found
    assert len(found) == 11
    assert set(found) - {old} <= set(crowd)


async def test_the_pool_and_what_others_draw_on_it_are_in_the_books(rig: PublicationRig) -> None:
    listing = await rig.list_sku("SHARED", 60)
    other = await another_listing_of(rig, "SHARED", pack_size=6)
    await sells(rig, other, 5.0)
    found = {one.listing_id: one for one in await waiting(rig)}
    assert found[listing].pool == 60
    assert found[listing].others_per_day == pytest.approx(30.0)


async def test_foresight_shows_less_where_others_sell_from_the_same_pool(rig: PublicationRig) -> None:
    listing = await rig.list_sku("SHARED", 3)
    other = await another_listing_of(rig, "SHARED", pack_size=1)
    await sells(rig, other, 86_400.0)
    async with rig.app.database.transaction() as connection:
        standings = await books.lock(connection, [listing])
        on = Ahead(Foresight(0.1, 60.0), HALF_LIFE)
        ahead = await on.elsewhere(connection, standings, rig.app.clock.now())
        off = await ahead_of(rig.app.settings).elsewhere(connection, standings, rig.app.clock.now())
    assert ahead.shown(listing, 3, 3) == 0
    assert off.shown(listing, 3, 3) == 3


async def test_the_size_of_orders_is_measured_and_one_order_does_not_say_everything(rig: PublicationRig) -> None:
    listing = await rig.list_sku("CASES", 60)
    async with rig.app.database.transaction() as connection:
        now = rig.app.clock.now()
        await demand.count(connection, [(listing, 12, now)] * 9, now, speed_of(rig.app.settings))
    found = {one.listing_id: one for one in await waiting(rig)}[listing]
    assert found.per_day / found.orders_per_day == pytest.approx(12.0)
    weighed = columns(sending([found], now, 5), rig.settings, HALF_LIFE)
    assert weighed.order_units[0] == pytest.approx((9 * 12 + 1) / 10)


async def test_under_pressure_less_is_shown_where_others_sell_and_all_again_when_it_is_over(
    rig: PublicationRig,
) -> None:
    listing, alone = await rig.list_sku("SHARED", 3), await rig.list_sku("ALONE", 3)
    await sells(rig, await another_listing_of(rig, "SHARED", pack_size=1), 86_400.0)
    pressure = rig.publisher().pressure
    for _ in range(60):
        await pressure.feel(100.0)
    assert pressure.waiting == 60.0
    await rig.restock("SHARED", 3)
    await rig.restock("ALONE", 3)
    assert await shown(rig) == {listing: (0, 3), alone: (3, 0)}
    for _ in range(90):
        await pressure.feel(0.0)
    assert pressure.waiting == 0.0
    await rig.mark()
    assert await shown(rig) == {listing: (3, 0), alone: (3, 0)}


async def shown(rig: PublicationRig) -> dict[int, tuple[int, int]]:
    """(desired, held back) of the shop's own listings."""
    async with rig.app.database.connection() as connection:
        rows = await connection.fetch(
            "select p.listing_id, desired, held_back from publication p join listing l on l.id = p.listing_id"
            " where l.channel_account = 'shop'"
        )
    return {row["listing_id"]: (row["desired"], row["held_back"]) for row in rows}


async def test_the_settings_reach_the_policy(rig: PublicationRig) -> None:
    policy = policy_of(rig.settings)
    assert policy.near_zero == rig.settings.near_zero
    assert policy.longest_wait == rig.settings.longest_wait


async def another_listing_of(rig: PublicationRig, sku: str, pack_size: int) -> int:
    async with rig.app.database.connection() as connection:
        found: int = await connection.fetchval(
            "insert into listing (channel_account, marketplace, seller_sku, account, sku, pack_size, imported_at)"
            " values ('elsewhere', 'X', $1, 'acme', $1, $2, $3) returning id",
            sku, pack_size, rig.app.clock.now(),
        )  # fmt: skip
        return found
