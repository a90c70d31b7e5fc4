"""Connections to PostgreSQL, the migrations, and the one place that reads `.sql` files.

One owner per connection: a pool lends a connection to one task at a time, and a connection whose query was
cancelled is thrown away (asyncpg would answer "another operation is in progress").
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from datetime import datetime
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import TypeAlias

import asyncpg
import msgspec

from daemon.settings import Database as DatabaseSettings
from daemon.urgency import Urgency

HERE = Path(__file__).parent
MIGRATIONS = HERE / "migrations"
QUERIES = HERE / "queries"
MIGRATION_LOCK = 7_406_113

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record] | asyncpg.pool.PoolConnectionProxy[asyncpg.Record]"
ACQUIRE_TIMEOUT = 15.0
"""Real seconds to wait for a free connection."""


class MigrationFault(Exception):
    """The database is not at the version this program needs."""


@cache
def query(name: str) -> str:
    """The text of `queries/<name>.sql`."""
    return (QUERIES / f"{name}.sql").read_text()


def migrations() -> list[tuple[int, Path]]:
    """(version, file), oldest first."""
    found = sorted((int(path.name.split("_")[0]), path) for path in MIGRATIONS.glob("*.sql"))
    for (version, path), (following, other) in pairwise(found):
        if version == following:
            raise MigrationFault(f"{path.name} and {other.name} have one number: only one of them would ever run")
    return found


async def migrate(url: str, *, password: str | None = None) -> list[str]:
    """Bring the database to this program's version; returns the names of what was applied."""
    connection = await asyncpg.connect(url, password=password, timeout=10)
    try:
        await connection.execute("select pg_advisory_lock($1)", MIGRATION_LOCK)
        await connection.execute(query("migrations_table"))
        done = {row["version"] for row in await connection.fetch(query("migrations_done"))}
        return [await _apply(connection, *step) for step in migrations() if step[0] not in done]
    finally:
        await connection.close(timeout=10)


async def _apply(connection: Connection, version: int, path: Path) -> str:
    async with connection.transaction():
        await connection.execute(path.read_text())  # noqa: ASYNC240  (once, before anything runs)
        await connection.execute(query("migrations_note"), version, path.name)
    return path.name


async def check_version(connection: Connection) -> None:
    """Raises MigrationFault when `goodsout migrate` has to run first."""
    if await connection.fetchval("select to_regclass('migration')") is None:
        raise MigrationFault("the database is empty; run `goodsout migrate` first")
    done = {row["version"] for row in await connection.fetch(query("migrations_done"))}
    missing = [path.name for version, path in migrations() if version not in done]
    if missing:
        raise MigrationFault(f"the database lacks {', '.join(missing)}; run `goodsout migrate` first")


class Database:
    """A pool with a name and bounds. Despatch has one of its own, so that bulk work cannot starve it.

    With `urgency`, whoever asks for a connection stands behind what is more urgent.
    """

    def __init__(self, pool: "asyncpg.Pool[asyncpg.Record]", urgency: Urgency | None = None) -> None:
        self._pool = pool
        self._urgency = urgency

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Connection]:
        """A connection for this task alone. Never hold it while sleeping or calling a partner."""
        behind = self._urgency.behind() if self._urgency is not None else nullcontext()
        async with behind, self._lent() as connection:
            yield connection

    @asynccontextmanager
    async def _lent(self) -> AsyncIterator[Connection]:
        connection = await self._pool.acquire(timeout=ACQUIRE_TIMEOUT)
        try:
            yield connection
        except asyncio.CancelledError:
            connection.terminate()
            raise
        finally:
            await asyncio.shield(self._pool.release(connection, timeout=5))

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Connection]:
        """A transaction: committed at the end, rolled back on any exception."""
        async with self.connection() as connection, connection.transaction():
            yield connection

    async def now(self) -> datetime:
        """The database's clock, which all replicas share."""
        async with self.connection() as connection:
            value: datetime = await connection.fetchval("select clock_timestamp()")
            return value

    async def close(self) -> None:
        """Bounded: asyncpg may wait for ever on a cancel that is never answered."""
        try:
            async with asyncio.timeout(10):
                await self._pool.close()
        except TimeoutError:
            self._pool.terminate()


async def open_database(
    url: str,
    settings: DatabaseSettings,
    connections: int,
    *,
    password: str | None = None,
    name: str = "goodsout",
    urgency: Urgency | None = None,
) -> Database:
    """A pool of at most `connections`. Raises OSError or asyncpg errors when the database does not answer."""
    milliseconds = str(int(settings.statement_timeout * 1000))
    pool = await asyncpg.create_pool(
        url,
        password=password,
        min_size=1,
        max_size=connections,
        timeout=10,
        command_timeout=settings.statement_timeout + 5,
        init=_speak_json,
        reset=_leave_as_it_is,
        server_settings={"application_name": name, "statement_timeout": milliseconds, "jit": "off"},
    )
    return Database(pool, urgency)


async def _leave_as_it_is(connection: Connection) -> None:
    """Nothing here outlives its transaction, so there is nothing to undo: one question less each time."""
    del connection


async def _speak_json(connection: Connection) -> None:
    await connection.set_type_codec(
        "jsonb",
        schema="pg_catalog",
        format="binary",
        encoder=lambda value: b"\x01" + msgspec.json.encode(value),
        decoder=lambda data: msgspec.json.decode(data[1:]),
    )
