"""What the simulated Amazon makes of advance ship notices, and of what really arrives."""

from collections.abc import Callable
from datetime import timedelta

import msgspec
import pytest

from schemas.amazon_vendor_shipments import write_notice
from schemas.purchase_order import Party, PurchaseOrderNumber, Window
from schemas.ship_notice import Carton, Pallet, ShipNotice
from simulators.amazon.vendor import Arrived, Delivery, Vendor
from simulators.amazon.vendor_transactions import VendorPlan
from tests.controls import vendor as made
from tests.simulators.vendor_desk import NOW, acknowledge, codes, notify

DAY = timedelta(days=1)
OTHER = PurchaseOrderNumber("5Z32PABC")


@pytest.fixture
def vendor() -> Vendor:
    """An order of ten, of which eight are accepted."""
    vendor = Vendor()
    vendor.add_order(made.order())
    acknowledge(vendor, made.answer(made.answer_line(made.accepted(6), made.backordered(2), made.rejected(2))))
    return vendor


def a_carton(amount: int = 8, number: int = 1, serial: int = 1, **more: object) -> Carton:
    return Carton(number=number, sscc=made.sscc(serial), items=(made.packed(amount, **more),))  # type: ignore[arg-type]


def notice(*cartons: Carton, **more: object) -> ShipNotice:
    return made.notice(*(cartons or (a_carton(),)), **more)


def parcel(amount: int = 8, tracking: str = "1Z1", **more: object) -> ShipNotice:
    carton = msgspec.structs.replace(a_carton(amount), tracking_number=tracking)
    said: dict[str, object] = {"mode": "small_parcel", "structure": "", "pallets": (), "bill_of_lading": ""}
    return made.notice(carton, **(said | more))


def kinds(vendor: Vendor) -> list[str]:
    return [one.kind for one in vendor.chargebacks]


def test_a_notice_of_all_that_was_promised_is_taken(vendor: Vendor) -> None:
    notify(vendor, notice())
    assert codes(vendor) == [] and vendor.notices.shipped[made.NUMBER, made.FIRST] == 8


def test_a_parcel_needs_no_bill_of_lading_but_its_tracking_number(vendor: Vendor) -> None:
    notify(vendor, parcel())
    assert codes(vendor) == []


Wrong = Callable[[], ShipNotice]


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        (lambda: notice(a_carton(9)), "INVALID_QUANTITY"),
        (lambda: notice(a_carton(line="7", identifiers=made.PAN)), "INVALID_ORDER_ID"),
        (lambda: notice(a_carton(of=PurchaseOrderNumber("NOBODY00"))), "INVALID_ORDER_ID"),
        (lambda: notice(a_carton(quantity=made.cases(8))), "INVALID_UNIT"),
        (lambda: notice(bill_of_lading=""), "MISSING_FIELD"),
        (lambda: notice(bill_of_lading="1234567"), "MISSING_FIELD"),
        (lambda: notice(bill_of_lading="20260302"), "MISSING_FIELD"),
        (lambda: notice(bill_of_lading="2026-03-02T09:00"), "MISSING_FIELD"),
        (lambda: notice(shipped_at=None), "MISSING_FIELD"),
        (lambda: notice(deliver_at=None), "MISSING_FIELD"),
        (lambda: notice(ship_from=Party(party_id="ACMEWH")), "MISSING_FIELD"),
        (lambda: notice(shipped_at=NOW + timedelta(minutes=1)), "INVALID_DATE"),
        (lambda: notice(shipped_at=NOW - 8 * DAY), "INVALID_DATE"),
        (lambda: notice(deliver_at=NOW - DAY), "INVALID_DATE"),
        (lambda: notice(ship_to=Party(party_id="BHX4")), "INVALID_PARTY"),
        (lambda: notice(vendor=Party(party_id="OTHER")), "INVALID_PARTY"),
        (lambda: notice(kind="replace"), "UNKNOWN_SHIPMENT"),
        (lambda: parcel(tracking=""), "MISSING_FIELD"),
        (lambda: notice(a_carton(4), a_carton(4, 2, 1)), "INVALID_SSCC"),
        (lambda: notice(a_carton(4), a_carton(4, 2, 100)), "INVALID_SSCC"),
        (lambda: parcel().__replace__(cartons=(a_carton(4), a_carton(4, 2, 2))), "MISSING_FIELD"),
    ],
)  # fmt: skip
def test_a_wrong_notice_is_taken_and_never_takes_effect(vendor: Vendor, wrong: Wrong, code: str) -> None:
    assert notify(vendor, wrong()).status == 202
    assert code in codes(vendor) and vendor.notices.by_shipment == {}


@pytest.mark.parametrize("number", ["350123450000000010", "35012345000000001", "0035012345000000001"])
def test_a_wrong_sscc_is_found(vendor: Vendor, number: str) -> None:
    body = write_notice(notice()).replace(made.sscc(1).encode(), number.encode())
    vendor.confirm_shipments(body, NOW)
    assert codes(vendor) == ["INVALID_SSCC"]


