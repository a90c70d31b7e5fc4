"""Reports of the simulated Amazon over HTTP: four operations, and the store where pre-signed addresses lead."""

from collections.abc import Callable
from datetime import datetime

import msgspec
from aiohttp import web

from simulators.amazon.calls import Act, Call, Calls
from simulators.amazon.health import report_of
from simulators.amazon.journal import Entry
from simulators.amazon.reply import Reply, refusal
from simulators.amazon.reports import TYPES
from simulators.amazon.world import SimulatedSeller, World

REPORTS = "/reports/2021-06-30/reports"
DOCUMENTS = "/reports/2021-06-30/documents"
STORE = "/report-store/{key}"
MOST_MARKETPLACES = 25


class ReportSpecification(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """Body of `createReport`, as Amazon's model has it."""

    report_type: str
    marketplace_ids: list[str]
    report_options: dict[str, str] | None = None
    data_start_time: datetime | None = None
    data_end_time: datetime | None = None


class ReportRoutes:
    def __init__(self, world: World, calls: Calls, call: Callable[[web.Request, str, str, bytes, Act], Call]) -> None:
        self._world, self._calls, self._call = world, calls, call

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post(REPORTS, self._create),
            web.get(REPORTS, self._list),
            web.get(f"{REPORTS}/{{report}}", self._get),
            web.get(f"{DOCUMENTS}/{{document}}", self._document),
            web.get(STORE, self._download),
        ]

    def _now(self) -> datetime:
        return self._world.time.now()

    async def _create(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()

        def act(seller: SimulatedSeller) -> Reply:
            try:
                asked = msgspec.json.decode(body, type=ReportSpecification)
            except (msgspec.DecodeError, UnicodeDecodeError) as error:
                return refusal(400, "InvalidInput", str(error))
            if asked.report_type not in TYPES:
                return refusal(400, "InvalidInput", f"report type {asked.report_type} is not allowed at this time")
            if not 1 <= len(asked.marketplace_ids) <= MOST_MARKETPLACES:
                return refusal(400, "InvalidInput", "Invalid marketplaceIds. Expected between 1 and 25.")
            now = self._now()
            made = self._world.reports.create(
                seller.seller_id, asked.report_type, asked.marketplace_ids, now,
                lambda: report_of(seller.health, asked.marketplace_ids, now),
            )  # fmt: skip
            return Reply(202, {"reportId": made.report_id}, "accepted", package=made.report_id)

        return await self._calls.run(self._call(request, "createReport", "", body, act))

    async def _list(self, request: web.Request) -> web.StreamResponse:
        asked = request.query

        def act(seller: SimulatedSeller) -> Reply:
            if "reportTypes" not in asked:
                return refusal(400, "InvalidInput", "Either reportTypes or nextToken is required.")
            since = datetime.fromisoformat(asked.get("createdSince", "0001-01-01T00:00:00+00:00"))
            size, types = int(asked.get("pageSize", "10")), asked["reportTypes"].split(",")
            found = [
                one.shown(self._now())
                for one in reversed(self._world.reports.made)
                if one.seller == seller.seller_id and one.report_type in types and one.created_at >= since
            ]
            more = {"nextToken": "simulated"} if len(found) > size else {}
            return Reply(200, {"reports": found[:size], **more}, "answered")

        return await self._calls.run(self._call(request, "getReports", "", b"", act))

    async def _get(self, request: web.Request) -> web.StreamResponse:
        report_id = request.match_info["report"]

        def act(seller: SimulatedSeller) -> Reply:
            report = self._world.reports.of(seller.seller_id, report_id)
            if report is None:
                return refusal(404, "NotFound", f"The report {report_id} does not exist.")
            return Reply(200, report.shown(self._now()), "answered", package=report_id)

        return await self._calls.run(self._call(request, "getReport", report_id, b"", act))

    async def _document(self, request: web.Request) -> web.StreamResponse:
        document_id = request.match_info["document"]

        def act(seller: SimulatedSeller) -> Reply:
            report = self._world.reports.with_document(seller.seller_id, document_id, self._now())
            if report is None:
                return refusal(404, "NotFound", f"The document {document_id} does not exist or has expired.")
            key = self._world.reports.sign(report, self._now())
            url = str(request.url.origin().with_path(STORE.format(key=key)) % {"X-Amz-Signature": "simulated"})
            zipped = report.fate.gzip if report.fate.says_gzip is None else report.fate.says_gzip
            shown = {"reportDocumentId": document_id, "url": url}
            shown |= {"compressionAlgorithm": "GZIP"} if zipped else {}
            return Reply(200, shown, "answered", package=document_id)

        return await self._calls.run(self._call(request, "getReportDocument", document_id, b"", act))

    async def _download(self, request: web.Request) -> web.Response:
        """As the store behind Amazon: no token, the address is the key."""
        report = self._world.reports.opened(request.match_info["key"], self._now())
        journal, now = self._world.journal, self._now()
        status = 403 if report is None or "x-amz-access-token" in request.headers else 200
        journal.add(
            Entry(
                number=journal.next_number(), at=now, done_at=now, operation="downloadReportDocument",
                seller=report.seller if report else "", subject=report.document_id if report else "",
                outcome="answered" if status == 200 else "refused", status=status, request_id="",
                error="" if status == 200 else "AccessDenied",
            )
        )  # fmt: skip
        if report is None or status != 200:
            return web.Response(status=403, text="<Error>AccessDenied</Error>", content_type="text/xml")
        return web.Response(body=report.body, content_type="application/octet-stream")
