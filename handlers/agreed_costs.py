"""What was agreed with a retailer that a product costs it, and what a line's cost is held against.

The promotion of the order's deal comes first, then the row that began last. Costs are net, of one each.
"""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Literal, TypeAlias

import msgspec

from schemas.purchase_order import Cost
from schemas.terms import Account, ChannelAccount, Eaches, Sku

CostFaultKind: TypeAlias = Literal[
    "cost_missing", "cost_unknown", "cost_below_agreed", "cost_above_agreed", "currency_differs"
]


class AgreedCost(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """A row of the file that merchandising owns. From `begins` to `ends`, both inside; None: until further notice."""

    channel_account: ChannelAccount
    account: Account
    sku: Sku
    begins: date
    deal: str = ""
    """Only orders with this promotion's number; empty: every order."""
    ends: date | None = None
    amount: Decimal
    currency: str

    def holds(self, on: date, deal: str) -> bool:
        return self.begins <= on and (self.ends is None or on <= self.ends) and self.deal in ("", deal)


class Costed(msgspec.Struct, frozen=True):
    """`stated`: what the answer gives and the invoice will say: never more than the order's own cost."""

    stated: Cost | None
    fault: CostFaultKind | None = None
    text: str = ""


def agreed_for(rows: Iterable[AgreedCost], on: date, deal: str) -> AgreedCost | None:
    """Of one product's rows: the one that holds on the day that the order was placed."""
    found = [row for row in rows if row.holds(on, deal)]
    return max(found, key=lambda row: (row.deal != "", row.begins), default=None)


def cost_of(ordered: Cost | None, agreed: AgreedCost | None, unit: Eaches, tolerance_percent: Decimal) -> Costed:
    """The cost of one of the line's units, which is `unit` eaches, against the agreed one."""
    if agreed is None:
        return _not_agreed(ordered)
    expected = Cost(agreed.amount * unit, agreed.currency)
    if ordered is None or ordered.amount <= 0:
        return Costed(expected, "cost_missing", f"it gives no cost; {_shown(expected)} was agreed")
    if ordered.currency != expected.currency:
        text = f"it costs {_shown(ordered)}, but {_shown(expected)} was agreed"
        return Costed(ordered, "currency_differs", text)
    stated = min(ordered, expected, key=lambda cost: cost.amount)
    off = (ordered.amount - expected.amount) / expected.amount * 100
    if abs(off) <= tolerance_percent:
        return Costed(stated)
    kind: CostFaultKind = "cost_below_agreed" if off < 0 else "cost_above_agreed"
    return Costed(stated, kind, f"it costs {_shown(ordered)}, {_shown(expected)} was agreed: {off:+.2f} %")


def _not_agreed(ordered: Cost | None) -> Costed:
    if ordered is None or ordered.amount <= 0:
        return Costed(None, "cost_missing", "it gives no cost, and none was agreed")
    return Costed(ordered, "cost_unknown", f"it costs {_shown(ordered)}, and nothing says what was agreed")


def _shown(cost: Cost) -> str:
    return f"{cost.amount} {cost.currency}"
