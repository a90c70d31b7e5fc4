"""Labels before release, against simulated Amazon and Clarus: bought once, kept sealed, never released without."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from daemon.store import buyer_access, erasing
from daemon.store import labels as store
from daemon.store.sealing import Erased, current_keys
from handlers.sales_orders import subject_of
from schemas.terms import ChannelOrderId
from simulators.amazon import Fault
from simulators.amazon.faults import Kind
from simulators.amazon.shipping import RATES_LIVE
from tests.live.label_rig import LabelRig, label_rig
from tests.live.release_rig import CHANNEL
from tests.marks import all_rows, leaks

NAME = "202-1"
KEY = CHANNEL, ChannelOrderId(NAME)


@pytest.fixture
async def rig(tmp_path: Path, database_url: str) -> AsyncIterator[LabelRig]:
    async with label_rig(tmp_path, database_url) as given:
        yield given


async def test_an_order_goes_to_the_warehouse_only_once_its_label_is_there(rig: LabelRig) -> None:
    await rig.sell(NAME)
    await rig.let_go()
    assert rig.release.at_clarus(NAME) == []
    await rig.buy()
    assert await rig.label(NAME) == ("ready", "")
    await rig.let_go()
    assert len(rig.release.at_clarus(NAME)) == 1
    assert await rig.requests() == [("buy_label", "live", 1)]


@pytest.mark.parametrize("kind", ["cut_answer", "error_after", "reset", "error_before"])
async def test_a_lost_answer_costs_one_label(rig: LabelRig, kind: Kind) -> None:
    await rig.sell(NAME)
    rig.amazon.simulator.faults.script(Fault(kind=kind, operation="purchaseShipment", status=503))
    await rig.buy()
    assert await rig.requests() == [("buy_label", "unknown", 1)]
    await rig.let_go()
    assert rig.release.at_clarus(NAME) == []
    rig.release.hand.on(60)
    await rig.buy()
    assert await rig.requests() == [("buy_label", "live", 2)]
    assert len(rig.shipping.shipments) == 1


async def test_a_process_that_died_after_its_purchase_leaves_a_row_that_the_next_one_settles(rig: LabelRig) -> None:
    await rig.sell(NAME)
    buying = rig.buying()
    rig.amazon.simulator.faults.script(Fault(kind="cut_answer", operation="purchaseShipment"))
    await buying.round()
    await rig.release.books.execute("update effect set state = 'sent' where lane = 'labels'")
    await rig.release.books.execute("update label set look_at = $1", rig.release.hand.at)
    await rig.buy()
    assert await rig.requests() == [("buy_label", "live", 2)]
    assert len(rig.shipping.shipments) == 1


async def test_where_nobody_can_know_whether_it_was_bought_a_person_says_so(rig: LabelRig) -> None:
    await rig.sell(NAME)
    rig.amazon.simulator.faults.script(Fault(kind="reset", operation="purchaseShipment"))
    await rig.buy()
    for quote in rig.shipping.quotes.values():
        quote.at -= 2 * RATES_LIVE
    rig.release.hand.on(900)
    await rig.buy()
    assert await rig.label(NAME) == ("held", "unknown")
    assert await rig.alerts() == ["label_unknown"]
    async with rig.release.database.transaction() as connection:
        assert await store.again(connection, KEY, rig.release.hand.at, {})
    await rig.buy()
    assert await rig.label(NAME) == ("ready", "")
    assert await rig.alerts() == []
    assert len(rig.shipping.shipments) == 1


async def test_a_blocked_order_says_why_and_goes_on_by_itself(rig: LabelRig) -> None:
    known, rig.terms = rig.terms, replace(rig.terms, products={})
    await rig.sell(NAME)
    await rig.buy()
    assert await rig.label(NAME) == ("blocked", "no_size")
    assert await rig.alerts() == ["label_blocked"]
    assert await rig.requests() == []
    rig.terms = known
    rig.release.hand.on(901)
    await rig.buy()
    assert await rig.label(NAME) == ("ready", "")
    assert await rig.alerts() == []


async def test_orders_that_lack_the_same_share_an_alert_and_one_that_cannot_be_asked_for_holds_no_other(
    rig: LabelRig,
) -> None:
    known, rig.terms = rig.terms, replace(rig.terms, products={})
    for name in ("202-7", "202-8"):
        await rig.sell(name)
    await rig.buy()
    assert await rig.alerts() == ["label_blocked"]
    rig.terms = known
    rig.amazon.simulator.faults.script(Fault(kind="error_before", operation="getRates", status=500))
    rig.release.hand.on(901)
    await rig.buy()
    assert sorted([await rig.label("202-7"), await rig.label("202-8")]) == [("blocked", "no_rates"), ("ready", "")]
    rig.release.hand.on(3600)
    await rig.buy()
    assert await rig.label("202-7") == await rig.label("202-8") == ("ready", "")
    assert await rig.alerts() == []


async def test_the_alert_of_an_order_that_nobody_waits_for_any_more_closes_itself(rig: LabelRig) -> None:
    rig.terms = replace(rig.terms, products={})
    await rig.sell(NAME)
    await rig.buy()
    await rig.release.become(NAME, "cancelled")
    await rig.let_go()
    await rig.buy()
    assert await rig.alerts() == []


async def test_a_file_that_does_not_come_is_told_and_another_label_bought_if_a_person_wants_it(rig: LabelRig) -> None:
    rig.shipping.without_documents = rig.shipping.documents_late = True
    await rig.sell(NAME)
    for _ in range(6):
        await rig.buy()
        rig.release.hand.on(400)
    assert await rig.label(NAME) == ("bought", "no_file")
    assert await rig.alerts() == ["label_blocked"]
    await rig.let_go()
    assert rig.release.at_clarus(NAME) == []
    rig.shipping.without_documents = rig.shipping.documents_late = False
    async with rig.release.database.transaction() as connection:
        assert await store.again(connection, KEY, rig.release.hand.at, {})
    await rig.buy()
    assert await rig.label(NAME) == ("ready", "")
    assert [one.cancelled for one in rig.shipping.shipments.values()] == [True, False]
    assert await rig.alerts() == []


async def test_where_no_labels_are_bought_any_more_what_is_under_way_is_settled(rig: LabelRig) -> None:
    await rig.sell(NAME)
    rig.amazon.simulator.faults.script(Fault(kind="cut_answer", operation="purchaseShipment"))
    await rig.buy()
    await rig.sell("202-2")
    rig.buys = False
    rig.release.hand.on(60)
    await rig.buy()
    assert await rig.label(NAME) == ("ready", "")
    assert await rig.label("202-2") == ("", "")
    assert len(rig.shipping.shipments) == 1


async def test_a_file_that_did_not_come_with_the_purchase_is_fetched(rig: LabelRig) -> None:
    rig.shipping.without_documents = True
    await rig.sell(NAME)
    await rig.buy()
    assert await rig.label(NAME) == ("ready", "")
    assert len(rig.amazon.simulator.journal.of("getShipmentDocuments")) == 1


async def test_the_file_is_stored_sealed_its_reader_written_down_and_erased_with_its_buyer(rig: LabelRig) -> None:
    await rig.sell(NAME, to="Quillon Xavertin")
    await rig.buy()
    assert leaks(await all_rows(rig.release.books)) == []
    async with rig.release.database.transaction() as connection:
        found = await store.file_of(connection, KEY, rig.release.hand.at, current_keys())
        assert found is not None and b"Quillon" in found[1]
        [read] = [one for one in await buyer_access.of(connection, None, 99) if one.why == "print_label"]
        assert read.subject == subject_of(*KEY)
    await rig.release.become(NAME, "cancelled")
    await rig.release.books.execute("update label set state = 'used'")
    async with rig.release.database.transaction() as connection:
        done = await erasing.erase_order(connection, KEY, rig.release.hand.at)
        assert done.dropped == ("order",)
        assert await connection.fetchval("select count(*) from label where file is not null") == 0
        assert await connection.fetchval("select count(*) from subject_key") == 0
        with pytest.raises(Erased):
            await store.file_of(connection, KEY, rig.release.hand.at, current_keys())


async def test_a_label_that_comes_once_its_buyer_is_erased_leaves_no_file_and_no_key(rig: LabelRig) -> None:
    await rig.sell(NAME)
    rig.amazon.simulator.faults.script(Fault(kind="cut_answer", operation="purchaseShipment"))
    await rig.buy()
    async with rig.release.database.transaction() as connection:
        await connection.execute("update sales_order set state = 'ended', ended_at = $1", rig.release.hand.at)
        await erasing.erase_order(connection, KEY, rig.release.hand.at)
    rig.release.hand.on(60)
    await rig.buy()
    assert (await rig.label(NAME))[0] == "ready"
    assert await rig.release.books.fetchval("select count(*) from label where file is not null") == 0
    assert await rig.release.books.fetchval("select count(*) from subject_key") == 0
