"""`searchOrders` as it is read: what is owed of each line, whatever the order's state, and no buyer data."""

import json
from typing import Any

import msgspec
import pytest

from schemas.amazon_order_search import SearchedOrder, read_page
from tests.schemas.amazon_models import ORDERS, faults, needs_models, sandbox_pairs


def answered(status: str = "UNSHIPPED", by: str = "MERCHANT", token: str = "", **item: Any) -> dict[str, Any]:
    order = {
        "orderId": "250-1234567-8901234",
        "createdTime": "2026-01-05T02:30:00Z",
        "lastUpdatedTime": "2026-01-05T06:45:00+01:00",
        "salesChannel": {"channelName": "AMAZON", "marketplaceId": "A1F"},
        "fulfillment": {"fulfillmentStatus": status, "fulfilledBy": by},
        "orderItems": [{"orderItemId": "1", "quantityOrdered": 5, "product": {"sellerSku": "00123"}, **item}],
    }
    return {"orders": [order], **({"pagination": {"nextToken": token}} if token else {})}


def progress(done: int | None, left: int | None) -> dict[str, Any]:
    return {"fulfillment": {"quantityFulfilled": done, "quantityUnfulfilled": left}}


@pytest.mark.parametrize(
    ("status", "item", "cancelled", "fulfilled"),
    [
        ("UNSHIPPED", {}, 0, 0), ("UNSHIPPED", progress(0, 5), 0, 0), ("UNSHIPPED", progress(0, 3), 2, 0),
        ("PARTIALLY_SHIPPED", progress(2, 3), 0, 2), ("PARTIALLY_SHIPPED", progress(2, 1), 2, 2),
        ("PENDING", progress(0, 0), 0, 0), ("PENDING_AVAILABILITY", {}, 0, 0), ("CANCELLED", progress(0, 0), 5, 0),
        ("CANCELLED", {}, 5, 0), ("CANCELLED", progress(2, 0), 3, 2), ("SHIPPED", {}, 0, 5),
        ("SHIPPED", progress(5, 0), 0, 5), ("SHIPPED", progress(3, 0), 2, 3),
        ("UNSHIPPED", progress(None, None), 0, 0),
    ],
)  # fmt: skip
def test_what_is_cancelled_and_what_is_sent_follows_from_state_and_counts(
    status: str, item: dict[str, Any], cancelled: int, fulfilled: int
) -> None:
    [order] = read_page(json.dumps(answered(status, **item)).encode()).orders
    [line] = order.lines
    assert (line.ordered, line.cancelled, line.fulfilled) == (5, cancelled, fulfilled)
    assert line.seller_sku == "00123"


def test_orders_that_amazon_despatches_itself_are_left_out() -> None:
    page = read_page(json.dumps(answered(by="AMAZON")).encode())
    assert (page.orders, page.unreadable) == ((), ())


def test_the_token_of_the_next_page_is_kept() -> None:
    assert read_page(json.dumps(answered(token="more==")).encode()).next_token == "more=="
    assert read_page(json.dumps(answered()).encode()).next_token == ""


@pytest.mark.parametrize(
    "broken",
    [{"quantityOrdered": -1}, {"quantityOrdered": 1.5}, {"quantityOrdered": 10**9}, {"orderItemId": None},
     progress(10**9, 0)],
)  # fmt: skip
def test_an_order_that_nobody_can_read_hides_no_other(broken: dict[str, Any]) -> None:
    good, bad = answered(), answered(**broken)
    page = read_page(json.dumps({"orders": bad["orders"] + good["orders"]}).encode())
    assert len(page.orders) == 1
    assert len(page.unreadable) == 1


def test_a_time_without_a_zone_is_not_guessed() -> None:
    answer = answered()
    answer["orders"][0]["createdTime"] = "2026-01-05T02:30:00"
    assert read_page(json.dumps(answer).encode()).orders == ()


@pytest.mark.parametrize("far", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"])
def test_a_time_that_the_books_could_not_give_back_costs_its_order_or_only_its_clock(far: str) -> None:
    answer = answered()
    answer["orders"][0]["fulfillment"]["shipByWindow"] = {"latestDateTime": far}
    [order] = read_page(json.dumps(answer).encode()).orders
    assert order.ship_by is None
    answer["orders"][0]["createdTime"] = far
    assert read_page(json.dumps(answer).encode()).orders == ()


def test_an_answer_that_is_no_page_raises() -> None:
    for body in (b"", b"[]", b"{}", b"\xff"):
        with pytest.raises((msgspec.DecodeError, UnicodeDecodeError)):
            read_page(body)


def test_no_field_of_ours_could_hold_a_buyer() -> None:
    fields = {field.encode_name for field in msgspec.structs.fields(SearchedOrder)}
    assert fields.isdisjoint({"buyer", "recipient", "payment", "proceeds", "tax"})


@needs_models
def test_the_answer_that_our_reading_is_tested_with_holds() -> None:
    assert faults(ORDERS, "SearchOrdersResponse", answered(token="more", **progress(0, 5))) == []


@needs_models
def test_amazons_own_examples_can_be_read() -> None:
    pairs = sandbox_pairs(ORDERS, "searchOrders", "200")
    pages = [read_page(msgspec.json.encode(pair["response"])) for pair in pairs]
    assert pages
    assert all(page.unreadable == () for page in pages)


def page_of(answer: dict[str, Any]) -> bytes:
    return json.dumps(answer).encode()


def test_an_order_with_a_line_twice_or_a_name_that_cannot_be_costs_nobody_else_its_turn() -> None:
    """Either would break the statement that writes the whole page, and the account's orders would stand still."""
    good, twice, nul = answered(), answered(), answered()
    twice["orders"][0]["orderItems"] *= 2
    nul["orders"][0]["orderItems"][0]["product"]["sellerSku"] = "a\x00b"
    page = read_page(page_of({"orders": [*twice["orders"], *nul["orders"], *good["orders"]]}))
    assert len(page.orders) == 1
    assert len(page.unreadable) == 2 and "twice" in page.unreadable[0]
