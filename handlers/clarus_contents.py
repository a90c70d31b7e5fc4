"""What is in which parcel of a goods out: said by the tenant's source of contents, or certain by subtraction.

Hears: boxes, and what left of each line. Decides: parcels whose contents add up to what left, or why not. One box of
which nobody says what is in it holds what the others leave over: of one parcel alone, the whole order. Two such boxes
are a guess, and nothing is guessed.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TypeAlias

import msgspec

from handlers.clarus_goods_outs import Box, Content, Line
from schemas.despatch import Parcel, ParcelLine
from schemas.terms import Eaches, LineReference, ParcelId, Sku

Key: TypeAlias = tuple[Sku, LineReference]
Units: TypeAlias = Counter[Key]


class Unclear(Exception):
    """Why the parcels cannot be told: raised and caught within the decision about one goods out."""


def parcels_of(
    boxes: Sequence[Box], left: Sequence[tuple[Line, Eaches]], before: Sequence[Parcel]
) -> tuple[Parcel, ...]:
    """The parcels, capped at what was ordered. `left`: lines with what left of each. Raises Unclear.

    `before`: parcels that left earlier, which keep their contents as others leave after them; asked only where more
    than one is not described, because a parcel that was taken back may have been packed anew.
    """
    if not boxes:
        raise Unclear("no package of a shipment is shown for it")
    if any(not box.parcel_id for box in boxes):
        raise Unclear("a package has no id")
    rest = Counter({_key(line): 0 for line, _ in left})
    for line, units in left:
        rest[_key(line)] += units
    contents = {box.parcel_id: _described(box, rest) for box in boxes}
    unknown = [parcel_id for parcel_id, units in contents.items() if units is None]
    if len(unknown) > 1:
        contents |= _as_before(unknown, before, rest)
        unknown = [parcel_id for parcel_id, units in contents.items() if units is None]
    _check(contents, unknown, rest)
    for parcel_id in unknown:
        contents[parcel_id] = +rest
    found = {parcel_id: units or Counter[Key]() for parcel_id, units in contents.items()}
    _cap(found, left)
    boxes_by_id = {ParcelId(box.parcel_id): box for box in boxes}
    return tuple(_parcel(boxes_by_id[ParcelId(key)], units) for key, units in sorted(found.items()) if +units)


def _described(box: Box, rest: Units) -> Units | None:
    """The box's units by the tenant's source, taken off `rest`; None where it says nothing."""
    if box.contents is None:
        return None
    units = Counter[Key]()
    for content in box.contents:
        units.update(_placed(content, rest - units))
    rest.subtract(units)
    return units


def _as_before(unknown: Sequence[str], before: Sequence[Parcel], rest: Units) -> dict[str, Units]:
    """What was told of these when they left, taken off `rest`."""
    told = {str(parcel.parcel_id): _units_of(parcel) for parcel in before if parcel.parcel_id in unknown}
    for units in told.values():
        rest.subtract(units)
    return told


def _placed(content: Content, rest: Units) -> Units:
    """Units on the line that the source names; of a source that names none, on the SKU's lines in their order."""
    keys = [key for key in rest if key[0] == content.sku and content.line_reference in ("", key[1])]
    placed, open_units = Counter[Key](), content.quantity
    for key in keys:
        placed[key] = min(open_units, rest[key])
        open_units -= placed[key]
    if open_units:
        placed[content.sku, keys[-1][1] if keys else content.line_reference] += open_units
    return placed


def _check(contents: Mapping[str, Units | None], unknown: Sequence[str], rest: Units) -> None:
    over = sorted(f"{-units} of {sku}" for (sku, _), units in rest.items() if units < 0)
    open_units = sorted(f"{units} of {sku}" for (sku, _), units in rest.items() if units > 0)
    if over:
        raise Unclear(f"its parcels are said to hold {', '.join(over)} more than left")
    if len(unknown) > 1:
        raise Unclear(
            f"it left in {len(contents)} parcels, and nobody says what is in packages {', '.join(unknown)}:"
            " their contents are missing"
        )
    if not unknown and open_units:
        raise Unclear(f"{', '.join(open_units)} left, and no parcel is said to hold them")
    if unknown and not open_units:
        raise Unclear(f"the other parcels hold all that left; what package {unknown[0]} holds is missing")


def _cap(contents: Mapping[str, Units], left: Sequence[tuple[Line, Eaches]]) -> None:
    """What left beyond the order is taken off the last parcels: no channel takes more than it sold."""
    over = Counter[Key]()
    for line, units in left:
        over[_key(line)] += units - line.ordered
    for parcel_id in sorted(contents, reverse=True):
        inside = contents[parcel_id]
        for key in [key for key in inside if over[key] > 0]:
            taken = min(inside[key], over[key])
            inside[key] -= taken
            over[key] -= taken


def _parcel(box: Box, units: Units) -> Parcel:
    lines = [
        ParcelLine(sku, quantity, reference or None)
        for (sku, reference), quantity in sorted(units.items())
        if quantity > 0
    ]
    return Parcel(
        parcel_id=ParcelId(box.parcel_id),
        lines=tuple(lines),
        tracking_number=box.tracking_number,
        carrier=box.carrier,
        service=box.service,
    )


def _units_of(parcel: Parcel) -> Units:
    units = Counter[Key]()
    for line in parcel.lines:
        units[line.sku, line.line_reference or LineReference("")] += int(line.quantity)
    return units


def _key(line: Line) -> Key:
    return line.sku, line.line_reference


def keep_names(parcels: Sequence[Parcel], before: Sequence[Parcel]) -> tuple[Parcel, ...]:
    """A parcel labelled anew is a new package at Clarus. With the same content it keeps its name here: it is
    corrected at the channel, rather than taken back and told as another."""
    there = {parcel.parcel_id for parcel in parcels}
    spare = [parcel for parcel in before if parcel.parcel_id not in there]
    known = {parcel.parcel_id for parcel in before}
    named = list[Parcel]()
    for parcel in parcels:
        same = next((old for old in spare if old.lines == parcel.lines), None)
        if parcel.parcel_id not in known and same is not None:
            spare.remove(same)
            named.append(msgspec.structs.replace(parcel, parcel_id=same.parcel_id))
        else:
            named.append(parcel)
    return tuple(named)
