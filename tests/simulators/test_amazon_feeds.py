"""The simulated Amazon's feeds: as slow, as strict and as dishonest as feeds can be, by the models' own words."""

import gzip
import io
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest
from yarl import URL

from schemas import amazon_feeds
from schemas.terms import SellerSku
from simulators.amazon import REALISTIC, UK, AmazonSimulator, Fate, FaultPlan, FeedLags, FeedPlan, SimulatedSeller
from simulators.amazon.buckets import Buckets, Plan
from tests.schemas.amazon_models import FEED_REPORT, FEEDS, document_faults, faults, folder

BASE = "/feeds/2021-06-30"
CONTENT_TYPE = amazon_feeds.CONTENT_TYPE
HAS_MODELS = (folder() / "models").is_dir()


@dataclass(slots=True)
class HandTime:
    """Time that moves only when told."""

    at: datetime = datetime(2026, 11, 20, 9, tzinfo=UTC)
    factor: float = 1.0

    def now(self) -> datetime:
        return self.at

    async def sleep(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


@dataclass(slots=True)
class Shop:
    simulator: AmazonSimulator
    seller: SimulatedSeller
    session: aiohttp.ClientSession
    time: HandTime
    token: str = ""
    ids: list[str] = field(default_factory=list[str])

    async def ask(self, method: str, path: str, body: object = None) -> tuple[int, Any]:
        headers = {"x-amz-access-token": self.token, "user-agent": "test/1"}
        url = URL(self.simulator.url + path, encoded=True)
        async with self.session.request(method, url, json=body, headers=headers) as response:
            text = await response.text()
            return response.status, json.loads(text) if text else None

    async def document(self) -> dict[str, str]:
        status, made = await self.ask("POST", f"{BASE}/documents", {"contentType": CONTENT_TYPE})
        assert status == 201 and (not HAS_MODELS or faults(FEEDS, "CreateFeedDocumentResponse", made) == [])
        return made  # type: ignore[no-any-return]

    async def put(self, url: str, body: bytes, content_type: str = CONTENT_TYPE) -> int:
        headers = {"content-type": content_type}
        async with self.session.put(URL(url, encoded=True), data=io.BytesIO(body), headers=headers) as response:
            return response.status

    async def submit(self, body: bytes | None = None) -> str:
        document = await self.document()
        assert await self.put(document["url"], feed_body() if body is None else body) == 200
        status, made = await self.create(document["feedDocumentId"])
        assert status == 202, made
        return str(made["feedId"])

    async def create(self, document_id: str, *marketplaces: str) -> tuple[int, Any]:
        asked = {
            "feedType": amazon_feeds.FEED_TYPE, "marketplaceIds": marketplaces or [UK],
            "inputFeedDocumentId": document_id,
        }  # fmt: skip
        return await self.ask("POST", f"{BASE}/feeds", asked)

    async def feed(self, feed_id: str) -> dict[str, Any]:
        status, feed = await self.ask("GET", f"{BASE}/feeds/{feed_id}")
        assert status == 200 and (not HAS_MODELS or faults(FEEDS, "Feed", feed) == [])
        return feed  # type: ignore[no-any-return]

    async def report(self, feed_id: str) -> bytes:
        document_id = (await self.feed(feed_id))["resultFeedDocumentId"]
        _, document = await self.ask("GET", f"{BASE}/documents/{document_id}")
        assert not HAS_MODELS or faults(FEEDS, "FeedDocument", document) == []
        async with self.session.get(URL(document["url"], encoded=True)) as response:
            body = await response.read()
        return gzip.decompress(body) if document.get("compressionAlgorithm") == "GZIP" else body


def feed_body(quantities: tuple[int, ...] = (5, 6, 7, 8), seller: str = "S1", first: int = 1) -> bytes:
    messages = [
        amazon_feeds.to_message(number, SellerSku(f"SKU-{number}"), "PRODUCT", quantity)
        for number, quantity in enumerate(quantities, first)
    ]
    return amazon_feeds.write_body(seller, "en_GB", [amazon_feeds.write_message(message) for message in messages])


@asynccontextmanager
async def shop(plan: FeedPlan | None = None, buckets: Buckets | None = None) -> AsyncIterator[Shop]:
    time, faults_ = HandTime(), FaultPlan(feeds=plan, rate_header_absent=0.0)
    roomy = Buckets(dict.fromkeys(Buckets().plans, Plan(1000, 1000)))
    async with (
        AmazonSimulator(time, faults=faults_, buckets=buckets or roomy, token_life=1e9) as simulator,
        aiohttp.ClientSession() as session,
    ):
        seller = simulator.add_seller("S1")
        for number in range(1, 5):
            seller.add_listing(f"SKU-{number}", 0, lead_time=3)
        form = {
            "grant_type": "refresh_token", "refresh_token": seller.refresh_token, "client_id": seller.client_id,
            "client_secret": seller.client_secret,
        }  # fmt: skip
        token = str(simulator.login.grant(form, time.now())[1]["access_token"])
        yield Shop(simulator, seller, session, time, token)


def live(on: Shop) -> list[int | None]:
    return [on.seller.listing(f"SKU-{number}").live for number in range(1, 5)]


async def test_a_feed_tells_its_quantities_after_its_lag_and_keeps_the_handling_time() -> None:
    async with shop(FeedPlan(lags=FeedLags(queue=(60, 60), work=(120, 120)))) as on:
        feed_id = await on.submit()
        assert (await on.feed(feed_id))["processingStatus"] == "IN_QUEUE"
        await on.time.sleep(61)
        assert (await on.feed(feed_id))["processingStatus"] == "IN_PROGRESS"
        assert live(on) == [0, 0, 0, 0]
        await on.time.sleep(120)
        assert (await on.feed(feed_id))["processingStatus"] == "DONE"
        assert live(on) == [5, 6, 7, 8]
        assert on.seller.listing("SKU-1").submitted["lead_time_to_ship_max_days"] == 3
        assert on.simulator.journal.told("S1", "SKU-2") == [6]


@pytest.mark.parametrize("zipped", [True, False])
async def test_a_report_names_each_refusal_by_its_message_and_holds_against_the_schema(zipped: bool) -> None:
    async with shop(FeedPlan()) as on:
        on.simulator.faults.invalid["SKU-3"] = "90244"
        on.simulator.faults.feeds.script(Fate(gzip=zipped))
        report = json.loads(await on.report(await on.submit()))
    assert report["summary"] == {
        "errors": 1, "warnings": 0, "messagesProcessed": 4, "messagesAccepted": 3, "messagesInvalid": 1
    }  # fmt: skip
    assert [(issue["messageId"], issue["code"]) for issue in report["issues"]] == [(3, "90244")]
    assert not HAS_MODELS or document_faults(FEED_REPORT, report) == []


async def test_feeds_of_a_seller_run_one_behind_the_other_and_one_that_sticks_holds_up_all() -> None:
    async with shop(FeedPlan()) as on:
        on.simulator.faults.feeds.script(Fate(end="stuck"))
        first, second = await on.submit(feed_body((1,))), await on.submit(feed_body((9,)))
        await on.time.sleep(7200)
        assert (await on.feed(first))["processingStatus"] == "IN_PROGRESS"
        assert (await on.feed(second))["processingStatus"] == "IN_QUEUE"
        on.simulator.world.feeds.release("S1", Fate(), on.time.now())
        assert [(await on.feed(feed))["processingStatus"] for feed in (first, second)] == ["DONE", "DONE"]
        assert on.simulator.journal.told("S1", "SKU-1") == [1, 9]


async def test_a_fatal_feed_has_applied_some_of_it() -> None:
    async with shop(FeedPlan()) as on:
        on.simulator.faults.feeds.script(
            Fate(end="fatal", applied=0.5, lie="no_report"), Fate(end="fatal", applied=0)
        )
        first, second = await on.submit(), await on.submit(feed_body((1, 1, 1, 1)))
        assert live(on) == [5, 6, 0, 0]
        ended = await on.feed(first)
        assert ended["processingStatus"] == "FATAL" and "resultFeedDocumentId" not in ended
        assert json.loads(await on.report(second))["summary"]["messagesProcessed"] == 0


async def test_a_cancelled_feed_has_applied_nothing() -> None:
    async with shop(FeedPlan(lags=FeedLags(queue=(60, 60)))) as on:
        feed_id = await on.submit()
        assert (await on.ask("DELETE", f"{BASE}/feeds/{feed_id}"))[0] == 200
        await on.time.sleep(100)
        assert (await on.feed(feed_id))["processingStatus"] == "CANCELLED" and live(on) == [0, 0, 0, 0]
        assert (await on.ask("DELETE", f"{BASE}/feeds/{feed_id}"))[0] == 400


@pytest.mark.parametrize("lie", ["strange_message", "counts", "other_feed", "other_format", "garbled"])
async def test_reports_can_lie(lie: Any) -> None:
    async with shop(FeedPlan()) as on:
        honest = json.loads(await on.report(await on.submit()))
        on.simulator.faults.feeds.script(Fate(lie=lie))
        body = await on.report(await on.submit())
    if lie in ("other_format", "garbled"):
        with pytest.raises(json.JSONDecodeError):
            json.loads(body)
    else:
        told = json.loads(body)
        told["header"]["feedId"] = told["header"]["feedId"] if lie == "other_feed" else honest["header"]["feedId"]
        assert told != honest
        assert not HAS_MODELS or document_faults(FEED_REPORT, told) == []


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"{", "not valid"),
        (feed_body(seller="S2"), "sellerId"),
        (feed_body().replace(b'"messageId":2', b'"messageId":1'), "more than once"),
        (feed_body().replace(b'"merge"', b'"increase"'), "not valid"),
        (feed_body().replace(b'"2.0"', b'"1.0"'), "not valid"),
        (feed_body((0,) * 25_001), "not valid"),
    ],
)
async def test_a_file_that_breaks_the_schema_is_fatal_as_a_whole(body: bytes, says: str) -> None:
    async with shop(FeedPlan()) as on:
        feed_id = await on.submit(body)
        assert (await on.feed(feed_id))["processingStatus"] == "FATAL"
        report = json.loads(await on.report(feed_id))
        assert live(on) == [0, 0, 0, 0]
    assert "messageId" not in report["issues"][0] and says in report["issues"][0]["message"]


