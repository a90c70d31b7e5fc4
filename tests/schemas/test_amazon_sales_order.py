"""Amazon's orders in full: what is taken over, and what is refused alone with a reason."""

import json
from copy import deepcopy
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from schemas.amazon_order_change import NotAnOrderChange, read_order_change
from schemas.amazon_sales_order import RefusedOrder, read_sales_order
from schemas.sales_order import ShipTo
from schemas.terms import ChannelAccount, Marketplace
from simulators.amazon.order_details import OrderDetails
from simulators.amazon.orders import SimulatedItem, SimulatedOrder, shown
from tests.schemas.amazon_models import ORDERS, faults, folder, needs_models, sandbox_pairs

SHOP = ChannelAccount("shop")
ORDER: dict[str, Any] = {
    "orderId": "202-1234567-8901234",
    "createdTime": "2026-03-02T09:00:00Z",
    "lastUpdatedTime": "2026-03-02T10:00:00+01:00",
    "programs": ["PRIME", "AMAZON_BUSINESS", "BRAND_NEW"],
    "associatedOrders": [{"orderId": "1", "associationType": "REPLACEMENT_ORIGINAL_ID"}],
    "salesChannel": {"channelName": "AMAZON", "marketplaceId": "A1F83G8C2ARO7P"},
    "fulfillment": {
        "fulfillmentStatus": "UNSHIPPED",
        "fulfilledBy": "MERCHANT",
        "fulfillmentServiceLevel": "NextDay",
        "shipByWindow": {"earliestDateTime": "2026-03-02T09:00:00Z", "latestDateTime": "2026-03-02T23:59:59Z"},
        "deliverByWindow": {"latestDateTime": "2026-03-03T23:59:59Z"},
    },
    "recipient": {
        "deliveryAddress": {
            "name": "שלום 🚚", "companyName": "Co", "addressLine1": "1 Some Street", "addressLine2": " ",
            "addressLine3": "Rear", "city": "Norwich", "stateOrRegion": "Norfolk", "postalCode": "NR1 1AA",
            "countryCode": "GB", "phone": "01603",
        }
    },
    "buyer": {"buyerEmail": "x@marketplace.amazon.co.uk"},
    "orderItems": [
        {
            "orderItemId": "1",
            "quantityOrdered": 3,
            "product": {
                "sellerSku": "007", "asin": "B00", "title": "A\u0000 chair",
                "price": {"unitPrice": {"amount": "9.90", "currencyCode": "GBP"}},
            },
            "fulfillment": {"quantityFulfilled": 1, "quantityUnfulfilled": 1},
            "cancellation": {"cancellationRequest": {"requester": "BUYER", "cancelReason": "x"}},
        }
    ],
}  # fmt: skip


def raw(**changes: Any) -> bytes:
    order = deepcopy(ORDER)
    for path, value in changes.items():
        *way, last = path.split("__")
        place: Any = order
        for step in way:
            place = place[int(step)] if step.isdigit() else place[step]
        place[last] = value
    return json.dumps(order).encode()


def test_an_order_is_taken_over_in_our_words() -> None:
    order = read_sales_order(raw(), SHOP)
    assert (order.channel_order_id, order.marketplace, order.status) == (
        "202-1234567-8901234",
        "A1F83G8C2ARO7P",
        "open",
    )
    assert order.programmes == {"prime", "business", "BRAND_NEW", "replacement"}
    assert order.ship_by == datetime(2026, 3, 2, 23, 59, 59, tzinfo=UTC) and order.service == "NextDay"
    assert order.updated_at == order.ordered_at
    [line] = order.lines
    assert (line.seller_sku, line.ordered, line.cancelled, line.fulfilled) == ("007", 3, 1, 1)
    assert (line.unit_price, line.currency, line.cancel_asked) == (Decimal("9.90"), "GBP", True)
    assert line.title == "A chair"
    assert order.ship_to == ShipTo(
        name="שלום 🚚", company="Co", lines=("1 Some Street", "Rear"), city="Norwich", region="Norfolk",
        postcode="NR1 1AA", country="GB", phone="01603", email="x@marketplace.amazon.co.uk",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("PENDING", "pending"), ("PENDING_AVAILABILITY", "pending"), ("UNSHIPPED", "open"),
        ("CANCELLED", "cancelled"),
        ("PARTIALLY_SHIPPED", "part_despatched"), ("SHIPPED", "despatched"), ("UNFULFILLABLE", "unfulfillable"),
        ("unshipped", "unknown"), ("CANCELED", "unknown"), ("", "unknown"),
    ],
)  # fmt: skip
def test_a_status_is_known_letter_by_letter_or_not_at_all(word: str, status: str) -> None:
    order = read_sales_order(raw(fulfillment__fulfillmentStatus=word), SHOP)
    assert (order.status, order.status_word) == (status, word)


