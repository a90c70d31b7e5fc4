"""What `status` reads: where everything stands."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from daemon.store.database import Connection, query

Row: TypeAlias = dict[str, Any]


WORST = 5
"""Listings named one by one."""


@dataclass(frozen=True, slots=True)
class Status:
    """What is behind, in doubt, blocked, and waiting for people."""

    figures: Row
    stock: list[Row]
    channels: list[Row]
    brakes: list[Row]
    listings: list[Row]
    feeds: list[Row]
    updates: list[Row]
    orders: list[Row]
    goods_outs: list[Row]
    effects: list[Row]
    labels: list[Row]
    budgets: list[Row]
    people: list[Row]


async def status(connection: Connection, now: datetime) -> Status:
    """All that `goodsout status` shows, as the books are now."""
    return Status(
        (await _rows(connection, "figures"))[0],
        await _rows(connection, "status_stock"),
        await _rows(connection, "status_channels"),
        [{k: v for k, v in row.items() if k != "question"} for row in await _rows(connection, "brakes_on")],
        await _rows(connection, "status_listings", WORST),
        await _rows(connection, "status_feeds"),
        await _rows(connection, "status_stock_updates"),
        await _rows(connection, "status_orders"),
        await _rows(connection, "status_goods_outs"),
        await _rows(connection, "status_effects"),
        await _rows(connection, "status_labels"),
        await _rows(connection, "status_budgets"),
        await _rows(connection, "figures_people", now),
    )


async def _rows(connection: Connection, name: str, *arguments: object) -> list[Row]:
    return [dict(row) for row in await connection.fetch(query(name), *arguments)]
