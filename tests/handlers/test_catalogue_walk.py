"""A catalogue is read to its end, whatever its pages hold and however many items the channel pages through."""

from datetime import UTC, datetime, time, timedelta

import pytest

from handlers.alerts import AlertKind
from handlers.catalogue_changes import changes, note
from handlers.catalogue_comparison import Difference
from handlers.catalogue_walk import MOST_PAGES, CatalogueStuck, Walk, after_page, begun_anew, next_time
from handlers.notes import RaiseAlert, ResolveAlert
from schemas.amazon_catalogue import CatalogueItem, CataloguePage, read_catalogue_page
from schemas.terms import Marketplace, SellerSku

AT = datetime(2026, 11, 21, tzinfo=UTC)
UK = Marketplace("UK")


def page(*days: int, total: int, token: str = "") -> CataloguePage:
    items = tuple(CatalogueItem(seller_sku=SellerSku(f"S-{day}"), listed_at=AT + timedelta(days=day)) for day in days)
    return CataloguePage(items=items, total=total, next_token=token)


def test_it_goes_on_with_the_channels_token_and_ends_with_the_last_page() -> None:
    walk = after_page(Walk(run=1), page(0, 1, total=3, token="t"))
    assert walk is not None and (walk.token, walk.seen) == ("t", 2)
    assert after_page(walk, page(2, total=3)) is None
    assert after_page(Walk(run=1), page(total=0)) is None


def test_what_the_channel_does_not_page_through_is_read_in_the_next_window() -> None:
    walk = after_page(Walk(run=1), page(0, 1, total=5))
    assert walk is not None and (walk.listed_from, walk.token, walk.seen) == (AT + timedelta(days=1), "", 0)
    assert after_page(walk, page(1, 2, 3, 4, total=4)) is None


def test_more_items_of_one_moment_than_are_paged_through_are_said_not_passed_over() -> None:
    walk = Walk(run=1, listed_from=AT)
    with pytest.raises(CatalogueStuck, match="1 items of 3"):
        after_page(walk, page(0, 0, total=3))


def test_a_channel_that_hands_out_the_same_token_again_is_said_not_followed() -> None:
    walk = Walk(run=1, token="t", seen=2, pages=1)
    with pytest.raises(CatalogueStuck, match="same page"):
        after_page(walk, page(3, 4, total=9, token="t"))


@pytest.mark.parametrize("total", [0, 9, 1_000_000_000])
def test_a_channel_that_pages_for_ever_is_left(total: int) -> None:
    walk: Walk | None = Walk(run=1)
    with pytest.raises(CatalogueStuck, match="does not end"):
        for number in range(MOST_PAGES + 1):
            assert walk is not None
            walk = after_page(walk, page(0, total=total, token=f"t{number}"))


def test_windows_without_end_are_left_too() -> None:
    walk: Walk | None = Walk(run=1)
    with pytest.raises(CatalogueStuck, match="does not end"):
        for number in range(MOST_PAGES + 1):
            assert walk is not None
            walk = after_page(walk, page(number, total=2))


def test_a_page_that_comes_ends_the_count_of_those_that_did_not() -> None:
    walk = after_page(Walk(run=1, tries=7), page(0, total=3, token="t"))
    assert walk is not None and walk.tries == 0


def test_a_token_that_is_no_good_any_more_costs_a_window() -> None:
    walk = Walk(run=2, listed_from=AT, token="t", seen=20, pages=7)
    assert begun_anew(walk) == Walk(run=2, listed_from=AT, pages=7)


@pytest.mark.parametrize(("hour", "days"), [(2, 0), (3, 1), (23, 1)])
def test_it_is_begun_at_the_same_time_of_each_day(hour: int, days: int) -> None:
    now = AT + timedelta(hours=hour)
    assert next_time(now, time(3)) == AT + timedelta(days=days, hours=3)


def test_an_item_that_cannot_be_read_hides_no_other() -> None:
    body = b"""{"numberOfResults": 3, "items": [{"sku": ""}, {"sku": 5}, {"sku": "A", "unknown": 1,
        "summaries": [{"marketplaceId": "DE", "asin": "B0"}, {"marketplaceId": "UK", "asin": "B1",
        "createdDate": "2026-01-01T00:00:00Z"}], "attributes": {"externally_assigned_product_identifier":
        [{"type": "supplier_declared_has_product_identifier_exemption", "value": true},
         {"type": "ean", "value": "5012345678900"}]}}]}"""
    found = read_catalogue_page(body, UK)
    assert [(one.seller_sku, one.asin, one.barcode) for one in found.items] == [("A", "B1", "5012345678900")]
    assert len(found.unreadable) == 2 and found.count == found.total == 3


GONE, STAYS, NEW = (Difference("no_product", name, "text") for name in ("gone", "stays", "new"))


def test_people_hear_of_what_is_new_and_that_all_agrees_again() -> None:
    changed = changes([GONE, STAYS], [STAYS, NEW])
    assert (changed.new, changed.gone) == ((NEW,), (GONE,))
    told = note("shop", "UK", [STAYS, NEW], changed)
    assert isinstance(told, RaiseAlert) and "2 no_product" in told.text and "stays" not in told.text
    assert note("shop", "UK", [STAYS], changes([GONE, STAYS], [STAYS])) is None
    assert note("shop", "UK", [], changes([STAYS], [])) == ResolveAlert(AlertKind.CATALOGUE_DIFFERS, "shop/UK")


def test_a_difference_whose_text_changes_is_not_new() -> None:
    assert changes([STAYS], [Difference("no_product", "stays", "another")]).new == ()
