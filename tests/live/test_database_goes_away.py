"""PostgreSQL ends connections while traffic flows: nobody dies of it, nothing is lost, and nothing is let out."""

import asyncio
import logging
import random
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import pytest

from daemon.settings import ROLES
from tests.journeys.rig import Rig, running, until

pytestmark = pytest.mark.live

SEED = 20261121
SKUS = [f"SKU-{number}" for number in range(10)]


class Ear(logging.Handler):
    """All that the log says, down to the last detail."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.heard.append(f"{record.getMessage()} {record.__dict__!r}")


@pytest.fixture
def told() -> Iterator[list[str]]:
    handler = Ear()
    logger = logging.getLogger()
    level = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    yield handler.heard
    logger.setLevel(level)
    logger.removeHandler(handler)


@asynccontextmanager
async def backends_dying(rig: Rig, database: str, chance: random.Random) -> AsyncIterator[None]:
    """Every connection of the daemon, again and again, for as long as the block runs."""
    killer = await asyncpg.connect(database)
    spared = [killer.get_server_pid(), rig.books.get_server_pid()]

    async def kill() -> None:
        statement = (
            "select count(pg_terminate_backend(pid)) from pg_stat_activity "
            "where datname = current_database() and pid <> all ($1::int[])"
        )
        while True:
            await asyncio.sleep(chance.uniform(0.05, 0.25))
            await killer.execute(statement, spared)

    killing = asyncio.create_task(kill())
    try:
        yield
    finally:
        killing.cancel()
        await asyncio.gather(killing, return_exceptions=True)
        await killer.close()


async def trade(rig: Rig, chance: random.Random, movements: int) -> dict[str, int]:
    """Levels and movements; returns what there is of each SKU in the end."""
    stock = {sku: chance.randrange(50, 90) for sku in SKUS}
    for sku, available in stock.items():
        await rig.level(sku, available)
    for _ in range(movements):
        sku, change = chance.choice(SKUS), chance.randrange(-3, 4)
        stock[sku] += change
        await rig.moved(sku, change)
        await asyncio.sleep(0.005)
    return stock


async def everything_stored(rig: Rig) -> str:
    tables = await rig.books.fetch("select tablename from pg_tables where schemaname = 'public'")
    rows = [await rig.books.fetch(f'select * from "{table["tablename"]}"') for table in tables]
    return repr([tuple(row.values()) for table in rows for row in table])


async def test_the_daemon_outlives_the_ends_of_its_connections(
    tmp_path: Path, database_url: str, told: list[str]
) -> None:
    print(f"seed {SEED}")
    chance = random.Random(SEED)
    async with running(tmp_path, database_url, ROLES) as rig:
        for sku in SKUS:
            await rig.list_sku(sku)
        async with backends_dying(rig, database_url, chance):
            stock = await trade(rig, chance, movements=300)

        async def true() -> object:
            rows = await rig.books.fetch("select sku, available from stock")
            return {row["sku"]: row["available"] for row in rows} == stock

        async def relayed() -> object:
            return await rig.books.fetchval("select not exists (table stock_outbox) and not exists (table outbox)")

        async def accepted() -> object:
            statement = "select count(*) = $1 from publication where accepted = desired"
            return await rig.books.fetchval(statement, len(SKUS))

        await until(true, 30)
        await until(relayed, 30)
        await until(accepted, 30)
        numbers = (
            "select bool_and(n = c) from (select max(number) n, count(*) c from stock_stream group by stock_id) s"
        )
        assert await rig.books.fetchval(numbers)
        seen = "".join(told) + await everything_stored(rig)
        secrets = (rig.seller.client_secret, rig.seller.refresh_token, "Atza|", "5e" * 16)
        assert [secret[:4] for secret in secrets if secret in seen] == []
        assert "database trouble" in seen
