"""Ship notices: a load and the purchase orders on it become one `ShipNotice`, counted in each order's own unit.

Nothing is rounded and nothing is guessed: what cannot be said truly is a `Lack`, and a notice with one is not sent.
What the market and the freight mode demand besides is in `ship_notice_rules.py`.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final, Literal, TypeAlias

import msgspec

from handlers.gs1 import fault
from handlers.kit_cartons import by_kit
from handlers.ship_loads import SMALL_PARCEL, Box, Item, Load
from handlers.vendor_goods import Lack, LineToShip, OrderToShip, distinct, in_unit
from schemas.despatch import Shipment
from schemas.purchase_order import CountedIn, Party, PoLineNumber, PurchaseOrderNumber
from schemas.ship_notice import Carton, PackedItem, Pallet, ShipNotice, Weight

ORDERS_IN_A_CARTON: Final = 5
Orders: TypeAlias = Mapping[PurchaseOrderNumber, OrderToShip]
LineKey: TypeAlias = tuple[PurchaseOrderNumber, PoLineNumber]


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """What the books say around a load."""

    orders: Orders
    ship_from: Party | None
    noticed: Mapping[LineKey, int] = {}
    """Told by other notices that stand, in the line's unit."""
    used: Mapping[str, str] = {}
    """SSCC to the load it was used for within the year, of those that another load used."""
    bills: Mapping[str, str] = {}
    """Bill of lading to the load it was used for within the year, likewise."""
    ahead: timedelta = timedelta(0)
    """How far ahead of now the partner allows the ship date to be."""


class Composed(msgspec.Struct, frozen=True, kw_only=True):
    """`notice`: None where not even its parties or its freight mode are known."""

    notice: ShipNotice | None
    lacks: tuple[Lack, ...] = ()
    dated: frozenset[LineKey] = frozenset()
    """Lines of perishables."""


def compose(load: Load, known: Known, shipment: str, now: datetime) -> Composed:
    """The notice of a load as it stands. `shipment`: the notice's own number."""
    load, packing = by_kit(load, known.orders), _Packing(known)
    cartons = tuple(
        Carton(number=number, sscc=box.sscc, tracking_number=box.tracking_number, items=packing.items(box))
        for number, box in enumerate(load.boxes, 1)
    )
    pallets = tuple(_pallet(sscc, load, packing) for sscc in load.pallets)
    lacks = [*load.lacks, *packing.lacks, *_counts(load), *_mixed(load), *_numbers(load, known), *_nothing(load)]
    lacks += _too_many(cartons, pallets, known)
    orders = [known.orders[number] for number in load.orders if number in known.orders]
    head = _head(load, orders, known, shipment, now)
    if isinstance(head, list):
        return Composed(notice=None, lacks=distinct([*lacks, *head]), dated=_dated(orders))
    notice = msgspec.structs.replace(head, structure=_structure(cartons, pallets), cartons=cartons, pallets=pallets)
    return Composed(notice=notice, lacks=distinct(lacks), dated=_dated(orders))


def _head(
    load: Load, orders: Sequence[OrderToShip], known: Known, shipment: str, now: datetime
) -> ShipNotice | list[Lack]:
    """The notice without its contents, or why there is none."""
    header, departure, parties = load.header, departure_of(load), _parties(orders)
    lacks = parties if isinstance(parties, list) else []
    if known.ship_from is None:
        lacks = [*lacks, Lack("ship_from", "no address is configured for the warehouse")]
    if header.mode is None:
        lacks = [*lacks, Lack("mode", "the warehouse does not say how the load travels")]
    if isinstance(parties, list) or known.ship_from is None or header.mode is None:
        return lacks
    return ShipNotice(
        shipment=shipment,
        kind="original",
        mode=header.mode,
        noticed_at=now,
        shipped_at=min(departure, now + known.ahead) if departure else None,
        deliver_at=header.expected_delivery or header.appointment,
        appointment_at=header.appointment,
        vendor=parties[0],
        ship_from=known.ship_from,
        ship_to=parties[1],
        carrier_scac=header.carrier_scac,
        carrier_name=header.carrier_name,
        pro_number=header.pro_number,
        bill_of_lading=header.bill_of_lading,
        retailer_reference=header.retailer_reference,
        seal=header.seal,
        gross_weight=_weight(load),
        volume_m3=header.volume_m3,
    )


