"""Everything that the books know of one SKU, for `explain`."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

from daemon.store.database import Connection, query
from handlers.timeline import (
    Moment,
    in_order,
    of_alerts,
    of_attempts,
    of_readings,
    of_requests,
    of_stream,
    of_trouble,
)

Row: TypeAlias = dict[str, Any]


@dataclass(frozen=True, slots=True)
class StockStory:
    """A SKU in one warehouse."""

    stock: Row
    stream: list[Row]
    requests: list[Row]

    def moments(self) -> Iterator[Moment]:
        where = self.stock["warehouse"]
        yield from of_stream(where, self.stream)
        yield from of_requests(where, self.requests)
        yield from of_trouble(where, self.stock)


@dataclass(frozen=True, slots=True)
class ListingStory:
    """A listing that sells it, and the tale of its channel."""

    listing: Row
    attempts: list[Row]
    readings: list[Row]
    alerts: list[Row]

    def moments(self) -> Iterator[Moment]:
        where = self.listing["channel_account"]
        yield from of_attempts(where, self.attempts)
        yield from of_readings(where, self.readings)
        yield from of_alerts(where, self.alerts)


@dataclass(frozen=True, slots=True)
class SkuStory:
    """One SKU: its stock by warehouse, each listing that sells it, and the order lines that are open on it."""

    stock: list[StockStory]
    listings: list[ListingStory]
    lines: list[Row]

    def timeline(self, last: int) -> list[Moment]:
        stories: list[StockStory | ListingStory] = [*self.stock, *self.listings]
        return in_order((moment for one in stories for moment in one.moments()), last)


async def story(connection: Connection, sku: str, account: str | None, last: int) -> SkuStory:
    """All that is known of a SKU (the warehouse's name or a seller's), with the `last` entries of each history."""
    stock = await _rows(connection, "explain_stock", sku, account)
    listings = await _rows(connection, "explain_listings", sku, account)
    if not stock and listings:
        stock = await _rows(connection, "explain_stock", listings[0]["sku"], listings[0]["account"])
    names = sorted({(row["account"], row["sku"]) for row in (*stock, *listings)})
    return SkuStory(
        [await _stock(connection, row, last) for row in stock],
        [await _listing(connection, row, last) for row in listings],
        [line for name in names for line in await _rows(connection, "explain_lines", *name, last)],
    )


async def _stock(connection: Connection, row: Row, last: int) -> StockStory:
    # One more, so that the oldest shown still says by how much it changed.
    stream = await _rows(connection, "explain_stream", row["id"], last + 1)
    names = (row["account"], row["warehouse"], row["sku"])
    return StockStory(row, stream, await _rows(connection, "explain_requests", *names, last))


async def _listing(connection: Connection, row: Row, last: int) -> ListingStory:
    cause = f"{row['channel_account']}/{row['marketplace']}/{row['seller_sku']}"
    return ListingStory(
        row,
        await _rows(connection, "explain_attempts", row["id"], last),
        await _rows(connection, "explain_readings", row["id"], last),
        await _rows(connection, "explain_alerts", cause, last),
    )


async def _rows(connection: Connection, name: str, *arguments: object) -> list[Row]:
    return [dict(row) for row in await connection.fetch(query(name), *arguments)]
