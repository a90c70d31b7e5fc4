"""What is known of listings that fell to zero or moved by much, and of the brakes of their accounts."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import asyncpg
import msgspec

from daemon.store.database import Connection, query
from handlers.brake import Count, Swing
from handlers.restoring import Restore
from handlers.zeroes import Event, Hold, Zero
from schemas.terms import ChannelAccount


class Known(msgspec.Struct, frozen=True):
    """A listing's row, as far as zeroes and the brake are concerned."""

    swing: Swing | None = None
    swung_at: datetime | None = None
    """When it last counted for the brake."""
    zero: Zero | None = None
    hold: Hold | None = None
    told_at: datetime | None = None
    restore: Restore | None = None


class Judged(msgspec.Struct, frozen=True):
    """What is now known of one listing."""

    listing_id: int
    swing: Swing | None
    swung_at: datetime | None
    zero: Zero | None
    hold: Hold | None


def known_of(row: asyncpg.Record) -> Known:
    """From a row that has all of the listing's columns and of its publication's."""
    swing = None if row["swing_since"] is None else Swing(row["swing_from"], row["swing_since"])
    return Known(swing, row["swung_at"], _zero(row), hold_of(row), row["told_at"], _restore(row))


def _restore(row: asyncpg.Record) -> Restore | None:
    if row["restore_id"] is None:
        return None
    columns = ("restore_id", "restore_to", "restore_until", "restore_old", "restore_value", "restore_allowed_until")
    return Restore(*(row[column] for column in columns))


def _zero(row: asyncpg.Record) -> Zero | None:
    if row["zero_since"] is None:
        return None
    return Zero(
        row["zero_since"], row["zero_cause"], row["zero_ruled"], row["zero_look_until"], row["zero_rule_until"],
        row["zero_answer"], row["zero_asked_at"], row["zero_confirmed_at"], row["zero_basis"], row["zero_instead"],
    )  # fmt: skip


def hold_of(row: asyncpg.Record) -> Hold | None:
    return None if row["zero_hold"] is None else Hold(row["zero_hold"], row["zero_hold_until"], row["zero_instead"])


async def events_of(
    connection: Connection, zeroes: Sequence[tuple[int, ChannelAccount, datetime]]
) -> dict[int, Event]:
    """By listing, from (listing, channel account, fallen at): the brake that covers its zero."""
    columns = [list(column) for column in zip(*zeroes, strict=True)]
    rows = await connection.fetch(query("brake_events_of"), *columns)
    return {listing_id: Event(*rest) for listing_id, *rest in rows}


async def brake_is_on(connection: Connection, account: ChannelAccount) -> bool:
    return await connection.fetchval(query("brake_is_on"), account) is not None


async def count(connection: Connection, account: ChannelAccount, since: datetime) -> Count:
    """The account's listings, and how many moved by much since then or since its last brake ended."""
    row = await connection.fetchrow(query("brake_count"), account, since)
    assert row is not None
    return Count(row["listings"], row["moved"])


async def begin_brake(
    connection: Connection, account: ChannelAccount, covers_from: datetime, at: datetime, moved: Count
) -> bool:
    """Put the brake on; False where another has done so."""
    found = await connection.fetchval(query("brake_begin"), account, covers_from, at, moved.moved, moved.listings)
    return found is not None


async def save(connection: Connection, rows: Sequence[Judged], at: datetime) -> None:
    if rows:
        columns = [list(column) for column in zip(*map(_as_row, rows), strict=True)]
        await connection.execute(query("zero_save"), *columns, at)


def _as_row(judged: Judged) -> tuple[Any, ...]:
    swing, zero, hold = judged.swing, judged.zero, judged.hold
    swung = (swing.start if swing else None, swing.since if swing else None, judged.swung_at)
    if zero is None:
        return (judged.listing_id, *swung, None, "", "send", *([None] * 9))
    holding = (hold.why, hold.until) if hold else (None, None)
    return (
        judged.listing_id, *swung, zero.since, zero.cause, zero.rule, zero.look_until, zero.rule_until, zero.answer,
        *holding, zero.asked_at, zero.confirmed_at, zero.basis, zero.instead,
    )  # fmt: skip
