"""Direct fulfilment stock at the simulated Amazon: partial only, taken, then in effect, settled by its status."""

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from daemon.links.amazon_direct_fulfilment import DirectFulfilmentLink
from daemon.links.answer import Done, Refused, Throttled, Unknown
from schemas import amazon_direct_fulfilment as words
from schemas.terms import SellerSku
from simulators.amazon import Fault
from tests.daemon.amazon_rig import Rig
from tests.daemon.amazon_rig import rig as amazon_rig
from tests.schemas.amazon_models import faults, needs_models

INVENTORY = "vendor-direct-fulfillment-inventory-api-model/vendorDirectFulfillmentInventoryV1.json"
TRANSACTIONS = "vendor-direct-fulfillment-transactions-api-model/vendorDirectFulfillmentTransactions_2021-12-28.json"
POT, PAN = SellerSku("POT"), SellerSku("PAN")


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[Rig]:
    async with amazon_rig(tmp_path) as rig:
        rig.seller.add_warehouse("LTN9", {POT: 5, PAN: 7})
        yield rig


@pytest.fixture
def link(rig: Rig) -> DirectFulfilmentLink:
    return DirectFulfilmentLink(rig.session, rig.account, rig.login, 2.0, patience=0.0)


def shows(rig: Rig) -> dict[str, int]:
    warehouse = rig.seller.warehouses["LTN9"]
    warehouse.settle(rig.simulator.world.time.now())
    return warehouse.items


async def test_an_update_changes_what_it_names_and_nothing_else(rig: Rig, link: DirectFulfilmentLink) -> None:
    answer = await link.submit_stock("LTN9", "VENDOR", {POT: 2})
    assert isinstance(answer, Done)
    assert shows(rig) == {POT: 2, PAN: 7}
    found = await link.transaction(answer.value)
    assert isinstance(found, Done) and found.value.status == "Success"


async def test_taken_is_not_yet_in_effect(rig: Rig, link: DirectFulfilmentLink) -> None:
    rig.simulator.faults.live_lag = lambda: timedelta(minutes=15)  # type: ignore[method-assign]
    answer = await link.submit_stock("LTN9", "VENDOR", {POT: 2})
    assert isinstance(answer, Done)
    found = await link.transaction(answer.value)
    assert isinstance(found, Done) and found.value.status == "Processing"
    assert shows(rig) == {POT: 5, PAN: 7}


async def test_an_item_that_is_not_known_fails_the_transaction_and_says_so(
    rig: Rig, link: DirectFulfilmentLink
) -> None:
    answer = await link.submit_stock("LTN9", "VENDOR", {POT: 2, SellerSku("LID"): 1})
    assert isinstance(answer, Done)
    found = await link.transaction(answer.value)
    assert isinstance(found, Done) and found.value.errors is not None
    assert (found.value.status, found.value.errors.errors[0].message) == ("Failure", "Items are not known: LID")
    assert shows(rig) == {POT: 5, PAN: 7}


async def test_a_warehouse_that_is_not_known_is_refused(link: DirectFulfilmentLink) -> None:
    assert isinstance(await link.submit_stock("NOWHERE", "VENDOR", {POT: 2}), Refused)


async def test_an_answer_that_is_lost_leaves_it_unknown_although_it_took_effect(
    rig: Rig, link: DirectFulfilmentLink
) -> None:
    rig.simulator.faults.script(Fault(kind="cut_answer", operation="submitInventoryUpdate"))
    assert isinstance(await link.submit_stock("LTN9", "VENDOR", {POT: 2}), Unknown)
    assert shows(rig)[POT] == 2


async def test_beyond_ten_at_once_it_is_throttled(link: DirectFulfilmentLink) -> None:
    answers = [await link.submit_stock("LTN9", "VENDOR", {POT: 2}) for _ in range(14)]
    assert any(isinstance(answer, Throttled) for answer in answers)
    assert all(isinstance(answer, Done) for answer in answers[:10])


@pytest.mark.parametrize("quantities", [{}, {POT: -1}])
def test_an_update_of_nothing_or_of_less_than_nothing_cannot_be_written(quantities: dict[SellerSku, int]) -> None:
    with pytest.raises(ValueError, match="at least one item, and no quantity below 0"):
        words.to_amazon("VENDOR", quantities)


def test_no_update_is_ever_full() -> None:
    body = json.loads(words.write_update(words.to_amazon("VENDOR", {POT: 2, PAN: 0})))
    assert body["inventory"]["isFullUpdate"] is False
    assert [item["availableQuantity"] for item in body["inventory"]["items"]] == [
        {"amount": 2, "unitOfMeasure": "Each"},
        {"amount": 0, "unitOfMeasure": "Each"},
    ]


@needs_models
async def test_what_is_written_and_what_is_answered_hold_against_amazon_s_models(
    rig: Rig, link: DirectFulfilmentLink
) -> None:
    body = json.loads(words.write_update(words.to_amazon("VENDOR", {POT: 2})))
    assert faults(INVENTORY, "SubmitInventoryUpdateRequest", body) == []
    await link.submit_stock("LTN9", "VENDOR", {SellerSku("LID"): 1})
    from simulators.amazon.direct_fulfilment import status, submit

    warehouse, now = rig.seller.warehouses["LTN9"], rig.simulator.world.time.now()
    taken = submit(warehouse, json.dumps(body).encode(), now, timedelta())
    assert faults(INVENTORY, "SubmitInventoryUpdateResponse", taken.body) == []
    for transaction in warehouse.transactions:
        told = status([warehouse], transaction.name, now + timedelta(hours=1))
        assert faults(TRANSACTIONS, "TransactionStatus", told.body) == []
