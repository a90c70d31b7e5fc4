"""Amazon's words and ours, message by message, against files that a person has read."""

import json
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import msgspec
import pytest

from schemas import amazon, amazon_listings, amazon_orders
from schemas.amazon import AmazonError, read_errors, told
from schemas.amazon_orders import DespatchedLine, DespatchedParcel
from schemas.terms import LineReference, Marketplace, PackageReference

GOLDEN = Path(__file__).parent / "golden"
UK = Marketplace("A1F83G8C2ARO7P")


def _golden(name: str) -> bytes:
    return (GOLDEN / f"{name}.json").read_bytes()


def _parcel(**changes: object) -> DespatchedParcel:
    parcel = DespatchedParcel(
        marketplace=UK,
        reference=PackageReference("17"),
        carrier="DPD",
        service="DPD Next Day",
        tracking_number="15501234567890",
        despatched_at=datetime(2026, 11, 20, 14, 5, 9, 731_000, tzinfo=UTC),
        lines=(
            DespatchedLine(LineReference("00079039765272157"), 2),
            DespatchedLine(LineReference("79039765272158"), 1),
        ),
    )
    return msgspec.structs.replace(parcel, **changes)


@pytest.mark.parametrize(
    ("name", "patch"),
    [
        ("amazon_patch_listing", amazon_listings.to_amazon("PRODUCT", 42)),
        ("amazon_patch_listing_with_lead_time", amazon_listings.to_amazon("KITCHEN", 0, 3)),
    ],
)
def test_a_quantity_is_told_by_merge(name: str, patch: amazon_listings.ListingPatch) -> None:
    assert json.loads(amazon_listings.write_patch(patch)) == json.loads(_golden(name))


def test_a_parcel_is_told_with_its_reference_as_a_string_and_its_lines_exact() -> None:
    written = amazon_orders.write_confirmation(amazon_orders.to_amazon(_parcel()))
    assert json.loads(written) == json.loads(_golden("amazon_confirm_shipment"))


def test_a_carrier_that_amazon_does_not_list_goes_by_its_name() -> None:
    parcel = _parcel(
        reference=PackageReference("18"),
        carrier="Other",
        carrier_name="Moor & Fell Couriers",
        service=None,
        tracking_number="MF-1",
        lines=(DespatchedLine(LineReference("79039765272158"), 1),),
    )
    written = amazon_orders.write_confirmation(amazon_orders.to_amazon(parcel))
    assert json.loads(written) == json.loads(_golden("amazon_confirm_shipment_unlisted_carrier"))


def test_a_despatch_time_goes_out_in_utc() -> None:
    local = datetime(2026, 11, 20, 15, 5, 9, tzinfo=timezone(timedelta(hours=1)))
    written = amazon_orders.write_confirmation(amazon_orders.to_amazon(_parcel(despatched_at=local)))
    assert json.loads(written)["packageDetail"]["shipDate"] == "2026-11-20T14:05:09Z"


@pytest.mark.parametrize("name", ["amazon_confirm_shipment", "amazon_confirm_shipment_unlisted_carrier"])
def test_a_stored_confirmation_is_written_again_as_it_was(name: str) -> None:
    stored = amazon_orders.read_confirmation(_golden(name))
    assert json.loads(amazon_orders.write_confirmation(stored)) == json.loads(_golden(name))


def test_the_live_quantity_is_that_of_stock_we_ship_ourselves() -> None:
    assert amazon_listings.from_amazon(amazon_listings.read_listing(_golden("amazon_listing"))) == 12


@pytest.mark.parametrize(
    "body",
    [
        b'{"sku":"K"}',
        b'{"sku":"K","fulfillmentAvailability":null}',
        b'{"sku":"K","fulfillmentAvailability":[]}',
        b'{"sku":"K","fulfillmentAvailability":[{"fulfillmentChannelCode":"DEFAULT"}]}',
        b'{"sku":"K","fulfillmentAvailability":[{"fulfillmentChannelCode":"AMAZON_EU","quantity":4}]}',
    ],
)
def test_a_listing_that_shows_no_stock_of_ours_has_no_live_quantity(body: bytes) -> None:
    assert amazon_listings.from_amazon(amazon_listings.read_listing(body)) is None


