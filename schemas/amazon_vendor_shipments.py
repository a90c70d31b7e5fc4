"""Vendor shipments v1, `SubmitShipmentConfirmations`: an advance ship notice in Amazon's words.

An item of a shipment is a line of a purchase order. Amazon wants one number for it that cartons and pallets refer to:
the purchase order's own where the notice is of one order only, otherwise the items are counted from 1. Which order an
item is of stands with the item and wherever it is packed.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, time
from decimal import Decimal
from typing import Final, TypeAlias

import msgspec

from schemas import amazon_vendor as wire
from schemas.amazon_vendor import Quantity, WireParty
from schemas.purchase_order import CountedIn, PoLineNumber, PurchaseOrderNumber
from schemas.ship_notice import Carton, FreightMode, NoticeKind, PackedItem, Pallet, ShipNotice
from schemas.sscc import is_sscc

KINDS: Final[dict[NoticeKind, str]] = {"original": "Original", "replace": "Replace"}
MODES: Final[dict[FreightMode, str]] = {
    "truckload": "TruckLoad", "less_than_truckload": "LessThanTruckLoad", "small_parcel": "SmallParcel",
}  # fmt: skip
STRUCTURES: Final = {
    "assorted_pallets": "PalletizedAssortmentCase", "standard_pallets": "PalletizedStandardCase",
    "item_pallets": "PalletOfItems", "assorted_cartons": "LooseAssortmentCase",
    "standard_cartons": "LooseStandardCase",
}  # fmt: skip
WEIGHTS: Final = {"kg": "Kg", "lb": "Lb"}
CUBIC_METRES: Final = "CuM"
SSCC: Final = "SSCC"

Item: TypeAlias = tuple[PurchaseOrderNumber, PoLineNumber]


class Expiry(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    expiry_date: datetime | None = None


class ItemDetails(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    purchase_order_number: str | None = None
    lot_number: str | None = None
    expiry: Expiry | None = None


class ShippedItem(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True, kw_only=True):
    item_sequence_number: str
    amazon_product_identifier: str | None = None
    vendor_product_identifier: str | None = None
    shipped_quantity: Quantity
    item_details: ItemDetails | None = None


class Contained(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    item_reference: str
    shipped_quantity: Quantity
    item_details: ItemDetails | None = None


class ContainerName(msgspec.Struct, frozen=True, rename="camel"):
    container_identification_type: str
    container_identification_number: str


class WireCarton(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True, kw_only=True):
    carton_identifiers: tuple[ContainerName, ...] = ()
    carton_sequence_number: str
    tracking_number: str | None = None
    items: tuple[Contained, ...]


class CartonReferences(msgspec.Struct, frozen=True, rename="camel"):
    carton_count: int | None = None
    carton_reference_numbers: tuple[str, ...] = ()


class WirePallet(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True, kw_only=True):
    pallet_identifiers: tuple[ContainerName, ...]
    tier: int | None = None
    block: int | None = None
    carton_reference_details: CartonReferences | None = None
    items: tuple[Contained, ...] = ()


class Measure(msgspec.Struct, frozen=True, rename="camel"):
    unit_of_measure: str
    value: Decimal


class Measurements(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    gross_shipment_weight: Measure | None = None
    shipment_volume: Measure | None = None
    carton_count: int | None = None
    pallet_count: int | None = None


class Transportation(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    carrier_scac: str | None = None
    carrier_shipment_reference_number: str | None = None
    bill_of_lading_number: str | None = None


class ImportDetails(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    seal_number: str | None = None


class ShipmentConfirmation(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True, kw_only=True):
    shipment_identifier: str
    shipment_confirmation_type: str
    shipment_type: str | None = None
    shipment_structure: str | None = None
    transportation_details: Transportation | None = None
    amazon_reference_number: str | None = None
    shipment_confirmation_date: datetime
    shipped_date: datetime | None = None
    estimated_delivery_date: datetime | None = None
    selling_party: WireParty
    ship_from_party: WireParty
    ship_to_party: WireParty
    shipment_measurements: Measurements | None = None
    import_details: ImportDetails | None = None
    shipped_items: tuple[ShippedItem, ...]
    cartons: tuple[WireCarton, ...] = ()
    pallets: tuple[WirePallet, ...] = ()


class SubmitShipmentConfirmations(msgspec.Struct, frozen=True, rename="camel"):
    shipment_confirmations: tuple[ShipmentConfirmation, ...]


_read = msgspec.json.Decoder(SubmitShipmentConfirmations)


def write_notice(notice: ShipNotice) -> bytes:
    """The body of one request. Raises ValueError for a notice that says too little, or contradicts itself."""
    return msgspec.json.encode(SubmitShipmentConfirmations((to_amazon(notice),)))


def read_notices(body: bytes) -> tuple[ShipmentConfirmation, ...]:
    """Raises msgspec.DecodeError or UnicodeDecodeError."""
    return _read.decode(body).shipment_confirmations


def to_amazon(notice: ShipNotice) -> ShipmentConfirmation:
    """Raises ValueError for a notice that says too little, or contradicts itself."""
    numbers = _numbers(notice)
    _check_pallets(notice)
    return ShipmentConfirmation(
        shipment_identifier=wire.named(notice.shipment, "the shipment's identifier"),
        shipment_confirmation_type=KINDS[notice.kind],
        shipment_type=MODES[notice.mode],
        shipment_structure=_structure(notice.structure),
        transportation_details=_transport(notice),
        amazon_reference_number=notice.retailer_reference or None,
        shipment_confirmation_date=wire.zoned(notice.noticed_at, "the time of the notice"),
        shipped_date=_at(notice.shipped_at, "the time of departure"),
        estimated_delivery_date=_at(notice.deliver_at, "the time of delivery"),
        selling_party=wire.to_party(notice.vendor, "postal_code"),
        ship_from_party=wire.to_party(notice.ship_from, "postal_code"),
        ship_to_party=wire.to_party(notice.ship_to, "postal_code"),
        shipment_measurements=_measurements(notice),
        import_details=ImportDetails(notice.seal) if notice.seal else None,
        shipped_items=_shipped(notice, numbers),
        cartons=tuple(_carton(carton, numbers) for carton in notice.cartons),
        pallets=tuple(_pallet(pallet, numbers) for pallet in notice.pallets),
    )


def packed(notice: ShipNotice) -> Iterator[PackedItem]:
    """Everything that is in the shipment, carton by carton, then what stands on its pallets without one."""
    for carton in notice.cartons:
        yield from carton.items
    for pallet in notice.pallets:
        yield from pallet.items


def _numbers(notice: ShipNotice) -> dict[Item, str]:
    found = dict.fromkeys((item.purchase_order, item.line) for item in packed(notice))
    if not found:
        raise ValueError(f"shipment {notice.shipment}: there is nothing in it")
    if len({order for order, _ in found}) == 1:
        return {item: wire.named(item[1], "the number of a line") for item in found}
    return {item: str(place) for place, item in enumerate(found, start=1)}


def _check_pallets(notice: ShipNotice) -> None:
    known = [carton.number for carton in notice.cartons]
    named = [number for pallet in notice.pallets for number in pallet.cartons]
    if len(set(known)) < len(known) or len(set(named)) < len(named) or not set(named) <= set(known):
        raise ValueError(f"shipment {notice.shipment}: a carton has a number of its own, and stands on one pallet")


def _structure(ours: str) -> str | None:
    if ours and ours not in STRUCTURES:
        raise ValueError(f"Amazon has no word for a load of {ours!r}")
    return STRUCTURES.get(ours)


def _transport(notice: ShipNotice) -> Transportation | None:
    told = (notice.carrier_scac or None, notice.pro_number or None, notice.bill_of_lading or None)
    return Transportation(*told) if any(told) else None


def _at(at: datetime | None, what: str) -> datetime | None:
    return None if at is None else wire.zoned(at, what)


def _measurements(notice: ShipNotice) -> Measurements:
    """Cartons are counted where there is no pallet, pallets where there is one: so the model wants it."""
    weight, volume = notice.gross_weight, notice.volume_m3
    return Measurements(
        None if weight is None else Measure(WEIGHTS[weight.unit], _positive(weight.amount, "the weight")),
        None if volume is None else Measure(CUBIC_METRES, _positive(volume, "the volume")),
        None if notice.pallets else len(notice.cartons),
        len(notice.pallets) or None,
    )


def _positive(number: Decimal, what: str) -> Decimal:
    if not number.is_finite() or number <= 0:
        raise ValueError(f"{what} is not above 0")
    return wire.written(number)


def _shipped(notice: ShipNotice, numbers: dict[Item, str]) -> tuple[ShippedItem, ...]:
    totals = dict[Item, tuple[PackedItem, CountedIn]]()
    for item in packed(notice):
        key = (item.purchase_order, item.line)
        first, sum_ = totals.get(key, (item, msgspec.structs.replace(item.quantity, amount=0)))
        if (sum_.unit, sum_.unit_size) != (item.quantity.unit, item.quantity.unit_size):
            raise ValueError(f"line {item.line} of {item.purchase_order} is packed in two units")
        totals[key] = first, msgspec.structs.replace(sum_, amount=sum_.amount + item.quantity.amount)
    return tuple(_item(first, total, numbers[key]) for key, (first, total) in totals.items())


def _item(first: PackedItem, total: CountedIn, number: str) -> ShippedItem:
    what = f"line {first.line} of {first.purchase_order}"
    amazons, vendors = wire.item_names(first.identifiers, what)
    return ShippedItem(
        item_sequence_number=number,
        amazon_product_identifier=amazons,
        vendor_product_identifier=vendors,
        shipped_quantity=wire.to_quantity(total, what),
        item_details=ItemDetails(wire.named(first.purchase_order, "the number of a purchase order")),
    )


def _contained(item: PackedItem, numbers: dict[Item, str]) -> Contained:
    expiry = None if item.expiry is None else Expiry(datetime.combine(item.expiry, time(), UTC))
    return Contained(
        numbers[item.purchase_order, item.line],
        wire.to_quantity(item.quantity, f"line {item.line} of {item.purchase_order}"),
        ItemDetails(item.purchase_order, item.lot or None, expiry),
    )


def _carton(carton: Carton, numbers: dict[Item, str]) -> WireCarton:
    if not carton.items:
        raise ValueError(f"carton {carton.number} is empty")
    return WireCarton(
        carton_identifiers=_container(carton.sscc) if carton.sscc else (),
        carton_sequence_number=f"{carton.number:03d}",
        tracking_number=carton.tracking_number or None,
        items=tuple(_contained(item, numbers) for item in carton.items),
    )


def _pallet(pallet: Pallet, numbers: dict[Item, str]) -> WirePallet:
    held = tuple(f"{number:03d}" for number in pallet.cartons)
    return WirePallet(
        pallet_identifiers=_container(pallet.sscc),
        tier=pallet.tiers or None,
        block=pallet.blocks or None,
        carton_reference_details=CartonReferences(len(held), held) if held else None,
        items=tuple(_contained(item, numbers) for item in pallet.items),
    )


def _container(sscc: str) -> tuple[ContainerName, ...]:
    if not is_sscc(sscc):
        raise ValueError(f"{sscc!r} is no SSCC: eighteen digits, the last one a check digit that is right")
    return (ContainerName(SSCC, sscc),)
