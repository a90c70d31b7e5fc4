"""The brake on mass change, in the books of a real database: what it holds, and what it lets through."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from daemon.brakes import still_braked
from daemon.settings import Zeroes
from daemon.store import publication
from daemon.store.decisions import Choice, decide
from tests.live.brake_rig import HUNDRED, BrakeRig, bad_export, brake_rig, shop

pytestmark = pytest.mark.live


@pytest.fixture
async def rig(database_url: str) -> AsyncIterator[BrakeRig]:
    async with brake_rig(database_url) as rig:
        yield rig


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
