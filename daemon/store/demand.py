"""Measured demand in the books: counted once per order line, classed with each count and when it has faded."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import asyncpg

from daemon.selling import Speed
from daemon.store.database import Connection, query
from daemon.store.listings import mark_stock
from handlers.demand import Demand, classify, counted, decayed

Sale = tuple[int, int, datetime]
"""(listing id, channel units, when they were ordered)."""


async def count(connection: Connection, sales: Sequence[Sale], at: datetime, speed: Speed) -> None:
    """Add lines that were never counted before."""
    rows = await connection.fetch(query("demand_load"), sorted({sale[0] for sale in sales}))
    before = {row["listing_id"]: row for row in rows}
    after = _counted(before, sales, at, speed)
    classes = {listing: _classed(demand, before.get(listing), at, speed) for listing, demand in after.items()}
    columns = [
        (listing, demand.per_day, demand.orders_per_day, demand.counted_at, classes[listing])
        for listing, demand in sorted(after.items())
    ]
    await connection.execute(query("demand_save"), *map(list, zip(*columns, strict=True)))
    await _mark(connection, [listing for listing in after if classes[listing] != _class(before.get(listing))], at)


def _counted(
    before: Mapping[int, asyncpg.Record], sales: Iterable[Sale], at: datetime, speed: Speed
) -> dict[int, Demand]:
    found = {
        listing: Demand(row["per_day"], row["counted_at"], row["orders_per_day"]) for listing, row in before.items()
    }
    for listing, units, ordered_at in sales:
        found[listing] = counted(found.get(listing), units, ordered_at, at, speed.half_life)
    return found


def _classed(demand: Demand, before: asyncpg.Record | None, at: datetime, speed: Speed) -> str:
    return classify(decayed(demand, at, speed.half_life), _class(before), speed.classes, speed.hysteresis)


def _class(row: asyncpg.Record | None) -> str:
    return "" if row is None else str(row["velocity_class"])


async def class_anew(connection: Connection, after: int, at: datetime, speed: Speed, limit: int) -> int:
    """Listings that sell no longer leave their class. From the listing after `after` on; returns where to go on, 0 at
    the end."""
    rows = await connection.fetch(query("demand_page"), after, limit)
    changed = [
        (row["listing_id"], row["velocity_class"], now)
        for row in rows
        if (now := _classed(Demand(row["per_day"], row["counted_at"]), row, at, speed)) != row["velocity_class"]
    ]
    if changed:
        saved = await connection.fetch(query("demand_class_save"), *map(list, zip(*changed, strict=True)))
        await _mark(connection, [row["listing_id"] for row in saved], at)
    return int(rows[-1]["listing_id"]) if len(rows) == limit else 0


async def _mark(connection: Connection, listings: Sequence[int], at: datetime) -> None:
    if listings:
        rows = await connection.fetch(query("listing_marks"), list(listings))
        await mark_stock(connection, {(row["account"], row["sku"]) for row in rows}, at)
