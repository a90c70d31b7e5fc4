"""From despatches to a ship notice: what is on the load, in whose units, and everything that cannot be said truly."""

from datetime import date
from decimal import Decimal

import msgspec
import pytest

from handlers.ship_loads import Part, load_keys, load_of
from handlers.ship_notices import Composed, Known, compose, freight_of, quantities
from handlers.vendor_goods import LineToShip
from schemas.despatch import Shipment
from schemas.ship_notice import ShipNotice
from tests.handlers.vendor_loads import (
    DALLAS,
    FREIGHT,
    HOUR,
    NOW,
    PARCELS,
    PO,
    carton,
    held,
    known,
    line,
    order,
    part,
    sscc,
)

KEY = "OAK/YORK/LOAD-1"


def composed(*parts: Part, around: Known | None = None, key: str = KEY) -> Composed:
    return compose(load_of(key, parts), around or known(), "S1", NOW)


def notice_of(*parts: Part, around: Known | None = None) -> ShipNotice:
    made = composed(*parts, around=around)
    assert made.lacks == ()
    assert made.notice is not None
    return made.notice


def words(made: Composed) -> list[str]:
    return [lack.word for lack in made.lacks]


def test_a_despatch_becomes_a_notice_of_its_cartons_in_the_orders_unit() -> None:
    notice = notice_of(part(carton(1, held(quantity=6)), carton(2, held(quantity=4))))
    assert quantities(notice.cartons, notice.pallets) == {(PO, "1"): 10}
    assert [(one.number, one.sscc) for one in notice.cartons] == [(1, sscc(1)), (2, sscc(2))]
    assert notice.bill_of_lading == "OAKHI00017342"
    assert notice.vendor.party_id == "OAKHI"
    assert notice.structure == "standard_cartons"


def test_cases_are_noticed_as_cases() -> None:
    cases = order(line(unit="case", pack=12, accepted=5))
    notice = notice_of(part(carton(1, held(quantity=24))), around=known(cases))
    quantity = notice.cartons[0].items[0].quantity
    assert (quantity.amount, quantity.unit, quantity.unit_size) == (2, "case", 12)


def test_a_carton_that_is_no_whole_number_of_cases_is_held_and_not_rounded() -> None:
    cases = order(line(unit="case", pack=12, accepted=5))
    made = composed(part(carton(1, held(quantity=20))), around=known(cases))
    assert words(made) == ["not_whole_cases"]
    assert "20 of MUG are not whole cases of 12" in made.lacks[0].text


def test_cases_of_unknown_size_are_held() -> None:
    assert words(composed(part(), around=known(order(line(unit="case", pack=None))))) == ["pack_unknown"]


def test_several_orders_ride_on_one_pallet() -> None:
    other = order(number="7QX11DEF")
    notice = notice_of(
        part(carton(1, pallet=90)),
        part(carton(2, pallet=90), despatch="D2", po="7QX11DEF"),
        around=known(order(), other),
    )
    assert [(pallet.sscc, pallet.cartons) for pallet in notice.pallets] == [(sscc(90), (1, 2))]
    assert quantities(notice.cartons, notice.pallets) == {(PO, "1"): 10, ("7QX11DEF", "1"): 10}


def test_a_carton_with_goods_of_several_orders_is_one_carton() -> None:
    other = order(number="7QX11DEF")
    around = known(order(), other)
    parcels = msgspec.structs.replace(FREIGHT, gross_weight_kg=None)
    notice = notice_of(
        part(carton(1), shipment=parcels),
        part(carton(1, held(quantity=3)), despatch="D2", po="7QX11DEF", shipment=parcels),
        around=around,
    )
    assert len(notice.cartons) == 1
    assert {(item.purchase_order, item.quantity.amount) for item in notice.cartons[0].items} == {
        (PO, 10),
        ("7QX11DEF", 3),
    }
    assert notice.gross_weight is not None
    assert notice.gross_weight.amount == Decimal("7.5")
    assert notice.structure == "assorted_cartons"