def test_an_order_that_was_not_asked_for_its_recipient_has_none() -> None:
    told = json.loads(raw())
    del told["recipient"], told["salesChannel"]["marketplaceId"], told["fulfillment"]
    order = read_sales_order(json.dumps(told).encode(), SHOP, Marketplace("ONLY"))
    assert (order.ship_to, order.marketplace, order.status, order.ship_by) == (None, "ONLY", "unknown", None)


def test_an_address_in_parts_is_put_together() -> None:
    parts = {"streetName": "Rua X", "streetNumber": "12", "complement": "apto 3", "neighborhood": "Centro"}
    order = read_sales_order(raw(recipient__deliveryAddress={"extendedFields": parts, "municipality": "Rio"}), SHOP)
    assert order.ship_to is not None
    assert (order.ship_to.lines, order.ship_to.city) == (("Rua X 12", "apto 3", "Centro"), "Rio")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"orderItems__0__product__price__unitPrice__amount": "NaN"}, "a price is no number"),
        (
            {"orderItems__0__product__price__unitPrice__amount": "99999999999"},
            "a price is one that nobody can believe",
        ),
        ({"orderItems__0__product__price__unitPrice__amount": "9,90"}, "a price is no number"),
        ({"orderItems__0__product__price__unitPrice__amount": "9_90"}, "a price is no number"),
        ({"orderItems__0__product__price__unitPrice__amount": "1e6"}, "a price is no number"),
        ({"orderItems__0__product__price__unitPrice__amount": "٩"}, "a price is no number"),
        ({"orderItems__0__quantityOrdered": -1}, "line 1 has a quantity that nobody can believe"),
        ({"orderItems__0__quantityOrdered": 2**70}, "line 1 has a quantity that nobody can believe"),
        ({"orderItems__0__quantityOrdered": 1.5}, "it is not as Amazon describes its orders"),
        ({"orderItems__0__quantityOrdered": "3"}, "it is not as Amazon describes its orders"),
        ({"orderItems": []}, "it has no lines"),
        ({"orderItems": [ORDER["orderItems"][0]] * 2}, "two of its lines have one id"),
        ({"orderItems__0__product__sellerSku": "a\u0000b"}, "holds a control character"),
        ({"orderItems__0__product__sellerSku": "x" * 201}, "longer than 200"),
        ({"createdTime": "2026-03-02T09:00:00"}, "a time has no zone"),
        ({"fulfillment__shipByWindow__latestDateTime": "0001-01-01T00:00:00+14:00"}, "a time is one that nobody can"),
        ({"lastUpdatedTime": "9999-12-31T23:59:59-12:00"}, "a time is one that nobody can believe"),
        ({"fulfillment__shipByWindow__latestDateTime": "soon"}, "it is not as Amazon describes its orders"),
        ({"orderId": ""}, "an id or a SKU is empty"),
    ],
)
def test_a_bad_order_is_refused_with_its_reason(changes: dict[str, Any], reason: str) -> None:
    with pytest.raises(RefusedOrder, match=reason) as refused:
        read_sales_order(raw(**changes), SHOP)
    assert refused.value.order_id in (ORDER["orderId"], "")


@pytest.mark.parametrize("body", [b"", b"null", b"[]", b"{", b"\xff\xfe", b"[" * 50_000, b'{"orderId": "\\ud800"}'])
def test_what_is_no_order_is_refused_and_raises_nothing_else(body: bytes) -> None:
    with pytest.raises(RefusedOrder):
        read_sales_order(body, SHOP)


