"""A channel's orders and what they take, put into real books."""

from datetime import UTC, datetime, timedelta

from daemon.brakes import Brakes
from daemon.clock import Clock
from daemon.marking import mark
from daemon.selling import Speed
from daemon.settings import Demand as DemandSettings
from daemon.store.database import Connection, Database
from daemon.store.listings import apply
from handlers.brake import BrakeRules
from handlers.demand import VelocityClass
from handlers.listings import Changes
from handlers.sellable_stock import Buffer, Listing
from handlers.supply import Rules, Selling
from schemas.terms import Account, ChannelAccount, Marketplace, SellerSku, Sku, Warehouse
from simulators.amazon import UK

SHOP, OUTLET = ChannelAccount("shop"), ChannelAccount("outlet")
SPEED = Speed(timedelta(days=7), (VelocityClass("slow", 0.0), VelocityClass("fast", 5.0)), 0.2)
RULES = Rules(
    {name: Selling(frozenset({Warehouse("W1")})) for name in (SHOP, OUTLET)},
    buffers={"fast": Buffer(2)},
    unsold="slow",
)
QUICK = DemandSettings(every=0.001, behind=0.001, overlap=1.0)
CHAIR = Listing(0, SHOP, Marketplace(UK), SellerSku("chair"), Account("acme"), Sku("CHAIR"))
STOCK = (
    "insert into stock (account, warehouse, sku, source, available, applied, level_time)"
    " values ('acme', $1, $2, 'test', $3, $4, $5)"
)


def now() -> datetime:
    return datetime.now(UTC)


async def listed(connection: Connection, *listings: Listing) -> None:
    await apply(connection, Changes(added=listings), [], now())


async def stocked(connection: Connection, sku: str, available: int, applied: int = 0, warehouse: str = "W1") -> None:
    await connection.execute(STOCK, warehouse, sku, available, applied, now())


async def desired(database: Database, rules: Rules = RULES) -> dict[str, int | None]:
    """What each listing should show once all marks are worked off."""
    while await mark(database, rules, Brakes({}, BrakeRules(), rules), Clock()):
        pass
    async with database.connection() as connection:
        rows = await connection.fetch("select seller_sku, desired from listing join publication on listing_id = id")
    return {row["seller_sku"]: row["desired"] for row in rows}