def test_at_most_five_orders_mix_in_a_carton() -> None:
    orders = [order(number=f"PO{n:06d}") for n in range(6)]
    parts = [part(carton(1), despatch=f"D{n}", po=one.number) for n, one in enumerate(orders)]
    assert words(composed(*parts[:5], around=known(*orders))) == []
    assert words(composed(*parts, around=known(*orders))) == ["orders_in_carton"]


def test_goods_straight_on_a_pallet_need_no_carton() -> None:
    notice = notice_of(part(carton(1, pallet=90, loose=True)))
    assert notice.cartons == ()
    assert [(pallet.sscc, len(pallet.items)) for pallet in notice.pallets] == [(sscc(90), 1)]
    assert notice.structure == "item_pallets"


@pytest.mark.parametrize("where", ["carton", "pallet"])
def test_two_lots_of_one_item_never_share_a_carton_or_a_pallet(where: str) -> None:
    first, second = held(quantity=5, lot="A", expiry=date(2027, 1, 1)), held(quantity=5, lot="B")
    if where == "carton":
        made = composed(part(carton(1, first, second)))
    else:
        made = composed(part(carton(1, first, pallet=90), carton(2, second, pallet=90)))
    assert words(made) == ["two_lots"]
    apart = composed(part(carton(1, first, pallet=90), carton(2, second, pallet=91)))
    assert words(apart) == []


def test_lot_and_expiry_stand_at_the_carton() -> None:
    notice = notice_of(part(carton(1, held(lot="L7", expiry=date(2027, 3, 31)))))
    assert (notice.cartons[0].items[0].lot, notice.cartons[0].items[0].expiry) == ("L7", date(2027, 3, 31))


def test_more_than_was_acknowledged_is_never_noticed() -> None:
    around = known(order(line(accepted=10)), noticed={(PO, "1"): 1})
    made = composed(part(), around=around)
    assert words(made) == ["above_acknowledged"]
    assert "10 on this load and 1 noticed before" in made.lacks[0].text
    assert words(composed(part(), around=known(order(line(accepted=10))))) == []


def test_what_was_taken_back_is_not_on_the_load() -> None:
    assert "nothing_packed" in words(composed(part(stage="undone")))
    other = part(carton(2), despatch="D2")
    assert quantities(notice_of(part(stage="undone"), other).cartons, ()) == {(PO, "1"): 10}


def test_lines_are_found_by_their_number_then_by_a_sku_that_only_one_line_has() -> None:
    twice = known(order(line("1"), line("2"), line("3", "JUG")))
    by_number = notice_of(part(carton(1, held(reference="2"))), around=twice)
    assert by_number.cartons[0].items[0].line == "2"
    by_sku = notice_of(part(carton(1, held("JUG", reference=None))), around=twice)
    assert by_sku.cartons[0].items[0].line == "3"
    assert words(composed(part(carton(1, held(reference=None))), around=twice)) == ["line_unmapped"]
    assert words(composed(part(carton(1, held(reference="9"))), around=twice)) == ["line_unmapped"]
    assert words(composed(part(carton(1, held("JUG", reference="1"))), around=twice)) == ["line_differs"]


def test_an_order_that_nobody_knows_is_named() -> None:
    made = composed(part(po="UNKNOWN1"))
    assert "order_unknown" in words(made)
    assert made.notice is None


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"carton_count": 2}, "carton_count"),
        ({"pallet_count": 1}, "pallet_count"),
        ({"mode": None}, "mode"),
    ],
)
def test_what_the_warehouse_says_of_the_load_must_fit(change: dict[str, object], word: str) -> None:
    shipment = msgspec.structs.replace(FREIGHT, **change)
    assert words(composed(part(shipment=shipment))) == [word]


def test_despatches_that_contradict_each_other_about_their_load_are_held() -> None:
    other = msgspec.structs.replace(FREIGHT, bill_of_lading="OAKHI00099999")
    made = composed(part(), part(carton(2), despatch="D2", shipment=other))
    assert words(made) == ["contradiction"]
    assert "OAKHI00017342 and OAKHI00099999 as bill_of_lading" in made.lacks[0].text


