"""The links and the loops that an order passes, put together as the daemon puts them together."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp

from daemon.budget import READ_ORDER, SEARCH_ORDERS, Budget, buckets
from daemon.clarus_gate import ClarusGate
from daemon.clock import Clock
from daemon.links.amazon import AmazonLink
from daemon.links.clarus import ClarusLink
from daemon.links.clarus_orders import ClarusOrders
from daemon.links.lwa import LoginWithAmazon
from daemon.order_clearing import OrderClearing
from daemon.order_demand import OrderDemand
from daemon.order_terms import terms_of
from daemon.release_books import ReleaseBooks
from daemon.release_role import routes, rules_of
from daemon.releasing import Releasing
from daemon.selling import rules_of as supply_rules
from daemon.selling import speed_of
from daemon.settings import (
    Bus,
    Clarus,
    Demand,
    Orders,
    ReleaseAccount,
    Releases,
    SellerAccount,
    Settings,
    WarehouseSection,
)
from daemon.settings import Database as DatabaseSettings
from daemon.store.database import Database, open_database, query
from daemon.telemetry import Telemetry
from schemas.terms import ChannelAccount, Warehouse
from simulators.clarus import CLIENT, SECRET
from tests.bench.orders.books import MARKETPLACE, OWNER, SHOP
from tests.bench.orders.partners import Partners, Places

FREE = 1e6
"""Calls a second that the budgets allow: what is measured is us, not the partners' limits."""
AT_ONCE = 8
"""Calls to Clarus under way."""
LAG = 5.0
"""Seconds, where a minute is the default, until what was created is looked for: after the run, and waited for."""
PATIENCE = 600.0


@dataclass(frozen=True, slots=True)
class Links:
    amazon: AmazonLink
    clarus: ClarusOrders
    settings: Settings


@dataclass(slots=True)
class House:
    """An account's loops on one database."""

    partners: Partners
    links: Links
    database: Database
    url: str

    async def run(self, orders: int) -> float:
        """Seconds from the poll until Clarus has all of `orders`, each once."""
        await self._poll_is_due()
        rounds = self._loops()
        begun = time.monotonic()
        working = [asyncio.create_task(_work(round_)) for round_ in rounds]
        try:
            async with asyncio.timeout(PATIENCE):
                while (made := await self.partners.made())[0] < orders:
                    _raise_from(working)
                    await asyncio.sleep(0.05)
            seconds = time.monotonic() - begun
            await self._settled()
        finally:
            for task in working:
                task.cancel()
            await asyncio.gather(*working, return_exceptions=True)
        assert made == (orders, orders), f"{made} of {orders}"
        return seconds

    async def _poll_is_due(self) -> None:
        """The interval between two polls has passed: one comes at once, and the next after the run."""
        ago = datetime.now(UTC) - timedelta(seconds=self.links.settings.demand.every + 1)
        async with self.database.connection() as connection:
            await connection.execute("update order_cursor set read_from = $1, window_from = null", ago)

    async def _settled(self) -> None:
        """Each order was seen at the warehouse: the next run finds quiet books, and looks for none of this one's."""
        async with asyncio.timeout(PATIENCE), self.database.connection() as connection:
            open_ = (
                "select count(*) from warehouse_order"
                " where effect_key <> '' or look_at < now() + interval '2 minutes'"
            )
            while await connection.fetchval(open_):
                await asyncio.sleep(0.05)

    def _loops(self) -> Sequence[Callable[[], Awaitable[float]]]:
        """As after a start of the process."""
        settings, clock, telemetry, budget = self.links.settings, Clock(), Telemetry(), Budget()
        speed, rules = speed_of(settings), supply_rules(settings)
        seller, amazon = settings.sellers[SHOP], self.links.amazon
        terms = terms_of(settings)[ChannelAccount(SHOP)]
        demand = OrderDemand(
            SHOP, seller, amazon, self.database, budget, clock, telemetry, settings.demand, speed, rules, terms, {}
        )
        clearing = OrderClearing(
            SHOP, seller, amazon, self.database, budget, clock, telemetry, settings.orders,
            terms, speed, rules, {},
        )  # fmt: skip
        tenant = settings.clarus["main"]
        gate = ClarusGate("main", tenant.calls_per_second, self.database, budget)
        link = ClarusLink(self.links.clarus.link.session, tenant, clock, gate)
        books = ReleaseBooks(
            Warehouse("W1"), routes(settings, "W1"), self.database, clock, {},
            rules_of(settings, tenant.replica_lag), "bench", settings.releases.looked_up_at_once,
        )  # fmt: skip
        return demand.round, clearing.round, Releasing(books, ClarusOrders(link), telemetry).round

    async def prepare(self) -> None:
        wanted = [
            bucket.name
            for plan in (READ_ORDER, SEARCH_ORDERS)
            for bucket in buckets(plan, SHOP, self.links.settings.sellers[SHOP].application)
        ]
        async with self.database.connection() as connection:
            free = [FREE] * len(wanted)
            await connection.execute(query("budget_open"), wanted, free, free)