def departure_of(load: Load) -> datetime | None:
    """When the load left: as its last despatch says; before that, when it is to leave."""
    left = [part.data.despatched_at or part.at for part in load.parts if part.stage == "completed"]
    if left and len(left) == len(load.parts):
        return load.header.departure or max(left)
    planned = [part.data.despatched_at for part in load.parts if part.data.despatched_at]
    return load.header.departure or max(planned, default=None)


class _Packing:
    """Turns what is in cartons into lines of orders, and gathers what is wrong with it."""

    def __init__(self, known: Known) -> None:
        self.known = known
        self.lacks = list[Lack]()

    def items(self, box: Box) -> tuple[PackedItem, ...]:
        return tuple(packed for item in box.items if (packed := self._packed(item, box.name)))

    def _packed(self, item: Item, where: str) -> PackedItem | None:
        line = self._line(item, where)
        quantity = line and self._counted(line, item, where)
        if not line or not quantity:
            return None
        return PackedItem(
            purchase_order=item.order,
            line=line.line,
            identifiers=line.identifiers,
            quantity=quantity,
            lot=item.lot,
            expiry=item.expiry,
        )

    def _line(self, item: Item, where: str) -> LineToShip | Literal[False]:
        order = self.known.orders.get(item.order)
        if order is None:
            return self._lack("order_unknown", f"{where}: nobody knows the purchase order {item.order!r}")
        if item.line_reference and (line := order.line(item.line_reference)):
            if line.sku == item.sku:
                return line
            return self._lack(
                "line_differs", f"{where}: line {line.line} of {item.order} is for SKU {line.sku}, not {item.sku}"
            )
        lines = order.lines_of(item.sku)
        if len(lines) == 1 and not item.line_reference:
            return lines[0]
        why = "several lines" if lines else "no line"
        return self._lack(
            "line_unmapped", f"{where}: {why} of {item.order} for SKU {item.sku} {item.line_reference}".rstrip()
        )

    def _counted(self, line: LineToShip, item: Item, where: str) -> CountedIn | Literal[False]:
        if line.pack is None:
            return self._lack(
                "pack_unknown", f"{where}: how many {item.sku} make one case of {item.order} is not known"
            )
        amount, rest = divmod(item.quantity, line.pack)
        if rest:
            return self._lack(
                "not_whole_cases",
                f"{where}: {item.quantity} of {item.sku} are not whole cases of {line.pack} for {item.order}",
            )
        return in_unit(line, amount)

    def _lack(self, word: str, text: str) -> Literal[False]:
        self.lacks.append(Lack(word, text))
        return False


def _pallet(sscc: str, load: Load, packing: _Packing) -> Pallet:
    numbers = tuple(number for number, box in enumerate(load.boxes, 1) if box.pallet == sscc)
    items = tuple(item for box in load.loose if box.sscc == sscc for item in packing.items(box))
    return Pallet(sscc=sscc, cartons=numbers, items=items)


def _structure(cartons: Sequence[Carton], pallets: Sequence[Pallet]) -> str:
    if pallets and not cartons:
        return "item_pallets"
    assorted = any(len({(item.purchase_order, item.line) for item in carton.items}) > 1 for carton in cartons)
    return f"{'assorted' if assorted else 'standard'}_{'pallets' if pallets else 'cartons'}"


def _weight(load: Load) -> Weight | None:
    """As the warehouse says of the load, else the sum of its cartons where each has one."""
    if load.header.gross_weight_kg is not None and load.header.mode != SMALL_PARCEL:
        return Weight(load.header.gross_weight_kg, "kg")
    weights = [box.weight_kg for box in load.boxes]
    if load.pallets or not weights or None in weights:
        return None
    return Weight(sum(weight for weight in weights if weight is not None), "kg")  # type: ignore[arg-type]


