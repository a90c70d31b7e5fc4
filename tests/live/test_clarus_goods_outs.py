"""What leaves the warehouse, read out of the simulated Clarus into the outbox, on a clock that is turned by hand."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from daemon.budget import Budget
from daemon.clarus_gate import ClarusGate
from daemon.clarus_goods_out_reading import Found
from daemon.clarus_goods_out_rules import plan_of
from daemon.clarus_goods_out_settling import Settling
from daemon.clarus_goods_outs import IDLE, GoodsOutReader
from daemon.clarus_trouble import Trouble
from daemon.links.answer import Done
from daemon.links.clarus_lists import ClarusLists
from daemon.settings import ClarusContents, ClarusGoodsOuts, SellerAccount
from daemon.store.clarus_goods_outs import mark, marks_due
from daemon.store.clarus_readings import next_number
from handlers.clarus_goods_outs import Reading as Read
from simulators.clarus import Fault, PackingDesk
from tests.live.clarus_rig import LAG, START, HandClock, Rig, clarus_rig

pytestmark = pytest.mark.live

TASKS = ClarusContents(
    list="tasks", fields="id confirmed_quantity product { code } storage_unit_to { id } goods_out_line { id }",
    parcel_path="storage_unit_to.id", package_path="storage_unit.id", line_path="goods_out_line.id",
    filters={"task_type_code": "PICK"},
)  # fmt: skip
WITH_CONTENTS = ClarusGoodsOuts(
    read=True, contents=TASKS, package_fields="id tracking_number shipment { id } storage_unit { id }"
)
ORDER_ID = "203-1234567-1234567"
SHOP = SellerAccount(
    account="acme", seller_id="S", endpoint="https://x.example", client_id="c", client_secret_file="f",
    refresh_token_file="f", marketplaces=("UK",), warehouses=("W1",),
)  # fmt: skip


@dataclass
class Reading:
    rig: Rig
    desk: PackingDesk
    section: ClarusGoodsOuts
    reader: GoodsOutReader = field(init=False)

    def __post_init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        """As a process that has just started."""
        rig = self.rig
        tenant = msgspec.structs.replace(rig.settings.clarus["main"], goods_outs=self.section)
        settings = msgspec.structs.replace(rig.settings, clarus={"main": tenant}, sellers={"shop": SHOP})
        plan, clock = plan_of(settings, "main"), HandClock(rig.hand)
        gate = ClarusGate("main", 10_000.0, rig.database, Budget())
        trouble = Trouble("main/goods_outs", 300.0, gate, rig.database, clock, {})
        self.reader = GoodsOutReader(
            plan, ClarusLists(rig.link), trouble, Settling(plan, {}), rig.database, clock, rig.telemetry
        )

    async def read(self) -> None:
        """Until nothing is due."""
        for _ in range(200):
            if await self.reader.round() == IDLE:
                return
        raise AssertionError("still busy after 200 rounds")

    async def pass_(self, seconds: float, step: float = 30.0) -> None:
        """Time goes by, and the reader reads."""
        for _ in range(int(seconds / step)):
            self.rig.hand.on(step)
            await self.read()

    async def hint(self, reference: str, *, cancelled: bool = False) -> None:
        async with self.rig.database.transaction() as connection:
            await mark(connection, "main", [reference], self.rig.hand.at, cancelled=cancelled)
        await self.read()

    async def sold(self, reference: str, *skus: str, order_id: str = ORDER_ID) -> None:
        """An order of the channel's that our books know by this name."""
        for place, sku in enumerate(skus or ("KETTLE",), start=1):
            line = await self.rig.one(
                "insert into open_line (channel_account, channel_order_id, line_reference, order_reference,"
                " marketplace, seller_sku, ordered, ordered_at, updated_at, first_seen)"
                " values ('shop', $1, $2, $3, 'UK', $4, 9, $5, $5, $5) returning id",
                order_id, f"L{place}", reference, sku, START,
            )  # fmt: skip
            await self.rig.books.execute(
                "insert into open_line_part (line_id, account, sku, order_reference, per_unit, ordered)"
                " values ($1, 'acme', $2, $3, 1, 9)",
                line, sku, reference,
            )  # fmt: skip

    async def messages(self, of: str = "despatch") -> list[tuple[str, dict[str, Any]]]:
        rows = await self.rig.books.fetch(
            "select routing_key, body, partition_key from outbox where exchange = 'clarus' and routing_key like $1"
            " order by id",
            f"{of}.%",
        )
        found = [(row["routing_key"], msgspec.json.decode(row["body"])) for row in rows]
        assert all(row["partition_key"].startswith("acme/") for row in rows)
        return [(key, event["data"]) for key, event in found]

    async def keys(self, of: str = "despatch") -> list[tuple[str, int]]:
        return [(key.removeprefix(f"{of}."), data["revision"]) for key, data in await self.messages(of)]


