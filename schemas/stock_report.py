"""A report of stock (and cost) to a retailer that takes it as a document: X12 846, EDIFACT INVRPT."""

from datetime import datetime

import msgspec

from schemas.purchase_order import Cost, Identifier
from schemas.terms import Eaches


class ReportedItem(msgspec.Struct, frozen=True, kw_only=True):
    """`quantity` in eaches: 0 is said, never left out."""

    identifiers: tuple[Identifier, ...]
    quantity: Eaches
    cost: Cost | None = None


class StockReport(msgspec.Struct, frozen=True, kw_only=True):
    """`full`: whatever it does not name is taken as gone. Otherwise it changes the named items alone."""

    number: str
    made_at: datetime
    full: bool
    warehouse: str
    """What the retailer calls the place."""
    items: tuple[ReportedItem, ...]
