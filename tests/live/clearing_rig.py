"""Orders of the simulated Amazon, read and judged with real books."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from msgspec.structs import replace

from daemon.budget import Budget
from daemon.clock import Clock
from daemon.order_clearing import OrderClearing
from daemon.order_demand import OrderDemand
from daemon.order_terms import terms_of
from daemon.selling import Speed
from daemon.settings import Bus, Orders, Settings
from daemon.settings import Database as DatabaseSettings
from daemon.settings import Demand as DemandSettings
from daemon.store import sales_orders as store
from daemon.store.database import Database, open_database
from daemon.store.listings import apply
from daemon.store.mapping_tables import SERVICES
from daemon.store.sealing import KeyRing, use_keys
from daemon.telemetry import Telemetry
from handlers.demand import VelocityClass
from handlers.listings import Changes
from handlers.sales_orders import StoredOrder
from handlers.sellable_stock import Listing
from handlers.shipping_services import ServiceRow
from handlers.supply import Rules, Selling
from schemas.terms import Account, ChannelAccount, ChannelOrderId, Marketplace, SellerSku, Sku, Warehouse
from simulators.amazon import UK
from simulators.amazon.order_details import OrderDetails
from tests.daemon.amazon_rig import Rig as Amazon
from tests.daemon.amazon_rig import rig as amazon_rig

SHOP = ChannelAccount("shop")
SPEED = Speed(timedelta(days=7), (VelocityClass("slow", 0.0),), 0.2)
RULES = Rules({SHOP: Selling(frozenset({Warehouse("W1")}))}, unsold="slow")
CHAIR = Listing(0, SHOP, Marketplace(UK), SellerSku("chair"), Account("acme"), Sku("CHAIR"), pack_size=2)
NEXT_DAY = ServiceRow(channel_account="shop", service="NextDay", carrier="DPD", carrier_service="12")
HOME = {
    "name": "Zoë Ünlü 🚚", "addressLine1": "1 Some Street", "city": "Norwich", "postalCode": "NR1 1AA",
    "countryCode": "GB", "phone": "01603 000000",
}  # fmt: skip


@dataclass(slots=True)
class House:
    amazon: Amazon
    database: Database
    demand: OrderDemand
    clearing: OrderClearing

    async def run(self) -> None:
        """Everything that there is to do now."""
        for _ in range(3):
            await self.demand.round()
        for _ in range(8):
            await self.clearing.round()

    def order(self, name: str, sku: str = "chair", status: str = "UNSHIPPED", **details: object) -> None:
        told = replace(OrderDetails(service="NextDay", prices={"L1": "9.90"}, address=HOME), **details)
        order = self.amazon.seller.add_order(name, [("L1", sku, 3)], status=status, details=told)
        order.created_at -= timedelta(minutes=2)

    def change(self, name: str, status: str | None = None, **details: object) -> None:
        """Long enough ago for a search to find it."""
        order = self.amazon.seller.orders[name]
        self.amazon.seller.change_order(name, status=status, details=replace(order.details, **details))
        order.changed_at = datetime.now(UTC) - timedelta(minutes=1)

    async def stored(self, name: str) -> StoredOrder:
        async with self.database.transaction() as connection:
            found = await store.opened(connection, SHOP, ChannelOrderId(name), datetime.now(UTC))
        assert found is not None
        return found

    async def execute(self, statement: str, *values: object) -> None:
        async with self.database.connection() as connection:
            await connection.execute(statement, *values)

    async def reaches(self, name: str, state: str) -> bool:
        await self.clearing.round()
        return (await self.stored(name)).state == state

    async def alerts(self) -> dict[str, str]:
        async with self.database.connection() as connection:
            rows = await connection.fetch("select kind, cause, text from alert where resolved_at is null")
        return {f"{row['kind']} {row['cause']}": row["text"] for row in rows}

    async def maps(self, listing: Listing | None = None, *services: ServiceRow) -> None:
        now = datetime.now(UTC)
        async with self.database.transaction() as connection:
            if listing is not None:
                await apply(connection, Changes(added=(listing,)), [], now)
            if services:
                await SERVICES.take_over(connection, services, now)


@asynccontextmanager
async def house(folder: Path, url: str, orders: Orders | None = None) -> AsyncIterator[House]:
    use_keys(KeyRing((b"k" * 32,)))
    async with amazon_rig(folder) as amazon:
        amazon.simulator.world.search_behind = timedelta(0)
        amazon.seller.orders.clear()
        database = await open_database(url, DatabaseSettings(url=url), 4)
        seller = replace(amazon.account, release="clarus")
        settings = Settings(bus=Bus(url="embedded:"), database=DatabaseSettings(url=url), sellers={"shop": seller})
        budget, clock, telemetry = Budget(), Clock(), Telemetry()
        demand = OrderDemand(
            "shop", seller, amazon.link, database, budget, clock, telemetry,
            DemandSettings(every=0.0, behind=0.0, overlap=600.0), SPEED, RULES, terms_of(settings)[SHOP], {},
        )  # fmt: skip
        clearing = OrderClearing(
            "shop", seller, amazon.link, database, budget, clock, telemetry, orders or Orders(),
            terms_of(settings)[SHOP], SPEED, RULES, {},
        )  # fmt: skip
        try:
            yield House(amazon, database, demand, clearing)
        finally:
            await database.close()