@asynccontextmanager
async def reading(
    folder: Path, url: str, section: ClarusGoodsOuts | None = None, **rig: Any
) -> AsyncIterator[Reading]:
    async with clarus_rig(folder, url, **rig) as found:
        at = Reading(found, PackingDesk(found.clarus), section or ClarusGoodsOuts(read=True))
        await at.read()  # the first sweep: what ends from here on is ours to tell
        yield at


async def test_an_orders_life_is_told_by_the_sweep_alone(tmp_path: Path, database_url: str) -> None:
    async with reading(tmp_path, database_url, lag=20.0) as at:
        await at.sold("SO-1")
        order = at.desk.enter("SO-1", [("KETTLE", 2, "L1")])
        at.desk.allocate(order)
        await at.pass_(900)
        at.desk.pick(order)
        await at.pass_(900)
        at.desk.pack(order)
        at.desk.complete(order)
        await at.pass_(1_800)
        assert await at.keys("order") == [("allocated", 1), ("picking", 2), ("completed", 3)]
        [(_, data)] = await at.messages()
        [parcel] = data["parcels"]
        assert (data["channel"]["account"], data["channel_order_id"]) == ("shop", ORDER_ID)
        assert (parcel["tracking_number"], parcel["carrier"], parcel["service"]) == ("TRACK-000001", "DPD-UK", "NEXT")
        assert parcel["lines"] == [{"sku": "KETTLE", "quantity": 2, "line_reference": "L1", "lot": None,
                                    "expiry": None}]  # fmt: skip
        assert await at.rig.alerts() == []


async def test_a_lagging_replica_neither_undoes_nor_doubles(tmp_path: Path, database_url: str) -> None:
    """A replica that is behind by anything up to the lag, read every half minute for an hour."""
    async with reading(tmp_path, database_url) as at:
        at.rig.clarus.faults.replica_lag = (0.0, LAG - 1)
        await at.sold("SO-1")
        order = at.desk.enter("SO-1", [("KETTLE", 2, "L1")])
        at.desk.pick(order)
        await at.hint("SO-1")
        at.desk.pack(order)
        at.desk.complete(order)
        for _ in range(60):
            await at.hint("SO-1")
            await at.pass_(30)
        assert await at.keys() == [("completed", 1)]
        at.desk.take_back(order)
        for _ in range(20):
            await at.hint("SO-1")
            await at.pass_(30)
        at.desk.complete(order)
        for _ in range(20):
            await at.hint("SO-1")
            await at.pass_(30)
        assert await at.keys() == [("completed", 1), ("undone", 2), ("completed", 3)]
        assert len({data["despatch_id"] for _, data in await at.messages()}) == 1


async def test_several_parcels_are_told_with_the_contents_of_the_tenants_source(
    tmp_path: Path, database_url: str
) -> None:
    async with reading(tmp_path, database_url, WITH_CONTENTS, page_size=2) as at:
        await at.sold("SO-1", "KETTLE", "MUG")
        order = at.desk.enter("SO-1", [("KETTLE", 3, "L1"), ("MUG", 4, "L2")])
        at.desk.pack(order, {"KETTLE": 1, "MUG": 4}, {"KETTLE": 1}, {"KETTLE": 1})
        at.desk.complete(order)
        await at.hint("SO-1")
        await at.pass_(120)
        [(_, data)] = await at.messages()
        told = [[(one["line_reference"], one["quantity"]) for one in parcel["lines"]] for parcel in data["parcels"]]
        assert told == [[("L1", 1), ("L2", 4)], [("L1", 1)], [("L1", 1)]]


async def test_labels_made_anew_after_it_was_taken_back_correct_the_same_parcels(
    tmp_path: Path, database_url: str
) -> None:
    async with reading(tmp_path, database_url, WITH_CONTENTS) as at:
        await at.sold("SO-1")
        order = at.desk.enter("SO-1", [("KETTLE", 3, "L1")])
        at.desk.pack(order, {"KETTLE": 2}, {"KETTLE": 1})
        at.desk.complete(order)
        await at.hint("SO-1")
        await at.pass_(120)
        at.desk.take_back(order)
        at.desk.relabel(order)
        at.desk.complete(order)
        await at.hint("SO-1")
        await at.pass_(180)
        (_, before), (_, after) = await at.messages()
        assert [parcel["parcel_id"] for parcel in before["parcels"]] == [p["parcel_id"] for p in after["parcels"]]
        old, new = ({parcel["tracking_number"] for parcel in told["parcels"]} for told in (before, after))
        assert len(old) == len(new) == 2 and old.isdisjoint(new)


