"""The simulated Amazon as a server: routes, in-process or for other processes."""

from types import TracebackType
from typing import Self

import msgspec
from aiohttp import web

from simulators.amazon import direct_fulfilment, listings, order_search, orders
from simulators.amazon.buckets import PLAIN_ATTRIBUTES, Buckets
from simulators.amazon.calls import Act, Call, Calls
from simulators.amazon.control import Control, loopback_only
from simulators.amazon.faults import FaultPlan
from simulators.amazon.feed_documents import MAX_BYTES
from simulators.amazon.feed_routes import FeedRoutes
from simulators.amazon.journal import Journal
from simulators.amazon.login import TOKEN_LIFE, Login
from simulators.amazon.reply import Reply
from simulators.amazon.report_routes import ReportRoutes
from simulators.amazon.shipping_routes import ShippingRoutes
from simulators.amazon.vendor_control import VendorControl
from simulators.amazon.vendor_routes import VendorRoutes
from simulators.amazon.world import SimulatedSeller, World
from simulators.time import SimulatorTime, WallTime

ITEMS = "/listings/2021-08-01/items/{seller}"
ITEM = "/listings/2021-08-01/items/{seller}/{sku}"
CONFIRMATION = "/orders/v0/orders/{order}/shipmentConfirmation"
MAX_REQUEST = 4 * MAX_BYTES
"""What is longer is cut off before anybody can say why it is refused."""
ORDER = "/orders/2026-01-01/orders/{order}"
ORDERS = "/orders/2026-01-01/orders"
STOCK = "/vendor/directFulfillment/inventory/v1/warehouses/{warehouse}/items"
TRANSACTION = "/vendor/directFulfillment/transactions/2021-12-28/transactions/{transaction}"


