"""Labels before release, against simulated Amazon and Clarus: bought once, kept sealed, never released without."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from daemon.store import labels as store
from daemon.store.sealing import Erased, current_keys, erase_subject
from handlers.sales_orders import subject_of
from schemas.terms import ChannelOrderId
from simulators.amazon import Fault
from simulators.amazon.faults import Kind
from simulators.amazon.shipping import RATES_LIVE
from tests.live.label_rig import LabelRig, label_rig
from tests.live.release_rig import CHANNEL

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


async def test_the_label_of_a_cancelled_order_is_taken_back(rig: LabelRig) -> None:
    await rig.sell(NAME)
    await rig.buy()
    await rig.release.become(NAME, "cancelled")
    await rig.buy()
    assert await rig.label(NAME) == ("cancelled", "")
    assert rig.shipping.of_order(NAME) == []


async def test_an_order_that_changes_before_release_gets_a_new_label(rig: LabelRig) -> None:
    await rig.sell(NAME)
    await rig.buy()
    await rig.release.sell(NAME, service="Second")
    await rig.release.books.execute("update sales_order set state = 'ready', cleared_version = version")
    await rig.let_go()
    assert rig.release.at_clarus(NAME) == []
    await rig.buy()
    assert [one.cancelled for one in rig.shipping.shipments.values()] == [True, False]
    await rig.let_go()
    assert len(rig.release.at_clarus(NAME)) == 1


async def test_a_file_that_did_not_come_with_the_purchase_is_fetched(rig: LabelRig) -> None:
    rig.shipping.without_documents = True
    await rig.sell(NAME)
    await rig.buy()
    assert await rig.label(NAME) == ("ready", "")
    assert len(rig.amazon.simulator.journal.of("getShipmentDocuments")) == 1


async def test_the_file_is_stored_sealed_and_erased_with_its_buyer(rig: LabelRig) -> None:
    await rig.sell(NAME)
    await rig.buy()
    stored = await rig.release.books.fetchval("select file from label")
    assert stored and b"PNG" not in stored
    async with rig.release.database.transaction() as connection:
        found = await store.file_of(connection, KEY, current_keys())
        assert found is not None and found[1].startswith(b"\x89PNG")
        await erase_subject(connection, subject_of(*KEY))
        with pytest.raises(Erased):
            await store.file_of(connection, KEY, current_keys())
