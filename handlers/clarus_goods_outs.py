"""A goods out of Clarus as a read shows it, and what we remember of it: the values that two handlers decide on.

`handlers/clarus_orders.py` says where the order stands, `handlers/clarus_despatches.py` what has left.
"""

import hashlib
from datetime import datetime, timedelta
from typing import Final, Literal

import msgspec

from schemas.despatch import Parcel
from schemas.order import OrderLine
from schemas.terms import (
    Account,
    ChannelAccount,
    ChannelOrderId,
    DespatchId,
    Eaches,
    LineReference,
    Marketplace,
    OrderReference,
    Sku,
    Warehouse,
)

Word = Literal["draft", "pending", "part_allocated", "allocated", "picking", "completed", "cancelled"]
"""Where a goods out stands, in our words."""

WORDS: Final[dict[str, Word]] = {
    "DRAFT": "draft", "PENDING": "pending", "PICK": "picking", "PART": "part_allocated", "ALLOCATED": "allocated",
    "COMPLETED": "completed", "PART_ALLOCATED": "part_allocated", "CANCELLED": "cancelled",
}  # fmt: skip
"""Clarus's default statuses; a setting adds a tenant's own. Any other is told to people and not acted on."""

NOT_STARTED: Final = frozenset({"draft", "pending"})
"""A goods out that is cancelled from here is deleted by Clarus."""
ENDED: Final = frozenset({"completed", "cancelled"})


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """A line in eaches. What is picked stays allocated, what has left stays picked."""

    sku: Sku
    line_reference: LineReference = LineReference("")
    ordered: Eaches
    allocated: Eaches = 0
    picked: Eaches = 0
    despatched: Eaches = 0


class Content(msgspec.Struct, frozen=True):
    """Units of a SKU in one parcel, as the tenant's source of contents has them."""

    sku: Sku
    quantity: Eaches
    line_reference: LineReference = LineReference("")


class Box(msgspec.Struct, frozen=True, kw_only=True):
    """A package of a shipment. `left`: its shipment is said to have gone. `contents` None: nobody says."""

    parcel_id: str
    tracking_number: str = ""
    carrier: str = ""
    service: str = ""
    left: bool = False
    contents: tuple[Content, ...] | None = None


class GoodsOut(msgspec.Struct, frozen=True, kw_only=True):
    """As one read shows it. `word` None: a status that nobody here knows. `faults`: what cannot be believed."""

    id: str
    account: Account
    warehouse: Warehouse
    reference: OrderReference
    code: str
    word: Word | None
    channel_order_id: ChannelOrderId = ChannelOrderId("")
    channel: str = ""
    """The channel that a rule of the settings recognises."""
    despatched_at: datetime | None = None
    lines: tuple[Line, ...] = ()
    boxes: tuple[Box, ...] | None = None
    """None: not asked for."""
    faults: tuple[str, ...] = ()

    @property
    def picture(self) -> str:
        """The same for the same content: two reads that show it a lag apart prove it."""
        return hashlib.sha256(msgspec.json.encode(self)).hexdigest()[:32]

    @property
    def ended(self) -> bool:
        return self.word in ENDED


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """A goods out in our books: what the last read showed, and what we said last of it. A row of 0020."""

    goods_out_id: str
    account: Account
    warehouse: Warehouse
    reference: OrderReference
    code: str = ""
    word: Word | None = None
    number: int = 0
    """Of the newest read that counted."""
    picture: str = ""
    picture_since: datetime | None = None
    """When the first of the reads began that showed this very picture."""
    absent_since: datetime | None = None
    cancel_asked: bool = False
    """A cancellation is known of: a webhook told of one, or we asked for it."""
    gone: bool = False
    standing: str = ""
    channel_order_id: ChannelOrderId = ChannelOrderId("")
    order_revision: int = 0
    order_lines: tuple[OrderLine, ...] = ()
    despatch: Literal["", "packed", "completed", "undone"] = ""
    despatch_revision: int = 0
    despatched_at: datetime | None = None
    parcels: tuple[Parcel, ...] = ()
    noted: bool = False
    """It had ended before we first looked, and nobody waits for it: nothing is said of it."""
    held: bool = False
    alerts: tuple[str, ...] = ()
    """Kinds of alerts of ours that may be open."""

    @property
    def ended(self) -> bool:
        return self.gone or self.word in ENDED

    def despatch_id(self, tenant: str) -> DespatchId:
        """The same for life: a re-completion is the same despatch."""
        return DespatchId(f"clarus:{tenant}/{self.goods_out_id}")


class Reading(msgspec.Struct, frozen=True):
    """One read: a number of our own, and when it began. What it shows is at least as new as `lag` before that."""

    number: int
    began: datetime
    lag: timedelta


class Sold(msgspec.Struct, frozen=True, kw_only=True):
    """What our books know of the order that a goods out stands for. `lines`: (line reference, SKU) of each part."""

    channel_account: ChannelAccount
    channel_order_id: ChannelOrderId
    marketplace: Marketplace = Marketplace("")
    lines: frozenset[tuple[str, str]] = frozenset()
    waits: bool = True
    """The channel still waits for some of it."""


class ChannelRule(msgspec.Struct, frozen=True):
    """Where goods outs were sold that say so themselves."""

    kind: str
    account: ChannelAccount
    marketplace: Marketplace = Marketplace("")


class Rules(msgspec.Struct, frozen=True, kw_only=True):
    """The tenant's policies, one for each thing that a warehouse may do besides sending exactly what was ordered."""

    tenant: str
    over_despatch: Literal["cap", "hold"] = "cap"
    """More left than was ordered: tell what was ordered, or nothing."""
    shorted: Literal["tell", "hold"] = "tell"
    """Less left, and no more will: tell what left, or nothing."""
    substituted: Literal["hold", "tell"] = "hold"
    """Another SKU stands on the channel's line than the channel sold there."""
    part_despatch: Literal["wait", "tell"] = "wait"
    """Some has left and more is to come: wait for the rest, or tell each parcel that is certain."""
    vanished: Literal["ask", "cancelled"] = "ask"
    """Not started, no longer shown, and no cancellation is known: ask people, or take it as cancelled."""
    look_again: timedelta = timedelta(minutes=5)
    channels: dict[str, ChannelRule] = {}
    at_manifest: frozenset[ChannelAccount] = frozenset()
    """Channel accounts that are told when packing is final."""


def settled(said: Said, shown: GoodsOut, reading: Reading) -> bool:
    """Two reads a lag apart, with no other in between, show this very picture: no replica is behind it."""
    return (
        said.picture == shown.picture
        and said.picture_since is not None
        and reading.began >= said.picture_since + reading.lag
    )