async def test_several_parcels_without_a_source_are_held_until_one_is_left_of_them(
    tmp_path: Path, database_url: str
) -> None:
    async with reading(tmp_path, database_url) as at:
        await at.sold("SO-1")
        order = at.desk.enter("SO-1", [("KETTLE", 2, "L1")])
        shipment = at.desk.pack(order, {"KETTLE": 1}, {"KETTLE": 1})
        at.desk.complete(order)
        await at.hint("SO-1")
        await at.pass_(120)
        assert await at.keys() == [] and await at.rig.alerts() == [("goods_out_held", f"main/{order.id}")]
        shipment.packages.pop()
        await at.pass_(600)
        assert await at.keys() == [("completed", 1)] and await at.rig.alerts() == []


async def test_a_held_one_that_clarus_archives_is_for_people_until_its_channel_has_what_it_waits_for(
    tmp_path: Path, database_url: str
) -> None:
    async with reading(tmp_path, database_url, ClarusGoodsOuts(read=True, keep_days=31, sweep_every=3_000.0)) as at:
        await at.sold("SO-1")
        order = at.desk.enter("SO-1", [("KETTLE", 2, "L1")])
        at.desk.pack(order, {"KETTLE": 1}, {"KETTLE": 1})
        at.desk.complete(order)
        await at.hint("SO-1")
        await at.pass_(120)
        del at.rig.clarus.world.goods_outs[order.id]
        await at.pass_(600)
        assert await at.rig.alerts() == [("goods_out_held", f"main/{order.id}")]
        assert "by hand" in await at.rig.one("select text from alert where kind = 'goods_out_held'")
        at.rig.hand.on(32 * 86_400.0)
        await at.read()
        assert await at.rig.one("select count(*) from clarus_goods_out") == 1, "not forgotten while it is held"
        await at.rig.books.execute("update open_line set fulfilled = ordered")
        await at.pass_(600)
        assert await at.rig.alerts() == [] and await at.keys() == []


async def test_what_is_forgotten_leaves_no_alert_behind(tmp_path: Path, database_url: str) -> None:
    async with reading(
        tmp_path, database_url, ClarusGoodsOuts(read=True, keep_days=31, days_ahead=0, sweep_every=3_000.0)
    ) as at:
        await at.sold("SO-1")
        order = at.desk.enter("SO-1", [("KETTLE", 3, "L1")])
        at.desk.pack(order, {"KETTLE": 2})
        at.desk.complete(order, {"KETTLE": 2})
        await at.hint("SO-1")
        await at.pass_(120)
        assert await at.rig.alerts() == [("goods_out_differs", f"main/{order.id}")]
        at.rig.hand.on(32 * 86_400.0)
        await at.read()
        at.rig.hand.on(3_600.0)
        await at.read()
        assert await at.rig.one("select count(*) from clarus_goods_out") == 0
        assert await at.rig.alerts() == []


async def test_an_order_that_is_cancelled_before_it_was_started_is_deleted_and_told_cancelled(
    tmp_path: Path, database_url: str
) -> None:
    async with reading(tmp_path, database_url, lag=20.0) as at:
        order = at.desk.enter("SO-1", [("KETTLE", 2, "L1")])
        await at.pass_(960)
        at.desk.cancel(order)
        await at.hint("SO-1", cancelled=True)
        await at.pass_(180)
        assert await at.keys("order") == [("cancelled", 1)] and await at.rig.alerts() == []


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


async def test_two_goods_outs_of_one_name_are_told_to_people_and_speak_with_one_voice(
    tmp_path: Path, database_url: str
) -> None:
    async with reading(tmp_path, database_url) as at:
        first, second = (at.desk.enter("SO-1", [("KETTLE", 2, "L1")]) for _ in range(2))
        at.desk.allocate(first)
        at.desk.allocate(second)
        await at.hint("SO-1")
        assert await at.rig.alerts() == [("goods_out_doubled", "main/acme/SO-1")]
        assert await at.keys("order") == [("allocated", 1)]
        at.desk.cancel(second)
        await at.hint("SO-1")
        await at.pass_(180)
        assert await at.rig.alerts() == [] and await at.keys("order") == [("allocated", 1)]


