"""Read the alerts: what is wrong now, who owns it, and what became of the same cause before."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import asyncpg
import msgspec

from daemon.store.database import Connection, query

HISTORY = 200


@dataclass(frozen=True, slots=True)
class Alert:
    """An alert; open while `resolved_at` is None. `times` counts how often it was raised."""

    id: int
    kind: str
    cause: str
    subject: str
    owner: str
    severity: str
    text: str
    detail: Mapping[str, object]
    deadline: datetime | None
    times: int
    raised_at: datetime
    last_at: datetime
    resolved_at: datetime | None


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to an alert. `alert_id` differs where the same cause was there before."""

    at: datetime
    what: str
    text: str
    alert_id: int


async def list_alerts(
    connection: Connection,
    *,
    resolved: bool | None = False,
    kind: str | None = None,
    owner: str | None = None,
    severity: str | None = None,
    limit: int = 100,
) -> list[Alert]:
    """Open alerts, the most severe and most urgent first; resolved ones newest first. None gives both."""
    rows = await connection.fetch(query("list_alerts"), resolved, kind, owner, severity, None, limit)
    return [_alert(row) for row in rows]


async def find_alert(connection: Connection, alert_id: int) -> tuple[Alert, list[Event]] | None:
    """An alert with the history of its cause, newest first; None when there is no such alert."""
    row = await connection.fetchrow(query("list_alerts"), None, None, None, None, alert_id, 1)
    if row is None:
        return None
    events = await connection.fetch(query("alert_history"), alert_id, HISTORY)
    return _alert(row), [Event(**dict(event.items())) for event in events]


def _alert(row: asyncpg.Record) -> Alert:
    values: dict[str, Any] = dict(row.items())
    values["detail"] = msgspec.json.decode(row["detail"], type=dict[str, object])
    return Alert(**values)
