"""Components of kits in cartons are announced, invoiced and counted as the kits that the retailer ordered."""

from datetime import date

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from handlers.acknowledged_orders import Product
from handlers.gone_units import gone_units
from handlers.invoicing import eaches_of
from handlers.sellable_stock import Component
from handlers.ship_loads import Part, load_of
from handlers.ship_notices import Composed, compose, quantities
from handlers.vendor_goods import OrderToShip
from schemas.despatch import Parcel, ParcelLine
from schemas.purchase_order import PoLineNumber
from schemas.terms import Sku
from tests.handlers.vendor_loads import NOW, PO, carton, held, known, line, order, part

NEEDS = (Component(Sku("LID"), 1), Component(Sku("MUG"), 2))
KIT = msgspec.structs.replace(line(sku="SET"), needs=NEEDS)
CASES = msgspec.structs.replace(line(sku="SET", unit="case", pack=3), needs=NEEDS)
ONE = PoLineNumber("1")


def parts(mugs: int, lids: int, reference: str | None = "1") -> tuple[ParcelLine, ...]:
    return tuple(one for one in (held("MUG", mugs, reference), held("LID", lids, reference)) if one.quantity)


def composed(*parcels: Parcel, of: OrderToShip | None = None) -> Composed:
    return compose(load_of("ACME/YORK/LOAD-1", (part(*parcels),)), known(of or order(KIT)), "S1", NOW)


def told(found: Composed) -> list[list[tuple[str, int]]]:
    assert found.notice is not None
    return [[(one.line, one.quantity.amount) for one in each.items] for each in found.notice.cartons]


def words(found: Composed) -> list[str]:
    return [lack.word for lack in found.lacks]


def test_whole_kits_in_a_carton_are_told_as_kits() -> None:
    found = composed(carton(1, *parts(6, 3)), carton(2, *parts(2, 1)))
    assert told(found) == [[("1", 3)], [("1", 1)]] and words(found) == []


def test_kits_are_counted_in_the_orders_own_cases() -> None:
    assert told(composed(carton(1, *parts(12, 6)), of=order(CASES))) == [[("1", 2)]]
    assert words(composed(carton(1, *parts(8, 4)), of=order(CASES))) == ["not_whole_cases"]


def test_a_kit_is_found_without_a_line_reference_where_only_one_has_the_component() -> None:
    assert told(composed(carton(1, *parts(4, 2, None)))) == [[("1", 2)]]
    both = order(KIT, msgspec.structs.replace(line("2", sku="MUG")))
    assert "kit_not_whole" in words(composed(carton(1, *parts(4, 2, None)), of=both)), "the mugs are of another line"


def test_a_kit_that_was_put_together_in_the_warehouse_is_told_as_it_is() -> None:
    assert told(composed(carton(1, held("SET", 4)))) == [[("1", 4)]]


def test_what_is_no_whole_number_of_kits_is_held_with_what_is_there() -> None:
    found = composed(carton(1, *parts(5, 3)))
    assert words(found) == ["kit_not_whole"]
    assert "3 of LID (one takes 1), 5 of MUG (one takes 2)" in found.lacks[0].text


def test_a_kit_over_two_cartons_is_told_with_the_one_that_holds_its_leading_component() -> None:
    more = line("2", sku="CUP")
    found = composed(carton(1, *parts(4, 0), held("CUP", 1, "2")), carton(2, *parts(0, 2)), of=order(KIT, more))
    assert told(found) == [[("2", 1)], [("1", 2)]] and words(found) == []


def test_a_carton_that_would_tell_nothing_is_held() -> None:
    found = composed(carton(1, *parts(4, 0)), carton(2, *parts(0, 2)))
    assert words(found) == ["kit_carton"]


def test_lot_and_expiry_are_the_kits_where_all_components_have_the_same() -> None:
    day = date(2027, 1, 31)
    same = (held("MUG", 2, "1", "L1", day), held("LID", 1, "1", "L1", day))
    other = (held("MUG", 2, "1", "L1", day), held("LID", 1, "1", "L2", day))
    for lines, lot in ((same, "L1"), (other, "")):
        found = composed(carton(1, *lines)).notice
        assert found is not None and (found.cartons[0].items[0].lot, found.cartons[0].items[0].expiry) == (lot, day)


@given(st.lists(st.integers(1, 9), min_size=1, max_size=4))
def test_kits_told_are_kits_that_left_and_kits_that_are_invoiced(kits: list[int]) -> None:
    parcels = [carton(serial, *parts(2 * count, count)) for serial, count in enumerate(kits, 1)]
    found = composed(*parcels, of=order(KIT))
    assert found.notice is not None
    noticed = quantities(found.notice.cartons, found.notice.pallets)
    left = [part(*parcels).data]
    assert noticed == {(PO, ONE): sum(kits)} and eaches_of(order(KIT), left) == {ONE: sum(kits)}
    assert gone_units({ONE: Product(Sku("SET"), 1, NEEDS)}, left) == {ONE: sum(kits)}


def test_parts_of_kits_in_several_despatches_are_invoiced_once_they_are_whole() -> None:
    def despatch(name: str, *lines: ParcelLine) -> Part:
        return part(carton(1, *lines), despatch=name)

    mugs, lids = despatch("D1", *parts(4, 0)), despatch("D2", *parts(0, 1))
    assert eaches_of(order(KIT), [mugs.data]) == {ONE: 0}
    assert eaches_of(order(KIT), [mugs.data, lids.data]) == {ONE: 1}
    assert gone_units({ONE: Product(Sku("SET"), 1, NEEDS)}, [mugs.data]) == {ONE: 2}, "a part that has left has left"
