"""What an answer makes of a label: bought, to be asked for again, blocked with one alert for all that lack the same.

A purchase whose answer was lost is repeated by its own idempotency key, which cannot buy twice. Where the repeat is
turned down nobody can know: a person looks, and says so.
"""

import hashlib
from datetime import datetime
from typing import Final

import msgspec

from handlers.alerts import AlertKind
from handlers.answers import Answer, Denied, Done, NeverLeft, Refused, Throttled, Unknown
from handlers.label_choice import NoLabel
from handlers.labels import Label, LabelEffect, Rules, Settled
from handlers.ledger import State, outcome
from handlers.notes import Announce, Note, RaiseAlert, ResolveAlert
from handlers.sales_orders import StoredOrder
from schemas.amazon_shipping import PackageDocuments, Purchase, label_in
from schemas.outgoing import LABEL_READY, LABEL_VOID, LabelData, LabelVoidData

LABELS: Final = "goodsout.labels"
LANE: Final = "labels"
PASSING: Final = frozenset({"no_rates", "not_sent", "token_expired"})
"""Words of what passes by itself: people hear of it only once it lasts."""


def not_bought(label: Label, order: StoredOrder, why: NoLabel, now: datetime, rules: Rules) -> Settled:
    """The order waits, and people hear what for: once for all that wait for the same."""
    waits_for = f"{label.channel_account}/{why.word}/{why.of or label.channel_order_id}"
    pause = rules.pause(label.tries) if why.word in PASSING else rules.again
    blocked = msgspec.structs.replace(
        label, version=order.version, state="blocked", why=why.word, waits_for=waits_for, tries=label.tries + 1,
        effect_key="", look_at=now + pause,
    )  # fmt: skip
    if why.word in PASSING and blocked.tries < rules.patience:
        return Settled(label=blocked)
    others = " and any like it wait" if why.of else " waits"
    text = f"no label for order {label.order_reference} of {label.channel_account}: {why.text}; it{others}"
    return Settled(label=blocked, notes=(_lacking(blocked, text, order.order.ship_by),))


def _lacking(label: Label, text: str, deadline: datetime | None = None) -> RaiseAlert:
    return RaiseAlert(AlertKind.LABEL_BLOCKED, label.waits_for, label.waits_for, text, {}, deadline)


def forgotten(label: Label) -> Settled:
    """Nobody waits for it any more."""
    return Settled(label=msgspec.structs.replace(label, waits_for="", tries=0, look_at=None))


def used(label: Label) -> Settled:
    """Its parcel has left."""
    gone = msgspec.structs.replace(label, state="used", why="", waits_for="", tries=0, look_at=None)
    return Settled(label=gone, notes=_known(label))


def is_awaited(label: Label, stored: LabelEffect | None, effect: LabelEffect, *, is_done: bool) -> bool:
    """Whether an answer to `effect` still says something: it may come after others have asked again.

    What is done is done, whichever attempt brought it, even where a person is being asked about it.
    """
    if is_done:
        held = label.state == "held" and label.last_key == effect.unique_key
        return held or label.effect_key == effect.unique_key
    return (
        label.effect_key == effect.unique_key
        and stored is not None
        and (stored.attempt, stored.state) == (effect.attempt, "sent")
    )


def astray(label: Label, effect: LabelEffect, shipment_id: str) -> Settled | None:
    """What is left of an answer that nobody awaits: a label that was bought, and is not the one in the books."""
    if shipment_id in ("", label.shipment_id, label.replaces):
        return None
    said = (
        f"shipment {shipment_id} was bought for order {label.order_reference} by a request that was given up"
        f" ({effect.unique_key}): void it in Seller Central"
    )
    return Settled(label=label, notes=(RaiseAlert(AlertKind.LABEL_UNKNOWN, label.cause, label.subject, said),))


