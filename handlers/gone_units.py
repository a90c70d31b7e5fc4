"""How much of each line of a purchase order has left, in the line's own units."""

import math
from collections.abc import Iterable, Mapping

from handlers.acknowledged_orders import Product
from schemas.despatch import DespatchData, ParcelLine
from schemas.purchase_order import PoLineNumber


def gone_units(
    products: Mapping[PoLineNumber, Product], despatches: Iterable[DespatchData]
) -> dict[PoLineNumber, int]:
    """A unit of which a part has left has left. Goods of no line of the order are left out."""
    eaches: dict[PoLineNumber, int] = {}
    for despatch in despatches:
        for parcel in despatch.parcels:
            for line in parcel.lines:
                if (found := _line_of(line, products)) is not None:
                    eaches[found] = eaches.get(found, 0) + math.ceil(line.quantity)
    return {line: -(-count // (products[line].unit or 1)) for line, count in eaches.items()}


def _line_of(line: ParcelLine, products: Mapping[PoLineNumber, Product]) -> PoLineNumber | None:
    """By the line's own number where it is told, else the first line of the SKU."""
    named = PoLineNumber(line.line_reference or "")
    if named in products and products[named].sku == line.sku:
        return named
    return next((number for number, product in products.items() if product.sku == line.sku), None)
