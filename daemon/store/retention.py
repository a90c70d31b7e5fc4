"""What is old and settled is forgotten, in small pieces, so that nobody waits for it."""

from datetime import datetime, timedelta

from daemon.store.database import Connection, query

CHUNK = 5_000
"""Rows in one deletion."""
ROUNDS = 20
"""Deletions of one kind in one call: the rest waits for the next."""

FORGOTTEN = (
    "forget_stream",
    "forget_attempts",
    "forget_readings",
    "forget_feeds",
    "forget_stock_updates",
    "forget_alerts",
    "forget_decisions",
    "forget_promises",
    "forget_level_requests",
    "forget_effect_history",
    "forget_parked",
    "forget_order_clocks",
    "forget_order_breaches",
    "forget_channel_reports",
    "forget_message_keys",
)
"""The balance row's own number guards order after the stream is gone; despatches, parcels and effects stay."""


async def forget(connection: Connection, now: datetime, stream_days: int) -> dict[str, int]:
    """Delete what was settled, or streamed and relayed, more than `stream_days` ago. Outside a transaction.

    Returns how many rows went, by query.
    """
    before = now - timedelta(days=stream_days)
    return {name: await _forget(connection, name, before) for name in FORGOTTEN}


async def forget_hooks(connection: Connection, before: datetime) -> int:
    """Delete webhooks that came last before this, each with its key; returns how many."""
    return await _forget(connection, "clarus_hooks_forget", before)


async def _forget(connection: Connection, name: str, before: datetime) -> int:
    gone = 0
    for _ in range(ROUNDS):
        status = await connection.execute(query(name), before, CHUNK)
        rows = int(status.split()[-1])
        gone += rows
        if rows < CHUNK:
            break
    return gone
