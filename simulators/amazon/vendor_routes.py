"""The routes of the vendor APIs at the simulated Amazon."""

from collections.abc import Callable
from datetime import datetime

import msgspec
from aiohttp import web

from simulators.amazon import vendor_queries as queries
from simulators.amazon.calls import Act, Call, Calls
from simulators.amazon.reply import Reply
from simulators.amazon.vendor import Vendor
from simulators.amazon.world import SimulatedSeller, World

ORDERS = "/vendor/orders/v1"
Made = Callable[[Vendor, datetime], Reply]


class VendorRoutes:
    """Each request is a call like any other: with its token, its budget, its faults and its line in the journal."""

    def __init__(self, world: World, calls: Calls, call: Callable[[web.Request, str, str, bytes, Act], Call]) -> None:
        self._world, self._calls, self._call = world, calls, call

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get(f"{ORDERS}/purchaseOrders", self._find),
            web.get(ORDERS + "/purchaseOrders/{number}", self._get),
            web.post(f"{ORDERS}/acknowledgements", self._acknowledge),
            web.get(f"{ORDERS}/purchaseOrdersStatus", self._statuses),
            web.post("/vendor/shipping/v1/shipmentConfirmations", self._confirm),
            web.post("/vendor/payments/v1/invoices", self._invoice),
            web.get("/vendor/transactions/v1/transactions/{transaction}", self._transaction),
        ]

    async def _run(
        self, request: web.Request, operation: str, make: Made, subject: str = "", body: bytes = b""
    ) -> web.StreamResponse:
        def act(seller: SimulatedSeller) -> Reply:
            now = self._world.time.now()
            seller.vendor.settle(now)
            return make(seller.vendor, now)

        return await self._calls.run(self._call(request, operation, subject, body, act))

    async def _find(self, request: web.Request) -> web.StreamResponse:
        return await self._run(
            request, "getPurchaseOrders", lambda v, now: queries.find(v.orders.values(), request.query, now)
        )

    async def _get(self, request: web.Request) -> web.StreamResponse:
        number = request.match_info["number"]

        def make(vendor: Vendor, now: datetime) -> Reply:
            found = next((order for name, order in vendor.orders.items() if name == number), None)
            return queries.get(found, now)

        return await self._run(request, "getPurchaseOrder", make, number)

    async def _statuses(self, request: web.Request) -> web.StreamResponse:
        return await self._run(
            request,
            "getPurchaseOrdersStatus",
            lambda v, now: queries.find_statuses(v.orders.values(), request.query, now),
            request.query.get("purchaseOrderNumber", ""),
        )

    async def _acknowledge(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        subject = _subject(body, "acknowledgements", "purchaseOrderNumber")
        return await self._run(
            request, "submitAcknowledgement", lambda v, now: v.acknowledge(body, now), subject, body
        )

    async def _confirm(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        subject = _subject(body, "shipmentConfirmations", "shipmentIdentifier")
        return await self._run(
            request, "SubmitShipmentConfirmations", lambda v, now: v.confirm_shipments(body, now), subject, body
        )

    async def _invoice(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        subject = _subject(body, "invoices", "id")
        return await self._run(request, "submitInvoices", lambda v, now: v.submit_invoices(body, now), subject, body)

    async def _transaction(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["transaction"]
        return await self._run(request, "getTransaction", lambda v, now: v.transactions.told(name, now), name)


def _subject(body: bytes, several: str, name: str) -> str:
    """The first document's own name."""
    try:
        return str(msgspec.json.decode(body)[several][0][name])
    except (msgspec.DecodeError, UnicodeDecodeError, KeyError, IndexError, TypeError):
        return ""
