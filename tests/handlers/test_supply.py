"""What a listing may draw on: other accounts' sales, kits, reserves of higher priorities, buffers by speed."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from handlers.open_lines import OpenPart
from handlers.sellable_stock import Buffer, Component, Listing, Sellable, WarehouseStock
from handlers.supply import Inputs, Key, Reserve, Rules, Selling, sellable_of
from schemas.terms import (
    Account,
    ChannelAccount,
    LineReference,
    Marketplace,
    OrderReference,
    SellerSku,
    Sku,
    Warehouse,
)

UK, DE, SHOP = ChannelAccount("uk"), ChannelAccount("de"), ChannelAccount("shop")
ACME = Account("ACME")
CHAIR, TABLE = Sku("CHAIR"), Sku("TABLE")
LEEDS, YORK = Warehouse("LEEDS"), Warehouse("YORK")
LISTING = Listing(1, UK, Marketplace("A1F"), SellerSku("chair"), ACME, CHAIR)
SET = replace(LISTING, id=9, sku=Sku("SET"), components=(Component(CHAIR, 4), Component(TABLE, 1)))
RULES = Rules({UK: Selling(frozenset({LEEDS})), DE: Selling(frozenset({LEEDS})), SHOP: Selling(frozenset({YORK}))})


def stocked(available: int, warehouse: Warehouse = LEEDS) -> WarehouseStock:
    return WarehouseStock(warehouse, available)


def inputs(available: int = 10, lines: tuple[OpenPart, ...] = (), reserves: tuple[Reserve, ...] = ()) -> Inputs:
    return Inputs({(ACME, CHAIR): [stocked(available)]}, {(ACME, CHAIR): lines}, {(ACME, CHAIR): reserves})


def open_line(account: ChannelAccount, units: int) -> OpenPart:
    return OpenPart(
        line_id=1,
        channel_account=account,
        order_reference=OrderReference("O-1"),
        line_reference=LineReference("L1"),
        account=ACME,
        sku=CHAIR,
        ordered=units,
    )


def found(listing: Listing, given: Inputs, rules: Rules = RULES) -> Sellable:
    result = sellable_of(listing, given, rules)
    assert result is not None
    return result


def test_what_any_account_has_sold_lowers_every_listing_of_the_pool() -> None:
    assert found(LISTING, inputs(lines=(open_line(DE, 3), open_line(UK, 2)))).quantity == 5


def test_what_is_sold_out_of_other_warehouses_lowers_nothing_here() -> None:
    assert found(LISTING, inputs(lines=(open_line(SHOP, 3),))).quantity == 10


def test_an_account_with_warehouses_at_the_channel_sells_in_each_what_backs_that_one() -> None:
    here, there, nowhere = Marketplace("LTN9"), Marketplace("BHX4"), Marketplace("XXX1")
    places = {here: frozenset({LEEDS}), there: frozenset({YORK})}
    rules = Rules({UK: Selling(frozenset({LEEDS, YORK}), places=places)})
    both = Inputs({(ACME, CHAIR): [stocked(10), stocked(4, YORK)]})
    assert found(replace(LISTING, marketplace=here), both, rules).quantity == 10
    assert found(replace(LISTING, marketplace=there), both, rules).quantity == 4
    assert sellable_of(replace(LISTING, marketplace=nowhere), both, rules) is None, (
        "one that is not configured has none"
    )


def test_an_account_that_is_no_longer_configured_may_have_sold_anywhere() -> None:
    assert found(LISTING, inputs(lines=(open_line(ChannelAccount("closed"), 3),))).quantity == 7


def test_a_channel_that_nets_its_own_orders_is_told_without_them_and_the_others_are_not() -> None:
    rules = replace(RULES, accounts={**RULES.accounts, UK: Selling(frozenset({LEEDS}), nets_own_orders=True)})
    given = inputs(lines=(open_line(UK, 3),))
    assert found(LISTING, given, rules).quantity == 10
    assert found(replace(LISTING, id=2, channel_account=DE), given, rules).quantity == 7


def test_a_kit_shows_what_its_scarcest_component_allows() -> None:
    stock: dict[Key, list[WarehouseStock]] = {(ACME, CHAIR): [stocked(11)], (ACME, TABLE): [stocked(9)]}
    assert found(SET, Inputs(stock)).quantity == 2
    assert found(SET, Inputs({**stock, (ACME, TABLE): [stocked(1)]})).quantity == 1


def test_a_kit_with_a_component_that_nobody_ever_reported_says_nothing() -> None:
    assert sellable_of(SET, Inputs({(ACME, CHAIR): [stocked(11)]}), RULES) is None


def test_a_kit_may_rise_only_when_all_its_components_may() -> None:
    doubtful = WarehouseStock(LEEDS, 9, may_rise=False)
    given = Inputs({(ACME, CHAIR): [stocked(11)], (ACME, TABLE): [doubtful]})
    assert not found(SET, given).may_rise


def test_open_lines_of_a_component_lower_the_kit() -> None:
    stock = {(ACME, CHAIR): [stocked(12)], (ACME, TABLE): [stocked(9)]}
    given = Inputs(stock, {(ACME, CHAIR): [open_line(DE, 1)]})
    assert found(SET, given).quantity == 2


def test_a_reserve_is_seen_by_its_own_priority_and_above_only() -> None:
    reserves = (Reserve(1, UK, 1, 4),)
    given = inputs(reserves=reserves)
    assert found(LISTING, given).quantity == 10
    assert found(replace(LISTING, id=2, channel_account=DE, priority=2), given).quantity == 6
    assert found(replace(LISTING, id=3, channel_account=DE, priority=1), given).quantity == 10


def test_reserves_of_all_higher_priorities_add_up_and_leave_nothing_below_zero() -> None:
    given = inputs(reserves=(Reserve(1, UK, 1, 4), Reserve(2, DE, 2, 7)))
    assert found(replace(LISTING, id=2, channel_account=DE, priority=2), given).quantity == 6
    assert found(replace(LISTING, id=3, channel_account=DE, priority=3), given).quantity == 0


def test_a_reserve_in_other_warehouses_is_none_here() -> None:
    given = inputs(reserves=(Reserve(7, SHOP, 1, 4),))
    assert found(replace(LISTING, priority=2), given).quantity == 10


@pytest.mark.parametrize(("own", "left"), [(0, 8), (1, 8), (2, 8), (5, 5)])
def test_the_larger_of_the_class_buffer_and_its_own_is_kept_back(own: int, left: int) -> None:
    rules = replace(RULES, buffers={"A": Buffer(2)})
    listing = replace(LISTING, velocity_class="A", buffer_units=own)
    assert found(listing, inputs(), rules).quantity == left


def test_a_class_buffer_in_per_cent_is_of_the_pool_and_rounded_up() -> None:
    rules = replace(RULES, buffers={"A": Buffer(1, Decimal(15))})
    assert found(replace(LISTING, velocity_class="A"), inputs(), rules).quantity == 7


def test_the_class_given_by_merchandising_wins_over_the_measured_one_and_that_over_the_unsold() -> None:
    rules = replace(RULES, buffers={"A": Buffer(1), "B": Buffer(2), "C": Buffer(3)}, unsold="C")
    measured = replace(inputs(), classes={1: "B"})
    assert found(LISTING, inputs(), rules).quantity == 7
    assert found(LISTING, measured, rules).quantity == 8
    assert found(replace(LISTING, velocity_class="A"), measured, rules).quantity == 9


def test_every_step_that_changed_something_is_named_for_explain() -> None:
    given = inputs(lines=(open_line(DE, 3),), reserves=(Reserve(2, DE, 1, 2),))
    steps = dict(found(replace(LISTING, priority=2), given).steps)
    assert steps["available"] == 10
    assert steps["less open lines"] == 7
    assert steps["above the reserve of higher priorities"] == 5
    kit = dict(found(SET, Inputs({(ACME, CHAIR): [stocked(11)], (ACME, TABLE): [stocked(9)]})).steps)
    assert (kit["CHAIR: pool"], kit["TABLE: pool"], kit["kits"]) == (11, 9, 2)


def test_the_manuals_worked_example_is_right() -> None:
    gap = WarehouseStock(LEEDS, 31, held_outflow=1, may_rise=False)
    lines = [open_line(DE, 4), open_line(UK, 1)]
    given = Inputs({(ACME, CHAIR): [gap], (ACME, TABLE): [stocked(9)]}, {(ACME, CHAIR): lines},
                   {(ACME, CHAIR): [Reserve(1, UK, 1, 4)]})  # fmt: skip
    rules = replace(RULES, buffers={"fast": Buffer(2, Decimal(5))})
    outlet = replace(LISTING, id=2, channel_account=DE, priority=2, pack_size=2, velocity_class="fast")
    assert found(replace(LISTING, reserve=4), given, rules).quantity == 25
    assert [value for _, value in found(outlet, given, rules).steps] == [31, 30, 25, 25, 21, 17, 17, 17, 17, 8, 8]
    assert found(SET, given, rules).quantity == 6


@given(
    st.integers(-5, 60), st.lists(st.integers(0, 9), max_size=4), st.lists(st.integers(0, 9), max_size=3),
    st.integers(1, 3), st.integers(0, 100),
)  # fmt: skip
def test_a_sale_or_a_reserve_more_never_shows_more(
    available: int, lines: list[int], reserves: list[int], priority: int, share: int
) -> None:
    listing = replace(LISTING, priority=priority, share_percent=Decimal(share))
    sold = tuple(open_line(DE, units) for units in lines)
    kept = tuple(Reserve(place + 5, DE, 1, units) for place, units in enumerate(reserves))
    fewer = found(listing, inputs(available, sold, kept)).quantity
    assert 0 <= fewer <= found(listing, inputs(available, sold[:-1], kept)).quantity
    assert fewer <= found(listing, inputs(available, sold, kept[:-1])).quantity
