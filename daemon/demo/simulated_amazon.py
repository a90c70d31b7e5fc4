"""A simulated Amazon served on a port, with what a daemon needs to speak to it written into a folder."""

import os
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from daemon.demo import simulated_vendor
from daemon.demo.offers import OWNER, Offer, listing_of, sku_names
from handlers.listings import write_listings
from simulators.amazon import UK, AmazonSimulator, Chance, Fault, FaultPlan, FeedLags, FeedPlan, Lags
from simulators.amazon.order_details import OrderDetails
from simulators.amazon.shipping import SimulatedService

CLIENT = "simulated-application"
CLIENT_SECRET = "simulated-secret"  # noqa: S105  (the simulator's)
SERVICE = "Standard"
"""What the buyers chose."""
HOME = {
    "name": "A Buyer", "addressLine1": "1 High Street", "city": "Leeds", "postalCode": "LS1 1AA", "countryCode": "GB",
    "phone": "+441134960001",
}  # fmt: skip
LABEL = SimulatedService("AMZN_UK", "SIM-NEXT", Decimal("3.49"), 1.0)
"""On sale at its Shipping API."""
BUS = "amqp://guest@localhost:5672/"
GIVEN_UP = 8.0
"""Seconds of silence after a lost answer: longer than a client waits."""


@dataclass(frozen=True, slots=True)
class Market:
    """What is there, per seller, and which share of calls goes wrong."""

    sellers: int = 1
    listings: int = 100
    orders: int = 20
    seed: int = 1
    live_lag: float = 1.0
    throttle: float = 0.0
    lose_answers: float = 0.0
    errors: float = 0.0
    feed_lag: float = 60.0
    refuse_messages: float = 0.0

    def plan(self) -> FaultPlan:
        chances = (
            Chance(probability=self.throttle, fault=Fault(kind="throttle")),
            Chance(probability=self.lose_answers, fault=Fault(kind="lost_answer", seconds=GIVEN_UP)),
            Chance(probability=self.errors / 2, fault=Fault(kind="error_before")),
            Chance(probability=self.errors / 2, fault=Fault(kind="error_after")),
        )
        lags = Lags(live=(0.0, self.live_lag), order=(0.0, self.live_lag))
        feeds = FeedPlan(self.seed, FeedLags(queue=(0.0, self.feed_lag / 4), work=(0.0, self.feed_lag)))
        feeds.refused = self.refuse_messages
        return FaultPlan(self.seed, tuple(chance for chance in chances if chance.probability), lags, feeds=feeds)

    def offers(self) -> list[Offer]:
        names = sku_names(self.listings)
        return [Offer(shop(number), sku, sku, 1, 0, 2) for number in range(self.sellers) for sku in names]


def shop(number: int) -> str:
    """Our name for a seller."""
    return f"shop{number + 1}"


def seller_id(name: str) -> str:
    return f"A{name.upper()}"


@asynccontextmanager
async def serve(
    market: Market, host: str, port: int, folder: Path, say: Callable[[str], None], bus: str = BUS
) -> AsyncIterator[AmazonSimulator]:
    """Served within the block. `bus`: for the configuration that it writes; a password gets a file of its own."""
    async with AmazonSimulator(faults=market.plan(), host=host, port=port) as amazon:
        _stock(amazon, market)
        _write(amazon, market, folder, bus)
        simulated_vendor.stock(amazon, CLIENT, CLIENT_SECRET)
        simulated_vendor.write(amazon, CLIENT, folder)
        say(f"Amazon is simulated at {amazon.url} (token: {amazon.token_url}), seed {market.seed}")
        say(f"{market.sellers} sellers, {market.listings} listings and {market.orders} orders each")
        say(f"in {folder}: goodsout.toml (kept if it was there), secrets, listings.csv, orders.json")
        say("and a vendor: vendor.toml, codes.csv, packs.csv, costs.csv, order.json; docs/rehearsal-vendor.md")
        say(f"state: {amazon.url}/_simulator/state, {amazon.url}/_simulator/vendors/AVENDOR1   Ctrl-C ends it")
        yield amazon


