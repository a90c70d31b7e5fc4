"""From Amazon's answer to `ready`: judged with the books, blocked by name, on its way again once it is mapped."""

import dataclasses
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from daemon.budget import Budget
from daemon.clock import Clock
from daemon.order_changes import orders_changed
from daemon.order_clearing import OrderClearing
from daemon.order_demand import OrderDemand
from daemon.order_terms import terms_of
from daemon.selling import Speed
from daemon.settings import Bus, Orders, Settings
from daemon.settings import Database as DatabaseSettings
from daemon.settings import Demand as DemandSettings
from daemon.store import orders_to_read
from daemon.store import sales_orders as store
from daemon.store.database import Database, open_database
from daemon.store.listings import apply
from daemon.store.mapping_tables import SERVICES
from daemon.store.sealing import KeyRing, use_keys
from daemon.telemetry import Telemetry
from handlers.demand import VelocityClass
from handlers.listings import Changes
from handlers.sales_orders import Accepted, StoredOrder
from handlers.sellable_stock import Component, Listing
from handlers.shipping_services import ServiceRow
from handlers.supply import Rules, Selling
from schemas.amazon_order_change import read_order_change
from schemas.terms import Account, ChannelAccount, ChannelOrderId, Marketplace, SellerSku, Sku, Warehouse
from simulators.amazon import UK
from simulators.amazon.order_details import OrderDetails
from tests.daemon.amazon_rig import Rig as Amazon
from tests.daemon.amazon_rig import rig as amazon_rig
from tests.journeys.rig import until

pytestmark = pytest.mark.live

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


async def test_a_mapped_order_is_ready_with_what_the_warehouse_needs_and_its_address_sealed(
    tmp_path: Path, database_url: str
) -> None:
    async with house(tmp_path, database_url) as here:
        await here.maps(CHAIR, NEXT_DAY)
        here.order("O-1")
        await here.run()
        stored = await here.stored("O-1")
        assert (stored.state, stored.cleared_version, stored.blocked_by) == ("ready", stored.version, ())
        assert stored.cleared is not None
        assert (stored.cleared.carrier, stored.cleared.carrier_service) == ("DPD", "12")
        assert [(line.sku, line.quantity) for line in stored.cleared.lines] == [("CHAIR", 6)]
        assert stored.order.ship_to is not None and stored.order.ship_to.name == "Zoë Ünlü 🚚"
        async with here.database.connection() as connection:
            assert "Some Street" not in await connection.fetchval("select sales_order::text from sales_order")
            assert await connection.fetchval("select count(*) from open_line") == 1


async def test_an_order_that_waits_for_nothing_is_judged_with_what_is_told_of_it_and_any_other_is_due(
    tmp_path: Path, database_url: str
) -> None:
    async with house(tmp_path, database_url) as here:
        await here.maps(CHAIR, NEXT_DAY)
        here.order("O-1")
        here.order("O-2", sku="stool")
        await here.demand.round()
        async with here.database.connection() as connection:
            due = await connection.fetch("select channel_order_id from sales_order where check_at is not null")
            asked = await connection.fetch("select channel_order_id from order_to_read")
        assert ([row[0] for row in due], [row[0] for row in asked]) == (["O-2"], ["O-1"])
        await here.clearing.round()
        assert (await here.stored("O-1")).state == "ready" and (await here.stored("O-2")).state == "blocked"


async def test_a_blocked_order_says_what_is_missing_and_goes_on_by_itself_once_it_is_mapped(
    tmp_path: Path, database_url: str
) -> None:
    async with house(tmp_path, database_url) as here:
        here.order("O-1", sku="CHAIR")
        here.order("O-2", sku="CHAIR")
        await here.run()
        assert (await here.stored("O-1")).state == "blocked"
        kinds = {reason.kind for reason in (await here.stored("O-1")).blocked_by}
        assert kinds == {"sku_unmapped", "service_unmapped"}
        assert not any("RECIPIENT" in str(entry) for entry in here.amazon.simulator.world.journal.entries)
        alerts = await here.alerts()
        [text] = [text for name, text in alerts.items() if "/sku/" in name]
        assert text.startswith("2 orders wait") and "goodsout listings import" in text
        await here.maps(replace(CHAIR, seller_sku=SellerSku("CHAIR")), NEXT_DAY)
        await here.run()
        assert [(await here.stored(name)).state for name in ("O-1", "O-2")] == ["ready", "ready"]
        assert await here.alerts() == {}


