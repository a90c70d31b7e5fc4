"""What people at the simulated Clarus do with orders: allocate, pick, pack, despatch, take back, short, cancel.

Each step fires the webhooks that Clarus documents for it; nothing fires for a shipment or a tracking number.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from simulators.clarus.orders import GoodsOut
from simulators.clarus.server import ClarusSimulator
from simulators.clarus.shipments import Package, Shipment

Lines = Sequence[tuple[str, int, str]]
"""(SKU, units ordered, the channel's line id)."""
Contents = Mapping[str, int]
"""SKU -> units in one parcel."""


@dataclass(slots=True)
class PackingDesk:
    """`names_goods_outs`: whether stock events say which goods out they belong to; nothing documented says so."""

    clarus: ClarusSimulator
    carrier: str = "DPD-UK"
    service: str = "NEXT"
    names_goods_outs: bool = False
    tracked: int = 0
    draw: random.Random = field(default_factory=lambda: random.Random(0))

    def enter(
        self,
        reference: str,
        lines: Lines,
        order_id: str | None = None,
        *,
        account: str = "ACME",
        warehouse: str = "WH1",
    ) -> GoodsOut:
        """A goods out typed in by hand."""
        world = self.clarus.world
        changes = [
            {
                "type": "ADD",
                "attributes": {
                    "product_id": world.product_id(sku), "order_quantity": units, "alt_line_reference": line,
                },
            }
            for sku, units, line in lines
        ]  # fmt: skip
        attributes: dict[str, Any] = {
            "goods_out_type": "sales_order", "account_id": world.account_id(account), "reference": reference,
            "warehouse_id": world.warehouse_id(warehouse), "external_system_reference1": order_id,
            "expected_date_of_dispatch": world.time.now().strftime("%Y-%m-%d"), "lines_changes": changes,
        }  # fmt: skip
        body = {"data": {"type": "goods_outs", "attributes": attributes}}
        made = world.new_id()
        status, answer = self.clarus.orders.create(body, made, world.time.now())
        assert status == 200, answer
        self._fire(world.goods_outs[made], "created")
        return world.goods_outs[made]

    def allocate(self, order: GoodsOut, part: Contents | None = None) -> None:
        """`part`: what there is of each SKU, where it is less than was ordered."""
        self._progress(order, "allocated_quantity", part)
        self._move(order, "ALLOCATED" if part is None else "PART_ALLOCATED", "processed")

    def pick(self, order: GoodsOut, units: Contents | None = None) -> None:
        self._progress(order, "pick_quantity", units)
        self._move(order, "PICK", "updated")

    def pack(self, order: GoodsOut, *parcels: Contents, tracked: bool = True) -> Shipment:
        """One shipment; nothing given: one parcel with everything."""
        world, now = self.clarus.world, self.clarus.world.time.now()
        codes = {str(product.id): product.code for product in world.products.values()}
        products = {
            key: (str(line["product_id"]), codes[str(line["product_id"])]) for key, line in order.lines.items()
        }
        shipment = Shipment(world.new_id(), order.id, self.carrier, self.service, past=[(now, "submitted")])
        shipment.products = products
        everything = {sku: int(line["order_quantity"]) for (_, sku), line in zip(
            products.values(), order.lines.values(), strict=True)}  # fmt: skip
        for contents in parcels or (everything,):
            inside = {key: float(contents[sku]) for key, (_, sku) in products.items() if contents.get(sku)}
            label = self._label() if tracked else None
            shipment.packages.append(Package(world.new_id(), world.new_id(), inside, label, now))
        world.shipments.append(shipment)
        return shipment

    def complete(self, order: GoodsOut, units: Contents | None = None) -> None:
        """All, or as many of each SKU as are given: fewer is shorted, more is a full storage unit."""
        self._progress(order, "pick_quantity", units)
        self._progress(order, "dispatch_quantity", units)
        self._shipments(order, "dispatched")
        self._stock(order, "dispatched")
        self._move(order, "COMPLETED", "completed")

    def take_back(self, order: GoodsOut) -> None:
        """Un-dispatched: the order is picked again."""
        for done in order.progress.values():
            done["dispatch_quantity"] = 0.0
        order.keep_progress(self.clarus.world.time.now())
        self._shipments(order, "submitted")
        self._stock(order, "undispatched")
        self._move(order, "PICK", "updated")

    def relabel(self, order: GoodsOut) -> None:
        """The shipment is cancelled with its labels, and packed anew with the same contents."""
        for old in [one for one in self.clarus.world.shipments if one.goods_out == order.id]:
            old.past.append((self.clarus.world.time.now(), "cancelled"))
            fresh = self.pack(order)
            fresh.packages = [
                Package(self.clarus.world.new_id(), one.unit, one.contents, self._label(), fresh.past[0][0])
                for one in old.packages
            ]

    def cancel(self, order: GoodsOut) -> None:
        """By Clarus's rules: what has not begun is deleted."""
        status, answer = self.clarus.orders.cancel(order.id, self.clarus.world.time.now())
        assert status == 200, answer
        self._fire(order, "cancelled")

    def _label(self) -> str:
        self.tracked += 1
        return f"TRACK-{self.tracked:06}"

    def _progress(self, order: GoodsOut, name: str, units: Contents | None) -> None:
        codes = {str(product.id): product.code for product in self.clarus.world.products.values()}
        for line_id, line in order.lines.items():
            sku = codes[str(line["product_id"])]
            whole = float(line["order_quantity"]) if units is None else float(units.get(sku, 0))
            order.progress.setdefault(line_id, {})[name] = whole
        order.keep_progress(self.clarus.world.time.now())

    def _shipments(self, order: GoodsOut, status: str) -> None:
        for one in self.clarus.world.shipments:
            if one.goods_out == order.id and one.past[-1][1] != "cancelled":
                one.past.append((self.clarus.world.time.now(), status))

    def _move(self, order: GoodsOut, status: str, event: str) -> None:
        order.past.append((self.clarus.world.time.now(), status))
        self._fire(order, event)

    def _fire(self, order: GoodsOut, event: str) -> None:
        now = self.clarus.world.time.now()
        node = order.node_at(now) or {"id": str(order.id), "reference": order.attributes["reference"]}
        self.clarus.hooks.fire("goods_out", event, {"data": {**node, "updated_at": now.isoformat()}})

    def _stock(self, order: GoodsOut, event: str) -> None:
        """One event for each line, as stock moves line by line."""
        world = self.clarus.world
        codes = {str(product.id): product.code for product in world.products.values()}
        for line_id, line in order.lines.items():
            product = {"id": str(line["product_id"]), "code": codes[str(line["product_id"])]}
            body: dict[str, Any] = {
                "id": world.new_id(), "created_at": world.time.now().isoformat(), "product": product,
                "quantity": order.progress.get(line_id, {}).get("dispatch_quantity", 0.0),
            }  # fmt: skip
            if self.names_goods_outs:
                body["goods_out"] = {"id": str(order.id), "reference": order.attributes["reference"]}
            self.clarus.hooks.fire("stock", event, body)
