"""How much of each line of a purchase order has left, in the line's own units."""

import math
from collections.abc import Iterable, Mapping

from handlers.acknowledged_orders import Product
from schemas.despatch import DespatchData, ParcelLine
from schemas.purchase_order import PoLineNumber
from schemas.terms import Sku


def gone_units(
    products: Mapping[PoLineNumber, Product], despatches: Iterable[DespatchData]
) -> dict[PoLineNumber, int]:
    """A unit of which a part has left has left. Goods of no line of the order are left out."""
    eaches: dict[PoLineNumber, dict[Sku, int]] = {}
    for despatch in despatches:
        for parcel in despatch.parcels:
            for line in parcel.lines:
                if (found := _line_of(line, products)) is not None:
                    goods = eaches.setdefault(found, {})
                    goods[line.sku] = goods.get(line.sku, 0) + math.ceil(line.quantity)
    return {line: _units(products[line], goods) for line, goods in eaches.items()}


def _units(product: Product, goods: Mapping[Sku, int]) -> int:
    """Of a kit: the component of which most has left decides."""
    needs = {one.sku: one.quantity for one in product.needs}
    kits = max((-(-count // needs[sku]) for sku, count in goods.items() if sku in needs), default=0)
    return -(-(goods.get(product.sku, 0) + kits) // (product.unit or 1))


def _line_of(line: ParcelLine, products: Mapping[PoLineNumber, Product]) -> PoLineNumber | None:
    """By the line's own number where it is told, else the first line of the SKU."""
    named = PoLineNumber(line.line_reference or "")
    if named in products and line.sku in _skus(products[named]):
        return named
    own = (number for number, product in products.items() if product.sku == line.sku)
    kits = (number for number, product in products.items() if line.sku in _skus(product))
    return next(own, next(kits, None))


def _skus(product: Product) -> set[Sku]:
    return {product.sku, *(one.sku for one in product.needs)}
