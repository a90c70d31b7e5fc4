"""Reports 2021-06-30: a report is asked for, looked at until it has ended, and downloaded from an address of its own.

The same words carry every report type; what is in a document is the business of the schema of its type.
"""

from datetime import UTC, datetime
from typing import Annotated, Final, Literal, TypeAlias

import msgspec

SELLER_PERFORMANCE: Final = "GET_V2_SELLER_PERFORMANCE_REPORT"
"""The account's health: rates, counts and targets by marketplace. It can only be requested, not scheduled."""
MOST_MARKETPLACES: Final = 25
"""In one request."""

Name: TypeAlias = Annotated[str, msgspec.Meta(min_length=1, max_length=200, pattern=r"^[^\x00]*$")]
"""By which Amazon knows a report or a document: kept in the books, so it must be something they can hold."""

Status: TypeAlias = Literal["CANCELLED", "DONE", "FATAL", "IN_PROGRESS", "IN_QUEUE"]


class NewReport(msgspec.Struct, frozen=True, rename="camel"):
    """Body of `createReport`."""

    report_type: str
    marketplace_ids: tuple[str, ...]


class CreatedReport(msgspec.Struct, frozen=True, rename="camel"):
    report_id: Name


class Report(msgspec.Struct, frozen=True, rename="camel"):
    """Answer of `getReport`, and one entry of `getReports`."""

    report_id: Name
    report_type: str
    created_time: datetime
    processing_status: Status
    marketplace_ids: tuple[str, ...] | None = None
    report_document_id: Name | None = None


class ReportList(msgspec.Struct, frozen=True, rename="camel"):
    reports: tuple[Report, ...]
    next_token: str | None = None


class ReportDocument(msgspec.Struct, frozen=True, rename="camel"):
    """Answer of `getReportDocument`. The URL is a key for five minutes: its repr hides it."""

    report_document_id: Name
    url: str
    compression_algorithm: str | None = None
    """`GZIP`, or none. Not trusted: the bytes themselves are asked."""

    def __repr__(self) -> str:
        return f"ReportDocument({self.report_document_id!r})"


_writer = msgspec.json.Encoder()
_created = msgspec.json.Decoder(CreatedReport)
_report = msgspec.json.Decoder(Report)
_reports = msgspec.json.Decoder(ReportList)
_document = msgspec.json.Decoder(ReportDocument)


def write_new_report(report_type: str, marketplaces: tuple[str, ...]) -> bytes:
    return _writer.encode(NewReport(report_type, marketplaces[:MOST_MARKETPLACES]))


def read_created(body: bytes) -> CreatedReport:
    """Raises msgspec.DecodeError or UnicodeDecodeError, as all readers here do."""
    return _created.decode(body)


def read_report(body: bytes) -> Report:
    return _zoned(_report.decode(body))


def read_reports(body: bytes) -> ReportList:
    found = _reports.decode(body)
    return msgspec.structs.replace(found, reports=tuple(map(_zoned, found.reports)))


def read_document(body: bytes) -> ReportDocument:
    return _document.decode(body)


def _zoned(report: Report) -> Report:
    """A time without a zone is UTC: Amazon's own examples leave the zone out here and there."""
    if report.created_time.tzinfo is not None:
        return report
    return msgspec.structs.replace(report, created_time=report.created_time.replace(tzinfo=UTC))