def _parties(orders: Sequence[OrderToShip]) -> tuple[Party, Party] | list[Lack]:
    """Vendor and destination: one notice is one delivery of one vendor to one place."""
    vendors = {order.vendor.party_id: order.vendor for order in orders}
    places = {order.ship_to.party_id: order.ship_to for order in orders if order.ship_to}
    if len(vendors) == 1 and len(places) == 1 and all(order.ship_to for order in orders):
        return next(iter(vendors.values())), next(iter(places.values()))
    lacks = list[Lack]()
    if len(vendors) > 1:
        lacks.append(Lack("several_vendors", f"the load has orders of the vendor codes {', '.join(sorted(vendors))}"))
    if len(places) > 1:
        lacks.append(Lack("several_destinations", f"the load has orders for {', '.join(sorted(places))}"))
    for order in orders:
        if order.ship_to is None:
            lacks.append(Lack("ship_to", f"purchase order {order.number} names no destination"))
    return lacks or [Lack("order_unknown", "no purchase order of the load is known")]


def _nothing(load: Load) -> list[Lack]:
    return [] if load.boxes or load.loose else [Lack("nothing_packed", "the load holds nothing")]


def _counts(load: Load) -> Iterator[Lack]:
    """The warehouse's own counts of the load: fewer found means that despatches of it have not been heard yet."""
    if load.header.mode == SMALL_PARCEL:
        return
    for word, told, found in (
        ("carton_count", load.header.carton_count, len(load.boxes)),
        ("pallet_count", load.header.pallet_count, len(load.pallets)),
    ):
        if told is not None and told != found:
            yield Lack(word, f"the warehouse counts {told} as {word} of the load, its despatches hold {found}")


def _mixed(load: Load) -> Iterator[Lack]:
    for box in load.boxes:
        if len(orders := {item.order for item in box.items}) > ORDERS_IN_A_CARTON:
            yield Lack(
                "orders_in_carton", f"{box.name} holds {len(orders)} orders; at most {ORDERS_IN_A_CARTON} may mix"
            )
        yield from _lots(box.name, box.items)
    for sscc in load.pallets:
        boxes = [box for box in (*load.boxes, *load.loose) if sscc in (box.pallet, box.sscc)]
        yield from _lots(f"pallet {sscc}", [item for box in boxes for item in box.items])


def _lots(where: str, items: Iterable[Item]) -> Iterator[Lack]:
    lots: dict[str, set[tuple[str, object]]] = {}
    for item in items:
        lots.setdefault(item.sku, set()).add((item.lot, item.expiry))
    for sku, found in lots.items():
        if len(found) > 1:
            yield Lack("two_lots", f"{where} holds {len(found)} lots or expiry dates of SKU {sku}")


def _numbers(load: Load, known: Known) -> Iterator[Lack]:
    for sscc in (*(box.sscc for box in load.boxes if box.sscc), *load.pallets):
        if wrong := fault("sscc", sscc):
            yield Lack("sscc_wrong", wrong)
        elif (other := known.used.get(sscc)) and other != load.key:
            yield Lack("sscc_used", f"SSCC {sscc} was used for the load {other} less than a year ago")
    bill = load.header.bill_of_lading
    if (other := known.bills.get(bill)) and other != load.key:
        yield Lack("bill_of_lading_used", f"bill of lading {bill} was used for the load {other} less than a year ago")


def quantities(cartons: Iterable[Carton], pallets: Iterable[Pallet]) -> dict[LineKey, int]:
    """How much of each line a notice tells of, in the line's unit."""
    sums: dict[LineKey, int] = {}
    for items in (*(carton.items for carton in cartons), *(pallet.items for pallet in pallets)):
        for item in items:
            key = (item.purchase_order, item.line)
            sums[key] = sums.get(key, 0) + item.quantity.amount
    return sums


def _too_many(cartons: Iterable[Carton], pallets: Iterable[Pallet], known: Known) -> Iterator[Lack]:
    for (number, line_number), amount in quantities(cartons, pallets).items():
        line = known.orders[number].line(line_number)
        before = known.noticed.get((number, line_number), 0)
        if line is not None and amount + before > line.accepted:
            yield Lack(
                "above_acknowledged",
                f"{number} line {line_number}: {amount} on this load and {before} noticed before, "
                f"but only {line.accepted} acknowledged",
            )


def _dated(orders: Iterable[OrderToShip]) -> frozenset[LineKey]:
    return frozenset((order.number, line.line) for order in orders for line in order.lines if line.dated)


def freight_of(header: Shipment, orders: Iterable[OrderToShip]) -> str:
    """Who pays the carrier: as the warehouse says, else as the orders do where they agree."""
    if header.freight_terms:
        return header.freight_terms
    said = {order.freight for order in orders}
    return said.pop() if len(said) == 1 else "unknown"
