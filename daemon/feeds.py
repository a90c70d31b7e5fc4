"""The feed route of one selling account: makes feeds, carries each through its steps, and settles how it ended.

One step of each open feed a round, then perhaps the beginning of the next one. What a step needs is in the books
(`handlers.feed_steps.next_call`), so whoever holds the lease goes on where another process ended.
"""

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from daemon.baseline import Baseline, time_of
from daemon.budget import SUBMIT_FEED
from daemon.clock import Clock
from daemon.feed_calls import AGAIN, FeedCalls, write_row
from daemon.feed_content import Content, content_of
from daemon.feed_settling import FeedSettling
from daemon.log import fact
from daemon.publisher import Publisher
from daemon.seller_calls import NoBudget
from daemon.settings import Feeds
from daemon.store import feeds as books
from daemon.store.database import Database, query
from daemon.store.feeds import Kept, Row
from daemon.store.notes import write_notes
from daemon.store.publication import Begun
from handlers import feed_steps, feeds
from handlers.feed_start import LONG_AGO, may_begin, may_go_by_feed
from handlers.feed_steps import Rules, next_call
from handlers.notes import Note
from schemas.terms import Marketplace

PIECE = 200
"""Listings in one transaction of the gathering: their stock is locked as long as it lasts."""
LOOK_EVERY = timedelta(seconds=10)
"""Between two looks whether a feed that failed was made good."""
BEGIN_EVERY = timedelta(seconds=5)
"""Between two looks whether a feed is worth while, after one that found none."""
IDLE = 1.0
"""Real seconds between two rounds where nothing is due."""

log = logging.getLogger(__name__)


