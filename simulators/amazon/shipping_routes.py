"""The routes of Amazon Shipping v2 at the simulated Amazon."""

from collections.abc import Callable

from aiohttp import web

from simulators.amazon.calls import Act, Call, Calls
from simulators.amazon.reply import Reply
from simulators.amazon.world import SimulatedSeller, World

BASE = "/shipping/v2/shipments"


class ShippingRoutes:
    """Each request is a call like any other: with its token, its budget, its faults and its line in the journal."""

    def __init__(self, world: World, calls: Calls, call: Callable[[web.Request, str, str, bytes, Act], Call]) -> None:
        self._world, self._calls, self._call = world, calls, call

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post(f"{BASE}/rates", self._rates),
            web.post(BASE, self._purchase),
            web.get(BASE + "/{shipment}/documents", self._documents),
            web.put(BASE + "/{shipment}/cancel", self._cancel),
        ]

    async def _rates(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()

        def act(seller: SimulatedSeller) -> Reply:
            return seller.shipping.rates(body, seller.orders, self._world.time.now())

        return await self._calls.run(self._call(request, "getRates", "", body, act))

    async def _purchase(self, request: web.Request) -> web.StreamResponse:
        body, key = await request.read(), request.headers.get("x-amzn-IdempotencyKey", "")

        def act(seller: SimulatedSeller) -> Reply:
            return seller.shipping.purchase(body, key, seller.orders, self._world.time.now())

        return await self._calls.run(self._call(request, "purchaseShipment", key, body, act))

    async def _documents(self, request: web.Request) -> web.StreamResponse:
        shipment, package = request.match_info["shipment"], request.query.get("packageClientReferenceId", "")

        def act(seller: SimulatedSeller) -> Reply:
            return seller.shipping.documents(shipment, package)

        return await self._calls.run(self._call(request, "getShipmentDocuments", shipment, b"", act))

    async def _cancel(self, request: web.Request) -> web.StreamResponse:
        shipment = request.match_info["shipment"]

        def act(seller: SimulatedSeller) -> Reply:
            return seller.shipping.cancel(shipment)

        return await self._calls.run(self._call(request, "cancelShipment", shipment, b"", act))
