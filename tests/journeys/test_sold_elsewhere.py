"""What one channel has sold lowers the others at once, and is taken off exactly once from then on."""

import random
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from daemon.bus.port import Publication
from daemon.settings import Role
from simulators.amazon import UK, AmazonSimulator, SimulatedSeller
from simulators.amazon.buckets import Plan
from simulators.warehouse import LineToShip, OrderDesk, Warehouse, WireMessage
from tests.journeys.rig import Rig, running, until

ROLES: tuple[Role, ...] = ("intake", "documents", "relay", "publish", "watch")
OUTLET = """
[demand]
every = 0.2
behind = 0.1
overlap = 5.0
[classes.fast]
at_least = 1.0
buffer_units = 3
[sellers.outlet]
account = "acme"
seller_id = "SELLER2"
endpoint = "{url}"
token_url = "{url}/auth/o2/token"
client_id = "simulated-application"
client_secret_file = "client-secret"
refresh_token_file = "outlet-refresh-token"
marketplaces = ["{uk}"]
warehouses = ["W1"]
"""


@dataclass
class House:
    """A rig with two selling accounts on one warehouse, and the desk where the warehouse keeps its orders."""

    rig: Rig
    outlet: SimulatedSeller
    warehouse: Warehouse
    desk: OrderDesk
    numbers: list[str] = field(default_factory=list[str])

    async def list_sku(self, sku: str, units: int, **more: object) -> None:
        await self.rig.list_sku(sku, sku, **more)
        await self.rig.list_sku(sku, sku, channel_account="outlet", **more)
        self.outlet.add_listing(sku, quantity=0)
        missing = units - self.warehouse.available(sku)
        if missing:
            self.warehouse.move(sku, "adjusted", available=missing)
        await self.send(self.warehouse.levels([sku]))

    async def send(self, messages: Sequence[WireMessage]) -> None:
        for one in messages:
            sent = Publication(one.exchange, one.routing_key, one.body, one.message_id, one.headers, one.content_type)
            assert all(await self.rig.bus.publish([sent]))

    def sell(self, seller: SimulatedSeller, *lines: tuple[str, int], status: str = "UNSHIPPED") -> str:
        """A buyer's order; the warehouse does not know of it yet."""
        name = f"{len(self.numbers) + 1:03d}-{seller.seller_id[-1] * 7}-0000000"
        self.numbers.append(name)
        items = [(f"{name[:3]}{place:02d}", sku, units) for place, (sku, units) in enumerate(lines)]
        seller.add_order(name, items, status=status)
        self.desk.take(name, [LineToShip(*item) for item in items])
        return name

    async def shows(self, sku: str, shop: int, outlet: int) -> None:
        async def live() -> object:
            shown = self.rig.seller.listing(sku).live, self.outlet.listing(sku).live
            return True if shown == (shop, outlet) else None

        await until(live, 20)

    async def never_above(self, sku: str, most: int, since: datetime) -> None:
        told = [
            entry
            for entry in self.rig.amazon.journal.accepted("patchListingsItem")
            if entry.at >= since and entry.subject == sku and (entry.quantity or 0) > most
        ]
        assert told == []


@pytest.fixture
async def house(tmp_path: Path, database_url: str) -> AsyncIterator[House]:
    outlets = list[SimulatedSeller]()

    def more(amazon: AmazonSimulator) -> str:
        amazon.world.buckets.plans["searchOrders"] = Plan(50, 50)
        amazon.world.search_behind = timedelta(0)
        outlets.append(amazon.add_seller("SELLER2"))
        (tmp_path / "outlet-refresh-token").write_text(outlets[0].refresh_token)
        (tmp_path / "outlet-refresh-token").chmod(0o600)
        return OUTLET.format(url=amazon.url, uk=UK)

    async with running(tmp_path, database_url, ROLES, more) as rig:
        warehouse = Warehouse(7, ["CHAIR", "TABLE", *(f"{n:03d}-X" for n in range(6))])
        yield House(rig, outlets[0], warehouse, OrderDesk(warehouse))


async def test_an_order_lowers_the_other_channel_before_the_warehouse_says_anything_and_is_taken_off_once(
    house: House,
) -> None:
    await house.list_sku("CHAIR", 10)
    await house.shows("CHAIR", 10, 10)
    begun = datetime.now(UTC)
    order = house.sell(house.rig.seller, ("CHAIR", 3))
    await house.shows("CHAIR", 7, 7)

    movement, event = house.desk.allocate(order)
    await house.send([event])  # the order's event overtakes the movement: the units are not in the books yet
    await house.send([movement])

    async def closed() -> object:
        return await house.rig.books.fetchval("select count(*) = 1 from open_line_part where closed_at is not null")

    await until(closed)
    await house.shows("CHAIR", 7, 7)
    await house.never_above("CHAIR", 7, begun)

    await house.send(house.warehouse.levels(["CHAIR"]))
    await house.send([house.warehouse.move("CHAIR", "received", available=5, received=5)])
    await house.shows("CHAIR", 12, 12)


async def test_the_movement_may_also_come_first(house: House) -> None:
    await house.list_sku("CHAIR", 10)
    await house.shows("CHAIR", 10, 10)
    order = house.sell(house.outlet, ("CHAIR", 4))
    await house.shows("CHAIR", 6, 6)
    movement, event = house.desk.allocate(order)
    await house.send([movement])
    await house.shows("CHAIR", 2, 2)  # the books have it and nobody has said that it is this order's: counted twice
    await house.send([event])
    await house.shows("CHAIR", 6, 6)


