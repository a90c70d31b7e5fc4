"""The books of reading back: which readings are due, where a listing stands, what a reading showed."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import asyncpg

from daemon.store.database import Connection, query
from handlers.publication import Flight
from handlers.read_back import URGENCY, Judgement, NextRead, Reading, Shown, ToldValue, Why
from schemas.terms import Marketplace, SellerSku

TOLD = 50
"""Values told of late that a reading is compared with."""


class Due(NamedTuple):
    listing_id: int
    seller_sku: SellerSku
    marketplace: Marketplace
    why: Why


async def due(connection: Connection, account: str, now: datetime, limit: int) -> list[Due]:
    """Readings whose time has come, the most urgent first."""
    rows = await connection.fetch(query("read_back_due"), account, now, limit, list(URGENCY))
    return [Due(*row) for row in rows]


async def put_off(connection: Connection, listing_ids: Sequence[int], until: datetime) -> None:
    """What is read now is due again at `until`, should the answer never come."""
    await connection.execute(query("read_back_put_off"), list(listing_ids), until)


async def ask(connection: Connection, listing_ids: Sequence[int], following: NextRead) -> None:
    """Have these listings read then, and for that reason."""
    await connection.execute(query("read_back_ask"), list(listing_ids), following.at, following.why)


async def lock(connection: Connection, listing_id: int) -> Shown | None:
    """Where the listing stands, locked; None when it is gone."""
    row = await connection.fetchrow(query("read_back_lock"), listing_id)
    if row is None:
        return None
    told = await connection.fetch(query("read_back_told"), listing_id, TOLD)
    return Shown(
        row["accepted"], row["accepted_at"], _since(row), row["proven"], row["live"], _flight(row),
        tuple(ToldValue(*values) for values in told), row["foreign_value"], row["mended_at"], row["read_backs"],
    )  # fmt: skip


def _since(row: asyncpg.Record) -> datetime | None:
    since: datetime | None = row["accepted_since"]
    if row["flight_id"] is not None:
        since = row["untold_since"] or row["flight_since"]
    return since


def _flight(row: asyncpg.Record) -> Flight | None:
    if row["flight_id"] is None:
        return None
    columns = ("flight_id", "flight_value", "flight_state", "flight_since", "flight_over_at")
    return Flight(*(row[column] for column in columns))


async def note(connection: Connection, listing_id: int, shown: Shown, reading: Reading, judgement: Judgement) -> None:
    """Write what a reading showed and what follows from it; its alerts are the caller's."""
    following = judgement.next
    await connection.execute(
        query("read_back_note"), listing_id, reading.value, reading.at, following.at, following.why,
        judgement.is_true, judgement.reads, judgement.foreign, judgement.tell_again,
    )  # fmt: skip
    should = shown.flight.value if judgement.meaning == "took_effect" and shown.flight else shown.accepted
    await connection.execute(
        query("read_back_history"), listing_id, reading.at, reading.value, should, judgement.meaning
    )
