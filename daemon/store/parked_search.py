"""Read the parked messages: the list by its filters, and one message's body as far as its key still opens it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import asyncpg
import msgspec

from daemon.store.database import Connection, query
from daemon.store.sealing import KeyRing, open_body
from handlers.parking import seal_subject


@dataclass(frozen=True, slots=True)
class Filter:
    """Which parked messages; None is any. `account` is an account, or a whole partition key."""

    state: str | None = "parked"
    reason: str | None = None
    origin: str | None = None
    since: datetime | None = None
    account: str | None = None
    ids: tuple[int, ...] | None = None
    limit: int = 100


@dataclass(frozen=True, slots=True)
class ParkedMessage:
    """A parked message without its body. `stored_bytes` counts the seal, where there is one."""

    id: int
    reason: str
    detail: str
    origin: str
    exchange: str
    routing_key: str
    message_id: str
    source: str
    partition_key: str
    headers: Mapping[str, object]
    content_type: str
    stored_bytes: int
    body_sealed: bool
    body_hash: str
    trace: str
    deliveries: int
    parked_at: datetime
    state: str
    settled_at: datetime | None
    settled_by: str
    note: str
    corrected: bool


async def list_parked(connection: Connection, wanted: Filter) -> list[ParkedMessage]:
    """Parked messages, oldest first."""
    rows = await connection.fetch(
        query("list_parked"),
        wanted.state,
        wanted.reason,
        wanted.origin,
        wanted.since,
        wanted.account,
        list(wanted.ids) if wanted.ids is not None else None,
        wanted.limit,
    )
    return [_message(row) for row in rows]


async def find_parked(connection: Connection, parked_id: int) -> ParkedMessage | None:
    found = await list_parked(connection, Filter(state=None, ids=(parked_id,), limit=1))
    return found[0] if found else None


def _message(row: asyncpg.Record) -> ParkedMessage:
    values: dict[str, Any] = dict(row.items())
    values["headers"] = msgspec.json.decode(row["headers"], type=dict[str, object])
    return ParkedMessage(**values)


async def read_body(connection: Connection, parked_id: int, ring: KeyRing | None = None) -> bytes:
    """The body in clear: the corrected one where there is one.

    Raises Erased when the key of its subject was dropped, SealingFault when no master key opens it, LookupError
    when there is no such row. `ring` is the process's key ring unless given.
    """
    row = await connection.fetchrow(query("find_parked_body"), parked_id)
    if row is None:
        raise LookupError(f"no message {parked_id} is parked; `goodsout parked list` shows those that are")
    body: bytes = row["corrected_body"] if row["corrected_body"] is not None else row["body"]
    if not row["body_sealed"]:
        return body
    return await open_body(connection, seal_subject(row["partition_key"], row["body_hash"]), body, ring)
