"""A retailer's change documents, put upon the order that they change.

A change says only what is otherwise. They come late, twice and out of order, so what holds is reckoned anew from the
last whole order and every change since, in the order in which the retailer made them: a late one takes its place and
spoils no later one. What has left cannot be ordered less any more: such a line stays at what has left, and people
hear of it. A change that does not fit what is held is refused with its reason: nothing of it is guessed.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final, Literal, TypeAlias

import msgspec

from handlers.purchase_orders import content_hash, is_cancelled, shown_cost
from schemas.purchase_order import (
    CountedIn,
    PoLineNumber,
    PurchaseOrder,
    PurchaseOrderLine,
)
from schemas.purchase_order_change import LineChange, PurchaseOrderChange

State: TypeAlias = Literal["waiting", "applied", "refused", "superseded"]
"""`waiting`: its order has not come. `superseded`: the retailer sent the whole order anew since."""
CHANGE_DOCUMENTS: Final = frozenset({"860", "ORDCHG"})
"""They are answered as changes; an order that was sent again is answered as an order."""
REPLACED: Final = frozenset({"05", "5"})
CHANGED: Final = frozenset({"04", "4"})
"""The words with which an order is sent again: as a whole, or only what changes."""
OF_ORDERS: Final = {"x12": "850", "edifact": "ORDERS"}


class Filed(msgspec.Struct, frozen=True, kw_only=True):
    """A change in the books. `place` counts those of one order as they came; `version`: of the order that it made."""

    place: int
    change: PurchaseOrderChange
    heard_at: datetime
    state: State
    version: int = 0


class TooLate(msgspec.Struct, frozen=True):
    """A line of which more has left than the retailer still wants, in the line's units."""

    line: PoLineNumber
    wanted: int
    gone: int

    def __str__(self) -> str:
        return f"line {self.line}: {self.wanted} are wanted now, and {self.gone} have left"


class Applied(msgspec.Struct, frozen=True):
    """The order as it is after all changes."""

    order: PurchaseOrder
    too_late: tuple[TooLate, ...] = ()


class DoesNotFit(ValueError):
    """A change that cannot be of the order that is held. The text says why."""


Verdict: TypeAlias = Literal["apply", "wait", "duplicate", "stale", "refuse"]


def digest_of(change: PurchaseOrderChange) -> str:
    """Of all that it says: the same change sent again, under whatever control number, has the same."""
    return hashlib.sha256(msgspec.json.encode(change, order="deterministic")).hexdigest()


def first_look(
    change: PurchaseOrderChange, base: PurchaseOrder | None, filed: Sequence[Filed]
) -> tuple[Verdict, str]:
    """What becomes of a change that comes, before it is held against the order, and why.

    `base`: the last whole order; None: it has not come.
    """
    if any(digest_of(one.change) == digest_of(change) for one in filed):
        return "duplicate", ""
    standing = [one for one in filed if one.state != "refused"]
    same = [one for one in standing if change.sequence is not None and one.change.sequence == change.sequence]
    if same:
        return "refuse", f"change {change.sequence} of this order came before, and said otherwise"
    if base is None:
        return "wait", ""
    gone = [one.change.sequence or 0 for one in standing if one.state == "superseded"]
    if change.sequence is not None and gone and change.sequence < max(gone):
        return "stale", ""
    ended = change.changed_on is not None and base.changed_at is not None
    if ended and change.changed_on + timedelta(days=1) <= base.changed_at:  # type: ignore[operator]  # both are there
        return "stale", ""
    return "apply", ""


def is_newer(filed: Iterable[Filed], version: int) -> bool:
    """Whether the order was told as a whole, by whatever transport, since these were put upon it."""
    return version > max((one.version for one in filed if one.state == "applied"), default=version)


def in_order(filed: Iterable[Filed]) -> list[Filed]:
    """As the retailer made them: by its counter where each has one, else by the day, then as they came."""
    found = list(filed)
    if all(one.change.sequence is not None for one in found):
        return sorted(found, key=lambda one: (one.change.sequence, one.place))
    return sorted(found, key=lambda one: (one.change.changed_on or one.heard_at, one.place))


def missing(filed: Iterable[Filed]) -> list[int]:
    """Numbers that the retailer's counter left out between the first and the last that came."""
    known = {one.change.sequence for one in filed if one.change.sequence is not None and one.state != "refused"}
    return sorted(set(range(min(known), max(known))) - known) if known else []


