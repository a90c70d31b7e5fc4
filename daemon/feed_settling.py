"""The end of a feed: its report read and judged, and what became of each message written, a few hundred at a time.

Every piece is a transaction that may be repeated: a process that ends in between loses nothing, and the feed is
settled only after the last piece.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec

from daemon.clock import Clock
from daemon.read_back import plan_of
from daemon.settings import Publication, SellerAccount
from daemon.store import feeds as books
from daemon.store.database import Connection, Database, query
from daemon.store.feeds import Kept, Message
from daemon.store.notes import write_notes
from daemon.telemetry import Telemetry
from handlers import feeds
from handlers.alerts import AlertKind
from handlers.feed_results import Issue, Judged, Report, Sent, Verdict, judge, verdict
from handlers.feed_steps import Feed, Rules
from handlers.notes import Note, RaiseAlert, ResolveAlert
from handlers.publication import urgency
from handlers.read_back import NextRead, first_read
from schemas import amazon_feeds
from schemas.amazon_feeds import ProcessingReport

PIECE = 500
"""Messages in one transaction."""


@dataclass(frozen=True, slots=True)
class FeedSettling:
    """Settles the feeds of one selling account."""

    name: str
    seller: SellerAccount
    database: Database
    clock: Clock
    telemetry: Telemetry
    settings: Publication
    rules: Rules
    owners: Mapping[str, str]
    point: Callable[[str], None]

    def judged(self, kept: Kept, body: bytes) -> Judged | None:
        """None where it cannot be read: another format, a broken document."""
        try:
            report = amazon_feeds.read_report(body)
        except (msgspec.DecodeError, UnicodeDecodeError):
            return None
        return judge(
            _report(report), Sent(self.seller.seller_id, kept.feed.partner_ids, kept.messages, kept.last_message)
        )

    async def settle(self, kept: Kept, judged: Judged | None) -> None:
        """Write all that the feed's end means."""
        found = verdict(kept.feed, judged, self.rules)
        for after in range(0, kept.last_message, PIECE):
            self.point("a piece is settled")
            await self._piece(kept, found, after)
        self.point("all pieces are settled")
        now = self.clock.now()
        async with self.database.transaction() as connection:
            locked = await books.lock(connection, kept.feed.id)
            after_it = locked and feeds.decide(locked.feed, feeds.Settled(), now, self.rules)
            if after_it is None:
                return
            await connection.execute(query("feed_counts"), kept.feed.id, found.alert is not None)
            await books.save(connection, after_it, now, found.text or "its result is written")
            await write_notes(connection, self._notes(kept, found), now, self.owners)

    async def free(self, kept: Kept) -> None:
        """A feed that sticks: its listings may be told by patch. What it holds may still take effect."""
        for after in range(0, kept.last_message, PIECE):
            self.point("a piece is freed")
            now = self.clock.now()
            async with self.database.transaction() as connection:
                found = await books.lock_messages(connection, kept.feed.id, after, after + PIECE)
                await books.doubt(connection, [m for m in found if m.ended_at is None], now, now)

    async def close_alerts(self) -> None:
        """A feed that failed is made good once each of its listings was told anew, or read back."""
        kinds = [AlertKind.FEED_FAILED.value, AlertKind.FEED_MISMATCH.value]
        async with self.database.transaction() as connection:
            rows = await connection.fetch(query("feeds_made_good"), self.name, kinds)
            notes = [ResolveAlert(AlertKind(row["kind"]), row["cause"]) for row in rows]
            await write_notes(connection, notes, self.clock.now(), self.owners)

    def stuck(self, kept: Kept) -> list[Note]:
        names = ", ".join(kept.feed.partner_ids)
        text = (
            f"feed {names} of {self.name} in {kept.marketplace}, with {kept.messages} stock values, has not ended"
            f" since {kept.feed.submitted_at:%F %T} UTC; its values go out one by one meanwhile"
        )
        return [RaiseAlert(AlertKind.FEED_STUCK, self._cause_of_one(kept), self.name, text, _detail(kept))]

    async def _piece(self, kept: Kept, found: Verdict, after: int) -> None:
        now = self.clock.now()
        async with self.database.transaction() as connection:
            messages = await books.lock_messages(connection, kept.feed.id, after, after + PIECE)
            await books.settle(connection, messages, found, now, self._reads(messages, now))
            running = [message for message in messages if message.ended_at is None]
            if found.kind == "results":
                await write_notes(connection, await self._told(connection, running, found), now, self.owners)
        if found.kind == "results":
            self._measure(running, found, now)

    def _reads(self, messages: Sequence[Message], now: datetime) -> dict[int, NextRead]:
        """All that is risky and a sample of the rest, as after a patch."""
        plan, near_zero = plan_of(self.settings), self.settings.near_zero
        return {
            m.listing_id: first_read(
                urgency(m.told_before, m.value, near_zero), m.attempt, m.listing_id, now, plan, risky=m.doubtful
            )
            for m in messages
        }

    async def _told(self, connection: Connection, messages: Sequence[Message], found: Verdict) -> list[Note]:
        """Refusals raise an alert each; acceptances close those that are open."""
        opened = await connection.fetch(query("open_alert_causes"), AlertKind.LISTING_REFUSED.value)
        known = {row["cause"] for row in opened}
        notes = list[Note]()
        for message in messages:
            cause = f"{self.name}/{message.marketplace}/{message.seller_sku}"
            if message.message_id in found.refused:
                code, text = found.refused[message.message_id]
                what = f"the channel refuses {message.value} for {cause}: {text}"
                detail: dict[str, str | int | list[str] | None] = {"code": code, "value": message.value}
                notes.append(RaiseAlert(AlertKind.LISTING_REFUSED, cause, cause, what, detail))
            elif cause in known:
                notes.append(ResolveAlert(AlertKind.LISTING_REFUSED, cause))
        return notes

    def _measure(self, messages: Sequence[Message], found: Verdict, now: datetime) -> None:
        for message in messages:
            if message.message_id not in found.refused:
                since = message.untold_since or message.sent_at
                kind = urgency(message.told_before, message.value, self.settings.near_zero)
                self.telemetry.told(self.name, kind, (now - since).total_seconds())

    def _notes(self, kept: Kept, found: Verdict) -> list[Note]:
        cause = f"{self.name}/{kept.marketplace}"
        over: list[Note] = [ResolveAlert(AlertKind.FEED_STUCK, self._cause_of_one(kept))]
        if found.kind == "results":
            return [*over, ResolveAlert(AlertKind.FEED_FAILED, cause), ResolveAlert(AlertKind.FEED_MISMATCH, cause)]
        if found.alert is None:
            return over
        text = f"feed {_names(kept.feed)} of {self.name} in {kept.marketplace}, with {kept.messages} stock values: "
        return [*over, RaiseAlert(found.alert, cause, self.name, text + found.text, _detail(kept))]

    def _cause_of_one(self, kept: Kept) -> str:
        return f"{self.name}/{kept.marketplace}/{kept.feed.id}"


def _names(feed: Feed) -> str:
    return ", ".join(feed.partner_ids) or f"{feed.id} of our books"


def _detail(kept: Kept) -> dict[str, str | int | list[str] | None]:
    return {"feed": kept.feed.id, "channel_feeds": list(kept.feed.partner_ids), "messages": kept.messages}


def _storable(text: str) -> str:
    return text.replace("\x00", "")


def _report(report: ProcessingReport) -> Report:
    """In our words."""
    summary = report.summary
    issues = tuple(
        Issue(i.message_id, i.severity == "ERROR", _storable(i.code), _storable(i.message)) for i in report.issues
    )
    return Report(
        report.header.seller_id, report.header.feed_id, issues, summary.messages_processed,
        summary.messages_accepted, summary.messages_invalid,
    )  # fmt: skip
