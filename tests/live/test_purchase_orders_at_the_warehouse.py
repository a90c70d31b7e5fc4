"""A purchase order becomes one goods out, follows its retailer, and is accepted as the warehouse allocates."""

from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from daemon.settings import NoticeAccount
from daemon.store import purchase_orders as store
from daemon.store import vendor_despatches
from daemon.store.acknowledged_orders import AcknowledgedOrders
from daemon.store.database import Database
from daemon.vendor_flow import VendorFlow
from handlers.acknowledged_orders import Agreed
from handlers.acknowledging import Parts, parts_of
from handlers.alerts import AlertKind
from handlers.despatch_messages import read_message
from handlers.order_standing import LineStanding
from schemas.despatch import Channel
from tests.handlers.vendor_loads import carton, held, part
from tests.handlers.vendor_orders import ORDERED, VENDOR, line, order
from tests.live.po_release_rig import NUMBER, po_release_rig

pytestmark = pytest.mark.live

HOUR = timedelta(hours=1)
TWO_LINES = order(line("1"), line("2", amount=2, unit="case", size=6, sku="CUP", cost="15.00"))
SHIP_BY = ORDERED + timedelta(days=2)


async def test_an_order_goes_to_the_warehouse_once_its_answer_was_taken_and_follows_its_retailers_changes(
    database: Database, tmp_path: Path
) -> None:
    async with po_release_rig(database, tmp_path) as rig:
        await rig.stock(MUG=24, CUP=12)
        await rig.tell(TWO_LINES)
        await rig.answer()
        await rig.release()
        assert rig.asked() == [], "what was said is not known to be taken before it is looked at again"
        await rig.look(NUMBER)
        await rig.release()
        assert rig.asked() == ["create"]
        assert rig.quantities() == {"1": 24, "2": 12}, "in eaches"
        made = rig.only()
        assert made.attributes["reference"] == made.attributes["external_system_reference1"] == NUMBER
        assert (made.address or {})["address_3"] == "Dunstable"
        assert made.attributes["expected_date_of_dispatch"].startswith(f"{SHIP_BY:%Y-%m-%dT}")
        changed = order(line("1", amount=12), TWO_LINES.lines[1], changed_at=rig.now)
        await rig.tell(changed)
        await rig.look(NUMBER)
        await rig.release()
        assert (rig.asked(), rig.quantities()) == (["create", "change"], {"1": 12, "2": 12})
        await rig.tell(order(line("1", amount=0), changed.lines[1], changed_at=rig.now))
        await rig.look(NUMBER)
        await rig.release()
        assert (rig.asked()[2:], rig.quantities()) == (["change"], {"2": 12})
        rig.move("PICK")
        await rig.tell(order(line("1", amount=0), changed.lines[1], changed_at=rig.now, state="cancelled"))
        await rig.look(NUMBER)
        await rig.release()
        assert rig.asked()[3:] == [], "nobody's picking is undone"
        assert AlertKind.ORDER_STOP_ASKED in await rig.alerts()
        assert await rig.held("CUP") == {}


async def test_an_order_that_is_cancelled_before_it_is_picked_is_taken_back(
    database: Database, tmp_path: Path
) -> None:
    async with po_release_rig(database, tmp_path) as rig:
        await rig.stock(MUG=24)
        await rig.tell(order())
        await rig.answer()
        await rig.look(NUMBER)
        await rig.release()
        assert rig.quantities() == {"1": 24}
        await rig.tell(order(line(amount=0), changed_at=rig.now, state="cancelled"))
        await rig.look(NUMBER)
        await rig.release()
        assert rig.asked() == ["create", "delete"]
        assert rig.clarus.orders.named(NUMBER) == []