def after_all(
    base: PurchaseOrder,
    changes: Iterable[PurchaseOrderChange],
    gone: Mapping[PoLineNumber, int],
    at: datetime,
    *,
    believed: bool = False,
) -> Applied:
    """The order after these changes, in their order. `gone`: units of each line that have left. Raises DoesNotFit.

    `believed`: a person says that what the documents tell holds, also where it is not as it was said to be.
    """
    order, transport = base, base.transport
    for change in changes:
        order, transport = _with(order, change, believed=believed), change.transport
    wanted = {line.number: line.ordered.amount for line in order.lines}
    if order.state == "cancelled":
        wanted = dict.fromkeys(wanted, 0)
    late = tuple(TooLate(line, units, gone[line]) for line, units in wanted.items() if gone.get(line, 0) > units)
    order = msgspec.structs.replace(order, changed_at=max(at, order.ordered_at), transport=transport)
    return Applied(_with_gone(order, late), late)


def _with_gone(order: PurchaseOrder, late: Sequence[TooLate]) -> PurchaseOrder:
    """What has left stays ordered, also in an order that is cancelled as a whole."""
    if not late:
        return order
    kept, cancelled = {one.line: one.gone for one in late}, order.state == "cancelled"
    lines = [
        _counted(line, kept[line.number]) if line.number in kept else _ended(line) if cancelled else line
        for line in order.lines
    ]
    return msgspec.structs.replace(order, lines=tuple(lines), state="new" if cancelled else order.state)


def _counted(line: PurchaseOrderLine, units: int) -> PurchaseOrderLine:
    return msgspec.structs.replace(
        line, ordered=msgspec.structs.replace(line.ordered, amount=units), cancelled=units == 0
    )


def _ended(line: PurchaseOrderLine) -> PurchaseOrderLine:
    return _counted(line, 0)


def _with(order: PurchaseOrder, change: PurchaseOrderChange, *, believed: bool) -> PurchaseOrder:
    if order.state in ("closed", "cancelled"):
        raise DoesNotFit(f"the order is {order.state} at the retailer")
    if change.vendor_code and change.vendor_code != order.vendor.party_id:
        raise DoesNotFit(f"it is for vendor {change.vendor_code}, and the order is for {order.vendor.party_id}")
    if change.cancels:
        return msgspec.structs.replace(order, state="cancelled", state_word="")
    lines = {line.number: line for line in order.lines}
    for one in change.lines:
        lines[one.number] = _line(lines.get(one.number), one, believed=believed)
    return msgspec.structs.replace(
        order,
        state="new",
        state_word="",
        ship_window=change.ship_window or order.ship_window,
        delivery_window=change.delivery_window or order.delivery_window,
        lines=tuple(lines.values()),
    )


def _line(line: PurchaseOrderLine | None, change: LineChange, *, believed: bool) -> PurchaseOrderLine:
    if line is None:
        return _added(change, believed=believed)
    if change.added and not believed and not is_cancelled(line):
        raise DoesNotFit(f"line {line.number} is added, and is in the order already")
    if change.cancelled:
        return _ended(line)
    if change.changes == "nothing":
        return line
    _check_item(line, change)
    ordered = _ordered(line, change, believed=believed)
    if not believed:
        _check_repeated(line, ordered, change)
    return msgspec.structs.replace(
        line,
        ordered=ordered,
        cancelled=ordered.amount == 0,
        net_cost=change.net_cost or line.net_cost,
        identifiers=line.identifiers if _same_item(line, change) else change.identifiers,
    )


def _added(change: LineChange, *, believed: bool) -> PurchaseOrderLine:
    if not (change.added or change.may_add or believed):
        raise DoesNotFit(f"line {change.number} is not in the order")
    if change.amount is None or change.unit is None or not change.identifiers:
        raise DoesNotFit(f"line {change.number} is not in the order, and is not told whole")
    return PurchaseOrderLine(
        number=change.number,
        identifiers=change.identifiers,
        ordered=CountedIn(change.amount, change.unit, change.unit_size),
        net_cost=change.net_cost,
        cancelled=change.amount == 0,
    )


def _same_item(line: PurchaseOrderLine, change: LineChange) -> bool:
    """A change may name an item by some of its names; nothing is lost of the others."""
    known = {(one.kind, one.value) for one in line.identifiers}
    return not change.identifiers or any((one.kind, one.value) in known for one in change.identifiers)


def _check_item(line: PurchaseOrderLine, change: LineChange) -> None:
    if change.changes != "all" and not _same_item(line, change):
        names = ", ".join(one.value for one in change.identifiers)
        raise DoesNotFit(f"line {line.number} is of another item than {names}")


