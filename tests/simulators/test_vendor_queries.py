"""How the simulated Amazon shows purchase orders and their statuses, and its vendor side's back door."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import aiohttp
import msgspec
import pytest

from schemas.purchase_order import PurchaseOrderNumber
from simulators.amazon import AmazonSimulator
from simulators.amazon import vendor_queries as queries
from simulators.amazon.vendor import Arrived, Delivery, Vendor
from simulators.amazon.vendor_books import Change
from simulators.amazon.vendor_control import Changed, Closed, Steps
from simulators.amazon.vendor_transactions import VendorPlan
from tests.controls import vendor as made
from tests.simulators.vendor_desk import NOW, acknowledge

DAY = timedelta(days=1)
WEEK = {"createdAfter": "2026-03-01T00:00:00Z", "createdBefore": "2026-03-07T00:00:00Z"}


@pytest.fixture
def vendor() -> Vendor:
    """Three orders: one new, one answered, one closed."""
    vendor = Vendor()
    for number in ("NEW00001", "ANSWERED", "CLOSED01"):
        vendor.add_order(made.order(number=PurchaseOrderNumber(number)))
    acknowledge(vendor, made.answer(number=PurchaseOrderNumber("ANSWERED")))
    vendor.close_order("CLOSED01", NOW)
    return vendor


def numbers(vendor: Vendor, query: dict[str, str], at: datetime = NOW + DAY) -> list[str]:
    reply = queries.find(vendor.orders.values(), query, at)
    assert reply.status == 200, reply.body
    told: Any = msgspec.json.decode(msgspec.json.encode(reply.body))
    return sorted(order["purchaseOrderNumber"] for order in told["payload"]["orders"])


def status(vendor: Vendor, query: dict[str, str], at: datetime) -> list[Any]:
    reply = queries.find_statuses(vendor.orders.values(), query, at)
    assert reply.status == 200, reply.body
    told: Any = msgspec.json.decode(msgspec.json.encode(reply.body))
    return list(told["payload"]["ordersStatus"])


@pytest.mark.parametrize(
    ("more", "found"),
    [
        ({}, ["ANSWERED", "CLOSED01", "NEW00001"]),
        ({"purchaseOrderState": "New"}, ["NEW00001"]),
        ({"purchaseOrderState": "Acknowledged"}, ["ANSWERED"]),
        ({"purchaseOrderState": "Closed"}, ["CLOSED01"]),
        ({"orderingVendorCode": "ACME1"}, ["ANSWERED", "CLOSED01", "NEW00001"]),
        ({"orderingVendorCode": "acme1"}, []),
        ({"isPOChanged": "true"}, []),
        ({"poItemState": "Cancelled"}, []),
    ],
)
def test_orders_are_found_by_what_is_asked_for(vendor: Vendor, more: dict[str, str], found: list[str]) -> None:
    assert numbers(vendor, WEEK | more) == found


def test_changed_and_cancelled_orders_are_found_by_that(vendor: Vendor) -> None:
    vendor.change_order("ANSWERED", Change(cancelled=(made.FIRST,)), NOW + DAY)
    assert numbers(vendor, WEEK | {"isPOChanged": "true"}) == ["ANSWERED"]
    assert numbers(vendor, WEEK | {"poItemState": "Cancelled"}) == ["ANSWERED"]
    changed = {"changedAfter": "2026-03-03T08:00:00Z", "changedBefore": "2026-03-03T10:00:00Z"}
    assert numbers(vendor, changed) == ["ANSWERED"]


@pytest.mark.parametrize(
    "query",
    [
        {"createdAfter": "2026-03-01T00:00:00Z", "createdBefore": "2026-03-08T00:00:01Z"},
        {"createdAfter": "2026-03-08T00:00:00Z", "createdBefore": "2026-03-01T00:00:00Z"},
        {"createdAfter": "2026-03-0100:00:00"},
        WEEK | {"limit": "101"},
        WEEK | {"limit": "x"},
        WEEK | {"nextToken": "%%%"},
    ],
)
def test_a_query_that_amazon_would_refuse_is_refused(vendor: Vendor, query: dict[str, str]) -> None:
    assert queries.find(vendor.orders.values(), query, NOW + DAY).status == 400
    assert queries.find_statuses(vendor.orders.values(), query, NOW + DAY).status == 400


def test_half_a_year_is_all_the_history_there_is(vendor: Vendor) -> None:
    assert numbers(vendor, WEEK, NOW + 180 * DAY) and numbers(vendor, WEEK, NOW + 181 * DAY) == []


def test_the_status_is_behind_and_never_goes_back(vendor: Vendor) -> None:
    vendor.transactions.plan = VendorPlan(status_lag=(1800, 1800))
    number = PurchaseOrderNumber("NEW00001")
    acknowledge(vendor, made.answer(number=number))
    vendor.transactions.plan = VendorPlan()
    cut = made.answer_line(made.accepted(3), made.rejected(7))
    acknowledge(vendor, made.answer(cut, number=number), NOW + timedelta(minutes=10))
    seen = [
        status(vendor, {"purchaseOrderNumber": number}, NOW + timedelta(minutes=m))[0]["itemStatus"][0]
        for m in (11, 29, 30)
    ]
    assert [line["acknowledgementStatus"]["confirmationStatus"] for line in seen] == [
        "UNCONFIRMED", "UNCONFIRMED", "PARTIALLY_ACCEPTED",
    ]  # fmt: skip
    told = seen[-1]["acknowledgementStatus"]["acknowledgementStatusDetails"]
    assert [one["acceptedQuantity"]["amount"] for one in told] == [10, 3]
    assert numbers(vendor, WEEK | {"purchaseOrderState": "New"}, NOW + timedelta(minutes=29)) == [number]


def test_what_was_raised_after_the_answer_is_unconfirmed_again(vendor: Vendor) -> None:
    vendor.change_order("ANSWERED", Change(quantities={made.FIRST: 12}), NOW)
    (line,) = status(vendor, {"purchaseOrderNumber": "ANSWERED"}, NOW)[0]["itemStatus"]
    assert line["acknowledgementStatus"]["confirmationStatus"] == "UNCONFIRMED"
    assert line["acknowledgementStatus"]["acceptedQuantity"]["amount"] == 10


def test_statuses_are_found_by_how_their_lines_stand(vendor: Vendor) -> None:
    vendor.deliver(Delivery(shipment="X", departed_at=NOW, contents=(Arrived("ANSWERED", made.FIRST, 4),)), NOW + DAY)
    asked = [{"itemConfirmationStatus": "ACCEPTED"}, {"itemReceiveStatus": "PARTIALLY_RECEIVED"},
             {"purchaseOrderStatus": "CLOSED"}, {"shipToPartyId": "BHX4"}]  # fmt: skip
    found = [[one["purchaseOrderNumber"] for one in status(vendor, WEEK | more, NOW + DAY)] for more in asked]
    assert found == [["ANSWERED"], ["ANSWERED"], ["CLOSED01"], []]
    updated = {"updatedAfter": "2026-03-03T08:00:00Z", "updatedBefore": "2026-03-03T10:00:00Z"}
    assert [one["purchaseOrderNumber"] for one in status(vendor, updated, NOW + DAY)] == ["ANSWERED"]


def test_orders_that_come_while_pages_are_turned_hide_none(vendor: Vendor) -> None:
    first = queries.find(vendor.orders.values(), WEEK | {"limit": "2"}, NOW + DAY)
    told: Any = msgspec.json.decode(msgspec.json.encode(first.body))
    vendor.add_order(made.order(number=PurchaseOrderNumber("NEW00002"), ordered_at=NOW + timedelta(minutes=1)))
    more = {"limit": "2", "nextToken": told["payload"]["pagination"]["nextToken"]}
    seen = [order["purchaseOrderNumber"] for order in told["payload"]["orders"]]
    assert sorted(seen + numbers(vendor, WEEK | more)) == ["ANSWERED", "CLOSED01", "NEW00001"]


@pytest.fixture
async def simulator() -> AsyncIterator[AmazonSimulator]:
    async with AmazonSimulator() as simulator:
        simulator.add_seller("V1")
        yield simulator


async def test_another_process_places_changes_answers_and_delivers(simulator: AmazonSimulator) -> None:
    now = simulator.world.time.now()
    contents = (Arrived(made.NUMBER, made.FIRST, 3),)
    steps = Steps(
        plan=VendorPlan(region="EU", untold=0.5),
        orders=(made.order(ordered_at=now), made.order(number=PurchaseOrderNumber("5Z32PABC"), ordered_at=now)),
        changes=(Changed(made.NUMBER, Change(quantities={made.FIRST: 4})),),
        by_hand=(made.answer(made.answer_line(made.accepted(3), made.rejected(1))),),
        deliveries=(Delivery(shipment="X", departed_at=now, contents=contents),),
        closed=(Closed("5Z32PABC"),),
    )
    url = f"{simulator.url}/_simulator/vendors/V1"
    async with aiohttp.ClientSession() as session:
        async with session.post(url, data=msgspec.json.encode(steps)) as answer:
            assert (answer.status, (await answer.json())["by_hand"]) == (200, [[]])
        async with session.get(url) as answer:
            state = await answer.json()
        async with session.post(url, data=b'{"orders": 1}') as answer:
            assert answer.status == 400
        async with session.get(f"{simulator.url}/_simulator/vendors/NOBODY") as answer:
            assert answer.status == 404
    line = {"number": "1", "ordered": 4, "accepted": 3, "backordered": 0, "rejected": 1, "received": 3}
    assert state["orders"][0] == {
        "number": made.NUMBER, "state": "closed", "acknowledged_by": "portal", "lines": [line]
    }  # fmt: skip
    assert (state["chargebacks_by_kind"], state["documents"][0]["by"]) == ({"missing_notice": 1}, "portal")
