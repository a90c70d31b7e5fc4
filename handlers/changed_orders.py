"""A purchase order after the changes that were put upon it.

What holds is reckoned anew from the last whole order and every change since. What has left cannot be ordered less any
more: such a line stays at what has left, and people hear of it.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import msgspec

from handlers.change_dates import LineRefused, odd_dates
from handlers.changed_lines import DoesNotFit, changed, counted, ended
from handlers.purchase_orders import is_cancelled
from schemas.purchase_order import PoLineNumber, PurchaseOrder
from schemas.purchase_order_change import PurchaseOrderChange


class TooLate(msgspec.Struct, frozen=True):
    """A line of which more has left than the retailer still wants, in the line's units."""

    line: PoLineNumber
    wanted: int
    gone: int

    def __str__(self) -> str:
        return f"line {self.line}: {self.wanted} are wanted now, and {self.gone} have left"


class Applied(msgspec.Struct, frozen=True):
    """The order as it is after all changes. `refused`: lines that stand as they did before."""

    order: PurchaseOrder
    too_late: tuple[TooLate, ...] = ()
    refused: tuple[LineRefused, ...] = ()


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
    order, transport, refused = base, base.transport, dict[PoLineNumber, str]()
    for change in changes:
        order, transport = _with(order, change, refused, believed=believed), change.transport
    wanted = {line.number: line.ordered.amount for line in order.lines}
    if order.state == "cancelled":
        wanted = dict.fromkeys(wanted, 0)
    late = tuple(TooLate(line, units, gone[line]) for line, units in wanted.items() if gone.get(line, 0) > units)
    order = msgspec.structs.replace(order, changed_at=max(at, order.ordered_at), transport=transport)
    return Applied(_with_gone(order, late), late, tuple(LineRefused(*one) for one in refused.items()))


def _with_gone(order: PurchaseOrder, late: Sequence[TooLate]) -> PurchaseOrder:
    """What has left stays ordered, also in an order that is cancelled as a whole."""
    if not late:
        return order
    kept, cancelled = {one.line: one.gone for one in late}, order.state == "cancelled"
    lines = [
        counted(line, kept[line.number]) if line.number in kept else ended(line) if cancelled else line
        for line in order.lines
    ]
    return msgspec.structs.replace(order, lines=tuple(lines), state="new" if cancelled else order.state)


def _with(
    order: PurchaseOrder, change: PurchaseOrderChange, refused: dict[PoLineNumber, str], *, believed: bool
) -> PurchaseOrder:
    """`refused` is kept: a line that is told again, and fits, is refused no more."""
    if order.state in ("closed", "cancelled"):
        raise DoesNotFit(f"the order is {order.state} at the retailer")
    if change.vendor_code and change.vendor_code != order.vendor.party_id:
        raise DoesNotFit(f"it is for vendor {change.vendor_code}, and the order is for {order.vendor.party_id}")
    if change.cancels:
        return msgspec.structs.replace(order, state="cancelled", state_word="")
    dated = msgspec.structs.replace(
        order,
        state="new",
        state_word="",
        ship_window=change.ship_window or order.ship_window,
        delivery_window=change.delivery_window or order.delivery_window,
    )
    odd = {} if believed else {one.number: why for one in change.lines if (why := odd_dates(one, dated))}
    if odd and len(odd) == len(change.lines) and dated == order:
        raise DoesNotFit("; ".join(str(LineRefused(*one)) for one in odd.items()))
    lines = {line.number: line for line in order.lines}
    for one in change.lines:
        refused.pop(one.number, None)
        if one.number not in odd:
            lines[one.number] = changed(lines.get(one.number), one, believed=believed)
    refused.update(odd)
    return msgspec.structs.replace(dated, lines=tuple(lines.values()))


def ends_all(order: PurchaseOrder) -> bool:
    """Nothing of it is wanted any more: there is nothing to promise, and only that to be said."""
    return order.state == "cancelled" or all(is_cancelled(line) for line in order.lines)
