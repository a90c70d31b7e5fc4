"""`searchOrders` of the simulated Amazon: what it refuses, what it finds, page by page, in Amazon's own form."""

import json
from collections.abc import AsyncIterator, Mapping
from datetime import datetime, timedelta
from typing import Any

import aiohttp
import pytest

from schemas.amazon_order_search import read_page
from simulators.amazon import UK, AmazonSimulator, SimulatedSeller
from simulators.amazon.order_search import Reader, search
from simulators.amazon.orders import SimulatedOrder
from tests.schemas.amazon_models import ORDERS, faults, needs_models

TWO_MINUTES = timedelta(minutes=2)


@pytest.fixture
async def seller() -> AsyncIterator[SimulatedSeller]:
    yield AmazonSimulator().add_seller("A1")


def ordered(seller: SimulatedSeller, number: int, minutes_ago: float = 10.0, **more: Any) -> SimulatedOrder:
    order = seller.add_order(f"{number:03d}-0000000-0000000", [(f"L{number}", "POT", 2)], **more)
    order.created_at -= timedelta(minutes=minutes_ago)
    return order


def asked(
    seller: SimulatedSeller, query: Mapping[str, str] | None = None, lag: float = 0.0, replica_lag: float = 0.0
) -> tuple[int, Any]:
    """A search of the last hour, `lag` minutes behind; what it finds is shown `replica_lag` minutes behind."""
    now = seller.time.now()
    window = {"lastUpdatedAfter": (now - timedelta(hours=1)).isoformat(), "includedData": "FULFILLMENT"}
    reader = Reader(now, TWO_MINUTES, timedelta(minutes=lag), lambda: timedelta(minutes=replica_lag))
    reply = search(seller.orders.values(), {**window, **(query or {})}, reader)
    return reply.status, reply.body


def names(body: Mapping[str, Any]) -> list[str]:
    return [order["orderId"][:3] for order in body["orders"]]


def test_orders_come_by_the_time_of_their_last_change(seller: SimulatedSeller) -> None:
    for number, age in ((1, 5.0), (2, 9.0), (3, 7.0)):
        ordered(seller, number, age)
    assert names(asked(seller)[1]) == ["002", "003", "001"]


def test_what_changed_less_than_two_minutes_ago_is_not_found_yet(seller: SimulatedSeller) -> None:
    ordered(seller, 1, 1.9)
    order = ordered(seller, 2)
    assert names(asked(seller)[1]) == ["002"]
    seller.change_order(order.order_id, quantities={"L2": 1})
    assert names(asked(seller)[1]) == []


def test_a_lagging_search_finds_a_change_late(seller: SimulatedSeller) -> None:
    ordered(seller, 1, 3.0)
    assert names(asked(seller, lag=4)[1]) == []
    assert names(asked(seller, lag=2)[1]) == ["001"]


def test_a_replica_that_is_behind_shows_a_found_order_as_it_was(seller: SimulatedSeller) -> None:
    order = ordered(seller, 1, 20.0)
    seller.change_order(order.order_id, quantities={"L1": 5})
    order.earlier[0] = (order.earlier[0][0] - timedelta(minutes=4), order.earlier[0][1])
    order.changed_at = seller.time.now() - timedelta(minutes=4)
    quantities = [
        asked(seller, replica_lag=behind)[1]["orders"][0]["orderItems"][0]["quantityOrdered"] for behind in (3, 5)
    ]
    assert quantities == [5, 2]


def test_filters_narrow_what_is_found(seller: SimulatedSeller) -> None:
    ordered(seller, 1)
    ordered(seller, 2, fulfilled_by="AMAZON")
    ordered(seller, 3, status="PENDING")
    ordered(seller, 4, marketplace="A13V1IB3VIYZZH")
    assert names(asked(seller, {"fulfilledBy": "MERCHANT", "marketplaceIds": UK})[1]) == ["001", "003"]
    assert names(asked(seller, {"fulfillmentStatuses": "PENDING"})[1]) == ["003"]


