"""Channels' orders in the books: taken once, sealed, judged anew when they change, handed over by version."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from msgspec.structs import replace

from daemon.settings import Database as DatabaseSettings
from daemon.store import orders_told
from daemon.store import sales_orders as store
from daemon.store.database import Database, open_database
from daemon.store.orders_told import Told
from daemon.store.sealing import KeyRing, erase_subject, use_keys
from handlers.sales_orders import Word, subject_of
from schemas.sales_order import SalesLine, SalesOrder, ShipTo
from schemas.terms import ChannelAccount, ChannelOrderId, LineReference, Marketplace, SellerSku

pytestmark = pytest.mark.live

SHOP = ChannelAccount("shop")
AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
HOME = ShipTo(name="שלום Søren 🚚", lines=("1 Some Street",), city="Town", postcode="AB1 2CD", country="GB")


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    use_keys(KeyRing((b"k" * 32,)))
    opened = await open_database(database_url, DatabaseSettings(url=database_url), 4)
    yield opened
    await opened.close()


def order(name: str = "1", **changes: object) -> SalesOrder:
    line = SalesLine(
        line_reference=LineReference("1"), seller_sku=SellerSku("chair"), ordered=2, unit_price=Decimal("9.90"),
        currency="GBP",
    )  # fmt: skip
    plain = SalesOrder(
        channel_account=SHOP, channel_order_id=ChannelOrderId(name), marketplace=Marketplace("UK"), status="open",
        ordered_at=AT, updated_at=AT, ship_by=AT + timedelta(days=1), programmes=frozenset(("prime",)), lines=(line,),
    )  # fmt: skip
    return replace(plain, **changes)


async def take(database: Database, *orders: SalesOrder) -> dict[Word, int]:
    async with database.transaction() as connection:
        return await orders_told.take(connection, SHOP, [Told(item, b"{}") for item in orders], AT)


async def test_an_order_is_stored_once_and_comes_back_as_it_was(database: Database) -> None:
    assert await take(database, order(), order("2")) == {"new": 2}
    assert await take(database, order(), order("2", status="cancelled", updated_at=AT + timedelta(1))) == {
        "unchanged": 1,
        "changed": 1,
    }
    async with database.transaction() as connection:
        stored = await store.load(connection, SHOP, ChannelOrderId("1"))
    assert stored is not None
    assert (stored.order, stored.version, stored.state) == (order(), 1, "pending")


async def test_the_address_is_sealed_and_gone_with_its_key(database: Database) -> None:
    await take(database, order(ship_to=HOME))
    async with database.transaction() as connection:
        text = await connection.fetchval("select sales_order::text from sales_order")
        opened = await store.opened(connection, SHOP, ChannelOrderId("1"), AT)
        await erase_subject(connection, subject_of("shop", "1"))
        erased = await store.opened(connection, SHOP, ChannelOrderId("1"), AT)
    assert "Street" not in text and "AB1" not in text and b"Street".hex() not in text
    assert opened is not None and opened.order.ship_to == HOME
    assert erased is not None and erased.order.ship_to is None


async def test_another_address_is_a_new_version(database: Database) -> None:
    await take(database, order(ship_to=HOME))
    assert await take(database, order(ship_to=HOME)) == {"unchanged": 1}
    assert await take(database, order(ship_to=replace(HOME, postcode="ZZ9 9ZZ"))) == {"changed": 1}


async def test_what_changed_after_it_was_released_comes_up_again_once_it_is_judged(database: Database) -> None:
    await take(database, order())
    async with database.transaction() as connection:
        await connection.execute("update sales_order set state = 'ready', cleared_version = 1, cleared = null")
        [found] = await store.ready(connection, SHOP, 10)
        await store.released(connection, {found.key: found.version}, AT)
        assert await store.ready(connection, SHOP, 10) == []
        assert await store.changed(connection, SHOP, 10) == []
    await take(database, order(service="Express", updated_at=AT + timedelta(1)))
    async with database.transaction() as connection:
        assert await store.changed(connection, SHOP, 10) == []
        await connection.execute("update sales_order set cleared_version = version")
        [again] = await store.changed(connection, SHOP, 10)
    assert (again.version, again.released_version, again.order.service) == (2, 1, "Express")


async def test_a_cancellation_after_release_comes_up_without_being_judged(database: Database) -> None:
    await take(database, order())
    async with database.transaction() as connection:
        await store.released(connection, {(SHOP, ChannelOrderId("1")): 1}, AT)
    await take(database, order(status="cancelled", updated_at=AT + timedelta(1)))
    async with database.transaction() as connection:
        [found] = await store.changed(connection, SHOP, 10)
        await store.ended(connection, found.key, AT)
        assert await store.changed(connection, SHOP, 10) == []


async def test_a_change_that_claims_to_be_of_the_future_makes_none_that_follows_it_stale(database: Database) -> None:
    await take(database, order(updated_at=AT + timedelta(days=9_000)))
    later = AT + timedelta(hours=1)
    cancelled = Told(order(status="cancelled", updated_at=later), b"{}")
    async with database.transaction() as connection:
        assert await orders_told.take(connection, SHOP, [cancelled], later) == {"changed": 1}
