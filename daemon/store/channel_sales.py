"""Orders of channels in the books: their lines, what they take of each SKU, the demand that they show, the cursor."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime

import msgspec

from daemon.selling import Speed
from daemon.store.database import Connection, query
from daemon.store.demand import count
from daemon.store.open_lines import open_parts, parts_of_lines, save_parts
from handlers.channel_sales import Heard, ListingName, OrderLine, Word, hear, moved, opened, with_listings
from handlers.sellable_stock import Listing
from handlers.supply import Rules
from schemas.amazon_order_search import SoldOrder
from schemas.terms import ChannelAccount

WAITING = 200
"""Lines that waited for a listing and are taken up in one round."""


class Taken(msgspec.Struct, frozen=True):
    """What became of some orders, by word, and how many of their lines found no listing."""

    words: dict[Word, int]
    unmapped: int


async def take_orders(
    connection: Connection,
    account: ChannelAccount,
    orders: Sequence[SoldOrder],
    at: datetime,
    speed: Speed,
    rules: Rules,
) -> Taken:
    """Write what these orders change. Late and repeated answers change nothing."""
    newest = {order.order_id: order for order in sorted(orders, key=lambda order: order.updated_at)}
    known = await _known(connection, account, list(newest))
    answers = [hear(order, account, known.get(order.order_id, [])) for order in newest.values()]
    lines = await _saved(connection, answers, at)
    fresh = [line for line in lines if line.mapped_at is None]
    await _move(connection, [line for line in lines if line.mapped_at is not None], at)
    unmapped = await _map(connection, account, fresh, at, speed, rules)
    return Taken(dict(Counter(answer.word for answer in answers)), unmapped)


async def take_up_waiting(
    connection: Connection, account: ChannelAccount, at: datetime, speed: Speed, rules: Rules
) -> int:
    """Lines that waited for a listing go on once it is there; returns how many."""
    rows = await connection.fetch(query("order_lines_mappable"), account, WAITING)
    lines = [_line(row) for row in rows]
    return len(lines) - await _map(connection, account, lines, at, speed, rules)


async def _known(
    connection: Connection, account: ChannelAccount, order_ids: Sequence[str]
) -> dict[str, list[OrderLine]]:
    found: dict[str, list[OrderLine]] = {}
    for row in await connection.fetch(query("order_lines_load"), account, list(order_ids)):
        found.setdefault(row["channel_order_id"], []).append(_line(row))
    return found


async def _saved(connection: Connection, answers: Iterable[Heard], at: datetime) -> list[OrderLine]:
    lines = [line for answer in answers for line in answer.lines]
    if not lines:
        return []
    return [_line(row) for row in await connection.fetch(query("order_lines_save"), lines, at)]


async def _move(connection: Connection, lines: Sequence[OrderLine], at: datetime) -> None:
    """Lines that have parts already: quantities edited, cancelled, sent."""
    by_id = {line.id: line for line in lines}
    parts = await parts_of_lines(connection, list(by_id)) if by_id else []
    changed = [(part, moved(part, by_id[part.line_id], at)) for part in parts]
    await save_parts(connection, [after for before, after in changed if after != before], at)


async def _map(
    connection: Connection,
    account: ChannelAccount,
    lines: Sequence[OrderLine],
    at: datetime,
    speed: Speed,
    rules: Rules,
) -> int:
    """Open what lines take of the listings that they name; returns how many name none."""
    listings = await _listings(connection, account, {line.listing for line in lines})
    found, waiting = with_listings(lines, listings)
    if found:
        await open_parts(
            connection, [part for line, listing in found for part in opened(line, listing, at)], at, rules
        )
        await connection.execute(query("order_lines_mapped"), [line.id for line, _ in found], at)
        await count(connection, [(listing.id, line.ordered, line.ordered_at) for line, listing in found], at, speed)
    return len(waiting)


async def _listings(
    connection: Connection, account: ChannelAccount, names: set[ListingName]
) -> dict[ListingName, Listing]:
    if not names:
        return {}
    rows = await connection.fetch(query("listings_named"), account, *map(list, zip(*sorted(names), strict=True)))
    found = [msgspec.convert(dict(row.items()), Listing) for row in rows]
    return {(listing.marketplace, listing.seller_sku): listing for listing in found}


def _line(row: object) -> OrderLine:
    return msgspec.convert(dict(row), OrderLine)  # type: ignore[call-overload]
