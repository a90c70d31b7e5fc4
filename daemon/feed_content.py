"""What the next feed is to carry: the policy's choice out of all that has something to say, of one marketplace."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec

from daemon.publisher import Publisher
from daemon.settings import Feeds
from daemon.store import publication as books
from daemon.store.database import Connection, query
from daemon.store.feeds import Kept
from daemon.store.publication import Waiting
from daemon.turns import columns, policy_of, sending
from handlers.feed_start import may_go_by_feed
from handlers.next_moves import Policy, Routes, plan
from schemas.terms import Marketplace


@dataclass(frozen=True, slots=True)
class Content:
    """Listing ids of one marketplace, the most pressing first."""

    marketplace: Marketplace
    listing_ids: Sequence[int]


async def content_of(publisher: Publisher, settings: Feeds, running: Sequence[Kept], now: datetime) -> Content | None:
    """None where a feed would not be worth its lag. Near zero, and over a request under way, patches go alone."""
    near_zero, limit = publisher.settings.near_zero, 4 * settings.messages
    async with publisher.database.connection() as connection:
        found = await books.candidates(connection, publisher.name, now, near_zero, limit, publisher.ahead.half_life)
    if len(found) < settings.worth:
        return None
    # A hundred thousand of them take a good part of a second, in which others must have their turn.
    listing_ids = await asyncio.to_thread(_chosen, found, publisher, settings, _routes(running), now)
    async with publisher.database.connection() as connection:
        return await _of_one_marketplace(connection, listing_ids)


def _chosen(
    found: Sequence[Waiting], publisher: Publisher, settings: Feeds, routes: Routes, now: datetime
) -> list[int]:
    sends = [pair for pair in sending(found, now, publisher.settings.near_zero) if may_go_by_feed(pair[1])]
    waiting = columns(sends, publisher.settings, publisher.ahead.half_life)
    chosen = plan(waiting, routes, now.timestamp(), _policy(publisher, settings))
    return [sends[place][0].listing_id for place in chosen.feed.tolist()]


def _policy(publisher: Publisher, settings: Feeds) -> Policy:
    """What the patches reach within `when_backlog_exceeds` is left to them."""
    return msgspec.structs.replace(
        policy_of(publisher.settings),
        feed_usual=settings.when_backlog_exceeds,
        feed_worth=settings.worth,
        feed_every=settings.every,
        feed_room=settings.messages,
    )


def _routes(running: Sequence[Kept]) -> Routes:
    gathered = [kept.feed.gathered_at.timestamp() for kept in running]
    submitted = [kept.feed.submitted_at.timestamp() for kept in running if kept.feed.submitted_at is not None]
    return Routes(0, 0, 1, max(gathered, default=None), min(submitted, default=None))


async def _of_one_marketplace(connection: Connection, listing_ids: Sequence[int]) -> Content | None:
    """Of the one that has most of it: a feed takes one."""
    rows = await connection.fetch(query("listings_marketplaces"), list(listing_ids))
    marketplaces = {row["id"]: row["marketplace"] for row in rows}
    found: dict[Marketplace, list[int]] = {}
    for listing_id in listing_ids:
        if listing_id in marketplaces:
            found.setdefault(marketplaces[listing_id], []).append(listing_id)
    return Content(*max(found.items(), key=lambda item: len(item[1]))) if found else None
