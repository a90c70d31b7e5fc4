"""The shared clock of a rehearsal yields for whoever does not keep up, and all processes go by it."""

import asyncio
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import cast

import pytest

from daemon.app import App
from daemon.clock import Clock, Stretch
from daemon.leases import be_seen
from daemon.pace import LEAD, REMEMBERED, Pace, Strain, backlog_of, follow
from daemon.running import know_the_time
from daemon.store.database import Database, query
from tests.journeys.rig import until

pytestmark = pytest.mark.live

FACTOR = 100.0


async def pace(database: Database, name: str, origin: datetime) -> Pace:
    clock = Clock(FACTOR, origin)
    clock.discipline(await database.now())
    await be_seen(database, name, ["publish"])
    return Pace(database, clock, name, Strain(), backlog_of(1))


async def test_all_processes_slow_down_for_one_of_them_at_the_same_moment_and_recover(database: Database) -> None:
    origin = datetime.now(UTC)
    fast, slow = await pace(database, "fast", origin), await pace(database, "slow", origin)

    async def both() -> None:
        await asyncio.gather(fast.round(), slow.round())

    async def at(wanted: float) -> object:
        await both()
        return fast.clock.pace == slow.clock.pace == wanted

    slow.strain.bears(10.0)
    await until(lambda: at(10.0), within=10 * LEAD)
    earlier, there, later = fast.clock.now(), slow.clock.now(), fast.clock.now()
    apart = max(earlier - there, there - later).total_seconds()
    assert apart < 0.1 * FACTOR, "they differ by what passes between two looks, and no more"
    before = fast.clock.now()
    await until(lambda: at(FACTOR), within=REMEMBERED + 40 * LEAD)
    assert fast.clock.now() > before
    async with database.connection() as connection:
        factors = [row["factor"] for row in await connection.fetch("select factor from clock_stretch order by since")]
        jumps = await connection.fetchval(
            "select max(abs(extract(epoch from business_at - expected))) from (select business_at, lag(business_at)"
            " over w + (since - lag(since) over w) * lag(factor) over w as expected from clock_stretch"
            " window w as (order by since)) as each"
        )
    assert factors[0] == 10.0 and factors[-1] == FACTOR
    assert factors == sorted(factors), "faster by steps"
    assert float(jumps) < 0.01, "business time has no jumps"


async def test_a_process_that_starts_knows_how_far_the_clock_has_come_before_it_dates_anything(
    database: Database,
) -> None:
    origin = datetime.now(UTC) - timedelta(hours=1)
    first = await pace(database, "first", origin)
    slow = Stretch(origin, origin, 2.0)
    async with database.connection() as connection:
        await connection.execute(query("pace_change"), *slow, None)
        await follow(connection, first.clock)
    clock = Clock(FACTOR, origin)
    settings = SimpleNamespace(clock=SimpleNamespace(yields=True))
    started = cast(App, SimpleNamespace(settings=settings, clock=clock, database=database))
    assert clock.now() - first.clock.now() > timedelta(hours=90), "by its factor alone it is far ahead"
    await know_the_time(started)
    assert abs(clock.now() - first.clock.now()) < timedelta(seconds=30)


async def test_a_backlog_that_is_told_more_slowly_than_channels_allow_slows_the_clock(database: Database) -> None:
    one = await pace(database, "one", datetime.now(UTC))
    async with database.connection() as connection:
        await connection.execute(
            "insert into listing (channel_account, marketplace, seller_sku, account, sku, imported_at)"
            " select 'shop', 'UK', n::text, 'acme', n::text, now() from generate_series(1, 100) as n"
        )
        await connection.execute(
            "insert into publication (listing_id, desired, untold_since) select id, 1, now() - interval '1 day'"
            " from listing"
        )

    async def slower() -> object:
        async with database.connection() as connection:
            await connection.execute(
                "insert into publication_attempt (listing_id, value, sellable, doubtful, sent_at, state, holder)"
                " select id, 1, 1, false, now(), 'accepted', 'one' from listing limit 1"
            )
        await one.round()
        await asyncio.sleep(0.05)
        return one.clock.pace < FACTOR / 4

    await until(slower)


async def test_nothing_yields_while_everybody_keeps_up(database: Database) -> None:
    one = await pace(database, "one", datetime.now(UTC))
    for _ in range(5):
        one.strain.late(0.001)
        await one.round()
    async with database.connection() as connection:
        assert await connection.fetchval("select count(*) from clock_stretch") == 0
    assert one.clock.pace == FACTOR
