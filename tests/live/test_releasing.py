"""Orders into the warehouse: each exists once whatever is retried, with all that was ordered."""

from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest

from daemon.release_role import checked_fields
from schemas.sales_order import ShipTo
from schemas.terms import LineReference
from simulators.clarus import Fault
from simulators.clarus.faults import Kind
from tests.live.release_rig import HOME, LAG, ReleaseRig, lines, release_rig


@pytest.fixture
async def rig(tmp_path: Path, database_url: str) -> AsyncIterator[ReleaseRig]:
    async with release_rig(tmp_path, database_url) as given:
        yield given


async def test_a_ready_order_is_created_once_with_its_lines_references_and_address(rig: ReleaseRig) -> None:
    await rig.sell("111-1", *lines(A=2, B=1))
    await rig.later(await rig.run())
    order = rig.only("111-1")
    assert rig.quantities(order) == {"A": 2, "B": 1}
    assert order.attributes["external_system_reference1"] == "111-1"
    assert {line["alt_line_reference"] for line in order.lines.values()} == {"L-A", "L-B"}
    assert order.address == {
        "name": "B. Uyer", "address_1": "1 Lane", "address_3": "Leeds", "postcode": "LS1 1AA", "country_code": "GB",
        "phone_number": "0113",
    }  # fmt: skip
    assert (order.attributes["carrier_id"], order.attributes["carrier_service_id"]) == (5, 6)
    row = await rig.row("111-1")
    assert (row["goods_out_id"], row["status"]) == (str(order.id), "pending")
    assert await rig.effects("111-1") == [("order_create", "accepted", "")]


@pytest.mark.parametrize("lag", [0.0, LAG - 1])
@pytest.mark.parametrize(
    "kind", ["error", "error_after", "reset", "reset_after", "throttle", "garbled", "unauthorised"]
)
async def test_an_order_exists_once_whatever_became_of_the_request(
    tmp_path: Path, database_url: str, kind: Kind, lag: float
) -> None:
    async with release_rig(tmp_path, database_url, lag=lag) as rig:
        await rig.sell("111-1")
        rig.clarus.faults.script(Fault(kind, "goods_outs.create", times=1))
        loop = await rig.run()
        for _ in range(12):
            await rig.later(loop, 11.0)
        assert len(rig.at_clarus("111-1")) == 1 and not rig.clarus.orders.twice()
        assert (await rig.effects("111-1"))[0][:2] == ("order_create", "accepted")
        assert await rig.alerts("111-1") == set()


async def test_nothing_is_repeated_before_a_look_that_must_show_it(tmp_path: Path, database_url: str) -> None:
    async with release_rig(tmp_path, database_url, lag=LAG - 1) as rig:
        await rig.sell("111-1")
        rig.clarus.faults.script(Fault("error_after", "goods_outs.create"))
        loop = await rig.run()
        for _ in range(11):
            await rig.later(loop, 5.0)
        assert len(rig.asked()) == 1, "looks from replicas that lag prove nothing"


async def test_a_request_that_takes_effect_late_is_waited_for(tmp_path: Path, database_url: str) -> None:
    async with release_rig(tmp_path, database_url, lag=LAG - 1) as rig:
        await rig.sell("111-1", *lines(A=2, B=1))
        rig.clarus.faults.script(Fault("error", "goods_outs.create"))
        loop = await rig.later(await rig.run(), LAG - 5)
        rig.type_in("111-1", A=2, B=1)  # the very request, within `late_effect`
        for _ in range(20):
            await rig.later(loop, 5.0)
        assert len(rig.asked()) == 1 and len(rig.at_clarus("111-1")) == 1
        assert (await rig.effects("111-1"))[0] == ("order_create", "accepted", "found")


