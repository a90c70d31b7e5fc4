"""What stands on one load to a retailer: despatches of several orders joined into cartons and pallets, in eaches.

A load is what travels together: despatches with the same `shipment.reference`, else with the same bill of lading,
else a despatch alone. Small parcels travel alone, each its own load.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Final, Literal

import msgspec

from handlers.gs1 import bare_sscc
from handlers.ledger import named
from handlers.vendor_goods import Lack
from schemas.despatch import DespatchData, Parcel, Shipment
from schemas.inventory import whole
from schemas.purchase_order import PurchaseOrderNumber
from schemas.terms import Eaches, LineReference, Sku

SMALL_PARCEL: Final = "small_parcel"
FIELDS: Final = tuple(field for field in Shipment.__struct_fields__)


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """A despatch as its highest revision left it. `at`: when that happened."""

    stage: Literal["packed", "completed", "undone"]
    data: DespatchData
    at: datetime

    @property
    def order(self) -> PurchaseOrderNumber:
        return PurchaseOrderNumber(self.data.channel_order_id or "")


class Item(msgspec.Struct, frozen=True):
    """Eaches of one SKU for one order, of one lot and expiry."""

    order: PurchaseOrderNumber
    line_reference: LineReference
    sku: Sku
    lot: str
    expiry: date | None
    quantity: Eaches


class Box(msgspec.Struct, frozen=True, kw_only=True):
    """A carton. `name`: what it is called in texts for people."""

    name: str
    sscc: str = ""
    pallet: str = ""
    tracking_number: str = ""
    weight_kg: Decimal | None = None
    items: tuple[Item, ...] = ()


class Load(msgspec.Struct, frozen=True, kw_only=True):
    """Cartons, what stands on pallets without one, the header of all; `lacks`: where its despatches contradict."""

    key: str
    parts: tuple[Part, ...]
    header: Shipment
    boxes: tuple[Box, ...]
    loose: tuple[Box, ...] = ()
    """Goods straight on a pallet: the pallet's own number is their `sscc`."""
    lacks: tuple[Lack, ...] = ()

    @property
    def pallets(self) -> tuple[str, ...]:
        """SSCCs of its pallets, in the order of their first mention."""
        found = [box.pallet for box in self.boxes if box.pallet] + [box.sscc for box in self.loose]
        return tuple(dict.fromkeys(found))

    @property
    def orders(self) -> tuple[PurchaseOrderNumber, ...]:
        items = (item for box in (*self.boxes, *self.loose) for item in box.items)
        return tuple(dict.fromkeys(item.order for item in items))


def load_keys(data: DespatchData) -> tuple[str, ...]:
    """The loads that a despatch is part of: one, or one for each small parcel."""
    shipment = data.shipment or Shipment()
    if shipment.mode == SMALL_PARCEL:
        return tuple(named(data.account, data.despatch_id, parcel.parcel_id) for parcel in data.parcels)
    if together := shipment.reference or shipment.bill_of_lading:
        return (named(data.account, data.warehouse, together),)
    return (named(data.account, data.despatch_id),)


def siblings_of(load: Load) -> str:
    """How the keys of all parcels of its despatch begin: they travel under one bill of lading. Empty: it has none."""
    return f"{load.key.rpartition('/')[0]}/" if load.header.mode == SMALL_PARCEL else ""


def load_of(key: str, parts: Sequence[Part]) -> Load:
    """The load of that key out of all despatches that take part in it; what was taken back is not on it."""
    standing = sorted((part for part in parts if part.stage != "undone"), key=_turn)
    pairs = [(part, parcel) for part in standing for parcel in part.data.parcels if _rides_on(key, part, parcel)]
    loose = [pair for pair in pairs if _is_loose(pair[1])]
    boxed = [pair for pair in pairs if not _is_loose(pair[1])]
    header, contradictions = _header([part.data.shipment for part in standing if part.data.shipment])
    return Load(
        key=key,
        parts=tuple(standing),
        header=header,
        boxes=_joined(boxed),
        loose=_joined(loose),
        lacks=(*contradictions, *_doubled(boxed)),
    )