async def test_a_status_that_gets_a_meaning_closes_its_alert(tmp_path: Path, database_url: str) -> None:
    async with reading(tmp_path, database_url) as at:
        order = at.desk.enter("SO-1", [("KETTLE", 2, "L1")])
        order.past.append((at.rig.hand.at, "WAVED"))
        await at.hint("SO-1")
        assert await at.rig.alerts() == [("goods_out_status", "main/WAVED")]
        at.section = msgspec.structs.replace(at.section, status_words={"WAVED": "allocated"})
        at.restart()
        await at.hint("SO-1")
        assert await at.rig.alerts() == [] and await at.keys("order") == [("allocated", 1)]


async def test_a_part_that_is_taken_out_of_the_schema_is_named(tmp_path: Path, database_url: str) -> None:
    async with reading(tmp_path, database_url, WITH_CONTENTS) as at:
        asked = at.reader.plan.asked()
        assert await at.reader.lists.missing(asked) == Done(())
        at.rig.clarus.world.schema.remove("Package", "storage_unit")
        assert await at.reader.lists.missing(asked) == Done(("packages.all.edges.node.storage_unit",))


async def order_of_ours(at: Reading, status: str, sku: str = "KETTLE") -> None:
    """An order that we released to the warehouse, and where we left it there."""
    books = at.rig.books
    cleared = msgspec.json.encode({"lines": [{"line_reference": "L1", "sku": sku}]}).decode()
    await books.execute(
        "insert into sales_order (channel_account, channel_order_id, order_reference, marketplace, status,"
        " ordered_at, updated_at, lines, content_hash, cleared, subject, first_seen, changed_at)"
        " values ('shop', $1, 'SO-1', 'UK', 'open', $2, $2, '[]', '', $3::text::jsonb, 's', $2, $2)",
        ORDER_ID, START, cleared,
    )  # fmt: skip
    await books.execute(
        "insert into warehouse_order (channel_account, channel_order_id, warehouse, account, order_reference, status,"
        " changed_at) values ('shop', $1, 'W1', 'acme', 'SO-1', $2, $3)",
        ORDER_ID, status, START,
    )  # fmt: skip


async def test_what_we_took_back_ourselves_is_a_known_cancellation(tmp_path: Path, database_url: str) -> None:
    async with reading(tmp_path, database_url) as at:
        order = at.desk.enter("SO-1", [("KETTLE", 2, "L1")])
        await at.pass_(960)
        await order_of_ours(at, "withdrawn")
        at.desk.cancel(order)
        await at.pass_(1_200)
        assert await at.keys("order") == [("cancelled", 1)] and await at.rig.alerts() == []


async def test_what_we_took_back_and_made_anew_is_a_known_cancellation_of_the_first(
    tmp_path: Path, database_url: str
) -> None:
    async with reading(tmp_path, database_url) as at:
        first = at.desk.enter("SO-1", [("KETTLE", 2, "L1")])
        await at.pass_(960)
        await order_of_ours(at, "pending")
        at.desk.cancel(first)
        second = at.desk.enter("SO-1", [("KETTLE", 3, "L1")])
        await at.rig.books.execute("update warehouse_order set goods_out_id = $1", str(second.id))
        await at.pass_(1_200)
        at.desk.allocate(second)
        await at.pass_(1_200)
        assert await at.keys("order") == [("allocated", 1)] and await at.rig.alerts() == []


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


async def test_an_order_of_ours_is_told_to_its_channel_and_another_sku_on_its_line_is_not(
    tmp_path: Path, database_url: str
) -> None:
    async with reading(tmp_path, database_url) as at:
        await order_of_ours(at, "picking", "MUG")
        order = at.desk.enter("SO-1", [("KETTLE", 2, "L1")])
        at.desk.pack(order)
        at.desk.complete(order)
        await at.hint("SO-1")
        await at.pass_(120)
        assert await at.keys() == [] and await at.rig.alerts() == [("goods_out_held", f"main/{order.id}")]
        await at.rig.books.execute(
            "update sales_order set cleared = jsonb_set(cleared, '{lines,0,sku}', '\"KETTLE\"')"
        )
        await at.pass_(600)
        [(_, data)] = await at.messages()
        assert (data["channel"]["account"], data["channel_order_id"]) == ("shop", ORDER_ID)
        assert await at.rig.alerts() == []


async def test_a_goods_out_without_a_warehouse_is_the_only_warehouses_of_its_owner(
    tmp_path: Path, database_url: str
) -> None:
    async with reading(tmp_path, database_url, ClarusGoodsOuts(read=True, sweep_by_warehouse=False)) as at:
        order = at.desk.enter("SO-1", [("KETTLE", 2, "L1")])
        at.desk.allocate(order)
        for content in order.contents:
            content.attributes["warehouse_id"] = None
        await at.pass_(960)
        [(_, data)] = await at.messages("order")
        assert data["lines"][0]["warehouse"] == "W1"


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
