"""Dates that changes tell of single lines: taken where the order's one window keeps them, else refused."""

import msgspec

from schemas.purchase_order import PoLineNumber, PurchaseOrder, Window
from schemas.purchase_order_change import LineChange


class LineRefused(msgspec.Struct, frozen=True):
    """A line of a change that is not taken, while the rest of it is."""

    line: PoLineNumber
    why: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.why}"


def odd_dates(line: LineChange, order: PurchaseOrder) -> str:
    """Why the dates of one line cannot be held; empty where every day of the order's window is within them.

    A line that is not wanted any more has no dates to keep.
    """
    if line.cancelled or line.changes == "nothing":
        return ""
    if line.refused:
        return line.refused
    return _odd("leave", line.ship_window, order.ship_window) or _odd(
        "be there", line.delivery_window, order.delivery_window
    )


def _odd(what: str, told: Window | None, held: Window | None) -> str:
    if told is None or (held is not None and told.start <= held.start and held.end <= told.end):
        return ""
    return f"it is to {what} {_shown(told)}, and the order, which has one window, {_shown(held)}"


def _shown(window: Window | None) -> str:
    return "at no time that is told" if window is None else f"from {window.start:%Y-%m-%d} to {window.end:%Y-%m-%d}"