@dataclass(slots=True)
class FeedRoute:
    """The feeds of one selling account. `publisher` decides, listing by listing, what may leave."""

    publisher: Publisher
    calls: FeedCalls
    settling: FeedSettling
    baseline: Baseline
    settings: Feeds
    rules: Rules
    point: Callable[[str], None] = field(default=lambda _: None)
    """Told between any two steps: where a process may end."""
    _look_at: datetime = LONG_AGO
    _begin_at: datetime = LONG_AGO

    @property
    def lease(self) -> str:
        """Whoever holds it makes and carries the feeds of this account, and nobody else."""
        return f"feeds/{self.publisher.name}"

    @property
    def database(self) -> Database:
        return self.publisher.database

    @property
    def clock(self) -> Clock:
        return self.publisher.clock

    async def round(self) -> float:
        """Returns the real seconds until the next is worth while."""
        async with self.database.connection() as connection:
            running = await books.open_feeds(connection, self.publisher.name)
        waits = [await self._step(kept) for kept in running]
        await self.baseline.round()
        await self._close_alerts()
        if self.settings.enabled and await self._begin():
            return 0.0
        return min([IDLE, *waits])

    async def _close_alerts(self) -> None:
        now = self.clock.now()
        if now >= self._look_at:
            self._look_at = now + LOOK_EVERY
            await self.settling.close_alerts()

    async def _step(self, kept: Kept) -> float:
        """What the feed needs now; returns the real seconds until it needs something again."""
        now = self.clock.now()
        match next_call(kept.feed, now, self.rules):
            case feed_steps.Rest(until):
                return IDLE if until is None else self.clock.real_seconds((until - now).total_seconds())
            case feed_steps.Close():
                await self.record(kept, feeds.Gathered(kept.last_message))
            case feed_steps.GiveUp(why):
                await self.record(kept, feeds.GivenUp(why))
            case feed_steps.DeclareStuck():
                await self.settling.free(kept)
                await self.record(kept, feeds.Overdue(), self.settling.stuck(kept))
            case feed_steps.Settle():
                await self.settling.settle(kept, None)
            case call:
                return await self._call(kept, call)
        return 0.0

    async def _call(self, kept: Kept, call: feed_steps.Call) -> float:
        """One that goes to the channel."""
        match call:
            case feed_steps.MakeDocument():
                return await self._recorded(kept, self.calls.make_document(kept))
            case feed_steps.Upload():
                return await self._upload(kept)
            case feed_steps.Submit():
                return await self._submit(kept)
            case feed_steps.Seek(since):
                return await self._recorded(kept, self.calls.seek(kept, since))
            case feed_steps.Poll(partner_id):
                return await self._recorded(kept, self.calls.poll(partner_id))
            case feed_steps.ReadReport(document):
                return await self._read_report(kept, document)
            case _:
                raise AssertionError(call)

    async def _recorded(self, kept: Kept, call: Awaitable[feeds.Event | NoBudget]) -> float:
        event = await call
        if isinstance(event, NoBudget):
            return event.wait
        await self.record(kept, event)
        return 0.0

    async def _upload(self, kept: Kept) -> float:
        event, messages = await self.calls.upload(kept)
        await self.record(kept, event, messages=messages)
        return 0.0

    async def _submit(self, kept: Kept) -> float:
        if (refused := await self.calls.granted(SUBMIT_FEED)) is not None:
            return refused.wait
        if await self.record(kept, feeds.Leaving()):
            await self.record(kept, await self.calls.submit(kept))
        return 0.0

    async def _read_report(self, kept: Kept, document: str) -> float:
        found = await self.calls.report(document)
        if isinstance(found, NoBudget):
            return found.wait
        if isinstance(found, feeds.Failed):
            await self.record(kept, found)
            return 0.0
        judged = self.settling.judged(kept, found)
        if judged is None:
            await self.record(kept, feeds.Failed("its report is in no format that we know, or broken", AGAIN))
            return 0.0
        await self.settling.settle(kept, judged)
        return 0.0

    async def record(
        self, kept: Kept, event: feeds.Event, notes: Sequence[Note] = (), messages: int | None = None
    ) -> bool:
        """Write what the event makes of the feed; False where it says nothing about where the feed stands by now."""
        self.point(f"before {type(event).__name__}")
        now = self.clock.now()
        async with self.database.transaction() as connection:
            locked = await books.lock(connection, kept.feed.id)
            if isinstance(event, feeds.Leaving):
                await self.publisher.leases.confirm(connection, self.lease)
            moved = locked and feeds.decide(locked.feed, event, now, self.rules)
            if moved:
                if messages is not None:
                    await connection.execute(query("feed_uploaded"), kept.feed.id, messages)
                await books.save(connection, moved, now, repr(event))
                await write_notes(connection, notes, now, self.settling.owners)
        if not moved:
            facts = fact("feed_event_ignored", account=self.publisher.name, feed=kept.feed.id, event=repr(event))
            log.warning("an event came too late for a feed", extra=facts)
        self.point(f"after {type(event).__name__}")
        return bool(moved)

    async def _begin(self) -> bool:
        """Begin the next feed, where one is worth while and none stands in its way."""
        now = self.clock.now()
        if now < self._begin_at:
            return False
        async with self.database.connection() as connection:
            running = await books.open_feeds(connection, self.publisher.name)
            ended = await books.ended_lately(connection, self.publisher.name)
            if not may_begin([kept.feed for kept in running], ended, now, self.settings.at_once):
                return False
        content = await content_of(self.publisher, self.settings, running, now)
        if content is None:
            self._begin_at = now + BEGIN_EVERY
            return False
        await self._gather(content)
        return True

    async def _gather(self, content: Content) -> None:
        feed, number, size = 0, 0, 0
        for start in range(0, len(content.listing_ids), PIECE):
            room = self.settings.messages - number
            if room <= 0 or size >= self.settings.size:
                break
            self.point("a piece is gathered")
            await self.publisher.have_examined()
            piece = content.listing_ids[start : start + min(PIECE, room)]
            feed, number, size = await self._take_in(content.marketplace, piece, feed, number, size)
        if feed:
            async with self.database.connection() as connection:
                kept = [
                    kept for kept in await books.open_feeds(connection, self.publisher.name) if kept.feed.id == feed
                ]
            await self.record(kept[0], feeds.Gathered(number))

    async def _take_in(
        self, marketplace: Marketplace, listing_ids: Sequence[int], feed: int, number: int, size: int
    ) -> tuple[int, int, int]:
        """Decide anew under lock, and put into the feed what may leave by it. Returns (feed, messages, bytes)."""
        now = self.clock.now()
        async with self.database.transaction() as connection:
            await self.publisher.leases.confirm(connection, self.lease)
            taken = list[tuple[int, Begun]]()
            for begun, listing, send in await self.publisher.choose(connection, listing_ids, now):
                row = Row(number + 1, send.value, listing.seller_sku, listing.product_type, listing.lead_time_days)
                length = len(write_row(row)) + 1
                if (
                    listing.marketplace != marketplace
                    or not may_go_by_feed(send)
                    or size + length > self.settings.size
                ):
                    continue
                number, size = number + 1, size + length
                taken.append((number, begun))
            if taken:
                feed = feed or await books.begin(connection, self.publisher.name, marketplace, now)
                over_at = now + timedelta(seconds=self.settings.longest)
                await books.take_in(connection, feed, taken, now, over_at, self.publisher.holder)
        return feed, number, size


def feed_route(
    publisher: Publisher,
    calls: FeedCalls,
    settings: Feeds,
    owners: Mapping[str, str],
    point: Callable[[str], None] = lambda _: None,
) -> FeedRoute:
    """The feed route beside a publisher's patches."""
    rules = Rules(
        late_effect=timedelta(seconds=publisher.settings.late_effect),
        fresh_for=timedelta(seconds=settings.fresh_for),
        stuck_after=timedelta(seconds=settings.stuck_after),
        poll_first=timedelta(seconds=settings.poll_first),
        poll_longest=timedelta(seconds=settings.poll_longest),
    )
    settling = FeedSettling(
        publisher.name, publisher.seller, publisher.database, publisher.clock, publisher.telemetry,
        publisher.settings, rules, owners, point,
    )  # fmt: skip
    at = time_of(publisher.seller.baseline_at)
    baseline = Baseline(publisher.name, publisher.database, publisher.clock, at)
    return FeedRoute(publisher, calls, settling, baseline, settings, rules, point)
