"""Labels of orders that change or end: taken back, bought anew, left with what has left."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.live.label_rig import LabelRig, label_rig
from tests.live.release_rig import HOME

NAME = "202-1"


@pytest.fixture
async def rig(tmp_path: Path, database_url: str) -> AsyncIterator[LabelRig]:
    async with label_rig(tmp_path, database_url) as given:
        yield given


async def test_the_label_of_a_cancelled_order_is_taken_back_and_said_to_be_void(rig: LabelRig) -> None:
    await rig.sell(NAME)
    await rig.buy()
    await rig.release.become(NAME, "cancelled")
    await rig.buy()
    assert await rig.label(NAME) == ("cancelled", "order_gone")
    assert rig.shipping.of_order(NAME) == []
    assert await rig.said(NAME) == ["label.ready", "label.void"]


async def test_a_label_that_is_not_taken_back_is_for_a_person(rig: LabelRig) -> None:
    await rig.sell(NAME)
    await rig.buy()
    [shipment] = rig.shipping.of_order(NAME)
    shipment.collected = True
    await rig.release.become(NAME, "cancelled")
    await rig.buy()
    assert await rig.label(NAME) == ("held", "not_taken_back")
    assert await rig.alerts() == ["label_unknown"]


async def test_an_order_whose_parcel_changes_before_release_gets_a_new_label(rig: LabelRig) -> None:
    await rig.sell(NAME)
    await rig.buy()
    await rig.sell(NAME, 2)
    await rig.let_go()
    assert rig.release.at_clarus(NAME) == []
    await rig.buy()
    assert [one.cancelled for one in rig.shipping.shipments.values()] == [True, False]
    assert await rig.said(NAME) == ["label.ready", "label.void", "label.ready"]
    await rig.let_go()
    assert len(rig.release.at_clarus(NAME)) == 1


async def test_a_change_that_is_not_on_the_label_leaves_it_as_it_is(rig: LabelRig) -> None:
    await rig.sell(NAME)
    await rig.buy()
    await rig.release.sell(NAME, service="Second")
    await rig.let_go()
    assert rig.release.at_clarus(NAME) == []
    await rig.buy()
    await rig.let_go()
    assert len(rig.release.at_clarus(NAME)) == 1
    assert [one.cancelled for one in rig.shipping.shipments.values()] == [False]


async def test_another_address_needs_another_label(rig: LabelRig) -> None:
    await rig.sell(NAME)
    await rig.buy()
    await rig.release.sell(NAME, ship_to=replace(HOME, city="York"))
    await rig.buy()
    assert [one.cancelled for one in rig.shipping.shipments.values()] == [True, False]
    digests = {row["made_to"] for row in await rig.release.books.fetch("select made_to from label")}
    assert all(len(digest) == 64 for digest in digests)


async def test_an_order_changed_at_the_warehouse_gets_its_new_label_once_the_warehouse_was_told(
    rig: LabelRig,
) -> None:
    await rig.sell(NAME)
    await rig.buy()
    await rig.let_go()
    await rig.sell(NAME, 2)
    await rig.buy()
    assert [one.cancelled for one in rig.shipping.shipments.values()] == [False]
    rig.release.hand.on(61)
    await rig.let_go()
    assert rig.release.quantities(rig.release.only(NAME)) == {"A": 2}
    rig.release.hand.on(61)
    await rig.buy()
    assert [one.cancelled for one in rig.shipping.shipments.values()] == [True, False]
    assert await rig.label(NAME) == ("ready", "")


@pytest.mark.parametrize(("answer", "cancelled"), [("too_late", [False]), ("changed", [True, False])])
async def test_what_is_being_picked_keeps_its_label_unless_somebody_has_changed_it_there(
    rig: LabelRig, answer: str, cancelled: list[bool]
) -> None:
    await rig.sell(NAME)
    await rig.buy()
    await rig.let_go()
    rig.release.move(NAME, "PICK")
    await rig.sell(NAME, 2)
    for _ in range(2):
        rig.release.hand.on(61)
        await rig.let_go()
        await rig.buy()
    assert [one.cancelled for one in rig.shipping.shipments.values()] == [False]
    await rig.release.answer(NAME, answer)
    for _ in range(2):
        await rig.let_go()
        rig.release.hand.on(61)
        await rig.buy()
    assert [one.cancelled for one in rig.shipping.shipments.values()] == cancelled
    assert await rig.label(NAME) == ("ready", "")


async def test_a_label_of_what_has_left_is_used_and_never_taken_back(rig: LabelRig) -> None:
    await rig.sell(NAME)
    await rig.buy()
    await rig.let_go()
    rig.release.move(NAME, "COMPLETED")
    rig.release.hand.on(3601)
    await rig.let_go()
    await rig.buy()
    assert await rig.label(NAME) == ("used", "")
    await rig.release.become(NAME, "refunded")
    await rig.buy()
    assert len(rig.shipping.of_order(NAME)) == 1
    assert await rig.release.books.fetchval("select count(*) from order_to_read") == 1


async def test_an_order_that_counts_as_despatched_once_its_label_is_sold_is_released_all_the_same(
    rig: LabelRig,
) -> None:
    await rig.sell(NAME)
    await rig.buy()
    order = rig.release.orders[NAME]
    sent = [replace(line, fulfilled=line.ordered) for line in order.lines]
    await rig.release.sell(NAME, *sent, status="despatched")
    assert await rig.release.books.fetchval("select status from sales_order") == "open"
    await rig.buy()
    await rig.let_go()
    assert len(rig.release.at_clarus(NAME)) == 1
    rig.release.move(NAME, "COMPLETED")
    rig.release.hand.on(3601)
    await rig.let_go()
    await rig.release.sell(NAME, *sent, status="despatched")
    assert await rig.release.books.fetchval("select status from sales_order") == "despatched"


async def test_an_order_that_counts_as_despatched_by_the_label_that_is_being_replaced_is_not_lost(
    rig: LabelRig,
) -> None:
    await rig.sell(NAME)
    await rig.buy()
    await rig.release.sell(NAME, ship_to=replace(HOME, city="York"))
    rig.buys = False
    await rig.buy()
    assert await rig.label(NAME) == ("cancelled", "order_changed")
    sent = [replace(line, fulfilled=line.ordered) for line in rig.release.orders[NAME].lines]
    await rig.release.sell(NAME, *sent, status="despatched")
    assert await rig.release.books.fetchval("select status from sales_order") == "open"
    rig.buys = True
    await rig.buy()
    await rig.let_go()
    assert len(rig.release.at_clarus(NAME)) == 1


async def test_an_order_that_somebody_else_despatched_stays_so_once_its_label_was_taken_back_for_good(
    rig: LabelRig,
) -> None:
    await rig.sell(NAME)
    await rig.buy()
    await rig.release.become(NAME, "cancelled")
    await rig.buy()
    assert await rig.label(NAME) == ("cancelled", "order_gone")
    await rig.release.become(NAME, "despatched")
    assert await rig.release.books.fetchval("select status from sales_order") == "despatched"
