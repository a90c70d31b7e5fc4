"""What the warehouse itself says it has set aside for a purchase order, and what of it may be accepted.

`process`: only what is allocated counts, and nothing before the warehouse has said so. `reserve`: what our books hold
counts until the warehouse has set aside less than it was asked for: its word on an order beats ours. A standing of a
goods out that we took back ourselves says nothing of the order as it is now.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final

import msgspec

from handlers.order_requests import Status
from handlers.order_standing import LineStanding, StandingRow
from handlers.purchase_order_judgement import JudgedLine, Judgement
from handlers.purchase_order_release import Mode, ReleaseRules
from handlers.purchase_orders import StoredPurchaseOrder
from handlers.securing import Secured
from schemas.purchase_order import PoLineNumber
from schemas.terms import Eaches, Sku

NOT_THERE: Final[tuple[Status, ...]] = ("", "withdrawn")
ANEW: Final[tuple[Status, ...]] = ("draft", "pending")


class Aside(msgspec.Struct, frozen=True):
    """Of a line, in eaches (of a kit: whole kits): what the warehouse was asked for, and what it has set aside."""

    asked: Eaches
    units: Eaches


Facts = Mapping[PoLineNumber, Aside]


def facts_of(row: StandingRow | None, lines: Sequence[JudgedLine], status: Status) -> Facts | None:
    """What the newest standing of the order says of its lines; None: nothing that counts.

    `status`: where the warehouse has the order, as the loops that tell it know.
    """
    if row is None or not row.lines or status in NOT_THERE or (row.standing == "cancelled" and status in ANEW):
        return None
    units = _spread(lines, row.lines, _units)
    asked = _spread(lines, row.lines, _asked)
    if row.standing != "cancelled" and not any(units.values()):
        return None
    return {number: Aside(asked[number], units[number]) for number in units}


def secured_of(
    lines: Iterable[JudgedLine], reserved: Mapping[PoLineNumber, Secured], facts: Facts | None, mode: Mode
) -> dict[PoLineNumber, Secured]:
    """What may be accepted of each line."""
    return {line.number: _secured(line, reserved, facts or {}, mode) for line in lines}


def _secured(line: JudgedLine, reserved: Mapping[PoLineNumber, Secured], facts: Facts, mode: Mode) -> Secured:
    aside = facts.get(line.number, Aside(0, 0))
    if mode == "process" or aside.units < aside.asked:
        return Secured(min(aside.units, line.wanted), "allocation")
    return reserved.get(line.number, Secured(0))


def at_least(
    lines: Iterable[JudgedLine], reserved: Mapping[PoLineNumber, Secured], facts: Facts | None
) -> dict[PoLineNumber, Eaches]:
    """What the books hold, and what the warehouse has set aside beyond: it is never asked to give that back."""
    return {
        line.number: max(
            reserved.get(line.number, Secured(0)).eaches,
            min((facts or {}).get(line.number, Aside(0, 0)).units, line.wanted),
        )
        for line in lines
    }


def is_awaited(
    stored: StoredPurchaseOrder, judgement: Judgement, facts: Facts | None, rules: ReleaseRules, now: datetime
) -> bool:
    """Whether the warehouse still has time to say what it has allocated, before people are asked."""
    since = max(stored.heard_at, stored.amended_at or stored.heard_at)
    waits = rules.mode == "process" and facts is None and not judgement.reasons
    return waits and now < since + rules.allocated_within


def _units(line: LineStanding) -> Eaches:
    return max((units for units in (line.allocated, line.picked, line.despatched) if units is not None), default=0)


def _asked(line: LineStanding) -> Eaches:
    return _units(line) if line.ordered is None else line.ordered


def _spread(
    lines: Sequence[JudgedLine], told: Iterable[LineStanding], count: Callable[[LineStanding], Eaches]
) -> dict[PoLineNumber, Eaches]:
    """By the lines' own numbers; what names none goes to its SKU's lines in their order, each as far as it wants."""
    named, free = Counter[tuple[str, Sku]](), Counter[Sku]()
    known = {line.number for line in lines}
    for one in told:
        if one.line_reference in known:
            named[one.line_reference, Sku(one.sku)] += count(one)
        else:
            free[Sku(one.sku)] += count(one)
    return {line.number: _whole(line, named, free) for line in lines}


def _whole(line: JudgedLine, named: Counter[tuple[str, Sku]], free: Counter[Sku]) -> Eaches:
    """The kit's scarcest component decides."""
    found = list[Eaches]()
    for need in line.needs:
        mine = named[line.number, need.sku]
        more = min(free[need.sku], max(0, line.wanted * need.quantity - mine))
        free[need.sku] -= more
        found.append((mine + more) // need.quantity)
    return min(found, default=0)
