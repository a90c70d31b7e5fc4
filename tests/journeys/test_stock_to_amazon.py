"""Stock, from the warehouse's events to what Amazon shows."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from daemon.settings import Role
from simulators.amazon import Fault
from tests.journeys.rig import Rig, running, until

ROLES: tuple[Role, ...] = ("intake", "relay", "publish", "watch")


@pytest.fixture
async def rig(tmp_path: Path, database_url: str) -> AsyncIterator[Rig]:
    async with running(tmp_path, database_url, ROLES) as rig:
        yield rig


async def shows(rig: Rig, sku: str, quantity: int, within: float = 15.0) -> None:
    async def live() -> object:
        return rig.seller.listing(sku).live == quantity

    await until(live, within)


async def test_a_level_reaches_the_channel_and_is_seen_live(rig: Rig) -> None:
    await rig.list_sku("ARMCHAIR")
    await rig.level("ARMCHAIR", 12)
    await shows(rig, "ARMCHAIR", 12)

    async def seen() -> object:
        return await rig.books.fetchval(
            "select live = 12 and untold_since is null and flight_id is null from publication"
        )

    await until(seen)


async def test_handling_time_survives_a_change_of_quantity(rig: Rig) -> None:
    await rig.list_sku("ARMCHAIR")
    await rig.level("ARMCHAIR", 12)
    await shows(rig, "ARMCHAIR", 12)
    assert rig.seller.listing("ARMCHAIR").submitted["lead_time_to_ship_max_days"] == 2


async def test_packs_are_counted_not_eaches(rig: Rig) -> None:
    await rig.list_sku("TEACUP", seller_sku="TEACUP-CASE-12", pack_size=12, buffer_units=5)
    await rig.level("TEACUP", 100)
    await shows(rig, "TEACUP-CASE-12", 7)


async def test_a_lost_movement_lowers_and_never_raises_until_a_level_settles_it(rig: Rig) -> None:
    await rig.list_sku("LAMP")
    await rig.level("LAMP", 50)
    await shows(rig, "LAMP", 50)
    await rig.moved("LAMP", -10, sequence=2)
    await shows(rig, "LAMP", 40)

    async def asked() -> object:
        return await rig.books.fetchval("select command_id from stock_trouble where doubt_since is not null")

    command_id = await until(asked)
    assert rig.seller.listing("LAMP").live == 40
    data = {"account": "acme", "warehouse": "W1", "sku": "LAMP", "available": 45, "command_id": command_id}
    await rig.tell("inventory.level", data, sequence=2)
    await shows(rig, "LAMP", 45)
    assert await rig.books.fetchval("select count(*) from stock_trouble") == 0


async def test_a_value_that_took_effect_after_our_time_out_is_found_by_reading(rig: Rig) -> None:
    await rig.list_sku("RUG")
    rig.amazon.faults.script(Fault(kind="lost_answer", operation="patchListingsItem", seconds=30))
    await rig.level("RUG", 9)

    async def settled() -> object:
        return await rig.books.fetchval("select live = 9 and flight_id is null from publication")

    await until(settled, 20)
    assert rig.amazon.journal.told("SELLER1", "RUG") == [9]


async def test_a_refused_listing_is_an_alert_and_is_not_sent_again_and_again(rig: Rig) -> None:
    await rig.list_sku("VASE", product_type="RETIRED")
    await rig.level("VASE", 3)

    async def raised() -> object:
        return await rig.books.fetchval("select count(*) from alert where kind = 'listing_refused'")

    await until(raised)
    before = len(rig.amazon.journal.of("patchListingsItem"))
    await rig.list_sku("OTHER")
    await rig.level("OTHER", 1)
    await shows(rig, "OTHER", 1)
    assert len(rig.amazon.journal.of("patchListingsItem")) == before + 1


async def test_a_corrupt_event_is_parked_and_its_sku_doubted_and_the_rest_goes_on(rig: Rig) -> None:
    await rig.list_sku("CLOCK")
    await rig.list_sku("MIRROR")
    await rig.level("CLOCK", 4)
    await shows(rig, "CLOCK", 4)
    await rig.send("inventory.moved", b'{"specversion": "1.0", "id": ', "acme/CLOCK")
    await rig.level("MIRROR", 6)
    await shows(rig, "MIRROR", 6)

    async def doubted() -> object:
        return await rig.books.fetchval("select doubt_reason = 'parked' from stock_trouble")

    await until(doubted)
    assert await rig.books.fetchval("select reason from parked") == "malformed"
