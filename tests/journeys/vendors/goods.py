"""Purchase orders, and what the warehouse packs for them."""

import zlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Literal

import msgspec

from handlers.gs1 import make_sscc
from handlers.ship_loads import Part
from schemas.despatch import Channel, DespatchData, Parcel, ParcelLine, Shipment
from schemas.purchase_order import (
    Cost,
    CountedIn,
    Identifier,
    Party,
    PoLineNumber,
    PurchaseOrder,
    PurchaseOrderLine,
    PurchaseOrderNumber,
    Window,
)
from schemas.terms import (
    ChannelOrderId,
    DespatchId,
    LineReference,
    Marketplace,
    OrderReference,
    ParcelId,
    Sku,
)
from simulators.amazon import UK
from tests.journeys.vendors.house import LEEDS, NINE, ORDERED, PAYER, House

PLACED = NINE - timedelta(minutes=5)
"""A look by the API stays a little behind the present. A file tells the day alone."""
PO, OTHER = PurchaseOrderNumber("4Z32PABC"), PurchaseOrderNumber("7QX11DEF")
WINDOW = Window(ORDERED + timedelta(days=4), ORDERED + timedelta(days=11) - timedelta(seconds=1))
BILLED = Party(
    party_id=PAYER.party_id, name=PAYER.name, lines=PAYER.lines, city=PAYER.city, postcode=PAYER.postcode,
    country=PAYER.country, tax_number=PAYER.tax_number,
)  # fmt: skip


def line(
    number: str = "1", amount: int = 24, sku: str = "MUG", *, case: int | None = None, cost: str | None = None,
    backorder: bool = False,
) -> PurchaseOrderLine:  # fmt: skip
    """Eaches at 2.50, or cases of so many eaches at so many times that."""
    price = Decimal(cost) if cost else Decimal("2.50") * (case or 1)
    return PurchaseOrderLine(
        number=PoLineNumber(number), identifiers=(Identifier("vendor_sku", sku),),
        ordered=CountedIn(amount, "case" if case else "each", case or 1), net_cost=Cost(price, "GBP"),
        backorder_allowed=backorder,
    )  # fmt: skip


def order(house: House, *lines: PurchaseOrderLine, number: PurchaseOrderNumber = PO) -> PurchaseOrder:
    return PurchaseOrder(
        channel_account=house.account, number=number, marketplace=Marketplace(UK), transport=house.transport,
        state="new", ordered_at=PLACED, delivery_window=WINDOW, vendor=Party(party_id="ACME1"), bill_to=BILLED,
        ship_to=Party(party_id="LTN4"), freight="vendor_pays" if house.transport == "x12" else "unknown",
        lines=lines or (line(),),
    )  # fmt: skip


def sscc(house: House, serial: int) -> str:
    """No number comes twice within a year, whichever account's it is."""
    return make_sscc("5012345", 0, _own(house) * 1_000 + serial)


def _own(house: House) -> int:
    return zlib.crc32(house.name.encode()) % 900_000


def box(house: House, serial: int, *held: tuple[str, int, str], pallet: int | None = 90) -> Parcel:
    """A carton with so many eaches of a SKU for a line, on a pallet."""
    return Parcel(
        parcel_id=ParcelId(f"P{serial}"), sscc=sscc(house, serial),
        pallet_sscc=None if pallet is None else sscc(house, pallet),
        lines=tuple(ParcelLine(Sku(sku), amount, LineReference(reference)) for sku, amount, reference in held),
        carrier="XPO", weight_kg=Decimal("7.5"),
    )  # fmt: skip


def load(house: House, reference: str = "LOAD-1", bill: int = 1, **more: object) -> Shipment:
    """A palletised load that departs in an hour."""
    plain = Shipment(
        reference=reference, mode="less_than_truckload", departure=house.now + timedelta(hours=1),
        expected_delivery=house.now + timedelta(days=1), carrier_scac="XPOL", carrier_name="XPO Logistics",
        bill_of_lading=f"ACME{_own(house)}{bill:04d}", pro_number="778-123456", gross_weight_kg=Decimal(310),
    )  # fmt: skip
    return msgspec.structs.replace(plain, **more)


def despatch(
    house: House,
    *boxes: Parcel,
    shipment: Shipment,
    name: str = "D1",
    number: str = PO,
    stage: Literal["packed", "completed", "undone"] = "packed",
    at: datetime | None = None,
) -> Part:
    data = DespatchData(
        account=house.owner, warehouse=LEEDS, order_reference=OrderReference(f"SO-{number}"),
        despatch_id=DespatchId(name), revision=1, channel=Channel("amazon_vendor", house.account),
        channel_order_id=ChannelOrderId(number), parcels=boxes, shipment=shipment, despatched_at=at,
    )  # fmt: skip
    return Part(stage=stage, data=data, at=house.now)


async def sent(house: House, boxes: Sequence[Parcel], *, shipment: Shipment | None = None, name: str = "D1") -> None:
    """Packed now, gone in an hour."""
    truck = shipment or load(house)
    await house.hear(despatch(house, *boxes, shipment=truck, name=name))
    await house.wait(20, 41)
    await house.hear(despatch(house, *boxes, shipment=truck, name=name, stage="completed", at=house.now))
    await house.wait(20, 20)
