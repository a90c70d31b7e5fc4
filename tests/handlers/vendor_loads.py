"""Purchase orders, despatches and loads as tests want them: complete, until a test takes something away."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from handlers.gs1 import make_sscc
from handlers.ship_loads import Part
from handlers.ship_notices import Known
from handlers.vendor_goods import LineToShip, OrderToShip
from schemas.despatch import Channel, DespatchData, Parcel, ParcelLine, Shipment
from schemas.purchase_order import (
    Cost,
    CountedIn,
    Freight,
    Identifier,
    OrderUnit,
    Party,
    PoLineNumber,
    PurchaseOrderNumber,
)
from schemas.terms import (
    Account,
    ChannelAccount,
    ChannelOrderId,
    DespatchId,
    LineReference,
    OrderReference,
    ParcelId,
    Sku,
    Warehouse,
)

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
VENDOR = Party(party_id="OAKHI", name="Oak & Hill Ltd")
LEEDS = Party(party_id="LBA4", name="LBA4", lines=("1 Depot Way",), city="Leeds", postcode="LS1 1AA", country="GB")
DALLAS = Party(party_id="DFW7", name="DFW7", lines=("9 Dock Rd",), city="Dallas", postcode="75001", country="US")
FROM = Party(party_id="WH1", name="Oak & Hill", lines=("2 Mill Lane",), city="York", postcode="YO1 7HH", country="GB")
PO = PurchaseOrderNumber("4Z32PABC")


def sscc(serial: int) -> str:
    return make_sscc("5012345", 0, serial)


def line(
    number: str = "1",
    sku: str = "MUG",
    *,
    unit: OrderUnit = "each",
    pack: int | None = 1,
    accepted: int = 100,
    cost: str | None = "10.20",
    dated: bool = False,
) -> LineToShip:
    return LineToShip(
        line=PoLineNumber(number),
        sku=Sku(sku),
        identifiers=(Identifier("gtin_13", "5012345678900", "EN"),),
        unit=CountedIn(accepted, unit, pack),
        pack=pack,
        accepted=accepted,
        cost=Cost(Decimal(cost), "GBP") if cost else None,
        dated=dated,
    )


def order(
    *lines: LineToShip,
    number: str = PO,
    ship_to: Party | None = LEEDS,
    vendor: Party = VENDOR,
    freight: Freight = "vendor_pays",
) -> OrderToShip:
    return OrderToShip(
        channel_account=ChannelAccount("vendor-uk"),
        number=PurchaseOrderNumber(number),
        freight=freight,
        vendor=vendor,
        ship_to=ship_to,
        lines=lines or (line(),),
    )


def held(
    sku: str = "MUG",
    quantity: int = 10,
    reference: str | None = "1",
    lot: str | None = None,
    expiry: date | None = None,
) -> ParcelLine:
    return ParcelLine(Sku(sku), quantity, LineReference(reference) if reference else None, lot, expiry)


def carton(
    serial: int, *lines: ParcelLine, pallet: int | None = None, tracking: str = "", loose: bool = False
) -> Parcel:
    own = sscc(pallet) if loose and pallet is not None else sscc(serial)
    return Parcel(
        parcel_id=ParcelId(f"P{serial}"),
        lines=lines or (held(),),
        tracking_number=tracking,
        carrier="XPO",
        sscc=own,
        pallet_sscc=None if pallet is None else sscc(pallet),
        weight_kg=Decimal("7.5"),
    )


FREIGHT = Shipment(
    reference="LOAD-1",
    mode="less_than_truckload",
    departure=NOW + HOUR,
    expected_delivery=NOW + 48 * HOUR,
    carrier_scac="XPOL",
    carrier_name="XPO Logistics",
    bill_of_lading="OAKHI00017342",
    pro_number="778-123456",
    gross_weight_kg=Decimal(310),
)
PARCELS = Shipment(
    mode="small_parcel",
    departure=NOW + HOUR,
    expected_delivery=NOW + 24 * HOUR,
    carrier_scac="UPSN",
    bill_of_lading="OAKHI00017343",
)


def part(
    *parcels: Parcel,
    despatch: str = "D1",
    po: str = PO,
    stage: str = "completed",
    shipment: Shipment | None = FREIGHT,
    revision: int = 1,
    at: datetime = NOW,
) -> Part:
    data = DespatchData(
        account=Account("OAK"),
        warehouse=Warehouse("YORK"),
        order_reference=OrderReference(f"SO-{po}"),
        despatch_id=DespatchId(despatch),
        revision=revision,
        channel=Channel("amazon_vendor", ChannelAccount("vendor-uk")),
        channel_order_id=ChannelOrderId(po),
        parcels=parcels or (carton(1),),
        shipment=shipment,
    )
    return Part(stage=stage, data=data, at=at)  # type: ignore[arg-type]


def known(*orders: OrderToShip, **changes: object) -> Known:
    every: Iterable[OrderToShip] = orders or (order(),)
    return Known(orders={one.number: one for one in every}, ship_from=FROM, **changes)  # type: ignore[arg-type]