def after_purchase(
    label: Label, effect: LabelEffect, answer: Answer[Purchase], order: StoredOrder, now: datetime, rules: Rules
) -> Settled:
    """The label and its request once the purchase was answered, or its end seen."""
    match answer:
        case Done(value=bought, request_id=request_id):
            return _bought(label, effect.moved("live", request_id=request_id), bought, now)
        case Unknown(reason=reason, request_id=request_id):
            return _unsure(label, effect, reason, now, rules, request_id)
        case Refused(code=code, text=text):
            if effect.attempt > 1:
                return _held(label, effect, text)
            return _turned_down(label, effect, order, NoLabel(code, f"Amazon refuses it: {text}"), now, rules)
        case Throttled(text=text) | NeverLeft(reason=text) | Denied(reason=text):
            if effect.attempt > 1:
                return _unsure(label, effect, text, now, rules)
            return _turned_down(label, effect, order, _not_taken(answer, text), now, rules)


def _not_taken(answer: "Throttled | NeverLeft | Denied", text: str) -> NoLabel:
    if isinstance(answer, Denied):
        return NoLabel("denied", f"Amazon turns the application away: {text}", "access")
    return NoLabel("not_sent", text, "amazon")


def _bought(label: Label, effect: LabelEffect, bought: Purchase, now: datetime) -> Settled:
    parcel = next(iter(bought.package_document_details), None)
    window = bought.promise.delivery_window
    known = msgspec.structs.replace(
        label, shipment_id=bought.shipment_id, why="", effect_key="", tries=0,
        arrives_by=window.end if window and window.end else label.arrives_by,
        tracking_number=parcel.tracking_id if parcel else "",
    )  # fmt: skip
    settled = with_file(known, parcel, now)
    return msgspec.structs.replace(settled, effect=effect, notes=(*settled.notes, _outcome(effect)))


def with_file(label: Label, parcel: PackageDocuments | None, now: datetime) -> Settled:
    """Ready, once there is a file that can be printed; else it is to be fetched."""
    found = None if parcel is None else label_in(parcel)
    if parcel is None or found is None:
        return Settled(label=msgspec.structs.replace(label, state="bought", look_at=now), notes=_known(label))
    ready = msgspec.structs.replace(
        label, state="ready", why="", waits_for="", tries=0, look_at=None, format=found[0], replaces="",
        tracking_number=label.tracking_number or parcel.tracking_id,
    )  # fmt: skip
    said = msgspec.structs.replace(ready, replaces=label.replaces)
    return Settled(label=ready, notes=(*_known(label), _announced(said)), file=found[1])


def _known(label: Label) -> tuple[Note, ...]:
    """It is known again whether it was bought."""
    return (ResolveAlert(AlertKind.LABEL_UNKNOWN, label.cause),)


def without_file(label: Label, order: StoredOrder, why: str, now: datetime, rules: Rules) -> Settled:
    """Paid, and still nothing to print: it is asked for again, and after a while people hear of it."""
    waits = msgspec.structs.replace(
        label, why="no_file", waits_for=f"{label.channel_account}/no_file/{label.channel_order_id}",
        tries=label.tries + 1, look_at=now + rules.pause(label.tries),
    )  # fmt: skip
    if waits.tries < rules.patience:
        return Settled(label=waits)
    text = (
        f"the label of order {label.order_reference} of {label.channel_account} is bought, and its file does not"
        f" come: {why}; the order waits"
    )
    return Settled(label=waits, notes=(_lacking(waits, text, order.order.ship_by),))


def _unsure(
    label: Label, effect: LabelEffect, reason: str, now: datetime, rules: Rules, request_id: str = ""
) -> Settled:
    asked = effect.moved("unknown", reason="no_answer", detail=reason, request_id=request_id)
    later = msgspec.structs.replace(label, look_at=now + rules.pause(effect.attempt))
    if effect.attempt != rules.patience:
        return Settled(label=later, effect=asked)
    text = f"no answer to {effect.kind} for order {label.order_reference}, {effect.attempt} times now: {reason}"
    alert = RaiseAlert(AlertKind.LABEL_UNKNOWN, label.cause, label.subject, f"{text}; it is asked for again")
    return Settled(label=later, effect=asked, notes=(alert,))