def test_an_sscc_with_the_barcode_s_identifier_is_taken(vendor: Vendor) -> None:
    body = write_notice(notice()).replace(made.sscc(1).encode(), b"00" + made.sscc(1).encode())
    vendor.confirm_shipments(body, NOW)
    assert codes(vendor) == []


def test_an_sscc_is_not_used_again_within_a_year(vendor: Vendor) -> None:
    notify(vendor, notice(a_carton(2)))
    second = notice(a_carton(2), shipment="SHIP-0002", pallets=(Pallet(sscc=made.sscc(101), cartons=(1,)),))
    notify(vendor, second)
    assert codes(vendor) == ["DUPLICATE_SSCC"]
    a_year_on = NOW + 366 * DAY
    notify(vendor, msgspec.structs.replace(second, shipped_at=a_year_on, deliver_at=a_year_on), a_year_on)
    assert codes(vendor) == []


def test_a_shipment_s_name_is_not_used_again_within_a_year(vendor: Vendor) -> None:
    notify(vendor, notice(a_carton(2)))
    notify(vendor, notice(a_carton(2)))
    assert codes(vendor) == ["DUPLICATE_SHIPMENT"]
    assert vendor.notices.shipped[made.NUMBER, made.FIRST] == 2


def test_together_notices_are_never_of_more_than_was_promised(vendor: Vendor) -> None:
    notify(vendor, notice(a_carton(5)))
    second = notice(a_carton(4, 1, 2), shipment="SHIP-0002", pallets=(Pallet(sscc=made.sscc(101), cartons=(1,)),))
    notify(vendor, second)
    assert codes(vendor) == ["INVALID_QUANTITY"]


def test_a_replacement_overwrites_all_of_it_and_can_only_be_less(vendor: Vendor) -> None:
    notify(vendor, notice())
    notify(vendor, notice(a_carton(5), kind="replace"), NOW + timedelta(hours=1))
    assert codes(vendor) == [] and vendor.notices.shipped[made.NUMBER, made.FIRST] == 5
    notify(vendor, notice(a_carton(6), kind="replace"), NOW + timedelta(hours=2))
    assert codes(vendor) == ["INVALID_QUANTITY"]
    notify(vendor, notice(a_carton(2), a_carton(2, 2, 2), kind="replace"), NOW + timedelta(hours=2))
    assert codes(vendor) == ["INVALID_QUANTITY"], "more cartons than before"
    assert vendor.notices.by_shipment["SHIP-0001"].first_at == NOW


def test_a_replacement_comes_within_seven_days_and_before_arrival(vendor: Vendor) -> None:
    notify(vendor, notice())
    late = NOW + 7 * DAY + timedelta(minutes=1)
    notify(vendor, notice(a_carton(5), kind="replace", shipped_at=late, deliver_at=late), late)
    assert codes(vendor) == ["TOO_LATE"]
    vendor.deliver(Delivery(shipment="SHIP-0001", departed_at=NOW, contents=()), NOW)
    notify(vendor, notice(a_carton(5), kind="replace"), NOW)
    assert codes(vendor) == ["TOO_LATE"]


def test_a_bill_of_lading_is_one_shipment_s_but_its_parts_may_share_it(vendor: Vendor) -> None:
    notify(vendor, notice(a_carton(2)))
    part = notice(a_carton(2, 1, 2), shipment="SHIP-0002", pallets=(Pallet(sscc=made.sscc(101), cartons=(1,)),))
    notify(vendor, part)
    assert codes(vendor) == []
    vendor.deliver(Delivery(shipment="SHIP-0001", departed_at=NOW, contents=()), NOW)
    again = msgspec.structs.replace(
        part, shipment="SHIP-0003", cartons=(a_carton(1, 1, 3),), pallets=(Pallet(sscc=made.sscc(102), cartons=(1,)),)
    )
    notify(vendor, again)
    assert codes(vendor) == ["DUPLICATE_BOL"]


def test_freight_that_amazon_pays_needs_its_reference() -> None:
    vendor = Vendor()
    vendor.add_order(made.order(delivery_window=None, ship_window=Window(NOW, NOW + DAY)))
    acknowledge(vendor, made.answer())
    notify(vendor, notice())
    assert codes(vendor) == ["MISSING_FIELD"]
    notify(vendor, notice(retailer_reference="ARN123"))
    assert codes(vendor) == []


def test_north_america_wants_the_carrier_s_code_its_number_and_an_sscc_on_every_carton(vendor: Vendor) -> None:
    vendor.transactions.plan = VendorPlan(region="NA")
    bare = msgspec.structs.replace(a_carton(), sscc="")
    notify(vendor, notice(bare))
    assert codes(vendor) == ["MISSING_FIELD", "MISSING_SSCC"]
    assert "carrierScac, carrierShipmentReferenceNumber" in vendor.documents[-1].faults[0].message
    notify(vendor, notice(carrier_scac="DPDU", pro_number="P1"))
    assert codes(vendor) == []


