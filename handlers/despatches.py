"""Despatches: what a parcel's leaving, or its coming back, means for the channel it was sold on.

Hears `despatch.packed`, `despatch.completed`, `despatch.undone`. Remembers, per (account, despatch_id), the highest
revision, and per parcel its package reference for life. Asks for one `ConfirmDespatch` per parcel. What the channel
answers is in `confirmations.py`; when a parcel is fit to be told, in `despatch_preparation.py`.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final, Literal

import msgspec

from handlers.alerts import AlertKind
from handlers.channel_orders import ChannelOrder
from handlers.despatch_preparation import NEVER, TOLD, applied, order_to_look_up, prepare
from handlers.effects import (
    AT_CHANNEL,
    UNSENT,
    UNSURE,
    ConfirmDespatch,
    ContentLine,
    Effect,
    ParcelContent,
    named,
    outcome,
    parcel_subject,
)
from handlers.mappings import Mappings
from handlers.notes import KeepPromise, MakePromise, Note, RaiseAlert, ResolveAlert
from schemas.despatch import Channel, DespatchData, Parcel
from schemas.inventory import whole
from schemas.terms import (
    Account,
    ChannelAccount,
    ChannelOrderId,
    DespatchId,
    LineReference,
    Marketplace,
    OrderReference,
    PackageReference,
    ParcelId,
    Warehouse,
)

AMAZON: Final = "amazon"
What = Literal["packed", "completed", "undone"]


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """A despatch event, checked. `happened_at` is the event's own time."""

    what: What
    data: DespatchData
    contents: tuple[ParcelContent, ...]
    """Of `data.parcels`, in the same order."""
    happened_at: datetime | None
    received_at: datetime


class DespatchRow(msgspec.Struct, frozen=True, kw_only=True):
    account: Account
    despatch_id: DespatchId
    revision: int
    state: Literal["completed", "undone"]
    warehouse: Warehouse
    order_reference: OrderReference
    channel_kind: str = ""
    channel_account: ChannelAccount = ChannelAccount("")
    marketplace: Marketplace = Marketplace("")
    channel_order_id: ChannelOrderId = ChannelOrderId("")
    despatched_at: datetime
    received_at: datetime


class ParcelRow(msgspec.Struct, frozen=True, kw_only=True):
    account: Account
    despatch_id: DespatchId
    parcel_id: ParcelId
    revision: int
    package_reference: PackageReference
    content: ParcelContent
    withdrawn: bool = False


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """What the books have of a despatch. `effects` by subject, oldest first."""

    mappings: Mappings
    revision: int | None = None
    parcels: Mapping[ParcelId, ParcelRow] = {}
    effects: Mapping[str, Sequence[Effect]] = {}
    order: ChannelOrder | None = None


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """`new` rows of the ledger, `changed` ones, and everything else that goes with them."""

    outcome: Literal["done", "ignored"]
    word: str
    despatch: DespatchRow | None = None
    parcels: tuple[ParcelRow, ...] = ()
    new: tuple[Effect, ...] = ()
    changed: tuple[Effect, ...] = ()
    notes: tuple[Note, ...] = ()


class Rules(msgspec.Struct, frozen=True):
    """`told_within` a despatch, the channel must know of it."""

    told_within: timedelta = timedelta(hours=1)


def read_message(what: What, data: DespatchData, happened_at: datetime | None, received_at: datetime) -> Message:
    """The event with its quantities as eaches. Raises Unreadable for a quantity that nobody can believe."""
    contents = tuple(_content(parcel) for parcel in data.parcels)
    return Message(what=what, data=data, contents=contents, happened_at=happened_at, received_at=received_at)


def _content(parcel: Parcel) -> ParcelContent:
    lines = [
        ContentLine(line.sku, whole(line.quantity), line.line_reference or LineReference("")) for line in parcel.lines
    ]
    there = sorted((line for line in lines if line.quantity), key=lambda line: (line.line_reference, line.sku))
    return ParcelContent(parcel.carrier, parcel.service, parcel.tracking_number, tuple(there))


def new_references(message: Message, known: Known) -> int:
    """How many fresh package references `decide` will want."""
    if message.what != "completed" or _ignored(message, known):
        return 0
    return sum(parcel.parcel_id not in known.parcels for parcel in message.data.parcels)


