"""One call for a feed at the channel, from what the books say to the event that it comes to."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal, TypeVar

from daemon.budget import (
    FIND_FEEDS,
    MAKE_FEED_DOCUMENT,
    READ_FEED,
    READ_FEED_DOCUMENT,
    SUBMIT_FEED,
    Budget,
    Plan,
)
from daemon.channel_access import notes_of_access
from daemon.clock import Clock
from daemon.links import answer as answers
from daemon.links.amazon_feeds import AmazonFeedLink
from daemon.seller_calls import NoBudget, SellerCalls
from daemon.settings import SellerAccount
from daemon.store import feeds as books
from daemon.store.database import Database
from daemon.store.feeds import Kept, Row
from daemon.telemetry import Telemetry
from handlers import feeds
from handlers.feed_steps import NOTHING_LEFT
from schemas import amazon_feeds
from schemas.amazon import MERCHANT_STOCK
from schemas.amazon_feeds import FEED_TYPE, Document, Feed

T = TypeVar("T")

AGAIN = 2.0
"""Business seconds until a call that brought nothing is made again; longer each time."""
THROTTLED_FOR = 30.0
DENIED_FOR = 60.0
SKEW = timedelta(seconds=60)
"""By which the channel's time of creation may be before ours."""
MEMORY = timedelta(days=3)
"""For which names of earlier feeds are told from new ones."""

STATUS: dict[str, Literal["in_queue", "in_progress", "done", "fatal", "cancelled"]] = {
    "IN_QUEUE": "in_queue", "IN_PROGRESS": "in_progress", "DONE": "done", "FATAL": "fatal", "CANCELLED": "cancelled"
}  # fmt: skip


@dataclass(slots=True)
class FeedCalls:
    """The calls of one selling account. Addresses of documents live here only, for as long as this process does."""

    name: str
    seller: SellerAccount
    link: AmazonFeedLink
    database: Database
    budget: Budget
    clock: Clock
    telemetry: Telemetry
    transfer_timeout: float
    owners: Mapping[str, str] = field(default_factory=dict[str, str])
    point: Callable[[str], None] = field(default=lambda _: None)
    """Told before and after each request: where a process may end."""
    addresses: dict[int, Document] = field(default_factory=dict[int, Document])
    calls: SellerCalls = field(init=False)

    def __post_init__(self) -> None:
        self.calls = SellerCalls(
            self.name, self.seller.application, self.database, self.budget, self.clock, self.telemetry, self.owners,
            THROTTLED_FOR, self.link.ready,
            lambda plan, answer: notes_of_access(self.name, plan.operation, answer), self.point,
        )  # fmt: skip

    async def granted(self, plan: Plan) -> NoBudget | None:
        """Take one call's budget, with a token at hand; None when it was granted."""
        return await self.calls.granted(plan)

    async def make_document(self, kept: Kept) -> feeds.Event | NoBudget:
        if (refused := await self.granted(MAKE_FEED_DOCUMENT)) is not None:
            return refused
        answer = await self._asked(MAKE_FEED_DOCUMENT, self.link.create_document)
        if isinstance(answer, answers.Done):
            self.addresses[kept.feed.id] = answer.value
            return feeds.DocumentMade(answer.value.feed_document_id)
        return _refused(answer) or _failed(answer)

    async def upload(self, kept: Kept) -> tuple[feeds.Event, int]:
        """Also how many messages went up."""
        document = self.addresses.get(kept.feed.id)
        if document is None or document.feed_document_id != kept.feed.document_id:
            return feeds.AddressLost(), 0
        async with self.database.transaction() as connection:
            await books.leave_out(connection, kept.feed.id, self.clock.now())
            rows = await books.messages(connection, kept.feed.id)
        if not rows:
            return feeds.GivenUp(NOTHING_LEFT), 0
        body = self.body(rows)
        self.point("uploading")
        answer = await self.link.upload(document, body, self.transfer_timeout)
        self.point("uploaded")
        return _uploaded(answer), len(rows)

    def body(self, rows: Sequence[Row]) -> bytes:
        written = [write_row(row, self.seller.stock_name) for row in rows]
        return amazon_feeds.write_body(self.seller.seller_id, self.seller.issue_locale, written)

    async def submit(self, kept: Kept) -> feeds.Event:
        """Budget has been taken and `Leaving` is in the books."""
        self.addresses.pop(kept.feed.id, None)
        answer = await self._asked(
            SUBMIT_FEED, lambda: self.link.create_feed(kept.marketplace, kept.feed.document_id)
        )
        match answer:
            case answers.Done(value=feed_id):
                return feeds.Submitted(feed_id)
            case answers.Unknown(reason=reason):
                return feeds.SubmissionUnknown(reason)
            case _:
                failed = _failed(answer)
                return _refused(answer) or feeds.NotSubmitted(failed.why, failed.seconds)

    async def seek(self, kept: Kept, since: datetime) -> feeds.Event | NoBudget:
        if (refused := await self.granted(FIND_FEEDS)) is not None:
            return refused
        answer = await self._asked(FIND_FEEDS, lambda: self.link.read_feeds(since - SKEW))
        if not isinstance(answer, answers.Done):
            return _failed(answer)
        async with self.database.connection() as connection:
            known = await books.known_partner_ids(connection, self.name, self.clock.now() - MEMORY)
        return feeds.Sought(
            tuple(f.feed_id for f in answer.value.feeds if _may_be(f, kept) and f.feed_id not in known)
        )

    async def poll(self, partner_id: str) -> feeds.Event | NoBudget:
        if (refused := await self.granted(READ_FEED)) is not None:
            return refused
        answer = await self._asked(READ_FEED, lambda: self.link.read_feed(partner_id))
        match answer:
            case answers.Done(value=feed) if feed.feed_id == partner_id:
                return _seen(feed)
            case answers.Done(value=feed):
                return feeds.Failed(f"asked about feed {partner_id}, it answers about {feed.feed_id}", AGAIN)
            case answers.Refused(code="feed_not_found"):
                return feeds.Gone(partner_id)
            case _:
                return _failed(answer)

    async def report(self, document_id: str) -> bytes | feeds.Failed | NoBudget:
        """The processing report as it came."""
        if (refused := await self.granted(READ_FEED_DOCUMENT)) is not None:
            return refused
        document = await self._asked(READ_FEED_DOCUMENT, lambda: self.link.read_document(document_id))
        if not isinstance(document, answers.Done):
            return _failed(document)
        self.point("downloading")
        found = await self.link.download(document.value, self.transfer_timeout)
        self.point("downloaded")
        return found.value if isinstance(found, answers.Done) else _failed(found)

    async def _asked(self, plan: Plan, call: Callable[[], Awaitable[T]]) -> T:
        """The rate told with a submission may be that of other feed types, whose plan is another."""
        return await self.calls.asked(plan, call, learn=plan is not SUBMIT_FEED)


