"""The life of a label: bought before its order is released, fetched, taken back; each request a row of the ledger.

A label is made for an address, a carrier and lines: handlers/label_following.py says what becomes of it when they
change, handlers/label_answers.py what an answer makes of it.
"""

import hashlib
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final, Literal, TypeAlias

import msgspec

from handlers.label_choice import Choice
from handlers.ledger import LedgerRow, named
from handlers.notes import Note
from handlers.order_requests import Status
from handlers.sales_orders import StoredOrder
from schemas.amazon_shipping import PurchaseRequest
from schemas.terms import ChannelAccount, ChannelOrderId, OrderReference

LabelState: TypeAlias = Literal[
    "blocked", "buying", "bought", "ready", "used", "cancelling", "cancelled", "held"
]  # fmt: skip
"""`bought`: paid, its file is still to be fetched. `used`: its parcel has left. `held`: nobody knows whether it was
bought, or it is not taken back."""
Step: TypeAlias = Literal["buy", "repeat", "fetch", "compare", "cancel", "use", "forget", "wait"]

PAID: Final[frozenset[LabelState]] = frozenset({"bought", "ready"})
ENDED_THERE: Final[frozenset[Status]] = frozenset({"", "withdrawn", "cancelled", "deleted"})
"""Nothing leaves the warehouse of an order that stands so, or was never there."""
IN_HAND: Final[frozenset[Status]] = frozenset({"draft", "pending", "allocated", "part_allocated", "picking"})


class Label(msgspec.Struct, frozen=True, kw_only=True):
    """What the books hold of an order's label; its file is sealed beside it."""

    channel_account: ChannelAccount
    channel_order_id: ChannelOrderId
    order_reference: OrderReference
    version: int
    """Of the order, that it is right for or could not be bought for."""
    state: LabelState = "blocked"
    why: str = ""
    waits_for: str = ""
    """What is missing: the cause of an alert that it shares."""
    tries: int = 0
    """In a row that came to nothing."""
    effect_key: str = ""
    """The request that is not settled; empty: none."""
    requests: int = 0
    made_for: str = ""
    """A digest of carrier, service and lines; with `made_to`, what it was bought for."""
    made_to: str = ""
    """A digest of the address; empty where none was known."""
    replaces: str = ""
    """The shipment that was taken back, until there is another."""
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
    def last_key(self) -> str:
        """Of the newest request made for it, settled or not."""
        return f"{self.subject}/{self.requests}"

    @property
    def cause(self) -> str:
        """Of alerts about this one alone."""
        return f"{self.channel_account}/{self.channel_order_id}"


class LabelRequest(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked of the channel. Holds no buyer data."""

    channel_account: ChannelAccount
    channel_order_id: ChannelOrderId
    purchase: PurchaseRequest | None = None
    shipment_id: str = ""


class LabelEffect(LedgerRow, frozen=True, kw_only=True):
    """A row of the ledger; its `unique_key` is the idempotency key of a purchase."""

    kind: Literal["buy_label", "cancel_label"]
    payload: LabelRequest


class Rules(msgspec.Struct, frozen=True, kw_only=True):
    again: timedelta = timedelta(minutes=15)
    """Until what could not be bought is tried again."""
    soon: timedelta = timedelta(seconds=10)
    """Until what may pass by itself, or may have happened, is asked for again; pauses double."""
    look: timedelta = timedelta(seconds=60)
    """Until a label is looked at again whose order waits for the warehouse."""
    patience: int = 5
    """Tries in a row after which people hear of what may still pass by itself."""

    def pause(self, tries: int) -> timedelta:
        return self.soon * (1 << min(tries, 5))


class Settled(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be written. `file`: the label, to be sealed."""

    label: Label
    effect: LabelEffect | None = None
    notes: tuple[Note, ...] = ()
    file: bytes | None = None

    def __repr__(self) -> str:
        """Says nothing of the file."""
        return f"Settled({self.label.state})"


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Where the warehouse has the order. `asks`: a request of ours to it is not settled."""

    status: Status = ""
    asks: bool = False


def fresh(order: StoredOrder) -> Label:
    """An order's label before anything was asked for it."""
    account, order_id = order.key
    return Label(
        channel_account=account,
        channel_order_id=order_id,
        order_reference=order.order_reference,
        version=order.version,
    )


def step_of(order: StoredOrder, label: Label, effect: LabelEffect | None, place: Place) -> Step:
    """What is to be done now for an order that is due."""
    if effect is not None:
        return "repeat"
    if label.state in PAID:
        return _step_of_paid(order, label, place)
    wanted = order.state == "ready" or (order.state == "released" and _is_replaced(order, label, place))
    if label.state in ("blocked", "cancelled") and wanted:
        return "buy"
    return "forget" if label.state == "blocked" else "wait"


def _step_of_paid(order: StoredOrder, label: Label, place: Place) -> Step:
    if has_left(order, place):
        return "use"
    if order.order.status in ("cancelled", "refunded"):
        return "cancel" if place.status in ENDED_THERE and not place.asks else "wait"
    if label.version != order.version:
        return "compare"
    return "fetch" if label.state == "bought" else "wait"


def has_left(order: StoredOrder, place: Place) -> bool:
    """With this label, or with another: it is of no use any more, and cannot be taken back."""
    return place.status == "completed" or order.order.status == "despatched"


def _is_replaced(order: StoredOrder, label: Label, place: Place) -> bool:
    """The warehouse has the order, and its label was taken back for one that is right."""
    return bool(label.replaces) and order.order.status == "open" and place.status in IN_HAND


# Requests.


def made_for(order: StoredOrder) -> str:
    """Of what a label is bought for, all but the address. Empty where nothing is cleared."""
    if order.cleared is None:
        return ""
    lines = [[line.line_reference, line.sku, line.quantity] for line in order.cleared.lines if line.quantity > 0]
    said = msgspec.json.encode([order.cleared.carrier, order.cleared.carrier_service, sorted(lines)])
    return hashlib.sha256(said).hexdigest()


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
        tracking_number="", made_for=made_for(order), made_to="", look_at=now,
    )  # fmt: skip
    return Settled(label=buying, effect=effect)


def bound_to(settled: Settled, made_to: str) -> Settled:
    """A purchase for the address of this digest."""
    return msgspec.structs.replace(settled, label=msgspec.structs.replace(settled.label, made_to=made_to))


def cancellation(label: Label, now: datetime, why: str) -> Settled:
    """A label that was bought is given back: the request is a row before it leaves."""
    effect = _effect("cancel_label", label, now, shipment_id=label.shipment_id)
    going = msgspec.structs.replace(
        label, state="cancelling", why=why, effect_key=effect.unique_key, requests=label.requests + 1, look_at=now,
        waits_for="",
    )  # fmt: skip
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
        attempt=1,
        payload=msgspec.structs.replace(request, **more),
        due=now,
        sent_at=now,
        received_at=now,
    )


def put_off(label: Label, now: datetime, rules: Rules) -> Settled:
    """Nothing can be said yet."""
    return Settled(label=msgspec.structs.replace(label, look_at=now + rules.look))


def repeated(effect: LabelEffect, now: datetime) -> LabelEffect:
    """Once more, by the same key."""
    return msgspec.structs.replace(effect, state="sent", attempt=effect.attempt + 1, sent_at=now)
