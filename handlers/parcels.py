"""One parcel of a despatch: told to its channel, told anew, left as it is, or taken back.

What the channel answers is in `confirmations.py`; when a parcel is fit to be told, in `despatch_preparation.py`.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta

import msgspec

from handlers.alerts import AlertKind
from handlers.channel_orders import ChannelOrder
from handlers.despatch_messages import Message
from handlers.despatch_preparation import NEVER, TOLD, applied, prepare
from handlers.effects import (
    AT_CHANNEL,
    UNSENT,
    UNSURE,
    ConfirmDespatch,
    ContentLine,
    Effect,
    ParcelContent,
    outcome,
    parcel_subject,
)
from handlers.mappings import Mappings
from handlers.notes import KeepPromise, MakePromise, Note, RaiseAlert, ResolveAlert
from schemas.terms import (
    Account,
    ChannelAccount,
    ChannelOrderId,
    DespatchId,
    LineReference,
    Marketplace,
    PackageReference,
    ParcelId,
    Sku,
)


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


class Rules(msgspec.Struct, frozen=True):
    """`told_within` a despatch, the channel must know of it."""

    told_within: timedelta = timedelta(hours=1)
    at_manifest: frozenset[ChannelAccount] = frozenset()
    """Channel accounts that are told once packing is final, before the parcel has left."""


class Step(msgspec.Struct, frozen=True):
    """What one parcel adds to a decision."""

    new: tuple[Effect, ...] = ()
    changed: tuple[Effect, ...] = ()
    notes: tuple[Note, ...] = ()


def tell(message: Message, row: ParcelRow, known: Known, rules: Rules) -> Step:
    """One parcel of a completed despatch: told, told anew, or left as it is."""
    payload = _payload(message, row)
    subject = parcel_subject(row.account, row.despatch_id, row.parcel_id)
    effects = known.effects.get(subject, ())
    pending = [effect for effect in effects if effect.state in UNSENT and not effect.called_off]
    last = next((effect for effect in reversed(effects) if effect.state in UNSURE | AT_CHANNEL), None)
    if last is not None and last.payload.says_the_same_as(payload):
        return _stands(last, pending, effects)
    if any(effect.state == "waiting" and effect.payload.says_the_same_as(payload) for effect in pending):
        return Step()
    return _told_anew(message, payload, subject, last, pending, known, rules)


def _stands(last: Effect, pending: Sequence[Effect], effects: Sequence[Effect]) -> Step:
    """The channel has, or may have, exactly this: nothing is sent."""
    withdrawn, notes = _withdrawn(pending, "superseded")
    wanted = (msgspec.structs.replace(last, called_off=False),) if last.called_off else ()
    kept = [KeepPromise(TOLD, last.subject)] if last.state in AT_CHANNEL else []
    return Step(changed=(*wanted, *withdrawn), notes=(*notes, *_tried_again(last.subject, effects), *kept))


def _told_anew(
    message: Message,
    payload: ConfirmDespatch,
    subject: str,
    last: Effect | None,
    pending: Sequence[Effect],
    known: Known,
    rules: Rules,
) -> Step:
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
    return Step(
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
        beside=_beside(message, row),
    )


def _beside(message: Message, row: ParcelRow) -> tuple[tuple[ContentLine, ...], ...]:
    """What the despatch's other parcels hold of the same lines, where these are of several SKUs."""
    skus: dict[LineReference, set[Sku]] = {}
    for line in (line for content in message.contents for line in content.lines):
        skus.setdefault(line.line_reference, set()).add(line.sku)
    shared = {line.line_reference for line in row.content.lines if line.line_reference}
    kits = {reference for reference in shared if len(skus[reference]) > 1}
    others = [
        tuple(line for line in content.lines if line.line_reference in kits)
        for parcel, content in zip(message.data.parcels, message.contents, strict=True)
        if kits and parcel.parcel_id != row.parcel_id
    ]
    return tuple(lines for lines in others if lines)


def take_back(parcel: ParcelRow, known: Known, how: str) -> Step:
    """A parcel that did not leave after all: withdrawn if nobody was told, else somebody must act."""
    subject = parcel_subject(parcel.account, parcel.despatch_id, parcel.parcel_id)
    effects = known.effects.get(subject, ())
    pending = [effect for effect in effects if effect.state in UNSENT and not effect.called_off]
    withdrawn, notes = _withdrawn(pending, "undone")
    told = [effect for effect in effects if effect.state in UNSURE | AT_CHANNEL]
    if not told:
        return Step(changed=withdrawn, notes=(*notes, KeepPromise(TOLD, subject)))
    last = told[-1]
    kept = [KeepPromise(TOLD, subject)] if last.state in AT_CHANNEL else []
    text = (
        f"parcel {parcel.parcel_id} of {last.payload.order_reference} was {how} after {last.account} "
        f"had been told of it (package {parcel.package_reference}, order {last.payload.order_id})"
    )
    alert = RaiseAlert(AlertKind.UNDONE_AFTER_CONFIRMATION, subject, subject, text)
    called_off = tuple(off for effect in told for off in _called_off(effect))
    return Step(changed=(*called_off, *withdrawn), notes=(*notes, *kept, alert))


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
