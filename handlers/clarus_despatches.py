"""What has left, out of a goods out of Clarus: the contract's `despatch.packed`, `.completed` and `.undone`.

Hears: a picture that two reads a lag apart have shown, and what we said last. Decides, with a policy of the tenant's
for each thing that a warehouse may do besides sending exactly what was ordered. One goods out is one despatch for
life: completed again after it was taken back, it has the same `despatch_id` and a higher revision.
"""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from handlers.clarus_contents import Unclear, keep_names, parcels_of
from handlers.clarus_goods_outs import Box, GoodsOut, Line, Rules, Said
from handlers.clarus_sales import Sale
from handlers.despatch_messages import What
from schemas.despatch import DespatchData, Parcel
from schemas.terms import Eaches


class Told(msgspec.Struct, frozen=True):
    what: What
    data: DespatchData


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """What became of it: a message, or why it is held, and in what it is not as it was ordered."""

    said: Said
    told: Told | None = None
    held: str = ""
    differs: str = ""


class Going(msgspec.Struct, frozen=True):
    """What has left, or is packed to leave: boxes, and units of each line."""

    what: What
    boxes: tuple[Box, ...]
    units: tuple[tuple[Line, Eaches], ...]


def tell(said: Said, shown: GoodsOut, sale: Sale, rules: Rules, at: datetime) -> Step:
    """Of a proved picture alone. `at`: when it was first seen as it is."""
    going = _going(shown, sale, rules)
    if going is None:
        return _back(said, shown, sale, rules)
    differs = _differs(shown) if shown.ended else ""
    if held := _held(shown, sale, rules, going.what):
        return Step(said=said, held=held, differs=differs)
    before = said.parcels if said.despatch == "completed" and rules.part_despatch == "tell" else ()
    try:
        parcels = parcels_of(going.boxes, going.units, before)
    except Unclear as why:
        return Step(said=said, held=str(why), differs=differs)
    parcels = keep_names(parcels, said.parcels)
    if said.despatch == going.what and said.parcels == parcels:
        return Step(said=said, differs=differs)
    return _said(said, shown, sale, rules, Going(going.what, going.boxes, going.units), parcels, at, differs)


def _going(shown: GoodsOut, sale: Sale, rules: Rules) -> Going | None:
    boxes = shown.boxes or ()
    left = tuple((line, line.despatched) for line in shown.lines if line.despatched)
    gone = tuple(box for box in boxes if box.left)
    if shown.ended and left:  # of what was cancelled half-way, packages may be left behind
        return Going("completed", (gone or boxes) if shown.word == "cancelled" else boxes, left)
    if left and gone and rules.part_despatch == "tell" and not shown.ended:
        return Going("completed", gone, left)
    if is_packed(shown, boxes) and sale.channel is not None and sale.channel.account in rules.at_manifest:
        return Going("packed", boxes, tuple((line, line.picked) for line in shown.lines if line.picked))
    return None


def all_picked(shown: GoodsOut) -> bool:
    return (
        shown.word in ("allocated", "picking")
        and bool(shown.lines)
        and all(line.picked >= line.ordered for line in shown.lines)
    )


def is_packed(shown: GoodsOut, boxes: Sequence[Box]) -> bool:
    """All is picked, and every package has its label: at manifest."""
    return all_picked(shown) and bool(boxes) and all(box.tracking_number for box in boxes)


def _back(said: Said, shown: GoodsOut, sale: Sale, rules: Rules) -> Step:
    """Nothing has left, or not yet all: what was said to have left is taken back."""
    differs = _differs(shown) if shown.word == "completed" else ""
    told = said.despatch in ("packed", "completed")
    if shown.faults and (told or shown.word == "completed"):  # what cannot be believed takes nothing back
        return Step(said=said, held="; ".join(shown.faults))
    if not told:
        return Step(said=said, differs=differs)
    data = _data(said, shown, sale, rules, said.parcels, said.despatch_revision + 1)
    after = msgspec.structs.replace(said, despatch="undone", despatch_revision=data.revision)
    return Step(said=after, told=Told("undone", data), differs=differs)


def _held(shown: GoodsOut, sale: Sale, rules: Rules, what: What) -> str:
    """Why nothing is said of it; empty when it may be."""
    if shown.faults:
        return "; ".join(shown.faults)
    if sale.fault:
        return sale.fault
    over = [line for line in shown.lines if line.despatched > line.ordered]
    short = [line for line in shown.lines if shown.ended and line.despatched < line.ordered]
    if over and rules.over_despatch == "hold":
        return f"more left than was ordered ({_listed(over)}), and over_despatch is hold"
    if short and what == "completed" and rules.shorted == "hold":
        return f"less left than was ordered ({_listed(short)}), and shorted is hold"
    others = _others(shown, sale)
    if others and rules.substituted == "hold":
        return f"{', '.join(others)} left on lines on which the channel sold something else"
    return ""


def _others(shown: GoodsOut, sale: Sale) -> list[str]:
    """SKUs that left on a line of the channel's that was sold with another, by our books. No books: nobody knows."""
    sold: dict[str, set[str]] = {}
    for reference, sku in sale.lines:
        sold.setdefault(reference, set()).add(sku)
    skus = {sku for _, sku in sale.lines}
    return sorted(
        {
            f"{line.sku} (line {line.line_reference or '?'})"
            for line in shown.lines
            if (line.despatched or line.picked) and skus and line.sku not in sold.get(line.line_reference, skus)
        }
    )


def _differs(shown: GoodsOut) -> str:
    lines = [line for line in shown.lines if line.despatched != line.ordered]
    return f"not as ordered: {_listed(lines)}" if lines else ""


def _listed(lines: Sequence[Line]) -> str:
    return ", ".join(f"{line.despatched} of {line.ordered} {line.sku}" for line in lines[:20])


def _said(
    said: Said,
    shown: GoodsOut,
    sale: Sale,
    rules: Rules,
    going: Going,
    parcels: tuple[Parcel, ...],
    at: datetime,
    differs: str,
) -> Step:
    again = said.despatch == "completed" and said.despatched_at is not None
    left_at = shown.despatched_at or (said.despatched_at if again else at)
    revision = said.despatch_revision + 1
    state = "packed" if going.what == "packed" else "completed"
    after = msgspec.structs.replace(
        said, despatch=state, despatch_revision=revision, despatched_at=left_at, parcels=parcels
    )
    data = _data(after, shown, sale, rules, parcels, revision)
    return Step(said=after, told=Told(going.what, data), differs=differs)


def _data(
    said: Said, shown: GoodsOut, sale: Sale, rules: Rules, parcels: tuple[Parcel, ...], revision: int
) -> DespatchData:
    return DespatchData(
        account=said.account,
        warehouse=shown.warehouse,
        order_reference=shown.reference,
        despatch_id=said.despatch_id(rules.tenant),
        revision=revision,
        despatched_at=said.despatched_at,
        channel=sale.channel,
        channel_order_id=sale.order_id,
        parcels=parcels,
    )
