"""Mandatory fields by market and freight mode: each that is missing is named, and nothing else is."""

from datetime import date, timedelta
from decimal import Decimal

import msgspec
import pytest

from handlers.ship_loads import load_keys, load_of
from handlers.ship_notice_rules import WORDS, Terms, is_date, lacks
from handlers.ship_notices import compose
from schemas.ship_notice import Carton, PackedItem, ShipNotice, Weight
from tests.handlers.vendor_loads import (
    DALLAS,
    FREIGHT,
    HOUR,
    LEEDS,
    NOW,
    PARCELS,
    PO,
    carton,
    known,
    order,
    part,
)

TERMS = Terms(transport="sp_api", freight="vendor_pays")


def notice(where: str = "eu", mode: str = "freight") -> ShipNotice:
    """A notice that lacks nothing."""
    parcel = carton(1, tracking="1Z999")
    whole = part(parcel, shipment=FREIGHT if mode == "freight" else PARCELS)
    around = known(order(ship_to=LEEDS if where == "eu" else DALLAS))
    made = compose(load_of(load_keys(whole.data)[0], [whole]), around, "S1", NOW).notice
    assert made is not None
    return made


def words(of: ShipNotice, terms: Terms = TERMS) -> list[str]:
    return [lack.word for lack in lacks(of, terms)]


def without(of: ShipNotice, **changes: object) -> ShipNotice:
    return msgspec.structs.replace(of, **changes)


@pytest.mark.parametrize("where", ["eu", "na"])
@pytest.mark.parametrize("mode", ["freight", "parcel"])
def test_a_whole_notice_lacks_nothing(where: str, mode: str) -> None:
    assert words(notice(where, mode)) == []


MISSING = [
    # what is taken away, its name, where it is mandatory: (eu freight, eu parcel, na freight, na parcel)
    ({"bill_of_lading": ""}, "bill_of_lading", (True, True, True, False)),
    ({"pro_number": ""}, "pro_number", (False, False, True, False)),
    ({"carrier_scac": ""}, "scac", (False, False, True, True)),
    ({"shipped_at": None}, "departure", (True, True, True, True)),
    ({"deliver_at": None}, "delivery", (True, True, True, True)),
    ({"gross_weight": None}, "gross_weight", (False, False, True, True)),
    ({"shipment": ""}, "shipment", (True, True, True, True)),
]


@pytest.mark.parametrize(("change", "word", "where"), MISSING)
def test_each_missing_field_is_named_where_it_is_mandatory(
    change: dict[str, object], word: str, where: tuple[bool, ...]
) -> None:
    places = [("eu", "freight"), ("eu", "parcel"), ("na", "freight"), ("na", "parcel")]
    for (market, mode), mandatory in zip(places, where, strict=True):
        assert words(without(notice(market, mode), **change)) == ([word] if mandatory else []), (market, mode)


@pytest.mark.parametrize("where", ["eu", "na"])
def test_every_carton_has_its_sscc_and_every_small_parcel_its_tracking_number(where: str) -> None:
    for mode in ("freight", "parcel"):
        whole = notice(where, mode)
        bare = without(whole, cartons=(msgspec.structs.replace(whole.cartons[0], sscc=""),))
        assert words(bare) == ["sscc"]
        untracked = without(whole, cartons=(msgspec.structs.replace(whole.cartons[0], tracking_number=""),))
        assert words(untracked) == (["tracking_number"] if mode == "parcel" else [])
    parcel = notice(where, "parcel")
    assert words(without(parcel, cartons=parcel.cartons * 2)) == ["one_package"]


@pytest.mark.parametrize(
    ("bill", "good"),
    [
        ("OAKHI00017342", True),
        ("00017342", True),
        ("OAKHI1234567", False),
        ("20261123", False),
        ("OAKHI-2026-11-23", False),
        ("23112026", False),
        ("11232026", False),
        ("202611231205", False),
        ("20261399", True),
        ("19991123", True),
    ],
)
def test_a_bill_of_lading_has_eight_digits_and_is_no_date(bill: str, good: bool) -> None:
    assert words(without(notice(), bill_of_lading=bill)) == ([] if good else ["bill_of_lading"])


def test_digits_that_are_a_day_long_gone_are_no_date() -> None:
    assert is_date("23112026", NOW)
    assert not is_date("23112019", NOW)
    assert not is_date("2311202", NOW)


def test_who_pays_has_to_be_known_and_a_collect_load_has_the_retailers_number() -> None:
    collect = Terms(transport="sp_api", freight="retailer_pays")
    assert words(notice(), collect) == ["retailer_reference"]
    assert words(without(notice(), retailer_reference="8123456789"), collect) == []
    assert words(notice(), Terms(transport="sp_api")) == ["retailer_reference"]


def test_x12_names_the_carrier_everywhere() -> None:
    """TD5 is mandatory in the 856, whatever Europe's API asks for."""
    nameless = without(notice(), carrier_scac="")
    assert words(nameless, Terms(transport="x12", freight="vendor_pays")) == ["scac"]
    assert words(nameless, Terms(transport="edifact", freight="vendor_pays")) == []


def test_x12_carries_a_weight_everywhere() -> None:
    weightless = without(notice(), gross_weight=None)
    assert words(weightless, Terms(transport="x12", freight="vendor_pays")) == ["gross_weight"]
    zero = without(notice("na"), gross_weight=Weight(Decimal(0), "kg"))
    assert words(zero) == ["gross_weight"]


def test_perishables_have_lot_and_expiry() -> None:
    dated = msgspec.structs.replace(TERMS, dated=frozenset({(PO, "1")}))
    assert words(notice(), dated) == ["perishable", "perishable"]
    whole = notice()
    item: PackedItem = msgspec.structs.replace(whole.cartons[0].items[0], lot="L1", expiry=date(2027, 1, 1))
    full = without(whole, cartons=(Carton(number=1, sscc=whole.cartons[0].sscc, items=(item,)),))
    assert words(full, dated) == []


def test_a_load_that_left_more_than_a_week_ago_is_too_old_to_notice() -> None:
    assert words(without(notice(), shipped_at=NOW - timedelta(days=7))) == []
    assert words(without(notice(), shipped_at=NOW - timedelta(days=7) - HOUR)) == ["departure"]


def test_what_the_retailer_has_waived_is_not_asked_for() -> None:
    waived = msgspec.structs.replace(TERMS, waived=frozenset({"bill_of_lading"}))
    assert words(without(notice(), bill_of_lading="", deliver_at=None), waived) == ["delivery"]
    assert {word for _, word, _ in MISSING} <= WORDS


def test_a_country_without_rules_is_named_until_a_market_is_set() -> None:
    tokyo = without(notice(), ship_to=msgspec.structs.replace(LEEDS, country="JP"))
    assert words(tokyo) == ["market"]
    assert words(tokyo, msgspec.structs.replace(TERMS, market="eu")) == []


def test_parties_without_address_or_code_are_named() -> None:
    nowhere = msgspec.structs.replace(LEEDS, country="", party_id="")
    assert words(without(notice(), ship_from=msgspec.structs.replace(LEEDS, postcode=""))) == ["ship_from"]
    assert words(without(notice(), ship_to=nowhere), msgspec.structs.replace(TERMS, market="eu")) == ["ship_to"] * 2
    assert words(without(notice(), vendor=msgspec.structs.replace(LEEDS, party_id=""))) == ["supplier"]