def test_pages_hold_each_order_once_even_when_one_changes_between_them(seller: SimulatedSeller) -> None:
    for number in range(7):
        ordered(seller, number, 20 - number)
    before = (seller.time.now() - TWO_MINUTES).isoformat()
    after = (seller.time.now() - timedelta(hours=1)).isoformat()
    window = {"maxResultsPerPage": "3", "lastUpdatedAfter": after, "lastUpdatedBefore": before}
    found, token = list[str](), ""
    while True:
        _, body = asked(seller, window | ({"paginationToken": token} if token else {}))
        found += names(body)
        seller.change_order("000-0000000-0000000", quantities={})
        if "pagination" not in body:
            break
        token = body["pagination"]["nextToken"]
    assert found == [f"{number:03d}" for number in range(7)]


@pytest.mark.parametrize(
    "query",
    [
        {"createdAfter": "2026-01-01T00:00:00Z"}, {"lastUpdatedAfter": "yesterday"},
        {"lastUpdatedAfter": "2026-01-01T00:00:00"}, {"maxResultsPerPage": "101"}, {"maxResultsPerPage": "0"},
        {"paginationToken": "nonsense"}, {"includedData": "BUYER"}, {"includedData": "EVERYTHING"},
        {"createdBefore": "2026-01-01T00:00:00Z"}, {"lastUpdatedBefore": "2020-01-01T00:00:00Z"},
        {"lastUpdatedBefore": "2999-01-01T00:00:00Z"},
    ],
)  # fmt: skip
def test_what_amazon_would_refuse_is_refused(seller: SimulatedSeller, query: dict[str, str]) -> None:
    assert asked(seller, query)[0] == 400


def test_a_token_runs_out_after_a_day_and_fits_its_own_search_only(seller: SimulatedSeller) -> None:
    for number in range(3):
        ordered(seller, number)
    now = seller.time.now()
    after = (now - timedelta(hours=1)).isoformat()
    query = {"lastUpdatedAfter": after, "maxResultsPerPage": "2"}
    body: Any = search(seller.orders.values(), query, Reader(now, TWO_MINUTES)).body
    again = query | {"paginationToken": body["pagination"]["nextToken"]}

    def status(at: datetime, **more: str) -> int:
        return search(seller.orders.values(), again | more, Reader(at, TWO_MINUTES)).status

    assert status(now + timedelta(hours=23)) == 200
    assert status(now + timedelta(hours=25)) == 400
    assert status(now, fulfilledBy="MERCHANT") == 400
    assert status(now, maxResultsPerPage="1", includedData="FULFILLMENT") == 200


def test_what_is_cancelled_and_sent_reads_as_it_was_meant(seller: SimulatedSeller) -> None:
    order = ordered(seller, 1)
    seller.change_order(order.order_id, cancelled={"L1": 1})
    order.changed_at = order.created_at
    [read] = read_page(json.dumps(asked(seller)[1]).encode()).orders
    assert (read.lines[0].ordered, read.lines[0].cancelled, read.lines[0].fulfilled) == (2, 1, 0)


@needs_models
def test_an_answer_of_the_simulator_holds_against_amazons_model(seller: SimulatedSeller) -> None:
    for number in range(3):
        ordered(seller, number, status=("UNSHIPPED", "PENDING", "CANCELLED")[number])
    assert faults(ORDERS, "SearchOrdersResponse", asked(seller, {"maxResultsPerPage": "2"})[1]) == []


async def test_over_http_a_search_answers_with_pages_and_its_own_rate() -> None:
    async with AmazonSimulator() as simulator, aiohttp.ClientSession() as session:
        seller = simulator.add_seller("A1")
        ordered(seller, 1)
        form = {
            "grant_type": "refresh_token", "refresh_token": seller.refresh_token, "client_id": seller.client_id,
            "client_secret": seller.client_secret,
        }  # fmt: skip
        _, token = simulator.login.grant(form, simulator.world.time.now())
        headers = {"x-amz-access-token": str(token["access_token"]), "user-agent": "test/1"}
        after = (simulator.world.time.now() - timedelta(hours=1)).isoformat()
        url = f"{simulator.url}/orders/2026-01-01/orders"
        statuses = list[int]()
        for _ in range(22):
            async with session.get(url, params={"lastUpdatedAfter": after}, headers=headers) as response:
                statuses.append(response.status)
        assert statuses == [200] * 20 + [429] * 2
