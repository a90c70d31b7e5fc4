"""The publication books: what each listing should show, what was told, accepted and seen live."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

import asyncpg
import msgspec

from daemon.store.database import Connection, query
from daemon.store.zeroes import Known, hold_of, known_of
from handlers.publication import Flight, Told
from handlers.sellable_stock import Listing
from schemas.terms import Account, Sku


class Mark(NamedTuple):
    account: Account
    sku: Sku
    marked_at: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """A listing and where it stands."""

    listing: Listing
    told: Told
    desired: int | None
    since: datetime | None = None
    """When its SKU was marked; None outside of the marking."""
    known: Known = field(default_factory=Known)
    held_back: int = 0


class Desired(NamedTuple):
    listing_id: int
    desired: int | None
    doubtful: bool
    untold_since: datetime | None
    pool: int | None = None
    """What backs it, before buffer and share, in the channel's units."""
    held_back: int = 0
    """Of what it could show, not shown in case others take it before the channel can be told."""


class Waiting(NamedTuple):
    """A listing that may have something to say, and what the policy weighs. Rates in channel units a day, decayed."""

    listing_id: int
    desired: int | None
    told: Told
    pool: int | None
    per_day: float
    others_per_day: float
    orders_per_day: float = 0.0
    seen: int | None = None
    """What the channel was read to show after it was told."""


class Begun(NamedTuple):
    """A request about to leave: its row's columns."""

    listing_id: int
    value: int
    told_before: int | None
    sellable: int
    doubtful: bool
    overtakes: int | None
    again_at: datetime | None
    unsettled: bool = False
    """Something told before may still take effect, or was told elsewhere: nobody knows what is shown."""

    @property
    def risky(self) -> bool:
        return self.doubtful or self.unsettled


class Ended(NamedTuple):
    listing_id: int
    value: int
    told_before: int | None
    overtakes: int | None


async def take_marks(connection: Connection, limit: int) -> list[Mark]:
    """Take marks away. The books must be read in a later statement than this one."""
    return [Mark(*row) for row in await connection.fetch(query("marks_take"), limit)]


async def marked(connection: Connection, marks: Sequence[Mark]) -> list[Standing]:
    """Every listing of the marked SKUs, locked."""
    columns = _columns(marks, 3)
    await connection.execute(query("publication_open"), *columns[:2])
    rows = await connection.fetch(query("listings_marked"), *columns)
    return [Standing(listing_of(row), _told(row), row["desired"], row["marked_at"], known_of(row)) for row in rows]


async def save_desired(connection: Connection, rows: Sequence[Desired], at: datetime) -> None:
    if rows:
        *columns, pool, held_back = _columns(rows, 6)
        await connection.execute(query("desired_save"), *columns, at, pool, held_back)


async def candidates(
    connection: Connection, account: str, now: datetime, near_zero: int, limit: int, half_life: float
) -> list[Waiting]:
    """Listings that may have something to say: the `limit` that look dearest, the dearest raises, the oldest."""
    rows = await connection.fetch(query("publication_candidates"), account, now, near_zero, limit, half_life)
    return [
        Waiting(
            row["listing_id"],
            row["desired"],
            _told(row),
            row["pool"],
            row["per_day"],
            row["others_per_day"],
            row["orders_per_day"],
            row["seen"],
        )
        for row in rows
    ]


async def lock(connection: Connection, listing_ids: Sequence[int]) -> list[Standing]:
    rows = await connection.fetch(query("publication_lock"), list(listing_ids))
    return [
        Standing(listing_of(row), _told(row), row["desired"], None, known_of(row), row["held_back"]) for row in rows
    ]


async def begin(connection: Connection, begun: Sequence[Begun], at: datetime, holder: str) -> dict[int, int]:
    """Write the rows of requests about to leave; returns listing id -> attempt id."""
    columns = _columns(begun, 7)
    rows = await connection.fetch(query("attempt_begin"), *columns[:6], at, holder)
    attempts: dict[int, int] = {row["listing_id"]: row["id"] for row in rows}
    flights = [(b.listing_id, attempts[b.listing_id], b.value) for b in begun]
    await connection.execute(query("flight_begin"), *_columns(flights, 3), at, [b.again_at for b in begun])
    return attempts


async def end_attempt(
    connection: Connection, attempt: int, state: str, at: datetime, answer: str, request_id: str
) -> Ended | None:
    """Record how a request ended; None when it had ended before."""
    row = await connection.fetchrow(query("attempt_end"), attempt, state, at, answer[:500], request_id)
    return None if row is None else Ended(*row)


async def change(connection: Connection, name: str, *arguments: Any) -> bool:
    """One of this table's small updates, by the name of its query; False when no row was as it expects."""
    return not (await connection.execute(query(name), *arguments)).endswith(" 0")


async def overtaken_ended(
    connection: Connection, listing_id: int, attempt: int, again: datetime, given_up_by: datetime
) -> None:
    """This request had been overtaken and has ended: the newest value is told once more, from `again` on.

    `given_up_by`: of others whose end nobody saw, those given up by then can no longer take effect.
    """
    await connection.execute(query("overtaken_ended"), listing_id, again, attempt, given_up_by)


async def abandoned(connection: Connection, now: datetime, sent_before: datetime) -> list[tuple[int, int]]:
    """(attempt, listing) of requests whose sender was lost, now unknown."""
    return [tuple(row) for row in await connection.fetch(query("flights_abandoned"), now, sent_before)]


def listing_of(row: asyncpg.Record) -> Listing:
    return msgspec.convert({name: row[name] for name in Listing.__struct_fields__}, Listing)


def _told(row: asyncpg.Record) -> Told:
    flight = None
    if row["flight_id"] is not None:
        columns = ("flight_id", "flight_value", "flight_state", "flight_since", "flight_over_at")
        flight = Flight(*(row[column] for column in columns))
    return Told(
        row["told"], flight, row["untold_since"], row["tell_again_at"], row["not_before"], row["refused_value"],
        row["accepted"], row["live"], hold_of(row),
    )  # fmt: skip


def _columns(rows: Sequence[Sequence[Any]], width: int) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)] if rows else [[] for _ in range(width)]