async def test_with_reserve_picks_are_processed_a_set_time_before_goods_leave(
    database: Database, tmp_path: Path
) -> None:
    async with po_release_rig(database, tmp_path, process_before=timedelta(hours=6)) as rig:
        await rig.stock(MUG=24)
        await rig.tell(order())
        await rig.answer()
        await rig.look(NUMBER)
        await rig.release()
        await rig.release((SHIP_BY - timedelta(hours=7) - rig.now).total_seconds())
        assert rig.asked() == ["create"]
        await rig.release(2 * 3_600)
        assert rig.asked() == ["create", "process_picks"]
        assert rig.only().status == "ALLOCATED"
        await rig.says("part_allocated", line_1=18)
        await rig.look(NUMBER)
        assert (await rig.row(NUMBER)).overdrawn == ("1",), "less is set aside than was accepted"


async def test_with_process_the_warehouse_is_told_first_and_only_what_it_allocates_is_accepted(
    database: Database, tmp_path: Path
) -> None:
    async with po_release_rig(database, tmp_path, mode="process") as rig:
        await rig.stock(MUG=24, CUP=12)
        await rig.tell(TWO_LINES)
        assert await rig.answer() is None
        assert await rig.fetch("select kind from decision") == [], "the warehouse has had no time yet"
        await rig.release()
        await rig.release()
        assert rig.asked() == ["create", "process_picks"]
        assert await rig.answer() is None
        await rig.says("part_allocated", line_1=24, line_2=6)
        assert await rig.answer() is None
        assert await rig.fetch("select kind from decision") == [("po_answer",)], "it is not all there"
        await rig.says("allocated", line_1=24, line_2=12)
        said = await rig.answer()
        assert said is not None
        assert [parts_of(one).accepted for one in said.lines] == [24, 2]
        assert await rig.held("MUG") == {NUMBER: 24}
        await rig.look(NUMBER)
        await rig.release()
        assert [one for one in rig.asked() if one != "change"] == ["create", "process_picks"]
        assert rig.quantities() == {"1": 24, "2": 12}


async def test_with_process_an_allocation_that_never_comes_ends_in_the_safe_answer(
    database: Database, tmp_path: Path
) -> None:
    async with po_release_rig(database, tmp_path, mode="process") as rig:
        await rig.stock(MUG=24, CUP=12)
        await rig.tell(TWO_LINES)
        await rig.look(NUMBER)
        await rig.release()
        await rig.says("part_allocated", line_1=20, line_2=7)
        rig.hand.on(23 * 3_600)
        said = await rig.answer()
        assert said is not None
        assert [parts_of(one).accepted for one in said.lines] == [20, 1], "whole packs of what is allocated"
        assert [one.answers[-1].reason for one in said.lines] == ["temporarily_unavailable"] * 2
        await rig.look(NUMBER)
        await rig.release()
        assert rig.quantities() == {"1": 20, "2": 6}, "and no more is kept of the warehouse's stock"
        assert await rig.held("MUG") == {NUMBER: 20}


async def test_what_nobody_can_count_or_pay_never_reaches_the_warehouse(database: Database, tmp_path: Path) -> None:
    async with po_release_rig(database, tmp_path, mode="process") as rig:
        await rig.stock(MUG=50, CUP=50)
        misaligned = line("2", amount=7, sku="CUP")
        await rig.tell(order(line("1"), misaligned, line("3", sku="WHAT"), line("4", amount=5, cost="1.00")))
        await rig.look(NUMBER)
        await rig.release()
        assert rig.quantities() == {"1": 24}


async def test_a_kit_is_secured_and_sent_by_its_components_and_acknowledged_by_kit(
    database: Database, tmp_path: Path
) -> None:
    async with po_release_rig(database, tmp_path, mode="process") as rig:
        await rig.master_data("SET")
        await rig.fetch(
            "insert into listing (channel_account, marketplace, seller_sku, account, sku, components, imported_at)"
            " values ('shop', 'GB', 'set', 'acme', 'SET',"
            ' \'[{"sku": "LID", "quantity": 1}, {"sku": "MUG", "quantity": 2}]\', $1)',
            rig.now,
        )
        await rig.stock(MUG=21, LID=50)
        await rig.tell(order(line("1", amount=10, sku="SET")))
        await rig.look(NUMBER)
        assert (await rig.held("MUG"), await rig.held("LID")) == ({NUMBER: 20}, {NUMBER: 10})
        await rig.release()
        assert sorted(int(one["order_quantity"]) for one in rig.only().lines.values()) == [10, 20]
        await rig.says("part_allocated", line_1=18)
        rig.hand.on(23 * 3_600)
        said = await rig.answer()
        assert said is not None
        assert parts_of(said.lines[0]).accepted == 9, "18 mugs make nine kits, whatever lids there are"
        async with rig.database.connection() as connection:
            known = (await AcknowledgedOrders(Agreed()).of(connection, VENDOR, [NUMBER]))[NUMBER]
        assert [(one.sku, one.quantity) for one in known.lines[0].needs] == [("LID", 1), ("MUG", 2)]


