"""What a bought label does when its order changes: it stands, or it is taken back for one that is right.

While the warehouse has nothing yet the label follows the order; from then on it follows what the warehouse was told,
so that what leaves has the label that it was packed for.
"""

from datetime import datetime
from typing import Literal, TypeAlias

import msgspec

from handlers.labels import IN_HAND, Label, Rules, Settled, cancellation, made_for, put_off
from handlers.order_requests import WarehouseOrder
from handlers.sales_orders import StoredOrder
from schemas.sales_order import SalesOrder

Following: TypeAlias = Literal["stands", "cancel", "wait"]


def following(
    order: StoredOrder, label: Label, made_to: str, told: WarehouseOrder | None, *, asks: bool
) -> Following:
    """What a label does when its order has changed. `made_to`: a digest of the order's address; empty: not known."""
    if order.cleared is None or order.cleared_version != order.version:
        return "wait"
    if _is_still_right(order, label, made_to):
        return "stands"
    if order.state == "ready":
        return "cancel"
    if told is None or asks:
        return "wait"
    if told.gave_up_version == order.version:
        # Nothing more can be done there: what leaves is what the label was bought for.
        return "stands"
    return "cancel" if _is_told(order, told) and told.status in IN_HAND else "wait"


def followed(order: StoredOrder, label: Label, does: Following, now: datetime, rules: Rules) -> Settled:
    """What an order's change makes of its label."""
    match does:
        case "cancel":
            return cancellation(label, now, "order_changed")
        case "stands":
            look_at = now if label.state == "bought" else None
            return Settled(label=msgspec.structs.replace(label, version=order.version, look_at=look_at))
        case "wait":
            return put_off(label, now, rules)


def _is_still_right(order: StoredOrder, label: Label, made_to: str) -> bool:
    """An address that is not known, or was erased, is no news; nor is a day, once the warehouse has the order."""
    moved = bool(label.made_to and made_to) and label.made_to != made_to
    by, arrives = order.order.deliver_by, label.arrives_by
    late = order.state == "ready" and by is not None and arrives is not None and arrives > by
    return not moved and not late and label.made_for == made_for(order)


def _is_told(order: StoredOrder, there: WarehouseOrder) -> bool:
    """The warehouse was told just what the order is now."""
    cleared, told = order.cleared, there.told
    if cleared is None or told is None or there.handled_version != order.version:
        return False
    wanted = sorted((line.line_reference, line.sku, line.quantity) for line in cleared.lines if line.quantity > 0)
    lines = sorted((line.line_reference, line.sku, line.quantity) for line in told.lines)
    same_address = order.order.ship_to is None or there.told_to is None or order.order.ship_to == there.told_to
    return (
        same_address
        and wanted == lines
        and (told.carrier, told.carrier_service) == (cleared.carrier, cleared.carrier_service)
    )


def as_open(order: SalesOrder) -> SalesOrder:
    """An order that the channel counts as despatched because its label was sold, while it has not left us."""
    if order.status != "despatched":
        return order
    lines = tuple(msgspec.structs.replace(line, fulfilled=0) for line in order.lines)
    return msgspec.structs.replace(order, status="open", lines=lines)
