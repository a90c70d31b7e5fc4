"""ORDER_CHANGE: Amazon's notification that an order changed. A hint to read the order, never a fact.

Delivered at least once and in any order, by a queue that others may write to. What it says of the order, and the
postcode in it, is not kept.
"""

import msgspec

from schemas.amazon_sales_order import MAX_NAME
from schemas.terms import ChannelOrderId, Marketplace

TYPE = "ORDER_CHANGE"
EVENT_TYPE = "amazon.order_change.v1"
"""The type of the event that carries one, untouched, as its data."""


class OrderChange(msgspec.Struct, frozen=True):
    """Which order to read."""

    notification_id: str
    seller_id: str
    order_id: ChannelOrderId
    marketplace: Marketplace
    """Empty where the notification does not say."""
    fulfilled_by: str = ""
    """Amazon's word: AFN, MFN."""


class NotAnOrderChange(ValueError):
    """What came is none, or cannot be read; the text repeats nothing of it."""


class _Summary(msgspec.Struct, frozen=True, rename="pascal"):
    marketplace_id: str = ""
    fulfillment_type: str = ""


class _Change(msgspec.Struct, frozen=True, rename="pascal"):
    seller_id: str
    amazon_order_id: str
    summary: _Summary = _Summary()


class _Payload(msgspec.Struct, frozen=True, rename="pascal"):
    order_change_notification: _Change


class _Metadata(msgspec.Struct, frozen=True, rename="pascal"):
    notification_id: str


class OrderChangeNotification(msgspec.Struct, frozen=True, rename="pascal"):
    """What we read of it; all else may be there."""

    notification_type: str
    payload: _Payload
    notification_metadata: _Metadata


class _Named(msgspec.Struct, frozen=True, rename="pascal"):
    notification_type: str


_named = msgspec.json.Decoder(_Named)
_notification = msgspec.json.Decoder(OrderChangeNotification)


def read_order_change(body: bytes) -> OrderChange:
    """Raises NotAnOrderChange."""
    try:
        if (named := _named.decode(body).notification_type) != TYPE:
            raise NotAnOrderChange(f"it is no {TYPE}" if len(named) > MAX_NAME else f"it is {named!r}, not {TYPE}")
        told = _notification.decode(body)
    except msgspec.ValidationError as error:
        raise NotAnOrderChange(f"it is not as Amazon describes it: {error}") from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise NotAnOrderChange("it is not JSON that can be read") from None
    change = told.payload.order_change_notification
    order_id, identity = change.amazon_order_id, told.notification_metadata.notification_id
    if not _is_name(order_id) or not _is_name(change.seller_id):
        raise NotAnOrderChange("its order or its seller has no name that can be used")
    return OrderChange(
        identity, change.seller_id, ChannelOrderId(order_id), Marketplace(change.summary.marketplace_id),
        change.summary.fulfillment_type,
    )  # fmt: skip


def _is_name(text: str) -> bool:
    return 0 < len(text) <= MAX_NAME and text.isprintable() and text.isascii()
