"""An order that the channel shows when it is asked for it: read, left alone, or refused by name."""

import json
from typing import Any

import pytest

from daemon.order_shown import Reader, Shown
from daemon.settings import SellerAccount
from handlers.notes import RaiseAlert
from schemas.terms import ChannelOrderId

ASKED = ChannelOrderId("202-1")
SELLER = SellerAccount(
    account="ACME", seller_id="A1", endpoint="", token_url="", client_id="", client_secret_file="",
    refresh_token_file="", marketplaces=("A1F",), warehouses=("W1",),
)  # fmt: skip


def shown(**changes: Any) -> Shown | RaiseAlert:
    order = {
        "orderId": ASKED, "createdTime": "2026-03-02T09:00:00Z", "lastUpdatedTime": "2026-03-02T09:00:00Z",
        "salesChannel": {"marketplaceId": "A1F"},
        "orderItems": [{"orderItemId": "1", "quantityOrdered": 1, "product": {"sellerSku": "chair"}}], **changes,
    }  # fmt: skip
    return Reader("shop", SELLER, None).read(ASKED, json.dumps(order).encode(), with_address=False)


def test_an_order_is_shown_by_its_own_id() -> None:
    found = shown()
    assert isinstance(found, Shown) and found.told is not None and found.told.order.channel_order_id == ASKED


@pytest.mark.parametrize(
    ("changes", "why"),
    [({"orderId": "202-2"}, "another order in its place"), ({"createdTime": "9999-12-31T23:59:59-12:00"}, "counted")],
)
def test_what_is_shown_in_its_place_or_cannot_be_read_is_told_and_asked_for_again(
    changes: dict[str, Any], why: str
) -> None:
    found = shown(**changes)
    assert isinstance(found, RaiseAlert) and found.cause == "shop/202-1" and why in found.text
