"""An invoice or a credit note to a retailer, in our own words. Money is exact: `Decimal`, without tax unless said."""

from datetime import date, datetime
from decimal import Decimal
from typing import Literal, TypeAlias

import msgspec

from schemas.purchase_order import Cost, CountedIn, Identifier, Party, PoLineNumber, PurchaseOrderNumber

InvoiceKind: TypeAlias = Literal["invoice", "credit_note"]
Credited: TypeAlias = Literal["invoice", "return", "debit_note", "agreement"]


class Tax(msgspec.Struct, frozen=True, kw_only=True):
    """`rate`: a percentage as a plain number, 20 for 20 %."""

    kind: str
    rate: Decimal
    taxable: Decimal
    amount: Decimal


class InvoiceLine(msgspec.Struct, frozen=True, kw_only=True):
    """`sequence`: an integer of the invoice's own, whatever the purchase order calls its line (`line`)."""

    sequence: int
    line: PoLineNumber
    purchase_order: PurchaseOrderNumber
    identifiers: tuple[Identifier, ...]
    quantity: CountedIn
    net_cost: Cost
    taxes: tuple[Tax, ...] = ()


class Charge(msgspec.Struct, frozen=True, kw_only=True):
    """`charge` is added, an allowance taken off. `reason`: freight, handling, discount, advertising, tax, other."""

    charge: bool
    reason: str
    amount: Decimal


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    """Payment terms: a percentage off within `discount_days`, all due within `net_days`."""

    net_days: int
    discount: Decimal = Decimal(0)
    discount_days: int = 0


class Invoice(msgspec.Struct, frozen=True, kw_only=True):
    """`number` is never used for another document. `total` = lines + charges - allowances + taxes."""

    kind: InvoiceKind
    number: str
    issued_at: datetime
    shipped_on: date | None = None
    vendor: Party
    remit_to: Party
    bill_to: Party | None = None
    ship_to: Party | None = None
    currency: str
    total: Decimal
    terms: Terms | None = None
    lines: tuple[InvoiceLine, ...]
    charges: tuple[Charge, ...] = ()
    taxes: tuple[Tax, ...] = ()
    credits: str = ""
    """Of a credit note: the invoice, return, debit note or agreement it answers."""
    credits_what: Credited = "invoice"
    returned_on: date | None = None
    """When the goods of a return came back: Amazon demands it."""
