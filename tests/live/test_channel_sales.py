"""Orders of a channel in the books: counted once, and taken from what may be sold until they are settled."""

from datetime import timedelta
from decimal import Decimal

import pytest
from msgspec.structs import replace

from daemon.demand_watch import DemandWatch
from daemon.store.channel_sales import take_orders
from daemon.store.database import Database
from daemon.store.listings import all_listings, apply
from daemon.store.open_lines import hear_standings
from daemon.store.orders import save
from handlers.listings import Changes, read_listings, write_listings
from handlers.notes import RaiseAlert
from handlers.order_standing import LineStanding, StandingRow
from handlers.sellable_stock import Component
from schemas.amazon_order_search import SoldLine, SoldOrder
from schemas.terms import (
    Account,
    ChannelOrderId,
    LineReference,
    Marketplace,
    OrderReference,
    SellerSku,
    Sku,
    Warehouse,
)
from simulators.amazon import UK
from tests.live.sales_rig import CHAIR, OUTLET, QUICK, RULES, SHOP, SPEED, desired, listed, now, stocked

pytestmark = pytest.mark.live


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
