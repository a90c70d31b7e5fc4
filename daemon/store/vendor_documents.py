"""The ledger's rows of documents to retailers: loaded under lock, written with their history."""

from collections.abc import Collection, Sequence
from datetime import datetime

import msgspec

from daemon.store import ledger
from daemon.store.database import Connection, query
from handlers.vendor_documents import VENDOR_DOCUMENT, VENDOR_LANE, DocumentEffect


async def due(connection: Connection, account: str, now: datetime, limit: int) -> list[DocumentEffect]:
    """What is to be sent, repeated or looked at, the nearest deadline first; what others hold is passed over."""
    return _effects(await connection.fetch(query("documents_due"), account, now, limit))


async def lost(connection: Connection, account: str, sent_before: datetime, holder: str) -> list[DocumentEffect]:
    """Sent by somebody who is gone, or too long ago for anybody to wait for the answer."""
    return _effects(await connection.fetch(query("documents_lost"), account, sent_before, holder))


async def load(connection: Connection, keys: Collection[str]) -> dict[str, DocumentEffect]:
    """By their unique keys, locked."""
    rows = _effects(await connection.fetch(query("documents_load"), list(keys))) if keys else []
    return {one.unique_key: one for one in rows}


async def save(connection: Connection, effects: Sequence[DocumentEffect], now: datetime) -> None:
    """Write new rows and changed ones."""
    await ledger.save(connection, VENDOR_LANE, effects, now)


async def close_questions(connection: Connection, keys: Collection[str], now: datetime) -> None:
    """Questions about documents that were settled without an answer."""
    if keys:
        await connection.execute(query("order_questions_close"), [VENDOR_DOCUMENT], list(keys), now)


def _effects(rows: Sequence[object]) -> list[DocumentEffect]:
    return [msgspec.convert(dict(row.items()), DocumentEffect) for row in rows]  # type: ignore[attr-defined]
