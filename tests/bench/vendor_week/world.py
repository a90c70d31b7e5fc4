"""The week as warehouse and retailer live through it, whoever answers the orders: one list of what happens when.

What differs between two ways of answering is an `Arm`; goods, lorries, other channels and the retailer's changes of
mind are the same for both, from the same dice.
"""

import heapq
import itertools
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Protocol

from schemas.purchase_order import PoLineNumber, PurchaseOrderNumber
from schemas.terms import ChannelAccount
from simulators.amazon.vendor import Vendor
from simulators.warehouse import Warehouse, WireMessage
from tests.bench.vendor_week.goods import Movement, Sale
from tests.bench.vendor_week.loads import LEFT_BEHIND, Box, Load, boxes_for, delivery_of, new_load, sscc
from tests.bench.vendor_week.orders import PlannedLine, PlannedOrder
from tests.bench.vendor_week.trace import Week

Deed = Callable[[], Awaitable[None]]
Key = tuple[PurchaseOrderNumber, PoLineNumber]


class Arm(Protocol):
    """Whoever answers the orders, and sends what follows from them."""

    vendors: Mapping[ChannelAccount, Vendor]
    """By account: the retailer's side."""

    def now(self) -> datetime: ...

    async def wait(self, until: datetime) -> None: ...

    async def may_sell(self, sku: str, units: int) -> bool:
        """Whether another channel shows so many."""
        ...

    async def stock_moved(self, message: WireMessage) -> None: ...

    async def order_stands(self, message: WireMessage) -> None: ...

    async def accepted(self, order: PlannedOrder) -> Mapping[PoLineNumber, int]:
        """What the warehouse is told to send, in ordered units."""
        ...

    def names(self, line: PlannedLine, order: PlannedOrder) -> bool:
        """Whether our master data has the line's name by now."""
        ...

    async def packed(self, load: Load) -> None: ...

    async def departed(self, load: Load) -> None: ...

    def shipment_of(self, load: Load, box: Box) -> str:
        """The notice's own number, as the retailer finds it by the box's SSCC."""
        ...


