"""Sends a vendor's documents straight to the simulated Amazon, without a network; what it thinks of them."""

from datetime import datetime

from schemas.amazon_vendor_acknowledgements import write_acknowledgement
from schemas.amazon_vendor_invoices import write_invoice
from schemas.amazon_vendor_shipments import write_notice
from schemas.invoice import Invoice
from schemas.purchase_order import Acknowledgement
from schemas.ship_notice import ShipNotice
from simulators.amazon.reply import Reply
from simulators.amazon.vendor import Vendor
from tests.controls import vendor as made

NOW = made.NINE


def acknowledge(vendor: Vendor, answer: Acknowledgement, at: datetime = NOW) -> Reply:
    return vendor.acknowledge(write_acknowledgement(answer), at)


def notify(vendor: Vendor, notice: ShipNotice, at: datetime = NOW) -> Reply:
    return vendor.confirm_shipments(write_notice(notice), at)


def invoice(vendor: Vendor, document: Invoice, at: datetime = NOW) -> Reply:
    return vendor.submit_invoices(write_invoice(document), at)


def codes(vendor: Vendor) -> list[str]:
    """Of the faults of the last document."""
    return [fault.code for fault in vendor.documents[-1].faults]


def standing(vendor: Vendor, number: str = made.NUMBER, line: str = made.FIRST) -> tuple[int, int, int]:
    """What is accepted, on back order and rejected of a line."""
    order = next(one for one in vendor.orders.values() if one.number == number)
    book = next(book for name, book in order.books.items() if name == line)
    return book.accepted, book.backordered, book.rejected
