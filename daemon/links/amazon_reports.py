"""Reports at Amazon Seller Central: asked for, looked at, looked up and downloaded.

A download goes to a pre-signed address (`daemon/links/amazon_documents.py`).
"""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar
from urllib.parse import quote

from daemon.links import amazon_answers as answers
from daemon.links.amazon import AmazonLink
from daemon.links.amazon_documents import TRANSFER_TIMEOUT, fetched
from daemon.links.answer import Answer, Reading
from daemon.links.exchange import Arrived
from schemas import amazon_reports
from schemas.amazon import AmazonError, Refusal
from schemas.amazon_reports import Report, ReportDocument, ReportList

BASE = "/reports/2021-06-30"
MAX_DOCUMENT = 64 * 1_048_576
"""Bytes of a report, unpacked."""
PAGE = 100

T = TypeVar("T")


class AmazonReportLink(AmazonLink):
    """One seller account's reports."""

    async def create_report(self, report_type: str, marketplaces: tuple[str, ...]) -> Answer[str]:
        """Ask for a report; Done holds Amazon's id of it."""
        body = amazon_reports.write_new_report(report_type, marketplaces)
        return await self._write("createReport", "POST", self._url(f"{BASE}/reports"), body, _created)

    async def read_report(self, report_id: str) -> Reading[Report]:
        url = self._url(f"{BASE}/reports/{quote(report_id, safe='')}")
        return await self._read("getReport", url, _read(amazon_reports.read_report))

    async def read_reports(self, report_type: str, since: datetime) -> Reading[ReportList]:
        """The newest reports of a type that were created since then."""
        query = {"reportTypes": report_type, "createdSince": since.isoformat(), "pageSize": str(PAGE)}
        url = self._url(f"{BASE}/reports") % query
        return await self._read("getReports", url, _read(amazon_reports.read_reports))

    async def read_document(self, document_id: str) -> Reading[ReportDocument]:
        url = self._url(f"{BASE}/documents/{quote(document_id, safe='')}")
        return await self._read("getReportDocument", url, _read(amazon_reports.read_document))

    async def download(self, document: ReportDocument, timeout: float = TRANSFER_TIMEOUT) -> Reading[bytes]:
        """The document, unpacked. `timeout` in real seconds."""
        return await fetched(self._session, document.url, timeout, MAX_DOCUMENT)


def _created(arrived: Arrived) -> Answer[str]:
    if arrived.status not in (200, 202):
        return answers.failed_write(arrived, _name_refusal)
    return answers.made(arrived, lambda body: amazon_reports.read_created(body).report_id)


def _name_refusal(status: int, errors: tuple[AmazonError, ...]) -> Refusal:
    if status == 404:
        return "report_not_found"
    return "invalid_input" if errors else "refused"


def _read(read: Callable[[bytes], T]) -> Callable[[Arrived], Reading[T]]:
    return lambda arrived: answers.reading(arrived, read, _name_refusal)
