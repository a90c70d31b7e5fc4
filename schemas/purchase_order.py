"""A retailer's purchase order and our answer to it, in our own words. One shape for every transport.

A line is counted in the unit that the retailer orders in (cases or eaches): that unit stands in every document we
send. Inside, stock is eaches: `CountedIn.eaches`.
"""

from datetime import datetime
from decimal import Decimal
from typing import Literal, NewType, TypeAlias

import msgspec

from schemas.terms import ChannelAccount, Eaches, Marketplace

PurchaseOrderNumber = NewType("PurchaseOrderNumber", str)
PoLineNumber = NewType("PoLineNumber", str)
"""The retailer's own number of a line, as text: it is echoed as it came."""
Transport: TypeAlias = Literal["sp_api", "x12", "edifact"]
PurchaseOrderState: TypeAlias = Literal["new", "acknowledged", "closed", "cancelled", "unknown"]
Freight: TypeAlias = Literal["vendor_pays", "retailer_pays", "unknown"]
"""Who pays the carrier. Vendor pays: the delivery window binds; retailer pays: the ship window does."""
IdentifierKind: TypeAlias = Literal["asin", "vendor_sku", "gtin_12", "gtin_13", "gtin_14", "isbn", "unknown"]
OrderUnit: TypeAlias = Literal["case", "each"]


class CountedIn(msgspec.Struct, frozen=True, gc=False):
    """How many of which unit. `unit_size`: eaches in one case as the document says; None where it is silent."""

    amount: int
    unit: OrderUnit
    unit_size: int | None = None

    @property
    def eaches(self) -> Eaches | None:
        """None: cases of unknown size, which nobody may guess."""
        if self.unit == "each":
            return self.amount
        return None if self.unit_size is None else self.amount * self.unit_size


class Cost(msgspec.Struct, frozen=True, gc=False):
    """Net cost of one ordered unit, without tax."""

    amount: Decimal
    currency: str
    """ISO 4217."""


class Window(msgspec.Struct, frozen=True):
    """From `start` to `end`, both inside."""

    start: datetime
    end: datetime


class Party(msgspec.Struct, frozen=True, kw_only=True):
    """A business, not a buyer at home: a vendor code, a fulfilment centre, who is billed."""

    party_id: str
    name: str = ""
    lines: tuple[str, ...] = ()
    city: str = ""
    region: str = ""
    postcode: str = ""
    country: str = ""
    """ISO 3166-1 alpha-2."""
    tax_number: str = ""


class Identifier(msgspec.Struct, frozen=True, gc=False):
    """What names the item: echoed in every answer just as it came. `qualifier`: the partner's word for its kind."""

    kind: IdentifierKind
    value: str
    qualifier: str = ""


class PurchaseOrderLine(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A line as the retailer wants it now. A cancelled line stays, with `ordered.amount` 0."""

    number: PoLineNumber
    identifiers: tuple[Identifier, ...]
    ordered: CountedIn
    net_cost: Cost | None = None
    list_price: Cost | None = None
    backorder_allowed: bool = False
    cancelled: bool = False


class PurchaseOrder(msgspec.Struct, frozen=True, kw_only=True):
    """A purchase order as its retailer has it now, by whatever transport it came."""

    channel_account: ChannelAccount
    number: PurchaseOrderNumber
    marketplace: Marketplace
    transport: Transport
    state: PurchaseOrderState
    state_word: str = ""
    ordered_at: datetime
    changed_at: datetime | None = None
    """None: never changed since it was ordered."""
    kind: str = "regular"
    """regular, consigned, new_product, rush; any other word as it came, for people."""
    freight: Freight = "unknown"
    ship_window: Window | None = None
    delivery_window: Window | None = None
    vendor: Party
    retailer: Party | None = None
    ship_to: Party | None = None
    bill_to: Party | None = None
    deal: str = ""
    """The promotion's number: its cost may differ from the agreed one."""
    lines: tuple[PurchaseOrderLine, ...]


LineAnswerCode: TypeAlias = Literal["accepted", "backordered", "rejected"]
RejectionReason: TypeAlias = Literal["temporarily_unavailable", "invalid_identifier", "obsolete", "wrong_unit"]
"""`wrong_unit`: only EDI can say so; elsewhere it goes as temporarily unavailable."""


class LineAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """One part of a line's answer, in the line's own unit. Rejected: a reason and the quantity rejected, never 0."""

    code: LineAnswerCode
    quantity: CountedIn
    reason: RejectionReason | None = None
    ship_at: datetime | None = None
    deliver_at: datetime | None = None


class LineAcknowledgement(msgspec.Struct, frozen=True, kw_only=True):
    """The whole answer to one line: the parts sum to `ordered`. It replaces whatever was said of the line before."""

    number: PoLineNumber
    identifiers: tuple[Identifier, ...]
    ordered: CountedIn
    net_cost: Cost | None
    """What will be invoiced, not an echo of the order's price."""
    answers: tuple[LineAnswer, ...]


class Acknowledgement(msgspec.Struct, frozen=True, kw_only=True):
    """A purchase order acknowledgement: every line of the order, however little has changed."""

    number: PurchaseOrderNumber
    vendor: Party
    ship_to: Party | None = None
    ordered_at: datetime
    acknowledged_at: datetime
    lines: tuple[LineAcknowledgement, ...]


LineStanding: TypeAlias = Literal["accepted", "part_accepted", "rejected", "unconfirmed"]


class LineStatus(msgspec.Struct, frozen=True, kw_only=True):
    """What the retailer itself says became of a line: the only proof that an acknowledgement landed."""

    number: PoLineNumber
    standing: LineStanding
    ordered: CountedIn
    accepted: int = 0
    rejected: int = 0
    received: int = 0
    cancelled: int = 0
    """All in the unit of `ordered`, which is what is still wanted: what the retailer cancelled is no part of it."""


class PurchaseOrderStatus(msgspec.Struct, frozen=True, kw_only=True):
    """`getPurchaseOrdersStatus` of one purchase order, in our words."""

    number: PurchaseOrderNumber
    open: bool
    updated_at: datetime
    lines: tuple[LineStatus, ...]
