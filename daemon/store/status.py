"""What `status` and `explain` read: where everything stands, and why."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from daemon.store.database import Connection, query

Row: TypeAlias = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Status:
    """What is behind, in doubt, blocked, and waiting for people."""

    figures: Row
    stock: list[Row]
    channels: list[Row]
    brakes: list[Row]
    effects: list[Row]
    budgets: list[Row]
    people: list[Row]


@dataclass(frozen=True, slots=True)
class ListingStory:
    listing: Row
    attempts: list[Row]
    turn: Row


@dataclass(frozen=True, slots=True)
class SkuStory:
    """One SKU: its stock by warehouse with the end of its stream, and each listing that sells it."""

    stock: list[tuple[Row, list[Row]]]
    listings: list[ListingStory]


async def status(connection: Connection, now: datetime) -> Status:
    return Status(
        (await _rows(connection, "figures"))[0],
        await _rows(connection, "status_stock"),
        await _rows(connection, "status_channels"),
        await _rows(connection, "brakes_on"),
        await _rows(connection, "status_effects"),
        await _rows(connection, "status_budgets"),
        await _rows(connection, "figures_people", now),
    )


async def story(connection: Connection, sku: str, account: str | None, last: int) -> SkuStory:
    """All that is known of a SKU (the warehouse's or a seller's), with the `last` entries of each history."""
    stock = await _rows(connection, "explain_stock", sku, account)
    listings = await _rows(connection, "explain_listings", sku, account)
    if not stock and listings:
        stock = await _rows(connection, "explain_stock", listings[0]["sku"], listings[0]["account"])
    return SkuStory(
        [(row, await _rows(connection, "explain_stream", row["id"], last)) for row in stock],
        [await _listing(connection, row, last) for row in listings],
    )


async def _listing(connection: Connection, row: Row, last: int) -> ListingStory:
    attempts = await _rows(connection, "explain_attempts", row["id"], last)
    turn = await _rows(connection, "explain_turn", row["channel_account"], row["untold_since"])
    return ListingStory(row, attempts, turn[0])


async def _rows(connection: Connection, name: str, *arguments: object) -> list[Row]:
    return [dict(row) for row in await connection.fetch(query(name), *arguments)]
