"""Single zeroes in the books: explained, waited for, and held or told as their rule says."""

from collections.abc import AsyncIterator

import pytest

from daemon.settings import Zeroes
from tests.live.brake_rig import HUNDRED, BrakeRig, brake_rig, shop

pytestmark = pytest.mark.live


@pytest.fixture
async def rig(database_url: str) -> AsyncIterator[BrakeRig]:
    async with brake_rig(database_url) as rig:
        yield rig


async def test_one_zero_that_a_movement_explains_goes_at_once(rig: BrakeRig) -> None:
    await shop(rig, HUNDRED)
    await rig.moved(HUNDRED[:1], -50)
    assert await rig.tell() == {HUNDRED[0]: 0}


async def test_one_zero_that_only_a_level_tells_goes_after_a_moment(rig: BrakeRig) -> None:
    await shop(rig, HUNDRED)
    await rig.level(HUNDRED[:1], 0)
    assert await rig.tell() == {}
    rig.later(seconds=2)
    assert await rig.tell() == {HUNDRED[0]: 0}


async def test_a_stop_is_a_person_s_word_and_passes_the_brake(rig: BrakeRig) -> None:
    await shop(rig, HUNDRED)
    await rig.execute("update listing set stopped = true")
    await rig.execute("insert into dirty select 'acme', sku, $1 from listing", rig.clock.now())
    assert await rig.tell() == dict.fromkeys(HUNDRED, 0)


async def test_a_zero_held_by_its_rule_is_asked_about_and_told_when_nobody_answers(rig: BrakeRig) -> None:
    await rig.list_skus(["LAMP", "RUG"])
    await rig.execute("update listing set zero_rule = 'hold' where sku = 'LAMP'")
    await rig.level(["LAMP", "RUG"], 5)
    await rig.tell()
    await rig.moved(["LAMP", "RUG"], -5)
    assert await rig.tell() == {"RUG": 0}
    await rig.watch()
    [decision] = await rig.decisions("zero_held")
    assert (decision.owner, decision.default_option) == ("merchandising", "send")
    assert "zero_held" in await rig.alerts()
    rig.later(hours=4)
    assert await rig.tell() == {"LAMP": 0}
    await rig.watch()
    assert await rig.decisions() == [] and await rig.alerts() == set()


@pytest.mark.parametrize(("answer", "told"), [("send", {"LAMP": 0}), ("keep", {})])
async def test_a_zero_held_by_its_rule_goes_by_what_a_person_decides(
    rig: BrakeRig, answer: str, told: dict[str, int]
) -> None:
    await rig.list_skus(["LAMP"], zero_rule="hold")
    await rig.level(["LAMP"], 5)
    await rig.tell()
    await rig.moved(["LAMP"], -5)
    await rig.tell()
    await rig.watch()
    await rig.decide(answer, kind="zero_held")
    assert await rig.tell() == told
    rig.later(hours=5)
    assert await rig.tell() == {}


async def test_stock_that_comes_back_withdraws_the_question_about_its_zero(rig: BrakeRig) -> None:
    await rig.list_skus(["LAMP"], zero_rule="hold")
    await rig.level(["LAMP"], 5)
    await rig.tell()
    await rig.moved(["LAMP"], -5)
    await rig.tell()
    await rig.watch()
    await rig.moved(["LAMP"], 3)
    assert await rig.tell() == {"LAMP": 3}
    await rig.watch()
    assert await rig.decisions() == []
    assert await rig.value("select decided_by from decision") == "policy"


async def test_the_rule_alert_tells_the_zero_and_raises_an_alert_until_stock_is_back(database_url: str) -> None:
    settings = Zeroes(classes={"a": "alert"})
    async with brake_rig(database_url, settings, zero_rule="alert") as rig:
        await shop(rig, ["LAMP"])
        await rig.moved(["LAMP"], -50)
        assert await rig.tell() == {"LAMP": 0}
        await rig.watch()
        assert await rig.alerts() == {"zero_told"}
        await rig.moved(["LAMP"], 9)
        await rig.tell()
        await rig.watch()
        assert await rig.alerts() == set()


async def test_a_vendor_s_zero_is_held_and_no_time_tells_it(database_url: str) -> None:
    async with brake_rig(database_url, kind="vendor_central") as rig:
        await shop(rig, ["LAMP"])
        await rig.moved(["LAMP"], -50)
        assert await rig.tell() == {}
        await rig.watch()
        [decision] = await rig.decisions("zero_held")
        assert decision.default_option is None
        rig.later(hours=1_000)
        await rig.watch()
        assert await rig.tell() == {}
        assert "zero_held" in await rig.alerts()
