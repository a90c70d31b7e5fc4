"""A channel account's catalogue as it was read, how far a reading has come, and what the last comparison found."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import msgspec

from daemon.store.database import Connection, query
from handlers.catalogue_changes import Changes
from handlers.catalogue_comparison import ChannelItem, Difference
from handlers.catalogue_walk import Walk
from schemas.amazon_catalogue import CatalogueItem
from schemas.terms import SellerSku

Shop = tuple[str, str]
"""(channel account, marketplace)."""


class Standing(NamedTuple):
    """`walk` None: no reading is under way."""

    run: int
    walk: Walk | None
    next_at: datetime


async def standing_of(connection: Connection, shop: Shop) -> Standing | None:
    """Locked until the transaction ends; None for a catalogue that was never read."""
    row = await connection.fetchrow(query("catalogue_walk_load"), *shop)
    if row is None:
        return None
    walk = None if row["state"] is None else msgspec.convert(row["state"], Walk)
    return Standing(row["run"], walk, row["next_at"])


async def wait_for(connection: Connection, shop: Shop, next_at: datetime) -> None:
    """Of a catalogue that was never read: when it will be."""
    await connection.execute(query("catalogue_walk_save"), *shop, 0, None, None, next_at)


async def keep_walk(connection: Connection, shop: Shop, walk: Walk, at: datetime, next_at: datetime) -> None:
    await connection.execute(query("catalogue_walk_save"), *shop, walk.run, msgspec.to_builtins(walk), at, next_at)


async def end_walk(connection: Connection, shop: Shop, next_at: datetime, at: datetime | None) -> None:
    """`at`: when it was compared; None where it could not be."""
    await connection.execute(query("catalogue_walk_end"), *shop, next_at, at)


async def take_items(connection: Connection, shop: Shop, items: Sequence[CatalogueItem], run: int) -> None:
    columns = [[one.seller_sku for one in items], [one.asin for one in items], [one.barcode for one in items]]
    await connection.execute(query("catalogue_items_save"), *shop, *columns, run)


async def forget_older(connection: Connection, shop: Shop, run: int) -> None:
    """What the whole reading `run` did not show is not listed any more."""
    await connection.execute(query("catalogue_items_forget"), *shop, run)


async def items_of(connection: Connection, shop: Shop) -> list[ChannelItem]:
    rows = await connection.fetch(query("catalogue_items_all"), *shop)
    return [
        ChannelItem(seller_sku=SellerSku(row["seller_sku"]), asin=row["asin"], barcode=row["barcode"]) for row in rows
    ]


async def differences_of(connection: Connection, account: str, marketplace: str | None = None) -> list[Difference]:
    rows = await connection.fetch(query("catalogue_differences_all"), account, marketplace)
    return [Difference(row["kind"], row["name"], row["text"], tuple(row["near"])) for row in rows]


async def keep_differences(
    connection: Connection, shop: Shop, found: Sequence[Difference], changed: Changes, at: datetime
) -> None:
    gone = [[one.kind for one in changed.gone], [one.name for one in changed.gone]]
    await connection.execute(query("catalogue_differences_forget"), *shop, *gone)
    await connection.execute(query("catalogue_differences_save"), *shop, msgspec.to_builtins(list(found)), at)
