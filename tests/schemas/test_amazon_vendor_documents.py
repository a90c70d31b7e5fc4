"""Amazon's vendor documents: what is written is read back the same, and what cannot be right is named."""

import json
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings

from schemas import amazon_vendor_acknowledgements as acknowledgements
from schemas import amazon_vendor_invoices as invoices
from schemas import amazon_vendor_invoices_told as invoices_told
from schemas import amazon_vendor_orders as orders
from schemas import amazon_vendor_shipments as shipments
from schemas import amazon_vendor_shipments_told as shipments_told
from schemas import amazon_vendor_statuses as statuses
from schemas.amazon_vendor import RefusedDocument
from schemas.invoice import Charge, Invoice, Tax
from schemas.purchase_order import Acknowledgement, Cost, CountedIn, PurchaseOrder, PurchaseOrderNumber
from schemas.ship_notice import Carton, Pallet, ShipNotice, Weight
from tests.controls import vendor as made
from tests.schemas import vendor_strategies as any_

QUICK = settings(max_examples=25, deadline=None)


def shown(order: PurchaseOrder | None = None) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(msgspec.json.encode(orders.to_amazon(order or made.order())))
    return told


def read(told: dict[str, Any]) -> PurchaseOrder:
    return orders.read_purchase_order(json.dumps(told).encode(), made.ACCOUNT, made.MARKETPLACE)


@QUICK
@given(any_.orders())
def test_any_order_is_read_back_as_it_was_shown(order: PurchaseOrder) -> None:
    assert read(shown(order)) == order


@QUICK
@given(any_.answers())
def test_any_answer_is_read_back_as_it_was_written(answer: Acknowledgement) -> None:
    told = acknowledgements.read_acknowledgements(acknowledgements.write_acknowledgement(answer))
    assert [acknowledgements.from_amazon(one, answer.ordered_at) for one in told] == [answer]


@QUICK
@given(any_.notices())
def test_any_notice_is_read_back_as_it_was_written(notice: ShipNotice) -> None:
    told = shipments.read_notices(shipments.write_notice(notice))
    assert [shipments_told.from_amazon(one) for one in told] == [notice]


@QUICK
@given(any_.invoices())
def test_any_invoice_is_read_back_as_it_was_written(invoice: Invoice) -> None:
    told = invoices.read_invoices(invoices.write_invoice(invoice))
    assert [invoices_told.from_amazon(one, invoice.vendor) for one in told] == [invoice]


@pytest.mark.parametrize(
    ("path", "value", "reason"),
    [
        ("orderDetails/items", [], "it has no lines"),
        ("orderDetails", None, "it has no lines"),
        ("orderDetails/sellingParty", None, "it does not say which vendor code it is for"),
        ("orderDetails/sellingParty/partyId", "", "the id of a party is empty"),
        ("orderDetails/deliveryWindow", "2026-03-06T09:00:00Z-2026-03-11T09:00:00Z", "with -- between them"),
        ("orderDetails/deliveryWindow", "2026-03-06--2026-03-11", "'2026-03-06' is no time"),
        (
            "orderDetails/deliveryWindow",
            "2026-03-06T09:00:00--2026-03-11T09:00:00",
            "the delivery window has no zone",
        ),
        ("orderDetails/deliveryWindow", "2026-03-11T09:00:00Z--2026-03-06T09:00:00Z", "ends before it starts"),
        ("orderDetails/shipWindow", "", "is not a start and an end"),
        ("orderDetails/purchaseOrderDate", "2026-03-02T09:00:00", "the time of the order has no zone"),
        ("orderDetails/purchaseOrderDate", "yesterday", "not as Amazon describes its orders"),
        ("orderDetails/items/0/orderedQuantity", None, "line 1 has no quantity"),
        ("orderDetails/items/0/orderedQuantity/amount", -3, "line 1 has the quantity -3"),
        ("orderDetails/items/0/orderedQuantity/amount", "2.5", "the quantity of line 1 is no whole number"),
        ("orderDetails/items/0/orderedQuantity/amount", 10**9, "which nobody can believe"),
        ("orderDetails/items/0/orderedQuantity/unitOfMeasure", "Pallets", "neither Cases nor Eaches"),
        ("orderDetails/items/0/orderedQuantity/unitOfMeasure", None, "neither Cases nor Eaches"),
        ("orderDetails/items/0/orderedQuantity/unitSize", 0, "the case size 0"),
        ("orderDetails/items/0/netCost/amount", "-1", "a price that nobody can believe"),
        ("orderDetails/items/0/netCost/amount", "NaN", "a price that nobody can believe"),
        ("orderDetails/items/0/netCost/amount", None, "without its amount or its currency"),
        ("orderDetails/items/0/netCost/currencyCode", None, "without its amount or its currency"),
        ("orderDetails/items/0/netCost/currencyCode", "gbp", "without its amount or its currency"),
        ("orderDetails/items/0/netCost/unitOfMeasure", "POUNDS", "priced by weight"),
        ("orderDetails/items/0/itemSequenceNumber", "", "the number of a line is empty"),
        ("purchaseOrderNumber", "A\x00B", "holds a control character"),
    ],
)
def test_an_order_that_contradicts_itself_is_refused_by_name(path: str, value: object, reason: str) -> None:
    told = shown()
    *way, last = path.split("/")
    place: Any = told
    for step in way:
        place = place[int(step) if step.isdigit() else step]
    place[last] = value
    with pytest.raises(RefusedDocument, match=reason.replace("-- ", "-- ")) as refused:
        read(told)
    assert refused.value.number.startswith("4Z32PABC" if path != "purchaseOrderNumber" else "AB")


