"""Where a purchase order stands that several goods outs make up: the standings of all of them as one."""

from collections.abc import Iterable, Sequence

import msgspec

from handlers.order_standing import LineStanding, Standing, StandingRow
from schemas.terms import Eaches, OrderReference


def whole_standing(rows: Sequence[StandingRow], reference: OrderReference) -> StandingRow | None:
    """By goods out, the first one first; under the order's own name. None where one says nothing of its lines: then
    nothing can be added up.

    Its revision grows with each of theirs, and with each that joins them, so it is newer than any before.
    """
    if not rows or not all(row.lines for row in rows):
        return None
    return StandingRow(
        account=rows[0].account, order_reference=reference, revision=sum(row.revision + 1 for row in rows) - 1,
        standing=_standing(rows), lines=tuple(_added(line for row in rows for line in row.lines)),
        at=max(row.at for row in rows),
    )  # fmt: skip


def _standing(rows: Sequence[StandingRow]) -> Standing:
    """Of the newest goods out that is not cancelled: those before it have left."""
    alive: list[Standing] = [row.standing for row in rows if row.standing != "cancelled"]
    return alive[-1] if alive else "cancelled"


def _added(lines: Iterable[LineStanding]) -> list[LineStanding]:
    """Lines of one name, product and warehouse together. What is set aside counts by what each says most of: one that
    has left may name what left alone."""
    found: dict[tuple[str, str, str], LineStanding] = {}
    for line in lines:
        key, one = (line.line_reference, line.sku, line.warehouse), _counted(line)
        found[key] = one if key not in found else _both(found[key], one)
    return list(found.values())


def _counted(line: LineStanding) -> LineStanding:
    known = [units for units in (line.allocated, line.picked, line.despatched) if units is not None]
    return msgspec.structs.replace(line, allocated=max(known) if known else None)


def _both(one: LineStanding, other: LineStanding) -> LineStanding:
    numbers = [number for number in (one.stock_sequence, other.stock_sequence) if number is not None]
    return msgspec.structs.replace(
        one, ordered=_sum(one.ordered, other.ordered), allocated=_sum(one.allocated, other.allocated),
        picked=_sum(one.picked, other.picked), despatched=_sum(one.despatched, other.despatched),
        cancelled=_sum(one.cancelled, other.cancelled), stock_sequence=max(numbers, default=None),
    )  # fmt: skip


def _sum(one: Eaches | None, other: Eaches | None) -> Eaches | None:
    return None if one is None and other is None else (one or 0) + (other or 0)
