"""What leaves the warehouse, read out of the simulated Clarus into the outbox, on a clock that is turned by hand."""

from pathlib import Path

import msgspec
import pytest

from daemon.settings import ClarusGoodsOuts
from tests.live.clarus_rig import LAG
from tests.live.goods_out_rig import ORDER_ID, WITH_CONTENTS, reading

pytestmark = pytest.mark.live


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
