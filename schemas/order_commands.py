"""Commands about orders to a warehouse that is driven over the bus: `order.create`, `order.amend`, `order.stop`.

Idempotent by `command_id`, answered by `command.accepted` or `command.refused`, sent again with the same id until
then. The address is buyer data: a body is built when it is sent, and stored nowhere.
"""

from datetime import datetime
from decimal import Decimal
from typing import Final

import msgspec

from schemas.terms import (
    Account,
    ChannelAccount,
    ChannelOrderId,
    CommandId,
    Eaches,
    LineReference,
    Marketplace,
    OrderReference,
    Sku,
    Warehouse,
)

ORDER_CREATE: Final = "order.create.v1"
ORDER_AMEND: Final = "order.amend.v1"
ORDER_STOP: Final = "order.stop.v1"


class CommandChannel(msgspec.Struct, frozen=True, kw_only=True):
    """Where it was sold."""

    account: ChannelAccount
    marketplace: Marketplace


class CommandLine(msgspec.Struct, frozen=True, kw_only=True):
    """A line in eaches. `unit_price`: of one of the channel's units, where it says."""

    line_reference: LineReference
    sku: Sku
    quantity: Eaches
    unit_price: Decimal | None = None
    currency: str = ""


class CommandAddress(msgspec.Struct, frozen=True, kw_only=True):
    """Where it goes, in the words of the channel's order."""

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
        return f"CommandAddress({self.country})"


class OrderCommandData(msgspec.Struct, frozen=True, kw_only=True):
    """Data of `order.create.v1` and `order.amend.v1`: the whole order as it is wanted now.

    `version` grows with each change; one that is not above the last that was accepted says nothing new.
    """

    command_id: CommandId
    account: Account
    warehouse: Warehouse
    order_reference: OrderReference
    version: int
    channel: CommandChannel
    channel_order_id: ChannelOrderId
    despatch_by: datetime
    carrier: str
    service: str
    lines: tuple[CommandLine, ...]
    ship_to: CommandAddress | None = None


class OrderStopData(msgspec.Struct, frozen=True, kw_only=True):
    """Data of `order.stop.v1`: nothing of the order is to leave. Refused where it is too late."""

    command_id: CommandId
    account: Account
    warehouse: Warehouse
    order_reference: OrderReference
    version: int
    reason: str
    """What became of it: `cancelled`, `cancel_asked`, `held`, `refunded`."""
