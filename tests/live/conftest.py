"""What tests with real servers may ask for, besides what every test may."""

from collections.abc import AsyncIterator

import pytest

from daemon.settings import Database as DatabaseSettings
from daemon.store.database import Database, open_database


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """Connections to the test's own database, as the daemon has them: a few, lent one at a time."""
    opened = await open_database(database_url, DatabaseSettings(url=database_url), 4)
    yield opened
    await opened.close()
