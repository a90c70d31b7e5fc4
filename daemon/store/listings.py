"""The rows that say which listing sells which SKU, as imports change them and exports show them.

Locks are taken in the order of the whole house: the listings' own rows, then marks, then publications. Orders that
wait for a mapping are not locked: a note that they are to be judged again stands beside them.
"""

from collections.abc import Collection, Sequence
from datetime import datetime

import msgspec

from daemon.store.database import Connection, query
from daemon.store.order_rechecks import recheck
from handlers.listings import Changes, key_of, tells_more_than_stock
from handlers.sellable_stock import Listing
from handlers.supply import Key
from schemas.terms import ChannelAccount


async def all_listings(connection: Connection, channel_account: ChannelAccount | None = None) -> list[Listing]:
    """Every listing, or those of one channel account, in the order of their keys."""
    rows = await connection.fetch(query("listings_all"), channel_account)
    return [msgspec.convert(dict(row.items()), Listing) for row in rows]


async def lock_listings(connection: Connection) -> None:
    """Nobody else changes listings until this transaction ends."""
    await connection.execute(query("listings_lock"))


async def try_refused_again(connection: Connection, named: Sequence[Listing]) -> int:
    """What the channel refused of these listings is told once more; returns of how many."""
    if not named:
        return 0
    columns = [list(column) for column in zip(*map(key_of, named), strict=True)]
    return int((await connection.execute(query("refusals_forget_of"), *columns)).split()[-1])


async def apply(connection: Connection, changes: Changes, removed: Sequence[Listing], at: datetime) -> None:
    """Save what is added and changed, mark its SKUs, delete what is removed."""
    after = [listing for _, listing in changes.changed]
    saved = [*changes.added, *after]
    if saved:
        await connection.execute(query("listings_save"), *_columns(saved), at)
        await _save_kits(connection, saved)
    names = (listing.channel_account for listing in (*saved, *removed))
    await recheck(connection, names, at)
    await mark_stock(connection, _touched(changes, removed), at)
    if changes.changed:
        again = [tells_more_than_stock(*pair) for pair in changes.changed]
        await connection.execute(query("listings_tell_again"), [listing.id for listing in after], again, at)
    if removed:
        await connection.execute(query("listings_remove"), [listing.id for listing in removed])


async def _save_kits(connection: Connection, saved: Sequence[Listing]) -> None:
    keys = [list(column) for column in zip(*map(key_of, saved), strict=True)]
    await connection.execute(query("kits_clear"), *keys)
    await connection.execute(query("kits_save"), *keys)


def _touched(changes: Changes, removed: Sequence[Listing]) -> set[Key]:
    """Every SKU of which some listing may now show another quantity: a reserve concerns its whole SKU."""
    gone = [*removed, *(before for before, _ in changes.changed)]
    here = [*changes.added, *(after for _, after in changes.changed)]
    names = {(listing.account, listing.sku) for listing in (*gone, *here)}
    return names | {(listing.account, need.sku) for listing in (*gone, *here) for need in listing.needs}


async def mark_stock(connection: Connection, keys: Collection[Key], at: datetime) -> None:
    """The publisher has to look at these SKUs again."""
    if keys:
        names = zip(*sorted(keys), strict=True)  # in the order in which marks are locked everywhere
        await connection.execute(query("mark_dirty"), *(list(column) for column in names), at)


def _columns(listings: Sequence[Listing]) -> list[list[object]]:
    """Columns in the order of the struct, which is the table's; the id is the books' to give."""
    rows = [(*msgspec.structs.astuple(listing)[1:-2], _json(listing), listing.zero_rule) for listing in listings]
    return [list(column) for column in zip(*rows, strict=True)]


def _json(listing: Listing) -> str:
    return msgspec.json.encode(listing.components).decode()
