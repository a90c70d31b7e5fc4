"""Orders 2026-01-01, `searchOrders`: what buyers have ordered, page by page. Lines and quantities, no buyer data."""

from collections import Counter
from datetime import UTC, datetime
from typing import Any, Final, Literal

import msgspec

from schemas.amazon_orders import Order, OrderFulfillment, OrderItem
from schemas.sales_order import OrderStatus
from schemas.terms import ChannelOrderId, LineReference, Marketplace, SellerSku

PAGE: Final = 100
"""Orders on a page at most."""
TOKEN_LIFE: Final = 86_400.0
"""Seconds."""
MOST: Final = 1_000_000
"""Units of a line that anybody can believe."""

EARLIEST: Final = datetime(1900, 1, 1, tzinfo=UTC)
LATEST: Final = datetime.max.replace(tzinfo=UTC)
"""Times beyond these can be written to the books and never read again."""

MAX_NAME: Final = 200

PENDING: Final = frozenset({"PENDING", "PENDING_AVAILABILITY"})


STATUSES: Final[dict[str, OrderStatus]] = {
    "PENDING_AVAILABILITY": "pending", "PENDING": "pending", "UNSHIPPED": "open",
    "PARTIALLY_SHIPPED": "part_despatched", "SHIPPED": "despatched", "CANCELLED": "cancelled",
    "UNFULFILLABLE": "unfulfillable",
}  # fmt: skip
CANCELLED_BY: Final[dict[str, Literal["buyer", "merchant", "channel"]]] = {
    "BUYER": "buyer", "MERCHANT": "merchant", "AMAZON": "channel",
}  # fmt: skip


class SearchedFulfilment(OrderFulfillment, frozen=True, rename="camel"):
    ship_by_window: Any = None
    """As it comes: one that cannot be read costs the order's clock, and not its stock."""


class SearchedItem(OrderItem, frozen=True, rename="camel"):
    cancellation: Any = None


class SearchedOrder(Order, frozen=True, rename="camel", kw_only=True):
    created_time: datetime
    last_updated_time: datetime
    order_items: tuple[SearchedItem, ...]
    fulfillment: SearchedFulfilment | None = None


class Pagination(msgspec.Struct, frozen=True, rename="camel"):
    next_token: str | None = None


class SearchOrdersResponse(msgspec.Struct, frozen=True, rename="camel"):
    """Answer of `searchOrders`. Orders stay raw at first: one that cannot be read must not hide the others."""

    orders: tuple[msgspec.Raw, ...]
    pagination: Pagination | None = None


class SoldLine(msgspec.Struct, frozen=True):
    """A line of an order, in channel units. What is neither cancelled nor fulfilled is still owed."""

    line_reference: LineReference
    seller_sku: SellerSku
    ordered: int
    cancelled: int
    fulfilled: int


class SoldOrder(msgspec.Struct, frozen=True, kw_only=True):
    """An order as the channel has it now."""

    order_id: ChannelOrderId
    marketplace: Marketplace
    ordered_at: datetime
    updated_at: datetime
    lines: tuple[SoldLine, ...]
    standing: OrderStatus = "unknown"
    ship_by: datetime | None = None
    cancelled_by: Literal["", "buyer", "merchant", "channel"] = ""
    """Who did it or, where nobody says, the buyer who asked for it; empty: not told."""


class OrderPage(msgspec.Struct, frozen=True):
    """One page. `unreadable`: why some of its orders could not be read. `next_token`: empty on the last page."""

    orders: tuple[SoldOrder, ...]
    unreadable: tuple[str, ...] = ()
    next_token: str = ""
    raw: tuple[bytes, ...] = ()
    """Each of `orders` in Amazon's own words."""
    refused: tuple[bytes, ...] = ()
    """The orders that could not be read, in the order of `unreadable`. They may hold anything."""


_page = msgspec.json.Decoder(SearchOrdersResponse)
_order = msgspec.json.Decoder(SearchedOrder)


def read_page(body: bytes) -> OrderPage:
    """Orders that Amazon despatches itself are left out. Raises msgspec.DecodeError or UnicodeDecodeError."""
    answer = _page.decode(body)
    orders, unreadable, kept, refused = list[SoldOrder](), list[str](), list[bytes](), list[bytes]()
    for raw in answer.orders:
        try:
            if (order := read_sold(bytes(raw))) is not None:
                orders.append(order)
                kept.append(bytes(raw))
        except (msgspec.DecodeError, UnicodeDecodeError, ValueError) as error:
            unreadable.append(str(error))
            refused.append(bytes(raw))
    token = answer.pagination.next_token if answer.pagination else None
    return OrderPage(tuple(orders), tuple(unreadable), token or "", tuple(kept), tuple(refused))