async def test_documents_are_guarded_by_address_content_type_size_and_age() -> None:
    async with shop() as on:
        document = await on.document()
        assert await on.put(document["url"], b"{}", "application/json") == 403
        assert await on.put(document["url"], b" " * (10 * 1_048_576 + 1)) == 400
        await on.time.sleep(301)
        assert await on.put(document["url"], b"{}") == 403
        fresh = await on.document()
        assert await on.put(fresh["url"], feed_body()) == 200
        assert (await on.create(fresh["feedDocumentId"], UK, "A1PA6795UKMFR9"))[0] == 400
        assert (await on.create("amzn1.tortuga.3.nobody"))[0] == 400
        await on.time.sleep(2 * 86_400)
        assert (await on.create(fresh["feedDocumentId"]))[0] == 400
    uploads = on.simulator.journal.of("uploadFeedDocument")
    assert [entry.status for entry in uploads] == [403, 400, 403, 200]


async def test_a_document_that_was_never_uploaded_makes_a_fatal_feed() -> None:
    async with shop() as on:
        _, made = await on.create((await on.document())["feedDocumentId"])
        assert (await on.feed(made["feedId"]))["processingStatus"] == "FATAL"


async def test_five_submissions_in_five_minutes_and_no_more() -> None:
    async with shop(buckets=Buckets()) as on:
        document = await on.document()
        statuses = [(await on.create(document["feedDocumentId"]))[0] for _ in range(6)]
        await on.time.sleep(60)
        statuses.append((await on.create(document["feedDocumentId"]))[0])
    assert statuses == [202] * 5 + [429, 202]