def _ordered(line: PurchaseOrderLine, change: LineChange, *, believed: bool) -> CountedIn:
    before = line.ordered
    amount = before.amount if change.amount is None else change.amount
    if change.by is not None:
        amount = before.amount + (change.by if change.direction == "up" else -change.by)
    if amount < 0:
        raise DoesNotFit(f"line {line.number} is to go down by {change.by}, and {before.amount} are ordered")
    unit = change.unit or before.unit
    size = change.unit_size if change.unit_size is not None else before.unit_size if unit == before.unit else None
    wrong_way = (change.direction == "up" and amount < before.amount) or (
        change.direction == "down" and amount > before.amount
    )
    if wrong_way and not believed:
        raise DoesNotFit(f"line {line.number} is said to go {change.direction}, from {before.amount} to {amount}")
    return CountedIn(amount, unit, size)


def _check_repeated(line: PurchaseOrderLine, ordered: CountedIn, change: LineChange) -> None:
    """What a change repeats and does not change must be as it is held: else one of the two is misread."""
    if change.changes in ("cost", "dates") and ordered != line.ordered:
        what = f"{ordered.amount} {ordered.unit}, where {line.ordered.amount} {line.ordered.unit} are ordered"
        raise DoesNotFit(f"line {line.number} changes its {change.changes} alone, and names {what}")
    cost = change.net_cost
    if change.changes in ("quantity", "dates") and cost is not None and cost != line.net_cost:
        what = f"a cost of {shown_cost(cost)}, where it is {shown_cost(line.net_cost) or 'not told'}"
        raise DoesNotFit(f"line {line.number} changes its {change.changes} alone, and names {what}")


# An order that is sent again.


def sent_again(
    order: PurchaseOrder, known: PurchaseOrder | None, base: PurchaseOrder | None, at: datetime
) -> PurchaseOrder | PurchaseOrderChange | None:
    """What an order that comes by EDI stands for. None: it is one that is held already, sent once more.

    `base`: the last whole order, where changes were put upon it since.
    """
    if order.state_word in CHANGED:
        return as_change(order)
    if known is None:
        return _newer(order, order, at) if order.state_word in REPLACED else order
    if order.state == "cancelled":
        return msgspec.structs.replace(as_change(order), cancels=True, lines=())
    again = order.state_word not in REPLACED or (base is not None and base.state_word in REPLACED)
    if base is not None and again and content_hash(order) == content_hash(base):
        return None
    if order.state_word not in REPLACED or content_hash(order) == content_hash(known):
        return order
    there = {line.number for line in order.lines}
    gone = [_ended(line) for line in known.lines if line.number not in there]
    return _newer(msgspec.structs.replace(order, lines=(*order.lines, *gone)), known, at)


def _newer(order: PurchaseOrder, known: PurchaseOrder, at: datetime) -> PurchaseOrder:
    """A replacement is newer than the order that it replaces, also where that comes after it."""
    return msgspec.structs.replace(order, ordered_at=known.ordered_at, changed_at=max(at, known.ordered_at))


def as_change(order: PurchaseOrder) -> PurchaseOrderChange:
    """An order that was sent for what changes: what it does not name stays."""
    return PurchaseOrderChange(
        channel_account=order.channel_account,
        number=order.number,
        transport=order.transport,
        document=OF_ORDERS[order.transport],
        vendor_code=order.vendor.party_id,
        ship_window=order.ship_window,
        delivery_window=order.delivery_window,
        lines=tuple(_line_change(line) for line in order.lines),
    )


def _line_change(line: PurchaseOrderLine) -> LineChange:
    ordered = line.ordered
    return LineChange(
        number=line.number, code="", may_add=True, cancelled=line.cancelled, amount=ordered.amount,
        unit=ordered.unit, unit_size=ordered.unit_size, identifiers=line.identifiers, net_cost=line.net_cost,
    )  # fmt: skip


# What an answer repeats of the changes that it answers.


class Echo(msgspec.Struct, frozen=True):
    """`codes`: the retailer's word for each line that was changed since the last answer."""

    newest: PurchaseOrderChange
    codes: Mapping[PoLineNumber, str]


def echo(filed: Iterable[Filed], answered_version: int) -> Echo | None:
    """None where the order stands as it was placed, or as it was last sent as a whole."""
    standing = [one for one in in_order(filed) if one.state == "applied"]
    if not standing or standing[-1].change.document not in CHANGE_DOCUMENTS:
        return None
    codes = {
        line.number: line.code for one in standing if one.version > answered_version for line in one.change.lines
    }
    return Echo(standing[-1].change, codes)


def ends_all(order: PurchaseOrder) -> bool:
    """Nothing of it is wanted any more: there is nothing to promise, and only that to be said."""
    return order.state == "cancelled" or all(is_cancelled(line) for line in order.lines)