def read_sold(raw: bytes) -> SoldOrder | None:
    """One order; None for one that Amazon despatches itself. Raises DecodeError, UnicodeDecodeError or ValueError."""
    order = _order.decode(raw)
    return None if _is_amazons(order) else _sold(order)


def _is_amazons(order: SearchedOrder) -> bool:
    return order.fulfillment is not None and order.fulfillment.fulfilled_by == "AMAZON"


def _sold(order: SearchedOrder) -> SoldOrder:
    if order.created_time.tzinfo is None or order.last_updated_time.tzinfo is None:
        raise ValueError(f"order {order.order_id}: a time has no zone")
    if not (is_possible(order.created_time) and is_possible(order.last_updated_time)):
        raise ValueError(f"order {order.order_id}: a time is one that nobody can believe")
    status = order.fulfillment.fulfillment_status if order.fulfillment else ""
    _believable(order)
    return SoldOrder(
        order_id=ChannelOrderId(order.order_id),
        marketplace=Marketplace(order.sales_channel.marketplace_id or ""),
        ordered_at=order.created_time,
        updated_at=order.last_updated_time,
        lines=tuple(_line(item, status, order.order_id) for item in order.order_items),
        standing=STATUSES.get(status, "unknown"),
        ship_by=_ship_by(order),
        cancelled_by=_cancelled_by(order),
    )


def _ship_by(order: SearchedOrder) -> datetime | None:
    window: Any = order.fulfillment.ship_by_window if order.fulfillment else None
    try:
        latest = msgspec.convert(window["latestDateTime"], datetime, strict=False)
    except (TypeError, KeyError, msgspec.ValidationError):
        return None
    return latest if latest.tzinfo is not None and is_possible(latest) else None


def is_possible(at: datetime) -> bool:
    """An aware time that every reader of the books can hold."""
    return EARLIEST <= at <= LATEST


def _cancelled_by(order: SearchedOrder) -> Literal["", "buyer", "merchant", "channel"]:
    """By the first line that says."""
    told = [item.cancellation for item in order.order_items if isinstance(item.cancellation, dict)]
    for part, name in (("cancellationExecution", "cancelledBy"), ("cancellationRequest", "requester")):
        for cancellation in told:
            if isinstance(found := cancellation.get(part), dict) and found.get(name) in CANCELLED_BY:
                return CANCELLED_BY[found[name]]
    return ""


def _believable(order: SearchedOrder) -> None:
    """Raises ValueError for names that no book can hold, and for a line that is there twice: which of them counts?"""
    items = [item.order_item_id for item in order.order_items]
    skus = [item.product.seller_sku or "" for item in order.order_items]
    names = (order.order_id, order.sales_channel.marketplace_id or "", *items, *skus)
    if any("\x00" in name or len(name) > MAX_NAME for name in names):
        raise ValueError(f"order {order.order_id[:40]!r}: a name of it cannot be one")
    if twice := sorted(item for item, times in Counter(items).items() if times > 1):
        raise ValueError(f"order {order.order_id}: the item {twice[0]} is there twice")


def _line(item: OrderItem, status: str, order_id: str) -> SoldLine:
    ordered, told = item.quantity_ordered, item.fulfillment
    left = told.quantity_unfulfilled if told else None
    done = (told.quantity_fulfilled if told else None) or 0
    if not 0 <= ordered <= MOST or not 0 <= done <= MOST:
        raise ValueError(
            f"order {order_id}, item {item.order_item_id}: nobody can believe {ordered} ordered, {done} sent"
        )
    cancelled, fulfilled = progress(status, ordered, done, left)
    sku = SellerSku(item.product.seller_sku or "")
    return SoldLine(LineReference(item.order_item_id), sku, ordered, cancelled, fulfilled)


def progress(status: str, ordered: int, done: int, left: int | None) -> tuple[int, int]:
    """(cancelled, fulfilled). What a pending order says of its fulfilment is not final: all of it is owed."""
    if status in PENDING:
        return 0, 0
    if status == "CANCELLED":
        return max(0, ordered - done), done
    if status == "SHIPPED" and left is None and not done:
        return 0, ordered
    return (0 if left is None else max(0, ordered - done - max(0, left))), done