async def test_near_misses_are_shown_and_block(tmp_path: Path, database_url: str) -> None:
    async with house(tmp_path, database_url) as here:
        await here.maps(replace(CHAIR, seller_sku=SellerSku("00CHAIR-1")), NEXT_DAY)
        here.order("O-1", sku="chair1")
        await here.run()
        [reason] = (await here.stored("O-1")).blocked_by
        assert reason.kind == "sku_unmapped" and "'00CHAIR-1'" in reason.hints[0]


async def test_a_pending_order_reserves_and_is_never_released(tmp_path: Path, database_url: str) -> None:
    async with house(tmp_path, database_url) as here:
        await here.maps(CHAIR, NEXT_DAY)
        here.order("O-1", status="PENDING")
        await here.run()
        assert (await here.stored("O-1")).state == "pending"
        async with here.database.connection() as connection:
            assert await connection.fetchval("select ordered from open_line_part") == 6
        here.change("O-1", status="UNSHIPPED")
        await here.run()
        assert (await here.stored("O-1")).state == "ready"


async def test_a_cancelled_order_ends_and_its_alert_with_it(tmp_path: Path, database_url: str) -> None:
    async with house(tmp_path, database_url) as here:
        await here.maps(None, NEXT_DAY)
        here.order("O-1")
        await here.run()
        assert len(await here.alerts()) == 1
        here.change("O-1", status="CANCELLED")
        await here.run()
        assert (await here.stored("O-1")).state == "ended"
        assert await here.alerts() == {}


async def test_a_status_never_seen_is_held_and_raised(tmp_path: Path, database_url: str) -> None:
    async with house(tmp_path, database_url) as here:
        await here.maps(CHAIR, NEXT_DAY)
        here.order("O-1", status="UNSHIPPED_ON_MARS")
        await here.run()
        stored = await here.stored("O-1")
        assert (stored.state, stored.order.status) == ("blocked", "unknown")
        assert "UNSHIPPED_ON_MARS" in next(iter((await here.alerts()).values()))


async def test_an_address_that_nobody_can_deliver_to_blocks_without_repeating_it(
    tmp_path: Path, database_url: str
) -> None:
    async with house(tmp_path, database_url) as here:
        await here.maps(CHAIR, NEXT_DAY)
        here.order("O-1", address=HOME | {"postalCode": "12345", "addressLine1": "1 Secret Lane"})
        await here.run()
        [reason] = (await here.stored("O-1")).blocked_by
        assert reason.kind == "address_faulty" and "postcode is not valid for GB" in reason.text
        assert not any("12345" in text or "Secret" in text for text in (await here.alerts()).values())
        here.change("O-1", address=HOME)
        await here.run()
        assert (await here.stored("O-1")).state == "ready"


async def test_a_bad_order_is_refused_alone_and_its_page_goes_on(tmp_path: Path, database_url: str) -> None:
    async with house(tmp_path, database_url) as here:
        await here.maps(CHAIR, NEXT_DAY)
        here.order("O-1")
        here.order("O-2", prices={"L1": "NaN"})
        await here.run()
        assert (await here.stored("O-1")).state == "ready"
        assert list(await here.alerts()) == ["order_unreadable shop/O-2"]
        here.change("O-2", prices={"L1": "9.90"})
        await here.run()
        assert (await here.stored("O-2")).state == "ready"
        assert await here.alerts() == {}


async def test_a_notification_brings_an_order_before_any_search_has_found_it(
    tmp_path: Path, database_url: str
) -> None:
    async with house(tmp_path, database_url) as here:
        await here.maps(CHAIR, NEXT_DAY)
        here.order("O-1")
        seller = here.clearing.seller
        change = read_order_change(notification(seller.seller_id, "O-1"))
        async with here.database.transaction() as connection:
            told = await orders_changed(connection, [change] * 3, {"shop": seller}, datetime.now(UTC))
            assert [decision.word for decision in told] == ["to_be_read"] * 3
            other = {"shop": replace(seller, release="none")}
            [ignored] = await orders_changed(connection, [change], other, datetime.now(UTC))
            assert ignored.word == "not_released"
        for _ in range(4):
            await here.clearing.round()
        assert (await here.stored("O-1")).state == "ready"
        reads = [entry for entry in here.amazon.simulator.world.journal.entries if entry.operation == "getOrder"]
        assert len(reads) == 2  # what it is, and once nothing else is missing, where it goes
        async with here.database.connection() as connection:
            assert await connection.fetchval("select ordered from open_line") == 3


