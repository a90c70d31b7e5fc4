"""What is held of buyers goes on time or on request, by its key, and every read leaves a trace."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from daemon.clock import Clock
from daemon.housekeeping import Housekeeping
from daemon.settings import Bus, Buyers, Settings
from daemon.settings import Database as DatabaseSettings
from daemon.store import buyer_access, erasing, sales_orders
from daemon.store.database import Database, open_database
from daemon.store.orders_told import Told, take
from daemon.store.parked import park_all
from daemon.store.parked_search import read_body
from daemon.store.sealing import Erased, KeyRing, use_keys
from daemon.watch import Watch
from handlers.parking import parking
from handlers.sales_orders import subject_of
from schemas.sales_order import OrderStatus, SalesOrder
from schemas.terms import ChannelAccount, ChannelOrderId, Marketplace
from tests.live.release_rig import HOME, lines

pytestmark = pytest.mark.live

SHOP = ChannelAccount("shop")
AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
MONTH = timedelta(days=30)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    use_keys(KeyRing((b"k" * 32,)))
    opened = await open_database(database_url, DatabaseSettings(url=database_url), 4)
    yield opened
    await opened.close()


async def sell(database: Database, name: str, status: OrderStatus = "open", at: datetime = AT) -> None:
    order = SalesOrder(
        channel_account=SHOP, channel_order_id=ChannelOrderId(name), marketplace=Marketplace("UK"), status=status,
        ordered_at=at, updated_at=at, ship_to=HOME, lines=lines(A=1),
    )  # fmt: skip
    async with database.transaction() as connection:
        await take(connection, SHOP, [Told(order, b'{"to": "B. Uyer"}')], at)


async def sealed(database: Database) -> set[str]:
    """Orders of which something of the buyer is held."""
    async with database.connection() as connection:
        rows = await connection.fetch(
            "select channel_order_id as name, subject in (select subject from subject_key) as has_key,"
            " ship_to is not null and raw is not null as has_bytes from sales_order"
        )
    assert all(row["has_key"] == row["has_bytes"] for row in rows)
    return {row["name"] for row in rows if row["has_key"]}


async def park_about(database: Database, partition_key: str, at: datetime) -> int:
    async with database.transaction() as connection:
        [number] = await park_all(
            connection,
            [parking(
                exchange="clarus", routing_key="despatch.completed", headers={"partitionkey": partition_key},
                body=f"B. Uyer {partition_key}".encode(), content_type="text/plain", delivery_count=0, origin="q",
                reason="invalid", detail="no",
            )],
            at,
        )  # fmt: skip
    return number


async def test_orders_that_are_over_are_erased_on_time_and_no_others(database: Database) -> None:
    told: dict[str, OrderStatus] = {"sent": "despatched", "off": "cancelled", "open": "open", "done": "open"}
    for name, status in told.items():
        await sell(database, name, status)
    await sell(database, "young", "despatched", AT + timedelta(seconds=1))
    async with database.connection() as connection:
        await sales_orders.ended(connection, (SHOP, ChannelOrderId("done")), AT)
        assert await erasing.erase_due(connection, AT, AT + MONTH) == 0
    async with database.transaction() as connection:
        assert await erasing.erase_due(connection, AT + timedelta(milliseconds=1), AT + MONTH) == 3
    assert await sealed(database) == {"open", "young"}


async def test_an_order_that_the_warehouse_has_completed_is_over(
    database: Database,
) -> None:
    await sell(database, "1")
    async with database.transaction() as connection:
        await connection.execute(
            "insert into warehouse_order (channel_account, channel_order_id, warehouse, account, order_reference,"
            " status, changed_at) values ('shop', '1', 'W1', 'acme', '1', 'completed', $1)",
            AT,
        )
        assert await erasing.erase_due(connection, AT + MONTH, AT + MONTH) == 1
    assert await sealed(database) == set()


async def test_what_comes_for_an_erased_order_is_erased_with_the_next_round(database: Database) -> None:
    await sell(database, "1", "despatched")
    async with database.transaction() as connection:
        await erasing.erase_due(connection, AT + MONTH, AT + MONTH)
    await sell(database, "1", "refunded", AT + timedelta(days=2))
    assert await sealed(database) == {"1"}
    async with database.transaction() as connection:
        assert await erasing.erase_due(connection, AT + MONTH, AT + MONTH) == 1
    assert await sealed(database) == set()


async def test_the_watch_erases_and_later_forgets(database: Database) -> None:
    settings = Settings(
        bus=Bus(url="embedded:"), database=DatabaseSettings(url="embedded:"), buyers=Buyers(orders_days=60)
    )
    clock = Clock()
    long_ago = clock.now() - timedelta(days=61)
    for name, days in (("old", 61), ("month", 31), ("week", 7)):
        at = clock.now() - timedelta(days=days)
        await sell(database, name, "despatched", at)
        async with database.connection() as connection:
            await sales_orders.ended(connection, (SHOP, ChannelOrderId(name)), at)
    number = await park_about(database, "acme/unknown", long_ago)
    fresh = await park_about(database, "acme/fresh", clock.now())
    watch = Watch(database, clock, settings, {}, more=Housekeeping(settings).tasks())
    await watch.round()
    assert watch.failures == 0
    assert await sealed(database) == {"week"}
    async with database.connection() as connection:
        kept = {row["name"] for row in await connection.fetch("select channel_order_id as name from sales_order")}
        assert await read_body(connection, fresh) == b"B. Uyer acme/fresh"
        with pytest.raises(Erased):
            await read_body(connection, number)
    assert kept == {"month", "week"}


async def test_a_parked_message_that_was_settled_lately_keeps_its_body(database: Database) -> None:
    number = await park_about(database, "acme/1", AT)
    async with database.connection() as connection:
        await connection.execute("update parked set state = 'replayed', settled_at = $1", AT + MONTH)
        assert await erasing.erase_parked(connection, AT + MONTH) == 0
        assert await erasing.erase_parked(connection, AT + MONTH + timedelta(seconds=1)) == 1
        with pytest.raises(Erased):
            await read_body(connection, number)


async def test_an_open_order_is_not_erased_by_hand(database: Database) -> None:
    await sell(database, "1")
    async with database.transaction() as connection:
        done = await erasing.erase_order(connection, (SHOP, ChannelOrderId("1")), AT)
    assert done.is_open and done.dropped == ()
    assert await sealed(database) == {"1"}


async def test_what_is_parked_or_posted_about_an_order_goes_with_it(database: Database) -> None:
    await sell(database, "1", "cancelled")
    other = await park_about(database, "acme/2", AT)
    async with database.transaction() as connection:
        await connection.execute(
            "insert into warehouse_order (channel_account, channel_order_id, warehouse, account, order_reference,"
            " changed_at) values ('shop', '1', 'W1', 'acme', '1', $1)",
            AT,
        )
        await connection.execute(
            "insert into clarus_goods_out (tenant, goods_out_id, account, order_reference, code, ended, shown_at,"
            " changed_at, said) values ('main', '17', 'acme', '1', 'COMPLETED', true, $1, $1, '{}')",
            AT,
        )
        await connection.execute(
            "insert into subject_key values ('clarus-hook:main/goods_out/17', 'k', $1),"
            " ('clarus-hook:main/goods_out/18', 'k', $1)",
            AT,
        )
    mine = await park_about(database, "acme/1", AT)
    async with database.transaction() as connection:
        done = await erasing.erase_order(connection, (SHOP, ChannelOrderId("1")), AT)
        assert done.dropped == ("order", "parked", "webhook")
        assert await read_body(connection, other) == b"B. Uyer acme/2"
        with pytest.raises(Erased):
            await read_body(connection, mine)
        left = {row["subject"] for row in await connection.fetch("select subject from subject_key")}
    assert left == {"acme/2", "clarus-hook:main/goods_out/18"}


async def test_every_opening_leaves_a_trace_that_counts(database: Database) -> None:
    await sell(database, "1")
    await sell(database, "1", at=AT + timedelta(minutes=1))
    async with database.transaction() as connection:
        for minute in (2, 3):
            await sales_orders.opened(connection, SHOP, ChannelOrderId("1"), AT + timedelta(minutes=minute))
        await sales_orders.load(connection, SHOP, ChannelOrderId("1"))
        found = await buyer_access.of(connection, [subject_of("shop", "1")], 10)
        assert await buyer_access.of(connection, ["order:shop/2"], 10) == []
    traces = [(one.why, one.times, one.first_at, one.last_at) for one in found]
    assert traces == [
        ("open", 2, AT + timedelta(minutes=2), AT + timedelta(minutes=3)),
        ("compare", 1, AT + timedelta(minutes=1), AT + timedelta(minutes=1)),
    ]
    assert {one.reader for one in found} == {buyer_access.reader()}
