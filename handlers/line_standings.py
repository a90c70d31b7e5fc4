"""What `order.*` says of open lines: units set aside, by which warehouse and under which number, or cancelled."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final

import msgspec

from handlers.open_lines import UNNAMED, Claim, Counter, Counters, OpenPart, Step, grown
from handlers.order_standing import LineStanding, StandingRow
from schemas.terms import Account, ChannelAccount, ChannelOrderId, Eaches, OrderReference, Sku, Warehouse

ALLOCATING: Final = frozenset({"allocated", "part_allocated"})


def heard(
    parts: Sequence[OpenPart], row: StandingRow, learned_at: datetime, counters: Mapping[Sku, Counters]
) -> list[OpenPart]:
    """The parts of one order that an `order.*` event changes, as they are after it; a stale event changes none.

    An event tells the whole order: a line that it leaves out has nothing set aside. One without any lines says
    nothing of quantities, except that all is cancelled or completed.
    """
    fresh = [part for part in parts if part.account == row.account and part.revision < row.revision]
    told = _by_part(fresh, row.lines)
    return [_after(part, told[place], row, learned_at, counters) for place, part in enumerate(fresh)]


class _Told(msgspec.Struct, frozen=True):
    """What an event says of one part, from one of its lines."""

    warehouse: Warehouse
    units: Eaches | None
    cancelled: Eaches | None
    ordered: Eaches | None
    sequence: int | None


def _by_part(parts: Sequence[OpenPart], lines: Iterable[LineStanding]) -> list[list[_Told]]:
    """Each line goes to the part that it names. One that names none is spread over its SKU's parts in their order."""
    told: list[list[_Told]] = [[] for _ in parts]
    for line in lines:
        places = [place for place, part in enumerate(parts) if part.sku == line.sku]
        named = [place for place in places if parts[place].line_reference == line.line_reference]
        _spread(line, named or places, parts, told)
    return told


def _spread(line: LineStanding, places: Sequence[int], parts: Sequence[OpenPart], told: list[list[_Told]]) -> None:
    units, cancelled = _set_aside(line), line.cancelled
    for nth, place in enumerate(places):
        last = nth == len(places) - 1
        room = max(0, parts[place].ordered - sum(one.units or 0 for one in told[place]))
        out = max(0, parts[place].ordered - sum(one.cancelled or 0 for one in told[place]))
        mine = units if last or units is None else min(units, room)
        gone = cancelled if last or cancelled is None else min(cancelled, out)
        ordered = line.ordered if len(places) == 1 else None
        told[place].append(_Told(Warehouse(line.warehouse), mine, gone, ordered, line.stock_sequence))
        units = None if units is None else units - (mine or 0)
        cancelled = None if cancelled is None else cancelled - (gone or 0)


def _set_aside(line: LineStanding) -> Eaches | None:
    """Units out of `available` for this line; None where the event names no quantity at all."""
    known = [units for units in (line.allocated, line.picked, line.despatched) if units is not None]
    return max(known) if known else None


def _after(
    part: OpenPart,
    told: Sequence[_Told],
    row: StandingRow,
    learned_at: datetime,
    counters: Mapping[Sku, Counters],
) -> OpenPart:
    claims = [claim for claim in part.claims if claim.source == "channel"]
    if not row.lines and row.standing != "completed":
        claims = list(part.claims)
    consecutive = row.revision == part.revision + 1
    for warehouse, units, sequence in _sums(part, told, row):
        old = _claim_of(part, warehouse)
        counter = counters.get(part.sku, {}).get(warehouse, Counter())
        step = Step(units, row.at, learned_at, sequence, counter.epoch, counter.applied)
        claims.append(_claimed(old, warehouse, step, consecutive, row.standing in ALLOCATING))
    return msgspec.structs.replace(
        part, withdrawn=_withdrawn(part, told, row), revision=row.revision, claims=tuple(claims)
    )


def _sums(part: OpenPart, told: Sequence[_Told], row: StandingRow) -> list[tuple[Warehouse, Eaches, int | None]]:
    """(warehouse, units, number) of what the event says is set aside; the highest number counts."""
    found = dict[Warehouse, tuple[Eaches, int | None]]()
    for one in told:
        units, sequence = found.get(one.warehouse, (0, None))
        more = one.units if one.units is not None else (part.ordered if row.standing == "completed" else 0)
        numbers = [number for number in (sequence, one.sequence) if number is not None]
        found[one.warehouse] = (units + more, max(numbers, default=None))
    if not row.lines and row.standing == "completed":
        found[UNNAMED] = (part.ordered, None)
    return [(warehouse, units, sequence) for warehouse, (units, sequence) in found.items() if units > 0]


def _claim_of(part: OpenPart, warehouse: Warehouse) -> Claim | None:
    return next((c for c in part.claims if c.source == "warehouse" and c.warehouse == warehouse), None)


def _claimed(old: Claim | None, warehouse: Warehouse, step: Step, consecutive: bool, allocating: bool) -> Claim:
    """The claim after an event.

    A number stands for the whole claim. Without numbers, units keep the time at which they were set aside, so that
    an order's later standings do not start their wait anew. Where a revision was missed, something may have been set
    free and aside again in between: then the whole claim waits.
    """
    anew = Claim(warehouse, (step,))
    if old is None or not consecutive:
        return anew
    if step.sequence is not None:
        kept = step.units == old.units and (step.sequence == old.steps[-1].sequence or not allocating)
        return old if kept else anew
    return grown(old, step)


def _withdrawn(part: OpenPart, told: Sequence[_Told], row: StandingRow) -> Eaches:
    """Units that the warehouse has cancelled. Lines add up where they share the order line's quantity."""
    if not told:
        return part.ordered if row.standing == "cancelled" else (part.withdrawn if not row.lines else 0)
    if row.standing == "cancelled" and any(one.cancelled is None for one in told):
        return part.ordered
    cancelled = [one.cancelled or 0 for one in told]
    ordered = [one.ordered for one in told if one.ordered is not None]
    shared = len(ordered) == len(told) and sum(ordered) <= part.ordered
    return sum(cancelled) if shared else max(cancelled)


class Recognised(msgspec.Struct, frozen=True):
    """An order of the warehouse that names a line by the channel's own id and SKU."""

    line_id: int
    channel_account: ChannelAccount
    channel_order_id: ChannelOrderId
    account: Account
    order_reference: OrderReference


def names_of(found: Iterable[Recognised]) -> dict[int, OrderReference]:
    """Line -> the warehouse's name for its order, where the two orders can only be the same.

    Line ids of some channels are small numbers: where one order is recognised in several, none is believed.
    """
    known = list(found)
    theirs, ours = dict[tuple[str, str], set[OrderReference]](), dict[tuple[str, str], set[tuple[str, str]]]()
    for one in known:
        theirs.setdefault((one.channel_account, one.channel_order_id), set()).add(one.order_reference)
        ours.setdefault((one.account, one.order_reference), set()).add((one.channel_account, one.channel_order_id))
    return {
        one.line_id: one.order_reference
        for one in known
        if len(theirs[one.channel_account, one.channel_order_id]) == 1
        and len(ours[one.account, one.order_reference]) == 1
    }
