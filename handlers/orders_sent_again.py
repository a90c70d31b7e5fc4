"""A purchase order that a retailer sends once more: a copy, a replacement, or only what changes of it."""

from datetime import datetime
from typing import Final

import msgspec

from handlers.changed_lines import ended
from handlers.purchase_orders import content_hash
from schemas.purchase_order import PurchaseOrder, PurchaseOrderLine
from schemas.purchase_order_change import LineChange, PurchaseOrderChange

REPLACED: Final = frozenset({"05", "5"})
CHANGED: Final = frozenset({"04", "4"})
"""The words with which an order is sent again: as a whole, or only what changes."""
OF_ORDERS: Final = {"x12": "850", "edifact": "ORDERS"}


def sent_again(
    order: PurchaseOrder, known: PurchaseOrder | None, base: PurchaseOrder | None, at: datetime
) -> PurchaseOrder | PurchaseOrderChange | None:
    """What an order that comes by EDI stands for. None: it is one that is held already, sent once more.

    `base`: the last whole order, where changes were put upon it since.
    """
    if order.state_word in CHANGED:
        return as_change(order)
    if known is None:
        return _newer(order, order, at) if order.state_word in REPLACED else order
    if order.state == "cancelled":
        return msgspec.structs.replace(as_change(order), cancels=True, lines=())
    again = order.state_word not in REPLACED or (base is not None and base.state_word in REPLACED)
    if base is not None and again and content_hash(order) == content_hash(base):
        return None
    if order.state_word not in REPLACED or content_hash(order) == content_hash(known):
        return order
    there = {line.number for line in order.lines}
    gone = [ended(line) for line in known.lines if line.number not in there]
    return _newer(msgspec.structs.replace(order, lines=(*order.lines, *gone)), known, at)


def _newer(order: PurchaseOrder, known: PurchaseOrder, at: datetime) -> PurchaseOrder:
    """A replacement is newer than the order that it replaces, also where that comes after it."""
    return msgspec.structs.replace(order, ordered_at=known.ordered_at, changed_at=max(at, known.ordered_at))


def as_change(order: PurchaseOrder) -> PurchaseOrderChange:
    """An order that was sent for what changes: what it does not name stays."""
    return PurchaseOrderChange(
        channel_account=order.channel_account,
        number=order.number,
        transport=order.transport,
        document=OF_ORDERS[order.transport],
        vendor_code=order.vendor.party_id,
        ship_window=order.ship_window,
        delivery_window=order.delivery_window,
        lines=tuple(_line_change(line) for line in order.lines),
    )


def _line_change(line: PurchaseOrderLine) -> LineChange:
    ordered = line.ordered
    return LineChange(
        number=line.number, code="", may_add=True, cancelled=line.cancelled, amount=ordered.amount,
        unit=ordered.unit, unit_size=ordered.unit_size, identifiers=line.identifiers, net_cost=line.net_cost,
    )  # fmt: skip
