"""Feeds of the simulated Amazon: queued one behind the other per seller, worked on later, ended well or otherwise."""

import gzip
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, Literal, Protocol

import msgspec

from simulators.amazon.feed_documents import Documents
from simulators.amazon.feed_fates import Fate, FeedPlan
from simulators.amazon.feed_work import Applied, FeedMessage, Outcome, Unreadable, apply, read_body, report, table
from simulators.amazon.listings import SimulatedListing

FEED_TYPE: Final = "JSON_LISTINGS_FEED"

Status = Literal["IN_QUEUE", "IN_PROGRESS", "DONE", "FATAL", "CANCELLED"]


@dataclass(slots=True)
class SimulatedFeed:
    feed_id: str
    seller: str
    marketplace: str
    document_id: str
    created_at: datetime
    ready_at: datetime
    """When it may start, if nothing is before it."""
    work: timedelta
    fate: Fate
    started_at: datetime | None = None
    ended_at: datetime | None = None
    status: Status = "IN_QUEUE"
    result_document: str = ""
    outcome: Outcome | None = None

    def shown(self) -> dict[str, object]:
        """As getFeed answers."""
        times = {"processingStartTime": self.started_at, "processingEndTime": self.ended_at}
        more = {name: at.isoformat() for name, at in times.items() if at is not None}
        if self.result_document:
            more["resultFeedDocumentId"] = self.result_document
        return {
            "feedId": self.feed_id, "feedType": FEED_TYPE, "marketplaceIds": [self.marketplace],
            "createdTime": self.created_at.isoformat(), "processingStatus": self.status, **more,
        }  # fmt: skip


class Shelf(Protocol):
    """A seller's listings."""

    @property
    def seller_id(self) -> str: ...
    @property
    def listings(self) -> dict[tuple[str, str], SimulatedListing]: ...


Tell = Callable[[SimulatedFeed, Applied, datetime], None]
"""Called for each message as it takes effect or is refused."""


@dataclass(slots=True)
class Feeds:
    """All feeds. `settle` brings a seller up to a time; whoever looks at its listings calls it first."""

    plan: FeedPlan
    live_lag: Callable[[], timedelta]
    refused_skus: Callable[[], dict[str, str]]
    tell: Tell
    documents: Documents = field(default_factory=Documents)
    feeds: dict[str, list[SimulatedFeed]] = field(default_factory=dict[str, list[SimulatedFeed]])
    """Seller -> its feeds in the order of creation."""

    def create(self, seller: str, marketplace: str, document_id: str, now: datetime) -> SimulatedFeed:
        queue = self.feeds.setdefault(seller, [])
        number = 50_000_000 + sum(map(len, self.feeds.values())) + 1
        ready = now + timedelta(seconds=self.plan.queue_lag())
        work = timedelta(seconds=self.plan.work_lag())
        feed = SimulatedFeed(str(number), seller, marketplace, document_id, now, ready, work, self.plan.next())
        queue.append(feed)
        return feed

    def of(self, seller: str, feed_id: str) -> SimulatedFeed | None:
        return next((feed for feed in self.feeds.get(seller, []) if feed.feed_id == feed_id), None)

    def settle(self, shelf: Shelf, now: datetime) -> None:
        """Start and end what is due, in order; a feed that sticks holds up those behind it."""
        free_at = datetime.min.replace(tzinfo=now.tzinfo)
        for feed in self.feeds.get(shelf.seller_id, []):
            if feed.ended_at is None and not self._advance(feed, shelf, max(free_at, feed.ready_at), now):
                return
            free_at = feed.ended_at or free_at

    def _advance(self, feed: SimulatedFeed, shelf: Shelf, start: datetime, now: datetime) -> bool:
        """True once it has ended."""
        if start > now:
            return False
        if feed.fate.end == "cancelled":
            feed.status, feed.ended_at = "CANCELLED", start
            return True
        feed.status, feed.started_at = "IN_PROGRESS", feed.started_at or start
        end = feed.started_at + feed.work
        if feed.fate.end == "stuck" or end > now:
            return False
        self._end(feed, shelf, end)
        return True

    def release(self, seller: str, fate: Fate, now: datetime) -> None:
        """What is stuck goes on, and ends now like this."""
        for feed in self.feeds.get(seller, []):
            if feed.fate.end == "stuck" and feed.ended_at is None:
                feed.fate, feed.ready_at, feed.work = fate, now, timedelta()
                feed.started_at = now if feed.started_at is not None else None

    def cancel(self, feed: SimulatedFeed, now: datetime) -> bool:
        """Only what is still in the queue can be cancelled."""
        if feed.status != "IN_QUEUE":
            return False
        feed.status, feed.ended_at = "CANCELLED", now
        return True

    def _end(self, feed: SimulatedFeed, shelf: Shelf, end: datetime) -> None:
        outcome = Outcome(feed.seller, feed.feed_id, feed.fate.whole_file)
        document = self.documents.documents.get(feed.document_id)
        try:
            messages = read_body(document.body if document else None, feed.seller).messages
        except Unreadable as error:
            outcome.whole_file, messages = str(error), []
        if not outcome.whole_file:
            outcome.applied = [self._apply(feed, message, shelf, end) for message in _kept(feed.fate, messages)]
        fatal = feed.fate.end == "fatal" or bool(outcome.whole_file and not feed.fate.whole_file)
        feed.status, feed.ended_at, feed.outcome = "FATAL" if fatal else "DONE", end, outcome
        self._keep_report(feed, outcome, end)

    def _apply(self, feed: SimulatedFeed, message: FeedMessage, shelf: Shelf, at: datetime) -> Applied:
        listing = shelf.listings.get((feed.marketplace, message.sku))
        code = self.refused_skus().get(message.sku, "90220" if self.plan.refuses(feed.fate) else "")
        if code:
            text = "The simulator was told to refuse this message."
            done = Applied(message.message_id, message.sku, None, code, text)
        else:
            done = apply(message, listing, at, at + self.live_lag())
        self.tell(feed, done, at)
        return done

    def _keep_report(self, feed: SimulatedFeed, outcome: Outcome, at: datetime) -> None:
        if feed.fate.lie == "no_report":
            return
        body = _written(outcome, feed.fate)
        zipped = self.plan.zips(feed.fate)
        feed.result_document = self.documents.keep_report(
            feed.seller, feed.feed_id, gzip.compress(body) if zipped else body, "GZIP" if zipped else "", at
        )


def _kept(fate: Fate, messages: list[FeedMessage]) -> list[FeedMessage]:
    """Those that are worked on before a fatal feed dies."""
    return messages[: round(len(messages) * fate.applied)] if fate.end == "fatal" else messages


def _written(outcome: Outcome, fate: Fate) -> bytes:
    if fate.lie == "other_format":
        return table(outcome.applied)
    truth = report(outcome)
    _lie(truth, fate)
    body = msgspec.json.encode(truth)
    return body[: len(body) // 2] if fate.lie == "garbled" else body


def _lie(truth: dict[str, Any], fate: Fate) -> None:
    match fate.lie:
        case "strange_message":
            stranger = {"messageId": 2_000_000_000, "sku": "?", "code": "1", "severity": "ERROR", "message": "?"}
            truth["issues"].append(stranger)
            truth["summary"]["messagesInvalid"] += 1
            truth["summary"]["messagesAccepted"] -= 1
        case "counts":
            truth["summary"]["messagesProcessed"] += 1
            truth["summary"]["messagesAccepted"] += 1
        case "other_feed":
            truth["header"]["feedId"] = "1"
        case _:
            pass
