"""Documents that several tests send and read."""

from datetime import UTC, datetime
from decimal import Decimal

from edi.profile import Profile
from schemas.purchase_order import (
    Acknowledgement,
    Cost,
    CountedIn,
    Identifier,
    LineAcknowledgement,
    LineAnswer,
    Party,
    PoLineNumber,
    PurchaseOrderNumber,
)
from schemas.ship_notice import Carton, PackedItem, Pallet, ShipNotice, Weight
from schemas.terms import ChannelAccount, Marketplace

PROFILE = Profile(
    channel_account=ChannelAccount("vendor"), marketplace=Marketplace("A1F"), vendor_code="ABCD5", currency="GBP",
    zone="Europe/London",
)  # fmt: skip
AT = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
SHIPS = datetime(2026, 11, 23, tzinfo=UTC)
NUMBER = PurchaseOrderNumber("4Z32PABC")
UPC = Identifier("gtin_12", "012345678905", "UP")
SSCC = "354123450000000014"
VENDOR = Party(party_id="ABCD5")


def cases(amount: int) -> CountedIn:
    return CountedIn(amount, "case", 12)


def answered(*parts: LineAnswer, ordered: int = 10, cost: str = "12.50") -> LineAcknowledgement:
    return LineAcknowledgement(
        number=PoLineNumber("1"), identifiers=(UPC,), ordered=cases(ordered),
        net_cost=Cost(Decimal(cost), "GBP"), answers=parts,
    )  # fmt: skip


def part(code: str, amount: int, reason: str | None = None) -> LineAnswer:
    return LineAnswer(
        code=code,  # type: ignore[arg-type]  # a word of the tables
        quantity=cases(amount),
        reason=reason,  # type: ignore[arg-type]
        ship_at=None if code == "rejected" else SHIPS,
    )


def acknowledged(*lines: LineAcknowledgement) -> Acknowledgement:
    return Acknowledgement(number=NUMBER, vendor=VENDOR, ordered_at=AT, acknowledged_at=AT, lines=lines)


def packed(order: str, line: str, amount: int, **more: object) -> PackedItem:
    return PackedItem(
        purchase_order=PurchaseOrderNumber(order), line=PoLineNumber(line), identifiers=(UPC,),
        quantity=cases(amount), **more,  # type: ignore[arg-type]
    )  # fmt: skip


def notice(cartons: tuple[Carton, ...], pallets: tuple[Pallet, ...] = ()) -> ShipNotice:
    place = Party(party_id="LTN4", country="GB", postcode="LU1 1AA", city="Luton", lines=("1 Some Street",))
    return ShipNotice(
        shipment="S-1", kind="original", mode="less_than_truckload", noticed_at=AT, shipped_at=AT, deliver_at=SHIPS,
        vendor=VENDOR, ship_from=Party(party_id="W1", country="GB", postcode="NR1 1AA"), ship_to=place,
        carrier_scac="DPDU", pro_number="PRO7", bill_of_lading="ABCD512345", retailer_reference="ARN9",
        gross_weight=Weight(Decimal("120.5"), "kg"), cartons=cartons, pallets=pallets,
    )  # fmt: skip
