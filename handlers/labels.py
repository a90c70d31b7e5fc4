"""The life of a label: bought before its order is released, fetched, taken back; each request a row of the ledger.

A purchase whose answer was lost is repeated by its own idempotency key, which cannot buy twice. Where the repeat is
turned down nobody can know: a person looks, and says so.
"""

import hashlib
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final, Literal, TypeAlias

import msgspec

from handlers.alerts import AlertKind
from handlers.answers import Answer, Denied, Done, NeverLeft, Refused, Throttled, Unknown
from handlers.effects import OUTCOMES, State, named
from handlers.label_choice import Choice, NoLabel
from handlers.notes import Announce, Note, RaiseAlert, ResolveAlert
from handlers.sales_orders import StoredOrder
from schemas.amazon_shipping import PackageDocuments, Purchase, PurchaseRequest, label_in
from schemas.outgoing import LABEL_READY, OUTCOME, LabelData, OutcomeData
from schemas.terms import ChannelAccount, ChannelOrderId, OrderReference

LABELS: Final = "goodsout.labels"
LANE: Final = "labels"

LabelState: TypeAlias = Literal["blocked", "buying", "bought", "ready", "cancelling", "cancelled", "held"]
"""`bought`: paid, its file is still to be fetched. `held`: nobody knows whether it was bought."""
Step: TypeAlias = Literal["buy", "repeat", "fetch", "cancel", "nothing"]


class Label(msgspec.Struct, frozen=True, kw_only=True):
    """What the books hold of an order's label; its file is sealed beside it."""

    channel_account: ChannelAccount
    channel_order_id: ChannelOrderId
    order_reference: OrderReference
    version: int
    """Of the order, when it was bought or could not be."""
    state: LabelState = "blocked"
    why: str = ""
    effect_key: str = ""
    """The request that is not settled; empty: none."""
    requests: int = 0
    shipment_id: str = ""
    package: str = ""
    tracking_number: str = ""
    carrier: str = ""
    service: str = ""
    format: str = ""
    charge: Decimal | None = None
    currency: str = ""
    arrives_by: datetime | None = None
    look_at: datetime | None = None

    @property
    def subject(self) -> str:
        return named("label", self.channel_account, self.channel_order_id)

    @property
    def cause(self) -> str:
        """Of its alerts."""
        return f"{self.channel_account}/{self.channel_order_id}"


