"""What we write, what the simulator answers, and what we read, held against Amazon's published models."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import msgspec
import pytest
from yarl import URL

from schemas import amazon, amazon_listings, amazon_orders
from simulators.amazon import UK, AmazonSimulator, Fault
from tests.schemas.amazon_models import LISTINGS, ORDERS, ORDERS_V0, faults, needs_models, sandbox_pairs

pytestmark = needs_models

GOLDEN = Path(__file__).parent / "golden"
ITEM = f"/listings/2021-08-01/items/A1/POT?marketplaceIds={UK}"
ORDER = "/orders/2026-01-01/orders/O1?includedData=PACKAGES,FULFILLMENT"
CONFIRMATION = "/orders/v0/orders/O1/shipmentConfirmation"


def _golden(name: str) -> Any:
    return json.loads((GOLDEN / f"{name}.json").read_bytes())


def _confirmation(reference: object = "1") -> dict[str, Any]:
    body: dict[str, Any] = _golden("amazon_confirm_shipment_unlisted_carrier")
    body["packageDetail"]["packageReferenceId"] = reference
    body["packageDetail"]["orderItems"] = [{"orderItemId": "L1", "quantity": 1}]
    return body


@asynccontextmanager
async def _asking() -> AsyncIterator[tuple[AmazonSimulator, Any]]:
    async with AmazonSimulator() as simulator, aiohttp.ClientSession() as session:
        seller = simulator.add_seller("A1")
        seller.add_listing("POT", 3, lead_time=2)
        seller.add_order("O1", [("L1", "POT", 2)])
        _, token = simulator.login.grant(
            {
                "grant_type": "refresh_token",
                "refresh_token": seller.refresh_token,
                "client_id": seller.client_id,
                "client_secret": seller.client_secret,
            },
            simulator.world.time.now(),
        )

        async def ask(method: str, path: str, body: object = None) -> tuple[int, Any]:
            headers = {"x-amz-access-token": str(token["access_token"]), "user-agent": "test/1"}
            url = URL(simulator.url + path, encoded=True)
            async with session.request(method, url, json=body, headers=headers) as response:
                text = await response.text()
                return response.status, json.loads(text) if text else None

        yield simulator, ask


@pytest.mark.parametrize("name", ["amazon_patch_listing", "amazon_patch_listing_with_lead_time"])
def test_a_patch_of_ours_holds(name: str) -> None:
    assert faults(LISTINGS, "ListingsItemPatchRequest", _golden(name)) == []


@pytest.mark.parametrize("name", ["amazon_confirm_shipment", "amazon_confirm_shipment_unlisted_carrier"])
def test_a_confirmation_of_ours_holds(name: str) -> None:
    assert faults(ORDERS_V0, "ConfirmShipmentRequest", _golden(name)) == []


def test_the_judge_refuses_a_numeric_package_reference() -> None:
    found = faults(ORDERS_V0, "ConfirmShipmentRequest", _confirmation(17))
    assert len(found) == 1 and "packageReferenceId" in found[0]


def test_the_files_that_our_reading_is_tested_with_hold() -> None:
    assert faults(LISTINGS, "Item", _golden("amazon_listing")) == []
    assert faults(ORDERS, "GetOrderResponse", _golden("amazon_order")) == []


async def test_the_simulators_submissions_hold() -> None:
    async with _asking() as (simulator, ask):
        accepted = await ask("PATCH", ITEM, _golden("amazon_patch_listing"))
        simulator.faults.invalid["POT"] = "90000900"
        refused = await ask("PATCH", ITEM, _golden("amazon_patch_listing"))
    assert [accepted[1]["status"], refused[1]["status"]] == ["ACCEPTED", "INVALID"]
    assert faults(LISTINGS, "ListingsItemSubmissionResponse", accepted[1]) == []
    assert faults(LISTINGS, "ListingsItemSubmissionResponse", refused[1]) == []


async def test_the_simulators_listings_hold() -> None:
    async with _asking() as (_, ask):
        status, item = await ask("GET", f"{ITEM}&includedData=fulfillmentAvailability,attributes")
    assert status == 200 and set(item) == {"sku", "attributes", "fulfillmentAvailability"}
    assert faults(LISTINGS, "Item", item) == []


async def test_the_simulators_orders_hold_before_and_after_a_parcel() -> None:
    async with _asking() as (_, ask):
        before = await ask("GET", ORDER)
        confirmed = await ask("POST", CONFIRMATION, _confirmation())
        after = await ask("GET", ORDER)
    assert confirmed == (204, None)
    assert [before[1]["order"]["packages"], len(after[1]["order"]["packages"])] == [[], 1]
    assert faults(ORDERS, "GetOrderResponse", before[1]) == []
    assert faults(ORDERS, "GetOrderResponse", after[1]) == []


@pytest.mark.parametrize("kind", ["denied", "throttle", "error_before", "error_after"])
async def test_the_simulators_errors_hold(kind: Any) -> None:
    async with _asking() as (simulator, ask):
        simulator.faults.script(Fault(kind=kind, status=503, times=3))
        listing = await ask("GET", ITEM)
        order = await ask("GET", ORDER)
        confirmation = await ask("POST", CONFIRMATION, _confirmation())
    assert {listing[0], order[0], confirmation[0]} <= {403, 429, 503}
    assert faults(LISTINGS, "ErrorList", listing[1]) == []
    assert faults(ORDERS, "ErrorList", order[1]) == []
    assert faults(ORDERS_V0, "ConfirmShipmentErrorResponse", confirmation[1]) == []


async def test_the_simulators_refusals_hold() -> None:
    async with _asking() as (_, ask):
        missing_listing = await ask("GET", ITEM.replace("POT", "NOBODY"))
        numeric = await ask("POST", CONFIRMATION, _confirmation(17))
        missing_order = await ask("POST", CONFIRMATION.replace("O1", "O9"), _confirmation())
    assert [missing_listing[0], numeric[0], missing_order[0]] == [404, 400, 404]
    assert faults(LISTINGS, "ErrorList", missing_listing[1]) == []
    assert faults(ORDERS_V0, "ConfirmShipmentErrorResponse", numeric[1]) == []
    assert faults(ORDERS_V0, "ConfirmShipmentErrorResponse", missing_order[1]) == []


def test_the_sandboxes_submissions_are_read() -> None:
    pairs = sandbox_pairs(LISTINGS, "patchListingsItem", "200")
    read = [amazon_listings.read_submission(msgspec.json.encode(pair["response"])) for pair in pairs]
    assert [submission.status for submission in read] == ["ACCEPTED", "VALID", "INVALID"]
    assert amazon_listings.name_refusal(read[2].issues or ()) == "attribute_unknown"


def test_the_sandboxes_listings_are_read() -> None:
    pairs = sandbox_pairs(LISTINGS, "getListingsItem", "200")
    read = [amazon_listings.read_listing(msgspec.json.encode(pair["response"])) for pair in pairs]
    assert read and all(isinstance(amazon_listings.from_amazon(listing), int) for listing in read)


def test_the_sandboxes_orders_are_read() -> None:
    pairs = sandbox_pairs(ORDERS, "getOrder", "200")
    read = [amazon_orders.from_amazon(amazon_orders.read_order(msgspec.json.encode(p["response"]))) for p in pairs]
    asked = [pair["request"]["parameters"]["orderId"]["value"] for pair in pairs]
    assert [order.order_id for order in read] == asked
    assert all(order.lines for order in read)


def test_the_sandboxes_confirmation_holds_and_its_refusal_has_a_word() -> None:
    good = sandbox_pairs(ORDERS_V0, "confirmShipment", "204")[0]["request"]["parameters"]["body"]["value"]
    bad = sandbox_pairs(ORDERS_V0, "confirmShipment", "400")[0]["response"]
    assert faults(ORDERS_V0, "ConfirmShipmentRequest", good) == []
    errors = amazon.read_errors(msgspec.json.encode(bad))
    assert amazon_orders.name_refusal(400, errors) == "invalid_input"


@pytest.mark.parametrize(
    ("path", "operation"), [(LISTINGS, "patchListingsItem"), (LISTINGS, "getListingsItem"), (ORDERS, "getOrder")]
)
def test_the_sandboxes_errors_are_read(path: str, operation: str) -> None:
    pairs = sandbox_pairs(path, operation, "400")
    read = [amazon.read_errors(msgspec.json.encode(pair["response"])) for pair in pairs]
    assert read and all(errors and amazon.told(errors) for errors in read)
