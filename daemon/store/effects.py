"""The ledger of requests to partners: loaded under lock, written with its history."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

import asyncpg
import msgspec

from daemon.store.database import Connection, query
from handlers.effects import DESPATCH_LANE, Effect

ALIVE = 16.0
"""Real seconds, on the database's clock, after which a replica that was not seen counts as gone."""


class Wanted(NamedTuple):
    """At most `n` effects of an account whose next step is this one."""

    account: str
    step: str
    n: int


async def due(
    connection: Connection, wanted: Sequence[Wanted], now: datetime, lane: str = DESPATCH_LANE
) -> list[Effect]:
    """What is due, locked, the nearest deadline first; what others hold is passed over."""
    accounts, steps, limits = zip(*wanted, strict=True)
    return _effects(await connection.fetch(query("effects_due"), accounts, steps, limits, lane, now))


async def leave(
    connection: Connection, told: Collection[int], read: Collection[int], now: datetime, until: datetime, holder: str
) -> None:
    """Mark what is about to be told as sent, and keep what is about to be read to ourselves `until` then."""
    await connection.execute(query("effects_leave"), list(told), now, holder, list(read), until)


async def lock(connection: Connection, ids: Collection[int]) -> list[Effect]:
    """These rows, locked, in the order of their ids."""
    return _effects(await connection.fetch(query("effects_lock"), list(ids)))


async def of_subjects(connection: Connection, subjects: Collection[str]) -> dict[str, list[Effect]]:
    """All effects of these subjects, locked, oldest first."""
    found: dict[str, list[Effect]] = {}
    if subjects:
        for effect in _effects(await connection.fetch(query("effects_of_subjects"), list(subjects))):
            found.setdefault(effect.subject, []).append(effect)
    return found


async def add(connection: Connection, new: Sequence[Effect], now: datetime, lane: str = DESPATCH_LANE) -> None:
    if new:
        await connection.execute(query("effects_insert"), new, lane, now)


async def change(connection: Connection, changed: Sequence[Effect], now: datetime) -> None:
    """Write rows that are locked by this transaction, with their history."""
    if changed:
        await connection.execute(query("effects_change"), changed, now)


async def lost(connection: Connection, sent_before: datetime, limit: int) -> list[Effect]:
    """Sent, and nobody waits for the answer any more; locked."""
    return _effects(await connection.fetch(query("effects_lost"), DESPATCH_LANE, sent_before, ALIVE, limit))


async def freed(
    connection: Connection, accounts: Collection[str], lately: timedelta, limit: int, now: datetime
) -> list[Effect]:
    """Blocked, and what they wait for may be there now; locked. `lately`: see the statement."""
    return _effects(await connection.fetch(query("effects_freed"), DESPATCH_LANE, list(accounts), lately, limit, now))


async def called_off(connection: Connection, limit: int) -> list[Effect]:
    """Waiting although nobody wants them any more; locked."""
    return _effects(await connection.fetch(query("effects_called_off"), DESPATCH_LANE, limit))


async def waited_for(connection: Connection, causes: Collection[str]) -> set[str]:
    """Those of the causes that still block something."""
    return {row["waits_for"] for row in await connection.fetch(query("waited_for"), list(causes))}


def _effects(rows: Iterable[asyncpg.Record]) -> list[Effect]:
    return [msgspec.convert(dict(row.items()), Effect) for row in rows]
