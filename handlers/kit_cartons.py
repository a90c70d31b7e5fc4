"""Cartons that hold the components of kits, told by kit: a retailer's item is the kit, and it knows no half of one.

A carton that holds whole kits tells them. Where a kit fills several cartons of a load, it is told with the one that
holds its leading component; a carton that would be left with nothing to tell is held, and so is what is no whole
number of kits.
"""

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from handlers.kit_lines import Goods, NotWhole, kits_in, together
from handlers.ship_loads import Box, Item, Load
from handlers.vendor_goods import Lack, LineToShip, OrderToShip
from schemas.purchase_order import PurchaseOrderNumber
from schemas.terms import Eaches, LineReference, Sku

Held = tuple[PurchaseOrderNumber, LineToShip]


def by_kit(load: Load, orders: Mapping[PurchaseOrderNumber, OrderToShip]) -> Load:
    """The same load with kits in place of their components."""
    boxes = [*load.boxes, *load.loose]
    kits = _kits(boxes, orders)
    if not kits:
        return load
    lacks = list[Lack]()
    for kit in kits:
        boxes = _told(boxes, kit, orders, lacks)
    lacks = lacks or [_empty(box) for box in boxes if not box.items]
    count = len(load.boxes)
    return msgspec.structs.replace(
        load, boxes=tuple(boxes[:count]), loose=tuple(boxes[count:]), lacks=(*load.lacks, *lacks)
    )


def whole_kits(line: LineToShip, goods: Goods) -> Eaches:
    """So many kits are there at most: the scarcest component decides."""
    return min((goods.get(one.sku, 0) // one.quantity for one in line.needs), default=0)


def kit_of(item: Item, orders: Mapping[PurchaseOrderNumber, OrderToShip]) -> LineToShip | None:
    order = orders.get(item.order)
    return None if order is None else order.kit_for(item.line_reference, item.sku)


def _kits(boxes: Iterable[Box], orders: Mapping[PurchaseOrderNumber, OrderToShip]) -> list[Held]:
    found: dict[tuple[str, str], Held] = {}
    for item in (item for box in boxes for item in box.items):
        if (line := kit_of(item, orders)) is not None:
            found[item.order, line.line] = item.order, line
    return list(found.values())


def _told(
    boxes: Sequence[Box], kit: Held, orders: Mapping[PurchaseOrderNumber, OrderToShip], lacks: list[Lack]
) -> list[Box]:
    """Its components out of every box, and the kits into those that tell them."""
    number, line = kit
    parts = [[one for one in box.items if one.order == number and kit_of(one, orders) is line] for box in boxes]
    goods = [together((one.sku, one.quantity) for one in found) for found in parts]
    needs: dict[Sku, Eaches] = {one.sku: one.quantity for one in line.needs}
    after = list[Box]()
    for place, (box, found) in enumerate(zip(boxes, parts, strict=True)):
        told = list[Item]()
        if found:
            try:
                units = kits_in(line.sku, needs, goods[place], [*goods[:place], *goods[place + 1 :]])
                told = [_item(number, line, found, units)] if units else []
            except NotWhole as why:
                lacks.append(Lack("kit_not_whole", f"{number} line {line.line}: {why}"))
                told = [_item(number, line, found, 0)]  # it is held: the carton stays one of this order
        kept = tuple(one for one in box.items if one not in found)
        after.append(msgspec.structs.replace(box, items=(*kept, *told)) if found else box)
    return after


def _item(number: PurchaseOrderNumber, line: LineToShip, parts: Sequence[Item], units: Eaches) -> Item:
    """Lot and expiry where all components have the same one: of several, none is the kit's."""
    lots, expiries = {one.lot for one in parts}, {one.expiry for one in parts}
    return Item(
        number, LineReference(line.line), line.sku, lots.pop() if len(lots) == 1 else "",
        expiries.pop() if len(expiries) == 1 else None, units,
    )  # fmt: skip


def _empty(box: Box) -> Lack:
    return Lack("kit_carton", f"{box.name} holds parts of kits alone, which are told with another carton")
