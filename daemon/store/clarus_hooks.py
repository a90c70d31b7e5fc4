"""Webhooks in the books: kept sealed, recognised by their content, and what they mark."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec

from daemon.store.database import Connection, query
from daemon.store.sealing import KeyRing, current_keys, seal_bodies
from handlers.parking import storable_headers


@dataclass(frozen=True, slots=True)
class Kept:
    """A webhook's row. `marked_at`: when this content last led to a read."""

    id: int
    times: int
    marked_at: datetime | None


async def keep(
    connection: Connection,
    tenant: str,
    hook: str,
    record: str,
    body: bytes,
    headers: Mapping[str, str],
    at: datetime,
    ring: KeyRing | None = None,
) -> Kept:
    """Write it down, or count it once more. The row is locked until the transaction ends.

    `record`: what it is about, such as `goods_out/17`; empty where it does not say.
    """
    content_hash = hashlib.sha256(body).hexdigest()
    subject = subject_of(tenant, record or content_hash)
    [sealed] = await seal_bodies(connection, [(subject, body)], at, ring or current_keys())
    told = msgspec.to_builtins(storable_headers(dict(headers)))
    row = await connection.fetchrow(query("clarus_hook_keep"), tenant, hook, content_hash, subject, sealed, told, at)
    assert row is not None
    return Kept(row["id"], row["times"], row["marked_at"])


def subject_of(tenant: str, record: str) -> str:
    """Whose key seals a body: dropping it erases all that was ever posted about that record."""
    return f"clarus-hook:{tenant}/{record}"


async def judged(connection: Connection, kept: Kept, sku: str, outcome: str, at: datetime | None) -> None:
    """What became of it; `at` when it led to a read."""
    await connection.execute(query("clarus_hook_judged"), kept.id, sku, outcome, at)


async def sku_of(connection: Connection, tenant: str, product_id: str) -> str:
    """The product that Clarus's id stands for; empty when no sweep has shown it."""
    found = await connection.fetchval(query("clarus_sku_of"), tenant, product_id)
    return "" if found is None else str(found)


async def mark(connection: Connection, tenant: str, skus: Sequence[str], at: datetime) -> None:
    """These products are to be read now, and again once a read is sure to show what happened before `at`."""
    if skus:
        await connection.execute(query("clarus_mark_add"), tenant, sorted(set(skus)), at)


async def sweep_by(connection: Connection, tenant: str, at: datetime, least: datetime) -> None:
    """A hint that names no product: the next sweep comes sooner, but no sooner than `least` after the last."""
    await connection.execute(query("clarus_sweep_sooner"), tenant, at, least)
