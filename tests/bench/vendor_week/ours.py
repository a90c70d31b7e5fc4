"""The daemon as the one who answers: it hears of the warehouse by the bus and of the retailer by its API."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from daemon.clock import Clock
from daemon.pace import Strain
from daemon.store.acknowledged_orders import AcknowledgedOrders
from daemon.store.database import Database, query
from daemon.store.supply import part_of
from handlers.acknowledged_orders import Agreed
from handlers.securing import free_for
from handlers.sellable_stock import WarehouseStock
from handlers.supply import Rules, Selling
from schemas.purchase_order import PoLineNumber
from schemas.terms import Account, ChannelAccount, Sku
from schemas.terms import Warehouse as Building
from simulators.amazon.vendor import Vendor
from simulators.warehouse import Broker, WarehouseFaults, WireMessage
from tests.bench.vendor_week.despatches import despatch_data
from tests.bench.vendor_week.loads import Box, Load
from tests.bench.vendor_week.orders import ACCOUNTS, PlannedLine, PlannedOrder
from tests.bench.vendor_week.world import World
from tests.live.replicas import Replica

BEHIND = 240.0
"""Business seconds between two deliveries of the warehouse's stock messages: its replica is so much behind."""
BUILDING = Building("W1")
SHOP = ChannelAccount("shop")
"""The other channels."""
RULES = Rules(accounts={name: Selling(frozenset({BUILDING})) for name in (SHOP, *(one.name for one in ACCOUNTS))})


@dataclass
class BooksArm:
    """What both ways of running the daemon share: what is asked of its books, and how the warehouse speaks."""

    vendors: Mapping[ChannelAccount, Vendor]
    database: Database
    world: World = field(init=False)

    def now(self) -> datetime:
        raise NotImplementedError

    async def publish(self, messages: list[WireMessage]) -> None:
        raise NotImplementedError

    async def may_sell(self, sku: str, units: int) -> bool:
        """Other channels show what is left beside what is held for purchase orders."""
        key = (Account("acme"), Sku(sku))
        async with self.database.connection() as connection:
            rows = await connection.fetch(query("stock_of_listings"), ["acme"], [sku])
            lines = await connection.fetch(query("open_lines_of_skus"), ["acme"], [sku])
        stock = {key: [WarehouseStock(*list(row.values())[2:]) for row in rows]}
        parts = {key: [part_of(row) for row in lines]}
        return free_for(SHOP, stock, parts, frozenset(), RULES).get(key, 0) >= units

    async def accepted(self, order: PlannedOrder) -> Mapping[PoLineNumber, int]:
        """What the daemon's books have as acknowledged."""
        number = order.order.number
        async with self.database.connection() as connection:
            found = await AcknowledgedOrders(Agreed()).of(connection, order.account.name, [number])
        return {line.line: line.accepted for line in found[number].lines} if number in found else {}

    def names(self, line: PlannedLine, order: PlannedOrder) -> bool:
        """The daemon accepts nothing that its master data cannot name."""
        del line, order
        return True

    async def packed(self, load: Load) -> None:
        await self.tell_load(load, "despatch.packed", departed=False)

    async def departed(self, load: Load) -> None:
        await self.tell_load(load, "despatch.completed", departed=True)

    async def tell_load(self, load: Load, kind: str, *, departed: bool) -> None:
        warehouse = self.world.warehouse
        messages = [
            warehouse.tell(kind, data, f"acme/{data['order_reference']}")
            for data in despatch_data(load, warehouse.warehouse, departed=departed)
        ]
        await self.publish(messages)

    def shipment_of(self, load: Load, box: Box) -> str:
        notices = self.vendors[load.account.name].notices
        nobodys = f"unannounced/{load.key}" + (f"/{box.sscc}" if load.is_parcels else "")
        return notices.used.get(box.sscc, nobodys)


@dataclass
class Ours(BooksArm):
    """The arm of the daemon. What happens happens on the daemon's own clock."""

    clock: Clock = field(kw_only=True)
    port: Broker = field(kw_only=True)
    daemon: Replica = field(kw_only=True)
    faults: WarehouseFaults = field(kw_only=True)
    strain: Strain = field(kw_only=True)
    beside: "list[asyncio.Task[None]]" = field(default_factory=list["asyncio.Task[None]"])
    """Without whom the week cannot go on."""
    latest: float = 0.0
    """Business seconds by which something happened late, at most."""
    _waiting: list[WireMessage] = field(default_factory=list[WireMessage])

    def now(self) -> datetime:
        return self.clock.now()

    async def wait(self, until: datetime) -> None:
        while (left := (until - self.clock.now()).total_seconds()) > 0:
            assert self.daemon.kills or self.daemon.alive(), self.daemon.told()
            for task in self.beside:
                assert not task.done(), task
            await asyncio.sleep(min(left / self.clock.pace, 0.1))
        self.latest = max(self.latest, -left)
        await asyncio.sleep(0)

    async def publish(self, messages: list[WireMessage]) -> None:
        await self.port.publish(messages)

    async def stock_moved(self, message: WireMessage) -> None:
        self._waiting.append(message)

    async def tell_stock(self) -> None:
        """Until cancelled: what the warehouse's replica has heard meanwhile, by way of the faults."""
        while True:
            await self.clock.sleep(BEHIND)
            waiting, self._waiting = self._waiting, []
            if waiting:
                await self.port.publish(self.faults.apply(waiting))

    async def order_stands(self, message: WireMessage) -> None:
        await self.publish([message])
