"""Reports at Amazon Seller Central: asked for, looked at, looked up and downloaded.

A download goes to a pre-signed address: the address is the key, so no token goes along, and neither logs nor texts
nor reprs ever hold it.
"""

import zlib
from collections.abc import Callable
from datetime import datetime
from typing import TypeVar
from urllib.parse import quote

import msgspec
from yarl import URL

from daemon.links import amazon_answers as answers
from daemon.links.amazon import USER_AGENT, AmazonLink
from daemon.links.answer import Answer, Done, Reading, Refused, Unavailable, Unknown
from daemon.links.exchange import Arrived, Request, exchange
from schemas import amazon_reports
from schemas.amazon import AmazonError, Refusal
from schemas.amazon_reports import Report, ReportDocument, ReportList

BASE = "/reports/2021-06-30"
MAX_DOCUMENT = 64 * 1_048_576
"""Bytes of a report, unpacked."""
TRANSFER_TIMEOUT = 60.0
"""Real seconds for one download."""
PAGE = 100
GZIP_HEAD = b"\x1f\x8b"

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
        request = Request("GET", URL(document.url, encoded=True), {"user-agent": USER_AGENT})
        arrived = await exchange(self._session, request, timeout, limit=MAX_DOCUMENT)
        if not isinstance(arrived, Arrived):
            return Unavailable(arrived.reason)
        if arrived.status != 200:
            word: Refusal = "document_expired" if arrived.status == 403 else "refused"
            text = f"HTTP {arrived.status} from the document store"
            return Refused(word, text) if arrived.status < 500 else Unavailable(text)
        if arrived.body is None:
            return Unavailable(f"the document broke off, or is longer than {MAX_DOCUMENT} bytes")
        return unpacked(arrived.body)


def unpacked(body: bytes) -> Reading[bytes]:
    """What is announced is not what comes: the store may have unpacked it on the way, or nobody said it was."""
    if not body.startswith(GZIP_HEAD):
        return Done(body)
    packed = zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        plain = packed.decompress(body, MAX_DOCUMENT)
    except zlib.error as error:
        return Unavailable(f"the document cannot be unpacked: {error}")
    if not packed.eof:
        return Unavailable(f"the document breaks off, or is longer than {MAX_DOCUMENT} bytes unpacked")
    return Done(plain)


def _created(arrived: Arrived) -> Answer[str]:
    if arrived.status not in (200, 202):
        return answers.failed_write(arrived, _name_refusal)
    try:
        report_id = amazon_reports.read_created(arrived.body or b"").report_id
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        text = f"HTTP {arrived.status} with an answer that cannot be read: {error}"
        return Unknown(text, answers.request_id(arrived))
    return Done(report_id, answers.request_id(arrived), answers.rate(arrived))


def _name_refusal(status: int, errors: tuple[AmazonError, ...]) -> Refusal:
    if status == 404:
        return "report_not_found"
    return "invalid_input" if errors else "refused"


def _read(read: Callable[[bytes], T]) -> Callable[[Arrived], Reading[T]]:
    return lambda arrived: answers.reading(arrived, read, _name_refusal)