async def _work(round_: Callable[[], Awaitable[float]]) -> None:
    while True:
        await asyncio.sleep(await round_())


def _raise_from(working: Sequence["asyncio.Task[None]"]) -> None:
    for task in working:
        if task.done():
            task.result()


@asynccontextmanager
async def links_to(places: Places, folder: Path) -> AsyncIterator[Links]:
    settings = _settings(places, folder)
    async with aiohttp.ClientSession() as amazon, aiohttp.ClientSession() as clarus:
        login = LoginWithAmazon(amazon, Clock())
        yield Links(
            AmazonLink(amazon, settings.sellers[SHOP], login, 20.0),
            ClarusOrders(ClarusLink(clarus, settings.clarus["main"], Clock())),
            settings,
        )


@asynccontextmanager
async def open_house(partners: Partners, links: Links, url: str) -> AsyncIterator[House]:
    database = await open_database(url, DatabaseSettings(url=url), DatabaseSettings(url=url).connections)
    house = House(partners, links, database, url)
    await house.prepare()
    try:
        yield house
    finally:
        await database.close()


def _settings(places: Places, folder: Path) -> Settings:
    secrets = {"client": places.client_secret, "refresh": places.refresh_token, "clarus": SECRET}
    for name, value in secrets.items():
        (folder / name).write_text(value)
    seller = SellerAccount(
        account=OWNER, seller_id=places.seller_id, endpoint=places.amazon, token_url=places.token_url,
        client_id=places.client_id, client_secret_file=str(folder / "client"),
        refresh_token_file=str(folder / "refresh"), marketplaces=(MARKETPLACE,), warehouses=("W1",), release="clarus",
    )  # fmt: skip
    tenant = Clarus(
        subdomain=places.subdomain, client_id=CLIENT, client_secret_file=str(folder / "clarus"), host=places.clarus,
        token_url=places.clarus_token_url, calls_per_second=FREE, concurrent_calls=AT_ONCE, replica_lag=LAG,
    )  # fmt: skip
    warehouse = WarehouseSection(
        authority="clarus", clarus="main", warehouse_id=str(places.warehouse_id), accounts={OWNER: "ACME"},
        account_ids={OWNER: places.account_id}, carrier_ids={"DPD": 3}, service_ids={"DPD/NEXT-DAY": 31},
    )  # fmt: skip
    return Settings(
        bus=Bus(url="embedded:"), database=DatabaseSettings(url="embedded:"), sellers={SHOP: seller},
        demand=Demand(behind=0.0), orders=Orders(), clarus={"main": tenant},
        warehouses={"W1": warehouse}, releases=Releases(accounts={SHOP: ReleaseAccount(warehouse="W1")}),
    )  # fmt: skip
