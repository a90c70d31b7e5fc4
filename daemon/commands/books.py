"""A connection to the books for a command, and the business time it goes by."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from daemon.app import clock_of, open_books
from daemon.clock import Clock
from daemon.commands.context import configuration
from daemon.config import Configuration
from daemon.pace import follow
from daemon.store.database import Database, check_version
from daemon.store.reach import reachable


@dataclass(frozen=True, slots=True)
class Books:
    configuration: Configuration
    database: Database
    clock: Clock


@asynccontextmanager
async def open_for_command() -> AsyncIterator[Books]:
    """The books of the configured database, checked to be of this version."""
    async with reachable(configuration()) as ready, AsyncExitStack() as stack:
        database = await open_books(ready, 2, stack, "goodsout-command")
        async with database.connection() as connection:
            await check_version(connection)
        clock = clock_of(ready.settings)
        clock.discipline(await database.now())
        if ready.settings.clock.yields:
            async with database.connection() as connection:
                await follow(connection, clock)
        yield Books(ready, database, clock)