async def test_a_pending_order_holds_stock_back_until_it_is_cancelled(house: House) -> None:
    await house.list_sku("CHAIR", 10)
    await house.shows("CHAIR", 10, 10)
    order = house.sell(house.rig.seller, ("CHAIR", 3), status="PENDING")
    await house.shows("CHAIR", 7, 7)
    house.rig.seller.change_order(order, status="CANCELLED")
    await house.shows("CHAIR", 10, 10)


async def test_an_order_that_the_warehouse_cancels_gives_its_stock_back(house: House) -> None:
    await house.list_sku("CHAIR", 10)
    order = house.sell(house.outlet, ("CHAIR", 3))
    await house.shows("CHAIR", 7, 7)
    await house.send(house.desk.allocate(order, most=2))
    await house.shows("CHAIR", 7, 7)
    await house.send(house.desk.cancel(order))
    await house.shows("CHAIR", 10, 10)


async def test_an_event_that_comes_before_the_channels_order_is_not_forgotten(house: House) -> None:
    await house.list_sku("CHAIR", 10)
    await house.shows("CHAIR", 10, 10)
    order = house.sell(house.rig.seller, ("CHAIR", 3))
    held = house.rig.seller.orders.pop(order)
    await house.send(house.desk.allocate(order))
    await house.shows("CHAIR", 7, 7)
    house.rig.seller.orders[order] = held

    async def known() -> object:
        return await house.rig.books.fetchval("select count(*) = 1 from open_line_part where revision = 1")

    await until(known)
    await house.shows("CHAIR", 7, 7)


async def test_a_sale_without_a_listing_is_raised_and_counts_once_the_listing_is_there(house: House) -> None:
    await house.list_sku("CHAIR", 10)
    await house.shows("CHAIR", 10, 10)
    house.sell(house.outlet, ("CHAIR-OLD-NAME", 2), ("CHAIR", 1))
    await house.shows("CHAIR", 9, 9)

    async def raised() -> object:
        return await house.rig.books.fetchval(
            "select text from alert where kind = 'sale_unmapped' and resolved_at is null"
        )

    assert "CHAIR-OLD-NAME" in str(await until(raised))
    await house.rig.list_sku("CHAIR", "CHAIR-OLD-NAME", channel_account="outlet")
    await house.shows("CHAIR", 7, 7)

    async def resolved() -> object:
        return await house.rig.books.fetchval(
            "select resolved_at is not null from alert where kind = 'sale_unmapped'"
        )

    await until(resolved)


async def test_what_sells_fast_keeps_the_buffer_of_its_class(house: House) -> None:
    await house.list_sku("CHAIR", 100)
    await house.shows("CHAIR", 100, 100)
    house.sell(house.rig.seller, ("CHAIR", 20))
    await house.shows("CHAIR", 77, 80)
    assert await house.rig.books.fetchval("select velocity_class from demand") == "fast"


@dataclass
class Trade:
    """A day by seed: buyers order, the warehouse sets aside, sets free and cancels, the channel cancels."""

    house: House
    draw: random.Random
    skus: list[str]
    open: list[tuple[SimulatedSeller, str]] = field(default_factory=list[tuple[SimulatedSeller, str]])

    def sell(self) -> None:
        seller = self.draw.choice((self.house.rig.seller, self.house.outlet))
        chosen = self.draw.sample(self.skus, self.draw.choice((1, 2)))
        self.open.append((seller, self.house.sell(seller, *((sku, self.draw.randint(1, 4)) for sku in chosen))))

    def work(self) -> list[WireMessage]:
        """What the warehouse does with some open order, and tells of it."""
        seller, order = self.draw.choice(self.open)
        what = self.draw.choice(("allocate", "part", "free", "cancel", "cancel at the channel"))
        if what == "allocate":
            return self.house.desk.allocate(order)
        if what == "part":
            return self.house.desk.allocate(order, most=1)
        if what == "free":
            return self.house.desk.set_free(order, 1)
        self.open.remove((seller, order))
        if what == "cancel at the channel":
            seller.change_order(order, status="CANCELLED")
        return self.house.desk.cancel(order)

    def left(self, sku: str) -> int:
        """What may still be sold, by those who know: on the shelf, less what orders still wait for."""
        return max(0, self.house.warehouse.available(sku) - self.house.desk.outstanding(sku))


@pytest.mark.parametrize("seed", [1, 2])
async def test_whatever_is_sold_set_aside_and_cancelled_both_channels_end_at_what_is_left(
    house: House, seed: int
) -> None:
    print("seed", seed)
    trade = Trade(house, random.Random(seed), [f"{n:03d}-X" for n in range(6)])
    for sku in trade.skus:
        await house.list_sku(sku, trade.draw.randint(20, 60), velocity_class="none")
    for _ in range(4):
        for _ in range(6):
            trade.sell()
        messages = [message for _ in range(min(8, len(trade.open))) for message in trade.work()]
        trade.draw.shuffle(messages)
        await house.send([message for message in messages for _ in range(trade.draw.choice((1, 1, 2)))])
        for sku in trade.skus:
            await house.shows(sku, trade.left(sku), trade.left(sku))
