"""What the warehouse is asked to have: lines told apart, addresses that fit or hold the order, nothing made up."""

import time
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.warehouse_orders import (
    Destination,
    Wanted,
    WantedLine,
    address_of,
    agrees,
    amendment,
    creation,
    lacking,
    line_changes,
)
from schemas.clarus import Ref
from schemas.clarus_order_lists import LineNode
from schemas.sales_order import ShipTo
from schemas.terms import Account, ChannelOrderId, LineReference, OrderReference, Sku

AT = datetime(2026, 11, 21, 12, tzinfo=UTC)
PRODUCTS = {Sku("A"): 1, Sku("B"): 2, Sku("0012"): 3}
TO = Destination(warehouse_id=9, account_ids={"acme": 7}, carrier_ids={"DPD": 5}, service_ids={"DPD/NEXT-DAY": 6})
HOME = ShipTo(name="B. Uyer", company="Uyer & Co", lines=("1 Lane", "Flat 2"), city="Leeds", region="West Yorkshire",
              postcode="LS1 1AA", country="GB")  # fmt: skip


def line(sku: str, quantity: int, reference: str = "") -> WantedLine:
    return WantedLine(line_reference=LineReference(reference or f"L-{sku}"), sku=Sku(sku), quantity=quantity)


def wanted(*lines: WantedLine, **changes: object) -> Wanted:
    made = Wanted(
        reference=OrderReference("111-1"), channel_order_id=ChannelOrderId("111-1"), account=Account("acme"),
        despatch_by=AT + timedelta(hours=5), carrier="DPD", carrier_service="NEXT-DAY",
        lines=lines or (line("A", 2), line("B", 1)), ship_to=HOME,
    )  # fmt: skip
    return msgspec.structs.replace(made, **changes)


def there(line_id: int, product: int, quantity: int, reference: str | None = None) -> LineNode:
    return LineNode(
        id=str(line_id), goods_out=Ref(id="4"), order_quantity=quantity, product=Ref(id=str(product)),
        alt_line_reference=reference,
    )  # fmt: skip


def told(changes: object) -> list[tuple[str, int | None, int | None]]:
    return [(one.type, one.id, one.attributes.order_quantity if one.attributes else None) for one in changes]  # type: ignore[attr-defined]


def test_a_new_order_names_everything_by_id_and_counts_in_base_units() -> None:
    made = creation(wanted(), TO, PRODUCTS).attributes
    assert (made.account_id, made.warehouse_id, made.carrier_id, made.carrier_service_id) == (7, 9, 5, 6)
    assert (made.reference, made.expected_date_of_dispatch) == ("111-1", "2026-11-21T17:00:00Z")
    assert [(one.attributes.product_id, one.attributes.alt_line_reference) for one in made.lines_changes
            if one.attributes] == [(1, "L-A"), (2, "L-B")]  # fmt: skip
    assert made.pick_type is None and made.dispatch_strategy is None, "left to the tenant"


@pytest.mark.parametrize(
    ("changes", "cause"),
    [
        ({"account": Account("other")}, "account_id:other"),
        ({"carrier": "YODEL"}, "carrier_id:YODEL"),
        ({"carrier_service": "SLOW"}, "service_id:DPD/SLOW"),
        ({"lines": (line("12", 1),)}, "product:12"),
        ({"lines": (line("a", 1),)}, "product:a"),
        ({"ship_to": ShipTo(lines=("x" * 81,), country="GB")}, "order:111-1"),
        ({"ship_to": ShipTo(lines=("1", "2", "3", "4"), country="GB")}, "order:111-1"),
        ({"reference": OrderReference("x" * 51)}, f"order:{'x' * 51}"),
        ({"lines": ()}, "order:111-1"),
    ],
)
def test_what_is_missing_or_does_not_fit_holds_the_order_and_names_its_cause(
    changes: dict[str, object], cause: str
) -> None:
    found = lacking(wanted(**changes), TO, PRODUCTS)
    assert found is not None and found.cause == cause


def test_an_order_that_lacks_nothing_can_be_made() -> None:
    assert lacking(wanted(), TO, PRODUCTS) is None
    assert lacking(wanted(carrier="", carrier_service="", ship_to=None), TO, PRODUCTS) is None


def test_a_company_goes_before_the_street_and_the_town_stands_where_couriers_look() -> None:
    address = address_of(HOME)
    assert address is not None
    assert (address.name, address.address_1, address.address_2, address.address_5) == (
        "B. Uyer", "Uyer & Co", "1 Lane", "Flat 2",
    )  # fmt: skip
    assert (address.address_3, address.address_4, address.phone_number) == ("Leeds", "West Yorkshire", None)


def test_emoji_and_right_to_left_text_pass_as_they_are() -> None:
    address = address_of(ShipTo(name="שלום 🎁", lines=("شارع",), city="تل", country="IL"))
    assert address is not None and (address.name, address.address_1) == ("שלום 🎁", "شارع")


def test_lines_change_by_no_more_than_they_must() -> None:
    now = [there(11, 1, 2), there(12, 2, 1)]
    assert line_changes(wanted().lines, now, PRODUCTS, "DESTROY") == ()
    changes = line_changes((line("A", 3), line("0012", 1)), now, PRODUCTS, "REMOVE")
    assert told(changes) == [("UPDATE", 11, 3), ("ADD", None, 1), ("REMOVE", 12, None)]


