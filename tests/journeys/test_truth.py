"""Accepted is not live: what the whole daemon makes of a channel that lags, and of a hand in the channel's pages."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from daemon.settings import Role
from simulators.amazon import Fault, Lags
from tests.journeys.rig import Rig, running, until

pytestmark = pytest.mark.live

ROLES: tuple[Role, ...] = ("intake", "relay", "publish", "watch")
QUICK = {
    "GOODSOUT_PUBLICATION__NEVER_LIVE_AFTER": "3.0",
    "GOODSOUT_PUBLICATION__READ_BACK_LONGEST": "2.0",
    "GOODSOUT_PUBLICATION__READ_BACK_AUDIT_EVERY": "2.0",
}
"""What takes a quarter of an hour or a day takes seconds."""


@pytest.fixture
async def rig(tmp_path: Path, database_url: str) -> AsyncIterator[Rig]:
    async with running(tmp_path, database_url, ROLES, environ=QUICK) as rig:
        yield rig


async def seen(rig: Rig, question: str, within: float = 20.0) -> None:
    async def answer() -> object:
        return await rig.books.fetchval(question)

    await until(answer, within)


PROVEN = "select count(*) = count(proven_at) and bool_and(live = desired) from publication"


async def test_accepted_but_never_live_is_raised_with_both_values_and_resolved_by_itself(rig: Rig) -> None:
    await rig.list_sku("LAMP")
    await rig.level("LAMP", 9)
    await seen(rig, PROVEN)
    rig.amazon.faults.lags = Lags(live=(3_600, 3_600))
    await rig.level("LAMP", 4)
    await seen(rig, "select count(*) = 1 from alert where kind = 'never_live' and resolved_at is null")
    both = "select (detail->>'accepted') || ' ' || (detail->>'live') from alert where kind = 'never_live'"
    assert await rig.books.fetchval(both) == "4 9"
    rig.seller.listing("LAMP").coming.clear()
    rig.seller.listing("LAMP").live = 4
    await seen(rig, "select count(*) = 1 from alert where kind = 'never_live' and resolved_at is not null")
    assert rig.amazon.journal.told("SELLER1", "LAMP") == [9, 4]


async def test_a_channel_that_only_lags_raises_nothing(rig: Rig) -> None:
    rig.amazon.faults.lags = Lags(live=(1.5, 2.0))
    for number in range(5):
        await rig.list_sku(f"RUG-{number}")
        await rig.level(f"RUG-{number}", 20 + number)
    await seen(rig, f"select count(*) = 5 and ({PROVEN}) from publication")
    assert await rig.books.fetchval("select count(*) from alert where kind in ('never_live', 'foreign_stock')") == 0
    older = "select count(*) > 0 from publication_reading where meaning = 'older'"
    assert await rig.books.fetchval(older), "nothing lagged: the test proves nothing"


async def test_somebody_elses_value_is_noticed_named_and_ours_told_again_once(rig: Rig) -> None:
    await rig.list_sku("VASE")
    await rig.level("VASE", 9)
    await seen(rig, PROVEN)
    rig.seller.listing("VASE").live = 250
    await seen(rig, "select count(*) = 1 from alert where kind = 'foreign_stock'")
    assert await rig.books.fetchval("select detail->>'live' from alert where kind = 'foreign_stock'") == "250"
    await seen(rig, "select count(*) = 1 from alert where kind = 'foreign_stock' and resolved_at is not null")
    assert rig.amazon.journal.told("SELLER1", "VASE") == [9, 9]


async def test_a_read_that_shows_the_old_value_raises_nothing_after_a_time_out(rig: Rig) -> None:
    """The request for 12 is still on its way; told before its end, 30 would be overtaken by it."""
    await rig.list_sku("CLOCK")
    await rig.level("CLOCK", 4)
    await seen(rig, PROVEN)
    rig.amazon.faults.script(Fault(kind="late_effect", operation="patchListingsItem", seconds=2.5))
    await rig.level("CLOCK", 12)
    await seen(rig, "select flight_state = 'unknown' from publication")
    await rig.level("CLOCK", 30)
    await seen(rig, "select live = 30 and proven_at is not null from publication")
    assert rig.amazon.journal.told("SELLER1", "CLOCK") == [4, 12, 30]
    readings = await rig.books.fetch("select meaning, shows from publication_reading order by id")
    assert ("took_effect", 12) in [tuple(row) for row in readings]


async def test_reading_everything_back_stays_within_the_budget(rig: Rig) -> None:
    for number in range(20):
        await rig.list_sku(f"SKU-{number}")
        await rig.level(f"SKU-{number}", 3)
    await seen(rig, f"select count(*) = 20 and ({PROVEN}) from publication", 60)
    assert rig.amazon.journal.throttled() == []
    assert await rig.books.fetchval("select sum(throttles) from budget") == 0
    assert len(rig.amazon.journal.of("getListingsItem")) >= 20
