"""The watch takes what is due and clears away what is old, and none of it stops the rest."""

from datetime import UTC, datetime, timedelta

import pytest

from daemon.clock import Clock
from daemon.housekeeping import TIDY_EVERY, Housekeeping
from daemon.settings import Bus, Settings
from daemon.settings import Database as DatabaseSettings
from daemon.store.database import Database
from daemon.store.inbox import first_seen
from daemon.store.notes import write_notes
from daemon.watch import Watch
from handlers.notes import AskPerson

pytestmark = pytest.mark.live

AT = datetime(2026, 3, 1, 9, tzinfo=UTC)


async def test_the_watch_takes_defaults_and_keeps_the_inbox(database: Database) -> None:
    settings = Settings(bus=Bus(url="embedded:"), database=DatabaseSettings(url="embedded:"))
    clock = Clock()
    watch = Watch(database, clock, settings, {}, more=Housekeeping(settings).tasks())
    async with database.transaction() as connection:
        ask = AskPerson("split_order", "O-1", "ecommerce", "Split?", ("yes", "no"), "no", AT)
        await write_notes(connection, [ask], AT, {})
    await watch.round()
    await watch.round()
    assert watch.failures == 0
    async with database.connection() as connection:
        assert await connection.fetchval("select decided_by from decision") == "policy"
        assert await first_seen(connection, [("/clarus", "e1", clock.now())], clock.now()) == [True]
        place = await connection.fetchval("select tableoid::regclass::text from inbox")
    assert place == f"inbox_{clock.now():%Y%m%d}"


async def test_clearing_away_waits_its_turn(database: Database) -> None:
    settings = Settings(bus=Bus(url="embedded:"), database=DatabaseSettings(url="embedded:"))
    keeping = Housekeeping(settings)
    days = "select count(*) from pg_inherits where inhparent = 'inbox'::regclass"
    async with database.connection() as connection:
        await keeping.keep_inbox(connection, AT)
        before = await connection.fetchval(days)
        await keeping.keep_inbox(connection, AT + TIDY_EVERY / 2)
        await connection.execute("drop table inbox_20260302")
        await keeping.keep_inbox(connection, AT + TIDY_EVERY - timedelta(seconds=1))
        assert await connection.fetchval(days) == before - 1
        await keeping.keep_inbox(connection, AT + TIDY_EVERY)
        assert await connection.fetchval(days) == before