def decide(message: Message, known: Known, references: Sequence[PackageReference], rules: Rules) -> Decision:
    """What a despatch event changes. `references` are fresh ones, at least `new_references` of them."""
    if word := _ignored(message, known):
        return Decision(outcome="ignored", word=word)
    if message.what == "undone":
        return _undone(message, known)
    if word := _not_ours(message.data.channel):
        return _elsewhere(message, known, word)
    return _completed(message, known, iter(references), rules)


def _ignored(message: Message, known: Known) -> str:
    if message.what == "packed":
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
        state="undone" if message.what == "undone" else "completed",
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
    steps = list[_Step]()
    rows = list[ParcelRow]()
    for parcel, content in zip(message.data.parcels, message.contents, strict=True):
        before = known.parcels.get(parcel.parcel_id)
        row = _parcel_row(message, parcel.parcel_id, content, before, references)
        rows.append(row)
        steps.append(_tell(message, row, known, rules))
    there = {row.parcel_id for row in rows}
    gone = [parcel for parcel_id, parcel in known.parcels.items() if parcel_id not in there and not parcel.withdrawn]
    steps += [_take_back(parcel, known, "no longer in the despatch") for parcel in gone]
    rows += [msgspec.structs.replace(parcel, withdrawn=True) for parcel in gone]
    return _decision(message, rows, steps)


def _undone(message: Message, known: Known, how: str = "taken back") -> Decision:
    standing = [parcel for parcel in known.parcels.values() if not parcel.withdrawn]
    steps = [_take_back(parcel, known, how) for parcel in standing]
    rows = [msgspec.structs.replace(parcel, withdrawn=True) for parcel in standing]
    return _decision(message, rows, steps)


def _elsewhere(message: Message, known: Known, word: str) -> Decision:
    """Nobody here has to be told; who was told of it by an earlier revision was told wrongly."""
    if any(not parcel.withdrawn for parcel in known.parcels.values()):
        return _undone(message, known, "moved to another channel")
    return Decision(outcome="ignored", word=word, despatch=_row(message))


def _decision(message: Message, rows: Sequence[ParcelRow], steps: "Sequence[_Step]") -> Decision:
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


class _Step(msgspec.Struct, frozen=True):
    """What one parcel adds to a decision."""

    new: tuple[Effect, ...] = ()
    changed: tuple[Effect, ...] = ()
    notes: tuple[Note, ...] = ()


def _tell(message: Message, row: ParcelRow, known: Known, rules: Rules) -> _Step:
    """One parcel of a completed despatch: told, told anew, or left as it is."""
    payload = _payload(message, row)
    subject = parcel_subject(row.account, row.despatch_id, row.parcel_id)
    effects = known.effects.get(subject, ())
    pending = [effect for effect in effects if effect.state in UNSENT and not effect.called_off]
    last = next((effect for effect in reversed(effects) if effect.state in UNSURE | AT_CHANNEL), None)
    if last is not None and last.payload.says_the_same_as(payload):
        return _stands(last, pending, effects)
    if any(effect.state == "waiting" and effect.payload.says_the_same_as(payload) for effect in pending):
        return _Step()
    return _told_anew(message, payload, subject, last, pending, known, rules)


def _stands(last: Effect, pending: Sequence[Effect], effects: Sequence[Effect]) -> _Step:
    """The channel has, or may have, exactly this: nothing is sent."""
    withdrawn, notes = _withdrawn(pending, "superseded")
    wanted = (msgspec.structs.replace(last, called_off=False),) if last.called_off else ()
    kept = [KeepPromise(TOLD, last.subject)] if last.state in AT_CHANNEL else []
    return _Step(changed=(*wanted, *withdrawn), notes=(*notes, *_tried_again(last.subject, effects), *kept))


def _told_anew(
    message: Message,
    payload: ConfirmDespatch,
    subject: str,
    last: Effect | None,
    pending: Sequence[Effect],
    known: Known,
    rules: Rules,
) -> _Step:
    now, left = message.received_at, payload.despatched_at or message.received_at
    deadline = left + rules.told_within
    fresh = Effect(
        subject=subject,
        unique_key=f"confirm_despatch/{subject}/{payload.revision}",
        account=payload.channel_account,
        state="waiting",
        payload=payload,
        due=now,
        deadline=deadline,
        after_effect=last.id if last else None,
        received_at=now,
        told_hash=last.request_hash if last and last.state in AT_CHANNEL else None,
    )
    withdrawn, notes = _withdrawn(pending, "superseded")
    effect, asked = applied(fresh, prepare(payload, known.mappings, known.order), now)
    promise = MakePromise(TOLD, subject, "ecommerce", deadline)
    again = _tried_again(subject, known.effects.get(subject, ()))
    return _Step(
        new=(effect,),
        changed=(*_called_off(last), *withdrawn),
        notes=(*notes, promise, *again, *asked),
    )