def test_a_field_that_stands_twice_could_be_read_in_two_ways() -> None:
    body = raw().replace(b'"quantityOrdered": 3', b'"quantityOrdered": 3, "quantityOrdered": 30')
    with pytest.raises(RefusedOrder, match="twice"):
        read_sales_order(body, SHOP)


def test_a_refusal_names_no_buyer() -> None:
    with pytest.raises(RefusedOrder) as refused:
        read_sales_order(
            raw(recipient__deliveryAddress__phone=12345, recipient__deliveryAddress__city=["Norwich"]), SHOP
        )
    assert "12345" not in str(refused.value) and "Norwich" not in str(refused.value)


NOTIFICATION: dict[str, Any] = {
    "NotificationType": "ORDER_CHANGE",
    "Payload": {
        "OrderChangeNotification": {
            "SellerId": "A1",
            "AmazonOrderId": "202-1",
            "Summary": {"MarketplaceId": "UK", "DestinationPostalCode": "NR1 1AA"},
        }
    },
    "NotificationMetadata": {"NotificationId": "n-1"},
}


def test_a_notification_says_which_order_to_read_and_nothing_of_its_buyer() -> None:
    change = read_order_change(json.dumps(NOTIFICATION).encode())
    assert (change.notification_id, change.seller_id, change.order_id, change.marketplace) == (
        "n-1",
        "A1",
        "202-1",
        "UK",
    )
    assert "NR1" not in repr(change)


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{}", b"[" * 50_000,
        json.dumps({**NOTIFICATION, "NotificationType": "FEED_PROCESSING_FINISHED"}).encode(),
        json.dumps({**NOTIFICATION, "Payload": {}}).encode(),
        json.dumps(NOTIFICATION).replace("202-1", "../202").replace("../202", "a\\u0000").encode(),
        json.dumps(NOTIFICATION).replace("202-1", "").encode(),
    ],
)  # fmt: skip
def test_what_is_no_order_change_is_refused(body: bytes) -> None:
    with pytest.raises(NotAnOrderChange):
        read_order_change(body)


@needs_models
def test_amazons_own_notification_is_read() -> None:
    schema = json.loads((folder() / "schemas/notifications/OrderChangeNotification.json").read_text())
    for example in schema["examples"]:
        assert read_order_change(json.dumps(example).encode()).order_id == "903-8868176-2219830"


@needs_models
def test_the_order_that_our_reading_is_tested_with_holds() -> None:
    assert faults(ORDERS, "Order", ORDER) == []


@needs_models
def test_amazons_own_orders_can_be_read_in_full() -> None:
    orders = [pair["response"]["order"] for pair in sandbox_pairs(ORDERS, "getOrder", "200")]
    orders += [order for pair in sandbox_pairs(ORDERS, "searchOrders", "200") for order in pair["response"]["orders"]]
    read = [read_sales_order(json.dumps(order).encode(), SHOP) for order in orders]
    assert read and all(order.status != "unknown" and order.lines for order in read)
    assert any(order.ship_to is not None and order.ship_to.lines for order in read)


@needs_models
def test_what_the_simulated_amazon_shows_of_an_order_holds() -> None:
    now = datetime(2026, 3, 2, tzinfo=UTC)
    details = OrderDetails(
        service="NextDay", ship_by=now, deliver_by=now, prices={"1": "9.90"}, cancel_asked=("1",), email="a@b.cd",
        address=ORDER["recipient"]["deliveryAddress"],
    )  # fmt: skip
    order = SimulatedOrder("1", "UK", [SimulatedItem("1", "chair", 2)], now, ["PRIME"], details=details)
    answer = shown(order, {"FULFILLMENT", "CANCELLATION", "RECIPIENT", "BUYER"}, now)
    assert faults(ORDERS, "Order", answer) == []
    read = read_sales_order(json.dumps(answer).encode(), SHOP)
    assert read.ship_to is not None and read.ship_to.email == "a@b.cd" and read.lines[0].cancel_asked
