"""The rows that say which listing sells which SKU, as imports change them and exports show them.

Locks are taken in the order of the whole house: the listings' own rows, then marks, then publications.
"""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from daemon.store.database import Connection, query
from handlers.listings import Changes, tells_more_than_stock
from handlers.sellable_stock import Listing
from schemas.terms import ChannelAccount


async def all_listings(connection: Connection, channel_account: ChannelAccount | None = None) -> list[Listing]:
    """Every listing, or those of one channel account, in the order of their keys."""
    rows = await connection.fetch(query("listings_all"), channel_account)
    return [msgspec.convert(dict(row.items()), Listing) for row in rows]


async def lock_listings(connection: Connection) -> None:
    """Nobody else changes listings until this transaction ends."""
    await connection.execute(query("listings_lock"))


async def apply(connection: Connection, changes: Changes, removed: Sequence[Listing], at: datetime) -> None:
    """Save what is added and changed, mark its SKUs, delete what is removed."""
    after = [listing for _, listing in changes.changed]
    saved = [*changes.added, *after]
    if saved:
        await connection.execute(query("listings_save"), *_columns(saved), at)
        names = sorted({(listing.account, listing.sku) for listing in saved})
        await connection.execute(query("mark_dirty"), *(list(column) for column in zip(*names, strict=True)), at)
    if changes.changed:
        again = [tells_more_than_stock(*pair) for pair in changes.changed]
        await connection.execute(query("listings_tell_again"), [listing.id for listing in after], again, at)
    if removed:
        await connection.execute(query("listings_remove"), [listing.id for listing in removed])


def _columns(listings: Sequence[Listing]) -> list[list[object]]:
    """Columns in the order of the struct, which is the table's; the id is the books' to give."""
    rows = [msgspec.structs.astuple(listing)[1:] for listing in listings]
    return [list(column) for column in zip(*rows, strict=True)]
