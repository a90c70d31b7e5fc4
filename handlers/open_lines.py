"""What a line of a channel's order still takes from the pool, unit by unit.

A unit counts from the moment a channel has sold it. It stops counting when it is cancelled, by the channel or by
the warehouse, or when its allocation is in the books: then `available` is lower by it already, and counting it again
would take it off twice. Where evidence is thin, a unit goes on counting: too much shown is an oversold unit, too
little only waits for the next level.
"""

from collections.abc import Mapping, Sequence, Set
from datetime import datetime
from typing import Final, Literal, TypeAlias

import msgspec

from schemas.terms import (
    Account,
    ChannelAccount,
    Eaches,
    LineReference,
    OrderReference,
    Sku,
    Warehouse,
)

UNNAMED: Final = Warehouse("")
"""The warehouse of a claim that names none."""


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


def sold(
    part: OpenPart, ordered: Eaches, cancelled: Eaches, fulfilled: Eaches, at: datetime, learned_at: datetime
) -> OpenPart:
    """The part as the channel now has it. What the channel has seen leave was set aside, wherever that was."""
    ours = tuple(claim for claim in part.claims if claim.source == "warehouse")
    before = next((claim for claim in part.claims if claim.source == "channel"), None)
    step = Step(fulfilled, at, learned_at)
    left = () if fulfilled <= 0 else (grown(before, step) if before else Claim(UNNAMED, (step,), "channel"),)
    return msgspec.structs.replace(part, ordered=ordered, cancelled=cancelled, claims=(*ours, *left))


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