def _tried_again(subject: str, effects: Sequence[Effect]) -> list[Note]:
    """What an earlier request left open is for this one to open again, if it must."""
    refused = any(effect.state == "refused" for effect in effects)
    told = any(effect.state in UNSURE | AT_CHANNEL for effect in effects)
    notes: list[Note] = [_no_longer_undone(subject)] if told else []
    return [*notes, ResolveAlert(AlertKind.DESPATCH_REFUSED, subject)] if refused else notes


def _payload(message: Message, row: ParcelRow) -> ConfirmDespatch:
    data, channel = message.data, message.data.channel
    return ConfirmDespatch(
        account=data.account,
        despatch_id=data.despatch_id,
        parcel_id=row.parcel_id,
        revision=data.revision,
        order_reference=data.order_reference,
        channel_account=channel.account if channel else ChannelAccount(""),
        marketplace=channel.marketplace if channel else Marketplace(""),
        channel_order_id=data.channel_order_id or ChannelOrderId(""),
        package_reference=row.package_reference,
        despatched_at=data.despatched_at or message.happened_at,
        content=row.content,
    )


def _take_back(parcel: ParcelRow, known: Known, how: str) -> _Step:
    """A parcel that did not leave after all: withdrawn if nobody was told, else somebody must act."""
    subject = parcel_subject(parcel.account, parcel.despatch_id, parcel.parcel_id)
    effects = known.effects.get(subject, ())
    pending = [effect for effect in effects if effect.state in UNSENT and not effect.called_off]
    withdrawn, notes = _withdrawn(pending, "undone")
    told = [effect for effect in effects if effect.state in UNSURE | AT_CHANNEL]
    if not told:
        return _Step(changed=withdrawn, notes=(*notes, KeepPromise(TOLD, subject)))
    last = told[-1]
    kept = [KeepPromise(TOLD, subject)] if last.state in AT_CHANNEL else []
    text = (
        f"parcel {parcel.parcel_id} of {last.payload.order_reference} was {how} after {last.account} "
        f"had been told of it (package {parcel.package_reference}, order {last.payload.order_id})"
    )
    alert = RaiseAlert(AlertKind.UNDONE_AFTER_CONFIRMATION, subject, subject, text)
    called_off = tuple(off for effect in told for off in _called_off(effect))
    return _Step(changed=(*called_off, *withdrawn), notes=(*notes, *kept, alert))


def _called_off(last: Effect | None) -> tuple[Effect, ...]:
    """If it turns out that it did not happen, it is not repeated."""
    if last is None or last.state not in UNSURE or last.called_off:
        return ()
    return (msgspec.structs.replace(last, called_off=True),)


def _withdrawn(pending: Sequence[Effect], word: str) -> tuple[tuple[Effect, ...], tuple[Note, ...]]:
    """Requests that never left are taken off, with the alerts that were about them alone."""
    withdrawn = tuple(effect.moved("withdrawn", reason=word, due=NEVER) for effect in pending)
    resolved = [
        ResolveAlert(AlertKind(effect.reason), effect.subject)
        for effect in pending
        if effect.reason in (AlertKind.DESPATCH_INCOMPLETE.value, AlertKind.ORDER_UNKNOWN.value)
    ]
    return withdrawn, (*resolved, *(outcome(effect) for effect in withdrawn))


def _no_longer_undone(subject: str) -> Note:
    return ResolveAlert(AlertKind.UNDONE_AFTER_CONFIRMATION, subject)


def order_of(message: Message) -> tuple[ChannelAccount, ChannelOrderId] | None:
    """The channel's order that the books may know already."""
    channel = message.data.channel
    if channel is None or channel.kind != AMAZON:
        return None
    found = order_to_look_up(message.data.channel_order_id, message.data.order_reference)
    return (channel.account, found) if found else None


def key_of(message: Message) -> str:
    return named(message.data.account, message.data.despatch_id)
