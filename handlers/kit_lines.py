"""Kits that leave as their components: how many whole kits of a channel's order line a parcel tells of.

A channel counts kits and knows no half of one, while a warehouse despatches what it picked. So:

* a parcel that holds whole kits tells them;
* where a kit fills several parcels of one despatch, everything must be there, and each kit is told with the parcel
  that holds its leading component: the first that no parcel holds a part of. The others tell nothing of it;
* anything else is no whole number of kits, and is held with what is missing.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

from handlers.mappings import ListingRow
from schemas.terms import Eaches, Sku

Goods: TypeAlias = Mapping[Sku, Eaches]
"""What a parcel holds for one line of an order, in eaches."""


class NotWhole(Exception):
    """What leaves is no whole number of kits; the text says of what there is too little or too much."""


def kits_told(kit: ListingRow, here: Goods, beside: Sequence[Goods] = ()) -> int:
    """Channel units that the parcel `here` tells; `beside`: the other parcels of its despatch. Raises NotWhole."""
    return kits_in(kit.seller_sku, {one.sku: one.quantity * kit.pack_size for one in kit.components}, here, beside)


def kits_in(name: str, needs: Goods, here: Goods, beside: Sequence[Goods] = ()) -> int:
    """How many of what is made of `needs` the parcel `here` tells. Raises NotWhole."""
    if (units := _whole(needs, here)) is not None:
        return units
    everything = together(line for goods in (here, *beside) for line in goods.items())
    if _whole(needs, everything) is None:
        raise NotWhole(_text(name, needs, everything))
    for sku, quantity in needs.items():
        if all(goods.get(sku, 0) % quantity == 0 for goods in (here, *beside)):
            return here.get(sku, 0) // quantity
    raise NotWhole(f"the kits {name} are so spread over the parcels that no component keeps together")


def _whole(needs: Goods, goods: Goods) -> int | None:
    units, left = divmod(goods.get(next(iter(needs)), 0), needs[next(iter(needs))])
    fits = not left and all(goods.get(sku, 0) == units * quantity for sku, quantity in needs.items())
    return units if fits and units else None


def together(lines: Iterable[tuple[Sku, Eaches]]) -> Goods:
    """Lines added up by their SKU."""
    total: dict[Sku, Eaches] = {}
    for sku, quantity in lines:
        total[sku] = total.get(sku, 0) + quantity
    return total


def _text(name: str, needs: Goods, goods: Goods) -> str:
    found = ", ".join(f"{goods.get(sku, 0)} of {sku} (one takes {quantity})" for sku, quantity in needs.items())
    return f"what has left is no whole number of kits {name}: {found}"
