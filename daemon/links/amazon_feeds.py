"""Feeds at Amazon Seller Central: documents, their upload and download, and the feeds made from them.

Uploads and downloads go to pre-signed addresses (`daemon/links/amazon_documents.py`).
"""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar
from urllib.parse import quote

from daemon.links import amazon_answers as answers
from daemon.links.amazon import USER_AGENT, AmazonLink
from daemon.links.amazon_documents import TRANSFER_TIMEOUT, address, fetched, store_word
from daemon.links.answer import Answer, Done, NeverLeft, Reading, Refused, Unknown
from daemon.links.exchange import Arrived, NoAnswer, NotSent, Request, exchange
from schemas import amazon_feeds
from schemas.amazon import AmazonError, Refusal
from schemas.amazon_feeds import CONTENT_TYPE, FEED_TYPE, Document, Feed, FeedList
from schemas.terms import Marketplace

BASE = "/feeds/2021-06-30"
MAX_RESULT = 64 * 1_048_576
"""Bytes of a processing report, unpacked."""
PAGE = 100

T = TypeVar("T")


class AmazonFeedLink(AmazonLink):
    """One seller account at Amazon, feeds included."""

    async def create_document(self) -> Answer[Document]:
        """A place for a feed's body. One that is lost does no harm: nothing was made from it."""
        body = amazon_feeds.write_new_document()
        url = self._url(f"{BASE}/documents")
        return await self._write("createFeedDocument", "POST", url, body, _made(201, amazon_feeds.read_document))

    async def upload(self, document: Document, body: bytes, timeout: float = TRANSFER_TIMEOUT) -> Answer[None]:
        """Repeatable at will while the address lives. `timeout` in real seconds."""
        headers = {"content-type": CONTENT_TYPE, "user-agent": USER_AGENT}
        arrived = await exchange(self._session, Request("PUT", address(document.url), headers, body), timeout)
        match arrived:
            case NotSent(reason):
                return NeverLeft(reason)
            case NoAnswer(reason):
                return Unknown(reason)
            case Arrived(status) if status in (200, 201, 204):
                return Done(None)
            case Arrived(status) if status >= 500:
                return Unknown(f"HTTP {status} from the document store")
            case Arrived(status):
                return Refused(store_word(status), f"HTTP {status} from the document store")

    async def create_feed(self, marketplace: Marketplace, document_id: str) -> Answer[str]:
        """Submit an uploaded document; Done holds Amazon's id of the feed."""
        body = amazon_feeds.write_new_feed(marketplace, document_id)
        url = self._url(f"{BASE}/feeds")
        return await self._write("createFeed", "POST", url, body, _made(202, _feed_id))

    async def read_feed(self, feed_id: str) -> Reading[Feed]:
        return await self._read(
            "getFeed", self._url(f"{BASE}/feeds/{quote(feed_id, safe='')}"), _read(amazon_feeds.read_feed)
        )

    async def read_feeds(self, since: datetime) -> Reading[FeedList]:
        """The newest feeds of our type created since then."""
        query = {"feedTypes": FEED_TYPE, "createdSince": since.isoformat(), "pageSize": str(PAGE)}
        return await self._read("getFeeds", self._url(f"{BASE}/feeds") % query, _read(amazon_feeds.read_feeds))

    async def read_document(self, document_id: str) -> Reading[Document]:
        url = self._url(f"{BASE}/documents/{quote(document_id, safe='')}")
        return await self._read("getFeedDocument", url, _read(amazon_feeds.read_document))

    async def download(self, document: Document, timeout: float = TRANSFER_TIMEOUT) -> Reading[bytes]:
        """The document, unpacked. `timeout` in real seconds."""
        packed = document.compression_algorithm is not None
        return await fetched(self._session, document.url, timeout, MAX_RESULT, maybe_packed=packed)


def _feed_id(body: bytes) -> str:
    return amazon_feeds.read_created(body).feed_id


def _name_refusal(status: int, errors: tuple[AmazonError, ...]) -> Refusal:
    if status == 404:
        return "feed_not_found"
    return "invalid_input" if errors else "refused"


def _made(status: int, read: Callable[[bytes], T]) -> Callable[[Arrived], Answer[T]]:
    def judged(arrived: Arrived) -> Answer[T]:
        if arrived.status not in (200, status):
            return answers.failed_write(arrived, _name_refusal)
        return answers.made(arrived, read)

    return judged


def _read(read: Callable[[bytes], T]) -> Callable[[Arrived], Reading[T]]:
    return lambda arrived: answers.reading(arrived, read, _name_refusal)
