"""Zeroes and the brake on mass change, in the books of a real database."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from daemon.brakes import still_braked
from daemon.settings import Zeroes
from daemon.store import publication
from daemon.store.decisions import Choice, decide
from handlers.decisions import Refused
from tests.live.brake_rig import BrakeRig, brake_rig

pytestmark = pytest.mark.live

HUNDRED = [f"SKU-{number:03}" for number in range(100)]


@pytest.fixture
async def rig(database_url: str) -> AsyncIterator[BrakeRig]:
    async with brake_rig(database_url) as rig:
        yield rig


async def shop(rig: BrakeRig, skus: list[str], available: int = 50) -> None:
    """A shop that shows what there is."""
    await rig.list_skus(skus)
    await rig.level(skus, available)
    assert set((await rig.tell()).values()) == {available}
    rig.later(seconds=60)


async def bad_export(rig: BrakeRig, skus: list[str] = HUNDRED) -> None:
    await shop(rig, skus)
    await rig.level(skus, 0)
    assert await rig.tell() == {}
    await rig.watch()


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


async def test_the_brake_holds_false_zeroes_and_lets_true_ones_and_everything_else_through(rig: BrakeRig) -> None:
    await shop(rig, HUNDRED)
    true, lowered, raised, false = HUNDRED[:10], HUNDRED[10:15], HUNDRED[15:20], HUNDRED[20:]
    await rig.moved(true, -50)
    await rig.moved(lowered, -20)
    await rig.moved(raised, 25)
    await rig.level(false, 0)
    told = await rig.tell()
    assert told == dict.fromkeys(true, 0) | dict.fromkeys(lowered, 30) | dict.fromkeys(raised, 75)
    await rig.watch()
    assert await rig.alerts() >= {"mass_zero_held"}
    [decision] = await rig.decisions("mass_zero")
    assert "80 listings of shop" in decision.question
    assert decision.default_option == "keep_held"
    rig.later(hours=100)
    assert await rig.tell() == {}
    assert await rig.value("select count(*) from publication where desired = 0 and told = 50") == 80


class Killed(Exception):
    """The process ended here."""


async def dies(*_: object) -> None:
    raise Killed


async def covered(rig: BrakeRig) -> int:
    """How many zeroes the publisher would keep back on the point of telling them, whatever their rows say."""
    async with rig.database.transaction() as connection:
        ids = [row["listing_id"] for row in await connection.fetch("select listing_id from publication")]
        return len(await still_braked(connection, await publication.lock(connection, ids), rig.clock.now()))


async def test_a_process_that_dies_between_the_brake_and_its_effect_tells_no_zero(
    rig: BrakeRig, monkeypatch: pytest.MonkeyPatch
) -> None:
    await shop(rig, HUNDRED)
    await rig.level(HUNDRED[:15], 0)
    assert await rig.tell() == {}
    await rig.level(HUNDRED[15:], 0)
    monkeypatch.setattr("daemon.marking.catch_up", dies)
    with pytest.raises(Killed):
        await rig.mark()
    monkeypatch.undo()
    rig.later(seconds=10)
    assert (
        await rig.value(
            "select count(*) from publication where zero_hold = 'look' and zero_hold_until < $1", rig.clock.now()
        )
        == 15
    ), "their own time is over, and the brake has not reached them"
    assert await covered(rig) == 100
    await rig.watch()
    assert await rig.tell() == {}
    assert await rig.value("select count(*) from publication where zero_hold = 'brake'") == 100


async def test_a_process_that_dies_between_a_decision_and_its_effect_tells_each_once_the_next_has_its_turn(
    rig: BrakeRig, monkeypatch: pytest.MonkeyPatch
) -> None:
    await bad_export(rig)
    await rig.decide("release_all")
    monkeypatch.setattr("daemon.brake_watch.catch_up", dies)
    with pytest.raises(Killed):
        await rig.watch()
    monkeypatch.undo()
    first = await rig.tell()
    await rig.watch()
    second = await rig.tell()
    assert sorted([*first, *second]) == HUNDRED and {*first.values(), *second.values()} == {0}
    await rig.watch()
    assert await rig.tell() == {}


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


async def test_movements_go_on_being_told_while_a_zero_is_held_and_explain_it_in_the_end(rig: BrakeRig) -> None:
    await bad_export(rig)
    sku = HUNDRED[0]
    await rig.moved([sku], -12)
    assert await rig.tell() == {sku: 38}
    await rig.moved([sku], -30)
    assert await rig.tell() == {sku: 8}
    await rig.moved([sku], 20)
    assert await rig.tell() == {}, "no raise while its zero is held"
    await rig.moved([sku], -28)
    assert await rig.tell() == {sku: 0}


async def test_a_zero_that_comes_while_the_brake_is_on_joins_the_same_decision(rig: BrakeRig) -> None:
    await shop(rig, [*HUNDRED, "LATE"])
    await rig.level(HUNDRED, 0)
    await rig.tell()
    await rig.watch()
    rig.later(seconds=300)
    await rig.level(["LATE"], 0)
    assert await rig.tell() == {}
    await rig.watch()
    assert await rig.value("select count(*) from brake_event") == 1
    [decision] = await rig.decisions("mass_zero")
    await rig.decide("release_list", "LATE")
    await rig.watch()
    assert await rig.tell() == {"LATE": 0}
    assert decision.detail["event_id"] == await rig.value("select id from brake_event")


async def test_zeroes_that_come_one_by_one_are_caught_all_of_them(rig: BrakeRig) -> None:
    rig.settings = Zeroes(brake_look_first=60.0, brake_look=60.0)
    await shop(rig, [f"S{number}" for number in range(1_000)])
    slipped = 0
    for number in range(120):
        await rig.level([f"S{number}"], 0)
        slipped += len(await rig.tell())
    assert slipped == 0
    assert await rig.value("select count(*) from publication where zero_hold = 'brake'") == 120


async def test_below_the_share_what_waited_a_moment_is_told(rig: BrakeRig) -> None:
    await shop(rig, [f"S{number}" for number in range(1_000)])
    few = [f"S{number}" for number in range(30)]
    await rig.level(few, 0)
    assert await rig.tell() == {}
    rig.later(seconds=5)
    assert await rig.tell() == dict.fromkeys(few, 0)


async def test_despatches_explain_the_zeroes_of_a_warehouse_that_sends_levels_alone(rig: BrakeRig) -> None:
    await shop(rig, HUNDRED, 2)
    now = rig.clock.now()
    await rig.execute(
        "insert into despatch values ('acme', 'D1', 1, 'completed', 'W1', 'O1', '', '', '', '', $1, $1)", now
    )
    lines = [{"sku": sku, "quantity": 2, "line_reference": ""} for sku in HUNDRED[:40]]
    content = {"carrier": "", "service": "", "tracking_number": "", "lines": lines}
    await rig.execute("insert into parcel values ('acme', 'D1', 'P1', 1, '100001', $1)", content)
    await rig.level(HUNDRED, 0)
    assert await rig.tell() == dict.fromkeys(HUNDRED[:40], 0)


async def test_a_stop_is_a_person_s_word_and_passes_the_brake(rig: BrakeRig) -> None:
    await shop(rig, HUNDRED)
    await rig.execute("update listing set stopped = true")
    await rig.execute("insert into dirty select 'acme', sku, $1 from listing", rig.clock.now())
    assert await rig.tell() == dict.fromkeys(HUNDRED, 0)


async def test_a_wrong_listings_file_is_caught_as_a_wrong_export_is(rig: BrakeRig) -> None:
    await shop(rig, HUNDRED)
    await rig.execute("update listing set buffer_units = 1000")
    await rig.execute("insert into dirty select 'acme', sku, $1 from listing", rig.clock.now())
    assert await rig.tell() == {}
    assert await rig.value("select count(*) from publication where zero_hold = 'brake'") == 100


async def test_a_decision_and_marks_at_the_same_time_do_not_stand_in_each_others_way(rig: BrakeRig) -> None:
    await bad_export(rig)
    [decision] = await rig.decisions("mass_zero")

    async def release() -> None:
        async with rig.database.transaction() as connection:
            await decide(connection, decision.id, Choice("release_all", "ann"), rig.clock.now(), {})

    await rig.moved(HUNDRED[:50], 1)
    await asyncio.gather(release(), rig.mark(), rig.mark(), rig.watch())
    await rig.watch()
    await rig.tell()
    assert await rig.value("select count(*) from publication where told = 50") == 0


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
