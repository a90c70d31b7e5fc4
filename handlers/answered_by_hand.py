"""What somebody answered in the retailer's own pages, in the words of an answer of ours: as its status shows it, or
as a person tells it."""

from collections.abc import Iterable, Mapping
from datetime import datetime

import msgspec

from schemas.purchase_order import (
    Acknowledgement,
    LineAcknowledgement,
    LineAnswer,
    LineStatus,
    PoLineNumber,
    PurchaseOrder,
    PurchaseOrderStatus,
)


def found_by_hand(order: PurchaseOrder, status: PurchaseOrderStatus, now: datetime) -> Acknowledgement | None:
    """The answer that somebody gave at the retailer's own pages; None where a line is not answered there yet."""
    lines = {line.number: line for line in order.lines}
    if any(line.standing == "unconfirmed" and line.ordered.amount for line in status.lines):
        return None
    answered = [
        LineAcknowledgement(
            number=line.number, identifiers=lines[line.number].identifiers, ordered=line.ordered,
            net_cost=lines[line.number].net_cost, answers=tuple(parts_shown(line.ordered.amount, line)),
        )
        for line in status.lines
        if line.number in lines and line.ordered.amount
    ]  # fmt: skip
    return Acknowledgement(
        number=order.number, vendor=order.vendor, ship_to=order.ship_to, ordered_at=order.ordered_at,
        acknowledged_at=now, lines=tuple(answered),
    )  # fmt: skip


def told_by_hand(order: PurchaseOrder, accepted: Mapping[PoLineNumber, int], now: datetime) -> Acknowledgement:
    """The same as a person tells it: so many units of each line, the rest rejected for now. Raises ValueError where a
    line is not told of, is told of without being there, or more of it than was ordered."""
    wanted = {line.number: line for line in order.lines if line.ordered.amount}
    if wanted.keys() != accepted.keys():
        odd = ", ".join(sorted(wanted.keys() ^ accepted.keys()))
        raise ValueError(f"tell how much was accepted of each line of {order.number}, and of no other; see {odd}")
    if over := [number for number, units in accepted.items() if not 0 <= units <= wanted[number].ordered.amount]:
        raise ValueError(f"line {over[0]} of {order.number}: {wanted[over[0]].ordered.amount} were ordered")
    lines = tuple(
        LineStatus(
            number=number, standing="accepted", ordered=line.ordered, accepted=accepted[number],
            rejected=line.ordered.amount - accepted[number],
        )
        for number, line in wanted.items()
    )  # fmt: skip
    answer = found_by_hand(
        order, PurchaseOrderStatus(number=order.number, open=True, updated_at=now, lines=lines), now
    )
    assert answer is not None, "each line is answered"
    return answer


def parts_shown(ordered: int, line: LineStatus) -> Iterable[LineAnswer]:
    """What is neither accepted nor rejected there stands as backordered: it was answered, and is not refused."""
    rest = ordered - line.accepted - line.rejected
    counted = line.ordered
    if line.accepted:
        yield LineAnswer(code="accepted", quantity=msgspec.structs.replace(counted, amount=line.accepted))
    if rest > 0:
        yield LineAnswer(code="backordered", quantity=msgspec.structs.replace(counted, amount=rest))
    if line.rejected:
        rejected = msgspec.structs.replace(counted, amount=line.rejected)
        yield LineAnswer(code="rejected", quantity=rejected, reason="temporarily_unavailable")