def _stock(amazon: AmazonSimulator, market: Market) -> None:
    names = [shop(number) for number in range(market.sellers)]
    for name in names:
        amazon.add_seller(seller_id(name), client_id=CLIENT, client_secret=CLIENT_SECRET)
        amazon.world.sellers[seller_id(name)].shipping.services.append(LABEL)
    offers = market.offers()
    for offer in offers:
        amazon.world.sellers[seller_id(offer.seller)].add_listing(offer.seller_sku, 0, lead_time=offer.lead_time)
    draw = random.Random(market.seed)
    for name in names:
        for number in range(1, market.orders + 1):
            _order(amazon, name, number, draw.choice(offers).seller_sku, draw)


def _order(amazon: AmazonSimulator, name: str, number: int, sku: str, draw: random.Random) -> None:
    order_id = f"{number:03d}-{draw.randrange(10**7):07d}-{draw.randrange(10**7):07d}"
    line, now = f"{number:08d}", amazon.world.time.now()
    details = OrderDetails(
        service=SERVICE, ship_by=now + timedelta(days=2), deliver_by=now + timedelta(days=5), prices={line: "9.90"},
        address=HOME,
    )  # fmt: skip
    items = [(line, sku, draw.randint(1, 4))]
    amazon.world.sellers[seller_id(name)].add_order(order_id, items, details=details)


def _write(amazon: AmazonSimulator, market: Market, folder: Path, bus: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    names = [shop(number) for number in range(market.sellers)]
    secrets = {"client-secret": CLIENT_SECRET}
    secrets |= {f"refresh-token-{name}": f"Atzr|{seller_id(name)}" for name in names}
    user, _, password = urlsplit(bus).netloc.rpartition("@")[0].partition(":")
    secrets |= {"bus-password": password} if password else {}
    if not (folder / "master-key").exists():
        secrets["master-key"] = os.urandom(32).hex()
    for name, value in secrets.items():
        (folder / name).touch(mode=0o600)
        (folder / name).write_text(value)
    if not (folder / "goodsout.toml").exists():
        head = _head(bus.replace(f"{user}:{password}@", f"{user}@", 1), password)
        (folder / "goodsout.toml").write_text(head + "".join(_seller(name, amazon) for name in names))
    (folder / "listings.csv").write_text(write_listings(map(listing_of, market.offers())))
    (folder / "orders.json").write_bytes(msgspec.json.format(msgspec.json.encode(_orders(amazon)), indent=2))


def _orders(amazon: AmazonSimulator) -> list[dict[str, object]]:
    return [
        {"seller_id": seller.seller_id, "order_id": order.order_id, "items": order.items}
        for seller in amazon.world.sellers.values()
        for order in seller.orders.values()
    ]


def _head(bus: str, password: str) -> str:
    return f"""# Written by `goodsout simulate amazon`. Name your own bus and database.
[bus]
url = "{bus}"
{'password_file = "bus-password"' if password else '# password_file = "bus-password"'}
[database]
url = "embedded:"
[keys]
master_key_files = ["master-key"]
"""


def _seller(name: str, amazon: AmazonSimulator) -> str:
    return f"""[sellers.{name}]
account = "{OWNER}"
seller_id = "{seller_id(name)}"
endpoint = "{amazon.url}"
token_url = "{amazon.token_url}"
client_id = "{CLIENT}"
client_secret_file = "client-secret"
refresh_token_file = "refresh-token-{name}"
marketplaces = ["{UK}"]
warehouses = ["W1"]
release = "none"  # "clarus": its orders go to the simulated Clarus (docs/rehearsal.md)
release_from = "2026-01-01T00:00:00Z"
"""
