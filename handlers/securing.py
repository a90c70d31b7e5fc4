"""How much of a purchase order's lines is secured: the only quantity that may ever be accepted.

Two ways to secure lead into the same answer. `reservation`: our books hold the quantity against every channel.
`allocation`: the warehouse's pick process has set it aside. What counts is the lesser of it and what is ordered.
"""

from collections.abc import Iterable, Mapping
from typing import Literal, TypeAlias

import msgspec

from handlers.open_lines import OpenPart
from handlers.purchase_order_judgement import JudgedLine
from handlers.supply import Key
from schemas.purchase_order import PoLineNumber
from schemas.terms import Account, Eaches, Sku

By: TypeAlias = Literal["reservation", "allocation"]


class Secured(msgspec.Struct, frozen=True):
    """Eaches of a line that nobody else can get; of a kit: whole kits."""

    eaches: Eaches
    by: By = "reservation"


def share_out(
    lines: Iterable[JudgedLine],
    free: Mapping[Key, Eaches],
    ceilings: Mapping[PoLineNumber, Eaches] | None = None,
) -> dict[PoLineNumber, Eaches]:
    """What can be reserved for each line, in whole packs, the first line first.

    `free`: what nobody else has, what these lines hold themselves included. `ceilings`: what is of use at most.
    """
    left = dict(free)
    given: dict[PoLineNumber, Eaches] = {}
    for line in lines:
        given[line.number] = eaches = _room(line, left, (ceilings or {}).get(line.number, line.wanted))
        for need in line.needs:
            left[line.account, need.sku] = left.get((line.account, need.sku), 0) - eaches * need.quantity
    return given


def _room(line: JudgedLine, left: Mapping[Key, Eaches], ceiling: Eaches) -> Eaches:
    """The kit's scarcest component decides."""
    if line.step is None:
        return 0
    rooms = [left.get((line.account, need.sku), 0) // need.quantity for need in line.needs]
    return max(0, min([line.wanted, ceiling, *rooms])) // line.step.step * line.step.step


def held_by(
    lines: Iterable[JudgedLine], parts: Iterable[OpenPart], by: By = "reservation"
) -> dict[PoLineNumber, Secured]:
    """What is held for each line: of its product, so that nothing held for what the line was before counts."""
    held: dict[tuple[str, Account, Sku], Eaches] = {}
    for part in parts:
        key = (part.line_reference, part.account, part.sku)
        held[key] = held.get(key, 0) + part.wanted
    return {
        line.number: Secured(
            min(
                (held.get((line.number, line.account, need.sku), 0) // need.quantity for need in line.needs),
                default=0,
            ),
            by,
        )
        for line in lines
    }
