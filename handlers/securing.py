"""How much of a purchase order's lines is secured: the only quantity that may ever be accepted.

Two ways to secure lead into the same answer. `reservation`: our books hold the quantity against every channel.
`allocation`: the warehouse's pick process has set it aside. What counts is the lesser of it and what is ordered.
"""

from collections.abc import Iterable, Mapping, Sequence, Set
from typing import Literal, TypeAlias

import msgspec

from handlers.open_lines import OpenPart, takes
from handlers.purchase_order_judgement import JudgedLine
from handlers.sellable_stock import WarehouseStock
from handlers.supply import Key, Rules, counters_of
from schemas.purchase_order import PoLineNumber
from schemas.terms import Account, ChannelAccount, Eaches, LineReference, OrderReference, Sku

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


def there_for(
    lines: Sequence[JudgedLine],
    free: Mapping[Key, Eaches],
    held: Iterable[OpenPart],
    ceilings: Mapping[PoLineNumber, Eaches] | None = None,
) -> dict[PoLineNumber, Eaches]:
    """The same, and no less than the warehouse says that it has set aside for the line: its word on an order is newer
    than what the books have of its stock. `held`: the order's own parts."""
    given = share_out(lines, free, ceilings)
    aside = set_aside(lines, held)
    most = ceilings or {}
    return {
        line.number: max(given[line.number], min(aside[line.number], most.get(line.number, line.wanted)))
        for line in lines
    }


def set_aside(lines: Iterable[JudgedLine], held: Iterable[OpenPart]) -> dict[PoLineNumber, Eaches]:
    """What the warehouse says it has set aside for each line, in whole packs; a kit's scarcest component decides."""
    claimed: dict[tuple[str, Account, Sku], Eaches] = {}
    for part in held:
        key = (part.line_reference, part.account, part.sku)
        units = sum(claim.units for claim in part.claims if claim.source == "warehouse")
        claimed[key] = claimed.get(key, 0) + units
    found: dict[PoLineNumber, Eaches] = {}
    for line in lines:
        parts = (claimed.get((line.number, line.account, need.sku), 0) // need.quantity for need in line.needs)
        units = min(min(parts, default=0), line.wanted)
        found[line.number] = units // line.step.step * line.step.step if line.step else 0
    return found


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


def free_for(
    account: ChannelAccount,
    stock: Mapping[Key, Sequence[WarehouseStock]],
    parts: Mapping[Key, Sequence[OpenPart]],
    own_lines: Set[int],
    rules: Rules,
) -> dict[Key, Eaches]:
    """What the lines of one order may hold of each SKU: what is there, less what every other order line still takes.

    What is out of `available` already because it is allocated to these very lines is theirs, too. Outflows behind a
    gap are gone; what is in doubt counts as the lesser of what is known.
    """
    pool = rules.warehouses_of(account)
    free: dict[Key, Eaches] = {}
    for key, rows in stock.items():
        counters = counters_of(rows, rules)
        there = sum(row.available - row.held_outflow for row in rows if row.warehouse in pool)
        for part in parts.get(key, ()):
            selling = rules.accounts.get(part.channel_account)
            taken = takes(part, counters, selling.warehouses if selling else None, pool)
            there += part.wanted - taken if part.line_id in own_lines else -taken
        free[key] = there
    return free


def holdings(
    lines: Iterable[JudgedLine],
    given: Mapping[PoLineNumber, Eaches],
    held: Iterable[OpenPart],
    order_reference: OrderReference,
    account: ChannelAccount,
) -> list[OpenPart]:
    """The parts as they are to stand: each line holds what it was given, and nothing of what it no longer is.

    Only parts that differ from those `held`. `line_id` is 0 for a line that holds nothing yet.
    """
    before = {(part.line_reference, part.account, part.sku): part for part in held}
    ids = {part.line_reference: part.line_id for part in before.values()}
    after: dict[tuple[LineReference, Account, Sku], OpenPart] = {}
    for line in lines:
        name = LineReference(line.number)
        for need in line.needs:
            key = (name, line.account, need.sku)
            units = given.get(line.number, 0) * need.quantity
            old = before.get(key)
            if old is not None:
                after[key] = msgspec.structs.replace(old, ordered=units + old.withdrawn, per_unit=need.quantity)
            elif units:
                after[key] = OpenPart(
                    line_id=ids.get(name, 0), channel_account=account, order_reference=order_reference,
                    line_reference=name, account=line.account, sku=need.sku, per_unit=need.quantity, ordered=units,
                )  # fmt: skip
    for key, old in before.items():
        after.setdefault(key, msgspec.structs.replace(old, ordered=0))
    return [part for key, part in after.items() if part != before.get(key)]
