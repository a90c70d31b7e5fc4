"""Everything the simulated Amazon holds: sellers with listings and orders, limits, faults, the journal."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from simulators.amazon.buckets import Buckets
from simulators.amazon.direct_fulfilment import SimulatedWarehouse
from simulators.amazon.faults import FaultPlan
from simulators.amazon.feed_work import Applied
from simulators.amazon.feeds import Feeds, SimulatedFeed
from simulators.amazon.health import SimulatedHealth
from simulators.amazon.journal import FEED_MESSAGE, Entry, Journal
from simulators.amazon.listings import AVAILABILITY, SimulatedListing
from simulators.amazon.login import Login
from simulators.amazon.order_details import OrderDetails
from simulators.amazon.orders import SimulatedItem, SimulatedOrder
from simulators.amazon.reports import Reports
from simulators.amazon.shipping import Shipping
from simulators.amazon.vendor import Vendor
from simulators.time import SimulatorTime, WallTime

UK = "A1F83G8C2ARO7P"


@dataclass(slots=True)
class SimulatedSeller:
    """One seller account, with the credentials of the application that it has authorised."""

    seller_id: str
    client_id: str
    client_secret: str = field(repr=False)
    refresh_token: str = field(repr=False)
    time: SimulatorTime = field(repr=False)
    feeds: Feeds = field(repr=False)
    listings: dict[tuple[str, str], SimulatedListing] = field(default_factory=dict[tuple[str, str], SimulatedListing])
    orders: dict[str, SimulatedOrder] = field(default_factory=dict[str, SimulatedOrder])
    warehouses: dict[str, SimulatedWarehouse] = field(default_factory=dict[str, SimulatedWarehouse])
    """For direct fulfilment, by Amazon's code."""
    shipping: Shipping = field(default_factory=Shipping)
    vendor: Vendor = field(default_factory=Vendor)
    health: dict[str, SimulatedHealth] = field(default_factory=dict[str, SimulatedHealth])
    """By marketplace: what a report tells of it."""

    def add_listing(
        self,
        sku: str,
        quantity: int | None = None,
        *,
        marketplace: str = UK,
        product_type: str = "PRODUCT",
        lead_time: int | None = None,
    ) -> SimulatedListing:
        """A listing that already shows `quantity`; None shows nothing yet."""
        stock = {"fulfillment_channel_code": "DEFAULT", "quantity": quantity}
        if lead_time is not None:
            stock["lead_time_to_ship_max_days"] = lead_time
        attributes = {} if quantity is None else {AVAILABILITY: [stock]}
        listing = SimulatedListing(sku, marketplace, product_type, attributes, live=quantity)
        self.listings[(marketplace, sku)] = listing
        return listing

    def listing(self, sku: str, marketplace: str = UK) -> SimulatedListing:
        """With everything live that is due. Raises KeyError."""
        self.settle_feeds()
        listing = self.listings[(marketplace, sku)]
        listing.settle(self.time.now())
        return listing

    def settle_feeds(self) -> None:
        """Let feeds take effect that are due."""
        self.feeds.settle(self, self.time.now())

    def add_warehouse(self, code: str, items: Mapping[str, int]) -> SimulatedWarehouse:
        """A warehouse of direct fulfilment, with what each item already shows."""
        warehouse = SimulatedWarehouse(code, dict(items))
        self.warehouses[code] = warehouse
        return warehouse

    def add_order(
        self,
        order_id: str,
        items: Sequence[tuple[str, str, int]],
        *,
        marketplace: str = UK,
        programs: Sequence[str] = (),
        status: str = "UNSHIPPED",
        fulfilled_by: str = "MERCHANT",
        details: OrderDetails | None = None,
    ) -> SimulatedOrder:
        """`items` are (order item id, SKU, quantity)."""
        lines = [SimulatedItem(*item) for item in items]
        order = SimulatedOrder(order_id, marketplace, lines, self.time.now(), list(programs), status, fulfilled_by)
        order.details = details or order.details
        self.orders[order_id] = order
        return order

    def change_order(
        self,
        order_id: str,
        *,
        status: str | None = None,
        quantities: Mapping[str, int] | None = None,
        cancelled: Mapping[str, int] | None = None,
        details: OrderDetails | None = None,
    ) -> None:
        """A pending order becomes one to ship or is cancelled; items' quantities are edited or cancelled in part."""
        order = self.orders[order_id]
        order.keep(self.time.now())
        order.status = status or order.status
        order.items = [replace(item, quantity=(quantities or {}).get(item.order_item_id, item.quantity))
                       for item in order.items]  # fmt: skip
        order.cancelled |= cancelled or {}
        order.details = details or order.details
        order.changed_at = self.time.now()

    def read_order(self, order_id: str, when: datetime) -> SimulatedOrder | None:
        """As a reader has it that has heard of all changes until `when`."""
        order = self.orders.get(order_id)
        return None if order is None else order.as_of(when)


@dataclass(slots=True)
class World:
    time: SimulatorTime = field(default_factory=WallTime)
    faults: FaultPlan = field(default_factory=FaultPlan)
    buckets: Buckets = field(default_factory=Buckets)
    login: Login = field(default_factory=Login)
    journal: Journal = field(default_factory=Journal)
    search_behind: timedelta = timedelta(minutes=2)
    """How far back the end of a search for orders must be."""
    sellers: dict[str, SimulatedSeller] = field(default_factory=dict[str, SimulatedSeller])
    reports: Reports = field(default_factory=Reports)
    feeds: Feeds = field(init=False)

    def __post_init__(self) -> None:
        self.feeds = Feeds(
            self.faults.feeds, self.faults.live_lag, lambda: self.faults.invalid, self._tell_of_message
        )

    def _tell_of_message(self, feed: SimulatedFeed, done: Applied, at: datetime) -> None:
        self.journal.add(
            Entry(
                number=self.journal.next_number(), at=at, done_at=at, operation=FEED_MESSAGE, seller=feed.seller,
                subject=done.sku, marketplace=feed.marketplace, outcome="refused" if done.code else "accepted",
                status=0, request_id="", error=done.code, quantity=done.quantity, package=feed.feed_id,
            )
        )  # fmt: skip

    def add_seller(
        self,
        seller_id: str,
        *,
        client_id: str = "simulated-application",
        client_secret: str = "simulated-secret",  # noqa: S107
        refresh_token: str = "",
    ) -> SimulatedSeller:
        """Sellers of one client id share its secret and its application-wide limits."""
        refresh_token = refresh_token or f"Atzr|{seller_id}"
        seller = SimulatedSeller(seller_id, client_id, client_secret, refresh_token, self.time, self.feeds)
        self.login.secrets[client_id] = client_secret
        self.login.refresh_tokens[refresh_token] = (client_id, seller_id)
        self.sellers[seller_id] = seller
        return seller
