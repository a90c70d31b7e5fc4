"""An order from Amazon to Clarus: blocked by name, freed by the imports that people make, told with its address."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from daemon.commands.listings import listings
from daemon.commands.services import services
from daemon.settings import Role
from simulators.amazon import AmazonSimulator
from simulators.amazon.buckets import Plan
from simulators.amazon.order_details import OrderDetails
from simulators.clarus import SECRET, ClarusSimulator, FaultPlan
from tests.daemon.books_rig import Rig as Desk
from tests.journeys.release_tables import HOME, LISTINGS, SERVICES, tables
from tests.journeys.rig import Rig, running, until

pytestmark = pytest.mark.live

ROLES: tuple[Role, ...] = ("intake", "relay", "publish", "release", "watch")


@dataclass
class Journey:
    rig: Rig
    clarus: ClarusSimulator
    desk: Desk

    def ordered(self, name: str) -> None:
        told = OrderDetails(service="NextDay", prices={"L1": "9.90"}, address=HOME)
        order = self.rig.seller.add_order(name, [("L1", "chair", 3)], details=told)
        order.created_at -= timedelta(seconds=30)

    async def stands(self, name: str, state: str) -> None:
        async def reached() -> object:
            found = await self.rig.books.fetchval("select state from sales_order where channel_order_id = $1", name)
            return found == state

        await until(reached)


@asynccontextmanager
async def journey(folder: Path, database_url: str) -> AsyncIterator[Journey]:
    async with ClarusSimulator(faults=FaultPlan(replica_lag=(0.0, 0.0))) as clarus:
        clarus.world.set_balance("CHAIR", ago=60.0, available=10)
        (folder / "clarus-secret").write_text(SECRET)
        (folder / "clarus-secret").chmod(0o600)

        def more(amazon: AmazonSimulator) -> str:
            amazon.world.search_behind = timedelta(0)
            amazon.world.buckets.plans["searchOrders"] = Plan(100, 100)
            return tables(clarus)

        async with running(folder, database_url, ROLES, more) as rig:
            yield Journey(rig, clarus, Desk(database_url, folder))


async def test_an_order_blocked_for_its_mappings_is_at_clarus_once_they_are_imported_without_a_restart(
    tmp_path: Path, database_url: str
) -> None:
    async with journey(tmp_path, database_url) as at:
        at.ordered("202-1")
        await at.stands("202-1", "blocked")
        assert at.clarus.orders.named("202-1") == []
        (tmp_path / "services.csv").write_text(SERVICES)
        (tmp_path / "listings.csv").write_text(LISTINGS)
        for command, file in ((services, "services.csv"), (listings, "listings.csv")):
            await asyncio.to_thread(at.desk.told, command, "import", tmp_path / file)
        await at.stands("202-1", "released")

        async def there() -> object:
            return at.clarus.orders.named("202-1")

        await until(there)
        [order] = at.clarus.orders.named("202-1")
        assert [(line["product_id"], int(line["order_quantity"])) for line in order.lines.values()] == [
            (int(at.clarus.world.product_id("CHAIR")), 6)
        ]
        assert (order.attributes["carrier_id"], order.attributes["carrier_service_id"]) == (3, 31)
        address = order.address or {}
        assert (address["name"], address["address_1"], address["address_2"]) == (
            "Zoë Ünlü 🚚", "Chairs & Co", "1 Some Street",
        )  # fmt: skip
        assert (address["postcode"], address["phone_number"]) == ("NR1 1AA", "0113 496 0000")
        open_alerts = await at.rig.books.fetchval(
            "select count(*) from alert where resolved_at is null and kind like 'order_%'"
        )
        assert open_alerts == 0
        # The reader and the release of one process: a second login would have ended the first one's session.
        assert at.clarus.world.login.fetches == [200]
