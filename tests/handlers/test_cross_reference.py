"""From the channel's names to the warehouse's SKU: exact text, or a hint and nothing else."""

from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from handlers.cross_reference import (
    ProductCode,
    Target,
    Unmapped,
    difference,
    hints_for,
    loosely,
    target_of,
    targets_of_codes,
)
from handlers.sellable_stock import Component, Listing
from schemas.sales_order import SalesLine, SalesOrder
from schemas.terms import Account, ChannelAccount, ChannelOrderId, LineReference, Marketplace, SellerSku, Sku

SHOP, UK, DE = ChannelAccount("shop"), Marketplace("UK"), Marketplace("DE")
LINE = SalesLine(line_reference=LineReference("1"), seller_sku=SellerSku("007"), ordered=2, asin="B00")
ORDER = SalesOrder(
    channel_account=SHOP, channel_order_id=ChannelOrderId("1"), marketplace=UK, status="open",
    ordered_at=datetime(2026, 1, 1, tzinfo=UTC), updated_at=datetime(2026, 1, 1, tzinfo=UTC), lines=(LINE,),
)  # fmt: skip
LISTING = Listing(1, SHOP, UK, SellerSku("007"), Account("acme"), Sku("BOND"), pack_size=6)
ASIN = ProductCode(
    channel_account="*", kind="asin", code="B00", account=Account("acme"), sku=Sku("BOND"), pack_size=6
)


def test_a_listing_names_the_sku_and_how_many_make_one() -> None:
    found = target_of(LINE, UK, {(UK, SellerSku("007")): LISTING}, {})
    assert found == Target(Account("acme"), (Component(Sku("BOND"), 6),))


def test_zeros_and_case_and_the_marketplace_are_part_of_a_name() -> None:
    listings = {(UK, SellerSku("007")): LISTING}
    for sku, place in (("7", UK), ("07", UK), ("007 ", UK), ("007", DE)):
        assert isinstance(target_of(replace(LINE, seller_sku=SellerSku(sku), asin=""), place, listings, {}), Unmapped)


def test_a_code_stands_in_where_there_is_no_listing_and_the_accounts_own_comes_first() -> None:
    own = replace(ASIN, channel_account="shop", sku=Sku("OWN"))
    assert target_of(LINE, UK, {}, targets_of_codes([own, ASIN])) == Target(
        Account("acme"), (Component(Sku("OWN"), 6),)
    )


@pytest.mark.parametrize("kind", ["vendor_sku", "barcode"])
def test_the_sku_may_be_a_vendors_or_a_barcode(kind: str) -> None:
    code = replace(ASIN, kind=kind, code="007")
    assert isinstance(target_of(LINE, UK, {}, targets_of_codes([code])), Target)


def test_names_that_agree_are_one_and_names_that_lead_apart_are_none() -> None:
    listings = {(UK, SellerSku("007")): LISTING}
    assert isinstance(target_of(LINE, UK, listings, targets_of_codes([ASIN])), Target)
    for other in (replace(ASIN, sku=Sku("OTHER")), replace(ASIN, pack_size=1)):
        found = target_of(LINE, UK, listings, targets_of_codes([other]))
        assert isinstance(found, Unmapped) and found.contradicts == "its seller SKU and its ASIN"


def test_a_line_without_any_name_is_of_nothing() -> None:
    nameless = replace(LINE, seller_sku=SellerSku(""), asin="")
    assert target_of(nameless, UK, {(UK, SellerSku("")): LISTING}, {}) == Unmapped(nameless)


def test_near_misses_are_hints_that_say_in_what_they_differ() -> None:
    listed = [(UK, SellerSku("7")), (DE, SellerSku("007")), (UK, SellerSku("0-07")), (UK, SellerSku("8"))]
    hints = hints_for(ORDER, LINE, listed)
    assert hints == (
        "'0-07' in UK differs only in case, punctuation or leading zeros",
        "'7' in UK differs only in leading zeros",
        "'007' is listed in DE",
    )


def test_differences_have_names() -> None:
    assert difference("ab-1", "AB-1") == "only in upper and lower case"
    assert difference("a b", "ab") == "only in spaces"
    assert loosely("00Ab-1 é") == "ab1" and loosely("000") == ""
