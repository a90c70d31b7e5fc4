"""What a listing would show if its warehouses had more or less than they say, or no order line were open."""

from collections.abc import Mapping, Sequence

import msgspec

from handlers.explained import History, Shows, Since
from handlers.sellable_stock import Listing, WarehouseStock
from handlers.supply import Inputs, Rules, sellable_of, supply
from schemas.terms import Eaches, Sku, Warehouse


def shows(listing: Listing, inputs: Inputs, rules: Rules) -> Shows:
    """The listing's own formula, as a question that can be asked of other stocks."""
    pool = rules.pool_of(listing)

    def quantity(more: Mapping[Sku, Eaches], *, lines: bool = True) -> int:
        changed = {
            (listing.account, sku): _raised(inputs.stock.get((listing.account, sku), ()), by, pool)
            for sku, by in more.items()
        }
        supposed = msgspec.structs.replace(
            inputs, stock={**inputs.stock, **changed}, lines=inputs.lines if lines else {}
        )
        found = sellable_of(listing, supposed, rules)
        return 0 if found is None else found.quantity

    return quantity


def _raised(rows: Sequence[WarehouseStock], by: Eaches, pool: frozenset[Warehouse]) -> list[WarehouseStock]:
    """In the first warehouse of the pool: only their sum counts."""
    place = next((place for place, row in enumerate(rows) if row.warehouse in pool), None)
    return [
        msgspec.structs.replace(row, available=row.available + by) if at == place else row
        for at, row in enumerate(rows)
    ]


def history_of(
    listing: Listing,
    sku: Sku,
    since: Sequence[Since],
    despatched: Mapping[Warehouse, Eaches],
    ordered: Eaches,
    inputs: Inputs,
    rules: Rules,
) -> History:
    """One SKU of a listing, in the warehouses that it sells out of.

    Of order lines, those count as evidence that the stock's figures include: those still open are netted anyway.
    """
    pool = rules.pool_of(listing)
    drawn = next(supply(listing, need, inputs, rules) for need in listing.needs if need.sku == sku)
    return History(
        sum(row.available for row in drawn.stock),
        [one for one in since if one.warehouse in pool],
        sum(eaches for warehouse, eaches in despatched.items() if warehouse in pool),
        max(0, ordered - drawn.open_lines),
    )
