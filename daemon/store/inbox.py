"""Messages without a sequence are recognised by (source, id), for so many days after they were received.

Partitioned by the message's own time, never by arrival: a redelivery after midnight must still collide. A row's
key never depends on when it came, so nothing that comes twice looks new because a day has passed in between.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from typing import TypeAlias

import asyncpg

from daemon.store.database import Connection, query

Message: TypeAlias = "tuple[str, str, datetime | None]"
"""(source, id, when it happened by its own words)."""

SENTINEL = datetime(1970, 1, 1, tzinfo=UTC)
"""Stands for a time that is missing or absurd; always in the default partition."""

BELIEVABLE = (datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC))
DAYS_AHEAD = 3
INBOX_LOCK = 7_406_114


async def first_seen(connection: Connection, messages: Sequence[Message], received_at: datetime) -> list[bool]:
    """For each message, whether it is the first of its kind: noted now, in the caller's transaction.

    Duplicates within `messages` count: only the first of them is True.
    """
    if not messages:
        return []
    sources, ids, times = zip(*messages, strict=True)
    rows = await connection.fetch(
        query("note_first_seen"), sources, ids, [believable(moment) for moment in times], received_at
    )
    firsts = {row["place"] for row in rows}
    return [place in firsts for place in range(1, len(messages) + 1)]


def believable(moment: datetime | None) -> datetime:
    """The time itself, or SENTINEL. The bounds are fixed: a time must not stop being believed as it ages."""
    if moment is None or not BELIEVABLE[0] <= moment < BELIEVABLE[1]:
        return SENTINEL
    return moment


async def keep_partitions(connection: Connection, now: datetime, days: int) -> None:
    """Make the days that messages may speak of, and forget what was received more than `days` ago.

    Outside a transaction. One replica does it at a time; what another holds on to is left for the next round.
    """
    today = now.astimezone(UTC).date()
    wanted = [today + timedelta(days=offset) for offset in range(-days, DAYS_AHEAD + 1)]
    there = {row["relname"] for row in await connection.fetch(query("list_inbox_days"))}
    names = {_name(datetime.combine(day, time(), UTC)): datetime.combine(day, time(), UTC) for day in wanted}
    for name, start in names.items():
        if name not in there:
            await _make(connection, name, start)
    for name in sorted(there - names.keys()):
        if name < min(names):
            await _drop(connection, name, now - timedelta(days=days))
    await connection.execute(query("forget_inbox_default"), now - timedelta(days=days))


def _name(start: datetime) -> str:
    return f"inbox_{start:%Y%m%d}"


def _for_day(name: str, day: str, start: datetime | None = None) -> str:
    text = query(name).replace("{day}", day)
    if start is None:
        return text
    return text.replace("{start}", start.isoformat()).replace("{end}", (start + timedelta(days=1)).isoformat())


async def _make(connection: Connection, day: str, start: datetime) -> None:
    """A new day takes over what came early and waits in the default partition."""
    try:
        async with connection.transaction():
            if await _alone(connection):
                await connection.execute(_for_day("create_inbox_day", day))
                await connection.execute(_for_day("fill_inbox_day", day), start, start + timedelta(days=1))
                await connection.execute(_for_day("attach_inbox_day", day, start))
    except (asyncpg.LockNotAvailableError, asyncpg.CheckViolationError, asyncpg.DuplicateTableError):
        return  # somebody is writing that day just now, or has made it: the next round sees


async def _drop(connection: Connection, day: str, received_before: datetime) -> None:
    """An old day goes, but for what was received lately: that moves to the default partition."""
    try:
        async with connection.transaction():
            if await _alone(connection):
                await connection.execute(_for_day("detach_inbox_day", day))
                await connection.execute(_for_day("keep_late_of_inbox_day", day), received_before)
                await connection.execute(_for_day("drop_inbox_day", day))
    except (asyncpg.LockNotAvailableError, asyncpg.UndefinedTableError):
        return


async def _alone(connection: Connection) -> bool:
    await connection.execute(query("wait_briefly_for_locks"))
    alone: bool = await connection.fetchval(query("try_inbox_lock"), INBOX_LOCK)
    return alone