@pytest.mark.parametrize("quantity", ["-1", "1000000001", "99999999999999999999999", "1e3", "3.0", "true", '"3"'])
def test_a_live_quantity_that_cannot_be_is_no_answer(quantity: str) -> None:
    """Beyond what the books can hold it would break every reading beside it."""
    row = f'{{"fulfillmentChannelCode":"DEFAULT","quantity":{quantity}}}'
    with pytest.raises(msgspec.DecodeError):
        amazon_listings.read_listing(f'{{"sku":"K","fulfillmentAvailability":[{row}]}}'.encode())


def test_what_no_book_can_hold_is_left_out_of_amazons_text() -> None:
    issue = amazon_listings.Issue(code="1", message="a\x00b")
    assert amazon_listings.told((issue,)) == "1: ab"
    assert told(read_errors(b'{"errors":[{"code":"X","message":"no\\u0000thing"}]}')) == "X: nothing"


def test_an_order_is_read_with_its_lines_and_parcels() -> None:
    order = amazon_orders.from_amazon(amazon_orders.read_order(_golden("amazon_order")))
    assert (order.order_id, order.marketplace, order.status) == ("202-1234567-8901234", UK, "PARTIALLY_SHIPPED")
    assert order.ships_itself and not order.is_ship_plus
    assert [(line.line_reference, line.seller_sku, line.ordered, line.fulfilled) for line in order.lines] == [
        ("79039765272157", "00-Kettle/1", 3, 1),
        ("79039765272158", None, 1, None),
    ]
    parcel = order.parcel(PackageReference("17"))
    assert parcel is not None
    assert (parcel.carrier, parcel.service, parcel.tracking_number) == ("DPD", "", "15501234567890")
    assert parcel.lines == (DespatchedLine(LineReference("79039765272157"), 1),)
    assert order.parcel(PackageReference("18")) is None


@pytest.mark.parametrize(
    ("status", "text", "word"),
    [
        (400, "errorMetric=PackageToUpdateNotFound, packageIndex=null", "package_not_found"),
        (400, "PackageReferenceId: is invalid", "invalid_package_reference"),
        (400, "fields with invalid type [packageDetail.packageReferenceId].", "invalid_package_reference"),
        (400, "shipDate is not ISO 8601", "invalid_date"),
        (400, "Not for Ship+ orders", "ship_plus"),
        (400, "carrierCode is unknown", "invalid_carrier"),
        (400, "Invalid Input", "invalid_input"),
        (404, "whatever", "order_not_found"),
    ],
)
def test_a_refused_confirmation_has_a_word(status: int, text: str, word: str) -> None:
    assert amazon_orders.name_refusal(status, (AmazonError("InvalidInput", text),)) == word


def test_a_refusal_that_nobody_foresaw_is_just_refused() -> None:
    assert amazon_orders.name_refusal(409, (AmazonError("Conflict", "something new"),)) == "refused"
    assert amazon_orders.name_refusal(400, ()) == "refused"


def test_a_token_shows_neither_itself_nor_its_value() -> None:
    token = amazon.read_token(b'{"access_token":"Atza|s3cret","expires_in":3600,"token_type":"bearer"}')
    assert token is not None and token.expires_in == 3600
    assert "s3cret" not in repr(token) + str(token)


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"\xff", b'{"errors":[{"code":5}]}'])
def test_an_error_that_is_not_amazons_is_no_error_of_ours(body: bytes) -> None:
    assert amazon.read_errors(body) == ()
    assert amazon.read_token(body) is None


def test_the_stock_that_an_account_writes_is_the_one_that_is_told_and_read() -> None:
    patch = amazon_listings.to_amazon("PRODUCT", 3, stock_name="WAREHOUSE-2")
    assert [value.fulfillment_channel_code for value in patch.patches[0].value] == ["WAREHOUSE-2"]
    shown = (amazon_listings.LiveAvailability("DEFAULT", 9), amazon_listings.LiveAvailability("WAREHOUSE-2", 3))
    assert amazon_listings.from_amazon(amazon_listings.Listing("POT", shown), "WAREHOUSE-2") == 3
    assert amazon_listings.from_amazon(amazon_listings.Listing("POT", shown)) == 9
