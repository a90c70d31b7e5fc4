"""Orders: confirming a despatched parcel (v0) and reading an order (2026-01-01), in Amazon's words and ours."""

import re
from datetime import UTC, datetime
from typing import Final

import msgspec

from schemas.amazon import AmazonError, Refusal
from schemas.terms import ChannelOrderId, Eaches, LineReference, Marketplace, PackageReference, SellerSku

SHIP_PLUS: Final = "FBM_SHIP_PLUS"
UNLISTED_CARRIER: Final = "Other"


class ConfirmedItem(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    order_item_id: str
    quantity: int


class PackageDetail(
    msgspec.Struct, frozen=True, rename="camel", kw_only=True, omit_defaults=True, forbid_unknown_fields=True
):
    """`package_reference_id` is a string of digits: Amazon refuses a JSON number."""

    package_reference_id: str
    carrier_code: str
    carrier_name: str | None = None
    shipping_method: str | None = None
    tracking_number: str
    ship_date: datetime
    order_items: tuple[ConfirmedItem, ...]


class ConfirmShipment(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """Body of `confirmShipment`: one parcel. The same reference again is an edit of that parcel."""

    marketplace_id: str
    package_detail: PackageDetail


class SalesChannel(msgspec.Struct, frozen=True, rename="camel"):
    channel_name: str = ""
    marketplace_id: str | None = None


class OrderFulfillment(msgspec.Struct, frozen=True, rename="camel"):
    fulfillment_status: str
    fulfilled_by: str | None = None


class ItemFulfillment(msgspec.Struct, frozen=True, rename="camel"):
    quantity_fulfilled: int | None = None
    quantity_unfulfilled: int | None = None


class Product(msgspec.Struct, frozen=True, rename="camel"):
    seller_sku: str | None = None


class OrderItem(msgspec.Struct, frozen=True, rename="camel"):
    order_item_id: str
    quantity_ordered: int
    product: Product = Product()
    fulfillment: ItemFulfillment | None = None


class PackageItem(msgspec.Struct, frozen=True, rename="camel"):
    order_item_id: str
    quantity: int


class OrderPackage(msgspec.Struct, frozen=True, rename="camel"):
    package_reference_id: str
    carrier: str | None = None
    shipping_service: str | None = None
    tracking_number: str | None = None
    ship_time: datetime | None = None
    package_items: tuple[PackageItem, ...] | None = None


class Order(msgspec.Struct, frozen=True, rename="camel"):
    order_id: str
    sales_channel: SalesChannel
    order_items: tuple[OrderItem, ...]
    programs: tuple[str, ...] | None = None
    fulfillment: OrderFulfillment | None = None
    packages: tuple[OrderPackage, ...] | None = None


class GetOrderResponse(msgspec.Struct, frozen=True):
    """Answer of `getOrder`."""

    order: Order


class DespatchedLine(msgspec.Struct, frozen=True):
    line_reference: LineReference
    quantity: Eaches


class DespatchedParcel(msgspec.Struct, frozen=True, kw_only=True):
    """A parcel to tell Amazon of, in our words; carrier and service are already the channel's names."""

    marketplace: Marketplace
    reference: PackageReference
    carrier: str
    carrier_name: str | None = None
    """Only with the carrier `Other`."""
    service: str | None = None
    tracking_number: str
    despatched_at: datetime
    lines: tuple[DespatchedLine, ...]


class AmazonOrderLine(msgspec.Struct, frozen=True):
    """`fulfilled` is None where Amazon does not say."""

    line_reference: LineReference
    seller_sku: SellerSku | None
    ordered: Eaches
    fulfilled: Eaches | None


class AmazonParcel(msgspec.Struct, frozen=True):
    """A parcel that Amazon knows of."""

    reference: PackageReference
    carrier: str
    service: str
    tracking_number: str
    lines: tuple[DespatchedLine, ...]


class AmazonOrder(msgspec.Struct, frozen=True, kw_only=True):
    """An order as Amazon shows it; `status` and `programs` keep Amazon's words."""

    order_id: ChannelOrderId
    marketplace: Marketplace
    status: str
    programs: tuple[str, ...]
    ships_itself: bool
    """The merchant despatches it, not Amazon."""
    lines: tuple[AmazonOrderLine, ...]
    parcels: tuple[AmazonParcel, ...]

    @property
    def is_ship_plus(self) -> bool:
        """Amazon confirms these by itself, and refuses to be told."""
        return SHIP_PLUS in self.programs

    def parcel(self, reference: PackageReference) -> AmazonParcel | None:
        return next((parcel for parcel in self.parcels if parcel.reference == reference), None)


_writer = msgspec.json.Encoder()
_confirmation = msgspec.json.Decoder(ConfirmShipment)
_order = msgspec.json.Decoder(GetOrderResponse)


def to_amazon(parcel: DespatchedParcel) -> ConfirmShipment:
    """The confirmation of one parcel. Times go out in UTC, to the second."""
    detail = PackageDetail(
        package_reference_id=parcel.reference,
        carrier_code=parcel.carrier,
        carrier_name=parcel.carrier_name,
        shipping_method=parcel.service or None,
        tracking_number=parcel.tracking_number,
        ship_date=parcel.despatched_at.astimezone(UTC).replace(microsecond=0),
        order_items=tuple(ConfirmedItem(line.line_reference, line.quantity) for line in parcel.lines),
    )
    return ConfirmShipment(parcel.marketplace, detail)


def from_amazon(answer: GetOrderResponse) -> AmazonOrder:
    order, fulfillment = answer.order, answer.order.fulfillment
    return AmazonOrder(
        order_id=ChannelOrderId(order.order_id),
        marketplace=Marketplace(order.sales_channel.marketplace_id or ""),
        status=fulfillment.fulfillment_status if fulfillment else "",
        programs=order.programs or (),
        ships_itself=fulfillment is None or fulfillment.fulfilled_by != "AMAZON",
        lines=tuple(_line(item) for item in order.order_items),
        parcels=tuple(_parcel(package) for package in order.packages or ()),
    )


def _line(item: OrderItem) -> AmazonOrderLine:
    sku = item.product.seller_sku
    return AmazonOrderLine(
        line_reference=LineReference(item.order_item_id),
        seller_sku=SellerSku(sku) if sku else None,
        ordered=item.quantity_ordered,
        fulfilled=item.fulfillment.quantity_fulfilled if item.fulfillment else None,
    )


def _parcel(package: OrderPackage) -> AmazonParcel:
    items = package.package_items or ()
    return AmazonParcel(
        reference=PackageReference(package.package_reference_id),
        carrier=package.carrier or "",
        service=package.shipping_service or "",
        tracking_number=package.tracking_number or "",
        lines=tuple(DespatchedLine(LineReference(i.order_item_id), i.quantity) for i in items),
    )


def write_confirmation(confirmation: ConfirmShipment) -> bytes:
    return _writer.encode(confirmation)


def read_confirmation(body: bytes) -> ConfirmShipment:
    """Raises msgspec.DecodeError or UnicodeDecodeError."""
    return _confirmation.decode(body)


def read_order(body: bytes) -> GetOrderResponse:
    """Raises msgspec.DecodeError or UnicodeDecodeError."""
    return _order.decode(body)


_REFUSALS: Final[tuple[tuple[re.Pattern[str], Refusal], ...]] = (
    (re.compile(r"PackageToUpdateNotFound|unable to find package to update", re.I), "package_not_found"),
    (re.compile(r"package_?reference_?id", re.I), "invalid_package_reference"),
    (re.compile(r"ship\s?\+|ship[ _]plus", re.I), "ship_plus"),
    (re.compile(r"ship_?date", re.I), "invalid_date"),
    (re.compile(r"carrier_?(code|name)", re.I), "invalid_carrier"),
    (re.compile(r"invalid ?input", re.I), "invalid_input"),
)


def name_refusal(status: int, errors: tuple[AmazonError, ...]) -> Refusal:
    """Our word for a refusal of `confirmShipment` or `getOrder`; the most telling of several errors wins."""
    if status == 404:
        return "order_not_found"
    text = " ".join(f"{error.code} {error.message} {error.details or ''}" for error in errors)
    for pattern, word in _REFUSALS:
        if pattern.search(text):
            return word
    return "refused"
