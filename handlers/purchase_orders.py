"""A retailer's purchase order as the books hold it, and what a new reading of it changes.

A purchase order changes even after it was acknowledged, and is told late and more than once. Its own time of change
decides which reading is newest. A newer one that differs is an amendment, and every difference has a name. A reading
that cannot belong to the order that we hold is a contradiction: nothing of it is taken, and people are told.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final, Literal, TypeAlias

import msgspec

from schemas.purchase_order import (
    Cost,
    CountedIn,
    PoLineNumber,
    PurchaseOrder,
    PurchaseOrderLine,
    PurchaseOrderNumber,
    Window,
)
from schemas.terms import ChannelAccount

Key: TypeAlias = tuple[ChannelAccount, PurchaseOrderNumber]
Word: TypeAlias = Literal["new", "unchanged", "amended", "stale", "contradicts"]
State: TypeAlias = Literal["received", "held", "answered", "ended"]
"""`received`: this version is not judged yet. `held`: something is in the way of an answer, and it says what.
`answered`: this version is answered, by us or by hand. `ended`: closed or cancelled by its retailer."""

DifferenceKind: TypeAlias = Literal[
    "added", "cancelled", "quantity", "unit", "cost", "identifiers", "backorder", "ship_window",
    "delivery_window", "destination", "bill_to", "freight", "deal",
]  # fmt: skip
WANTS_AN_ANSWER: Final[frozenset[DifferenceKind]] = frozenset(
    {"added", "cancelled", "quantity", "unit", "cost", "identifiers", "backorder", "ship_window", "delivery_window"}
)
"""What an acknowledgement has to answer anew; the others are shown to people."""
WHOLE: Final = PoLineNumber("")
"""The line of a difference that concerns the whole order."""


class Difference(msgspec.Struct, frozen=True):
    """What a newer reading says otherwise; both sides as people read them."""

    kind: DifferenceKind
    line: PoLineNumber
    before: str
    after: str

    def __str__(self) -> str:
        where = f"line {self.line}: " if self.line else ""
        return f"{where}{self.kind} {self.before or 'none'} -> {self.after or 'none'}"


class StoredPurchaseOrder(msgspec.Struct, frozen=True, kw_only=True):
    """A purchase order in the books. `version` grows with every amendment."""

    order: PurchaseOrder
    version: int = 1
    state: State = "received"
    content_hash: str
    heard_at: datetime
    """When we first read it."""
    amended_at: datetime | None = None
    """Since when an amendment wants an answer; None: nothing but the order itself does, or it was never answered."""
    answered_version: int = 0

    @property
    def key(self) -> Key:
        return self.order.channel_account, self.order.number


class Heard(msgspec.Struct, frozen=True):
    """What a reading changes; `after` is to be saved, unless it is `stale` or `contradicts`."""

    word: Word
    after: StoredPurchaseOrder
    differences: tuple[Difference, ...] = ()
    contradiction: str = ""


class Contradictory(ValueError):
    """The reading contradicts itself: none of it may be taken. The text says where."""


def as_of(order: PurchaseOrder) -> datetime:
    """When the retailer made it what it is."""
    return order.changed_at or order.ordered_at


def content_hash(order: PurchaseOrder) -> str:
    """Of what the retailer wants, but not of when and by which transport it said so, or of how far it has got."""
    plain = msgspec.structs.replace(
        order, changed_at=None, state="new", state_word="", transport="sp_api", lines=_by_number(order)
    )
    return hashlib.sha256(msgspec.json.encode(plain, order="deterministic")).hexdigest()


def _by_number(order: PurchaseOrder) -> tuple[PurchaseOrderLine, ...]:
    return tuple(sorted(order.lines, key=lambda line: line.number))


def hear(order: PurchaseOrder, known: StoredPurchaseOrder | None, at: datetime) -> Heard:
    """What the books should say after this reading. Raises Contradictory where it contradicts itself."""
    check(order)
    seen = content_hash(order)
    if known is None:
        return Heard("new", _ended(StoredPurchaseOrder(order=order, content_hash=seen, heard_at=at)))
    if why := _another(order, known.order):
        return Heard("contradicts", known, (), why)
    if as_of(order) < as_of(known.order):
        return Heard("stale", known)
    if seen == known.content_hash:
        return Heard("unchanged", _ended(msgspec.structs.replace(known, order=order)))
    return _newer(order, known, seen, at)


def _newer(order: PurchaseOrder, known: StoredPurchaseOrder, seen: str, at: datetime) -> Heard:
    if gone := {line.number for line in known.order.lines} - {line.number for line in order.lines}:
        why = f"line {', '.join(sorted(gone))} is no longer in it; a cancelled line stays, with quantity 0"
        return Heard("contradicts", known, (), why)
    if as_of(order) == as_of(known.order) and order.transport == known.order.transport == "sp_api":
        why = f"it differs from what was read before, and both were made at {as_of(order):%Y-%m-%d %H:%M:%S} UTC"
        return Heard("contradicts", known, differences(known.order, order), why)
    found = differences(known.order, order)
    after = msgspec.structs.replace(known, order=order, content_hash=seen, version=known.version + 1)
    if any(one.kind in WANTS_AN_ANSWER for one in found):
        amended = msgspec.structs.replace(after, state="received", amended_at=_asked_at(order, known, at))
        return Heard("amended", _ended(amended), found)
    answered = after.version if known.answered_version == known.version else known.answered_version
    return Heard("amended", _ended(msgspec.structs.replace(after, answered_version=answered)), found)


def _asked_at(order: PurchaseOrder, known: StoredPurchaseOrder, at: datetime) -> datetime | None:
    """Since when an answer is owed. What was not answered before it was changed is still owed since then."""
    return (order.changed_at or at) if known.answered_version == known.version else known.amended_at


def _ended(stored: StoredPurchaseOrder) -> StoredPurchaseOrder:
    """Closed or cancelled at the retailer: nothing more is asked of us."""
    over = stored.order.state in ("closed", "cancelled")
    return msgspec.structs.replace(stored, state="ended") if over else stored


def check(order: PurchaseOrder) -> None:
    """Raises Contradictory where a reading cannot be true, whatever we hold."""
    if not order.lines:
        raise Contradictory("it has no lines")
    if twice := [number for number, times in Counter(line.number for line in order.lines).items() if times > 1]:
        raise Contradictory(f"line {', '.join(twice[:3])} stands in it more than once")
    if negative := [line.number for line in order.lines if line.ordered.amount < 0]:
        raise Contradictory(f"line {', '.join(negative[:3])} orders less than nothing")
    for name, window in (("ship", order.ship_window), ("delivery", order.delivery_window)):
        if window is not None and window.end < window.start:
            raise Contradictory(f"its {name} window ends before it begins")
    if order.changed_at is not None and order.changed_at < order.ordered_at:
        raise Contradictory("it was changed before it was placed")


def _another(order: PurchaseOrder, known: PurchaseOrder) -> str:
    """Why this is another order under the same number; empty where it is the same one."""
    if order.vendor.party_id != known.vendor.party_id:
        return f"it is for vendor {order.vendor.party_id}, and was for {known.vendor.party_id}"
    if order.ordered_at != known.ordered_at and order.transport == known.transport:
        times = [f"{one.ordered_at:%Y-%m-%d %H:%M} UTC" for one in (order, known)]
        return f"it was placed at {times[0]}, and before that at {times[1]}"
    return ""


def differences(before: PurchaseOrder, after: PurchaseOrder) -> tuple[Difference, ...]:
    """Every difference that means something, the whole order's first, then line by line."""
    lines = {line.number: line for line in before.lines}
    found = [*_of_order(before, after)]
    for line in after.lines:
        found += _of_line(lines.get(line.number), line)
    return tuple(found)


