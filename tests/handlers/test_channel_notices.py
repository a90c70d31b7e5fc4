"""A channel's notice has at most one order read: whose it is, and when it is left alone."""

import pytest
from msgspec.structs import replace

from handlers.channel_notices import Seller, decide
from schemas.amazon_order_change import OrderChange
from schemas.terms import ChannelAccount, ChannelOrderId, Marketplace

UK = Seller(ChannelAccount("uk"), "A1", frozenset({"UK", "IE"}), releases=True)
DE = Seller(ChannelAccount("de"), "A1", frozenset({"DE"}), releases=True)
BY_HAND = Seller(ChannelAccount("outlet"), "A2", frozenset({"UK"}), releases=False)
SELLERS = (UK, DE, BY_HAND)
CHANGE = OrderChange("n-1", "A1", ChannelOrderId("202-1"), Marketplace("DE"), "MFN")


@pytest.mark.parametrize(
    ("changes", "word", "account"),
    [
        ({}, "to_be_read", "de"),
        ({"marketplace": "IE"}, "to_be_read", "uk"),
        ({"fulfilled_by": "a word never seen"}, "to_be_read", "de"),
        ({"fulfilled_by": ""}, "to_be_read", "de"),
        ({"fulfilled_by": "AFN"}, "channel_despatches", None),
        ({"marketplace": "US"}, "not_ours", None),
        ({"marketplace": ""}, "not_ours", None),
        ({"seller_id": "a1"}, "not_ours", None),
        ({"seller_id": "A2", "marketplace": ""}, "not_released", None),
    ],
)
def test_each_notice_has_one_named_end(changes: dict[str, str], word: str, account: str | None) -> None:
    found = decide(replace(CHANGE, **changes), SELLERS)
    assert (found.word, found.account, found.order_id) == (word, account, "202-1")
    assert found.outcome == ("done" if word == "to_be_read" else "ignored")


def test_without_a_marketplace_the_seller_alone_is_enough_where_only_one_can_be_meant() -> None:
    assert decide(replace(CHANGE, marketplace=Marketplace("")), [UK, BY_HAND]).account == "uk"
