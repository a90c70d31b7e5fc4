"""Amazon's vendor operations: purchase orders in; acknowledgements, ship notices and invoices out.

What is submitted is only taken: Done is the id of a transaction, which says less than what becomes of it
(schemas/amazon_vendor_transactions.py). One document a request, so that each has a transaction of its own.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Literal, TypeAlias, TypeVar

import aiohttp

from daemon.clock import Clock
from daemon.links.amazon import PATIENCE, AmazonLink, segment
from daemon.links.amazon_answers import failed_write, made, reading, request_id
from daemon.links.answer import Answer, Done, Reading, Unavailable
from daemon.links.exchange import Arrived
from daemon.links.lwa import LoginWithAmazon
from daemon.settings import SellerAccount
from handlers.order_window import Window
from schemas import amazon_vendor_acknowledgements as acknowledgements
from schemas import amazon_vendor_invoices as invoices
from schemas import amazon_vendor_orders as orders
from schemas import amazon_vendor_shipments as shipments
from schemas import amazon_vendor_statuses as standing
from schemas import amazon_vendor_transactions as transactions
from schemas.amazon import AmazonError, Refusal
from schemas.amazon_vendor import RefusedDocument, read_submitted
from schemas.invoice import Invoice
from schemas.purchase_order import (
    Acknowledgement,
    PurchaseOrder,
    PurchaseOrderNumber,
    PurchaseOrderStatus,
)
from schemas.ship_notice import ShipNotice
from schemas.terms import ChannelAccount, Marketplace

LONGEST = timedelta(days=orders.LONGEST_DAYS)
"""Of the time that one query may ask for."""
By: TypeAlias = Literal["created", "changed"]
BASE = "/vendor/orders/v1"
T = TypeVar("T")


class VendorLink(AmazonLink):
    """One vendor account. Everything comes and goes in our own words."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        vendor: SellerAccount,
        login: LoginWithAmazon,
        timeout: float,
        channel_account: ChannelAccount,
        *,
        clock: Clock | None = None,
        patience: float = PATIENCE,
    ) -> None:
        """`timeout` and `patience` are real seconds; `channel_account` is our name for the account."""
        super().__init__(session, vendor, login, timeout, clock=clock, patience=patience)
        self._account = channel_account
        self._marketplace = Marketplace(vendor.marketplaces[0])

    async def purchase_orders(self, window: Window, by: By) -> Reading[orders.PurchaseOrderPage]:
        """A page of the purchase orders that were placed, or changed, within the window, in full.

        Raises ValueError for a window of more than seven days.
        """
        query = _stretch(window, by, {"created": "created", "changed": "changed"})
        url = self._url(f"{BASE}/purchaseOrders") % (query | {"limit": str(orders.PAGE), "includeDetails": "true"})

        def read(body: bytes) -> orders.PurchaseOrderPage:
            return orders.read_page(body, self._account, self._marketplace)

        return await self._read("getPurchaseOrders", url, _reads(read, _name_order_refusal))

    async def purchase_order(self, number: PurchaseOrderNumber) -> Reading[PurchaseOrder]:
        """One purchase order as Amazon has it now."""
        url = self._url(f"{BASE}/purchaseOrders/{segment(number)}")
        return await self._read("getPurchaseOrder", url, self._order)

    def _order(self, arrived: Arrived) -> Reading[PurchaseOrder]:
        def read(body: bytes) -> PurchaseOrder:
            return orders.read_purchase_order(orders.order_in(body), self._account, self._marketplace)

        try:
            return reading(arrived, read, _name_order_refusal)
        except RefusedDocument as error:
            return Unavailable(f"purchase order {error.number or 'without a number'}: {error}", request_id(arrived))

    async def acknowledge(self, answer: Acknowledgement) -> Answer[str]:
        """Answer a purchase order; what it says of a line replaces what was said of it before.

        Raises ValueError for an answer that Amazon would refuse or misread.
        """
        body = acknowledgements.write_acknowledgement(answer)
        return await self._write("submitAcknowledgement", "POST", self._url(f"{BASE}/acknowledgements"), body, _taken)

    async def statuses(self, window: Window, by: By) -> Reading[standing.StatusPage]:
        """A page of what became of the purchase orders placed, or updated, within the window; up to 30 min behind.

        Raises ValueError for a window of more than seven days.
        """
        query = _stretch(window, by, {"created": "created", "changed": "updated"}) | {"limit": str(orders.PAGE)}
        return await self._statuses(query)

    async def status(self, number: PurchaseOrderNumber) -> Reading[PurchaseOrderStatus | None]:
        """What became of one purchase order; None where Amazon shows none yet."""
        found = await self._statuses({"purchaseOrderNumber": number})
        return _one(found, number) if isinstance(found, Done) else found

    async def _statuses(self, query: Mapping[str, str]) -> Reading[standing.StatusPage]:
        url = self._url(f"{BASE}/purchaseOrdersStatus") % dict(query)
        return await self._read("getPurchaseOrdersStatus", url, _reads(standing.read_page, _name_order_refusal))

    async def notify_shipment(self, notice: ShipNotice) -> Answer[str]:
        """Tell of a shipment, or replace what was told of it. Raises ValueError for a notice that says too little."""
        url = self._url("/vendor/shipping/v1/shipmentConfirmations")
        return await self._write("SubmitShipmentConfirmations", "POST", url, shipments.write_notice(notice), _taken)

    async def invoice(self, invoice: Invoice) -> Answer[str]:
        """Send an invoice or a credit note. Raises ValueError for one that Amazon would refuse."""
        url = self._url("/vendor/payments/v1/invoices")
        return await self._write("submitInvoices", "POST", url, invoices.write_invoice(invoice), _taken)

    async def transaction(self, transaction_id: str) -> Reading[transactions.VendorTransaction]:
        """What Amazon says became of a submission."""
        url = self._url(f"/vendor/transactions/v1/transactions/{segment(transaction_id)}")
        return await self._read(
            "getTransaction", url, _reads(transactions.read_transaction, _name_transaction_refusal)
        )


