"""A channel's order in our own words: what a buyer ordered, where it goes and by when. One shape for every channel.

Holds buyer data (`ShipTo`): it is stored only sealed (daemon/store/sealing.py), never logged, and erased on time.
"""

from datetime import datetime
from decimal import Decimal
from typing import Literal, TypeAlias

import msgspec

from schemas.terms import ChannelAccount, ChannelOrderId, LineReference, Marketplace, SellerSku

OrderStatus: TypeAlias = Literal[
    "pending", "open", "part_despatched", "despatched", "cancelled", "unfulfillable", "held", "refunded", "unknown"
]  # fmt: skip
"""As the channel says. `pending`: stock is reserved and nothing may be released. `held`: put on hold, to go on later.
`refunded`: all the money is back and nothing is to leave. `unknown`: a new word."""


class ShipTo(msgspec.Struct, frozen=True, kw_only=True):
    """Where the parcel goes: buyer data. Empty where the channel gave nothing; nothing in it is made up."""

    name: str = ""
    company: str = ""
    lines: tuple[str, ...] = ()
    city: str = ""
    district: str = ""
    region: str = ""
    postcode: str = ""
    country: str = ""
    """ISO 3166-1 alpha-2."""
    phone: str = ""
    email: str = ""

    def __repr__(self) -> str:
        """Says nothing of the buyer: reprs end in logs."""
        return f"ShipTo({self.country})"


class SalesLine(msgspec.Struct, frozen=True, kw_only=True):
    """A line of the order, in the channel's units. `unit_price`: before tax where the channel says so."""

    line_reference: LineReference
    seller_sku: SellerSku
    ordered: int
    cancelled: int = 0
    fulfilled: int = 0
    title: str = ""
    asin: str = ""
    unit_price: Decimal | None = None
    currency: str = ""
    cancel_asked: bool = False
    """The buyer asks for it to be cancelled; nothing is yet."""


class SalesOrder(msgspec.Struct, frozen=True, kw_only=True):
    """An order as its channel has it now. `status_word`: the channel's own, kept for people."""

    channel_account: ChannelAccount
    channel_order_id: ChannelOrderId
    marketplace: Marketplace
    status: OrderStatus
    status_word: str = ""
    ordered_at: datetime
    updated_at: datetime
    ship_by: datetime | None = None
    deliver_by: datetime | None = None
    service: str = ""
    """What the buyer chose and paid for, in the channel's words."""
    programmes: frozenset[str] = frozenset()
    lines: tuple[SalesLine, ...]
    ship_to: ShipTo | None = None
    """None: not asked for, or not told yet."""
