"""Orders into the warehouse: each exists once whatever is retried, and what people did by hand is never repeated."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from daemon.release_role import checked_fields
from schemas.sales_order import ShipTo
from schemas.terms import ChannelAccount, LineReference
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


async def test_an_amendment_goes_from_fresh_lines_only_and_never_adds_a_line_twice(
    tmp_path: Path, database_url: str
) -> None:
    async with release_rig(tmp_path, database_url, lag=LAG - 1) as rig:
        await rig.sell("111-1", *lines(A=2))
        loop = await rig.run()
        for changed in (lines(A=2, B=3), lines(B=3, A=1)):
            await rig.sell("111-1", *changed)
            rig.clarus.faults.script(Fault("error_after", "goods_outs.change"))
            for _ in range(20):
                await rig.later(loop, 13.0)
            wanted = {str(line.seller_sku): line.ordered for line in changed}
            assert rig.quantities(rig.only("111-1")) == wanted


async def test_a_stop_that_a_person_answers_in_time_ends_the_order_at_the_warehouse(rig: ReleaseRig) -> None:
    await rig.sell("111-1")
    loop = await rig.later(await rig.run())
    rig.move("111-1", "PICK")
    await rig.become("111-1", "cancelled")
    await rig.run(loop)
    assert await rig.alerts("111-1") == {"order_stop_asked"} and len(rig.asked()) == 1
    await rig.answer("111-1", "stopped")
    await rig.later(loop)
    assert rig.only("111-1").status == "CANCELLED"
    assert await rig.alerts("111-1") == set() and await rig.questions("111-1") == []


async def test_a_stop_that_nobody_answers_is_too_late_and_the_channel_is_to_be_told(rig: ReleaseRig) -> None:
    await rig.sell("111-1")
    loop = await rig.later(await rig.run())
    rig.move("111-1", "PICK")
    await rig.become("111-1", "cancelled")
    await rig.run(loop)
    rig.hand.on(1801.0)
    await rig.nobody_answers()
    await rig.later(loop)
    assert rig.only("111-1").status == "PICK" and len(rig.asked()) == 1
    assert await rig.alerts("111-1") == {"order_tell_channel"}
    assert (await rig.effects("111-1"))[-1] == ("order_cancel", "refused", "too_late")


async def asked_for(rig: ReleaseRig, name: str) -> None:
    wished = [msgspec.structs.replace(line, cancel_asked=True) for line in lines(A=2, B=1)]
    await rig.sell(name, *wished, clear=False)


async def test_a_buyers_wish_is_put_to_a_person_and_what_they_stop_is_told_to_the_channel(rig: ReleaseRig) -> None:
    await rig.sell("111-1")
    loop = await rig.later(await rig.run())
    await asked_for(rig, "111-1")
    await rig.run(loop)
    assert len(rig.at_clarus("111-1")) == 1 and await rig.alerts("111-1") == {"order_stop_asked"}
    await rig.answer("111-1", "stopped")
    await rig.later(loop)
    assert rig.at_clarus("111-1") == [] and await rig.alerts("111-1") == {"order_tell_channel"}
    await rig.become("111-1", "cancelled")
    await rig.run(loop)
    assert await rig.alerts("111-1") == set(), "the two sides agree"


async def test_a_wish_that_is_withdrawn_withdraws_the_question(rig: ReleaseRig) -> None:
    await rig.sell("111-1", *lines(A=2, B=1))
    loop = await rig.later(await rig.run())
    await asked_for(rig, "111-1")
    await rig.run(loop)
    await rig.sell("111-1", *lines(A=2, B=1))
    await rig.later(loop)
    assert await rig.questions("111-1") == [] and await rig.alerts("111-1") == set()
    assert [heard.operation for heard in rig.asked()] == ["goods_outs.create"]


async def test_an_edit_that_a_person_made_at_the_warehouse_is_not_made_again(rig: ReleaseRig) -> None:
    await rig.sell("111-1", *lines(A=2))
    loop = await rig.later(await rig.run())
    rig.move("111-1", "PICK")
    await rig.sell("111-1", *lines(A=1))
    await rig.run(loop)
    await rig.answer("111-1", "changed")
    order = rig.only("111-1")
    next(iter(order.lines.values()))["order_quantity"] = 1
    order.keep(rig.hand.at)
    await rig.later(loop)
    assert await rig.alerts("111-1") == set() and len(rig.asked()) == 1


async def test_a_person_who_stops_it_without_a_word_is_seen_and_asked_no_more(rig: ReleaseRig) -> None:
    await rig.sell("111-1")
    loop = await rig.later(await rig.run())
    rig.move("111-1", "PICK")
    await rig.become("111-1", "cancelled")
    await rig.run(loop)
    rig.move("111-1", "CANCELLED")
    await rig.later(loop, 301.0)
    assert await rig.questions("111-1") == [] and await rig.alerts("111-1") == set()
    assert (await rig.effects("111-1"))[-1] == ("order_cancel", "accepted", "found")


async def test_what_went_to_picking_since_the_look_is_not_undone_but_asked_about(
    tmp_path: Path, database_url: str
) -> None:
    async with release_rig(tmp_path, database_url, lag=LAG - 1) as rig:
        await rig.sell("111-1")
        loop = await rig.later(await rig.run(), 200.0)
        rig.move("111-1", "PICK")
        await rig.become("111-1", "cancelled")
        await rig.run(loop)
        assert rig.only("111-1").status == "PICK", "the request was refused: the look was behind"
        await rig.later(loop)
        assert await rig.alerts("111-1") == {"order_stop_asked"}


async def test_an_order_on_hold_is_taken_back_and_created_anew_once_the_hold_is_lifted(rig: ReleaseRig) -> None:
    await rig.sell("111-1")
    loop = await rig.later(await rig.run())
    await rig.become("111-1", "held")
    await rig.run(loop)
    assert rig.at_clarus("111-1") == []
    await rig.become("111-1", "open")
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


@pytest.mark.parametrize("lag", [0.0, LAG - 1])
async def test_what_is_said_to_be_taken_away_and_is_still_shown_is_taken_away_again(
    tmp_path: Path, database_url: str, lag: float
) -> None:
    async with release_rig(tmp_path, database_url, lag=lag) as rig:
        sold = await rig.sell("111-1")
        loop = await rig.later(await rig.run())
        rig.clarus.faults.script(Fault("garbled", "goods_outs.delete"))
        await rig.sell("111-1", *sold.lines, status="cancelled")
        await rig.run(loop)
        assert len(rig.at_clarus("111-1")) == 1 and (await rig.row("111-1"))["status"] == "withdrawn"
        await rig.later(loop)
        assert rig.at_clarus("111-1") == []
        await rig.later(loop)
        state = await rig.books.fetchval("select state from sales_order where channel_order_id = '111-1'")
        assert state == "ended" and await rig.alerts("111-1") == set()


async def test_a_rush_of_new_orders_keeps_neither_a_doubt_nor_what_was_sent_from_being_seen(rig: ReleaseRig) -> None:
    await rig.sell("sent")
    loop = await rig.run()
    rig.hand.on(LAG - 3)
    await rig.sell("doubtful")
    rig.clarus.faults.script(Fault("error_after", "goods_outs.create"))
    loop.books, loop.batches = replace(loop.books, batch=5), 1
    await loop.round()
    assert await rig.effects("doubtful") == [("order_create", "unknown", "unknown")]
    await rig.hear(*(rig.telling(f"new-{number}") for number in range(20)))
    rig.hand.on(6)
    before = (await rig.row("sent"))["read_at"]
    await loop.round()
    assert await rig.effects("doubtful") == [("order_create", "accepted", "found")]
    assert (await rig.row("sent"))["read_at"] > before
    assert len(rig.asked()) == 2 + 3, "the others of the five are new"


async def test_an_account_with_a_long_backlog_keeps_no_other_waiting(rig: ReleaseRig) -> None:
    loop = rig.loop()
    loop.batches = 1
    loop.books = replace(loop.books, batch=4, routes={**loop.books.routes, ChannelAccount("zz"): rig.to})
    await rig.hear(*(rig.telling(f"new-{number}") for number in range(10)))
    other, clear = rig.telling("other")
    await rig.hear((msgspec.structs.replace(other, channel_account=ChannelAccount("zz")), clear))
    await loop.round()
    assert len(rig.asked()) == 4 and len(rig.at_clarus("other")) == 1


async def test_while_a_batch_is_being_sent_the_next_one_is_decided(rig: ReleaseRig) -> None:
    loop = rig.loop()
    loop.books, loop.batches = replace(loop.books, batch=2), 2
    await rig.hear(*(rig.telling(f"new-{number}") for number in range(4)))
    rig.clarus.faults.script(Fault("slow", "goods_outs.create", seconds=1.0, times=2))
    working = asyncio.create_task(loop.round())
    sent = "select count(*) from effect where state = 'sent'"
    while await rig.books.fetchval(sent) < 4:
        assert not working.done(), "the second batch was not decided before the first was answered"
        await asyncio.sleep(0.01)
    await working
    assert len(rig.asked()) == 4 and await rig.books.fetchval(sent) == 0