class AmazonSimulator:
    """`async with AmazonSimulator() as sim`: everything is in memory and gone at the end."""

    def __init__(
        self,
        time: SimulatorTime | None = None,
        *,
        faults: FaultPlan | None = None,
        buckets: Buckets | None = None,
        token_life: float = TOKEN_LIFE,
        host: str = "127.0.0.1",
        port: int = 0,
    ) -> None:
        """`port` 0 takes any free one; `token_life` in simulated seconds."""
        self.world = World(time or WallTime(), faults or FaultPlan(), buckets or Buckets(), Login(token_life))
        self._host, self._port = host, port
        self._calls = Calls(self.world)
        self._heard = 0
        self._runner: web.AppRunner | None = None

    @property
    def journal(self) -> Journal:
        return self.world.journal

    @property
    def faults(self) -> FaultPlan:
        return self.world.faults

    @property
    def login(self) -> Login:
        return self.world.login

    @property
    def url(self) -> str:
        """The endpoint of every simulated seller."""
        return f"http://{self._host}:{self._port}"

    @property
    def token_url(self) -> str:
        return f"{self.url}/auth/o2/token"

    def add_seller(self, seller_id: str, **credentials: str) -> SimulatedSeller:
        return self.world.add_seller(seller_id, **credentials)

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    async def start(self) -> None:
        self._runner = web.AppRunner(self._application(), access_log=None, shutdown_timeout=0.05)
        await self._runner.setup()
        site = web.TCPSite(self._runner, self._host, self._port)
        await site.start()
        self._port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        """Answers that are still being held back are never given."""
        self._calls.close()
        if self._runner is not None:
            await self._runner.cleanup()

    def _application(self) -> web.Application:
        application = web.Application(middlewares=[loopback_only], client_max_size=MAX_REQUEST)
        application.add_routes(
            [
                web.post("/auth/o2/token", self._token),
                web.patch(ITEM, self._patch_listing),
                web.get(ITEM, self._get_listing),
                web.get(ITEMS, self._search_listings),
                web.post(CONFIRMATION, self._confirm_shipment),
                web.get(ORDER, self._get_order),
                web.get(ORDERS, self._search_orders),
                web.post(STOCK, self._submit_stock),
                web.get(TRANSACTION, self._get_transaction),
                *FeedRoutes(self.world, self._calls, self._call).routes(),
                *ReportRoutes(self.world, self._calls, self._call).routes(),
                *ShippingRoutes(self.world, self._calls, self._call).routes(),
                *VendorRoutes(self.world, self._calls, self._call).routes(),
                *VendorControl(self.world).routes(),
                *Control(self.world).routes(),
            ]
        )
        return application

    async def _token(self, request: web.Request) -> web.Response:
        form = {name: str(value) for name, value in (await request.post()).items()}
        status, body = self.login.grant(form, self.world.time.now())
        return web.Response(status=status, body=msgspec.json.encode(body), content_type="application/json")

    async def _patch_listing(self, request: web.Request) -> web.StreamResponse:
        sku, marketplace, body = (
            request.match_info["sku"],
            request.query.get("marketplaceIds", ""),
            await request.read(),
        )

        def act(seller: SimulatedSeller) -> Reply:
            if code := self.faults.invalid.get(sku):
                return listings.invalid(sku, code, "The simulator was told to refuse this listing.", "quantity")
            listing = seller.listings.get((marketplace, sku))
            return listings.patch(listing, sku, body, self.world.time.now(), self.faults.live_lag())

        call = self._call(request, "patchListingsItem", sku, body, act, product=_touches_product(body))
        return await self._calls.run(call)

    async def _get_listing(self, request: web.Request) -> web.StreamResponse:
        sku, marketplace = request.match_info["sku"], request.query.get("marketplaceIds", "")

        def act(seller: SimulatedSeller) -> Reply:
            listing = seller.listings.get((marketplace, sku))
            return listings.get(listing, sku, _included(request), self.world.time.now())

        return await self._calls.run(self._call(request, "getListingsItem", sku, b"", act))

    async def _search_listings(self, request: web.Request) -> web.StreamResponse:
        def act(seller: SimulatedSeller) -> Reply:
            return listings.search(seller.listings.values(), request.query)

        return await self._calls.run(self._call(request, "searchListingsItems", "", b"", act))

    async def _confirm_shipment(self, request: web.Request) -> web.StreamResponse:
        order_id, body = request.match_info["order"], await request.read()

        def act(seller: SimulatedSeller) -> Reply:
            order = seller.orders.get(order_id)
            return orders.confirm(order, body, self.world.time.now(), self.faults.order_lag())

        return await self._calls.run(self._call(request, "confirmShipment", order_id, body, act))

    async def _get_order(self, request: web.Request) -> web.StreamResponse:
        order_id = request.match_info["order"]

        def act(seller: SimulatedSeller) -> Reply:
            now = self.world.time.now()
            order = seller.read_order(order_id, now - self.faults.replica_lag())
            return orders.get(order, _included(request), now)

        return await self._calls.run(self._call(request, "getOrder", order_id, b"", act))

    async def _search_orders(self, request: web.Request) -> web.StreamResponse:
        def act(seller: SimulatedSeller) -> Reply:
            now, lag = self.world.time.now(), self.faults.search_lag()
            reader = order_search.Reader(now, self.world.search_behind, lag, self.faults.replica_lag)
            return order_search.search(seller.orders.values(), request.query, reader)

        return await self._calls.run(self._call(request, "searchOrders", "", b"", act))

    async def _submit_stock(self, request: web.Request) -> web.StreamResponse:
        code, body = request.match_info["warehouse"], await request.read()

        def act(seller: SimulatedSeller) -> Reply:
            warehouse = seller.warehouses.get(code)
            return direct_fulfilment.submit(warehouse, body, self.world.time.now(), self.faults.live_lag())

        return await self._calls.run(self._call(request, "submitInventoryUpdate", code, body, act))

    async def _get_transaction(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["transaction"]

        def act(seller: SimulatedSeller) -> Reply:
            return direct_fulfilment.status(seller.warehouses.values(), name, self.world.time.now())

        return await self._calls.run(self._call(request, "getTransactionStatus", name, b"", act))

    def _call(
        self, request: web.Request, operation: str, subject: str, body: bytes, act: Act, *, product: bool = False
    ) -> Call:
        self._heard += 1
        return Call(
            request=request,
            operation=operation,
            subject=subject,
            marketplace=request.query.get("marketplaceIds", ""),
            body=body,
            arrived=self.world.time.now(),
            request_id=f"simulated-{self._heard:08d}",
            act=act,
            product=product,
        )


def _included(request: web.Request) -> set[str]:
    return set(request.query.get("includedData", "").split(","))


def _touches_product(body: bytes) -> bool:
    try:
        patches = msgspec.json.decode(body, type=listings.PatchRequest).patches
    except (msgspec.DecodeError, UnicodeDecodeError):
        return False
    return any(patch.path.removeprefix(listings.PATH) not in PLAIN_ATTRIBUTES for patch in patches)
