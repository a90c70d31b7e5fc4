"""What a line of a channel's order still takes from the pool, unit by unit.

A unit counts from the moment a channel has sold it. It stops counting when it is cancelled, by the channel or by
the warehouse, or when its allocation is in the books: then `available` is lower by it already, and counting it again
would take it off twice. Where evidence is thin, a unit goes on counting: too much shown is an oversold unit, too
little only waits for the next level.
"""

from collections.abc import Iterable, Mapping, Sequence, Set
from datetime import datetime
from typing import Final, Literal, TypeAlias

import msgspec

from handlers.order_standing import LineStanding, StandingRow
from schemas.terms import (
    Account,
    ChannelAccount,
    ChannelOrderId,
    Eaches,
    LineReference,
    OrderReference,
    Sku,
    Warehouse,
)

UNNAMED: Final = Warehouse("")
"""The warehouse of a claim that names none."""

ALLOCATING: Final = frozenset({"allocated", "part_allocated"})


class Counter(msgspec.Struct, frozen=True):
    """How far the books of a SKU have come in one warehouse.

    `by_reading`: readings of Clarus are the authority. Their level's time is the replica's lag before the read began,
    so a level later than when we learned of an allocation is a read begun more than that lag after it.
    """

    epoch: int = 0
    applied: int | None = None
    level_time: datetime | None = None
    by_reading: bool = False


Counters: TypeAlias = Mapping[Warehouse, Counter]
"""A SKU's counters in every warehouse that has reported it."""


class Step(msgspec.Struct, frozen=True, omit_defaults=True):
    """So many units of a claim, from the first, and which reading of the warehouse includes them."""

    units: Eaches
    at: datetime
    """When it happened, by the warehouse's clock."""
    learned_at: datetime
    sequence: int | None = None
    epoch: int = 0
    """The counter's epoch when we learned of it."""
    applied: int | None = None
    """Where the counter stood when we learned of it: one that is lower now has started anew."""


class Claim(msgspec.Struct, frozen=True, omit_defaults=True):
    """What of a line one warehouse has set aside, or the channel has seen leave. Units of steps are cumulative."""

    warehouse: Warehouse
    steps: tuple[Step, ...]
    source: Literal["warehouse", "channel"] = "warehouse"

    @property
    def units(self) -> Eaches:
        return self.steps[-1].units


class OpenPart(msgspec.Struct, frozen=True, kw_only=True):
    """What an order line takes of one SKU, in eaches. A kit's line has a part for each component."""

    line_id: int
    channel_account: ChannelAccount
    order_reference: OrderReference
    line_reference: LineReference
    account: Account
    sku: Sku
    per_unit: Eaches = 1
    """Eaches of the SKU in one of the channel's units."""
    ordered: Eaches
    cancelled: Eaches = 0
    """By the channel."""
    withdrawn: Eaches = 0
    """By the warehouse. The same units, as far as both say it."""
    revision: int = -1
    claims: tuple[Claim, ...] = ()

    @property
    def wanted(self) -> Eaches:
        """Units that nobody has cancelled."""
        return max(0, self.ordered - max(self.cancelled, self.withdrawn))


def takes(
    part: OpenPart, counters: Counters, own: Set[Warehouse] | None = None, pool: Set[Warehouse] | None = None
) -> Eaches:
    """Units that this line still takes from a pool of these warehouses; never below 0.

    `own`: whose stock the line's channel account sells; a unit that nobody has set aside may come from any of them.
    None stands for every warehouse.
    """
    claims = [claim for claim in part.claims if claim.source == "warehouse"]
    covered = sum(_covered(claim, counters, own) for claim in claims)
    shipped = max((_covered(claim, counters, own) for claim in part.claims if claim.source == "channel"), default=0)
    left = max(0, part.wanted - max(covered, shipped))
    if pool is None:
        return left
    reachable = sum(
        claim.units - _covered(claim, counters, own)
        for claim in claims
        if claim.warehouse == UNNAMED or claim.warehouse in pool
    )
    unclaimed = max(0, part.ordered - sum(claim.units for claim in claims))
    return min(left, reachable + (unclaimed if own is None or own & pool else 0))


def _covered(claim: Claim, counters: Counters, own: Set[Warehouse] | None) -> Eaches:
    """Units of a claim that are in the books."""
    if claim.warehouse != UNNAMED:
        counter = counters.get(claim.warehouse)
        return 0 if counter is None else _read(claim, [counter])
    return _read(claim, [counter for name, counter in counters.items() if own is None or name in own])


def _read(claim: Claim, counters: Sequence[Counter]) -> Eaches:
    """With several counters the number says nothing: then each of them has to have a later level."""
    if not counters:
        return 0
    one = len(counters) == 1
    return max(
        (s.units for s in claim.steps if all(_is_read(s, counter, by_number=one) for counter in counters)), default=0
    )


def _is_read(step: Step, counter: Counter, *, by_number: bool) -> bool:
    if counter.by_reading:
        return counter.level_time is not None and counter.level_time > step.learned_at
    if step.sequence is not None and by_number and not _started_anew(step, counter):
        return counter.applied is not None and counter.applied >= step.sequence
    return counter.level_time is not None and counter.level_time > step.at


def _started_anew(step: Step, counter: Counter) -> bool:
    """The number belongs to a count that is over: only a level says what is true."""
    return counter.epoch > step.epoch or (step.applied is not None and (counter.applied or 0) < step.applied)


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


def grown(old: Claim, step: Step) -> Claim:
    """The claim with as many units as `step` has: further ones wait for `step`, those given back are gone."""
    if step.units > old.units:
        return msgspec.structs.replace(old, steps=(*old.steps, step))
    steps = list[Step]()
    for one in old.steps:
        steps.append(msgspec.structs.replace(one, units=min(one.units, step.units)))
        if one.units >= step.units:
            break
    return msgspec.structs.replace(old, steps=tuple(steps))


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


def sold(
    part: OpenPart, ordered: Eaches, cancelled: Eaches, fulfilled: Eaches, at: datetime, learned_at: datetime
) -> OpenPart:
    """The part as the channel now has it. What the channel has seen leave was set aside, wherever that was."""
    ours = tuple(claim for claim in part.claims if claim.source == "warehouse")
    before = next((claim for claim in part.claims if claim.source == "channel"), None)
    step = Step(fulfilled, at, learned_at)
    left = () if fulfilled <= 0 else (grown(before, step) if before else Claim(UNNAMED, (step,), "channel"),)
    return msgspec.structs.replace(part, ordered=ordered, cancelled=cancelled, claims=(*ours, *left))


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
