"""What the simulated Amazon answers its vendors, held against Amazon's models."""

from datetime import timedelta
from typing import Any

import msgspec

from schemas.purchase_order import PurchaseOrderNumber
from simulators.amazon import vendor_queries as queries
from simulators.amazon.vendor import Arrived, Delivery, Vendor
from simulators.amazon.vendor_books import Change
from tests.controls import vendor as made
from tests.schemas.amazon_models import VENDOR_INVOICES as INVOICES
from tests.schemas.amazon_models import VENDOR_ORDERS as ORDERS
from tests.schemas.amazon_models import VENDOR_SHIPMENTS as SHIPMENTS
from tests.schemas.amazon_models import VENDOR_TRANSACTIONS as TRANSACTIONS
from tests.schemas.amazon_models import faults, needs_models
from tests.simulators.vendor_desk import NOW, acknowledge, invoice, notify

pytestmark = needs_models
WEEK = {"createdAfter": "2026-03-01T00:00:00Z", "createdBefore": "2026-03-07T00:00:00Z"}


def lived() -> Vendor:
    """A vendor with an order answered in parts, changed, and received in part; and one untouched."""
    vendor = Vendor()
    vendor.add_order(made.order(made.order_line(), made.order_line(made.SECOND, made.cases(4), identifiers=made.PAN)))
    vendor.add_order(made.order(number=PurchaseOrderNumber("5Z32PABC")))
    first = made.answer_line(made.accepted(6), made.backordered(3), made.rejected(1))
    acknowledge(vendor, made.answer(first))
    vendor.change_order(made.NUMBER, Change(quantities={made.FIRST: 8}, cancelled=(made.SECOND,)), NOW)
    arrived = Delivery(shipment="X", departed_at=NOW, contents=(Arrived(made.NUMBER, made.FIRST, 2),))
    vendor.deliver(arrived, NOW)
    return vendor


def plain(reply: Any) -> Any:
    return msgspec.json.decode(msgspec.json.encode(reply.body))


def test_pages_of_orders_hold() -> None:
    vendor = lived()
    for more in ({}, {"includeDetails": "false"}, {"limit": "1"}):
        reply = queries.find(vendor.orders.values(), WEEK | more, NOW)
        assert reply.status == 200 and plain(reply)["payload"]["orders"]
        assert faults(ORDERS, "GetPurchaseOrdersResponse", plain(reply)) == []
    one = queries.get(vendor.orders[made.NUMBER], NOW)
    assert faults(ORDERS, "GetPurchaseOrderResponse", plain(one)) == []


def test_statuses_hold() -> None:
    reply = queries.find_statuses(lived().orders.values(), WEEK, NOW + timedelta(hours=1))
    assert len(plain(reply)["payload"]["ordersStatus"]) == 2
    assert faults(ORDERS, "GetPurchaseOrdersStatusResponse", plain(reply)) == []


def test_what_submissions_are_answered_with_holds() -> None:
    vendor = lived()
    taken = acknowledge(vendor, made.answer())
    assert faults(ORDERS, "SubmitAcknowledgementResponse", plain(taken)) == []
    assert faults(SHIPMENTS, "SubmitShipmentConfirmationsResponse", plain(notify(vendor, made.notice()))) == []
    assert faults(INVOICES, "SubmitInvoicesResponse", plain(invoice(vendor, made.invoice()))) == []
    for name in vendor.transactions.begun:
        told = vendor.transactions.told(name, NOW + timedelta(hours=1))
        assert faults(TRANSACTIONS, "GetTransactionResponse", plain(told)) == []


def test_refusals_hold() -> None:
    vendor = lived()
    refused = [
        (ORDERS, "GetPurchaseOrdersResponse", queries.find((), {"createdAfter": "2019-09-2100:00:00"}, NOW)),
        (ORDERS, "GetPurchaseOrderResponse", queries.get(None, NOW)),
        (ORDERS, "SubmitAcknowledgementResponse", vendor.acknowledge(b"{}", NOW)),
        (SHIPMENTS, "SubmitShipmentConfirmationsResponse", vendor.confirm_shipments(b"[", NOW)),
        (INVOICES, "SubmitInvoicesResponse", vendor.submit_invoices(b'{"invoices":[{"invoiceType":"Invoic"}]}', NOW)),
    ]
    for path, definition, reply in refused:
        assert 400 <= reply.status <= 404 and faults(path, "ErrorList", plain(reply)["errors"]) == [], definition
