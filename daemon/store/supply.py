"""What the books hold for listings to draw on: stock, open order lines, reserves, velocity classes."""

from collections.abc import Iterable, Sequence
from typing import TypeVar

import asyncpg
import msgspec

from daemon.store.database import Connection, query
from handlers.open_lines import OpenPart
from handlers.sellable_stock import Listing, WarehouseStock
from handlers.supply import Inputs, Key, Reserve

T = TypeVar("T")


async def inputs_for(connection: Connection, listings: Iterable[Listing]) -> Inputs:
    """For these listings, as committed."""
    given = list(listings)
    keys = sorted({(listing.account, need.sku) for listing in given for need in listing.needs})
    rows = await connection.fetch(query("stock_of_listings"), *_columns(keys))
    return await _whole(connection, rows, keys, [listing.id for listing in given])


async def locked_inputs(connection: Connection, listing_ids: Sequence[int]) -> Inputs:
    """The same for listings by id; their stock is locked against the intake until the transaction ends.

    Locks are taken in one order everywhere: stock, then marks, then publications, then alerts. Open lines are read
    without a lock: whoever changes one marks its SKUs, and the next round sees it.
    """
    ids = list(listing_ids)
    keys: list[Key] = [
        (row["account"], row["sku"]) for row in await connection.fetch(query("listing_stock_keys"), ids)
    ]
    rows = await connection.fetch(query("stock_of_listings_locked"), *_columns(keys))
    return await _whole(connection, rows, keys, ids)


async def _whole(
    connection: Connection, stock: Iterable[asyncpg.Record], keys: Sequence[Key], listing_ids: Sequence[int]
) -> Inputs:
    columns = _columns(keys)
    lines = await connection.fetch(query("open_lines_of_skus"), *columns)
    reserves = await connection.fetch(query("reserves_of_skus"), *columns)
    classes = await connection.fetch(query("velocity_classes"), list(listing_ids))
    return Inputs(
        stock=_by_sku(((account, sku), WarehouseStock(*rest)) for account, sku, *rest in stock),
        lines=_by_sku(((row["account"], row["sku"]), part_of(row)) for row in lines),
        reserves=_by_sku(((account, sku), Reserve(*rest)) for account, sku, *rest in reserves),
        classes={row["listing_id"]: row["velocity_class"] for row in classes},
    )


def part_of(row: asyncpg.Record) -> OpenPart:
    """A row of `open_line_part` with its line's names."""
    return msgspec.convert(dict(row.items()), OpenPart)


def _by_sku(pairs: Iterable[tuple[Key, T]]) -> dict[Key, list[T]]:
    found: dict[Key, list[T]] = {}
    for key, one in pairs:
        found.setdefault(key, []).append(one)
    return found


def _columns(keys: Sequence[Key]) -> tuple[list[str], list[str]]:
    return [account for account, _ in keys], [sku for _, sku in keys]
