"""Which of the purchase orders that a product is short for are served first: those whose window opens first.

What is short is short for all that hold it, and yet most of them can be filled: only those that come last lack it.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TypeAlias

import msgspec

from handlers.open_lines import OpenPart
from schemas.purchase_order import PoLineNumber, PurchaseOrder, PurchaseOrderNumber, Window
from schemas.terms import ChannelAccount, Eaches

Rank: TypeAlias = tuple[datetime, datetime, datetime, str, str]


class Holder(msgspec.Struct, frozen=True, kw_only=True):
    """An order that something is held for. `promised`: it was answered, so what it holds is owed."""

    channel_account: ChannelAccount
    number: PurchaseOrderNumber
    promised: bool
    ordered_at: datetime
    ship_window: Window | None = None
    delivery_window: Window | None = None

    @property
    def rank(self) -> Rank:
        """By when goods may leave first, then by when they must be there, then by when it was placed."""
        windows = [window for window in (self.ship_window, self.delivery_window) if window]
        begins = min((window.start for window in windows), default=self.ordered_at)
        ends = min((window.end for window in windows), default=self.ordered_at)
        return begins, ends, self.ordered_at, self.channel_account, self.number


def holder(order: PurchaseOrder) -> Holder:
    return Holder(
        channel_account=order.channel_account, number=order.number, promised=True, ordered_at=order.ordered_at,
        ship_window=order.ship_window, delivery_window=order.delivery_window,
    )  # fmt: skip


def without_later(parts: Iterable[OpenPart], own: Holder, others: Iterable[Holder]) -> list[OpenPart]:
    """What goes before this order: other channels' orders, and purchase orders that are served before it."""
    later = {(one.channel_account, str(one.number)) for one in others if not one.promised or one.rank > own.rank}
    return [part for part in parts if (part.channel_account, str(part.order_reference)) not in later]


def still_short(
    lines: Iterable[PoLineNumber], owed: Mapping[PoLineNumber, Eaches], there: Mapping[PoLineNumber, Eaches]
) -> tuple[PoLineNumber, ...]:
    """Of these lines those of which less is there, once all that is served later has stood back."""
    return tuple(number for number in lines if there.get(number, 0) < owed.get(number, 0))
