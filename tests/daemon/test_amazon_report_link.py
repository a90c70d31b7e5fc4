"""Reports over real HTTP: asked for by Amazon's model, looked at, looked up, and downloaded whatever they come as."""

import gzip
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from daemon.links.amazon_documents import unpacked
from daemon.links.amazon_reports import MAX_DOCUMENT, AmazonReportLink
from daemon.links.answer import Done, Refused, Throttled, Unavailable, Unknown
from schemas.amazon_health_report import read_health
from schemas.amazon_reports import SELLER_PERFORMANCE, Report, ReportDocument, read_document, read_report
from simulators.amazon import UK, Fault, ReportFate, SimulatedHealth
from simulators.amazon.buckets import Plan
from tests.daemon.amazon_rig import Rig
from tests.daemon.amazon_rig import rig as amazon_rig
from tests.schemas.amazon_models import REPORTS, faults, needs_models


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[Rig]:
    async with amazon_rig(tmp_path) as rig:
        rig.seller.health[UK] = SimulatedHealth(orders=1000, late=32)
        yield rig


@pytest.fixture
def link(rig: Rig) -> AmazonReportLink:
    return AmazonReportLink(rig.session, rig.account, rig.login, 2.0, patience=0.0)


async def asked(link: AmazonReportLink) -> str:
    answer = await link.create_report(SELLER_PERFORMANCE, (UK,))
    assert isinstance(answer, Done)
    return answer.value


async def read(link: AmazonReportLink, report_id: str) -> Report:
    reading = await link.read_report(report_id)
    assert isinstance(reading, Done)
    return reading.value


async def document(link: AmazonReportLink) -> ReportDocument:
    report = await read(link, await asked(link))
    assert report.processing_status == "DONE" and report.report_document_id is not None
    reading = await link.read_document(report.report_document_id)
    assert isinstance(reading, Done)
    return reading.value


@pytest.mark.parametrize(
    "fate",
    [
        ReportFate(), ReportFate(gzip=True), ReportFate(gzip=True, says_gzip=False), ReportFate(says_gzip=True),
        ReportFate(encoding="utf-16", gzip=True), ReportFate(lie="renamed"),
    ],
)  # fmt: skip
async def test_a_report_is_read_however_it_was_packed(rig: Rig, link: AmazonReportLink, fate: ReportFate) -> None:
    rig.simulator.world.reports.fates.append(fate)
    found = await link.download(await document(link))
    assert isinstance(found, Done)
    assert read_health(found.value).markets[0].measures[0].counted == 32
    assert [entry.operation for entry in rig.simulator.journal.entries] == [
        "createReport", "getReport", "getReportDocument", "downloadReportDocument"
    ]  # fmt: skip


@needs_models
async def test_requests_and_answers_hold_against_amazons_model(rig: Rig, link: AmazonReportLink) -> None:
    found = await document(link)
    assert found.compression_algorithm is None
    [entry] = rig.simulator.journal.accepted("createReport")
    assert faults(REPORTS, "CreateReportSpecification", entry.body) == []
    [made] = rig.simulator.world.reports.made
    assert faults(REPORTS, "Report", made.shown(datetime.now(UTC) + timedelta(1))) == []
    rig.simulator.world.reports.fates.append(ReportFate(end="stuck"))
    running = await read(link, await asked(link))
    assert running.processing_status == "IN_PROGRESS" and running.report_document_id is None


async def test_what_the_model_does_not_know_is_refused_by_the_simulator(rig: Rig, link: AmazonReportLink) -> None:
    for kind, markets in (("GET_V2_SETTLEMENT_REPORT_DATA_FLAT_FILE_V2", (UK,)), (SELLER_PERFORMANCE, ())):
        answer = await link.create_report(kind, markets)
        assert isinstance(answer, Refused) and answer.code == "invalid_input"
    assert rig.simulator.world.reports.made == []


async def test_a_request_whose_answer_was_lost_is_found_again(rig: Rig, link: AmazonReportLink) -> None:
    rig.simulator.faults.script(Fault(kind="cut_answer", operation="createReport"))
    assert isinstance(await link.create_report(SELLER_PERFORMANCE, (UK,)), Unknown)
    found = await link.read_reports(SELLER_PERFORMANCE, datetime.now(UTC) - timedelta(minutes=1))
    assert isinstance(found, Done) and len(found.value.reports) == 1
    later = await link.read_reports(SELLER_PERFORMANCE, datetime.now(UTC) + timedelta(minutes=1))
    assert isinstance(later, Done) and later.value.reports == ()


async def test_an_unknown_report_and_an_old_address_are_told_apart(rig: Rig, link: AmazonReportLink) -> None:
    nobody = await link.read_report("0")
    assert isinstance(nobody, Refused) and nobody.code == "report_not_found"
    address = await document(link)
    old = await link.download(ReportDocument(address.report_document_id, address.url.replace("-store/", "-store/x")))
    assert isinstance(old, Refused) and old.code == "document_expired"


async def test_a_spent_budget_is_an_answer(rig: Rig, link: AmazonReportLink) -> None:
    rig.simulator.world.buckets.plans["createReport"] = Plan(0.0001, 1)
    await asked(link)
    assert isinstance(await link.create_report(SELLER_PERFORMANCE, (UK,)), Throttled)


@pytest.mark.parametrize("body", [b"\x1f\x8bnonsense", gzip.compress(b"x" * 1000)[:-9]], ids=["spoilt", "cut"])
def test_a_packed_document_that_breaks_off_is_no_document(body: bytes) -> None:
    assert isinstance(unpacked(body, MAX_DOCUMENT), Unavailable)


def test_an_address_never_shows_in_a_repr() -> None:
    found = read_document(b'{"reportDocumentId": "D1", "url": "https://s3/?X-Amz-Signature=geheim"}')
    assert "geheim" in found.url and "geheim" not in repr(found)


def test_a_time_without_a_zone_is_utc() -> None:
    body = b'{"reportId":"1","reportType":"X","createdTime":"2026-11-20T09:00:00","processingStatus":"DONE"}'
    assert read_report(body).created_time == datetime(2026, 11, 20, 9, tzinfo=UTC)
