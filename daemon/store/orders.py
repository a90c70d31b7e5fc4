"""Where orders stand in the warehouse, and the answers to our commands."""

from collections.abc import Collection, Sequence

import msgspec

from daemon.store.database import Connection, query
from handlers.command_answers import Answered, Asked
from handlers.order_standing import StandingRow

Key = tuple[str, str]


async def revisions(connection: Connection, keys: Sequence[Key]) -> dict[Key, int]:
    """(account, order reference) -> the revision that the books have."""
    if not keys:
        return {}
    rows = await connection.fetch(query("order_standings_load"), *zip(*keys, strict=True))
    return {(row["account"], row["order_reference"]): row["revision"] for row in rows}


async def save(connection: Connection, rows: Sequence[StandingRow]) -> None:
    """Write the newest standing of each order; what is newer in the books stays. One row per order."""
    if rows:
        await connection.execute(query("order_standings_save"), rows)


async def asked(connection: Connection, command_ids: Collection[str]) -> dict[str, Asked]:
    """Our requests with these ids, locked."""
    rows = await connection.fetch(query("commands_load"), list(command_ids)) if command_ids else []
    return {row["command_id"]: msgspec.convert(dict(row.items()), Asked) for row in rows}


async def answered(connection: Connection, answers: Sequence[Answered]) -> None:
    if answers:
        await connection.execute(query("commands_answered"), answers)
