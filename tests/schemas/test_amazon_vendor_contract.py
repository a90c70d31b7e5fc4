"""What we write to Amazon's vendor APIs, held against its models; and its sandbox's own pairs, read."""

import json
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from schemas import amazon
from schemas import amazon_vendor_acknowledgements as acknowledgements
from schemas import amazon_vendor_invoices as invoices
from schemas import amazon_vendor_orders as orders
from schemas import amazon_vendor_shipments as shipments
from schemas import amazon_vendor_statuses as statuses
from schemas import amazon_vendor_transactions as transactions
from schemas.amazon_vendor import read_submitted
from schemas.invoice import Charge, Terms
from schemas.purchase_order import CountedIn, PurchaseOrderNumber
from schemas.ship_notice import Carton
from tests.controls import vendor as made
from tests.schemas.amazon_models import VENDOR_INVOICES as INVOICES
from tests.schemas.amazon_models import VENDOR_ORDERS as ORDERS
from tests.schemas.amazon_models import VENDOR_SHIPMENTS as SHIPMENTS
from tests.schemas.amazon_models import VENDOR_TRANSACTIONS as TRANSACTIONS
from tests.schemas.amazon_models import faults, model, needs_models, sandbox_pairs

pytestmark = needs_models

OLD_PAIRS = "x-amazon-spds-sandbox-behaviors"


def old_pairs(path: str, url: str, method: str, status: str) -> list[dict[str, Any]]:
    pairs: list[dict[str, Any]] = model(path)["paths"][url][method]["responses"][status][OLD_PAIRS]
    return pairs


def test_an_acknowledgement_of_every_kind_of_answer_holds() -> None:
    split = made.answer_line(made.accepted(6), made.backordered(3), made.rejected(1))
    cased = CountedIn(4, "case", 6)
    whole = made.answer_line(
        msgspec.structs.replace(made.accepted(1), quantity=cased), number=made.SECOND, ordered=cased
    )
    body = json.loads(acknowledgements.write_acknowledgement(made.answer(split, whole)))
    assert faults(ORDERS, "SubmitAcknowledgementRequest", body) == []
    assert [item["itemSequenceNumber"] for item in body["acknowledgements"][0]["items"]] == ["1", "2"]


@pytest.mark.parametrize(
    "notice",
    [
        made.notice(retailer_reference="ARN1", carrier_scac="DPDU", pro_number="P1", seal="S1", volume_m3=Decimal(2)),
        made.notice(kind="replace"),
        made.notice(mode="small_parcel", structure="", pallets=(), bill_of_lading=""),
        made.notice(
            Carton(number=1, sscc=made.sscc(1), items=(made.packed(lot="L1", expiry=made.a_day(90)),)),
            Carton(number=2, sscc=made.sscc(2), items=(made.packed(of=PurchaseOrderNumber("5Z32PABC")),)),
        ),
    ],
    ids=["everything", "replaced", "parcel", "of two orders"],
)  # fmt: skip
def test_a_ship_notice_holds(notice: Any) -> None:
    body = json.loads(shipments.write_notice(notice))
    assert faults(SHIPMENTS, "SubmitShipmentConfirmationsRequest", body) == []
    assert body["shipmentConfirmations"][0]["shippedItems"]


@pytest.mark.parametrize(
    "invoice",
    [
        made.invoice(),
        made.invoice(
            terms=Terms(net_days=60, discount=Decimal("2.5"), discount_days=30),
            charges=(
                Charge(charge=True, reason="freight", amount=Decimal(5)),
                Charge(charge=False, reason="discount", amount=Decimal(3)),
            ),
        ),
        made.invoice(kind="credit_note", credits="INV-0001"),
        made.invoice(kind="credit_note", credits="R-17", credits_what="return", returned_on=made.a_day()),
    ],
    ids=["invoice", "with terms and charges", "credit note", "credit note of a return"],
)
def test_an_invoice_and_a_credit_note_hold(invoice: Any) -> None:
    body = json.loads(invoices.write_invoice(invoice))
    assert faults(INVOICES, "SubmitInvoicesRequest", body) == []
    assert body["invoices"][0]["items"][0]["itemSequenceNumber"] == 1


def test_a_purchase_order_as_we_would_show_it_holds() -> None:
    cancelled = made.order_line(made.SECOND, made.each(0), cancelled=True, identifiers=made.PAN)
    shown = json.loads(msgspec.json.encode(orders.to_amazon(made.order(made.order_line(), cancelled))))
    assert faults(ORDERS, "Order", shown) == []


def test_the_judge_refuses_a_sequence_that_is_text() -> None:
    body = json.loads(invoices.write_invoice(made.invoice()))
    body["invoices"][0]["items"][0]["itemSequenceNumber"] = "1"
    assert len(faults(INVOICES, "SubmitInvoicesRequest", body)) == 1


def read_orders(pair: dict[str, Any]) -> orders.PurchaseOrderPage:
    return orders.read_page(msgspec.json.encode(pair["response"]), made.ACCOUNT, made.MARKETPLACE)


