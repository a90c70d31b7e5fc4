"""The books of feeds: where each stands, its messages, and what became of them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import asyncpg

from daemon.store.database import Connection, query
from daemon.store.publication import Begun
from handlers.feed_results import Verdict
from handlers.feed_start import Ended
from handlers.feed_steps import Feed
from handlers.read_back import NextRead
from schemas.terms import Marketplace, SellerSku


class Kept(NamedTuple):
    """A feed, and what its row says beyond where it stands."""

    feed: Feed
    marketplace: Marketplace
    last_message: int
    messages: int


class Row(NamedTuple):
    """One message of the document."""

    message_id: int
    value: int
    seller_sku: SellerSku
    product_type: str
    lead_time: int | None


class Message(NamedTuple):
    """A message with where its listing stands, locked."""

    attempt: int
    listing_id: int
    message_id: int
    value: int
    told_before: int | None
    doubtful: bool
    sent_at: datetime
    ended_at: datetime | None
    flight_id: int | None
    told_at: datetime | None
    untold_since: datetime | None
    tell_again_at: datetime | None
    seller_sku: str
    marketplace: str


async def begin(connection: Connection, account: str, marketplace: str, now: datetime) -> int:
    feed: int = await connection.fetchval(query("feed_begin"), account, marketplace, now)
    return feed


async def take_in(
    connection: Connection,
    feed: int,
    begun: Sequence[tuple[int, Begun]],
    now: datetime,
    over_at: datetime,
    holder: str,
) -> None:
    """Write (message id, request) of listings whose next request this feed is; they are in flight from here on."""
    rows = [b for _, b in begun]
    columns = [[getattr(b, name) for b in rows] for name in ("listing_id", "value", "told_before", "sellable")]
    numbers = [number for number, _ in begun]
    doubtful = [b.doubtful for b in rows]
    written = await connection.fetch(query("feed_take_in"), *columns, doubtful, feed, now, holder, numbers)
    attempts = {row["listing_id"]: row["id"] for row in written}
    flights = [[b.listing_id for b in rows], [attempts[b.listing_id] for b in rows], [b.value for b in rows]]
    again = [b.again_at for b in rows]
    await connection.execute(query("feed_flights_begin"), *flights, over_at, now, again)
    await connection.execute(query("feed_last_message"), feed, max(numbers))


async def open_feeds(connection: Connection, account: str) -> list[Kept]:
    """Feeds that have not been settled, oldest first."""
    return [_kept(row) for row in await connection.fetch(query("feeds_open"), account)]


async def ended_lately(connection: Connection, account: str) -> list[Ended]:
    """Newest first."""
    rows = await connection.fetch(query("feeds_failed_lately"), account)
    return [Ended(row["failed"], row["settled_at"]) for row in rows]


async def lock(connection: Connection, feed: int) -> Kept | None:
    row = await connection.fetchrow(query("feed_lock"), feed)
    return None if row is None else _kept(row)


async def save(connection: Connection, feed: Feed, now: datetime, note: str = "") -> None:
    """Where it stands now, with a line of its history."""
    await connection.execute(
        query("feed_save"), feed.id, feed.state, feed.due_at, feed.document_id, feed.submissions, feed.submitted_at,
        list(feed.partner_ids), list(feed.awaited), feed.result_document, feed.tries, feed.polls, feed.reason[:500],
        feed.settled, now,
    )  # fmt: skip
    await connection.execute(query("feed_remember"), feed.id, now, feed.state, note[:500])


async def leave_out(connection: Connection, feed: int, now: datetime) -> None:
    """Take out of a feed that was not uploaded what has been told by patch since it was gathered."""
    await connection.execute(query("feed_leave_out"), feed, now)


async def messages(connection: Connection, feed: int) -> list[Row]:
    """What goes into the document, in the order of the message ids; not what was told beside it since."""
    return [Row(*row) for row in await connection.fetch(query("feed_messages"), feed)]


async def lock_messages(connection: Connection, feed: int, after: int, last: int) -> list[Message]:
    return [Message(*row) for row in await connection.fetch(query("feed_messages_lock"), feed, after, last)]


async def known_partner_ids(connection: Connection, account: str, since: datetime) -> set[str]:
    rows = await connection.fetch(query("feed_partner_ids"), account, since)
    return {row["partner_id"] for row in rows}


async def settle(
    connection: Connection, found: Sequence[Message], verdict: Verdict, now: datetime, reads: Mapping[int, NextRead]
) -> None:
    """Write what became of these messages, and have told again what was told beside the feed.

    `reads`: by listing, when its acceptance is read back.
    """
    await _tell_again(connection, found, verdict, now)
    running = [message for message in found if message.ended_at is None]
    refused = [message for message in running if message.message_id in verdict.refused]
    others = [message for message in running if message.message_id not in verdict.refused]
    words = {"results": "accepted", "untold": "never_left", "doubt": "unknown"}
    ends = [(m.attempt, "refused", verdict.refused[m.message_id][1]) for m in refused]
    ends += [(m.attempt, words[verdict.kind], verdict.text) for m in others]
    await connection.execute(query("feed_messages_end"), *_columns(ends, 3), now)
    if refused:
        rows = [(m.listing_id, m.attempt, m.value, m.told_before, verdict.refused[m.message_id][1]) for m in refused]
        await connection.execute(query("feed_flights_refused"), *_columns(rows, 5), now)
    await _settle_flights(connection, others, verdict, now, reads)


async def _settle_flights(
    connection: Connection, found: Sequence[Message], verdict: Verdict, now: datetime, reads: Mapping[int, NextRead]
) -> None:
    match verdict.kind:
        case "results":
            rows = [(m.listing_id, m.attempt, m.value) for m in found]
            read = [reads[m.listing_id] for m in found]
            await connection.execute(
                query("feed_flights_accepted"), *_columns(rows, 3), now, [r.at for r in read], [r.why for r in read]
            )
        case "untold":
            told = [(m.listing_id, m.attempt, m.told_before) for m in found]
            await connection.execute(query("feed_flights_untold"), *_columns(told, 3), now)
        case "doubt":
            await doubt(connection, found, now + verdict.over_after, now)


async def doubt(connection: Connection, found: Sequence[Message], over_at: datetime, read_at: datetime) -> None:
    """Nobody knows what the channel did with these; from `over_at` on their newest values go out again."""
    flights = [(m.listing_id, m.attempt) for m in found]
    await connection.execute(query("feed_flights_doubted"), *_columns(flights, 2), over_at, read_at)


async def _tell_again(connection: Connection, found: Sequence[Message], verdict: Verdict, now: datetime) -> None:
    """A patch went out beside the feed, and the feed may have buried it: the newest value is told once more, when
    the feed can no longer take effect."""
    beside = [m for m in found if m.flight_id != m.attempt and m.told_at is not None and m.told_at > m.sent_at]
    if verdict.kind == "untold":
        beside = [m for m in found if m.tell_again_at is not None]
    if beside:
        await connection.execute(query("feed_tell_again"), [m.listing_id for m in beside], now + verdict.over_after)


def _kept(row: asyncpg.Record) -> Kept:
    known: dict[str, Any] = {name: row[name] for name in Feed.__struct_fields__}
    known |= {"partner_ids": tuple(known["partner_ids"]), "awaited": tuple(known["awaited"])}
    return Kept(Feed(**known), row["marketplace"], row["last_message"], row["messages"])


def _columns(rows: Sequence[Sequence[Any]], width: int) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)] if rows else [[] for _ in range(width)]
