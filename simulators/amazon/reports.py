"""Reports at the simulated Amazon: asked for, done a while later, and sometimes not what was asked for."""

import gzip
import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, Literal

import msgspec

from schemas.amazon_reports import SELLER_PERFORMANCE

TYPES: Final = frozenset({SELLER_PERFORMANCE})
"""Report types that are simulated."""
ADDRESS_LIFE: Final = timedelta(minutes=5)
KEPT: Final = timedelta(days=90)

Lie = Literal["", "garbled", "table", "xml", "renamed", "empty", "no_document"]
"""garbled: it breaks off. table: tab-separated text. xml: as an older report had it. renamed: the fields under the
names of Amazon's own example. empty: no byte. no_document: done, and no document is named."""


class ReportFate(msgspec.Struct, frozen=True, kw_only=True):
    """What becomes of one report."""

    end: Literal["done", "fatal", "cancelled", "stuck"] = "done"
    after: float = 0.0
    """Simulated seconds until it has ended."""
    lie: Lie = ""
    encoding: str = "utf-8"
    gzip: bool = False
    says_gzip: bool | None = None
    """What is said of its compression; None: the truth."""


@dataclass(slots=True)
class SimulatedReport:
    report_id: str
    seller: str
    report_type: str
    marketplaces: list[str]
    created_at: datetime
    fate: ReportFate
    document_id: str = ""
    body: bytes = b""

    def status(self, now: datetime) -> str:
        if self.fate.end == "stuck" or now < self.created_at + timedelta(seconds=self.fate.after):
            return "IN_QUEUE" if now <= self.created_at else "IN_PROGRESS"
        return {"done": "DONE", "fatal": "FATAL", "cancelled": "CANCELLED"}[self.fate.end]

    def shown(self, now: datetime) -> dict[str, Any]:
        status = self.status(now)
        named = status == "DONE" and self.fate.lie != "no_document"
        return {
            "reportId": self.report_id,
            "reportType": self.report_type,
            "marketplaceIds": self.marketplaces,
            "createdTime": self.created_at.isoformat(),
            "processingStatus": status,
        } | ({"reportDocumentId": self.document_id} if named else {})


@dataclass(slots=True)
class Reports:
    """Every report, and the addresses that lead to their documents for a while."""

    fates: list[ReportFate] = field(default_factory=list[ReportFate])
    """What becomes of the next reports, in order of their creation; all others end well."""
    made: list[SimulatedReport] = field(default_factory=list[SimulatedReport])
    _addresses: dict[str, tuple[str, datetime]] = field(default_factory=dict[str, tuple[str, datetime]])

    def create(
        self, seller: str, report_type: str, marketplaces: list[str], now: datetime, content: Callable[[], Any]
    ) -> SimulatedReport:
        fate = self.fates.pop(0) if self.fates else ReportFate()
        number = len(self.made) + 1
        report = SimulatedReport(f"{70_000_000 + number}", seller, report_type, marketplaces, now, fate)
        report.document_id, report.body = f"amzn1.spdoc.1.simulated-{number:06d}", _written(content(), fate)
        self.made.append(report)
        return report

    def of(self, seller: str, report_id: str) -> SimulatedReport | None:
        return next((one for one in self.made if (one.seller, one.report_id) == (seller, report_id)), None)

    def with_document(self, seller: str, document_id: str, now: datetime) -> SimulatedReport | None:
        for one in self.made:
            if (one.seller, one.document_id) == (seller, document_id) and one.status(now) == "DONE":
                return one if now < one.created_at + KEPT else None
        return None

    def sign(self, report: SimulatedReport, now: datetime) -> str:
        key = secrets.token_urlsafe(24)
        self._addresses[key] = (report.document_id, now + ADDRESS_LIFE)
        return key

    def opened(self, key: str, now: datetime) -> SimulatedReport | None:
        document_id, until = self._addresses.get(key, ("", now))
        return next((one for one in self.made if one.document_id == document_id), None) if now < until else None


def _written(content: Any, fate: ReportFate) -> bytes:
    text = _lied(content, fate)
    body = text.encode(fate.encoding, errors="replace")
    body = body[: len(body) // 2] if fate.lie == "garbled" else body
    return gzip.compress(body) if fate.gzip else body


def _lied(content: Any, fate: ReportFate) -> str:
    match fate.lie:
        case "empty":
            return ""
        case "table":
            return "metric\trate\ttarget\nLate Shipment Rate\t0,032\t0,04\n"
        case "xml":
            return '<?xml version="1.0"?><SellerPerformanceReport><late/></SellerPerformanceReport>'
        case "renamed":
            renamed = json.dumps(content).replace("preFulfillmentCancellationRate", "prefulfillmentCancelRate")
            return renamed.replace("warningStates", "warningState")
        case _:
            return json.dumps(content, ensure_ascii=False)
