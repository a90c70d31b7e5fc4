"""What became of the stock behind a listing since its channel was last told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, TypeAlias

from daemon.store.database import Connection, query
from handlers.explained import History, Since
from handlers.sellable_stock import Listing
from handlers.supply import Inputs, Rules
from handlers.supply_without import history_of
from schemas.terms import Account, Eaches, Sku, Warehouse

Key: TypeAlias = tuple[int, Sku]
"""A listing and one SKU that it sells."""


class Suspect(NamedTuple):
    """Whose history since `told_at` is wanted."""

    listing_id: int
    account: Account
    sku: Sku
    told_at: datetime


@dataclass(frozen=True, slots=True)
class Past:
    """What became of the suspects' stock, as the books have it."""

    moved: Mapping[Key, Sequence[Since]]
    despatched: Mapping[Key, Mapping[Warehouse, Eaches]]
    ordered: Mapping[Key, Eaches]

    def histories(self, listing: Listing, inputs: Inputs, rules: Rules) -> dict[Sku, History]:
        """By SKU that the listing takes."""
        return {
            need.sku: history_of(
                listing, need.sku, self.moved.get(key, ()), self.despatched.get(key, {}), self.ordered.get(key, 0),
                inputs, rules,
            )
            for need in listing.needs
            for key in ((listing.id, need.sku),)
        }  # fmt: skip


async def past_of(connection: Connection, suspects: Sequence[Suspect]) -> Past:
    """Everything that may explain what the suspects show now."""
    columns = [list(column) for column in zip(*suspects, strict=True)]
    moved = dict[Key, list[Since]]()
    for listing_id, sku, *rest in await connection.fetch(query("zero_histories"), *columns):
        moved.setdefault((listing_id, sku), []).append(Since(*rest))
    despatched = dict[Key, dict[Warehouse, Eaches]]()
    for listing_id, sku, warehouse, eaches in await connection.fetch(query("zero_despatched"), *columns):
        despatched.setdefault((listing_id, sku), {})[warehouse] = eaches
    lines = await connection.fetch(query("zero_ordered"), *columns)
    return Past(moved, despatched, {(listing_id, sku): eaches for listing_id, sku, eaches in lines})
