"""Orders that are asked for by name: on a notification, before they were released, or where a read is behind."""

import dataclasses
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from daemon.order_changes import orders_changed
from daemon.settings import Orders
from daemon.store import orders_to_read
from schemas.amazon_order_change import read_order_change
from schemas.terms import ChannelOrderId
from simulators.amazon import UK
from tests.journeys.rig import until
from tests.live.clearing_rig import CHAIR, NEXT_DAY, SHOP, house

pytestmark = pytest.mark.live


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
