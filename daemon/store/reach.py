"""Where the database is: the one that the configuration names, or a private one that is started for it."""

import asyncio
import dataclasses
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec

from daemon.config import Configuration
from daemon.store.database import migrate
from daemon.store.embedded import PrivatePostgres

EMBEDDED = "embedded:"


@asynccontextmanager
async def reachable(configuration: Configuration) -> AsyncIterator[Configuration]:
    """The configuration with a database URL that answers: `embedded:` is started, migrated, and stopped at the end.

    Raises NoPrivatePostgres where none can be had. Another process that runs it already is joined as a guest.
    """
    section = configuration.settings.database
    if section.url != EMBEDDED:
        yield configuration
        return
    server = await asyncio.to_thread(PrivatePostgres.start, Path(section.folder))
    try:
        await migrate(server.url)
        named = msgspec.structs.replace(section, url=server.url)
        settings = msgspec.structs.replace(configuration.settings, database=named)
        yield dataclasses.replace(configuration, settings=settings)
    finally:
        await asyncio.to_thread(server.stop)
