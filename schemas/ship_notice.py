"""An advance ship notice (ASN) in our own words: one delivery, one truck, one destination, whatever the transport."""

from datetime import date, datetime
from decimal import Decimal
from typing import Literal, TypeAlias

import msgspec

from schemas.purchase_order import CountedIn, Identifier, Party, PoLineNumber, PurchaseOrderNumber

FreightMode: TypeAlias = Literal["truckload", "less_than_truckload", "small_parcel"]
NoticeKind: TypeAlias = Literal["original", "replace"]


class PackedItem(msgspec.Struct, frozen=True, kw_only=True):
    """So much of a purchase order's line in one carton, or straight on one pallet; one lot and one expiry at most."""

    purchase_order: PurchaseOrderNumber
    line: PoLineNumber
    identifiers: tuple[Identifier, ...]
    quantity: CountedIn
    lot: str = ""
    expiry: date | None = None


class Carton(msgspec.Struct, frozen=True, kw_only=True):
    """`number`: its place in the notice, from 1. `sscc`: 18 digits, no application identifier; empty: none."""

    number: int
    sscc: str = ""
    tracking_number: str = ""
    items: tuple[PackedItem, ...]


class Pallet(msgspec.Struct, frozen=True, kw_only=True):
    """Its cartons by number; `items`: what stands on it without a carton."""

    sscc: str
    cartons: tuple[int, ...] = ()
    items: tuple[PackedItem, ...] = ()
    tiers: int = 0
    blocks: int = 0


class Weight(msgspec.Struct, frozen=True):
    amount: Decimal
    unit: Literal["kg", "lb"]


class ShipNotice(msgspec.Struct, frozen=True, kw_only=True):
    """`shipment`: unique for 365 days; a replacement carries the same one and overwrites the whole notice."""

    shipment: str
    kind: NoticeKind
    mode: FreightMode
    structure: str = ""
    """How the load is built: assorted_pallets, standard_pallets, item_pallets, assorted_cartons, standard_cartons."""
    noticed_at: datetime
    shipped_at: datetime | None
    deliver_at: datetime | None
    appointment_at: datetime | None = None
    vendor: Party
    ship_from: Party
    ship_to: Party
    carrier_scac: str = ""
    carrier_name: str = ""
    pro_number: str = ""
    bill_of_lading: str = ""
    retailer_reference: str = ""
    """Amazon's ARN: mandatory where the retailer pays the freight."""
    seal: str = ""
    gross_weight: Weight | None = None
    volume_m3: Decimal | None = None
    cartons: tuple[Carton, ...] = ()
    pallets: tuple[Pallet, ...] = ()
