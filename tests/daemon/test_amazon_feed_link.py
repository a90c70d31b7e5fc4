"""The feed calls against the simulated Amazon: each answer there is, and what must never go out on the wire."""

import logging
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp import web

from daemon.links import amazon_feeds as link_module
from daemon.links.amazon_feeds import AmazonFeedLink
from daemon.links.answer import Done, NeverLeft, Refused, Throttled, Unavailable, Unknown
from schemas import amazon_feeds
from schemas.amazon_feeds import Document
from schemas.terms import Marketplace
from simulators.amazon import UK, Fate, Fault
from tests.daemon.amazon_rig import MARKETPLACE, SKU, Rig, rig


def _link(on: Rig) -> AmazonFeedLink:
    return AmazonFeedLink(on.session, on.account, on.login, 5.0, patience=0.0)


@pytest.fixture
async def on(tmp_path: Path) -> AsyncIterator[Rig]:
    async with rig(tmp_path) as there:
        yield there


def body(quantity: int = 9) -> bytes:
    message = amazon_feeds.to_message(1, SKU, "PRODUCT", quantity, None)
    return amazon_feeds.write_body("A1SELLER", "en_GB", [amazon_feeds.write_message(message)])


async def document(link: AmazonFeedLink) -> Document:
    made = await link.create_document()
    assert isinstance(made, Done)
    return made.value


async def submitted(link: AmazonFeedLink) -> str:
    made = await document(link)
    assert isinstance(await link.upload(made, body()), Done)
    created = await link.create_feed(MARKETPLACE, made.feed_document_id)
    assert isinstance(created, Done)
    return created.value


@pytest.mark.parametrize("gzip", [True, False])
async def test_a_feed_goes_out_and_its_report_comes_back_packed_or_not(on: Rig, gzip: bool) -> None:
    on.simulator.faults.feeds.script(Fate(gzip=gzip))
    link = _link(on)
    feed_id = await submitted(link)
    seen = await link.read_feed(feed_id)
    assert isinstance(seen, Done) and seen.value.processing_status == "DONE"
    assert seen.value.result_feed_document_id is not None
    found = await link.read_document(seen.value.result_feed_document_id)
    assert isinstance(found, Done)
    report = await link.download(found.value)
    assert isinstance(report, Done)
    assert amazon_feeds.read_report(report.value).summary.messages_accepted == 1
    assert on.seller.listing(SKU).live == 9


async def test_feeds_since_a_time_are_found(on: Rig) -> None:
    link = _link(on)
    since = on.simulator.world.time.now() - timedelta(seconds=1)
    feed_id = await submitted(link)
    found = await link.read_feeds(since)
    assert isinstance(found, Done)
    assert [(feed.feed_id, feed.marketplace_ids) for feed in found.value.feeds] == [(feed_id, (UK,))]


async def test_neither_token_nor_address_goes_where_it_should_not(on: Rig, caplog: pytest.LogCaptureFixture) -> None:
    heard = list[dict[str, str]]()

    async def store(request: web.Request) -> web.Response:
        heard.append({name.lower(): value for name, value in request.headers.items()})
        return web.Response(status=403)

    application = web.Application()
    application.router.add_route("*", "/{any:.*}", store)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    address = Document("D1", f"http://127.0.0.1:{runner.addresses[0][1]}/x?X-Amz-Signature=geheim%2F1")
    with caplog.at_level(logging.DEBUG):
        answers = [await _link(on).upload(address, body()), await _link(on).download(address)]
    await runner.cleanup()
    assert [answer.code for answer in answers if isinstance(answer, Refused)] == ["document_expired"] * 2
    assert len(heard) == 2 and all("x-amz-access-token" not in headers for headers in heard)
    assert heard[0]["content-type"] == amazon_feeds.CONTENT_TYPE
    assert not [text for text in (*map(repr, answers), caplog.text) if "geheim" in text]


async def test_an_address_that_ran_out_is_named(on: Rig) -> None:
    made = await document(_link(on))
    on.simulator.world.feeds.documents.let_addresses_expire()
    answer = await _link(on).upload(made, body())
    assert isinstance(answer, Refused) and answer.code == "document_expired"


async def test_a_large_body_goes_out_whole(on: Rig) -> None:
    made, large = await document(_link(on)), body() + b" " * 3_000_000
    assert isinstance(await _link(on).upload(made, large), Done)
    assert on.simulator.world.feeds.documents.documents[made.feed_document_id].body == large


async def test_a_store_that_cannot_be_reached_took_nothing(on: Rig) -> None:
    nowhere = Document("D1", "http://127.0.0.1:9/x")
    assert isinstance(await _link(on).upload(nowhere, body()), NeverLeft)
    assert isinstance(await _link(on).download(nowhere), Unavailable)


async def test_a_result_that_is_too_long_is_not_read(on: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    on.simulator.faults.feeds.script(Fate(gzip=True), Fate(gzip=False))
    link = _link(on)
    for _ in range(2):
        seen = await link.read_feed(await submitted(link))
        assert isinstance(seen, Done) and seen.value.result_feed_document_id
        found = await link.read_document(seen.value.result_feed_document_id)
        assert isinstance(found, Done)
        whole = await link.download(found.value)
        assert isinstance(whole, Done)
        monkeypatch.setattr(link_module, "MAX_RESULT", len(whole.value) - 1)
        assert isinstance(await link.download(found.value), Unavailable)
        monkeypatch.undo()


@pytest.mark.parametrize(
    ("fault", "answer"),
    [
        (Fault(kind="lost_answer", operation="createFeed", seconds=6), Unknown),
        (Fault(kind="error_after", operation="createFeed"), Unknown),
        (Fault(kind="throttle", operation="createFeed"), Throttled),
    ],
)
async def test_a_submission_without_an_answer_is_unknown(on: Rig, fault: Fault, answer: type) -> None:
    link = AmazonFeedLink(on.session, on.account, on.login, 1.0, patience=0.0)
    made = await document(link)
    await link.upload(made, body())
    on.simulator.faults.script(fault)
    assert isinstance(await link.create_feed(MARKETPLACE, made.feed_document_id), answer)


async def test_what_amazon_does_not_know_is_refused_by_name(on: Rig) -> None:
    link = _link(on)
    answers = [await link.read_feed("77/../x"), await link.read_document("nobody")]
    assert [answer.code for answer in answers if isinstance(answer, Refused)] == ["feed_not_found"] * 2
    refused = await link.create_feed(Marketplace(UK), "nobody")
    assert isinstance(refused, Refused) and refused.code == "invalid_input"


async def test_amazons_rate_for_each_call_is_told(on: Rig) -> None:
    link = _link(on)
    assert (await link.read_feed(await submitted(link))).rate == 2.0  # type: ignore[union-attr]
