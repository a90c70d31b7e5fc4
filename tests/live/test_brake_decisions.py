"""What people and time make of zeroes that the brake holds."""

from collections.abc import AsyncIterator

import pytest

from handlers.decisions import Refused
from tests.live.brake_rig import HUNDRED, BrakeRig, bad_export, brake_rig

pytestmark = pytest.mark.live


@pytest.fixture
async def rig(database_url: str) -> AsyncIterator[BrakeRig]:
    async with brake_rig(database_url) as rig:
        yield rig


async def test_released_all_of_them_are_told(rig: BrakeRig) -> None:
    await bad_export(rig)
    await rig.decide("release_all")
    await rig.watch()
    assert await rig.tell() == dict.fromkeys(HUNDRED, 0)
    await rig.watch()
    assert await rig.alerts() == set()
    assert await rig.decisions() == []


async def test_refused_none_is_told_until_stock_comes_back_or_a_movement_explains_it(rig: BrakeRig) -> None:
    await bad_export(rig)
    await rig.decide("refuse")
    await rig.watch()
    assert await rig.tell() == {}
    await rig.watch()
    assert "zero_held" in await rig.alerts() and "mass_zero_held" not in await rig.alerts()
    await rig.level(HUNDRED[:3], 20, answers=True)
    assert await rig.tell() == dict.fromkeys(HUNDRED[:3], 20)


async def test_a_list_is_released_and_people_are_asked_again_for_the_rest(rig: BrakeRig) -> None:
    await bad_export(rig)
    [first] = await rig.decisions("mass_zero")
    await rig.decide("release_list", *HUNDRED[:7])
    await rig.watch()
    assert await rig.tell() == dict.fromkeys(HUNDRED[:7], 0)
    await rig.watch()
    [second] = await rig.decisions("mass_zero")
    assert second.id != first.id
    assert "93 listings" in second.question


async def test_a_list_that_names_what_is_not_held_releases_nothing(rig: BrakeRig) -> None:
    await bad_export(rig)
    with pytest.raises(Refused, match="holds no zero of LAMP; nothing was released"):
        await rig.decide("release_list", HUNDRED[0], "LAMP")
    await rig.watch()
    assert await rig.tell() == {}
    assert len(await rig.decisions("mass_zero")) == 1


async def test_its_time_tells_nothing_it_escalates_and_asks_for_fresh_levels(rig: BrakeRig) -> None:
    await bad_export(rig)
    first = await rig.value("select min(asked_at) from level_request")
    assert await rig.value("select count(*) from level_request") == 100
    [before] = await rig.decisions("mass_zero")
    rig.later(seconds=3601)
    await rig.watch()
    await rig.watch()
    assert await rig.tell() == {}
    assert "mass_zero_undecided" in await rig.alerts()
    assert await rig.value("select count(*) from level_request where asked_at > $1", first) == 100
    [after] = await rig.decisions("mass_zero")
    assert after.id == before.id
    assert after.default_at is not None and before.default_at is not None
    assert after.default_at > before.default_at


async def test_a_fresh_level_that_contradicts_lifts_the_hold_by_itself(rig: BrakeRig) -> None:
    await bad_export(rig)
    await rig.level(HUNDRED[:30], 44, answers=True)
    assert await rig.tell() == dict.fromkeys(HUNDRED[:30], 44)
    await rig.level(HUNDRED[30:], 50, answers=True)
    await rig.tell()
    rig.later(seconds=901)
    await rig.watch()
    assert await rig.decisions() == []
    assert await rig.value("select outcome from brake_event") == "over"
    assert await rig.value("select count(*) from publication where told = 0 or zero_since is not null") == 0


async def test_a_fresh_level_that_agrees_tells_nothing_by_itself_and_can_be_released(rig: BrakeRig) -> None:
    await bad_export(rig)
    await rig.level(HUNDRED[:5], 0, answers=True)
    assert await rig.tell() == {}
    rig.later(hours=2)
    await rig.watch()
    assert await rig.value("select count(*) from publication where zero_confirmed_at is not null") == 0
    await rig.level(HUNDRED[:5], 0, answers=True)
    assert await rig.tell() == {}
    await rig.decide("release_confirmed")
    await rig.watch()
    assert await rig.tell() == dict.fromkeys(HUNDRED[:5], 0)
