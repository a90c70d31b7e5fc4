"""What was answered to purchase orders: each answer and its row in the ledger, and what became of it."""

from collections.abc import Mapping
from datetime import datetime

import asyncpg
import msgspec

from daemon.store import ledger
from daemon.store.database import Connection, query
from daemon.store.notes import write_notes
from handlers.acknowledgement_said import LANE, PORTAL, Said, ledger_row
from handlers.acknowledgement_settling import Settled
from schemas.terms import ChannelAccount


def said_of(row: asyncpg.Record) -> Said:
    """An answer by its row."""
    return msgspec.convert(dict(row.items()), Said, strict=False)


async def save_said(connection: Connection, said: Said, at: datetime, deadline: datetime | None, holder: str) -> None:
    """An answer and its row in the ledger, before its request leaves and after."""
    await connection.execute(query("po_said_save"), said, holder)
    if said.decided_by == PORTAL:
        return
    await ledger.save(connection, LANE, [ledger_row(said, deadline, holder)], at)


async def settle(connection: Connection, settled: Settled, at: datetime, owners: Mapping[str, str]) -> None:
    """What became of an answer, in the caller's transaction. A refusal leaves the order unanswered."""
    said = settled.said
    due_at = await connection.fetchval(query("po_due_at_lock"), said.channel_account, said.number)
    if due_at is None:
        return
    await save_said(connection, said, at, due_at, "")
    await write_notes(connection, settled.notes, at, owners)
    if settled.answered is not None:
        await connection.execute(
            query("po_answered"), said.channel_account, said.number, said.version, settled.answered, at
        )


async def said_due(
    connection: Connection, account: ChannelAccount, transport: str, at: datetime, limit: int
) -> list[Said]:
    """Answers, to orders by this transport, of which something is to be found out."""
    return [said_of(row) for row in await connection.fetch(query("po_said_due"), account, at, limit, transport)]


async def said_lost(
    connection: Connection, account: ChannelAccount, transport: str, sent_before: datetime, limit: int,
    holder: str | None = None,
) -> list[Said]:  # fmt: skip
    """Sent, and nobody waits for what comes of them any more. `holder`: whoever else sent them is gone."""
    rows = await connection.fetch(query("po_said_lost"), account, sent_before, limit, transport, holder)
    return [said_of(row) for row in rows]


async def close_question(connection: Connection, subject: str, at: datetime) -> None:
    await connection.execute(query("po_questions_close"), subject, at)


async def reword_question(connection: Connection, subject: str, question: str) -> None:
    """The open question about the order says what holds now."""
    await connection.execute(query("po_question_reword"), subject, question)