def test_the_sandboxes_pages_of_purchase_orders_are_read() -> None:
    pages = [read_orders(pair) for pair in sandbox_pairs(ORDERS, "getPurchaseOrders", "200")]
    assert [len(page.orders) for page in pages] == [1, 0, 2, 1, 1, 2, 1]
    assert {one.number: one.reason for page in pages for one in page.refused} == {
        "2JK3S9XY": "it has no lines",
        "3TRD2ABC": "it has no lines",
        "3TRD2IAB": "line 1 is priced by weight, of which we have no cost of an ordered unit",
        "mock-purchaseOrderNumber2": "line 00001 is priced by weight, of which we have no cost of an ordered unit",
    }
    assert [page.next_token for page in pages][:2] == ["MDAwMDAwMDAwMQ==", ""]


def test_the_sandboxes_cancelled_line_is_one_here() -> None:
    pair = sandbox_pairs(ORDERS, "getPurchaseOrders", "200")[3]
    assert [(line.number, line.cancelled) for line in read_orders(pair).orders[0].lines] == [
        ("1", True),
        ("2", False),
    ]


def test_the_sandboxes_single_purchase_orders_are_read() -> None:
    bodies = [msgspec.json.encode(pair["response"]) for pair in sandbox_pairs(ORDERS, "getPurchaseOrder", "200")]
    read = [orders.read_purchase_order(orders.order_in(body), made.ACCOUNT, made.MARKETPLACE) for body in bodies]
    assert [(one.number, one.state, len(one.lines)) for one in read] == [
        ("4Z32PABC", "closed", 3),
        ("mock-purchaseOrderNumber", "unknown", 3),
    ]


def test_the_sandboxes_statuses_are_read() -> None:
    bodies = [
        msgspec.json.encode(pair["response"]) for pair in sandbox_pairs(ORDERS, "getPurchaseOrdersStatus", "200")
    ]
    pages = [statuses.read_page(body) for body in bodies]
    assert [page.refused for page in pages] == [(), (), (), ()]
    found = {one.number: one for page in pages for one in page.statuses}
    first = found[PurchaseOrderNumber("2JK3S9VB")].lines[0]
    assert (first.standing, first.accepted, first.received) == ("accepted", 1, 1)
    cut = found[PurchaseOrderNumber("TestPO1")].lines[0]
    assert (cut.standing, cut.ordered.amount, cut.cancelled) == ("unconfirmed", 100, 50)


@pytest.mark.parametrize(
    "operation", ["getPurchaseOrders", "getPurchaseOrder", "submitAcknowledgement", "getPurchaseOrdersStatus"]
)
def test_the_sandboxes_errors_are_read(operation: str) -> None:
    pairs = sandbox_pairs(ORDERS, operation, "400")
    read = [amazon.read_errors(msgspec.json.encode(pair["response"])) for pair in pairs]
    assert read and all(errors and amazon.told(errors) for errors in read)


@pytest.mark.parametrize(
    ("path", "operation"),
    [(ORDERS, "submitAcknowledgement"), (SHIPMENTS, "SubmitShipmentConfirmations"), (INVOICES, "submitInvoices")],
)
def test_the_sandboxes_answers_to_a_submission_name_its_transaction(path: str, operation: str) -> None:
    pairs = sandbox_pairs(path, operation, "202")
    assert pairs
    for pair in pairs:
        body = msgspec.json.encode(pair["response"])
        assert read_submitted(body) == pair["response"]["payload"]["transactionId"]


def test_the_sandboxes_submissions_are_read() -> None:
    said = sandbox_pairs(ORDERS, "submitAcknowledgement", "202")[0]["request"]["parameters"]["body"]["value"]
    assert (
        acknowledgements.read_acknowledgements(msgspec.json.encode(said))[0].purchase_order_number == "TestOrder202"
    )
    said = sandbox_pairs(SHIPMENTS, "SubmitShipmentConfirmations", "202")[0]["request"]["parameters"]["body"]["value"]
    assert len(shipments.read_notices(msgspec.json.encode(said))[0].shipped_items) == 2
    said = sandbox_pairs(INVOICES, "submitInvoices", "202")[0]["request"]["parameters"]["body"]["value"]
    assert invoices.read_invoices(msgspec.json.encode(said))[0].id == "TestInvoice202"


def test_the_sandboxes_transactions_are_read() -> None:
    url = "/vendor/transactions/v1/transactions/{transactionId}"
    bodies = [msgspec.json.encode(pair["response"]) for pair in old_pairs(TRANSACTIONS, url, "get", "200")]
    read = [transactions.read_transaction(body) for body in bodies]
    assert [one.standing for one in read] == ["processing", "failure", "processing"]
    assert [(one.code, one.message) for one in read[1].reasons] == [("INVALID_ORDER_ID", "Invalid order ID.")]
    refused = old_pairs(TRANSACTIONS, url, "get", "400")[0]["response"]
    assert amazon.told(amazon.read_errors(msgspec.json.encode(refused)))
