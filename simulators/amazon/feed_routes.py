"""Feeds of the simulated Amazon over HTTP: the six operations, and the store where pre-signed addresses lead."""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

import msgspec
from aiohttp import web

from simulators.amazon.calls import Act, Call, Calls
from simulators.amazon.feed_documents import MAX_BYTES, SimulatedDocument
from simulators.amazon.feeds import FEED_TYPE, SimulatedFeed
from simulators.amazon.journal import Entry, Outcome
from simulators.amazon.reply import Reply, refusal
from simulators.amazon.world import SimulatedSeller, World

FEEDS = "/feeds/2021-06-30/feeds"
DOCUMENTS = "/feeds/2021-06-30/documents"
STORE = "/feed-store/{key}"


class DocumentSpecification(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    content_type: str


class FeedSpecification(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    feed_type: str
    marketplace_ids: list[str]
    input_feed_document_id: str
    feed_options: dict[str, str] | None = None


class MakeCall(Protocol):
    def __call__(self, request: web.Request, operation: str, subject: str, body: bytes, act: Act) -> Call: ...


class FeedRoutes:
    def __init__(self, world: World, calls: Calls, make_call: MakeCall) -> None:
        self._world, self._calls, self._call = world, calls, make_call

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post(DOCUMENTS, self._create_document),
            web.get(f"{DOCUMENTS}/{{document}}", self._get_document),
            web.post(FEEDS, self._create_feed),
            web.get(FEEDS, self._get_feeds),
            web.get(f"{FEEDS}/{{feed}}", self._get_feed),
            web.delete(f"{FEEDS}/{{feed}}", self._cancel_feed),
            web.put(STORE, self._upload),
            web.get(STORE, self._download),
        ]

    def _now(self) -> datetime:
        return self._world.time.now()

    async def _create_document(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()

        def act(seller: SimulatedSeller) -> Reply:
            try:
                asked = msgspec.json.decode(body, type=DocumentSpecification)
            except (msgspec.DecodeError, UnicodeDecodeError) as error:
                return refusal(400, "InvalidInput", str(error))
            made = self._world.feeds.documents.make(seller.seller_id, asked.content_type, self._now())
            return Reply(201, self._shown(request, made), "accepted", package=made.document_id)

        return await self._calls.run(self._call(request, "createFeedDocument", "", body, act))

    async def _get_document(self, request: web.Request) -> web.StreamResponse:
        document_id = request.match_info["document"]

        def act(seller: SimulatedSeller) -> Reply:
            found = self._world.feeds.documents.of(document_id, seller.seller_id, self._now())
            if found is None:
                return refusal(404, "NotFound", f"The document {document_id} does not exist or has expired.")
            return Reply(200, self._shown(request, found), "answered", package=document_id)

        return await self._calls.run(self._call(request, "getFeedDocument", document_id, b"", act))

    def _shown(self, request: web.Request, document: SimulatedDocument) -> dict[str, str]:
        key = self._world.feeds.documents.sign(document, self._now())
        url = str(request.url.origin().with_path(STORE.format(key=key)) % {"X-Amz-Signature": "simulated"})
        shown = {"feedDocumentId": document.document_id, "url": url}
        return shown | ({"compressionAlgorithm": document.compression} if document.compression else {})

    async def _create_feed(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()

        def act(seller: SimulatedSeller) -> Reply:
            try:
                asked = msgspec.json.decode(body, type=FeedSpecification)
            except (msgspec.DecodeError, UnicodeDecodeError) as error:
                return refusal(400, "InvalidInput", str(error))
            if (wrong := self._unfit(asked, seller)) is not None:
                return wrong
            feeds = self._world.feeds
            feed = feeds.create(seller.seller_id, asked.marketplace_ids[0], asked.input_feed_document_id, self._now())
            return Reply(202, {"feedId": feed.feed_id}, "accepted", package=feed.feed_id)

        return await self._calls.run(self._call(request, "createFeed", "", body, act))

    def _unfit(self, asked: FeedSpecification, seller: SimulatedSeller) -> Reply | None:
        if asked.feed_type != FEED_TYPE:
            return refusal(400, "InvalidInput", f"Only {FEED_TYPE} is simulated.")
        if len(asked.marketplace_ids) != 1:
            return refusal(400, "InvalidInput", "Invalid marketplaceIds. Expected a maximum of 1.")
        if self._world.feeds.documents.of(asked.input_feed_document_id, seller.seller_id, self._now()) is None:
            return refusal(400, "InvalidInput", "The input feed document does not exist or has expired.")
        return None

    async def _get_feeds(self, request: web.Request) -> web.StreamResponse:
        since = datetime.fromisoformat(request.query.get("createdSince", "0001-01-01T00:00:00+00:00"))
        size = int(request.query.get("pageSize", "10"))

        def act(seller: SimulatedSeller) -> Reply:
            found = [feed for feed in self._world.feeds.feeds.get(seller.seller_id, []) if feed.created_at >= since]
            newest = [feed.shown() for feed in reversed(found)]
            more = {"nextToken": "simulated"} if len(newest) > size else {}
            return Reply(200, {"feeds": newest[:size], **more}, "answered")

        return await self._calls.run(self._call(request, "getFeeds", "", b"", act))

    async def _get_feed(self, request: web.Request) -> web.StreamResponse:
        return await self._of_one(request, "getFeed", lambda feed: Reply(200, feed.shown(), "answered"))

    async def _cancel_feed(self, request: web.Request) -> web.StreamResponse:
        def cancel(feed: SimulatedFeed) -> Reply:
            if self._world.feeds.cancel(feed, self._now()):
                return Reply(200, None, "accepted", package=feed.feed_id)
            return refusal(400, "InvalidInput", "Only a feed that is IN_QUEUE can be cancelled.")

        return await self._of_one(request, "cancelFeed", cancel)

    async def _of_one(
        self, request: web.Request, operation: str, then: Callable[[SimulatedFeed], Reply]
    ) -> web.StreamResponse:
        feed_id = request.match_info["feed"]

        def act(seller: SimulatedSeller) -> Reply:
            feed = self._world.feeds.of(seller.seller_id, feed_id)
            if feed is None:
                return refusal(404, "NotFound", f"The feed {feed_id} does not exist.")
            return then(feed)

        return await self._calls.run(self._call(request, operation, feed_id, b"", act))

    async def _upload(self, request: web.Request) -> web.Response:
        """As the store behind Amazon: no token, the address is the key, and the content type is part of it."""
        body = await request.read()
        document = self._world.feeds.documents.opened(request.match_info["key"], self._now())
        if document is None or document.result_of:
            return self._stored("uploadFeedDocument", document, 403, "AccessDenied: Request has expired")
        if request.headers.get("content-type") != document.content_type or "x-amz-access-token" in request.headers:
            return self._stored("uploadFeedDocument", document, 403, "SignatureDoesNotMatch")
        if len(body) > MAX_BYTES:
            return self._stored("uploadFeedDocument", document, 400, "EntityTooLarge")
        document.body = body
        return self._stored("uploadFeedDocument", document, 200)

    async def _download(self, request: web.Request) -> web.Response:
        document = self._world.feeds.documents.opened(request.match_info["key"], self._now())
        if document is None or document.body is None:
            return self._stored("downloadFeedDocument", document, 403, "AccessDenied: Request has expired")
        self._stored("downloadFeedDocument", document, 200)
        return web.Response(body=document.body, content_type="application/octet-stream")

    def _stored(
        self, operation: str, document: SimulatedDocument | None, status: int, error: str = ""
    ) -> web.Response:
        journal, now = self._world.journal, self._now()
        outcome: Outcome = "refused" if error else "accepted" if operation == "uploadFeedDocument" else "answered"
        journal.add(
            Entry(
                number=journal.next_number(), at=now, done_at=now, operation=operation,
                seller=document.seller if document else "", subject=document.document_id if document else "",
                outcome=outcome, status=status, request_id="", error=error,
            )
        )  # fmt: skip
        return web.Response(status=status, text=f"<Error>{error}</Error>" if error else "", content_type="text/xml")
