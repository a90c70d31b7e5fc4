"""Vendor shipments v1: a shipment confirmation as it was sent, read back into our words.

A notice of several purchase orders counts its items itself, so the lines' own numbers do not stand in it.
"""

from datetime import UTC, date, datetime
from typing import Final

from schemas import amazon_vendor as wire
from schemas.amazon_vendor_shipments import (
    KINDS,
    MODES,
    SSCC,
    STRUCTURES,
    Contained,
    ContainerName,
    ItemDetails,
    Measure,
    ShipmentConfirmation,
    ShippedItem,
    Transportation,
    WireCarton,
    WirePallet,
)
from schemas.purchase_order import Party, PoLineNumber, PurchaseOrderNumber
from schemas.ship_notice import Carton, FreightMode, NoticeKind, PackedItem, Pallet, ShipNotice, Weight
from schemas.sscc import without_identifier

OUR_KINDS: Final[dict[str, NoticeKind]] = {word: ours for ours, word in KINDS.items()}
OUR_MODES: Final[dict[str, FreightMode]] = {word: ours for ours, word in MODES.items()}
OUR_STRUCTURES = {word: ours for ours, word in STRUCTURES.items()}


def from_amazon(told: ShipmentConfirmation) -> ShipNotice:
    """Raises ValueError for words that we do not know, and for references that lead nowhere."""
    kind, mode = OUR_KINDS.get(told.shipment_confirmation_type), OUR_MODES.get(told.shipment_type or "")
    if kind is None or mode is None:
        raise ValueError("it does not say what kind of shipment it is, in words that we know")
    items = {item.item_sequence_number: item for item in told.shipped_items}
    transport = told.transportation_details or Transportation()
    measured = told.shipment_measurements
    return ShipNotice(
        shipment=wire.named(told.shipment_identifier, "the shipment's identifier"),
        kind=kind,
        mode=mode,
        structure=OUR_STRUCTURES.get(told.shipment_structure or "", ""),
        noticed_at=wire.zoned(told.shipment_confirmation_date, "the time of the notice"),
        shipped_at=_at(told.shipped_date, "the time of departure"),
        deliver_at=_at(told.estimated_delivery_date, "the time of delivery"),
        vendor=_party(told.selling_party),
        ship_from=_party(told.ship_from_party),
        ship_to=_party(told.ship_to_party),
        carrier_scac=transport.carrier_scac or "",
        pro_number=transport.carrier_shipment_reference_number or "",
        bill_of_lading=transport.bill_of_lading_number or "",
        retailer_reference=told.amazon_reference_number or "",
        seal=(told.import_details.seal_number if told.import_details else None) or "",
        gross_weight=_weight(measured.gross_shipment_weight if measured else None),
        volume_m3=measured.shipment_volume.value if measured and measured.shipment_volume else None,
        cartons=tuple(_carton(carton, items) for carton in told.cartons),
        pallets=tuple(_pallet(pallet, items) for pallet in told.pallets),
    )


def _party(told: wire.WireParty) -> Party:
    found = wire.party(told)
    assert found is not None
    return found


def _at(at: datetime | None, what: str) -> datetime | None:
    return None if at is None else wire.zoned(at, what)


def _carton(told: WireCarton, items: dict[str, ShippedItem]) -> Carton:
    return Carton(
        number=wire.whole(told.carton_sequence_number, "the number of a carton"),
        sscc=_sscc(told.carton_identifiers),
        tracking_number=told.tracking_number or "",
        items=tuple(_packed(one, items) for one in told.items),
    )


def _pallet(told: WirePallet, items: dict[str, ShippedItem]) -> Pallet:
    held = told.carton_reference_details.carton_reference_numbers if told.carton_reference_details else ()
    return Pallet(
        sscc=_sscc(told.pallet_identifiers),
        cartons=tuple(wire.whole(number, "the number of a carton") for number in held),
        items=tuple(_packed(one, items) for one in told.items),
        tiers=told.tier or 0,
        blocks=told.block or 0,
    )


def _sscc(names: tuple[ContainerName, ...]) -> str:
    found = (n.container_identification_number for n in names if n.container_identification_type == SSCC)
    return without_identifier(next(found, ""))


def _packed(told: Contained, items: dict[str, ShippedItem]) -> PackedItem:
    item = items.get(told.item_reference)
    if item is None:
        raise ValueError(f"something packed refers to item {wire.plain(told.item_reference)!r}, which is not there")
    what = f"item {wire.plain(told.item_reference)}"
    here, there = told.item_details or ItemDetails(), item.item_details or ItemDetails()
    order = here.purchase_order_number or there.purchase_order_number or ""
    return PackedItem(
        purchase_order=PurchaseOrderNumber(wire.named(order, f"the purchase order of {what}")),
        line=PoLineNumber(wire.named(told.item_reference, "the number of a line")),
        identifiers=wire.identifiers(item.amazon_product_identifier, item.vendor_product_identifier, what),
        quantity=wire.counted(told.shipped_quantity, what),
        lot=here.lot_number or there.lot_number or "",
        expiry=_expiry(here) or _expiry(there),
    )


def _expiry(details: ItemDetails) -> date | None:
    at = details.expiry.expiry_date if details.expiry else None
    if at is None:
        return None
    return (at.astimezone(UTC) if at.tzinfo else at).date()


def _weight(told: Measure | None) -> Weight | None:
    if told is None:
        return None
    if told.unit_of_measure == "Kg":
        return Weight(told.value, "kg")
    if told.unit_of_measure == "Lb":
        return Weight(told.value, "lb")
    raise ValueError(f"a weight is in {wire.plain(told.unit_of_measure)[:40]!r}, neither Kg nor Lb")