def test_lines_of_one_product_are_told_apart_by_their_references_where_they_show() -> None:
    now = [there(11, 1, 2, "L-1"), there(12, 1, 5, "L-2")]
    changes = line_changes((line("A", 5, "L-2"), line("A", 1, "L-1")), now, PRODUCTS, "DESTROY")
    assert told(changes) == [("UPDATE", 11, 1)]


def test_lines_of_one_product_without_references_keep_those_that_are_right_already() -> None:
    now = [there(11, 1, 5), there(12, 1, 2)]
    changes = line_changes((line("A", 1, "L-1"), line("A", 5, "L-2")), now, PRODUCTS, "DESTROY")
    assert told(changes) == [("UPDATE", 12, 1)]


def test_ten_thousand_lines_are_amended_without_holding_everything_up() -> None:
    lines = [line("AB"[number % 2], 1 + number % 7, f"L{number}") for number in range(10_000)]
    now = [there(number, 1 + number % 2, 1 + number % 7, f"L{number}") for number in range(10_000)]
    lines[5_000] = line("A", 100, "L5000")
    begun = time.process_time()
    changes = line_changes(lines, now[:-1], PRODUCTS, "DESTROY")
    assert time.process_time() - begun < 10, "it must not grow with the square of the lines: that took 100 s"
    assert told(changes) == [("UPDATE", 5_000, 100), ("ADD", None, 4)]


SHOWN = st.tuples(st.integers(1, 3), st.integers(1, 3), st.sampled_from([None, "", "L1", "L2", "L9"]))
ASKED = st.tuples(st.sampled_from("AB"), st.integers(1, 3), st.sampled_from(["L1", "L2", "L3"]))


@given(st.lists(ASKED, max_size=6), st.lists(SHOWN, max_size=6))
def test_the_changes_make_of_any_lines_the_wanted_ones_and_touch_no_line_twice(
    asked: list[tuple[str, int, str]], shown: list[tuple[int, int, str | None]]
) -> None:
    now = [there(place, product, quantity, name) for place, (product, quantity, name) in enumerate(shown)]
    changes = line_changes([line(*one) for one in asked], now, PRODUCTS, "DESTROY")
    after = {str(one.id): (one.product.key, one.order_quantity) for one in now}
    for number, change in enumerate(changes):
        if change.type == "DESTROY":
            del after[str(change.id)]
        elif change.type == "UPDATE":
            assert change.attributes is not None and change.id is not None
            after[str(change.id)] = (after[str(change.id)][0], change.attributes.order_quantity)
        else:
            assert change.attributes is not None
            after[f"new {number}"] = (str(change.attributes.product_id), change.attributes.order_quantity)
    assert sorted(after.values()) == sorted((str(PRODUCTS[Sku(sku)]), quantity) for sku, quantity, _ in asked)
    touched = [change.id for change in changes if change.id is not None]
    assert len(touched) == len(set(touched))


@pytest.mark.parametrize(
    "ship_by",
    [
        "2026-10-25T00:30:00+00:00", "2026-10-25T01:30:00+01:00", "2026-10-25T02:30:00+02:00",
        "2026-10-24T17:30:00-07:00", "2026-10-25T06:15:00+05:45",
    ],
)  # fmt: skip
def test_a_ship_by_in_any_zone_is_told_as_the_same_moment_in_utc_the_night_of_a_clock_change_too(
    ship_by: str,
) -> None:
    asked = creation(wanted(despatch_by=datetime.fromisoformat(ship_by)), TO, PRODUCTS)
    assert asked.attributes.expected_date_of_dispatch == "2026-10-25T00:30:00Z"


def test_an_hour_that_comes_twice_is_told_as_the_one_that_is_meant() -> None:
    london = ZoneInfo("Europe/London")
    twice = [datetime(2026, 10, 25, 1, 30, tzinfo=london, fold=fold) for fold in (0, 1)]
    told_as = [creation(wanted(despatch_by=at), TO, PRODUCTS).attributes.expected_date_of_dispatch for at in twice]
    assert told_as == ["2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z"]


def test_an_amendment_leaves_reference_and_owner_alone() -> None:
    change = amendment(wanted(), [there(11, 1, 2), there(12, 2, 1)], TO, PRODUCTS)
    assert change.attributes.reference is None and change.attributes.account_id is None
    assert change.attributes.lines_changes == () and change.address == address_of(HOME)


@pytest.mark.parametrize(
    ("lines", "same"),
    [
        ([there(11, 1, 2), there(12, 2, 1)], True),
        ([there(11, 1, 1), there(13, 1, 1), there(12, 2, 1)], True),
        ([there(11, 1, 2)], False),
        ([there(11, 1, 2), there(12, 2, 1), there(13, 3, 1)], False),
        ([], False),
    ],
)
def test_the_warehouse_agrees_by_products_and_quantities_in_however_many_lines(
    lines: list[LineNode], same: bool
) -> None:
    assert agrees(wanted(), lines, PRODUCTS) is same
