"""From a parcel in the warehouse's words to a request in the channel's: ready, or why not.

Called when the event comes, when the order has been read, and whenever a mapping that was missing is there.
"""

from datetime import UTC, datetime
from typing import TypeAlias

import msgspec

from handlers.alerts import AlertKind
from handlers.carrier_rules import Tracking, judge_tracking, wants_method
from handlers.channel_orders import ChannelOrder, looks_like_an_order_id
from handlers.despatched_lines import Blocked, Matching, Misfit, NeedsOrder, channel_lines
from handlers.effects import ConfirmDespatch, Effect, outcome, parcel_subject, request_hash
from handlers.mappings import CarrierRow, Mappings
from handlers.notes import KeepPromise, Note, RaiseAlert
from schemas.amazon_orders import DespatchedParcel
from schemas.terms import ChannelOrderId, Marketplace, OrderReference

TOLD = "despatch_told"
"""The promise that a channel knows of a parcel in time."""

NEVER = datetime(9999, 1, 1, tzinfo=UTC)


class Ready(msgspec.Struct, frozen=True):
    order_id: ChannelOrderId
    parcel: DespatchedParcel
    doubt: str = ""
    """About its tracking number."""


class NotToBeTold(msgspec.Struct, frozen=True):
    """The channel knows by itself, or must not be told; a word says which."""

    word: str


class Found(msgspec.Struct, frozen=True):
    """The channel shows this parcel already, told by somebody else."""


Prepared: TypeAlias = Ready | NeedsOrder | Blocked | NotToBeTold | Found


def order_to_look_up(channel_order_id: ChannelOrderId | None, order_reference: OrderReference) -> ChannelOrderId:
    """Which order to read: the one named, or the one whose id the warehouse may use as its own reference."""
    if channel_order_id:
        return channel_order_id
    return ChannelOrderId(order_reference if looks_like_an_order_id(order_reference) else "")


def prepare(effect: ConfirmDespatch, mappings: Mappings, order: ChannelOrder | None) -> Prepared:
    """What is to become of a parcel, as far as the mappings and the order (where known) tell."""
    try:
        return _known_already(effect, mappings, order) or _ready(effect, mappings, order)
    except Misfit as misfit:
        return misfit.why


def _known_already(
    effect: ConfirmDespatch, mappings: Mappings, order: ChannelOrder | None
) -> Blocked | NotToBeTold | Found | None:
    if effect.channel_account not in mappings.sellers:
        cause = f"channel_account:{effect.channel_account}"
        text = f"despatches name the channel account {effect.channel_account!r}, which the configuration lacks"
        return Blocked(AlertKind.CHANNEL_ACCOUNT_UNKNOWN, cause, cause, text)
    if mappings.has_label(effect.channel_account, effect.channel_order_id, effect.order_reference):
        return NotToBeTold("label_bought")
    if order is not None and order.confirms_itself:
        return NotToBeTold("ship_plus")
    if order is not None and order.told_by_somebody_else(effect.content.tracking_number):
        return Found()
    return None


def _ready(effect: ConfirmDespatch, mappings: Mappings, order: ChannelOrder | None) -> Ready | NotToBeTold:
    subject = parcel_subject(effect.account, effect.despatch_id, effect.parcel_id)
    carrier = _carrier(effect, subject, mappings)
    if not carrier.confirm:
        return NotToBeTold("channel_already_knows")
    despatched_at = _complete(effect, subject)
    tracking = _tracking(effect, subject, carrier, mappings)
    order_id = _order_id(effect, subject, order)
    marketplace = _marketplace(effect, subject, mappings, order)
    _has_method(effect, carrier, marketplace, mappings)
    lines = channel_lines(Matching(effect, subject, marketplace, mappings, order))
    if not lines:
        return NotToBeTold("told_with_its_kit")
    parcel = DespatchedParcel(
        marketplace=marketplace,
        reference=effect.package_reference,
        carrier=carrier.carrier_code,
        carrier_name=carrier.carrier_name or None,
        service=carrier.shipping_method or None,
        tracking_number=tracking.number,
        despatched_at=despatched_at,
        lines=lines,
    )
    return Ready(order_id, parcel, tracking.doubt)


def _incomplete(subject: str, text: str) -> Misfit:
    return Misfit(Blocked(AlertKind.DESPATCH_INCOMPLETE, f"revision:{subject}", subject, text))


def _carrier(effect: ConfirmDespatch, subject: str, mappings: Mappings) -> CarrierRow:
    content = effect.content
    if not content.carrier:
        raise _incomplete(subject, f"parcel {effect.parcel_id} of {effect.order_reference} has no carrier")
    row = mappings.carrier(effect.channel_account, content.carrier, content.service)
    if row is not None:
        return row
    cause = f"carrier:{effect.channel_account}/{content.carrier}/{content.service}"
    text = (
        f"carrier {content.carrier!r}, service {content.service!r} has no name at {effect.channel_account}; "
        "despatches by it are held"
    )
    raise Misfit(Blocked(AlertKind.CARRIER_UNMAPPED, cause, cause, text))


