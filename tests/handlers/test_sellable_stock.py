"""The formula of sellable stock, step by step, and what holds for all of it."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from handlers.sellable_stock import Listing, Sellable, WarehouseStock, sellable
from schemas.terms import Account, ChannelAccount, Marketplace, SellerSku, Sku, Warehouse

LISTING = Listing(1, ChannelAccount("uk"), Marketplace("UK"), SellerSku("0042-B"), Account("ACME"), Sku("0042-b"))


def stock(*available: int) -> list[WarehouseStock]:
    return [WarehouseStock(Warehouse(f"W{place}"), quantity) for place, quantity in enumerate(available)]


def shown(listing: Listing, *available: int, open_lines: int = 0) -> int:
    found = sellable(listing, stock(*available), open_lines)
    assert found is not None
    return found.quantity


def test_without_any_stock_row_nothing_is_said() -> None:
    assert sellable(LISTING, []) is None


def test_the_pool_is_the_sum_over_the_mapped_warehouses() -> None:
    assert shown(LISTING, 5, 7) == 12


def test_a_warehouse_below_zero_takes_from_the_pool() -> None:
    assert shown(LISTING, 5, -2) == 3


def test_outflows_held_behind_a_gap_and_open_lines_leave_the_pool() -> None:
    found = sellable(LISTING, [WarehouseStock(Warehouse("LEEDS"), 10, held_outflow=3)], open_lines=2)
    assert found is not None
    assert found.quantity == 5


def test_the_pool_is_never_below_zero() -> None:
    assert shown(LISTING, -5) == 0
    assert shown(LISTING, 5, open_lines=9) == 0


@pytest.mark.parametrize(("percent", "left"), [("10", 9), ("11", 8), ("0.1", 9), ("100", 0)])
def test_a_buffer_in_per_cent_is_rounded_up(percent: str, left: int) -> None:
    assert shown(replace(LISTING, buffer_percent=Decimal(percent)), 10) == left


def test_a_buffer_in_units_is_held_back() -> None:
    assert shown(replace(LISTING, buffer_units=4), 10) == 6
    assert shown(replace(LISTING, buffer_units=11), 10) == 0


@pytest.mark.parametrize(("percent", "left"), [("50", 5), ("99.9", 9), ("33", 3), ("0", 0), ("100", 10)])
def test_the_share_is_rounded_down(percent: str, left: int) -> None:
    assert shown(replace(LISTING, share_percent=Decimal(percent)), 10) == left


def test_the_buffer_comes_before_the_share() -> None:
    assert shown(replace(LISTING, buffer_units=4, share_percent=Decimal(50)), 10) == 3


def test_at_most_the_cap_is_shown() -> None:
    assert shown(replace(LISTING, cap=3), 10) == 3
    assert shown(replace(LISTING, cap=0), 10) == 0


def test_below_the_floor_nothing_is_shown_and_at_the_floor_all_of_it() -> None:
    assert shown(replace(LISTING, floor=4), 3) == 0
    assert shown(replace(LISTING, floor=4), 4) == 4


def test_the_floor_promises_no_stock_that_the_cap_takes_away() -> None:
    assert shown(replace(LISTING, floor=4, cap=3), 100) == 0


def test_packs_are_counted_whole_and_last() -> None:
    assert shown(replace(LISTING, pack_size=6), 17) == 2
    assert shown(replace(LISTING, pack_size=6, cap=11), 17) == 1
    assert shown(replace(LISTING, pack_size=6, floor=5), 5) == 0


def test_a_stopped_listing_shows_nothing() -> None:
    assert shown(replace(LISTING, stopped=True), 17) == 0


def test_one_warehouse_in_doubt_holds_the_whole_listing_back() -> None:
    found = sellable(LISTING, [*stock(5), WarehouseStock(Warehouse("YORK"), 5, may_rise=False)])
    assert found is not None
    assert not found.may_rise


def test_every_step_is_named_for_explain() -> None:
    found = sellable(replace(LISTING, buffer_units=1, cap=8, pack_size=2), stock(10))
    assert found is not None
    assert [value for _, value in found.steps] == [10, 10, 9, 9, 8, 8, 4, 4]


per_cent = st.decimals(0, 100, places=2)
listings = st.builds(
    Listing,
    id=st.just(1),
    channel_account=st.just(LISTING.channel_account),
    marketplace=st.just(LISTING.marketplace),
    seller_sku=st.just(LISTING.seller_sku),
    account=st.just(LISTING.account),
    sku=st.just(LISTING.sku),
    pack_size=st.integers(1, 50),
    buffer_units=st.integers(0, 100),
    buffer_percent=per_cent,
    share_percent=per_cent,
    cap=st.none() | st.integers(0, 500),
    floor=st.integers(0, 50),
    stopped=st.booleans(),
)
quantities = st.lists(st.integers(-1000, 100_000_000), min_size=1, max_size=3)


def calculated(listing: Listing, available: list[int], held: int = 0, open_lines: int = 0) -> Sellable:
    rows = [WarehouseStock(Warehouse(f"W{place}"), quantity, held) for place, quantity in enumerate(available)]
    found = sellable(listing, rows, open_lines)
    assert found is not None
    return found


@given(listings, quantities, st.integers(0, 1000))
def test_more_in_the_warehouse_never_shows_less(listing: Listing, available: list[int], more: int) -> None:
    richer = [available[0] + more, *available[1:]]
    assert calculated(listing, richer).quantity >= calculated(listing, available).quantity


@given(listings, quantities, st.integers(0, 100), st.integers(0, 100))
def test_held_outflows_and_open_lines_never_show_more(
    listing: Listing, available: list[int], held: int, open_lines: int
) -> None:
    assert calculated(listing, available, held, open_lines).quantity <= calculated(listing, available).quantity


@given(listings, quantities)
def test_never_more_than_the_pool_in_packs_nor_the_cap_and_never_below_zero(
    listing: Listing, available: list[int]
) -> None:
    quantity = calculated(listing, available).quantity
    assert 0 <= quantity * listing.pack_size <= max(0, sum(available))
    assert listing.cap is None or quantity * listing.pack_size <= listing.cap


@given(listings, quantities)
def test_what_is_shown_is_nothing_or_comes_from_at_least_the_floor(listing: Listing, available: list[int]) -> None:
    found = calculated(listing, available)
    assert found.quantity == 0 or dict(found.steps)["at most cap"] >= listing.floor
