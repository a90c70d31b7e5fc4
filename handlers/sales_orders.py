"""A channel's order on its way to the warehouse: what the books hold of it, and what a new answer changes.

Answers come late and repeated: the channel's own time of an order's last change decides which is newest. Judging is
apart (handlers/order_judgement.py): here nothing is released, a change only makes an order due to be judged anew.
"""

import hashlib
from datetime import datetime
from decimal import Decimal
from typing import Literal, TypeAlias

import msgspec

from schemas.sales_order import SalesOrder, ShipTo
from schemas.terms import (
    Account,
    ChannelAccount,
    ChannelOrderId,
    Eaches,
    LineReference,
    OrderReference,
    SellerSku,
    Sku,
)

State: TypeAlias = Literal["pending", "blocked", "ready", "released", "ended"]
"""`pending`: the channel is not done with it, or this version is not judged yet. `blocked`: it says by what.
`ready`: may be released. `released`: the warehouse has it, or is being told. `ended`: nothing more comes of it."""
Word: TypeAlias = Literal["new", "changed", "unchanged", "stale"]
Key: TypeAlias = tuple[ChannelAccount, ChannelOrderId]

ReasonKind: TypeAlias = Literal[
    "sku_unmapped", "sku_contradicts", "service_unmapped", "address_missing", "address_faulty",
    "contact_missing", "country_not_served", "status_unknown", "quantity_doubtful", "price_doubtful",
    "order_contradicts", "duplicate", "double_import", "cancel_asked", "part_despatched_elsewhere", "late",
    "too_many_lines",
]  # fmt: skip


class Reason(msgspec.Struct, frozen=True, kw_only=True):
    """Why an order may not go on. Holds no buyer data: it is shown, logged and stored in clear."""

    kind: ReasonKind
    cause: str
    """What must be put right, the same for all orders that wait for it: one alert. Begins with the account."""
    text: str
    fix: str
    """What to do, as a command where there is one."""
    hints: tuple[str, ...] = ()


class Accepted(msgspec.Struct, frozen=True, kw_only=True):
    """A doubt that a person has overruled, for the version that they saw."""

    kind: ReasonKind
    version: int
    by: str
    note: str
    at: datetime


class ClearedLine(msgspec.Struct, frozen=True, kw_only=True):
    """What the warehouse is to send of one SKU for one line of the order. A kit's line has one per component."""

    line_reference: LineReference
    seller_sku: SellerSku
    account: Account
    sku: Sku
    quantity: Eaches
    """Wanted altogether, whatever was sent of it already; 0 where the channel cancelled the line."""
    unit_price: Decimal | None = None
    """Of one of the channel's units."""
    currency: str = ""


class Cleared(msgspec.Struct, frozen=True, kw_only=True):
    """An order in the warehouse's terms; the address comes beside it, sealed."""

    account: Account
    """The stock owner: one for the whole order."""
    carrier: str
    carrier_service: str
    lines: tuple[ClearedLine, ...]
    late: bool = False
    """It cannot leave by its ship-by time; it goes all the same."""
    process_at: datetime | None = None
    """From when on we have its picks processed; None: the warehouse starts picking by itself."""


class StoredOrder(msgspec.Struct, frozen=True, kw_only=True):
    """An order as the books have it. `order.ship_to` is None unless it was asked for and is there."""

    order: SalesOrder
    order_reference: OrderReference
    state: State = "pending"
    version: int = 1
    blocked_by: tuple[Reason, ...] = ()
    accepted: tuple[Accepted, ...] = ()
    cleared: Cleared | None = None
    cleared_version: int = 0
    released_version: int = 0
    ship_to_of: datetime | None = None
    """The order's `updated_at` when its address was read; None: never."""
    content_hash: str = ""

    @property
    def key(self) -> Key:
        return self.order.channel_account, self.order.channel_order_id


class Heard(msgspec.Struct, frozen=True):
    """What an answer changes; `after` is what to save, unless it is `stale`."""

    word: Word
    after: StoredOrder


def content_hash(order: SalesOrder) -> str:
    """Of what the channel says, but for when it says it and for buyer data."""
    plain = msgspec.structs.replace(order, updated_at=order.ordered_at, ship_to=None)
    return hashlib.sha256(msgspec.json.encode(plain, order="deterministic")).hexdigest()


def hear(order: SalesOrder, known: StoredOrder | None, ship_to: ShipTo | None = None) -> Heard:
    """What the books should say after this answer. `ship_to`: the address they hold, where the answer has one."""
    seen = content_hash(order)
    if known is None:
        return Heard("new", _first(order, seen))
    if order.updated_at < known.order.updated_at:
        return Heard("stale", known)
    moved = order.ship_to is not None and known.ship_to_of is not None and order.ship_to != ship_to
    after = msgspec.structs.replace(known, order=order, content_hash=seen, ship_to_of=_read_of(order, known))
    if seen == known.content_hash and not moved:
        return Heard("unchanged", after)
    return Heard("changed", msgspec.structs.replace(after, version=known.version + 1, state=_awaiting(known)))


def _first(order: SalesOrder, seen: str) -> StoredOrder:
    reference = OrderReference(order.channel_order_id)
    return StoredOrder(order=order, order_reference=reference, content_hash=seen, ship_to_of=_read_of(order, None))


def _read_of(order: SalesOrder, known: StoredOrder | None) -> datetime | None:
    if order.ship_to is not None:
        return order.updated_at
    return None if known is None else known.ship_to_of


def _awaiting(known: StoredOrder) -> State:
    """Until the new version is judged nothing of it is released; what the warehouse has stays released."""
    never_released = known.state == "ended" and known.released_version == 0
    return "pending" if known.state in ("blocked", "ready") or never_released else known.state


def subject_of(channel_account: str, channel_order_id: str) -> str:
    """Whose key seals what we hold of an order's buyer: dropping it erases them."""
    return f"order:{channel_account}/{channel_order_id}"