async def test_what_took_effect_late_is_believed_against_a_replica_that_is_behind_it(
    tmp_path: Path, database_url: str
) -> None:
    async with release_rig(tmp_path, database_url) as rig:
        await rig.sell("111-1", *lines(A=2, B=1))
        rig.clarus.faults.script(Fault("error", "goods_outs.create"))
        loop = await rig.later(await rig.run(), 50)
        rig.type_in("111-1", A=2, B=1)  # the very request
        await rig.later(loop, 10)
        assert await rig.effects("111-1") == [("order_create", "accepted", "found")]
        await rig.sell("111-1", *lines(A=2, B=2))  # an amendment is made from lines that every replica shows
        rig.clarus.faults.replica_lag = (LAG - 1, LAG - 1)
        for _ in range(20):
            await rig.later(loop, 5)
            assert await rig.alerts("111-1") == set()
        assert rig.quantities(rig.only("111-1")) == {"A": 2, "B": 2}


async def test_an_order_that_somebody_entered_by_hand_is_found_and_not_entered_again(rig: ReleaseRig) -> None:
    rig.type_in("111-1", A=2, B=1)
    await rig.sell("111-1", *lines(A=2, B=1))
    await rig.later(await rig.run())
    assert rig.asked() == [] and len(rig.at_clarus("111-1")) == 1
    assert await rig.effects("111-1") == [("order_create", "live", "found")]
    assert await rig.alerts("111-1") == set()


async def test_one_entered_by_hand_with_other_lines_is_told_to_people(rig: ReleaseRig) -> None:
    rig.type_in("111-1", A=3)
    await rig.sell("111-1", *lines(A=2, B=1))
    await rig.later(await rig.run())
    assert rig.asked() == [] and await rig.alerts("111-1") == {"order_differs"}


async def test_an_order_entered_by_hand_a_moment_ago_is_changed_from_lines_that_every_replica_shows(
    rig: ReleaseRig,
) -> None:
    rig.type_in("111-1", A=2, B=1)
    await rig.sell("111-1", *lines(A=2, B=1))
    loop = await rig.run()
    rig.clarus.faults.replica_lag = (LAG - 1, LAG - 1)
    await rig.sell("111-1", *lines(A=2, B=2))
    for _ in range(20):
        await rig.later(loop, 5)
        assert await rig.alerts("111-1") == set()
    assert rig.quantities(rig.only("111-1")) == {"A": 2, "B": 2}


async def test_an_order_that_is_there_twice_raises_an_alert_and_nothing_more(rig: ReleaseRig) -> None:
    first = rig.type_in("111-1", A=2, B=1)
    rig.type_in("111-1", A=2, B=1)
    await rig.sell("111-1")
    loop = await rig.run()
    await rig.become("111-1", "cancelled")
    await rig.later(loop)
    assert rig.asked() == [] and await rig.alerts("111-1") == {"order_twice"}
    rig.clarus.orders.by_hand(first, "", rig.hand.at)
    await rig.later(loop, 301.0)
    assert [heard.operation for heard in rig.asked()] == ["goods_outs.delete"]
    assert await rig.alerts("111-1") == set()


async def test_a_product_that_is_missing_holds_its_order_which_then_goes_by_itself(rig: ReleaseRig) -> None:
    await rig.sell("111-1", *lines(A=1, NEW=1))
    await rig.sell("111-2", *lines(A=1))
    loop = await rig.run()
    assert rig.at_clarus("111-1") == [] and len(rig.at_clarus("111-2")) == 1
    unsent = "select cause from alert where kind = 'order_unsent' and resolved_at is null"
    assert await rig.books.fetchval(unsent) == "W1/product:NEW"
    rig.clarus.world.product_id("NEW")
    await rig.later(loop, 301.0)
    assert len(rig.at_clarus("111-1")) == 1 and await rig.books.fetchval(unsent) is None


@pytest.mark.parametrize("done", [True, False])
async def test_a_process_that_died_between_row_and_answer_leaves_one_order(rig: ReleaseRig, done: bool) -> None:
    await rig.sell("111-1")
    await rig.run(rig.loop("dead"))
    if not done:
        rig.move("111-1", "")
        rig.clarus.world.goods_outs.clear()
    sent = "update effect set state = 'sent', settled_at = null"
    await rig.books.execute(sent)
    await rig.books.execute(
        "update warehouse_order set effect_key = (select unique_key from effect), goods_out_id = '', status = '',"
        " acted_at = null, look_at = null"
    )
    survivor = rig.loop("alive")
    for _ in range(20):
        await rig.later(survivor, 11.0)
    assert len(rig.at_clarus("111-1")) == 1
    assert (await rig.effects("111-1"))[0][1] == "accepted"


