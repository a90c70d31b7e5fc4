"""Despatch events as producers write them, and every reason to refuse one."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.despatch import MAX_PARCELS, MAX_TEXT, DespatchData, read_despatch
from schemas.envelope import MAX_BODY, STRUCTURED, Unreadable, read_envelope
from schemas.inventory import MAX_NAME
from tests.controls.stock import structured

TYPE = "despatch.completed.v1"
LINE: dict[str, Any] = {"line_reference": "L-1", "sku": "0042-b", "quantity": 2, "lot": "B7", "expiry": "2027-01-31"}
PARCEL: dict[str, Any] = {
    "parcel_id": "P-1", "tracking_number": "JD0001", "carrier": "DPD", "service": "NEXT-DAY", "weight_kg": "1.25",
    "lines": [LINE],
}  # fmt: skip
DESPATCH: dict[str, Any] = {
    "account": "ACME", "warehouse": "LEEDS", "order_reference": "SO-1", "despatch_id": "D-1", "revision": 1,
    "channel": {"kind": "amazon", "account": "uk", "marketplace": "UK"}, "channel_order_id": "026-1",
    "despatched_at": "2026-03-01T09:00:00Z", "parcels": [PARCEL],
}  # fmt: skip


def read(data: object) -> DespatchData:
    body = structured(data, TYPE)
    return read_despatch(read_envelope(body, {}, STRUCTURED, max(MAX_BODY, len(body))))


def refusal(data: object) -> str:
    with pytest.raises(Unreadable) as raised:
        read(data)
    assert str(raised.value)
    return raised.value.reason


def with_parcel(**changes: object) -> dict[str, Any]:
    return DESPATCH | {"parcels": [PARCEL | changes]}


def test_a_despatch_is_read_with_its_parcels() -> None:
    found = read(DESPATCH)
    assert (found.despatch_id, found.revision, found.despatched_at) == ("D-1", 1, datetime(2026, 3, 1, 9, tzinfo=UTC))
    [parcel] = found.parcels
    assert (parcel.parcel_id, parcel.tracking_number, parcel.lines[0].quantity) == ("P-1", "JD0001", 2)


def test_a_despatch_may_name_the_load_that_it_rides_on() -> None:
    shipment = {"reference": "LOAD-7", "departure": "2026-03-01T10:00:00Z", "carton_count": 12}
    shipment |= {"mode": "truckload", "gross_weight_kg": "310.5", "freight_terms": "retailer_pays"}
    load = read(DESPATCH | {"shipment": shipment}).shipment
    assert load is not None
    assert (load.reference, load.carton_count, load.gross_weight_kg) == ("LOAD-7", 12, Decimal("310.5"))
    assert load.departure == datetime(2026, 3, 1, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("shipment", "reason"),
    [
        ({"departure": "2026-03-01T10:00:00"}, "invalid_data"),
        ({"appointment": "9999-12-31T23:59:59Z"}, "absurd_time"),
        ({"carton_count": -1}, "absurd_quantity"),
        ({"gross_weight_kg": "NaN"}, "absurd_quantity"),
        ({"gross_weight_kg": "sNaN"}, "absurd_quantity"),
        ({"mode": "TruckLoad"}, "invalid_data"),
        ({"bill_of_lading": "1\x00"}, "invalid_data"),
    ],
)
def test_a_load_that_cannot_be_believed_is_refused(shipment: object, reason: str) -> None:
    assert refusal(DESPATCH | {"shipment": shipment}) == reason


def test_a_weight_that_is_no_number_is_refused() -> None:
    assert refusal(with_parcel(weight_kg="NaN")) == "absurd_quantity"


def test_an_undone_despatch_needs_no_parcels() -> None:
    data = {name: value for name, value in DESPATCH.items() if name != "parcels"}
    assert read(data).parcels == ()


def test_unknown_fields_are_allowed() -> None:
    assert read(with_parcel(dock="7")).parcels[0].parcel_id == "P-1"


@pytest.mark.parametrize("name", ["account", "warehouse", "order_reference", "despatch_id", "revision"])
def test_a_required_field_that_is_missing_is_refused(name: str) -> None:
    assert refusal({field: value for field, value in DESPATCH.items() if field != name}) == "invalid_data"


@pytest.mark.parametrize("value", ["", "x" * (MAX_NAME + 1), "a\x00", 5, None])
@pytest.mark.parametrize("name", ["account", "warehouse", "order_reference", "despatch_id"])
def test_a_name_is_text_of_bounded_length_without_nul(name: str, value: object) -> None:
    assert refusal(DESPATCH | {name: value}) == "invalid_data"


@pytest.mark.parametrize("value", [-1, 2**31, 1.5, "1", True, None, 10**30])
def test_a_revision_is_a_small_integer(value: object) -> None:
    assert refusal(DESPATCH | {"revision": value}) == "invalid_data"


@pytest.mark.parametrize("value", ["2026-03-01T09:00:00", "yesterday", 5])
def test_a_time_has_a_zone(value: object) -> None:
    assert refusal(DESPATCH | {"despatched_at": value}) == "invalid_data"


@pytest.mark.parametrize("value", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_a_time_at_the_end_of_the_calendar_is_refused(value: str) -> None:
    assert refusal(DESPATCH | {"despatched_at": value}) == "absurd_time"


@pytest.mark.parametrize("value", ["", "x" * (MAX_NAME + 1), "\x00", 5])
def test_a_parcel_has_a_name(value: object) -> None:
    assert refusal(with_parcel(parcel_id=value)) == "invalid_data"


def test_a_parcel_stands_only_once_in_a_despatch() -> None:
    assert refusal(DESPATCH | {"parcels": [PARCEL, PARCEL]}) == "invalid_data"


def test_absurdly_many_parcels_are_refused() -> None:
    parcels = [{"parcel_id": str(place)} for place in range(MAX_PARCELS + 1)]
    assert refusal(DESPATCH | {"parcels": parcels}) == "absurd_quantity"


@pytest.mark.parametrize("name", ["tracking_number", "carrier", "service", "sscc"])
@pytest.mark.parametrize("value", ["a\x00b", "x" * (MAX_TEXT + 1)])
def test_no_text_holds_a_nul_or_is_without_end(name: str, value: str) -> None:
    assert refusal(with_parcel(**{name: value})) == "invalid_data"


@pytest.mark.parametrize(
    ("quantity", "reason"),
    [
        (-1, "negative_quantity"), (1.5, "fractional_quantity"), ("NaN", "absurd_quantity"), (None, "invalid_data"),
        ("1e9999999", "absurd_quantity"), (10**9, "absurd_quantity"), (True, "invalid_data"), ("two", "invalid_data"),
    ],
)  # fmt: skip
def test_a_quantity_that_cannot_be_believed_is_refused(quantity: object, reason: str) -> None:
    assert refusal(with_parcel(lines=[LINE | {"quantity": quantity}])) == reason


@pytest.mark.parametrize("data", [[], 5, "text", None, {"parcels": {}}])
def test_data_of_the_wrong_shape_is_refused(data: object) -> None:
    assert refusal(data if data is not None else []) == "invalid_data"


def test_nesting_without_end_is_refused() -> None:
    body = structured(DESPATCH | {"x": "@"}, TYPE).replace(b'"@"', b"[" * 100_000 + b"]" * 100_000)
    with pytest.raises(Unreadable) as raised:
        read_despatch(read_envelope(body, {}, STRUCTURED))
    assert raised.value.reason == "malformed"


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.decimals().map(str),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@given(
    st.dictionaries(st.sampled_from(list(DESPATCH)), json_values, max_size=2),
    st.dictionaries(st.sampled_from(list(PARCEL)), json_values, max_size=2),
    st.dictionaries(st.sampled_from(list(LINE)), json_values, max_size=2),
)
def test_any_despatch_at_all_is_read_or_refused(
    top: dict[str, object], parcel: dict[str, object], line: dict[str, object]
) -> None:
    data = json.loads(json.dumps(DESPATCH | {"parcels": [PARCEL | {"lines": [LINE | line]} | parcel]} | top))
    try:
        assert read(data).despatch_id
    except Unreadable as error:
        assert error.reason
