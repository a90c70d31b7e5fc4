"""The products of warehouses at Clarus, read whole."""

from collections.abc import Sequence
from dataclasses import dataclass

from daemon.links.answer import Done, Reading
from daemon.links.clarus_lists import ClarusLists
from handlers.catalogue_comparison import WarehouseProduct
from schemas.clarus_goods_outs import Filter, ListOf
from schemas.clarus_products import read_node
from schemas.terms import Sku


@dataclass(frozen=True, slots=True)
class Products:
    """Where one warehouse's products are read."""

    lists: ClarusLists
    wanted: ListOf
    by: Filter


async def read_products(sources: Sequence[Products]) -> list[WarehouseProduct] | Reading[object]:
    """All of them, or why they cannot be read."""
    found = dict[str, WarehouseProduct]()
    for source in sources:
        reading = await source.lists.all(source.wanted, source.by)
        if not isinstance(reading, Done):
            return reading
        for node in map(read_node, reading.value.nodes):
            if node is not None:
                found[node.code] = WarehouseProduct(
                    sku=Sku(node.code), barcode=node.barcode, case_barcode=node.case_barcode,
                    case_pack=node.units_per_case,
                )  # fmt: skip
    return list(found.values())
