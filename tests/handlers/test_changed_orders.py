"""A purchase order after its changes: whatever fits is put upon it, nothing is guessed, what has left stays."""

from datetime import timedelta
from decimal import Decimal
from itertools import permutations

import msgspec
import pytest

from handlers.acknowledged_orders import Product
from handlers.changed_lines import DoesNotFit
from handlers.changed_orders import ends_all
from handlers.gone_units import gone_units
from handlers.purchase_order_changes import Filed, in_order
from handlers.purchase_orders import content_hash, differences
from schemas.despatch import DespatchData, Parcel, ParcelLine
from schemas.purchase_order import Cost, Identifier, Window
from schemas.purchase_order_change import LineChange, PurchaseOrderChange
from schemas.terms import Account, DespatchId, OrderReference, ParcelId, Sku, Warehouse
from tests.handlers.order_changes import AT, BASE, ONE, TWO, after, amounts, change, dropped, filed, to
from tests.handlers.vendor_orders import ORDERED


def test_each_kind_of_change_is_a_difference_with_a_name() -> None:
    window = Window(ORDERED + timedelta(days=4), ORDERED + timedelta(days=12))
    dearer = LineChange(number=TWO, code="PC", changes="cost", net_cost=Cost(Decimal("2.60"), "GBP"))
    new = to("3", 6, code="AI", changes="all", added=True, identifiers=(Identifier("vendor_sku", "JUG"),))
    found = after(change(to("1", 18), dearer, new, delivery_window=window)).order
    assert [(one.kind, one.line) for one in differences(BASE, found)] == [
        ("delivery_window", ""), ("quantity", "1"), ("cost", "2"), ("added", "3"),
    ]  # fmt: skip
    assert found.changed_at == AT


def test_a_cancelled_line_stays_with_nothing_ordered() -> None:
    assert amounts(after(change(dropped("2")))) == {"1": 24, "2": 0}
    assert [one.kind for one in differences(BASE, after(change(dropped("2"))).order)] == ["cancelled"]


def test_a_whole_order_is_cancelled_with_its_lines_as_they_were() -> None:
    found = after(change(cancels=True)).order
    assert found.state == "cancelled" and ends_all(found) and content_hash(found) == content_hash(BASE)


def test_a_difference_is_put_upon_what_was_ordered_then() -> None:
    up = LineChange(number=ONE, code="QI", changes="quantity", by=6, direction="up")
    down = LineChange(number=ONE, code="QD", changes="quantity", by=10, direction="down")
    assert amounts(after(change(up), change(down)))["1"] == 20
    with pytest.raises(DoesNotFit, match="down by 30"):
        after(change(msgspec.structs.replace(down, by=30)))


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (change(to("9", 3)), "line 9 is not in the order"),
        (change(to("1", 30, code="QD", direction="down")), "said to go down, from 24 to 30"),
        (change(to("1", 18, code="QI", direction="up")), "said to go up, from 24 to 18"),
        (change(to("1", 18, code="PC", changes="cost", net_cost=Cost(Decimal(3), "GBP"))), "its cost alone"),
        (change(to("1", 18, net_cost=Cost(Decimal(3), "GBP"))), "a cost of 3 GBP, where it is 2.50 GBP"),
        (change(to("1", 18, identifiers=(Identifier("vendor_sku", "JUG"),))), "of another item than JUG"),
        (change(to("1", 6, code="AI", changes="all", added=True)), "is in the order already"),
        (change(vendor_code="OTHER"), "for vendor OTHER"),
    ],
)  # fmt: skip
def test_a_change_that_does_not_fit_is_refused_and_says_why(given: PurchaseOrderChange, why: str) -> None:
    with pytest.raises(DoesNotFit, match=why):
        after(given)


def test_what_a_person_believes_is_taken_as_it_is_told() -> None:
    found = after(change(to("1", 18, code="QI", direction="up", net_cost=Cost(Decimal(3), "GBP"))), believed=True)
    assert amounts(found)["1"] == 18 and found.order.lines[0].net_cost == Cost(Decimal(3), "GBP")


def test_nothing_is_changed_of_an_order_that_is_cancelled() -> None:
    with pytest.raises(DoesNotFit, match="cancelled at the retailer"):
        after(change(cancels=True, sequence=1), change(to("1", 3), sequence=2))


def test_what_has_left_stays_ordered_and_people_hear_of_it() -> None:
    found = after(change(to("1", 6), dropped("2")), gone={ONE: 10, TWO: 2})
    assert amounts(found) == {"1": 10, "2": 2} and not ends_all(found.order)
    assert [str(one) for one in found.too_late] == [
        "line 1: 6 are wanted now, and 10 have left", "line 2: 0 are wanted now, and 2 have left",
    ]  # fmt: skip


def test_an_order_that_is_cancelled_after_goods_have_left_is_open_for_those_alone() -> None:
    found = after(change(cancels=True), gone={ONE: 10})
    assert amounts(found) == {"1": 10, "2": 0} and found.order.state == "new"


def test_a_change_that_leaves_as_much_as_has_left_is_not_too_late() -> None:
    assert after(change(to("1", 10)), gone={ONE: 10}).too_late == ()


def test_units_that_have_left_are_counted_by_line_and_a_part_of_a_case_counts_as_one() -> None:
    products = {ONE: Product(Sku("MUG"), 6), TWO: Product(Sku("CUP"), None)}
    lines = (
        ParcelLine(Sku("MUG"), 13), ParcelLine(Sku("CUP"), 4, line_reference="2"),  # type: ignore[arg-type]  # a name
        ParcelLine(Sku("JUG"), 9),
    )  # fmt: skip
    despatch = DespatchData(
        account=Account("acme"), warehouse=Warehouse("LEEDS"), order_reference=OrderReference("G1"),
        despatch_id=DespatchId("D1"), revision=1, parcels=(Parcel(ParcelId("P1"), lines),),
    )  # fmt: skip
    assert gone_units(products, [despatch]) == {ONE: 3, TWO: 4}


def test_no_order_of_coming_ever_leaves_less_than_has_left() -> None:
    made = [change(to("1", n), sequence=at) for at, n in enumerate((18, 2, 9), 1)]
    for coming in permutations(made):
        arrived: list[Filed] = []
        for place, one in enumerate(coming, 1):
            arrived.append(filed(place, one))
            found = after(*(each.change for each in in_order(arrived)), gone={ONE: 5})
            assert amounts(found)["1"] >= 5
