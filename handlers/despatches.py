"""Despatches: what a parcel's leaving, or its coming back, means for the channel it was sold on.

Hears `despatch.packed`, `despatch.completed`, `despatch.undone` (`despatch_messages.py`). Remembers, per (account,
despatch_id), the highest revision, and per parcel its package reference for life. Asks for one `ConfirmDespatch` per
parcel (`parcels.py`).
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Literal

import msgspec

from handlers.despatch_messages import AMAZON, Message
from handlers.effects import Effect, ParcelContent
from handlers.notes import Note
from handlers.parcel_order import givers_first
from handlers.parcels import Known, ParcelRow, Rules, Step, take_back, tell
from schemas.despatch import Channel
from schemas.terms import (
    Account,
    ChannelAccount,
    ChannelOrderId,
    DespatchId,
    Marketplace,
    OrderReference,
    PackageReference,
    ParcelId,
    Warehouse,
)


class DespatchRow(msgspec.Struct, frozen=True, kw_only=True):
    account: Account
    despatch_id: DespatchId
    revision: int
    state: Literal["packed", "completed", "undone"]
    warehouse: Warehouse
    order_reference: OrderReference
    channel_kind: str = ""
    channel_account: ChannelAccount = ChannelAccount("")
    marketplace: Marketplace = Marketplace("")
    channel_order_id: ChannelOrderId = ChannelOrderId("")
    despatched_at: datetime
    received_at: datetime


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """`new` rows of the ledger, `changed` ones, and everything else that goes with them."""

    outcome: Literal["done", "ignored"]
    word: str
    despatch: DespatchRow | None = None
    parcels: tuple[ParcelRow, ...] = ()
    new: tuple[Effect, ...] = ()
    changed: tuple[Effect, ...] = ()
    notes: tuple[Note, ...] = ()


def new_references(message: Message, known: Known, rules: Rules) -> int:
    """How many fresh package references `decide` will want."""
    if message.what == "undone" or _ignored(message, known, rules):
        return 0
    return sum(parcel.parcel_id not in known.parcels for parcel in message.data.parcels)


def decide(message: Message, known: Known, references: Sequence[PackageReference], rules: Rules) -> Decision:
    """What a despatch event changes. `references` are fresh ones, at least `new_references` of them."""
    if word := _ignored(message, known, rules):
        return Decision(outcome="ignored", word=word)
    if message.what == "undone":
        return _undone(message, known)
    if word := _not_ours(message.data.channel):
        return _elsewhere(message, known, word)
    return _completed(message, known, iter(references), rules)


def _ignored(message: Message, known: Known, rules: Rules) -> str:
    channel = message.data.channel
    if message.what == "packed" and (channel is None or channel.account not in rules.at_manifest):
        return "packed_is_not_told"
    if known.revision is None or message.data.revision > known.revision:
        return ""
    return "duplicate" if message.data.revision == known.revision else "stale_revision"


def _not_ours(channel: Channel | None) -> str:
    if channel is None:
        return "not_a_channel_order"
    return "" if channel.kind == AMAZON else "no_flow_for_channel"


def _row(message: Message) -> DespatchRow:
    data, channel = message.data, message.data.channel
    return DespatchRow(
        account=data.account,
        despatch_id=data.despatch_id,
        revision=data.revision,
        state=message.what,
        warehouse=data.warehouse,
        order_reference=data.order_reference,
        channel_kind=channel.kind if channel else "",
        channel_account=channel.account if channel else ChannelAccount(""),
        marketplace=channel.marketplace if channel else Marketplace(""),
        channel_order_id=data.channel_order_id or ChannelOrderId(""),
        despatched_at=data.despatched_at or message.happened_at or message.received_at,
        received_at=message.received_at,
    )


def _completed(message: Message, known: Known, references: Iterator[PackageReference], rules: Rules) -> Decision:
    steps = list[Step]()
    rows = list[ParcelRow]()
    for parcel, content in zip(message.data.parcels, message.contents, strict=True):
        before = known.parcels.get(parcel.parcel_id)
        row = _parcel_row(message, parcel.parcel_id, content, before, references)
        rows.append(row)
        steps.append(tell(message, row, known, rules))
    steps = givers_first(steps, known)
    there = {row.parcel_id for row in rows}
    gone = [parcel for parcel_id, parcel in known.parcels.items() if parcel_id not in there and not parcel.withdrawn]
    steps += [take_back(parcel, known, "no longer in the despatch") for parcel in gone]
    rows += [msgspec.structs.replace(parcel, withdrawn=True) for parcel in gone]
    return _decision(message, rows, steps)


def _undone(message: Message, known: Known, how: str = "taken back") -> Decision:
    standing = [parcel for parcel in known.parcels.values() if not parcel.withdrawn]
    steps = [take_back(parcel, known, how) for parcel in standing]
    rows = [msgspec.structs.replace(parcel, withdrawn=True) for parcel in standing]
    return _decision(message, rows, steps)


def _elsewhere(message: Message, known: Known, word: str) -> Decision:
    """Nobody here has to be told; who was told of it by an earlier revision was told wrongly."""
    if any(not parcel.withdrawn for parcel in known.parcels.values()):
        return _undone(message, known, "moved to another channel")
    return Decision(outcome="ignored", word=word, despatch=_row(message))


def _decision(message: Message, rows: Sequence[ParcelRow], steps: Sequence[Step]) -> Decision:
    return Decision(
        outcome="done",
        word=message.what,
        despatch=_row(message),
        parcels=tuple(rows),
        new=tuple(effect for step in steps for effect in step.new),
        changed=tuple(effect for step in steps for effect in step.changed),
        notes=tuple(note for step in steps for note in step.notes),
    )


def _parcel_row(
    message: Message,
    parcel_id: ParcelId,
    content: ParcelContent,
    before: ParcelRow | None,
    references: Iterator[PackageReference],
) -> ParcelRow:
    data = message.data
    return ParcelRow(
        account=data.account,
        despatch_id=data.despatch_id,
        parcel_id=parcel_id,
        revision=data.revision,
        package_reference=before.package_reference if before else next(references),
        content=content,
    )
