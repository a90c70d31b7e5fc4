"""What of a purchase order each of its goods outs is to have: what has left is over, and the rest is another one.

A goods out that has left takes nothing more, and a second one under its number would look like a double. So what is
accepted of a back-order afterwards goes under the order's number with a suffix, released and told like any.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import msgspec

from handlers.purchase_order_judgement import JudgedLine
from handlers.warehouse_orders import WantedLine
from schemas.purchase_order import PoLineNumber, PurchaseOrderNumber
from schemas.terms import ChannelOrderId, Eaches, Sku


class GoodsOut(msgspec.Struct, frozen=True, kw_only=True):
    """One that the books have. `had`: eaches (of a kit: kits) of each line that the warehouse was told to send in it,
    and `leave_by` when: what it is held to once it has left."""

    reference: ChannelOrderId
    had: Mapping[PoLineNumber, Eaches] = {}
    left: bool = False
    leave_by: datetime | None = None


class Share(msgspec.Struct, frozen=True, kw_only=True):
    """`wanted`: of each line, in this goods out. `part` counts those of the order from 1."""

    out: GoodsOut
    part: int
    wanted: Mapping[PoLineNumber, Eaches]


def reference_of(number: PurchaseOrderNumber, part: int) -> ChannelOrderId:
    return ChannelOrderId(number if part == 1 else f"{number}-{part}")


def shares(
    number: PurchaseOrderNumber, wanted: Mapping[PoLineNumber, Eaches], outs: Sequence[GoodsOut]
) -> list[Share]:
    """Who has what, in the order of the goods outs: each keeps what it had, as far as it is wanted still. The last
    takes all the rest; where it has left, a new one does."""
    rest, found, known = dict(wanted), list[Share](), outs or [GoodsOut(reference=reference_of(number, 1))]
    for part, out in enumerate(known, 1):
        keeps = out.left or part < len(known)
        mine = {line: min(units, out.had.get(line, 0)) if keeps else units for line, units in rest.items()}
        rest = {line: units - mine[line] for line, units in rest.items()}
        found.append(Share(out=out, part=part, wanted=mine))
    if any(rest.values()):
        part = len(found) + 1
        found.append(Share(out=GoodsOut(reference=reference_of(number, part)), part=part, wanted=rest))
    return found


def had_of(told: Iterable[WantedLine], lines: Iterable[JudgedLine]) -> dict[PoLineNumber, Eaches]:
    """What the warehouse was told of each line; of a kit as many as its scarcest component makes."""
    sums: dict[PoLineNumber, dict[Sku, Eaches]] = {}
    for line in told:
        goods = sums.setdefault(PoLineNumber(line.line_reference), {})
        goods[line.sku] = goods.get(line.sku, 0) + line.quantity
    return {
        line.number: min(
            (sums.get(line.number, {}).get(need.sku, 0) // need.quantity for need in line.needs), default=0
        )
        for line in lines
    }