async def test_an_address_that_was_erased_after_the_goods_left_is_not_kept_anew(
    database: Database, tmp_path: Path
) -> None:
    async with po_release_rig(database, tmp_path) as rig:
        await rig.stock(MUG=24)
        await rig.tell(order())
        await rig.answer()
        await rig.look(NUMBER)
        await rig.release()
        rig.move("COMPLETED")
        await rig.release(3_700)
        await rig.fetch("update sales_order set ship_to = null returning 1")
        await rig.look(NUMBER)
        assert await rig.fetch("select version, ship_to from sales_order") == [(1, None)]


async def test_what_is_accepted_after_the_goods_out_has_left_is_another_one(
    database: Database, tmp_path: Path
) -> None:
    async with po_release_rig(database, tmp_path) as rig:
        rig.desk = msgspec.structs.replace(rig.desk, backorder_after=2 * HOUR)
        await rig.stock(MUG=10)
        await rig.tell(order(line("1", backorder=True)))
        await rig.look(NUMBER)
        rig.hand.on(23 * 3_600)
        said = await rig.answer()
        assert said is not None and parts_of(said.lines[0]) == Parts(10, 14, 0)
        await rig.look(NUMBER)
        await rig.release()
        assert rig.quantities() == {"1": 10}
        await rig.says("allocated", line_1=10)
        rig.move("COMPLETED")
        await rig.release(3_700)
        await rig.stock(MUG=24)
        said = await rig.answer()
        assert said is not None and parts_of(said.lines[0]) == Parts(24, 0, 0)
        await rig.look(NUMBER)
        await rig.release()
        [rest] = rig.clarus.orders.named("4Z32PABC-2")
        assert [int(one["order_quantity"]) for one in rest.lines.values()] == [14] and rig.quantities() == {"1": 10}
        assert await rig.alerts() == set(), "nobody has to tell the retailer anything"
        looked = await rig.fetch("select revision from open_line_part")
        await rig.hears("4Z32PABC-2", LineStanding(sku="MUG", line_reference="1", ordered=14, allocated=14))
        assert await rig.fetch("select revision from open_line_part") == [(looked[0][0] + 1,)], "its lines heard it"
        async with rig.database.connection() as connection:
            assert await store.due(connection, VENDOR, "sp_api", rig.now, 9) == [NUMBER]
            await rig.look(NUMBER)
            assert await store.due(connection, VENDOR, "sp_api", rig.now, 9) == []
            data = part(carton(1, held(quantity=14)), despatch="D2", po="4Z32PABC-2").data
            data = msgspec.structs.replace(data, channel=Channel("amazon_vendor", VENDOR))
            message = read_message("completed", data, rig.now, rig.now)
            kept, _ = await VendorFlow({VENDOR: NoticeAccount()}).keep(connection, [message], rig.now)
            left = await vendor_despatches.despatched(connection, VENDOR, NUMBER)
        assert [one.outcome for one in kept] == ["done"] and [one.data.despatch_id for one in left] == ["D2"]
        await rig.tell(order(line("1", backorder=True), state="closed", changed_at=rig.now))
        await rig.look(NUMBER)
        statuses = await rig.fetch("select channel_order_id, status from sales_order order by 1")
        assert statuses == [("4Z32PABC", "despatched"), ("4Z32PABC-2", "despatched")], "both end with the order"