def _turn(part: Part) -> str:
    return part.data.despatch_id


def _rides_on(key: str, part: Part, parcel: Parcel) -> bool:
    shipment = part.data.shipment
    if shipment is None or shipment.mode != SMALL_PARCEL:
        return True
    return named(part.data.account, part.data.despatch_id, parcel.parcel_id) == key


def _is_loose(parcel: Parcel) -> bool:
    return bool(parcel.pallet_sscc) and parcel.sscc == parcel.pallet_sscc


def _header(shipments: Sequence[Shipment]) -> tuple[Shipment, list[Lack]]:
    """What the despatches of a load say of it. Where two say different things, nobody may choose."""
    said: dict[str, object] = {}
    lacks = list[Lack]()
    for field in FIELDS:
        values = list(dict.fromkeys(value for one in shipments if (value := getattr(one, field)) not in ("", None)))
        if len(values) > 1:
            told = " and ".join(str(value) for value in values[:3])
            lacks.append(Lack("contradiction", f"the load's despatches name {told} as {field}"))
        elif values:
            said[field] = values[0]
    return Shipment(**said), lacks  # type: ignore[arg-type]


def _joined(pairs: Iterable[tuple[Part, Parcel]]) -> tuple[Box, ...]:
    """Parcels of several orders with one SSCC are one carton."""
    boxes: dict[str, Box] = {}
    for part, parcel in pairs:
        sscc = bare_sscc(parcel.sscc or "")
        key = sscc or named(part.data.despatch_id, parcel.parcel_id)
        one = Box(
            name=f"SSCC {sscc}" if sscc else f"parcel {parcel.parcel_id} of despatch {part.data.despatch_id}",
            sscc=sscc,
            pallet=bare_sscc(parcel.pallet_sscc or ""),
            tracking_number=parcel.tracking_number,
            weight_kg=parcel.weight_kg,
            items=_items(part, parcel),
        )
        boxes[key] = _both(boxes[key], one) if key in boxes else one
    return tuple(box for box in boxes.values() if box.items)


def _both(one: Box, other: Box) -> Box:
    """The same carton as two orders' despatches tell of it: its weight is told by each, and counts once."""
    weights = [weight for weight in (one.weight_kg, other.weight_kg) if weight is not None]
    return msgspec.structs.replace(
        one,
        pallet=one.pallet or other.pallet,
        tracking_number=one.tracking_number or other.tracking_number,
        weight_kg=max(weights, default=None),
        items=_added([*one.items, *other.items]),
    )


def _items(part: Part, parcel: Parcel) -> tuple[Item, ...]:
    lines = (
        Item(part.order, line.line_reference or LineReference(""), line.sku, line.lot or "", line.expiry, quantity)
        for line in parcel.lines
        if (quantity := whole(line.quantity))
    )
    return _added(lines)


def _added(items: Iterable[Item]) -> tuple[Item, ...]:
    sums: dict[Item, int] = {}
    for item in items:
        kind = msgspec.structs.replace(item, quantity=0)
        sums[kind] = sums.get(kind, 0) + item.quantity
    return tuple(msgspec.structs.replace(kind, quantity=quantity) for kind, quantity in sums.items())


def _doubled(pairs: Sequence[tuple[Part, Parcel]]) -> Iterator[Lack]:
    """Two cartons of one despatch cannot have one number, nor can one carton stand on two pallets."""
    seen: dict[str, tuple[set[str], set[str]]] = {}
    for part, parcel in pairs:
        sscc, despatch = bare_sscc(parcel.sscc or ""), part.data.despatch_id
        despatches, pallets = seen.setdefault(sscc, (set(), set()))
        if sscc and despatch in despatches:
            yield Lack("sscc_twice", f"two cartons of despatch {despatch} have the SSCC {sscc}")
        if parcel.pallet_sscc:
            pallets.add(bare_sscc(parcel.pallet_sscc))
        if sscc and len(pallets) > 1:
            yield Lack(
                "two_pallets", f"the carton with the SSCC {sscc} is said to stand on {' and '.join(sorted(pallets))}"
            )
        despatches.add(despatch)