def _held(label: Label, effect: LabelEffect, text: str) -> Settled:
    said = (
        f"the answer to the purchase of a label for order {label.order_reference} was lost, and Amazon refuses to "
        f"repeat it: {text}; look there whether one was bought, then `goodsout labels again`"
    )
    return _for_a_person(label, effect.moved("dead", reason="unknown", detail=text, request_id=""), "unknown", said)


def _for_a_person(label: Label, ended: LabelEffect, why: str, text: str) -> Settled:
    held = msgspec.structs.replace(label, state="held", why=why, waits_for="", effect_key="", look_at=None)
    alert = RaiseAlert(AlertKind.LABEL_UNKNOWN, label.cause, label.subject, text)
    return Settled(label=held, effect=ended, notes=(alert, _outcome(ended)))


def _turned_down(
    label: Label, effect: LabelEffect, order: StoredOrder, why: NoLabel, now: datetime, rules: Rules
) -> Settled:
    """Certainly not bought. A rate that has expired is asked for anew at once."""
    state: State = "withdrawn" if why.word in ("not_sent", "denied") else "refused"
    ended = effect.moved(state, reason=why.word, detail=why.text, request_id="")
    settled = not_bought(label, order, why, now, rules)
    if why.word == "token_expired" and label.tries == 0:
        settled = Settled(label=msgspec.structs.replace(settled.label, look_at=now))
    return msgspec.structs.replace(settled, effect=ended, notes=(*settled.notes, _outcome(ended)))


def after_cancellation(
    label: Label, effect: LabelEffect, answer: Answer[None], now: datetime, rules: Rules
) -> Settled:
    """A refusal is for people: the label is paid, and may not be used."""
    match answer:
        case Done(request_id=request_id):
            return _taken_back(label, effect.moved("live", request_id=request_id))
        case Refused(code=code, text=text):
            said = (
                f"the label of order {label.order_reference} is not wanted, and Amazon does not take it back: {text}"
            )
            return _for_a_person(
                label, effect.moved("refused", reason=code, detail=text, request_id=""), "not_taken_back", said
            )
        case Unknown(reason=text) | Throttled(text=text) | NeverLeft(reason=text) | Denied(reason=text):
            return _unsure(label, effect, text, now, rules)


def _taken_back(label: Label, ended: LabelEffect) -> Settled:
    gone = msgspec.structs.replace(
        label, state="cancelled", waits_for="", tries=0, effect_key="", look_at=None, replaces=label.shipment_id
    )
    data = LabelVoidData(
        channel_account=label.channel_account, channel_order_id=label.channel_order_id,
        order_reference=label.order_reference, tracking_number=label.tracking_number, shipment_id=label.shipment_id,
        reason=label.why,
    )  # fmt: skip
    name = f"label-void-{_hashed(f'{label.subject}/{label.shipment_id}')}"
    void = Announce(LABELS, "label.void", LABEL_VOID, name, msgspec.to_builtins(data))
    return Settled(label=gone, effect=ended, notes=(*_known(label), void, _outcome(ended)))


def _outcome(effect: LabelEffect) -> Announce:
    return outcome(effect, effect.kind, LANE)


def _announced(label: Label) -> Announce:
    data = LabelData(
        channel_account=label.channel_account, channel_order_id=label.channel_order_id,
        order_reference=label.order_reference, carrier=label.carrier, service=label.service,
        tracking_number=label.tracking_number, shipment_id=label.shipment_id, format=label.format,
        arrives_by=label.arrives_by, replaces=label.replaces,
    )  # fmt: skip
    name = f"label-{_hashed(f'{label.subject}/{label.shipment_id}')}"
    return Announce(LABELS, "label.ready", LABEL_READY, name, msgspec.to_builtins(data))


def _hashed(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()[:40]
