"""Who works at the simulated Clarus: what has come as it is wanted is allocated, packed, and leaves."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from simulators.clarus import ClarusSimulator, PackingDesk
from simulators.clarus.orders import GoodsOut
from tests.journeys.faults.shop import Lines, Shop, Sold

IN_TWO: Final = 0.3
"""Share of orders that leave in two parcels."""
TAKEN_BACK: Final = 0.05
"""Share that is completed, taken back, and completed again."""
SHORTED: Final = 0.03
"""Share of orders of more than one unit that leave with one unit less."""


@dataclass
class Warehouse:
    clarus: ClarusSimulator
    shop: Shop
    desk: PackingDesk
    open: dict[int, GoodsOut] = field(default_factory=dict[int, GoodsOut])
    """Seen, and not packed."""
    packed: dict[str, GoodsOut] = field(default_factory=dict[str, GoodsOut])
    """By the channel's order."""
    seen: int = 0
    shorted: set[str] = field(default_factory=set[str])
    """Orders that left with less than was sold."""

    def enter_by_hand(self, sold: Sold) -> None:
        lines = [(sku, units, line) for line, (sku, units) in sold.lines.items()]
        self.desk.enter(sold.name, lines, sold.name)

    def work(self, arrived: Callable[[Sold], None]) -> None:
        """Once over everything that is open; `arrived` hears of each order that is there for the first time."""
        there = self.clarus.world.goods_outs
        for order in list(itertools.islice(there.values(), self.seen, None)):
            self.seen += 1
            self.open[order.id] = order
            arrived(self.sold(order))
        for order in list(self.open.values()):
            if not order.status:
                del self.open[order.id]
            elif self._is_as_wanted(order):
                del self.open[order.id]
                self._send(order)

    def living(self) -> dict[str, list[GoodsOut]]:
        """By reference, what was not deleted: one walk, as a search for each order would hold up the servers."""
        found: dict[str, list[GoodsOut]] = {}
        for order in self.clarus.world.goods_outs.values():
            if order.status:
                found.setdefault(str(order.attributes["reference"]), []).append(order)
        return found

    def parcels(self) -> dict[str, dict[str, int]]:
        """By tracking number, what is in each: the channel's line -> units."""
        found: dict[str, dict[str, int]] = {}
        for shipment in self.clarus.world.shipments:
            lines = self.clarus.world.goods_outs[shipment.goods_out].lines
            for one in shipment.packages:
                inside = {str(lines[line]["alt_line_reference"]): int(units) for line, units in one.contents.items()}
                found[str(one.tracking_number)] = inside
        return found

    def sold(self, order: GoodsOut) -> Sold:
        return self.shop.orders[str(order.attributes["reference"])]

    def lines(self, order: GoodsOut) -> Lines:
        codes = {str(product.id): product.code for product in self.clarus.world.products.values()}
        return {
            str(line["alt_line_reference"]): (codes[str(line["product_id"])], int(line["order_quantity"]))
            for line in order.lines.values()
        }

    def _is_as_wanted(self, order: GoodsOut) -> bool:
        sold = self.sold(order)
        town = (order.address or {}).get("address_3")
        return (
            sold.is_released
            and sold.changed
            and self.lines(order) == sold.lines
            and (town == sold.town or sold.fate == "by_hand")
        )

    def _send(self, order: GoodsOut) -> None:
        draw, units = self.shop.draw, dict(self.lines(order).values())
        self.desk.allocate(order)
        first = draw.choice(sorted(units))
        short = sum(units.values()) > 1 and draw.random() < SHORTED
        units[first] -= short
        first = draw.choice([sku for sku, quantity in sorted(units.items()) if quantity])
        if draw.random() < IN_TWO and sum(units.values()) > 1:
            self.desk.pack(order, units | {first: units[first] - 1}, {first: 1})
        else:
            self.desk.pack(order, units)
        self.desk.complete(order, units)
        if draw.random() < TAKEN_BACK:
            self.desk.take_back(order)
            self.desk.complete(order, units)
        name = self.sold(order).name
        self.packed[name] = order
        if short:
            self.shorted.add(name)