def _of_order(before: PurchaseOrder, after: PurchaseOrder) -> Iterable[Difference]:
    old, new = _whole(before), _whole(after)
    return [Difference(kind, WHOLE, old[kind], new[kind]) for kind in old if old[kind] != new[kind]]


def _whole(order: PurchaseOrder) -> Mapping[DifferenceKind, str]:
    """What concerns every line, as people read it."""
    return {
        "ship_window": shown_window(order.ship_window),
        "delivery_window": shown_window(order.delivery_window),
        "destination": order.ship_to.party_id if order.ship_to else "",
        "bill_to": order.bill_to.party_id if order.bill_to else "",
        "freight": order.freight,
        "deal": order.deal,
    }


def _of_line(before: PurchaseOrderLine | None, after: PurchaseOrderLine) -> list[Difference]:
    if before is None:
        return [Difference("added", after.number, "", shown(after.ordered))]
    if is_cancelled(after) and not is_cancelled(before):
        return [Difference("cancelled", after.number, shown(before.ordered), shown(after.ordered))]
    old, new = _each(before), _each(after)
    return [Difference(kind, after.number, old[kind], new[kind]) for kind in old if old[kind] != new[kind]]


def _each(line: PurchaseOrderLine) -> Mapping[DifferenceKind, str]:
    return {
        "quantity": str(line.ordered.amount),
        "unit": _unit(line.ordered),
        "cost": shown_cost(line.net_cost),
        "identifiers": _names(line),
        "backorder": "allowed" if line.backorder_allowed else "not allowed",
    }


def is_cancelled(line: PurchaseOrderLine) -> bool:
    """Nothing of it is wanted any more."""
    return line.cancelled or line.ordered.amount == 0


def shown(counted: CountedIn) -> str:
    return f"{counted.amount} {_unit(counted)}"


def _unit(counted: CountedIn) -> str:
    size = f" of {counted.unit_size}" if counted.unit == "case" and counted.unit_size is not None else ""
    return counted.unit + size


def shown_cost(cost: Cost | None) -> str:
    return "" if cost is None else f"{cost.amount} {cost.currency}"


def shown_window(window: Window | None) -> str:
    return "" if window is None else f"{window.start:%Y-%m-%d %H:%M} to {window.end:%Y-%m-%d %H:%M}"


def _names(line: PurchaseOrderLine) -> str:
    return ", ".join(f"{one.kind} {one.value}" for one in line.identifiers)
