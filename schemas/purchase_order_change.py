"""A retailer's change of a purchase order that it placed before: only what it wants otherwise, line by line."""

from datetime import datetime
from typing import Literal, TypeAlias

import msgspec

from schemas.purchase_order import (
    Cost,
    Identifier,
    OrderUnit,
    PoLineNumber,
    PurchaseOrderNumber,
    Transport,
    Window,
)
from schemas.terms import ChannelAccount

Direction: TypeAlias = Literal["", "up", "down"]
Changes: TypeAlias = Literal["all", "quantity", "cost", "dates", "nothing"]
"""What of a line is changed. Whatever else the document repeats of it must be as it is."""


class LineChange(msgspec.Struct, frozen=True, kw_only=True):
    """What becomes of one line. `code`: the partner's own word, echoed in the answer."""

    number: PoLineNumber
    code: str
    changes: Changes = "all"
    added: bool = False
    """It was not in the order before."""
    may_add: bool = False
    """The document does not say whether it was."""
    cancelled: bool = False
    amount: int | None = None
    """What is ordered now, in `unit`; None: as it is."""
    by: int | None = None
    """By how much it is changed, where the document says that instead; never below 0, `direction` says which way."""
    direction: Direction = ""
    """Which way the document says that the quantity goes."""
    unit: OrderUnit | None = None
    unit_size: int | None = None
    identifiers: tuple[Identifier, ...] = ()
    net_cost: Cost | None = None
    ship_window: Window | None = None
    delivery_window: Window | None = None
    """Dates of this line alone. An order has one window: what is not as that is cannot be held here."""
    refused: str = ""
    """Why the line cannot be taken, whatever is held: what it says of its dates has no place here."""


class PurchaseOrderChange(msgspec.Struct, frozen=True, kw_only=True):
    """One change document. Its own number, its counter and its day say where it stands among others."""

    channel_account: ChannelAccount
    number: PurchaseOrderNumber
    """Of the order."""
    transport: Transport
    document: str
    """The kind of document that said so, in the standard's word: a change, or the order itself sent again."""
    reference: str = ""
    sequence: int | None = None
    changed_on: datetime | None = None
    """The begin of the day, or the moment, that the document names; None: it names none."""
    cancels: bool = False
    """The whole order."""
    vendor_code: str = ""
    ship_window: Window | None = None
    delivery_window: Window | None = None
    lines: tuple[LineChange, ...] = ()