def test_what_is_packed_is_what_is_listed(vendor: Vendor) -> None:
    body = msgspec.json.decode(write_notice(notice()))
    body["shipmentConfirmations"][0]["shippedItems"][0]["shippedQuantity"]["amount"] = 7
    vendor.confirm_shipments(msgspec.json.encode(body), NOW)
    assert codes(vendor) == ["INVALID_QUANTITY"]


def test_several_orders_travel_on_one_pallet(vendor: Vendor) -> None:
    vendor.add_order(made.order(number=OTHER))
    acknowledge(vendor, made.answer(number=OTHER))
    carton = Carton(number=1, sscc=made.sscc(1), items=(made.packed(8), made.packed(10, of=OTHER)))
    notify(vendor, notice(carton))
    assert codes(vendor) == [] and vendor.notices.by_shipment["SHIP-0001"].contents == {
        (made.NUMBER, made.FIRST): 8, (OTHER, made.FIRST): 10,
    }  # fmt: skip


def test_two_notices_of_one_request_are_judged_one_after_the_other(vendor: Vendor) -> None:
    second = notice(a_carton(8, 1, 2), shipment="SHIP-0002", pallets=(Pallet(sscc=made.sscc(101), cartons=(1,)),))
    told = [msgspec.json.decode(write_notice(one))["shipmentConfirmations"][0] for one in (notice(), second)]
    vendor.confirm_shipments(msgspec.json.encode({"shipmentConfirmations": told}), NOW)
    assert [document.took_effect for document in vendor.documents[1:]] == [True, False]


@pytest.mark.parametrize("kind", [b"original", b"REPLACE", b"New"])
def test_a_word_that_the_model_does_not_have_is_refused_at_once(vendor: Vendor, kind: bytes) -> None:
    body = write_notice(notice()).replace(b'"Original"', b'"' + kind + b'"')
    assert vendor.confirm_shipments(body, NOW).status == 400


def test_success_is_told_of_a_notice_unless_it_is_stuck(vendor: Vendor) -> None:
    notify(vendor, notice(a_carton(2)))
    vendor.transactions.plan = VendorPlan(stuck=1.0)
    second = notice(a_carton(2, 1, 2), shipment="SHIP-0002", pallets=(Pallet(sscc=made.sscc(101), cartons=(1,)),))
    notify(vendor, second)
    told = [str(vendor.transactions.told(name, NOW + DAY).body) for name in list(vendor.transactions.begun)[-2:]]
    assert "Success" in told[0] and "Processing" in told[1]
    assert len(vendor.notices.by_shipment) == 2


def delivery(amount: int = 8, shipment: str = "SHIP-0001", **more: object) -> Delivery:
    said: dict[str, object] = {"departed_at": NOW - timedelta(minutes=20)}
    contents = (Arrived(made.NUMBER, made.FIRST, amount),)
    return Delivery(shipment=shipment, contents=contents, **(said | more))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("arrives", "charged"),
    [
        (delivery(), []),
        (delivery(7), ["wrong_notice"]),
        (delivery(shipment="UNTOLD"), ["missing_notice"]),
        (delivery(departed_at=NOW - timedelta(minutes=31)), ["late_notice"]),
        (delivery(appointment_at=NOW + timedelta(hours=7)), []),
        (delivery(appointment_at=NOW + timedelta(hours=5)), ["late_notice"]),
        (delivery(slot_asked_at=NOW - timedelta(minutes=1)), ["late_notice"]),
        (delivery(parcel=True), ["late_notice"]),
        (delivery(parcel=True, departed_at=NOW + timedelta(minutes=1)), []),
    ],
)
def test_what_arrives_is_held_against_its_notice(vendor: Vendor, arrives: Delivery, charged: list[str]) -> None:
    notify(vendor, notice())
    vendor.deliver(arrives, NOW + DAY)
    assert kinds(vendor) == charged


def test_a_replaced_notice_counts_from_when_it_was_first_told(vendor: Vendor) -> None:
    notify(vendor, notice())
    notify(vendor, notice(a_carton(5), kind="replace"), NOW + timedelta(hours=3))
    vendor.deliver(delivery(5), NOW + DAY)
    assert kinds(vendor) == []


def test_what_was_promised_and_has_not_come_when_its_window_ends_is_charged(vendor: Vendor) -> None:
    notify(vendor, notice(a_carton(5)))
    vendor.deliver(delivery(5), NOW + DAY)
    vendor.settle(NOW + 10 * DAY)
    assert kinds(vendor) == []
    vendor.settle(NOW + 10 * DAY + timedelta(minutes=1))
    vendor.settle(NOW + 20 * DAY)
    assert [(one.kind, one.quantity) for one in vendor.chargebacks] == [("acknowledged_not_supplied", 3)]


def test_an_order_closes_once_all_that_was_promised_has_come(vendor: Vendor) -> None:
    notify(vendor, notice())
    vendor.deliver(delivery(5), NOW + DAY)
    assert vendor.orders[made.NUMBER].order.state == "acknowledged"
    vendor.deliver(delivery(3), NOW + DAY)
    assert vendor.orders[made.NUMBER].order.state == "closed"