def test_an_item_that_nothing_names_is_refused() -> None:
    told = shown()
    for name in ("amazonProductIdentifier", "vendorProductIdentifier"):
        del told["orderDetails"]["items"][0][name]
    with pytest.raises(RefusedDocument, match="line 1 has nothing that names the item"):
        read(told)


def test_two_lines_of_one_number_are_refused() -> None:
    told = shown()
    told["orderDetails"]["items"] *= 2
    with pytest.raises(RefusedDocument, match="two of its lines have one number"):
        read(told)


def test_a_field_that_stands_twice_is_refused() -> None:
    body = json.dumps(shown()).replace('"amount": 10', '"amount": 10, "amount": 99').encode()
    with pytest.raises(RefusedDocument, match="names a field twice"):
        orders.read_purchase_order(body, made.ACCOUNT, made.MARKETPLACE)


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"[" * 100_000, b"[]", b"null"])
def test_what_is_no_order_at_all_is_refused(body: bytes) -> None:
    with pytest.raises(RefusedDocument) as refused:
        orders.read_purchase_order(body, made.ACCOUNT, made.MARKETPLACE)
    assert refused.value.number == "" and str(refused.value)


def test_numbers_as_text_units_in_capitals_and_words_that_are_new_are_read() -> None:
    told = shown()
    told["orderDetails"]["items"][0]["orderedQuantity"] = {"amount": "10", "unitOfMeasure": "CASES", "unitSize": "5"}
    told["orderDetails"]["purchaseOrderType"] = "Standing"
    told["purchaseOrderState"], told["somethingNew"] = "Suspended", {"x": 1}
    order = read(told)
    assert (order.lines[0].ordered, order.kind) == (CountedIn(10, "case", 5), "Standing")
    assert (order.state, order.state_word) == ("unknown", "Suspended")


def test_what_amazon_does_not_say_of_an_order_is_not_made_up() -> None:
    told = shown()
    item = told["orderDetails"]["items"][0]
    del item["netCost"], item["isBackOrderAllowed"], item["orderedQuantity"]["unitSize"]
    del told["orderDetails"]["deliveryWindow"], told["purchaseOrderState"]
    order = read(told)
    line = order.lines[0]
    assert (line.net_cost, line.backorder_allowed, line.ordered.unit_size) == (None, False, None)
    assert (order.delivery_window, order.freight, order.state) == (None, "unknown", "unknown")


