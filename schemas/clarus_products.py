"""Clarus's words for a product, from the list whose fields are a setting."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final, NamedTuple

PRODUCTS_FILTER: Final = "ProductsFilterType"


class ProductNode(NamedTuple):
    """What a row says; empty, or None, where it does not say."""

    code: str
    barcode: str
    case_barcode: str
    units_per_case: int | None


def read_node(node: Mapping[str, Any]) -> ProductNode | None:
    """None for a row without a code."""
    code = node.get("code")
    if not isinstance(code, str) or not code:
        return None
    units = node.get("units_per_case")
    pack = int(units) if isinstance(units, int | Decimal) and units == int(units) and units > 0 else None
    return ProductNode(code, str(node.get("barcode") or ""), str(node.get("case_barcode") or ""), pack)
