"""What is to be read of Clarus, what was seen there, and how far the sweep has come."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import asyncpg
import msgspec

from daemon.store.database import Connection, query
from daemon.store.stock import StockKey
from handlers.clarus_readings import Look
from schemas.inventory import Quantities
from schemas.terms import Sku


class Mark(msgspec.Struct, frozen=True):
    """A product that is to be read. `version` is that of the reasons known when the read began."""

    sku: Sku
    marked_at: datetime
    version: int


class Sweep(msgspec.Struct, frozen=True):
    """Where a sweep stands. `started_at` None: none is under way."""

    sweep: int
    started_at: datetime | None
    cursor: str | None
    pages: int
    rows_seen: int
    moved: bool
    finished_at: datetime | None
    next_at: datetime


async def next_number(connection: Connection) -> int:
    """A number for a read, higher than all before. Take it before the request leaves."""
    return int(await connection.fetchval(query("clarus_read_begin")))


async def mark_doubts(
    connection: Connection, tenant: str, warehouses: Sequence[str], accounts: Sequence[str], at: datetime
) -> None:
    """Level requests for SKUs that we read are answered by reading them."""
    await connection.execute(query("clarus_marks_of_doubts"), tenant, list(warehouses), at, list(accounts))


async def marks_due(connection: Connection, tenant: str, at: datetime, limit: int) -> list[Mark]:
    rows = await connection.fetch(query("clarus_marks_due"), tenant, at, limit)
    return [Mark(Sku(row["sku"]), row["marked_at"], row["version"]) for row in rows]


async def marks_waiting(connection: Connection, tenant: str) -> int:
    return int(await connection.fetchval(query("clarus_marks_waiting"), tenant))


async def move_marks(connection: Connection, tenant: str, due: Mapping[Mark, datetime | None]) -> None:
    """Each mark to its next time; None: it is settled."""
    later = [(mark.sku, mark.version, at) for mark, at in due.items() if at is not None]
    gone = [(mark.sku, mark.version) for mark, at in due.items() if at is None]
    if later:
        await connection.execute(query("clarus_marks_later"), tenant, *_columns(later))
    if gone:
        await connection.execute(query("clarus_marks_settled"), tenant, *_columns(gone))


async def mark_at(connection: Connection, tenant: str, due: Mapping[Sku, tuple[datetime, datetime]]) -> None:
    """Products to be read at a time to come: SKU -> (why since, when)."""
    if due:
        rows = [(sku, *times) for sku, times in sorted(due.items())]
        await connection.execute(query("clarus_mark_at"), tenant, *_columns(rows))


async def looks(connection: Connection, keys: Sequence[StockKey]) -> dict[StockKey, Look]:
    if not keys:
        return {}
    rows = await connection.fetch(query("clarus_looks_load"), *_columns(keys))
    return {keys[row["place"] - 1]: _look(row) for row in rows}


def _look(row: asyncpg.Record) -> Look:
    least = Quantities(row["available"], row["allocated"], row["ordered"], row["received"], row["picked"])
    return Look(row["since"], least, row["number"], row["rounds"])


async def save_looks(
    connection: Connection, tenant: str, before: Mapping[StockKey, Look], after: Mapping[StockKey, Look]
) -> None:
    """Keep `after`, and let go what of `before` is not in it."""
    kept = [
        (*key, look.since, q.available, q.allocated, q.ordered, q.received, q.picked, look.number, look.rounds)
        for key, look in sorted(after.items())
        for q in (look.least,)
        if before.get(key) != look
    ]
    gone = sorted(before.keys() - after.keys())
    if kept:
        await connection.execute(query("clarus_looks_save"), tenant, *_columns(kept))
    if gone:
        await connection.execute(query("clarus_looks_clear"), *_columns(gone))


async def note_seen(connection: Connection, tenant: str, sweep: int, seen: Sequence[tuple[StockKey, str]]) -> int:
    """These (balance, product id) were shown by this sweep; returns how many it had shown before."""
    rows = [(*key, product_id) for key, product_id in sorted(seen)]
    if not rows:
        return 0
    return int(await connection.fetchval(query("clarus_seen_note"), *_columns(rows), tenant, sweep))


async def unseen(
    connection: Connection, tenant: str, sweep: int, warehouses: Sequence[str], accounts: Sequence[str]
) -> list[Sku]:
    """Products of which the books know stock, and that this sweep did not show."""
    rows = await connection.fetch(query("clarus_unseen"), sweep, tenant, list(warehouses), list(accounts))
    return [Sku(row["sku"]) for row in rows]


async def absent_share(
    connection: Connection, tenant: str, warehouses: Sequence[str], accounts: Sequence[str]
) -> tuple[int, int]:
    """(balances that the last whole sweep did not show, all that the books know stock of)."""
    row = await connection.fetchrow(query("clarus_absent_share"), tenant, list(warehouses), list(accounts))
    assert row is not None
    return row["absent"], row["known"]


async def sweep_of(connection: Connection, tenant: str, at: datetime) -> Sweep:
    """The tenant's sweep; the first is due at once."""
    await connection.execute(query("clarus_sweep_open"), tenant, at)
    row = await connection.fetchrow(query("clarus_sweep_of"), tenant)
    assert row is not None
    return Sweep(*row)


async def begin_sweep(connection: Connection, tenant: str, at: datetime) -> Sweep:
    row = await connection.fetchrow(query("clarus_sweep_begin"), tenant, at)
    assert row is not None
    return Sweep(*row)


async def turn_page(
    connection: Connection, tenant: str, sweep: Sweep, cursor: str | None, rows: int, *, moved: bool
) -> bool:
    """False when the sweep is no longer where this page began, and nothing of it may count as a page."""
    turned = await connection.fetchval(
        query("clarus_sweep_page"), tenant, sweep.sweep, sweep.cursor, cursor, rows, moved
    )
    return turned is not None


async def end_sweep(
    connection: Connection, tenant: str, sweep: int, at: datetime, soon: datetime, later: datetime
) -> None:
    """`soon`: the next, if pages changed while they were read; `later`: if not."""
    await connection.execute(query("clarus_sweep_end"), tenant, sweep, at, soon, later)


async def give_up_sweep(connection: Connection, tenant: str, sweep: int, later: datetime) -> None:
    """It was not whole, and is not gone on with; the next begins at `later`."""
    await connection.execute(query("clarus_sweep_give_up"), tenant, sweep, later)


def _columns(rows: Sequence[Sequence[Any]]) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)]