def _complete(effect: ConfirmDespatch, subject: str) -> datetime:
    """When it left. Raises Misfit for what the channel demands and the event lacks."""
    missing = [
        name
        for name, there in (
            ("tracking number", effect.content.tracking_number),
            ("line", effect.content.lines),
            ("despatch time", effect.despatched_at),
        )
        if not there
    ]
    if effect.despatched_at is None or missing:
        text = f"parcel {effect.parcel_id} of {effect.order_reference} has no {' and no '.join(missing)}"
        raise _incomplete(subject, text)
    return effect.despatched_at


def _tracking(effect: ConfirmDespatch, subject: str, carrier: CarrierRow, mappings: Mappings) -> Tracking:
    """Its number as the channel takes it. Raises Misfit for one that cannot be right."""
    found = judge_tracking(carrier.carrier_code, effect.content.tracking_number, mappings.carrier_rules)
    if found.wrong:
        raise _incomplete(subject, f"parcel {effect.parcel_id} of {effect.order_reference}: {found.wrong}")
    return found


def _has_method(effect: ConfirmDespatch, carrier: CarrierRow, marketplace: Marketplace, mappings: Mappings) -> None:
    """Raises Misfit where the marketplace wants the service named, and settings say to wait for it."""
    rules, content = mappings.carrier_rules, effect.content
    if rules.method != "hold" or not wants_method(carrier, marketplace, rules):
        return
    cause = f"method:{effect.channel_account}/{content.carrier}/{content.service}"
    text = (
        f"carrier {content.carrier!r}, service {content.service!r} has no shipping_method at "
        f"{effect.channel_account}, and {marketplace} wants one; despatches by it are held"
    )
    raise Misfit(Blocked(AlertKind.CARRIER_UNMAPPED, cause, cause, text))


def _order_id(effect: ConfirmDespatch, subject: str, order: ChannelOrder | None) -> ChannelOrderId:
    if effect.channel_order_id:
        return effect.channel_order_id
    if order is not None:
        return order.order_id
    if order_to_look_up(None, effect.order_reference):
        raise Misfit(NeedsOrder())
    text = f"despatch {effect.despatch_id} of {effect.order_reference} does not name the channel's order"
    raise Misfit(Blocked(AlertKind.ORDER_UNKNOWN, f"order:{subject}", subject, text))


def _marketplace(
    effect: ConfirmDespatch, subject: str, mappings: Mappings, order: ChannelOrder | None
) -> Marketplace:
    if effect.marketplace:
        return effect.marketplace
    if order is not None and order.marketplace:
        return order.marketplace
    served = mappings.sellers[effect.channel_account]
    if len(served) == 1:
        return served[0]
    if order is None:
        raise Misfit(NeedsOrder())
    raise _incomplete(subject, f"nobody says in which marketplace {effect.order_reference} was sold")


def applied(effect: Effect, prepared: Prepared, now: datetime) -> tuple[Effect, list[Note]]:
    """The row as the preparation leaves it, and what else is to be written."""
    match prepared:
        case Ready():
            return _as_ready(effect, prepared, now)
        case NeedsOrder():
            return effect.moved("waiting", needs_order=True, due=now), []
        case Blocked(kind=kind, waits_for=waits_for, cause=cause, text=text):
            blocked = effect.moved("blocked", reason=kind.value, detail=text, waits_for=waits_for, due=now)
            alert = RaiseAlert(kind, cause, effect.subject, text, {"effect": effect.subject}, effect.deadline)
            return blocked, [alert]
        case NotToBeTold(word=word):
            return settled_untold(effect.moved("withdrawn", reason=word, due=NEVER))
        case Found():
            return settled_untold(effect.moved("live", reason="found_at_channel", due=NEVER))


def _as_ready(effect: Effect, ready: Ready, now: datetime) -> tuple[Effect, list[Note]]:
    said = request_hash(ready.order_id, ready.parcel)
    payload = msgspec.structs.replace(effect.payload, ready=ready.parcel, order_id=ready.order_id, doubt=ready.doubt)
    waiting = effect.moved("waiting", payload=payload, request_hash=said, needs_order=False, due=now)
    if effect.told_hash and effect.told_hash == said:
        return settled_untold(waiting.moved("withdrawn", reason="unchanged", due=NEVER))
    return waiting, []


def settled_untold(effect: Effect) -> tuple[Effect, list[Note]]:
    """Settled without a call: the promise is kept, and whoever reads outcomes is told."""
    return effect, [KeepPromise(TOLD, effect.subject), outcome(effect)]
