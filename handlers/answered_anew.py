"""Whether an order may be answered once more because a person says so, and why not."""

from datetime import datetime
from typing import Final

from handlers.acknowledgement_said import SaidState
from handlers.purchase_order_desk import PoFile
from handlers.purchase_orders import is_cancelled
from schemas.purchase_order import PurchaseOrder

UNDER_WAY: Final[frozenset[SaidState]] = frozenset({"sent", "unsent", "unknown", "made"})
"""Nobody knows yet what became of it, or it has not left: saying more would only cross it."""


def why_not(file: PoFile, now: datetime) -> str:
    """Empty where it may be."""
    stored = file.stored
    if stored.state == "ended" or stored.order.state in ("closed", "cancelled"):
        return "the retailer has closed or cancelled it, and takes no answer any more"
    if all(is_cancelled(line) for line in stored.order.lines):
        return "every line of it is cancelled: there is nothing to answer"
    if (over := _over_at(stored.order)) is not None and over < now:
        return f"its window was over at {over:%Y-%m-%d %H:%M} UTC: the retailer takes no answer any more"
    last = file.said[-1] if file.said else None
    if last is not None and last.state in UNDER_WAY:
        return f"its answer of {last.sent_at:%Y-%m-%d %H:%M} UTC is under way ({last.state}): wait what becomes of it"
    return ""


def _over_at(order: PurchaseOrder) -> datetime | None:
    """When the last of its windows ends; None: it has none."""
    return max((one.end for one in (order.delivery_window, order.ship_window) if one), default=None)