async def test_a_notice_of_an_order_that_nobody_knows_is_asked_about_ever_more_seldom_and_given_up(
    tmp_path: Path, database_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with house(tmp_path, database_url, Orders(read_again=0.05, unknown_for=0.4)) as here:
        change = read_order_change(notification(here.clearing.seller.seller_id, "FORGED-1"))
        async with here.database.transaction() as connection:
            await orders_changed(connection, [change], {"shop": here.clearing.seller}, datetime.now(UTC))

        async def given_up() -> object:
            await here.clearing.round()
            async with here.database.connection() as connection:
                return not await connection.fetchval("select count(*) from order_to_read")

        await until(given_up)
        reads = [entry for entry in here.amazon.simulator.world.journal.entries if entry.operation == "getOrder"]
        assert 2 <= len(reads) <= 6, "each wait as long as all that went before"
        assert await here.alerts() == {} and "neither its channel nor the books know it" in caplog.text


async def test_an_order_that_the_books_have_and_the_channel_denies_is_raised_and_asked_for_again(
    tmp_path: Path, database_url: str
) -> None:
    async with house(tmp_path, database_url, Orders(read_again=0.05, unknown_for=0.0)) as here:
        await here.maps(CHAIR, NEXT_DAY)
        here.order("O-1")
        await here.run()
        del here.amazon.seller.orders["O-1"]
        async with here.database.transaction() as connection:
            await orders_to_read.ask_for(connection, SHOP, [ChannelOrderId("O-1")], datetime.now(UTC))
        for _ in range(4):
            await here.clearing.round()
        assert list(await here.alerts()) == ["order_unreadable shop/O-1"]
        async with here.database.connection() as connection:
            assert await connection.fetchval("select count(*) from order_to_read") == 1


def notification(seller_id: str, order_id: str) -> bytes:
    change = {"SellerId": seller_id, "AmazonOrderId": order_id, "Summary": {"MarketplaceId": UK}}
    told = {
        "NotificationType": "ORDER_CHANGE",
        "Payload": {"OrderChangeNotification": change},
        "NotificationMetadata": {"NotificationId": "n-1"},
    }
    return json.dumps(told).encode()


async def test_orders_that_came_before_they_were_released_are_read_and_those_made_by_hand_are_not(
    tmp_path: Path, database_url: str
) -> None:
    async with house(tmp_path, database_url) as here:
        await here.maps(CHAIR, NEXT_DAY)
        released = here.demand.seller
        here.demand = dataclasses.replace(here.demand, seller=replace(released, release="none"))
        here.order("O-1")
        here.order("O-2")
        here.amazon.seller.orders["O-2"].created_at -= timedelta(minutes=5)
        here.clearing.since = datetime.now(UTC) - timedelta(minutes=4)
        await here.run()
        assert (await here.stored("O-1")).state == "ready"
        async with here.database.connection() as connection:
            assert await connection.fetchval("select count(*) from sales_order") == 1
            assert await connection.fetchval("select count(*) from order_to_read") == 0


async def test_a_read_that_is_behind_the_search_is_made_again(tmp_path: Path, database_url: str) -> None:
    async with house(tmp_path, database_url, Orders(read_again=0.2)) as here:
        await here.maps(CHAIR, NEXT_DAY)
        here.order("O-1")
        for _ in range(2):
            await here.demand.round()
        ahead = datetime.now(UTC)
        await here.execute("update sales_order set updated_at = $1", ahead)
        for _ in range(4):
            await here.clearing.round()
        assert (await here.stored("O-1")).state == "pending"
        here.amazon.seller.orders["O-1"].changed_at = ahead
        await until(lambda: here.reaches("O-1", "ready"))


async def test_an_accepted_doubt_lets_the_order_go(tmp_path: Path, database_url: str) -> None:
    async with house(tmp_path, database_url) as here:
        await here.maps(CHAIR, NEXT_DAY)
        here.order("O-1", prices={"L1": "0.00"})
        await here.run()
        stored = await here.stored("O-1")
        assert [reason.kind for reason in stored.blocked_by] == ["price_doubtful"]
        now = datetime.now(UTC)
        yes = Accepted(kind="price_doubtful", version=stored.version, by="ann", note="a gift", at=now)
        async with here.database.transaction() as connection:
            assert not await store.accept(connection, stored.key, replace(yes, version=stored.version + 1))
            assert await store.accept(connection, stored.key, yes)
        await here.run()
        assert (await here.stored("O-1")).state == "ready"


async def test_a_kit_goes_out_as_its_components(tmp_path: Path, database_url: str) -> None:
    async with house(tmp_path, database_url) as here:
        kit = replace(CHAIR, pack_size=1, components=(Component(Sku("SEAT"), 1), Component(Sku("LEG"), 4)))
        await here.maps(kit, NEXT_DAY)
        here.order("O-1")
        await here.run()
        stored = await here.stored("O-1")
        assert stored.cleared is not None
        assert [(line.sku, line.quantity) for line in stored.cleared.lines] == [("SEAT", 3), ("LEG", 12)]