async def test_a_refused_order_is_asked_about_once_a_look_has_not_changed_it_and_goes_again_on_request(
    rig: ReleaseRig,
) -> None:
    await rig.sell("111-1")
    rig.clarus.faults.script(Fault("refused", "goods_outs.create"))
    loop = await rig.run()
    assert await rig.questions("111-1") == []
    await rig.later(loop)
    assert await rig.alerts("111-1") == {"order_refused"}
    await rig.answer("111-1", "send_again")
    await rig.later(loop)
    assert len(rig.at_clarus("111-1")) == 1 and await rig.alerts("111-1") == set()


async def test_what_was_told_of_the_buyer_stands_sealed_and_nowhere_in_clear(rig: ReleaseRig) -> None:
    await rig.sell("111-1")
    rig.clarus.faults.script(Fault("refused", "goods_outs.create"))
    await rig.later(await rig.run())
    for table in ("effect", "effect_history", "warehouse_order", "alert", "decision", "outbox"):
        for row in await rig.books.fetch(f"select to_jsonb(t) #>> '{{}}' as text from {table} t"):
            assert HOME.name not in row["text"] and HOME.lines[0] not in row["text"], table
    assert (await rig.row("111-1"))["told_to"] is not None


async def test_ten_thousand_lines_go_in_one_order_and_a_change_of_one_is_told_as_that_one(
    tmp_path: Path, database_url: str
) -> None:
    async with release_rig(tmp_path, database_url, page_size=1_000) as rig:
        [kind] = lines(A=2)
        many = [msgspec.structs.replace(kind, line_reference=LineReference(f"L{n}")) for n in range(10_000)]
        await rig.sell("111-1", *many)
        loop = await rig.later(await rig.run())
        assert len(rig.only("111-1").lines) == 10_000 and await rig.alerts("111-1") == set()
        since = rig.mark()
        many[7] = msgspec.structs.replace(many[7], cancelled=1)
        await rig.sell("111-1", *many)
        await rig.later(loop)
        [change] = rig.asked(since)
        assert len(change.body["data"]["attributes"]["lines_changes"]) == 1
        assert rig.quantities(rig.only("111-1")) == {"A": 19_999}


async def test_names_in_any_script_and_skus_that_differ_by_zeros_arrive_as_they_are(rig: ReleaseRig) -> None:
    home = ShipTo(name="שרה 🎁", lines=("12 دمشق شارع",), city="Łódź", postcode="90-001", country="PL")
    rig.clarus.world.product_id("12")
    await rig.sell("111-1", *lines(**{"0012": 1}), ship_to=home)
    await rig.later(await rig.run())
    address = rig.only("111-1").address or {}
    assert (address["name"], address["address_1"], address["address_3"]) == (home.name, home.lines[0], home.city)
    assert rig.quantities(rig.only("111-1")) == {"0012": 1} and await rig.alerts("111-1") == set()


async def test_a_schema_without_a_field_of_ours_holds_the_orders_and_names_it_and_they_go_on_once_it_is_there(
    rig: ReleaseRig,
) -> None:
    await rig.sell("111-1")
    checked = checked_fields(rig.loop(), "main")
    rig.clarus.world.schema.remove("GoodsOutLine", "allocated_quantity")
    assert await checked.round() > 1
    assert rig.asked() == [] and rig.clarus.world.reads("goods_outs") == []
    [text] = [text for kind, text in await rig.texts("orders/W1") if kind == "source_fields"]
    assert "goods_out_lines.all.edges.node.allocated_quantity" in text and "order_line_fields" in text
    rig.clarus.world.schema.types["GoodsOutLine"]["allocated_quantity"] = "Float"
    await checked.round()
    assert len(rig.at_clarus("111-1")) == 1 and await rig.texts("orders/W1") == []
