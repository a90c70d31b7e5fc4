"""The simulated Amazon's back door, for tests in another process; on the loopback only."""

from typing import Any

import msgspec
from aiohttp import web
from aiohttp.typedefs import Handler

from simulators.amazon.faults import Chance, Fault, Lags
from simulators.amazon.feed_fates import Fate, FeedLags
from simulators.amazon.order_details import OrderDetails
from simulators.amazon.world import UK, World

LOOPBACK = frozenset({"127.0.0.1", "::1"})


class Faults(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to change about the faults; what is absent stays."""

    script: tuple[Fault, ...] = ()
    chances: tuple[Chance, ...] | None = None
    lags: Lags | None = None
    invalid: dict[str, str] | None = None
    feeds: tuple[Fate, ...] = ()
    """How the next feeds end."""
    feed_lags: FeedLags | None = None
    feed_refusals: float | None = None
    """Share of messages."""
    feed_chances: tuple[tuple[float, Fate], ...] | None = None
    release_feeds: Fate | None = None
    """What is stuck ends now, like this."""
    stop: bool = False


class NewListing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    sku: str
    quantity: int | None = None
    marketplace: str = UK
    product_type: str = "PRODUCT"
    lead_time: int | None = None


class NewOrder(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    order_id: str
    items: tuple[tuple[str, str, int], ...]
    marketplace: str = UK
    programs: tuple[str, ...] = ()
    status: str = "UNSHIPPED"
    details: OrderDetails | None = None


class NewSeller(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A seller to add, or listings and orders for one that is there."""

    seller_id: str
    listings: tuple[NewListing, ...] = ()
    orders: tuple[NewOrder, ...] = ()


class ChangedOrder(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is absent stays."""

    seller_id: str
    order_id: str
    status: str | None = None
    quantities: dict[str, int] = {}
    """By order item id."""


class Control:
    def __init__(self, world: World) -> None:
        self._world = world

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/_simulator/state", self._state),
            web.post("/_simulator/faults", self._faults),
            web.post("/_simulator/sellers", self._sellers),
            web.post("/_simulator/orders", self._change),
        ]

    async def _state(self, request: web.Request) -> web.Response:
        """`?since=N` gives the journal after entry N."""
        since = int(request.query.get("since", "0"))
        for seller in self._world.sellers.values():
            seller.settle_feeds()
        state = {
            "now": self._world.time.now(),
            "journal": self._world.journal.entries[since:],
            "listings": self._listings(),
            "orders": self._orders(),
            "feeds": self._feeds(),
            "token_fetches": self._world.login.fetches,
        }
        return _json(state)

    def _listings(self) -> list[dict[str, Any]]:
        return [
            {
                "seller": seller.seller_id,
                "marketplace": marketplace,
                "sku": sku,
                "live": seller.listing(sku, marketplace).live,
                "submitted": seller.listing(sku, marketplace).submitted,
            }
            for seller in self._world.sellers.values()
            for marketplace, sku in seller.listings
        ]

    def _orders(self) -> list[dict[str, Any]]:
        return [
            {
                "seller": seller.seller_id,
                "order_id": order.order_id,
                "status": order.status_with(order.confirmed()),
                "packages": order.confirmed(),
            }
            for seller in self._world.sellers.values()
            for order in seller.orders.values()
        ]

    def _feeds(self) -> list[dict[str, Any]]:
        return [{"seller": s, **feed.shown()} for s, feeds in self._world.feeds.feeds.items() for feed in feeds]

    async def _faults(self, request: web.Request) -> web.Response:
        change = _read(await request.read(), Faults)
        plan = self._world.faults
        if change.stop:
            plan.stop()
        plan.script(*change.script)
        plan.chances = plan.chances if change.chances is None else change.chances
        plan.lags = change.lags or plan.lags
        plan.invalid = plan.invalid if change.invalid is None else change.invalid
        self._feed_faults(change)
        return _json({"seed": plan.seed})

    def _feed_faults(self, change: Faults) -> None:
        plan = self._world.faults.feeds
        plan.script(*change.feeds)
        plan.lags = change.feed_lags or plan.lags
        plan.refused = plan.refused if change.feed_refusals is None else change.feed_refusals
        plan.chances = plan.chances if change.feed_chances is None else change.feed_chances
        if change.release_feeds is not None:
            for seller in self._world.sellers:
                self._world.feeds.release(seller, change.release_feeds, self._world.time.now())

    async def _sellers(self, request: web.Request) -> web.Response:
        for new in _read(await request.read(), tuple[NewSeller, ...]):
            seller = self._world.sellers.get(new.seller_id) or self._world.add_seller(new.seller_id)
            for listing in new.listings:
                seller.add_listing(**msgspec.structs.asdict(listing))
            for order in new.orders:
                seller.add_order(**msgspec.structs.asdict(order))
        return _json({"sellers": sorted(self._world.sellers)})

    async def _change(self, request: web.Request) -> web.Response:
        """Somebody cancels an order at Amazon, or edits its quantities."""
        change = _read(await request.read(), ChangedOrder)
        seller = self._world.sellers.get(change.seller_id)
        if seller is None or change.order_id not in seller.orders:
            raise web.HTTPNotFound(text=f"no order {change.order_id!r} of {change.seller_id!r} is here\n")
        seller.change_order(change.order_id, status=change.status, quantities=change.quantities)
        return _json({"order_id": change.order_id, "status": seller.orders[change.order_id].status})


def _read(body: bytes, kind: Any) -> Any:
    try:
        return msgspec.json.decode(body, type=kind)
    except msgspec.DecodeError as error:
        raise web.HTTPBadRequest(text=str(error)) from None


def _json(content: object) -> web.Response:
    return web.Response(body=msgspec.json.encode(content), content_type="application/json")


@web.middleware
async def loopback_only(request: web.Request, handler: Handler) -> web.StreamResponse:
    if request.path.startswith("/_simulator/") and request.remote not in LOOPBACK:
        raise web.HTTPForbidden(text="the simulator is controlled from its own machine only")
    return await handler(request)
