"""Orders of a channel in the books: read page by page, counted once, resumed where they were."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from msgspec.structs import replace

from daemon.brakes import Brakes
from daemon.budget import Budget
from daemon.clock import Clock
from daemon.demand_watch import DemandWatch
from daemon.marking import mark
from daemon.order_demand import OrderDemand
from daemon.selling import Speed
from daemon.settings import Database as DatabaseSettings
from daemon.settings import Demand as DemandSettings
from daemon.store.channel_sales import take_orders
from daemon.store.database import Connection, Database, open_database
from daemon.store.listings import all_listings, apply
from daemon.store.notes import write_notes
from daemon.store.open_lines import hear_standings
from daemon.store.orders import save
from daemon.telemetry import Telemetry
from handlers.brake import BrakeRules
from handlers.demand import VelocityClass
from handlers.listings import Changes, read_listings, write_listings
from handlers.notes import RaiseAlert, ResolveAlert
from handlers.order_standing import LineStanding, StandingRow
from handlers.sellable_stock import Buffer, Component, Listing
from handlers.supply import Rules, Selling
from schemas.amazon_order_search import SoldLine, SoldOrder
from schemas.terms import (
    Account,
    ChannelAccount,
    ChannelOrderId,
    LineReference,
    Marketplace,
    OrderReference,
    SellerSku,
    Sku,
    Warehouse,
)
from simulators.amazon import UK, Fault
from simulators.amazon.orders import SimulatedItem, SimulatedOrder
from tests.daemon.amazon_rig import Rig as Amazon
from tests.daemon.amazon_rig import rig as amazon_rig

pytestmark = pytest.mark.live

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


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    opened = await open_database(database_url, DatabaseSettings(url=database_url), 4)
    yield opened
    await opened.close()


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


def sold(number: int, *lines: SoldLine, minutes: float = 0.0) -> SoldOrder:
    return SoldOrder(
        order_id=ChannelOrderId(f"O-{number}"),
        marketplace=Marketplace(UK),
        ordered_at=now(),
        updated_at=now() + timedelta(minutes=minutes),
        lines=lines or (chairs(2),),
    )


def chairs(units: int, cancelled: int = 0, fulfilled: int = 0, sku: str = "chair") -> SoldLine:
    return SoldLine(LineReference("L1"), SellerSku(sku), units, cancelled, fulfilled)


async def take(database: Database, *orders: SoldOrder) -> None:
    async with database.transaction() as connection:
        await take_orders(connection, SHOP, orders, now(), SPEED, RULES)


def allocated(units: int, sequence: int, revision: int = 1) -> StandingRow:
    return StandingRow(
        account=Account("acme"),
        order_reference=OrderReference("O-1"),
        revision=revision,
        standing="allocated",
        lines=(LineStanding("CHAIR", allocated=units, warehouse="W1", stock_sequence=sequence),),
        at=now(),
    )


async def test_an_answer_that_comes_again_counts_nothing_twice(database: Database) -> None:
    async with database.transaction() as connection:
        await listed(connection, CHAIR)
        await stocked(connection, "CHAIR", 10)
    order = sold(1)
    await take(database, order)
    first = await demand_of(database)
    for _ in range(3):
        await take(database, order, order)
    assert await demand_of(database) == first
    assert await desired(database) == {"chair": 8}


async def demand_of(database: Database) -> tuple[float, str]:
    async with database.connection() as connection:
        row = await connection.fetchrow("select per_day, velocity_class from demand")
    assert row is not None
    return row["per_day"], row["velocity_class"]


async def test_an_edited_quantity_moves_the_pool_and_is_no_new_demand(database: Database) -> None:
    async with database.transaction() as connection:
        await listed(connection, CHAIR)
        await stocked(connection, "CHAIR", 10)
    await take(database, sold(1))
    first = await demand_of(database)
    await take(database, sold(1, chairs(5), minutes=1))
    assert await desired(database) == {"chair": 5}
    await take(database, sold(1, chairs(5, cancelled=4), minutes=2))
    await take(database, sold(1, chairs(5), minutes=1.5))
    assert await desired(database) == {"chair": 9}
    assert await demand_of(database) == first


async def test_a_standing_that_was_committed_beside_the_order_is_caught_up_with(database: Database) -> None:
    async with database.transaction() as connection:
        await listed(connection, CHAIR)
        await stocked(connection, "CHAIR", 10, applied=14)
    await take(database, sold(1))
    async with database.transaction() as connection:
        await save(connection, [allocated(2, 14)])  # nobody heard of it: its transaction saw no open line
    assert await desired(database) == {"chair": 8}
    watch = DemandWatch(QUICK, RULES, SPEED)
    async with database.transaction() as connection:
        assert await watch.catch_up(connection, now()) == []
    assert await desired(database) == {"chair": 10}
    async with database.transaction() as connection:
        await watch.close_settled(connection, now())
        assert await connection.fetchval("select count(*) from open_line_part where closed_at is null") == 0


async def test_an_order_that_the_warehouse_calls_by_another_name_is_known_by_its_lines(database: Database) -> None:
    async with database.transaction() as connection:
        await listed(connection, CHAIR)
        await stocked(connection, "CHAIR", 10, applied=14)
    await take(database, sold(1))
    named = replace(allocated(2, 14), order_reference=OrderReference("SO-77"))
    lines = (replace(named.lines[0], line_reference="L1"),)
    async with database.transaction() as connection:
        await save(connection, [replace(named, lines=lines)])
        await DemandWatch(QUICK, RULES, SPEED).catch_up(connection, now())
    assert await desired(database) == {"chair": 10}


async def test_what_is_not_in_the_books_yet_is_not_closed(database: Database) -> None:
    async with database.transaction() as connection:
        await listed(connection, CHAIR)
        await stocked(connection, "CHAIR", 10, applied=13)
    await take(database, sold(1))
    async with database.transaction() as connection:
        assert await hear_standings(connection, [allocated(2, 14)], now(), RULES) == 1
        await DemandWatch(QUICK, RULES, SPEED).close_settled(connection, now())
        assert await connection.fetchval("select count(*) from open_line_part where closed_at is null") == 1


async def test_an_allocation_under_clarus_asks_for_the_read_that_ends_it(database: Database) -> None:
    rules = replace(RULES, readings={Warehouse("W1"): "north"})
    async with database.transaction() as connection:
        await listed(connection, CHAIR)
        await stocked(connection, "CHAIR", 10)
    await take(database, sold(1))
    at = now()
    async with database.transaction() as connection:
        await hear_standings(connection, [allocated(2, 14)], at, rules)
        assert (
            await connection.fetchval("select marked_at from clarus_mark where (tenant, sku) = ('north', 'CHAIR')")
            == at
        )
    assert await desired(database, rules) == {"chair": 8}
    async with database.transaction() as connection:
        await connection.execute("update stock set level_time = $1", at + timedelta(milliseconds=1))
        await connection.execute("insert into dirty values ('acme', 'CHAIR', $1)", now())
    assert await desired(database, rules) == {"chair": 10}


async def test_a_component_that_moves_marks_its_kits(database: Database) -> None:
    kit = replace(CHAIR, seller_sku=SellerSku("set"), sku=Sku("SET"), components=(
        Component(Sku("CHAIR"), 4), Component(Sku("TABLE"), 1)))  # fmt: skip
    async with database.transaction() as connection:
        await listed(connection, CHAIR, kit)
        await stocked(connection, "CHAIR", 12)
        await stocked(connection, "TABLE", 2)
    assert await desired(database) == {"chair": 12, "set": 2}
    async with database.transaction() as connection:
        await connection.execute("update stock set available = 7 where sku = 'CHAIR'")
        await connection.execute("insert into dirty values ('acme', 'CHAIR', $1)", now())
    assert await desired(database) == {"chair": 7, "set": 1}
    await take(database, sold(1, chairs(1, sku="set")))
    assert await desired(database) == {"chair": 3, "set": 0}


async def test_a_reserve_that_changes_is_felt_by_the_others_at_once(database: Database) -> None:
    other = replace(CHAIR, channel_account=OUTLET, seller_sku=SellerSku("chair-2"), priority=2)
    async with database.transaction() as connection:
        await listed(connection, CHAIR, other)
        await stocked(connection, "CHAIR", 10)
    assert await desired(database) == {"chair": 10, "chair-2": 10}
    async with database.transaction() as connection:
        [before, *_] = await all_listings(connection, SHOP)
        await apply(connection, Changes(changed=((before, replace(before, reserve=4)),)), [], now())
    assert await desired(database) == {"chair": 10, "chair-2": 6}
    async with database.transaction() as connection:
        [before, *_] = await all_listings(connection, SHOP)
        await apply(connection, Changes(missing=(before,)), [before], now())
    assert await desired(database) == {"chair-2": 10}


async def test_what_was_imported_is_exported_and_read_back_as_it_was(database: Database) -> None:
    kit = replace(
        CHAIR, sku=Sku("SET"), components=(Component(Sku("A;B"), 4), Component(Sku("C\\"), 1)), priority=3, reserve=7,
        velocity_class="fast", buffer_percent=Decimal("2.5"),
    )  # fmt: skip
    async with database.transaction() as connection:
        await listed(connection, kit)
        kept = await all_listings(connection)
        assert await connection.fetchval("select count(*) from kit_component where account = 'acme'") == 2
    assert [replace(listing, id=0) for listing in kept] == [kit]
    assert read_listings(write_listings(kept).encode()).listings == (kit,)


async def test_a_listing_that_sells_no_longer_leaves_its_class(database: Database) -> None:
    async with database.transaction() as connection:
        await listed(connection, CHAIR)
        await stocked(connection, "CHAIR", 200)
    await take(database, sold(1, chairs(100)))
    assert (await demand_of(database))[1] == "fast"
    assert await desired(database) == {"chair": 98}
    watch = DemandWatch(QUICK, RULES, SPEED)
    async with database.transaction() as connection:
        await watch.class_anew(connection, now() + timedelta(days=60))
    assert (await demand_of(database))[1] == "slow"
    assert await desired(database) == {"chair": 100}


@dataclass
class Reading:
    amazon: Amazon
    orders: OrderDemand
    database: Database

    def buy(self, number: int) -> SimulatedOrder:
        """A chair, ordered ten seconds ago."""
        name = f"{number:03d}-0000000-0000000"
        order = self.amazon.seller.add_order(name, [(f"{number:05d}", "chair", 1)])
        order.created_at -= timedelta(seconds=10)
        return order

    async def rounds(self, count: int) -> None:
        for _ in range(count):
            await self.orders.round()

    async def until_read(self) -> None:
        """Until no window is under way."""
        for _ in range(20):
            await self.orders.round()
            if not await self.value("select count(*) from order_cursor where window_from is not null"):
                return
        raise AssertionError("the window never ended")

    async def value(self, sql: str) -> object:
        async with self.database.connection() as connection:
            return await connection.fetchval(sql)

    def answers(self, outcome: str) -> int:
        return len(self.amazon.simulator.journal.of("searchOrders", outcome))


@asynccontextmanager
async def reading(folder: Path, database: Database) -> AsyncIterator[Reading]:
    async with amazon_rig(folder) as amazon, database.connection() as connection:
        amazon.simulator.world.search_behind = timedelta(0)
        amazon.seller.orders.clear()
        await listed(connection, CHAIR)
        await stocked(connection, "CHAIR", 1000)
        yield Reading(amazon, demand_loop(amazon, database), database)


def demand_loop(amazon: Amazon, database: Database) -> OrderDemand:
    return OrderDemand(
        "shop", amazon.account, amazon.link, database, Budget(), Clock(), Telemetry(), QUICK, SPEED, RULES, {}
    )


async def test_pages_are_read_to_the_end_and_whoever_takes_over_goes_on(tmp_path: Path, database: Database) -> None:
    async with reading(tmp_path, database) as read:
        for number in range(230):
            read.buy(number)
        await read.rounds(1)
        assert await read.value("select count(*) from open_line") == 100
        assert await read.value("select pages from order_cursor") == 1
        read.orders = demand_loop(read.amazon, database)
        await read.until_read()
        assert await read.value("select count(*) from open_line") == 230
        assert read.answers("answered") == 3
        assert await desired(database) == {"chair": 1000 - 230 - 2}


async def test_a_paging_token_that_is_refused_begins_the_window_anew(tmp_path: Path, database: Database) -> None:
    async with reading(tmp_path, database) as read:
        for number in range(120):
            read.buy(number)
        await read.rounds(1)
        await read.value("update order_cursor set paging_token = 'run out' returning 1")
        await read.until_read()
        assert read.answers("refused") == 1
        assert await read.value("select count(*) from open_line") == 120
        assert await read.value("select sum(ordered) from open_line_part") == 120


async def test_orders_that_amazon_sends_itself_and_orders_of_old_take_nothing(
    tmp_path: Path, database: Database
) -> None:
    async with reading(tmp_path, database) as read:
        read.buy(1).fulfilled_by = "AMAZON"
        old = read.buy(2)
        old.changed_at = old.created_at
        old.created_at -= timedelta(days=QUICK.keep_days + 1)
        await read.until_read()
        assert read.answers("answered") == 1
        assert await read.value("select count(*) from open_line") == 0


async def test_an_unavailable_or_throttled_search_is_tried_again_and_loses_nothing(
    tmp_path: Path, database: Database
) -> None:
    async with reading(tmp_path, database) as read:
        read.buy(1)
        faults = (
            Fault(kind="error_before", operation="searchOrders"),
            Fault(kind="cut_answer", operation="searchOrders"),
        )
        read.amazon.simulator.faults.script(*faults)
        await read.until_read()
        assert await read.value("select count(*) from open_line") == 1


async def test_an_order_that_nobody_can_read_is_raised_and_hides_no_other(tmp_path: Path, database: Database) -> None:
    async with reading(tmp_path, database) as read:
        read.buy(1)
        read.buy(2).items = [SimulatedItem("L2", "chair", -1)]
        await read.until_read()
        assert await read.value("select count(*) from open_line") == 1
        assert "-1 ordered" in str(await read.value("select text from alert where kind = 'orders_unread'"))


async def test_orders_that_are_not_read_for_long_are_raised_until_they_are(
    tmp_path: Path, database: Database
) -> None:
    async with reading(tmp_path, database) as read:
        await read.until_read()
        later = now() + timedelta(seconds=QUICK.unread_after + 60)
        watch = DemandWatch(QUICK, RULES, SPEED)
        async with database.transaction() as connection:
            assert await watch.raise_unread(connection, now()) == []
            notes = await watch.raise_unread(connection, later)
            assert [getattr(note, "cause", "") for note in notes] == ["shop/late"]
            await write_notes(connection, notes, later, {})
            [resolved] = await watch.raise_unread(connection, now())
            assert isinstance(resolved, ResolveAlert)


async def test_a_line_that_stays_open_for_days_is_raised(database: Database) -> None:
    async with database.transaction() as connection:
        await listed(connection, CHAIR)
    await take(database, sold(1))
    watch = DemandWatch(QUICK, RULES, SPEED)
    async with database.transaction() as connection:
        assert await watch.raise_stuck(connection, now()) == []
        [raised] = await watch.raise_stuck(connection, now() + timedelta(seconds=QUICK.stuck_after + 1))
        assert isinstance(raised, RaiseAlert)
        assert raised.detail["oldest"] == ["O-1 CHAIR"]


async def test_lines_are_forgotten_once_nothing_of_them_is_open(database: Database) -> None:
    async with database.transaction() as connection:
        await listed(connection, CHAIR)
    await take(database, sold(1), sold(2, chairs(2, cancelled=2)))
    watch = DemandWatch(QUICK, RULES, SPEED)
    async with database.transaction() as connection:
        await watch.close_settled(connection, now())
        await watch.forget(connection, now() + timedelta(days=QUICK.keep_days + 2))
        rows = await connection.fetch("select channel_order_id from open_line")
    assert [row["channel_order_id"] for row in rows] == ["O-1"]
