"""The ledger of requests to partners: what a row holds, and how the business changes it.

`Effect` is a closed union of payloads by kind, one member so far. A row is written before its request leaves.
"""

import hashlib
from datetime import UTC, datetime
from typing import Final, Literal, Self, TypeAlias

import msgspec

from handlers import ledger
from handlers.ledger import LedgerRow, State, named
from handlers.notes import Announce
from schemas.amazon_orders import DespatchedParcel
from schemas.terms import (
    Account,
    ChannelAccount,
    ChannelOrderId,
    DespatchId,
    Eaches,
    LineReference,
    Marketplace,
    OrderReference,
    PackageReference,
    ParcelId,
    Sku,
)

UNSENT: Final[frozenset[State]] = frozenset({"blocked", "waiting"})
"""Certain not to have happened."""
UNSURE: Final[frozenset[State]] = frozenset({"sent", "unknown", "held"})
"""It may have happened."""
AT_CHANNEL: Final[frozenset[State]] = frozenset({"accepted", "live"})

DESPATCH_LANE: Final = "despatch"


class ContentLine(msgspec.Struct, frozen=True):
    """What of a SKU is in a parcel, in eaches; an empty reference where the warehouse knows none."""

    sku: Sku
    quantity: Eaches
    line_reference: LineReference = LineReference("")


class ParcelContent(msgspec.Struct, frozen=True):
    """What the channel has to know of a parcel, in the warehouse's words."""

    carrier: str
    service: str
    tracking_number: str
    lines: tuple[ContentLine, ...]


class ConfirmDespatch(msgspec.Struct, frozen=True, kw_only=True):
    """Tell the channel that a parcel has left. `ready` once every name is the channel's."""

    account: Account
    despatch_id: DespatchId
    parcel_id: ParcelId
    revision: int
    order_reference: OrderReference
    channel_account: ChannelAccount
    marketplace: Marketplace
    channel_order_id: ChannelOrderId
    """Empty where the warehouse does not know it."""
    package_reference: PackageReference
    despatched_at: datetime | None
    content: ParcelContent
    beside: tuple[tuple[ContentLine, ...], ...] = ()
    """Of each other parcel of the despatch: its lines under a reference of ours that names several SKUs, so a kit."""
    ready: DespatchedParcel | None = None
    order_id: ChannelOrderId = ChannelOrderId("")
    """The channel's order, once certain."""
    doubt: str = ""
    """Why the channel may not take its tracking number for one."""

    def says_the_same_as(self, other: "ConfirmDespatch") -> bool:
        """The channel would hear the same again; when it left is no news."""
        return (
            self.content == other.content
            and self.beside == other.beside
            and self.channel_account == other.channel_account
            and self.channel_order_id == other.channel_order_id
            and self.marketplace == other.marketplace
        )


Payload: TypeAlias = ConfirmDespatch


class Effect(LedgerRow, frozen=True, kw_only=True):
    """A row of the ledger: what a channel is told of one parcel."""

    kind: Literal["confirm_despatch"] = "confirm_despatch"
    payload: Payload
    needs_order: bool = False
    called_off: bool = False
    waits_for: str = ""
    request_hash: str = ""
    after_effect: int | None = None
    """The request of the same subject that this one follows."""
    after_keys: tuple[str, ...] = ()
    """Requests of other subjects that must be settled first, by their unique keys."""
    told_hash: str | None = None
    """Of what the channel had of the subject before; empty where nobody knows, None where it had nothing."""
    later: tuple[State, ...] = ()
    """States of the effects after it of the same subject."""

    def moved(self, state: State, **changes: object) -> Self:
        """The same row in another state; reason, detail and what it waits for start empty."""
        return super().moved(state, **({"waits_for": ""} | changes))

    @property
    def overtaken(self) -> bool:
        """The channel has something newer about the same subject."""
        return not AT_CHANNEL.isdisjoint(self.later)

    @property
    def is_last_word(self) -> bool:
        """Nothing after it about the same subject is still to be told."""
        return (UNSENT | UNSURE).isdisjoint(self.later)

    @property
    def is_well_after(self) -> bool:
        """No request after it about the same subject was refused or waits for a person."""
        return {"refused", "held"}.isdisjoint(self.later)


def parcel_subject(account: Account, despatch_id: DespatchId, parcel_id: ParcelId) -> str:
    return named(account, despatch_id, parcel_id)


def request_hash(order_id: str, parcel: DespatchedParcel) -> str:
    """The same for two requests that would say the same; when the parcel left is no news."""
    said = msgspec.structs.replace(parcel, despatched_at=datetime.min.replace(tzinfo=UTC))
    return hashlib.sha256(msgspec.json.encode((order_id, said))).hexdigest()


def outcome(effect: Effect, lane: str = DESPATCH_LANE) -> Announce:
    """What became of it, for others to read."""
    return ledger.outcome(effect, effect.kind, lane)