class LabelRequest(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked of the channel. Holds no buyer data."""

    channel_account: ChannelAccount
    channel_order_id: ChannelOrderId
    purchase: PurchaseRequest | None = None
    shipment_id: str = ""


class LabelEffect(msgspec.Struct, frozen=True, kw_only=True):
    """A row of the ledger; its `unique_key` is the idempotency key of a purchase."""

    kind: Literal["buy_label", "cancel_label"]
    subject: str
    unique_key: str
    account: str
    state: State
    payload: LabelRequest
    reason: str = ""
    detail: str = ""
    due: datetime
    attempt: int = 1
    sent_at: datetime
    request_id: str = ""
    received_at: datetime

    def moved(self, state: State, reason: str = "", detail: str = "", request_id: str = "") -> "LabelEffect":
        return msgspec.structs.replace(self, state=state, reason=reason, detail=detail, request_id=request_id)


class Rules(msgspec.Struct, frozen=True, kw_only=True):
    again: timedelta = timedelta(minutes=15)
    """Until what could not be bought is tried again."""
    soon: timedelta = timedelta(seconds=10)
    """Until what may or may not have happened is asked for again."""


class Settled(msgspec.Struct, frozen=True, kw_only=True):
    """What an answer makes of the books. `file`: the label, to be sealed."""

    label: Label
    effect: LabelEffect | None = None
    notes: tuple[Note, ...] = ()
    file: bytes | None = None

    def __repr__(self) -> str:
        """Says nothing of the file."""
        return f"Settled({self.label.state})"


def fresh(order: StoredOrder) -> Label:
    account, order_id = order.key
    return Label(
        channel_account=account,
        channel_order_id=order_id,
        order_reference=order.order_reference,
        version=order.version,
    )


def step_of(order: StoredOrder, label: Label, effect: LabelEffect | None) -> Step:
    """What is to be done now for an order that is due."""
    if effect is not None:
        return "repeat"
    wanted = order.state == "ready"
    gone = order.order.status in ("cancelled", "refunded")
    if label.state in ("bought", "ready") and (gone or (wanted and label.version != order.version)):
        return "cancel"
    if label.state == "bought":
        return "fetch"
    return "buy" if wanted and label.state in ("blocked", "cancelled") else "nothing"


def purchase(order: StoredOrder, label: Label, choice: Choice, token: str, now: datetime) -> Settled:
    """The row that stands before the request leaves."""
    rate, window = choice.rate, choice.rate.promise.delivery_window
    asked = PurchaseRequest(token, rate.rate_id, choice.wish)
    effect = _effect("buy_label", label, now, purchase=asked)
    buying = msgspec.structs.replace(
        label, version=order.version, state="buying", why="", effect_key=effect.unique_key,
        requests=label.requests + 1, carrier=rate.carrier_name, service=rate.service_name,
        charge=rate.total_charge.value, currency=rate.total_charge.unit, format=choice.wish.format,
        arrives_by=window.end if window else None, package=package_reference(label), shipment_id="",
        tracking_number="", look_at=now,
    )  # fmt: skip
    return Settled(label=buying, effect=effect)


def cancellation(label: Label, now: datetime) -> Settled:
    effect = _effect("cancel_label", label, now, shipment_id=label.shipment_id)
    going = msgspec.structs.replace(
        label, state="cancelling", effect_key=effect.unique_key, requests=label.requests + 1, look_at=now
    )
    return Settled(label=going, effect=effect)


def package_reference(label: Label) -> str:
    """Our name for the parcel of the next purchase."""
    return f"{label.order_reference}-{label.requests + 1}"


def _effect(kind: Literal["buy_label", "cancel_label"], label: Label, now: datetime, **more: object) -> LabelEffect:
    request = LabelRequest(channel_account=label.channel_account, channel_order_id=label.channel_order_id)
    return LabelEffect(
        kind=kind,
        subject=label.subject,
        unique_key=f"{label.subject}/{label.requests + 1}",
        account=label.channel_account,
        state="sent",
        payload=msgspec.structs.replace(request, **more),
        due=now,
        sent_at=now,
        received_at=now,
    )


def repeated(effect: LabelEffect, now: datetime) -> LabelEffect:
    """Once more, by the same key."""
    return msgspec.structs.replace(effect, state="sent", attempt=effect.attempt + 1, sent_at=now)


def not_bought(label: Label, order: StoredOrder, why: NoLabel, now: datetime, rules: Rules) -> Settled:
    """The order waits, and people hear what for."""
    blocked = msgspec.structs.replace(
        label, version=order.version, state="blocked", why=why.word, effect_key="", look_at=now + rules.again
    )
    text = f"no label for order {label.order_reference} of {label.channel_account}: {why.text}; it is not released"
    alert = RaiseAlert(AlertKind.LABEL_BLOCKED, label.cause, label.subject, text, {}, order.order.ship_by)
    return Settled(label=blocked, notes=(alert,))


def after_purchase(
    label: Label, effect: LabelEffect, answer: Answer[Purchase], order: StoredOrder, now: datetime, rules: Rules
) -> Settled:
    match answer:
        case Done(value=bought, request_id=request_id):
            return _bought(label, effect.moved("live", request_id=request_id), bought, now)
        case Unknown(reason=reason, request_id=request_id):
            return _unsure(label, effect, reason, now, rules, request_id)
        case Refused(code=code, text=text):
            if effect.attempt > 1:
                return _held(label, effect, text, now)
            return _turned_down(label, effect, order, NoLabel(code, f"Amazon refuses it: {text}"), now, rules)
        case Throttled(text=text) | NeverLeft(reason=text) | Denied(reason=text):
            if effect.attempt > 1:
                return _unsure(label, effect, text, now, rules)
            return _turned_down(label, effect, order, NoLabel("not_sent", text), now, rules)


def _bought(label: Label, effect: LabelEffect, bought: Purchase, now: datetime) -> Settled:
    parcel = next(iter(bought.package_document_details), None)
    known = msgspec.structs.replace(
        label, shipment_id=bought.shipment_id, effect_key="",
        tracking_number=parcel.tracking_id if parcel else "",
    )  # fmt: skip
    settled = with_file(known, parcel, now)
    return msgspec.structs.replace(settled, effect=effect, notes=(*settled.notes, _outcome(effect)))


def with_file(label: Label, parcel: PackageDocuments | None, now: datetime) -> Settled:
    """Ready, once there is a file that can be printed; else it is to be fetched."""
    found = None if parcel is None else label_in(parcel)
    if parcel is None or found is None:
        return Settled(label=msgspec.structs.replace(label, state="bought", look_at=now))
    ready = msgspec.structs.replace(
        label, state="ready", why="", look_at=None, format=found[0],
        tracking_number=label.tracking_number or parcel.tracking_id,
    )  # fmt: skip
    over = (ResolveAlert(AlertKind.LABEL_BLOCKED, label.cause), ResolveAlert(AlertKind.LABEL_UNKNOWN, label.cause))
    return Settled(label=ready, notes=(*over, _announced(ready)), file=found[1])


def _unsure(
    label: Label, effect: LabelEffect, reason: str, now: datetime, rules: Rules, request_id: str = ""
) -> Settled:
    later = now + rules.soon * 2 ** min(effect.attempt, 5)
    return Settled(
        label=msgspec.structs.replace(label, look_at=later),
        effect=effect.moved("unknown", "no_answer", reason, request_id),
    )


def _held(label: Label, effect: LabelEffect, text: str, now: datetime) -> Settled:
    del now
    held = msgspec.structs.replace(label, state="held", why="unknown", effect_key="", look_at=None)
    said = (
        f"the answer to the purchase of a label for order {label.order_reference} was lost, and Amazon refuses to "
        f"repeat it: {text}; look there whether one was bought, then `goodsout labels again`"
    )
    ended = effect.moved("dead", "unknown", text)
    alert = RaiseAlert(AlertKind.LABEL_UNKNOWN, label.cause, label.subject, said)
    return Settled(label=held, effect=ended, notes=(alert, _outcome(ended)))


def _turned_down(
    label: Label, effect: LabelEffect, order: StoredOrder, why: NoLabel, now: datetime, rules: Rules
) -> Settled:
    """Certainly not bought. A rate that has expired is asked for anew at once."""
    state: State = "withdrawn" if why.word == "not_sent" else "refused"
    ended = effect.moved(state, why.word, why.text)
    settled = not_bought(label, order, why, now, rules)
    if why.word in ("token_expired", "not_sent"):
        at = now if why.word == "token_expired" else now + rules.soon
        waits = msgspec.structs.replace(settled.label, look_at=at)
        return Settled(label=waits, effect=ended, notes=(_outcome(ended),))
    return msgspec.structs.replace(settled, effect=ended, notes=(*settled.notes, _outcome(ended)))


def after_cancellation(
    label: Label, effect: LabelEffect, answer: Answer[None], now: datetime, rules: Rules
) -> Settled:
    """A refusal is for people: the label is paid, and may not be used."""
    match answer:
        case Done(request_id=request_id):
            ended = effect.moved("live", request_id=request_id)
        case Refused(code=code, text=text):
            ended = effect.moved("refused", code, text)
            said = (
                f"the label of order {label.order_reference} is not wanted, and Amazon does not take it back: {text}"
            )
            alert = RaiseAlert(AlertKind.LABEL_UNKNOWN, label.cause, label.subject, said)
            held = msgspec.structs.replace(label, state="held", why="not_taken_back", effect_key="", look_at=None)
            return Settled(label=held, effect=ended, notes=(alert, _outcome(ended)))
        case Unknown(reason=text) | Throttled(text=text) | NeverLeft(reason=text) | Denied(reason=text):
            return _unsure(label, effect, text, now, rules)
    gone = msgspec.structs.replace(label, state="cancelled", effect_key="", look_at=None)
    over = ResolveAlert(AlertKind.LABEL_BLOCKED, label.cause)
    return Settled(label=gone, effect=ended, notes=(over, _outcome(ended)))


def _outcome(effect: LabelEffect) -> Announce:
    data = OutcomeData(
        kind=effect.kind, subject=effect.subject, account=effect.account, outcome=effect.state,
        reason=effect.reason, detail=effect.detail, attempt=effect.attempt, request_id=effect.request_id,
    )  # fmt: skip
    name = f"outcome-{_hashed(effect.unique_key)}-{effect.state}"
    return Announce(OUTCOMES, f"{LANE}.{effect.state}", OUTCOME, name, msgspec.to_builtins(data))


def _announced(label: Label) -> Announce:
    data = LabelData(
        channel_account=label.channel_account, channel_order_id=label.channel_order_id,
        order_reference=label.order_reference, carrier=label.carrier, service=label.service,
        tracking_number=label.tracking_number, shipment_id=label.shipment_id, format=label.format,
        arrives_by=label.arrives_by,
    )  # fmt: skip
    name = f"label-{_hashed(f'{label.subject}/{label.shipment_id}')}"
    return Announce(LABELS, "label.ready", LABEL_READY, name, msgspec.to_builtins(data))


def _hashed(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()[:40]
