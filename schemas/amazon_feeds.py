"""Feeds 2021-06-30 and JSON_LISTINGS_FEED: many quantities in one document, and what became of each one.

The feed's messages are patches with `merge`, as `patchListingsItem` sends them, so that a lead time which is not
named survives (`PARTIAL_UPDATE` would be a `replace`). A processing report is matched by `messageId` alone: Amazon's
own example shows SKUs that do not line up.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Final, Literal, TypeAlias

import msgspec

from schemas.amazon import MERCHANT_STOCK
from schemas.amazon_listings import Patch, to_amazon
from schemas.terms import Eaches, SellerSku

FEED_TYPE: Final = "JSON_LISTINGS_FEED"
CONTENT_TYPE: Final = "application/json; charset=UTF-8"
"""Named when the document is made, and sent again, letter by letter, when it is uploaded."""
VERSION: Final = "2.0"
MAX_MESSAGES: Final = 25_000
MAX_BYTES: Final = 10 * 1_048_576
"""Amazon's recommendation for one feed."""

Name: TypeAlias = Annotated[str, msgspec.Meta(min_length=1, max_length=200, pattern=r"^[^\x00]*$")]
"""By which Amazon knows a feed or a document: kept in the books, so it must be something they can hold."""

Status = Literal["CANCELLED", "DONE", "FATAL", "IN_PROGRESS", "IN_QUEUE"]


class NewDocument(msgspec.Struct, frozen=True, rename="camel"):
    """Body of `createFeedDocument`."""

    content_type: str = CONTENT_TYPE


class Document(msgspec.Struct, frozen=True, rename="camel"):
    """Answer of `createFeedDocument` and `getFeedDocument`. The URL is a key for five minutes: its repr hides it."""

    feed_document_id: Name
    url: str
    compression_algorithm: Literal["GZIP"] | None = None

    def __repr__(self) -> str:
        return f"Document({self.feed_document_id!r})"


class NewFeed(msgspec.Struct, frozen=True, rename="camel"):
    """Body of `createFeed`. Amazon takes one marketplace for this feed type, although the field is a list."""

    marketplace_ids: tuple[str]
    input_feed_document_id: str
    feed_type: str = FEED_TYPE


class CreatedFeed(msgspec.Struct, frozen=True, rename="camel"):
    feed_id: Name


class Feed(msgspec.Struct, frozen=True, rename="camel"):
    """Answer of `getFeed`, and one entry of `getFeeds`. It does not say which document the feed was made from."""

    feed_id: Name
    feed_type: str
    created_time: datetime
    processing_status: Status
    marketplace_ids: tuple[str, ...] | None = None
    result_feed_document_id: Name | None = None


class FeedList(msgspec.Struct, frozen=True, rename="camel"):
    feeds: tuple[Feed, ...]
    next_token: str | None = None


class FeedHeader(msgspec.Struct, frozen=True, rename="camel"):
    seller_id: str
    version: str = VERSION
    issue_locale: str = "en_GB"


class Message(msgspec.Struct, frozen=True, rename="camel"):
    """One listing's patch within a feed."""

    message_id: int
    sku: str
    product_type: str
    patches: tuple[Patch, ...]
    operation_type: Literal["PATCH"] = "PATCH"


class FeedIssue(msgspec.Struct, frozen=True, rename="camel"):
    """Without a `message_id` it is about the whole file."""

    message: str = ""
    severity: str = "ERROR"
    code: str = ""
    message_id: int | None = None


class Summary(msgspec.Struct, frozen=True, rename="camel"):
    messages_processed: int
    messages_accepted: int
    messages_invalid: int
    errors: int = 0
    warnings: int = 0


class ReportHeader(msgspec.Struct, frozen=True, rename="camel"):
    seller_id: str
    version: str
    feed_id: str


class ProcessingReport(msgspec.Struct, frozen=True, rename="camel"):
    """The result of a feed. Lenient: what we do not use is passed over."""

    header: ReportHeader
    issues: tuple[FeedIssue, ...]
    summary: Summary


_writer = msgspec.json.Encoder()
_document = msgspec.json.Decoder(Document)
_created = msgspec.json.Decoder(CreatedFeed)
_feed = msgspec.json.Decoder(Feed)
_feeds = msgspec.json.Decoder(FeedList)
_report = msgspec.json.Decoder(ProcessingReport)


def to_message(
    message_id: int,
    seller_sku: SellerSku,
    product_type: str,
    quantity: Eaches,
    lead_time: int | None = None,
    stock_name: str = MERCHANT_STOCK,
) -> Message:
    """The message that tells `quantity`, in channel units, and the handling time in days where one is set."""
    patch = to_amazon(product_type, quantity, lead_time, stock_name)
    return Message(message_id, seller_sku, product_type, patch.patches)


def write_message(message: Message) -> bytes:
    return _writer.encode(message)


def write_body(seller_id: str, issue_locale: str, messages: Iterable[bytes]) -> bytes:
    """The whole document, out of messages that were written one by one so that their size was known."""
    header = _writer.encode(FeedHeader(seller_id, VERSION, issue_locale))
    return b'{"header":' + header + b',"messages":[' + b",".join(messages) + b"]}"


def write_new_document() -> bytes:
    return _writer.encode(NewDocument())


def write_new_feed(marketplace: str, document_id: str) -> bytes:
    return _writer.encode(NewFeed((marketplace,), document_id))


def read_document(body: bytes) -> Document:
    """Raises msgspec.DecodeError or UnicodeDecodeError, as all readers here do."""
    return _document.decode(body)


def read_created(body: bytes) -> CreatedFeed:
    return _created.decode(body)


def read_feed(body: bytes) -> Feed:
    return _feed.decode(body)


def read_feeds(body: bytes) -> FeedList:
    return _feeds.decode(body)


def read_report(body: bytes) -> ProcessingReport:
    """Also refuses a report in any other format, such as the tab-separated one of older feed types."""
    return _report.decode(body)


def told(issue: FeedIssue) -> str:
    """Amazon's own text, for people."""
    return f"{issue.code}: {issue.message}" if issue.code else issue.message