def test_one_notice_is_for_one_destination_and_one_vendor() -> None:
    other = order(number="7QX11DEF", ship_to=DALLAS, vendor=msgspec.structs.replace(order().vendor, party_id="ELSE"))
    parts = (part(), part(carton(2), despatch="D2", po="7QX11DEF"))
    assert words(composed(*parts, around=known(order(), other))) == ["several_vendors", "several_destinations"]


def test_numbers_that_were_used_within_the_year_are_refused() -> None:
    around = known(used={sscc(1): "OAK/YORK/OLD"}, bills={"OAKHI00017342": "OAK/YORK/OLD"})
    assert words(composed(part(), around=around)) == ["sscc_used", "bill_of_lading_used"]
    ours = known(used={sscc(1): KEY}, bills={"OAKHI00017342": KEY})
    assert words(composed(part(), around=ours)) == []


def test_an_sscc_with_a_wrong_check_digit_is_refused() -> None:
    wrong = msgspec.structs.replace(carton(1), sscc="354123450000000015")
    assert words(composed(part(wrong))) == ["sscc_wrong"]


def test_an_sscc_with_its_application_identifier_is_the_same_carton() -> None:
    with_identifier = msgspec.structs.replace(carton(1), sscc="00" + sscc(1))
    assert notice_of(part(with_identifier)).cartons[0].sscc == sscc(1)


def test_two_cartons_of_one_despatch_cannot_have_one_number() -> None:
    twin = msgspec.structs.replace(carton(2), sscc=sscc(1))
    assert words(composed(part(carton(1), twin))) == ["sscc_twice"]
    elsewhere = msgspec.structs.replace(carton(1, pallet=91), parcel_id="P9")
    parts = (part(carton(1, pallet=90)), part(elsewhere, despatch="D2"))
    assert words(composed(*parts)) == ["two_pallets"]


def test_loads_are_named_by_reference_then_bill_of_lading_then_despatch() -> None:
    assert load_keys(part().data) == (KEY,)
    without = msgspec.structs.replace(FREIGHT, reference="")
    assert load_keys(part(shipment=without).data) == ("OAK/YORK/OAKHI00017342",)
    assert load_keys(part(shipment=None).data) == ("OAK/D1",)


def test_each_small_parcel_is_a_notice_of_its_own() -> None:
    whole = part(carton(1, tracking="1Z1"), carton(2, tracking="1Z2"), shipment=PARCELS)
    keys = load_keys(whole.data)
    assert keys == ("OAK/D1/P1", "OAK/D1/P2")
    notices = [composed(whole, key=key).notice for key in keys]
    assert [[one.tracking_number for one in notice.cartons] for notice in notices if notice] == [["1Z1"], ["1Z2"]]
    assert [notice.gross_weight.amount for notice in notices if notice and notice.gross_weight] == [
        Decimal("7.5")
    ] * 2


def test_the_ship_date_is_no_further_ahead_than_the_partner_allows() -> None:
    assert notice_of(part()).shipped_at == NOW
    assert notice_of(part(), around=known(ahead=48 * HOUR)).shipped_at == NOW + HOUR
    left = msgspec.structs.replace(FREIGHT, departure=NOW - HOUR)
    assert notice_of(part(shipment=left)).shipped_at == NOW - HOUR


def test_a_warehouse_without_an_address_is_named() -> None:
    made = composed(part(), around=Known(orders=known().orders, ship_from=None))
    assert words(made) == ["ship_from"]


def test_who_pays_the_carrier_is_the_warehouses_word_then_the_orders() -> None:
    theirs = order(freight="retailer_pays")
    assert freight_of(FREIGHT, [theirs]) == "retailer_pays"
    assert freight_of(Shipment(freight_terms="vendor_pays"), [theirs]) == "vendor_pays"
    assert freight_of(FREIGHT, [theirs, order()]) == "unknown"


def test_lines_of_perishables_are_known_to_the_rules() -> None:
    dated: LineToShip = line(dated=True)
    assert composed(part(), around=known(order(dated))).dated == frozenset({(PO, "1")})
