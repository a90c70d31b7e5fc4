"""Orders of a channel, read page by page: nothing is lost, whoever takes over and however the channel answers."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from daemon.budget import Budget
from daemon.clock import Clock
from daemon.demand_watch import DemandWatch
from daemon.order_demand import OrderDemand
from daemon.store.database import Database
from daemon.store.notes import write_notes
from daemon.telemetry import Telemetry
from handlers.notes import ResolveAlert
from handlers.order_terms import Terms
from schemas.terms import ChannelAccount
from simulators.amazon import Fault
from simulators.amazon.orders import SimulatedItem, SimulatedOrder
from tests.daemon.amazon_rig import Rig as Amazon
from tests.daemon.amazon_rig import rig as amazon_rig
from tests.live.sales_rig import CHAIR, QUICK, RULES, SPEED, desired, listed, now, stocked

pytestmark = pytest.mark.live


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
        "shop", amazon.account, amazon.link, database, Budget(), Clock(), Telemetry(), QUICK, SPEED, RULES,
        Terms(account=ChannelAccount("shop")), {},
    )  # fmt: skip


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
