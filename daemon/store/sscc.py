"""SSCC-18 out of a GS1 prefix of ours: the counter and the codes in one transaction, so none repeats or is lost."""

from collections.abc import Sequence
from datetime import datetime

from daemon.store.database import Connection, query
from handlers.sscc_pool import Issued, Pool, StillInUse, candidates, issue


async def given(connection: Connection, subjects: Sequence[str]) -> dict[str, str]:
    """Codes that these cartons and pallets have from us, by subject."""
    rows = await connection.fetch(query("sscc_of_subjects"), list(subjects))
    return {row["subject"]: row["sscc"] for row in rows}


async def give(connection: Connection, pool: Pool, subjects: Sequence[str], now: datetime) -> Issued | StillInUse:
    """One code for each of the subjects that has none yet, and the counter afterwards. Whoever asks again for a
    subject gets the code it has."""
    issued: int = await connection.fetchval(query("sscc_pool_take"), pool.name)
    known = await given(connection, subjects)
    fresh = [subject for subject in dict.fromkeys(subjects) if subject not in known]
    wanted = candidates(pool, issued, len(fresh))
    last_used = {row["sscc"]: row["used_at"] for row in await connection.fetch(query("sscc_last_used"), wanted)}
    result = issue(pool, issued, fresh, last_used, now)
    if isinstance(result, Issued) and fresh:
        numbers = [code.sscc for code in result.codes]
        await connection.execute(query("sscc_give"), numbers, [code.subject for code in result.codes], now)
        await connection.execute(query("sscc_pool_put"), pool.name, result.issued)
    return result