async def test_feeds_are_listed_newest_first_since_a_time() -> None:
    async with shop() as on:
        await on.submit()
        await on.time.sleep(60)
        since = on.time.now().strftime("%Y-%m-%dT%H:%M:%SZ")
        second, third = await on.submit(), await on.submit()
        _, found = await on.ask("GET", f"{BASE}/feeds?feedTypes=JSON_LISTINGS_FEED&createdSince={since}&pageSize=100")
    assert [feed["feedId"] for feed in found["feeds"]] == [third, second]
    assert not HAS_MODELS or faults(FEEDS, "GetFeedsResponse", found) == []


async def test_a_share_of_messages_is_refused_by_seed() -> None:
    counts = list[int]()
    for _ in range(2):
        async with shop(FeedPlan(seed=20261121, refused=0.5)) as on:
            counts.append(json.loads(await on.report(await on.submit()))["summary"]["messagesInvalid"])
    assert counts[0] == counts[1] and 0 < counts[0] < 4, "seed 20261121"


async def test_the_control_scripts_lags_fates_and_releases() -> None:
    async with shop() as on:
        change = {"feeds": [{"end": "stuck"}], "feed_refusals": 0.0, "feed_lags": {"queue": [1, 1]}}
        assert (await on.ask("POST", "/_simulator/faults", change))[0] == 200
        feed_id = await on.submit()
        await on.time.sleep(10)
        assert (await on.feed(feed_id))["processingStatus"] == "IN_PROGRESS"
        await on.ask("POST", "/_simulator/faults", {"release_feeds": {"end": "cancelled"}})
        _, state = await on.ask("GET", "/_simulator/state")
    assert [feed["processingStatus"] for feed in state["feeds"]] == ["CANCELLED"]
    assert REALISTIC.work[1] >= 600