def _stretch(window: Window, by: By, words: Mapping[By, str]) -> dict[str, str]:
    if not timedelta(0) <= window.changed_before - window.changed_from <= LONGEST:
        raise ValueError(f"one query asks for {LONGEST.days} days at most, from the earlier time to the later")
    query = {f"{words[by]}After": _moment(window.changed_from), f"{words[by]}Before": _moment(window.changed_before)}
    return query | ({"nextToken": window.token} if window.token else {})


def _moment(at: datetime) -> str:
    """In UTC, to the second: the past side of it."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _one(found: Done[standing.StatusPage], number: PurchaseOrderNumber) -> Reading[PurchaseOrderStatus | None]:
    refused = next((one for one in found.value.refused if one.number in (number, "")), None)
    status = next((one for one in found.value.statuses if one.number == number), None)
    if status is None and refused is not None:
        return Unavailable(
            f"the status of purchase order {number} cannot be read: {refused.reason}", found.request_id
        )
    return Done(status, found.request_id, found.rate)


def _taken(arrived: Arrived) -> Answer[str]:
    if arrived.status not in (200, 202):
        return failed_write(arrived, _name_refusal)
    return made(arrived, read_submitted)


def _reads(
    read: Callable[[bytes], T], name: Callable[[int, tuple[AmazonError, ...]], Refusal]
) -> Callable[[Arrived], Reading[T]]:
    return lambda arrived: reading(arrived, read, name)


def _name_order_refusal(status: int, errors: tuple[AmazonError, ...]) -> Refusal:
    return "order_not_found" if status == 404 else _name_refusal(status, errors)


def _name_transaction_refusal(status: int, errors: tuple[AmazonError, ...]) -> Refusal:
    return "transaction_not_found" if status == 404 else _name_refusal(status, errors)


def _name_refusal(status: int, errors: tuple[AmazonError, ...]) -> Refusal:
    del status
    return "invalid_input" if errors else "refused"
