"""One line of a purchase order after a change: what it names and how many, or why the change cannot be of it.

A change that does not fit what is held is refused with its reason: nothing of it is guessed.
"""

import msgspec

from handlers.purchase_orders import is_cancelled, shown_cost
from schemas.purchase_order import CountedIn, PurchaseOrderLine
from schemas.purchase_order_change import LineChange


class DoesNotFit(ValueError):
    """A change that cannot be of the order that is held. The text says why."""


def changed(line: PurchaseOrderLine | None, change: LineChange, *, believed: bool) -> PurchaseOrderLine:
    """The line after a change; None: it is not in the order. Raises DoesNotFit."""
    if line is None:
        return _added(change, believed=believed)
    if change.added and not believed and not is_cancelled(line):
        raise DoesNotFit(f"line {line.number} is added, and is in the order already")
    if change.cancelled:
        return ended(line)
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


def counted(line: PurchaseOrderLine, units: int) -> PurchaseOrderLine:
    """With so many units ordered: at none it is cancelled."""
    return msgspec.structs.replace(
        line, ordered=msgspec.structs.replace(line.ordered, amount=units), cancelled=units == 0
    )


def ended(line: PurchaseOrderLine) -> PurchaseOrderLine:
    """Cancelled, as it stays in the order."""
    return counted(line, 0)
