"""A message that comes twice is seen once, whatever day it is."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from daemon.store.database import Connection, Database
from daemon.store.inbox import SENTINEL, first_seen, keep_partitions
from daemon.store.retention import forget

pytestmark = pytest.mark.live

NIGHT = datetime(2026, 3, 1, 23, 59, 50, tzinfo=UTC)
DAY = timedelta(days=1)
MESSAGE = ("/clarus", "e1", NIGHT)


async def partition_of(connection: Connection, id_: str) -> str:
    found: str = await connection.fetchval("select tableoid::regclass::text from inbox where id = $1", id_)
    return found


async def test_duplicates_within_a_batch_and_across_batches_are_seen(database: Database) -> None:
    async with database.connection() as connection:
        await keep_partitions(connection, NIGHT, 7)
        other = ("/clarus", "e2", NIGHT)
        assert await first_seen(connection, [MESSAGE, other, MESSAGE], NIGHT) == [True, True, False]
        assert await first_seen(connection, [other, ("/ims", "e1", NIGHT)], NIGHT) == [False, True]
        assert await first_seen(connection, [], NIGHT) == []


async def test_a_redelivery_after_midnight_still_collides(database: Database) -> None:
    async with database.connection() as connection:
        await keep_partitions(connection, NIGHT, 7)
        assert await first_seen(connection, [MESSAGE], NIGHT) == [True]
        for days in range(1, 8):
            later = NIGHT + DAY * days
            await keep_partitions(connection, later, 7)
            assert await first_seen(connection, [MESSAGE], later) == [False]


async def test_a_message_older_than_the_retention_is_kept_as_long_after_it_came(database: Database) -> None:
    old = ("/clarus", "old", NIGHT - DAY * 30)
    async with database.connection() as connection:
        await keep_partitions(connection, NIGHT, 7)
        assert await first_seen(connection, [old], NIGHT) == [True]
        assert await partition_of(connection, "old") == "inbox_default"
        await keep_partitions(connection, NIGHT + DAY * 6, 7)
        assert await first_seen(connection, [old], NIGHT + DAY * 6) == [False]
        await keep_partitions(connection, NIGHT + DAY * 8, 7)
        assert await first_seen(connection, [old], NIGHT + DAY * 8) == [True]


async def test_a_day_that_is_dropped_keeps_what_came_lately(database: Database) -> None:
    """It spoke of a day seven days ago; that day's partition goes the next night, its row must not."""
    late = ("/clarus", "late", NIGHT - DAY * 7)
    async with database.connection() as connection:
        await keep_partitions(connection, NIGHT, 7)
        assert await first_seen(connection, [late], NIGHT) == [True]
        assert await partition_of(connection, "late") == "inbox_20260222"
        await keep_partitions(connection, NIGHT + DAY, 7)
        assert await first_seen(connection, [late], NIGHT + DAY) == [False]
        assert await partition_of(connection, "late") == "inbox_default"


async def test_a_message_from_the_future_moves_into_its_day_when_that_is_made(database: Database) -> None:
    early = ("/clarus", "early", NIGHT + DAY * 10)
    async with database.connection() as connection:
        await keep_partitions(connection, NIGHT, 7)
        assert await first_seen(connection, [early], NIGHT) == [True]
        await keep_partitions(connection, NIGHT + DAY * 7, 7)
        assert await partition_of(connection, "early") == "inbox_20260311"
        assert await first_seen(connection, [early], NIGHT + DAY * 7) == [False]


@pytest.mark.parametrize("moment", [None, datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC)])
async def test_a_missing_or_absurd_time_has_one_place_of_its_own(database: Database, moment: datetime | None) -> None:
    async with database.connection() as connection:
        await keep_partitions(connection, NIGHT, 7)
        assert await first_seen(connection, [("/clarus", "odd", moment)], NIGHT) == [True]
        assert await first_seen(connection, [("/clarus", "odd", moment)], NIGHT + DAY) == [False]
        assert await connection.fetchval("select happened_at from inbox where id = 'odd'") == SENTINEL


async def test_two_replicas_that_get_the_same_message_at_once_agree_on_who_was_first(database: Database) -> None:
    async def take() -> list[bool]:
        async with database.transaction() as connection:
            return await first_seen(connection, [("/clarus", f"e{n}", NIGHT) for n in range(50)], NIGHT)

    answers = await asyncio.gather(take(), take(), take())
    assert [sum(each) for each in zip(*answers, strict=True)] == [1] * 50


async def test_replicas_that_keep_the_partitions_at_once_make_each_day_once(database: Database) -> None:
    async def keep() -> None:
        async with database.connection() as connection:
            await keep_partitions(connection, NIGHT, 7)

    await asyncio.gather(keep(), keep(), keep())
    await keep()
    async with database.connection() as connection:
        days = await connection.fetchval("select count(*) from pg_inherits where inhparent = 'inbox'::regclass")
    assert days == 1 + 7 + 1 + 3


async def test_the_stream_is_forgotten_in_time_but_never_before_it_is_relayed(database: Database) -> None:
    async with database.connection() as connection:
        await connection.execute(
            "insert into stock_stream select n, 1, n, 0, n, 'level', 'e', $1::timestamptz, "
            "$1::timestamptz + n * interval '1 day', 0, 0, 0, 0, 0, 0 from generate_series(0, 9) as n",
            NIGHT,
        )
        await connection.execute("insert into stock_outbox values (1, 0, $1)", NIGHT + DAY * 3)
        assert (await forget(connection, NIGHT + DAY * 95, 90))["forget_stream"] == 3
        await connection.execute("delete from stock_outbox")
        assert (await forget(connection, NIGHT + DAY * 95, 90))["forget_stream"] == 2
        assert await connection.fetchval("select min(position) from stock_stream") == 5


async def test_what_is_settled_is_forgotten_and_what_is_open_stays(database: Database) -> None:
    async with database.connection() as connection:
        await connection.execute(
            "insert into alert (kind, cause, subject, owner, severity, text, raised_at, last_at, resolved_at) "
            "values ('k', 'a', '', 'o', 'info', '', $1, $1, $1), ('k', 'b', '', 'o', 'info', '', $1, $1, null)",
            NIGHT,
        )
        await connection.execute(
            "insert into promise values ('p', 'a', 'o', $1, $1, null, $1), ('p', 'b', 'o', $1, $1, null, null)", NIGHT
        )
        gone = await forget(connection, NIGHT + DAY * 91, 90)
        assert {name: rows for name, rows in gone.items() if rows} == {"forget_alerts": 1, "forget_promises": 1}
