"""A correction that moves units between parcels: the parcel that gives them up is told first.

Sent the other way round, the parcels together would hold more than was ordered, and the channel refuses that.
"""

from collections import Counter
from collections.abc import Sequence

import msgspec

from handlers.effects import Effect, ParcelContent
from handlers.parcels import Known, Step

Units = Counter[tuple[str, str]]
"""Eaches by (the channel's line, SKU)."""


def givers_first(steps: Sequence[Step], known: Known) -> list[Step]:
    """The same steps; requests that raise a line wait for those that only lower it.

    A request that does both waits for the others and nobody waits for it, so that none waits in a ring.
    """
    moves = {effect.unique_key: _move(effect, known) for step in steps for effect in step.new}
    givers = {key: lowered for key, (lowered, raised) in moves.items() if lowered and not raised}
    return [_after(step, {key: raised for key, (_, raised) in moves.items()}, givers) for step in steps]


def _after(step: Step, raised: "dict[str, Units]", givers: "dict[str, Units]") -> Step:
    waiting = tuple(
        msgspec.structs.replace(
            effect,
            after_keys=tuple(
                sorted(key for key, lowered in givers.items() if lowered.keys() & raised[effect.unique_key].keys())
            ),
        )
        for effect in step.new
    )
    return msgspec.structs.replace(step, new=waiting)


def _move(effect: Effect, known: Known) -> tuple[Units, Units]:
    """(what it lowers, what it raises) against what the channel may have of the parcel."""
    before = _told(effect, known)
    there, now = _units(before) if before else Units(), _units(effect.payload.content)
    return there - now, now - there


def _told(effect: Effect, known: Known) -> ParcelContent | None:
    earlier = [one for one in known.effects.get(effect.subject, ()) if one.id == effect.after_effect]
    return earlier[0].payload.content if earlier else None


def _units(content: ParcelContent) -> Units:
    units = Units()
    for line in content.lines:
        units[line.line_reference, line.sku] += line.quantity
    return units
