"""What a channel said of an order when we asked: lines, programmes and parcels, no buyer data."""

import re
from collections.abc import Set
from typing import Final

import msgspec

from handlers.carrier_rules import bare
from schemas.amazon_orders import SHIP_PLUS, AmazonOrder, AmazonOrderLine, DespatchedLine, DespatchedParcel
from schemas.terms import ChannelOrderId, Eaches, LineReference, Marketplace, PackageReference, SellerSku

SHAPE: Final = re.compile(r"[0-9]{3}-[0-9]{7}-[0-9]{7}")


class ChannelLine(msgspec.Struct, frozen=True):
    """In channel units. `unfulfilled` is None where the channel does not say."""

    line_reference: LineReference
    seller_sku: SellerSku
    ordered: int
    unfulfilled: int | None = None


class ChannelPackage(msgspec.Struct, frozen=True):
    """A parcel that the channel knows of."""

    package_reference: PackageReference
    carrier: str
    tracking_number: str
    lines: tuple[DespatchedLine, ...]


class ChannelOrder(msgspec.Struct, frozen=True, kw_only=True):
    """`ours` are the package references among `packages` that we gave. `fresh` when read just now."""

    order_id: ChannelOrderId
    marketplace: Marketplace
    status: str
    programmes: tuple[str, ...]
    lines: tuple[ChannelLine, ...]
    packages: tuple[ChannelPackage, ...]
    ours: frozenset[PackageReference] = frozenset()
    fresh: bool = False

    @property
    def confirms_itself(self) -> bool:
        return SHIP_PLUS in self.programmes

    def line(self, reference: LineReference) -> ChannelLine | None:
        return next((line for line in self.lines if line.line_reference == reference), None)

    def package(self, reference: PackageReference) -> ChannelPackage | None:
        return next((package for package in self.packages if package.package_reference == reference), None)

    def shows(self, parcel: DespatchedParcel) -> bool:
        """The channel has exactly this: the same reference, tracking number and lines."""
        package = self.package(parcel.reference)
        return (
            package is not None
            and package.tracking_number == parcel.tracking_number
            and quantities(package.lines) == quantities(parcel.lines)
        )

    def told_by_somebody_else(self, tracking_number: str) -> bool:
        """A parcel with this tracking number, however it is written, is there which we did not tell of."""
        return bool(tracking_number) and any(
            bare(package.tracking_number) == bare(tracking_number) and package.package_reference not in self.ours
            for package in self.packages
        )

    def room_for(self, line: ChannelLine, reference: PackageReference) -> int:
        """Channel units of a line that may still be told, the parcel `reference` not counted."""
        own = self.package(reference)
        told_by_us = quantities(own.lines).get(line.line_reference, 0) if own else 0
        left = line.ordered if line.unfulfilled is None else line.unfulfilled
        return min(line.ordered, left + told_by_us)


def quantities(lines: tuple[DespatchedLine, ...]) -> dict[LineReference, Eaches]:
    """What of each line, whatever the order in which they stand."""
    told: dict[LineReference, Eaches] = {}
    for line in lines:
        told[line.line_reference] = told.get(line.line_reference, 0) + line.quantity
    return told


def as_channel_order(order: AmazonOrder, ours: Set[PackageReference] = frozenset()) -> ChannelOrder:
    """What we keep of an order that was just read."""
    return ChannelOrder(
        order_id=order.order_id,
        marketplace=order.marketplace,
        status=order.status,
        programmes=order.programs,
        lines=tuple(_line(line) for line in order.lines),
        packages=tuple(
            ChannelPackage(parcel.reference, parcel.carrier, parcel.tracking_number, parcel.lines)
            for parcel in order.parcels
        ),
        ours=frozenset(ours),
        fresh=True,
    )


def _line(line: AmazonOrderLine) -> ChannelLine:
    unfulfilled = None if line.fulfilled is None else line.ordered - line.fulfilled
    return ChannelLine(line.line_reference, line.seller_sku or SellerSku(""), line.ordered, unfulfilled)


def looks_like_an_order_id(order_reference: str) -> bool:
    """Whether the warehouse may have taken the channel's order id for its own name of the order."""
    return SHAPE.fullmatch(order_reference) is not None