def write_row(row: Row, stock_name: str = MERCHANT_STOCK) -> bytes:
    message = amazon_feeds.to_message(
        row.message_id, row.seller_sku, row.product_type, row.value, row.lead_time, stock_name
    )
    return amazon_feeds.write_message(message)


def _may_be(feed: Feed, kept: Kept) -> bool:
    return feed.feed_type == FEED_TYPE and kept.marketplace in (feed.marketplace_ids or (kept.marketplace,))


def _seen(feed: Feed) -> feeds.Event:
    return feeds.Seen(feed.feed_id, STATUS[feed.processing_status], feed.result_feed_document_id or "")


def _uploaded(answer: "answers.Answer[None]") -> feeds.Event:
    match answer:
        case answers.Done():
            return feeds.Uploaded()
        case answers.Refused(code="document_expired"):
            return feeds.AddressLost()
        case _:
            return _refused(answer) or _failed(answer)


def _refused(answer: object) -> feeds.Refused | None:
    return feeds.Refused(f"{answer.code}: {answer.text}") if isinstance(answer, answers.Refused) else None


def _failed(answer: object) -> feeds.Failed:
    match answer:
        case answers.Throttled(text=text):
            return feeds.Failed(text, THROTTLED_FOR)
        case answers.Denied(reason=reason):
            return feeds.Failed(reason, DENIED_FOR)
        case answers.Refused(code=code, text=text):
            return feeds.Failed(f"{code}: {text}", AGAIN)
        case answers.NeverLeft(reason=reason) | answers.Unknown(reason=reason) | answers.Unavailable(reason=reason):
            return feeds.Failed(reason, AGAIN)
        case _:
            raise AssertionError(answer)
