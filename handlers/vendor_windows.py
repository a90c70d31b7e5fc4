"""When a purchase order's goods can leave and arrive, inside the window that binds.

Who pays the freight decides which window binds: the vendor pays, the delivery window; the retailer pays, the ship
window (Amazon's vendor guide). Dates outside of it are never answered.
"""

from datetime import datetime, timedelta

import msgspec

from schemas.purchase_order import Freight, PurchaseOrder, Window


class Dates(msgspec.Struct, frozen=True):
    """When goods leave and arrive. `deliver_at`: None where the retailer collects them."""

    ship_at: datetime
    deliver_at: datetime | None = None


class NoDates(msgspec.Struct, frozen=True):
    """`missing`: the order does not say enough; otherwise no date inside its window can be kept."""

    missing: bool
    text: str


class Pace(msgspec.Struct, frozen=True, kw_only=True):
    """How fast goods go. `freight`: the terms agreed with the retailer, where an order does not say."""

    lead: timedelta
    """From now until goods can leave."""
    transit: timedelta
    freight: Freight = "unknown"


def freight_of(order: PurchaseOrder, agreed: Freight) -> Freight:
    """As the order says; without a word of it as its only window shows, else as agreed."""
    if order.freight != "unknown":
        return order.freight
    if (order.ship_window is None) != (order.delivery_window is None):
        return "retailer_pays" if order.ship_window else "vendor_pays"
    return agreed


def dates_for(order: PurchaseOrder, pace: Pace, ready_at: datetime) -> Dates | NoDates:
    """The first dates that can be kept for goods that are there at `ready_at`."""
    freight = freight_of(order, pace.freight)
    if freight == "unknown":
        return NoDates(True, "nobody said who pays the freight, so nobody knows which window binds")
    window = order.delivery_window if freight == "vendor_pays" else order.ship_window
    if window is None:
        return NoDates(True, f"it has no {'delivery' if freight == 'vendor_pays' else 'ship'} window")
    return _inside(window, pace, ready_at, delivered=freight == "vendor_pays")


def _inside(window: Window, pace: Pace, ready_at: datetime, *, delivered: bool) -> Dates | NoDates:
    way = pace.transit if delivered else timedelta(0)
    at = max(window.start, ready_at + pace.lead + way)
    if at > window.end:
        word = "arrive" if delivered else "leave"
        return NoDates(
            False, f"goods can {word} on {at:%Y-%m-%d %H:%M} UTC, its window ends {window.end:%Y-%m-%d %H:%M}"
        )
    return Dates(at - way, at if delivered else None)