LINE = made.answer_line(made.accepted(6), made.rejected(4))


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (made.answer_line(ordered=made.each(11)), "10 are answered of 11 ordered"),
        (made.answer_line(ordered=made.each(9)), "10 are answered of 9 ordered"),
        (made.answer_line(net_cost=None), "line 1 needs a net cost above 0"),
        (made.answer_line(net_cost=Cost(Decimal(0), "GBP")), "line 1 needs a net cost above 0"),
        (made.answer_line(net_cost=Cost(Decimal(1), "")), "no amount of a currency"),
        (made.answer_line(ordered=made.cases(10)), "another unit than it was ordered in"),
        (made.answer_line(msgspec.structs.replace(made.rejected(10), reason=None)), "what is rejected has a reason"),
        (made.answer_line(msgspec.structs.replace(made.accepted(10), reason="obsolete")), "nothing else has one"),
        (made.answer_line(made.accepted(10), made.rejected(0)), "a quantity is above 0"),
        (made.answer_line(made.accepted(11), made.accepted(-1)), "a quantity is above 0"),
        (made.answer_line(identifiers=()), "nothing that names the item"),
        (made.answer_line(made.accepted(0)), "there is no line to answer"),
    ],
)
def test_an_answer_that_amazon_would_refuse_is_never_written(line: Any, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        acknowledgements.write_acknowledgement(made.answer(line))


def test_a_line_is_not_answered_twice() -> None:
    with pytest.raises(ValueError, match="a line is answered twice"):
        acknowledgements.write_acknowledgement(made.answer(LINE, LINE))


def test_a_line_of_which_nothing_is_ordered_any_more_is_not_written() -> None:
    gone = made.answer_line(number=made.SECOND, ordered=made.each(0))
    gone = msgspec.structs.replace(gone, answers=())
    body = json.loads(acknowledgements.write_acknowledgement(made.answer(LINE, gone)))
    assert [item["itemSequenceNumber"] for item in body["acknowledgements"][0]["items"]] == ["1"]


def test_a_wrong_unit_is_told_as_temporarily_unavailable_for_amazon_has_no_word_for_it() -> None:
    part = msgspec.structs.replace(made.rejected(10), reason="wrong_unit")
    body = json.loads(acknowledgements.write_acknowledgement(made.answer(made.answer_line(part))))
    said = body["acknowledgements"][0]["items"][0]["itemAcknowledgements"][0]
    assert (said["acknowledgementCode"], said["rejectionReason"]) == ("Rejected", "TemporarilyUnavailable")


@pytest.mark.parametrize("code", ["ACCEPTED", "accepted", "BackOrdered", "Shipped"])
def test_a_code_in_another_case_is_no_answer(code: str) -> None:
    body = acknowledgements.write_acknowledgement(made.answer()).replace(b'"Accepted"', f'"{code}"'.encode())
    (told,) = acknowledgements.read_acknowledgements(body)
    with pytest.raises(ValueError, match=f"line 1 has the code '{code}'"):
        acknowledgements.from_amazon(told, made.NINE)


CARTON = Carton(number=1, sscc=made.sscc(1), items=(made.packed(),))


@pytest.mark.parametrize(
    ("notice", "reason"),
    [
        (made.notice(Carton(number=1, sscc="350123450000000010", items=(made.packed(),))), "is no SSCC"),
        (made.notice(Carton(number=1, sscc="00" + made.sscc(1), items=(made.packed(),))), "is no SSCC"),
        (made.notice(pallets=(Pallet(sscc="", cartons=(1,)),)), "'' is no SSCC"),
        (made.notice(Carton(number=1, items=())), "there is nothing in it"),
        (made.notice(CARTON, Carton(number=2, items=())), "carton 2 is empty"),
        (made.notice(CARTON, CARTON, pallets=()), "a carton has a number of its own"),
        (made.notice(pallets=(Pallet(sscc=made.sscc(9), cartons=(2,)),)), "stands on one pallet"),
        (made.notice(Carton(number=1, items=(made.packed(), made.packed(quantity=made.cases(1))))), "in two units"),
        (made.notice(structure="heap"), "no word for a load of 'heap'"),
        (made.notice(gross_weight=Weight(Decimal(0), "kg")), "the weight is not above 0"),
        (made.notice(shipment=""), "the shipment's identifier is empty"),
    ],
)
def test_a_notice_that_amazon_would_refuse_is_never_written(notice: ShipNotice, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        shipments.write_notice(notice)


def test_a_notice_of_several_orders_counts_its_items_and_says_where_each_belongs() -> None:
    other = made.packed(4, of=PurchaseOrderNumber("5Z32PABC"))
    notice = made.notice(
        Carton(number=1, sscc=made.sscc(1), items=(made.packed(7), other)),
        Carton(number=2, sscc=made.sscc(2), items=(made.packed(3),)),
    )
    told = json.loads(shipments.write_notice(notice))["shipmentConfirmations"][0]
    assert [
        (item["itemSequenceNumber"], item["itemDetails"]["purchaseOrderNumber"], item["shippedQuantity"]["amount"])
        for item in told["shippedItems"]
    ] == [("1", "4Z32PABC", 10), ("2", "5Z32PABC", 4)]
    assert [
        (one["itemReference"], one["itemDetails"]["purchaseOrderNumber"]) for one in told["cartons"][0]["items"]
    ] == [("1", "4Z32PABC"), ("2", "5Z32PABC")]
    assert told["pallets"][0]["cartonReferenceDetails"] == {
        "cartonCount": 2, "cartonReferenceNumbers": ["001", "002"]
    }  # fmt: skip


def test_something_packed_that_refers_to_nothing_is_not_read() -> None:
    body = shipments.write_notice(made.notice()).replace(b'"itemReference":"1"', b'"itemReference":"9"')
    (told,) = shipments.read_notices(body)
    with pytest.raises(ValueError, match="refers to item '9', which is not there"):
        shipments_told.from_amazon(told)


@pytest.mark.parametrize(
    ("invoice", "reason"),
    [
        (made.invoice(made.invoice_line(), made.invoice_line()), "each by a number of its own"),
        (made.invoice(made.invoice_line(sequence=0)), "numbered from 1"),
        (made.invoice(made.invoice_line(0)), "the total is above 0"),
        (made.invoice(currency="EUR"), "a line is in another currency"),
        (made.invoice(made.invoice_line(purchase_order="")), "which purchase order it is of"),
        (made.invoice(kind="credit_note"), "does not say what it answers"),
        (made.invoice(kind="credit_note", credits="R1", credits_what="return"), "when the goods came back"),
        (made.invoice(charges=(Charge(charge=True, reason="other", amount=Decimal(1)),)), "a charge for 'other'"),
        (made.invoice(charges=(Charge(charge=False, reason="freight", amount=Decimal(1)),)), "an allowance for"),
        (made.invoice(charges=(Charge(charge=True, reason="freight", amount=Decimal(-1)),)), "so are charges"),
        (
            made.invoice(taxes=(Tax(kind="vat", rate=Decimal(20), taxable=Decimal(1), amount=Decimal(1)),)),
            "no word for the tax 'vat'",
        ),
    ],
)
def test_an_invoice_that_amazon_would_refuse_is_never_written(invoice: Invoice, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        invoices.write_invoice(invoice)


def test_money_is_written_without_an_exponent() -> None:
    body = json.loads(invoices.write_invoice(made.invoice(total=Decimal("1E+2"))))
    assert body["invoices"][0]["invoiceTotal"] == {"currencyCode": "GBP", "amount": "100"}


def a_status(**line: object) -> dict[str, Any]:
    counted = {"amount": 4, "unitOfMeasure": "Cases", "unitSize": 6}
    said: dict[str, Any] = {
        "itemSequenceNumber": "1", "orderedQuantity": {"orderedQuantity": counted},
        "acknowledgementStatus": {"confirmationStatus": "ACCEPTED", "acceptedQuantity": counted},
    }  # fmt: skip
    return {
        "purchaseOrderNumber": "4Z32PABC", "purchaseOrderStatus": "OPEN", "purchaseOrderDate": "2026-03-02T09:00:00Z",
        "itemStatus": [said | line],
    }  # fmt: skip


def test_what_was_received_in_another_unit_is_counted_in_that_of_the_order() -> None:
    received = {"receivedQuantity": {"amount": 12, "unitOfMeasure": "Eaches", "unitSize": 1}}
    status = statuses.read_status(json.dumps(a_status(receivingStatus=received)).encode())
    assert (status.lines[0].accepted, status.lines[0].received) == (4, 2)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ({"receivingStatus": {"receivedQuantity": {"amount": 13, "unitOfMeasure": "Eaches"}}}, "no whole number"),
        ({"acknowledgementStatus": {"confirmationStatus": "accepted"}}, "stands as 'accepted', which means nothing"),
        ({"acknowledgementStatus": {}}, "stands as '', which means nothing"),
        ({"orderedQuantity": {}}, "line 1 has no quantity"),
    ],
)
def test_a_status_that_cannot_be_right_is_refused_by_name(line: dict[str, Any], reason: str) -> None:
    with pytest.raises(RefusedDocument, match=reason) as refused:
        statuses.read_status(json.dumps(a_status(**line)).encode())
    assert refused.value.number == "4Z32PABC"
