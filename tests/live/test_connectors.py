"""Where the warehouse's own connector imports the same account: nothing is released until it is off."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from daemon.connector_watch import AGAIN
from daemon.release_role import behind_checks
from daemon.releasing import IDLE
from daemon.store.other_imports import importers
from simulators.clarus import Fault
from tests.live.release_rig import CHANNEL, ReleaseRig, release_rig

Round = Callable[[], Awaitable[float]]
DAY = 86_400.0


@pytest.fixture
async def rig(tmp_path: Path, database_url: str) -> AsyncIterator[ReleaseRig]:
    async with release_rig(tmp_path, database_url) as given:
        yield given


def start(rig: ReleaseRig) -> Round:
    """As a process that has just started."""
    return behind_checks(rig.loop(), "main")


async def run(round_: Round) -> None:
    for _ in range(20):
        if await round_() == IDLE:
            return
    raise AssertionError("still busy")


async def state(rig: ReleaseRig, name: str) -> str:
    found: str = await rig.books.fetchval("select state from sales_order where channel_order_id = $1", name)
    return found


async def test_nothing_is_released_beside_a_connector_and_people_hear_of_it_at_once(rig: ReleaseRig) -> None:
    rig.clarus.world.add_integration("UK shop", "amazon")
    await rig.sell("111-1")
    await run(start(rig))
    assert (rig.asked(), await state(rig, "111-1")) == ([], "pending")
    [(kind, text)] = await rig.texts("W1/uk")
    assert kind == "orders_imported_twice" and "'UK shop'" in text
    async with rig.database.connection() as connection:
        assert [one.name for one in await importers(connection, CHANNEL)] == ["UK shop"]


async def test_a_connector_that_is_switched_on_later_is_seen_within_a_day_and_one_switched_off_frees_all(
    rig: ReleaseRig,
) -> None:
    round_ = start(rig)
    await rig.sell("111-1")
    await run(round_)
    assert len(rig.at_clarus("111-1")) == 1
    connector = rig.clarus.world.add_integration("UK shop", "amazon")
    rig.hand.on(DAY + 1)
    await rig.sell("111-2")
    await run(round_)
    assert rig.at_clarus("111-2") == [] and await state(rig, "111-1") == "released"
    connector.enabled = False
    rig.hand.on(DAY + 1)
    asked = "select asked_at from order_recheck where channel_account = 'uk'"
    await run(round_)
    assert await rig.texts("W1/uk") == []
    assert await rig.books.fetchval(asked) == rig.hand.at, "what was held is judged again"


async def test_what_became_ready_while_the_connector_was_being_found_is_held_too(rig: ReleaseRig) -> None:
    rig.clarus.world.add_integration("UK shop", "amazon")
    round_ = start(rig)
    assert await round_() > 0
    await rig.sell("111-1")
    await run(round_)
    assert (rig.asked(), await state(rig, "111-1")) == ([], "pending")


async def test_a_connector_for_another_account_and_a_courier_hold_nothing(tmp_path: Path, database_url: str) -> None:
    async with release_rig(tmp_path, database_url, other_connectors=("101",)) as rig:
        assert rig.clarus.world.integrations == []
        other = rig.clarus.world.add_integration("US shop", "amazon")
        other.id = 101
        rig.clarus.world.add_integration("Amazon Shipping", "amazon", kind="carrier")
        await rig.sell("111-1")
        await run(start(rig))
        assert len(rig.at_clarus("111-1")) == 1 and await rig.texts("W1/uk") == []


async def test_a_list_that_may_not_be_read_is_told_and_holds_nothing(rig: ReleaseRig) -> None:
    rig.clarus.world.schema.remove("Query", "integrations")
    await rig.sell("111-1")
    round_ = start(rig)
    await run(round_)
    assert len(rig.at_clarus("111-1")) == 1
    assert [kind for kind, _ in await rig.texts("main/integrations")] == ["source_unreadable"]
    rig.clarus.world.schema.types["Query"]["integrations"] = "IntegrationQueries"
    rig.hand.on(AGAIN.total_seconds() + 1)
    await run(round_)
    assert await rig.texts("main/integrations") == []


async def test_at_start_nothing_leaves_before_a_look_that_only_failed_for_the_moment(rig: ReleaseRig) -> None:
    rig.clarus.faults.script(Fault("error", "integrations", times=2))
    await rig.sell("111-1")
    round_ = start(rig)
    assert await round_() > 0 and rig.asked() == []
    await run(round_)
    assert len(rig.at_clarus("111-1")) == 1 and await rig.texts("main/integrations") == []


async def test_a_look_that_is_switched_off_ends_what_an_earlier_one_found(tmp_path: Path, database_url: str) -> None:
    async with release_rig(tmp_path, database_url) as rig:
        rig.clarus.world.add_integration("UK shop", "amazon")
        await run(start(rig))
        assert await rig.texts("W1/uk") != []
    async with release_rig(tmp_path, database_url, check_connectors=False) as rig:
        rig.clarus.world.add_integration("UK shop", "amazon")
        await run(start(rig))
        assert await rig.texts("W1/uk") == []
