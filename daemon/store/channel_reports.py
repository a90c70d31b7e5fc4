"""The books of reports that were asked of a channel: where each stands, what was read of it, what could not be."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from daemon.store.database import Connection, query
from daemon.store.sealing import KeyRing, current_keys, open_body, seal_bodies
from handlers.report_steps import Report
from schemas.amazon_health_report import HealthReport


class Newest(msgspec.Struct, frozen=True):
    """The newest report that was read of an account."""

    asked_at: datetime
    content: HealthReport


async def begin(connection: Connection, account: str, report_type: str, now: datetime) -> None:
    """One that is under way stays alone."""
    await connection.execute(query("channel_report_begin"), account, report_type, now)


async def newest(connection: Connection, account: str, report_type: str) -> Report | None:
    return _report(await connection.fetchrow(query("channel_report_newest"), account, report_type))


async def lock(connection: Connection, report_id: int) -> Report | None:
    return _report(await connection.fetchrow(query("channel_report_lock"), report_id))


def _report(row: asyncpg.Record | None) -> Report | None:
    return None if row is None else msgspec.convert(dict(row.items()), Report)


async def save(connection: Connection, report: Report, now: datetime) -> None:
    await connection.execute(
        query("channel_report_save"), report.id, report.state, report.due_at, report.asked_at, report.requests,
        report.partner_id, report.document_id, report.tries, report.reason[:500], now if report.settled else None,
    )  # fmt: skip


async def keep_content(connection: Connection, report_id: int, content: HealthReport) -> None:
    await connection.execute(query("channel_report_content"), report_id, msgspec.to_builtins(content))


async def keep_body(
    connection: Connection, account: str, report_id: int, body: bytes, now: datetime, ring: KeyRing | None = None
) -> None:
    """Of a document that could not be read, or not all of it: sealed, for whoever looks into it."""
    subject = f"report:{account}/{report_id}"
    [sealed] = await seal_bodies(connection, [(subject, body)], now, ring or current_keys())
    await connection.execute(query("channel_report_body"), report_id, subject, sealed)


async def kept_body(connection: Connection, account: str, report_type: str) -> bytes | None:
    """The newest that was kept. Raises Erased once its key is gone."""
    row = await connection.fetchrow(query("channel_report_kept"), account, report_type)
    return None if row is None else await open_body(connection, row["subject"], row["body"])


async def read(connection: Connection, accounts: Sequence[str], report_type: str) -> dict[str, Newest]:
    """By account, the newest that was read."""
    rows = await connection.fetch(query("channel_reports_read"), list(accounts), report_type)
    return {
        row["channel_account"]: Newest(row["asked_at"], msgspec.convert(row["content"], HealthReport)) for row in rows
    }
