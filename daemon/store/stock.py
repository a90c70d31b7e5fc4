"""The stock books: balances, stream, troubles, marks. One call loads a batch's SKUs, one saves what was decided."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import msgspec

from daemon.store.database import Connection, query
from handlers.stock_state import Applied, StockState, Trouble
from schemas.inventory import Quantities, StockMessage
from schemas.terms import Account, CommandId, Sku, Warehouse


class BooksMoved(Exception):
    """Another writer changed a SKU between our reading and our writing: roll back, read again, decide again."""


class StockKey(NamedTuple):
    """A SKU in a warehouse."""

    account: Account
    warehouse: Warehouse
    sku: Sku


@dataclass(slots=True)
class Ledger:
    """One SKU within a batch: as loaded, and as decided so far."""

    key: StockKey
    stock_id: int
    version: int
    before: StockState
    state: StockState
    applied: list[Applied] = field(default_factory=list[Applied])

    @property
    def changed(self) -> bool:
        return self.state is not self.before


async def load(connection: Connection, keys: Sequence[StockKey], firsts: Sequence[tuple[str, int]]) -> list[Ledger]:
    """The ledgers of `keys` (distinct), as committed. `firsts`: (source, epoch) for SKUs never seen before."""
    found = await _load(connection, keys)
    missing = [place for place in range(len(keys)) if place not in found]
    if missing:
        new = [keys[place] for place in missing]
        await connection.execute(
            query("stock_open"),
            *_columns(new, 3),
            [firsts[place][0] for place in missing],
            [firsts[place][1] for place in missing],
        )
        opened = await _load(connection, new)
        found |= {missing[place]: ledger for place, ledger in opened.items()}
    await _load_held(connection, [ledger for ledger in found.values() if ledger.before.trouble])
    return [found[place] for place in range(len(keys))]


async def _load(connection: Connection, keys: Sequence[StockKey]) -> dict[int, Ledger]:
    rows = await connection.fetch(query("stock_load"), *_columns(keys, 3))
    return {row[0] - 1: _ledger(keys[row[0] - 1], tuple(row)) for row in rows}


def _ledger(key: StockKey, row: tuple[Any, ...]) -> Ledger:
    _, stock_id, version, source, epoch, applied, number, *rest = row
    balance = Quantities(*rest[:6])
    trouble = None if rest[8] is None else Trouble(*rest[8:])
    state = StockState(source, epoch, applied, number, balance, rest[6], rest[7], trouble)
    return Ledger(key, stock_id, version, state, state)


async def _load_held(connection: Connection, troubled: Sequence[Ledger]) -> None:
    if not troubled:
        return
    held = dict[int, list[StockMessage]]()
    for stock_id, message in await connection.fetch(query("held_load"), [ledger.stock_id for ledger in troubled]):
        held.setdefault(stock_id, []).append(msgspec.convert(message, StockMessage))
    for ledger in troubled:
        waiting = tuple(m for m in held.get(ledger.stock_id, ()) if m.epoch == ledger.before.epoch)
        ledger.before = ledger.state = msgspec.structs.replace(ledger.before, held=waiting)


async def save(
    connection: Connection, ledgers: Sequence[Ledger], at: datetime, partition: int, ask_again: timedelta
) -> None:
    """Balances, stream, outbox row and marks in one statement; troubles and held movements where they changed.

    Raises BooksMoved, and the transaction must not commit, when a SKU is no longer at the version that was loaded.
    """
    changed = [ledger for ledger in ledgers if ledger.changed]
    if not changed:
        return
    entries = [(ledger.stock_id, entry) for ledger in changed for entry in ledger.applied]
    saved = await connection.fetchval(
        query("stock_save"),
        *_balances(changed),
        *_stream(entries),
        at,
        partition,
        *_columns(sorted({(ledger.key.account, ledger.key.sku) for ledger in changed}), 2),
    )
    if saved != len(changed):
        raise BooksMoved(f"{len(changed) - saved} of {len(changed)} SKUs have changed since they were read")
    if taken := [ledger for ledger in changed if ledger.state.source != ledger.before.source]:
        rows = [(ledger.stock_id, ledger.state.source) for ledger in taken]
        await connection.execute(query("stock_taken_over"), *_columns(rows, 2))
    await _save_troubles(connection, changed, at, ask_again)


def _balances(changed: Sequence[Ledger]) -> list[list[Any]]:
    return _columns(
        [
            (
                ledger.stock_id, ledger.version, s.epoch, s.applied, s.number, b.available, b.allocated, b.ordered,
                b.received, b.picked, b.held, s.last_time, s.level_time,
            )
            for ledger in changed
            for s in (ledger.state,)
            for b in (s.balance,)
        ],
        13,
    )  # fmt: skip


def _stream(entries: Sequence[tuple[int, Applied]]) -> list[list[Any]]:
    return _columns(
        [
            (
                stock_id, e.number, m.epoch, m.sequence, m.kind, m.event_id, m.time, b.available, b.allocated,
                b.ordered, b.received, b.picked, b.held,
            )
            for stock_id, e in entries
            for m in (e.message,)
            for b in (e.balance,)
        ],
        13,
    )  # fmt: skip


async def _save_troubles(
    connection: Connection, changed: Sequence[Ledger], at: datetime, ask_again: timedelta
) -> None:
    moved = [ledger for ledger in changed if ledger.state.trouble != ledger.before.trouble]
    if not moved:
        return
    troubled = [(ledger.stock_id, t) for ledger in moved if (t := ledger.state.trouble) is not None]
    if troubled:
        await connection.execute(query("trouble_save"), *_troubles(troubled, ask_again))
    if cleared := [ledger.stock_id for ledger in moved if ledger.state.trouble is None]:
        await connection.execute(query("trouble_clear"), cleared)
    await _save_held(connection, moved, at)


def _troubles(troubled: Sequence[tuple[int, Trouble]], ask_again: timedelta) -> list[list[Any]]:
    return _columns(
        [
            (
                stock_id, t.highest_seen, t.held_outflow, t.gap_since, t.doubt_since, t.doubt_reason, t.command_id,
                t.asked_at, t.asked_at + ask_again if t.asked_at else None, t.suspicions,
            )
            for stock_id, t in troubled
        ],
        10,
    )  # fmt: skip


async def _save_held(connection: Connection, moved: Sequence[Ledger], at: datetime) -> None:
    added = list[tuple[int, int, int, StockMessage]]()
    gone = list[tuple[int, int, int]]()
    for ledger in moved:
        before = {(m.epoch, m.sequence): m for m in ledger.before.held}
        after = {(m.epoch, m.sequence): m for m in ledger.state.held}
        added += [(ledger.stock_id, *place, m) for place, m in after.items() if place not in before]
        gone += [(ledger.stock_id, *place) for place in before if place not in after]
    if added:
        await connection.execute(query("held_save"), *_columns(added, 4), at)
    if gone:
        await connection.execute(query("held_clear"), *_columns(gone, 3))


async def note_level_requests(
    connection: Connection, requests: Sequence[tuple[CommandId, StockKey]], at: datetime
) -> None:
    """Remember what was asked for, so that the answer is recognised and its absence noticed."""
    if requests:
        rows = [(command_id, *key) for command_id, key in requests]
        await connection.execute(query("level_request_note"), *_columns(rows, 4), at)


async def note_answers(connection: Connection, commands: Sequence[CommandId], at: datetime) -> None:
    if commands:
        await connection.execute(query("level_request_answered"), list(commands), at)


async def keys_of(connection: Connection, names: Sequence[tuple[Account, Sku]]) -> list[StockKey]:
    """All warehouses' keys of these SKUs, sorted."""
    if not names:
        return []
    return [StockKey(*row) for row in await connection.fetch(query("stock_of_sku"), *_columns(names, 2))]


async def gaps_past_grace(connection: Connection, before: datetime, limit: int) -> list[StockKey]:
    """SKUs whose gap began before this time and that nobody doubts yet, sorted."""
    return [StockKey(*row) for row in await connection.fetch(query("gaps_past_grace"), before, limit)]


def _columns(rows: Sequence[Sequence[Any]], width: int) -> list[list[Any]]:
    """Rows as columns, which is how `unnest` takes them."""
    return [list(column) for column in zip(*rows, strict=True)] if rows else [[] for _ in range(width)]
