"""The rate budget on the database's clock: closed is closed, and a clock put back harms nobody for long."""

import pytest

from daemon.budget import Bucket, Budget
from daemon.store.database import Connection, Database

pytestmark = pytest.mark.live

BUCKET = Bucket("app/shop/patch", rate=5.0, burst=3.0)


async def put_the_clock_back(connection: Connection, hours: int) -> None:
    """What the rows look like once the database's clock was put back."""
    step = f"interval '{hours} hours'"
    await connection.execute(
        f"update budget set counted_at = counted_at + {step}, closed_until = closed_until + {step}"
    )


async def test_a_clock_that_is_put_back_closes_nothing(database: Database) -> None:
    budget = Budget()
    async with database.connection() as connection:
        assert (await budget.take(connection, [BUCKET], 2)).granted == 2
        await put_the_clock_back(connection, 3)
        found = await budget.take(connection, [BUCKET], 1)
        assert found.granted == 1
        spent = await budget.take(connection, [BUCKET], 1)
        assert spent.granted == 0
        assert spent.wait <= 1 / BUCKET.rate


async def test_a_count_ahead_of_the_clock_heals_at_the_first_look_and_fills_again(database: Database) -> None:
    budget = Budget()
    async with database.connection() as connection:
        await budget.take(connection, [BUCKET], 3)
        await put_the_clock_back(connection, 3)
        await budget.take(connection, [BUCKET], 1)
        assert await connection.fetchval("select counted_at <= clock_timestamp() from budget")
        await connection.execute("update budget set counted_at = counted_at - interval '1 second'")
        assert (await budget.take(connection, [BUCKET], 3)).granted == 3


async def test_what_was_throttled_is_closed_and_nothing_fills_meanwhile(database: Database) -> None:
    budget = Budget()
    async with database.connection() as connection:
        await budget.take(connection, [BUCKET], 1)
        await budget.throttled(connection, [BUCKET], 30.0)
        closed = await budget.take(connection, [BUCKET], 1)
        assert closed.granted == 0
        assert 29 < closed.wait <= 30 + 1 / BUCKET.rate
        gone = "interval '31 seconds'"
        await connection.execute(
            f"update budget set counted_at = counted_at - {gone}, closed_until = closed_until - {gone}"
        )
        opened = await budget.take(connection, [BUCKET], 3)
        assert opened.granted == 3, "open for a second since it was closed, which fills three"
        assert await connection.fetchval("select closed_until is null from budget")


async def test_on_a_fast_clock_a_429_closes_for_business_seconds_as_the_rate_counts(database: Database) -> None:
    budget = Budget(lambda: 600.0)
    async with database.connection() as connection:
        await budget.take(connection, [BUCKET], 1)
        await budget.throttled(connection, [BUCKET], 30_000.0)
        assert 49 < (await budget.take(connection, [BUCKET], 1)).wait <= 51


async def test_a_closure_keeps_its_length_when_the_clock_is_put_back(database: Database) -> None:
    budget = Budget()
    async with database.connection() as connection:
        await budget.take(connection, [BUCKET], 1)
        await budget.throttled(connection, [BUCKET], 5.0)
        await put_the_clock_back(connection, 3)
        closed = await budget.take(connection, [BUCKET], 1)
        assert 4 < closed.wait <= 5 + 1 / BUCKET.rate
        assert await connection.fetchval("select closed_until < clock_timestamp() + interval '6 s' from budget")


async def test_a_second_429_never_opens_earlier_than_the_first(database: Database) -> None:
    budget = Budget()
    async with database.connection() as connection:
        await budget.take(connection, [BUCKET], 1)
        await budget.throttled(connection, [BUCKET], 60.0)
        await budget.throttled(connection, [BUCKET], 5.0)
        assert (await budget.take(connection, [BUCKET], 1)).wait > 59
        assert await connection.fetchval("select throttles from budget") == 2


@pytest.mark.parametrize(("stated", "least", "most"), [(1e-9, 0.2, 0.3), (2.0, 1.9, 2.0), (999_999.0, 90.0, 101.0)])
async def test_a_stated_rate_neither_stops_us_nor_lets_us_run(
    database: Database, stated: float, least: float, most: float
) -> None:
    budget = Budget()
    async with database.connection() as connection:
        await budget.take(connection, [BUCKET], 1)
        await budget.learn(connection, BUCKET, stated)
        assert least <= await connection.fetchval("select rate from budget") <= most