@dataclass
class World:
    week: Week
    arm: Arm
    warehouse: Warehouse
    loads: dict[str, Load] = field(default_factory=dict[str, Load])
    coming: list[Load] = field(default_factory=list[Load])
    picked: Counter[Key] = field(default_factory=Counter[Key])
    """Eaches set aside of each line."""
    gone: Counter[Key] = field(default_factory=Counter[Key])
    released: Counter[Key] = field(default_factory=Counter[Key])
    revisions: Counter[str] = field(default_factory=Counter[str])
    sold: Counter[str] = field(default_factory=Counter[str])
    """Sales of other channels by what became of them."""
    short: Counter[str] = field(default_factory=Counter[str])
    """Eaches that were to be picked and were not there."""
    last_sequence: dict[Key, int] = field(default_factory=dict[Key, int])
    _plan: list[tuple[datetime, int, Deed]] = field(default_factory=list[tuple[datetime, int, Deed]])
    _turn: "itertools.count[int]" = field(default_factory=itertools.count)
    _serial: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    def at(self, when: datetime, deed: Deed) -> None:
        heapq.heappush(self._plan, (when, next(self._turn), deed))

    def plan(self) -> None:
        """Everything that is known before the week begins."""
        week = self.week
        for sale in week.sales:
            self.at(week.when(sale.at), partial(self._sell, sale))
        for move in week.moves:
            self.at(week.when(move.at), partial(self._move, move))
        for order in week.orders:
            self._plan_order(order)

    def _plan_order(self, order: PlannedOrder) -> None:
        week = self.week
        self.at(week.when(order.placed), partial(self._place, order))
        if order.change is not None:
            self.at(week.when(order.change[0]), partial(self._change, order))
        for part in range(2 if order.split else 1):
            hour = 5.5 + random.Random(f"{week.seed}/{order.order.number}").random() * 2
            pick = week.calendar.at(order.leaves + part, hour)
            self.at(week.when(pick), partial(self._pick, order, part))

    async def live(self, until: datetime) -> None:
        """Until then, or until nothing more happens."""
        while self._plan and self._plan[0][0] <= until:
            when, _, deed = heapq.heappop(self._plan)
            await self.arm.wait(when)
            await deed()
        await self.arm.wait(until)

    # The retailer.

    def vendor(self, order: PlannedOrder) -> Vendor:
        return self.arm.vendors[order.account.name]

    async def _place(self, order: PlannedOrder) -> None:
        self.vendor(order).add_order(order.order)

    async def _change(self, order: PlannedOrder) -> None:
        assert order.change is not None
        vendor = self.vendor(order)
        if vendor.orders[order.order.number].order.state != "closed":
            vendor.change_order(order.order.number, order.change[1], self.arm.now())

    # Stock.

    async def _sell(self, sale: Sale) -> None:
        """Another channel sells what it shows, and the warehouse sets it aside if it is there."""
        if not await self.arm.may_sell(sale.sku, sale.units):
            self.sold["not shown"] += 1
            return
        if self.warehouse.available(sale.sku) < sale.units:
            self.sold["oversold"] += 1
            return
        self.sold["sold"] += 1
        message = self.warehouse.move(sale.sku, "allocated", available=-sale.units, allocated=sale.units)
        await self.arm.stock_moved(message)

    async def _move(self, move: Movement) -> None:
        lost = round(self.warehouse.available(move.sku) * move.share)
        if move.units:
            await self.arm.stock_moved(self.warehouse.move(move.sku, "received", available=move.units))
        if lost:
            await self.arm.stock_moved(self.warehouse.move(move.sku, "adjusted", available=-lost))

    # Picking.

    async def _pick(self, order: PlannedOrder, part: int) -> None:
        """Set aside what is to be sent and is there, in whole packs, and put it on its load."""
        wanted = await self.arm.accepted(order)
        load = self._load(order, part)
        for number, line in order.lines.items():
            eaches = self._to_release(order, line, wanted.get(number, 0), part)
            if eaches and self.arm.names(line, order):
                await self._pick_line(order, line, eaches, part, load)
        if self.picked_of(order):
            await self._tell_standing(order, "allocated" if self._is_last(order, part) else "part_allocated")

    def _to_release(self, order: PlannedOrder, line: PlannedLine, units: int, part: int) -> int:
        """Of a split order half at first, the rest a day later."""
        key = (order.order.number, line.line.number)
        units = units // 2 if not self._is_last(order, part) else units
        eaches = max(0, units * line.unit - self.released[key])
        self.released[key] += eaches
        return eaches

    def _is_last(self, order: PlannedOrder, part: int) -> bool:
        return part == (1 if order.split else 0)

    async def _pick_line(self, order: PlannedOrder, line: PlannedLine, eaches: int, part: int, load: Load) -> None:
        sku, key = line.product.sku, (order.order.number, line.line.number)
        there = min(eaches, self.warehouse.available(sku)) // line.product.pack * line.product.pack
        self.short["eaches"] += eaches - there
        load.boxes += self._boxes(order, line, part, eaches, there)
        if there:
            self.picked[key] += there
            message = self.warehouse.move(sku, "allocated", available=-there, allocated=there)
            self.last_sequence[key] = message.sequence
            await self.arm.stock_moved(message)

    def _boxes(self, order: PlannedOrder, line: PlannedLine, part: int, planned: int, there: int) -> list[Box]:
        """Labels are printed from the pick list; the last boxes go short."""
        boxes = list[Box]()
        for amount in boxes_for(line, planned):
            inside = min(amount, there)
            there -= inside
            boxes.append(Box(sscc(str(next(self._serial))), order, line, part, amount, inside))
        return boxes

    def picked_of(self, order: PlannedOrder) -> int:
        return sum(self.picked[order.order.number, number] for number in order.lines)

    def _load(self, order: PlannedOrder, part: int) -> Load:
        day = order.leaves + part
        key = f"{order.load}/{day}"
        if key not in self.loads:
            load = self.loads[key] = new_load(key, order, day, self.week)
            self.at(load.packed_at, partial(self._pack, load))
            self.at(load.departure, partial(self._depart, load))
            self.at(load.arrival, partial(self._arrive, load))
            self.coming.append(load)
        return self.loads[key]

    # Loads.

    async def _pack(self, load: Load) -> None:
        if any(box.packed for box in load.boxes):
            await self.arm.packed(load)

    async def _depart(self, load: Load) -> None:
        draw = random.Random(f"{self.week.seed}/{load.key}/dock")
        for box in load.boxes:
            box.left = not load.is_parcels and draw.random() < LEFT_BEHIND
            self.gone[box.order.order.number, box.line.line.number] += box.aboard
        for box in load.boxes:
            if box.aboard:
                await self.arm.stock_moved(
                    self.warehouse.move(box.line.product.sku, "despatched", allocated=-box.aboard)
                )
        if any(box.packed for box in load.boxes):
            await self.arm.departed(load)
        over = [box.order for box in load.boxes if self._is_last(box.order, box.part)]
        for order in {order.order.number: order for order in over}.values():
            await self._tell_standing(order, "completed")

    async def finish(self) -> None:
        """What is still on the way arrives; what has not left never will."""
        for load in list(self.coming):
            if load.departure <= self.arm.now():
                await self._arrive(load)

    async def _arrive(self, load: Load) -> None:
        """Goods are counted shipment by shipment; of parcels each is one."""
        self.coming.remove(load)
        now, shipments = self.arm.now(), dict[str, list[Box]]()
        for box in load.boxes:
            if box.aboard:
                shipments.setdefault(self.arm.shipment_of(load, box), []).append(box)
        for shipment, boxes in shipments.items():
            self.arm.vendors[load.account.name].deliver(delivery_of(load, boxes, shipment), now)

    async def _tell_standing(self, order: PlannedOrder, standing: str) -> None:
        number = order.order.number
        self.revisions[number] += 1
        lines = [
            {
                "sku": line.product.sku, "line_reference": name, "allocated": self.picked[number, name],
                "despatched": self.gone[number, name], "warehouse": self.warehouse.warehouse,
                "stock_sequence": str(self.last_sequence[number, name]),
            }
            for name, line in order.lines.items()
            if self.picked[number, name]
        ]  # fmt: skip
        data: dict[str, object] = {
            "account": self.warehouse.account, "order_reference": number, "revision": self.revisions[number],
            "lines": lines,
        }  # fmt: skip
        await self.arm.order_stands(
            self.warehouse.tell(f"order.{standing}", data, f"{self.warehouse.account}/{number}")
        )


def warehouse_of(week: Week, time: object) -> Warehouse:
    warehouse = Warehouse(week.seed, sorted(week.goods), time=time)  # type: ignore[arg-type]
    for sku, units in week.opening.items():
        warehouse.shelves[sku].balance["available"] = units
    return warehouse


def until_the_end(week: Week) -> datetime:
    return week.when(week.calendar.end)
