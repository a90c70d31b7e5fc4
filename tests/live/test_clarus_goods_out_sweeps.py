"""Sweeps of what leaves the simulated Clarus: nothing is lost or said twice, whoever reads and however it answers."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from daemon.clarus_goods_out_reading import Found
from daemon.links.answer import Done
from daemon.settings import ClarusGoodsOuts
from daemon.store.clarus_goods_outs import mark, marks_due
from daemon.store.clarus_readings import next_number
from handlers.clarus_goods_outs import Reading as Read
from simulators.clarus import Fault, PackingDesk
from tests.live.clarus_rig import LAG, clarus_rig
from tests.live.goods_out_rig import WITH_CONTENTS, Reading, reading

pytestmark = pytest.mark.live


async def test_a_right_that_is_lost_cancels_nothing(tmp_path: Path, database_url: str) -> None:
    async with reading(tmp_path, database_url) as at:
        orders = [at.desk.enter(f"SO-{n}", [("KETTLE", 2, "L1")]) for n in range(3)]
        await at.pass_(960)
        for order in orders:
            order.past.append((at.rig.hand.at, ""))
        await at.pass_(1_200)
        assert await at.keys("order") == []
        assert [kind for kind, _ in await at.rig.alerts()] == ["goods_out_vanished"] * 3
        for order in orders:
            order.past.append((at.rig.hand.at, "PENDING"))
        await at.pass_(1_200)
        assert await at.rig.alerts() == []


async def test_what_had_ended_before_the_first_sweep_is_told_only_where_the_channel_waits(
    tmp_path: Path, database_url: str
) -> None:
    async with clarus_rig(tmp_path, database_url) as rig:
        at = Reading(rig, PackingDesk(rig.clarus), ClarusGoodsOuts(read=True))
        await at.sold("SO-1")
        for name in ("SO-1", "SO-2"):
            order = at.desk.enter(name, [("KETTLE", 2, "L1")])
            at.desk.pack(order)
            at.desk.complete(order)
        rig.hand.on(LAG)
        await at.read()
        await at.pass_(1_800)
        assert [data["order_reference"] for _, data in await at.messages()] == ["SO-1"]


async def test_a_sweep_goes_on_at_its_page_after_a_restart_and_survives_bad_answers(
    tmp_path: Path, database_url: str
) -> None:
    async with reading(tmp_path, database_url, page_size=2) as at:
        for number in range(9):
            order = at.desk.enter(f"SO-{number}", [("KETTLE", 2, "L1")])
            at.desk.allocate(order)
        at.rig.hand.on(901)
        await at.reader.round()
        cursor = await at.rig.one("select cursor from clarus_goods_out_sweep")
        assert cursor is not None
        at.restart()
        at.rig.clarus.faults.script(Fault("errors_beside_data"), Fault("garbled"), Fault("error"))
        for _ in range(60):
            await at.reader.round()
        await at.pass_(60)  # a name that was read alone when an answer was spoilt waits for so long
        assert len(await at.keys("order")) == 9


async def test_a_part_that_is_taken_out_of_the_schema_is_named(tmp_path: Path, database_url: str) -> None:
    async with reading(tmp_path, database_url, WITH_CONTENTS) as at:
        asked = at.reader.plan.asked()
        assert await at.reader.lists.missing(asked) == Done(())
        at.rig.clarus.world.schema.remove("Package", "storage_unit")
        assert await at.reader.lists.missing(asked) == Done(("packages.all.edges.node.storage_unit",))


async def test_a_read_that_was_overtaken_takes_no_look_away_from_the_one_that_overtook_it(
    tmp_path: Path, database_url: str
) -> None:
    async with reading(tmp_path, database_url) as at:
        order = at.desk.enter("SO-1", [("KETTLE", 2, "L1")])
        at.desk.complete(order)
        at.rig.hand.on(LAG)
        async with at.rig.database.transaction() as connection:
            await mark(connection, "main", ["SO-1"], at.rig.hand.at - timedelta(seconds=LAG))
            older = Read(await next_number(connection), at.rig.hand.at, timedelta(seconds=LAG))
            marks = await marks_due(connection, "main", at.rig.hand.at, 10)
        found = await at.reader.reading.named(["SO-1"])
        assert isinstance(found, Found)
        await at.reader.read_marked(marks)
        async with at.rig.database.transaction() as connection:
            await at.reader.settling.settle(connection, older, found, marks, at.rig.hand.at)
        at.rig.hand.on(LAG)
        await at.read()
        assert await at.keys("order") == [("completed", 1)]


async def test_what_ends_between_the_first_sweep_and_its_reading_is_told(tmp_path: Path, database_url: str) -> None:
    async with clarus_rig(tmp_path, database_url) as rig:
        at = Reading(rig, PackingDesk(rig.clarus), ClarusGoodsOuts(read=True, order_id_paths=("nothing",)))
        order = at.desk.enter("SO-1", [("KETTLE", 2, "L1")])
        at.desk.pick(order)
        await at.reader.round()  # the sweep's page
        at.desk.pack(order)
        at.desk.complete(order)
        await at.read()
        await at.pass_(120)
        assert await at.keys() == [("completed", 1)]


async def test_one_record_that_breaks_its_answers_does_not_hold_up_the_others(
    tmp_path: Path, database_url: str
) -> None:
    async with reading(tmp_path, database_url) as at:
        for number in range(4):
            at.desk.allocate(at.desk.enter(f"SO-{number}", [("KETTLE", 2, "L1")]))
        async with at.rig.database.transaction() as connection:
            await mark(connection, "main", [f"SO-{number}" for number in range(4)], at.rig.hand.at)
        at.rig.clarus.faults.script(*(Fault("errors_alone", "goods_outs") for _ in range(6)))  # each is asked twice
        for _ in range(40):
            await at.reader.round()
        assert len(await at.keys("order")) == 3  # the fourth broke alone, and waits
        await at.pass_(360)
        assert len(await at.keys("order")) == 4


@pytest.mark.parametrize("broken", ["goods_outs", "goods_out_lines", "shipments", "packages", "tasks"])
async def test_one_bad_answer_of_many_costs_neither_the_read_nor_the_size_of_the_next(
    tmp_path: Path, database_url: str, broken: str
) -> None:
    async with reading(tmp_path, database_url, WITH_CONTENTS) as at:
        names = [f"SO-{number}" for number in range(30)]
        for name in names:
            order = at.desk.enter(name, [("KETTLE", 2, "L1")])
            at.desk.allocate(order)
            at.desk.pack(order)
            at.desk.complete(order)
        async with at.rig.database.transaction() as connection:
            await mark(connection, "main", names, at.rig.hand.at)
        at.rig.clarus.faults.script(Fault("errors_alone", broken))
        before = len(at.rig.clarus.world.heard)
        assert await at.reader.round() == 0.0
        assert await at.rig.one("select count(*) from clarus_goods_out") == 30
        assert at.reader.at_once == at.reader.most_at_once
        asked = [heard.operation for heard in at.rig.clarus.world.heard[before:]]
        expected = ["goods_outs", "goods_out_lines", "shipments", "shipments", "packages", "tasks", broken]
        assert sorted(asked) == sorted(expected)  # few requests for many goods outs


async def test_where_many_names_wait_the_sweep_has_every_fifth_round_and_else_every_second(
    tmp_path: Path, database_url: str
) -> None:
    async with reading(tmp_path, database_url, ClarusGoodsOuts(read=True, at_once=2)) as at:
        names = [f"SO-{number}" for number in range(11)]
        for name in names:
            at.desk.enter(name, [("KETTLE", 2, "L1")])
        async with at.rig.database.transaction() as connection:
            await mark(connection, "main", names, at.rig.hand.at)
        at.rig.hand.on(900)  # a sweep is due, too
        rounds, before = list[str](), len(at.rig.clarus.world.heard)
        for _ in range(7):
            await at.reader.round()
            asked = [heard.operation for heard in at.rig.clarus.world.heard[before:]]
            before += len(asked)
            rounds.append("read" if len(asked) > 1 else "swept")
        assert rounds[:6] == ["read"] * 4 + ["swept", "read"]
        await at.read()
        assert await at.rig.one("select count(*) from clarus_goods_out") == 11


async def test_two_readers_that_both_think_the_lease_is_theirs_say_everything_once(
    tmp_path: Path, database_url: str
) -> None:
    async with reading(tmp_path, database_url) as at:
        other = Reading(at.rig, at.desk, at.section)
        orders = [at.desk.enter(f"SO-{number}", [("KETTLE", 2, "L1")]) for number in range(5)]
        for order in orders:
            at.desk.pack(order)
            at.desk.complete(order)
        for _ in range(4):
            names = [f"SO-{number}" for number in range(5)]
            async with at.rig.database.transaction() as connection:
                await mark(connection, "main", names, at.rig.hand.at)
            await asyncio.gather(*(one.reader.round() for one in (at, other, at, other)))
            at.rig.hand.on(LAG)
        await at.read()
        assert await at.keys("order") == await at.keys() == [("completed", 1)] * 5
        ids = await at.rig.one("select count(*) = count(distinct message_id) from outbox where exchange = 'clarus'")
        assert ids
