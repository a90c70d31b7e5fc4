"""The account health report of one selling account: begun once a day, and carried through its steps.

What a step needs is in the books (`handlers.report_steps.next_call`), so whoever holds the lease goes on where
another process ended. A report that cannot be read is kept, sealed, and people hear of it; the last good one stays
in force.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from daemon.budget import ASK_REPORT, FIND_REPORTS, READ_REPORT, READ_REPORT_DOCUMENT, Budget, Plan
from daemon.clock import Clock
from daemon.links import answer as answers
from daemon.links.amazon_reports import AmazonReportLink
from daemon.seller_calls import SellerCalls
from daemon.settings import Health, SellerAccount
from daemon.store import channel_reports as books
from daemon.store.database import Connection, Database
from daemon.store.notes import write_notes
from daemon.telemetry import Telemetry
from handlers import report_steps as steps
from handlers.alerts import AlertKind
from handlers.notes import Note, RaiseAlert, ResolveAlert
from handlers.report_steps import Report, Rules, may_begin, next_call
from schemas.amazon_health_report import HealthReport, NotAReport, read_health
from schemas.amazon_reports import SELLER_PERFORMANCE

IDLE = 5.0
"""Real seconds at most between two rounds."""
AGAIN = 30.0
"""Business seconds until a call that brought nothing is made again; longer each time."""
THROTTLED_FOR = 120.0
DENIED_FOR = 900.0
SKEW = timedelta(seconds=60)
"""By which the channel's time of creation may be before ours."""


@dataclass(slots=True)
class AccountReports:
    """One selling account's. `point` is told between any two steps: where a process may end."""

    name: str
    seller: SellerAccount
    link: AmazonReportLink
    database: Database
    budget: Budget
    clock: Clock
    telemetry: Telemetry
    settings: Health
    owners: Mapping[str, str]
    point: Callable[[str], None] = field(default=lambda _: None)
    calls: SellerCalls = field(init=False)

    def __post_init__(self) -> None:
        self.calls = SellerCalls(
            self.name, self.seller.application, self.database, self.budget, self.clock, self.telemetry, self.owners,
            THROTTLED_FOR, self.link.ready, self._notes_of_access, self.point,
        )  # fmt: skip

    @property
    def rules(self) -> Rules:
        section = self.settings
        return Rules(
            poll_first=timedelta(seconds=section.poll_first),
            poll_longest=timedelta(seconds=section.poll_longest),
            give_up_after=timedelta(seconds=section.give_up_after),
        )

    async def round(self) -> float:
        """One step; returns the real seconds until the next round is worth while."""
        now = self.clock.now()
        async with self.database.connection() as connection:
            report = await books.newest(connection, self.name, SELLER_PERFORMANCE)
        if report is None or report.settled:
            return await self._begin(report)
        match next_call(report, now, self.rules):
            case steps.Rest(until):
                return min(IDLE, max(0.02, self.clock.real_seconds((until - now).total_seconds())))
            case steps.GiveUp(why):
                await self.record(report, steps.Ended(why))
            case steps.Ask():
                return await self._ask(report)
            case steps.Fetch(document_id):
                return await self._fetch(report, document_id)
            case steps.Seek(since):
                return await self._recorded(report, FIND_REPORTS, lambda: self._sought(since - SKEW))
            case steps.Poll(partner_id):
                return await self._recorded(report, READ_REPORT, lambda: self._polled(partner_id))
        return 0.02

    async def _begin(self, newest: Report | None) -> float:
        now, section = self.clock.now(), self.settings
        every, again = timedelta(seconds=section.report_every), timedelta(seconds=section.report_again)
        if not section.report or not may_begin(newest, now, every, again):
            return IDLE
        async with self.database.transaction() as connection:
            await books.begin(connection, self.name, SELLER_PERFORMANCE, now)
        return 0.02

    async def _ask(self, report: Report) -> float:
        if (refused := await self.calls.granted(ASK_REPORT)) is not None:
            return min(IDLE, refused.wait)
        if not await self.record(report, steps.Leaving()):
            return 0.02
        answer = await self.calls.asked(
            ASK_REPORT, lambda: self.link.create_report(SELLER_PERFORMANCE, self.seller.marketplaces)
        )
        await self.record(report, _of_request(answer))
        return 0.02

    async def _sought(self, since: datetime) -> steps.Event:
        answer = await self.calls.asked(FIND_REPORTS, lambda: self.link.read_reports(SELLER_PERFORMANCE, since))
        if not isinstance(answer, answers.Done):
            return _failed(answer)
        found = [one for one in answer.value.reports if one.report_type == SELLER_PERFORMANCE]
        newest = max(found, key=lambda one: one.created_time, default=None)
        return steps.Found(newest.report_id if newest is not None else None)

    async def _polled(self, partner_id: str) -> steps.Event:
        answer = await self.calls.asked(READ_REPORT, lambda: self.link.read_report(partner_id))
        match answer:
            case answers.Done(value=one) if one.report_id != partner_id:
                return steps.Failed(f"asked about report {partner_id}, it answers about {one.report_id}", AGAIN)
            case answers.Done(value=one) if one.processing_status == "DONE":
                return steps.Finished(one.report_document_id or "")
            case answers.Done(value=one) if one.processing_status in ("CANCELLED", "FATAL"):
                why = "cancelled, as it is where there is no data, or it was asked for too often"
                return steps.Ended(
                    f"the channel says that it was {why if one.processing_status != 'FATAL' else 'fatal'}"
                )
            case answers.Done():
                return steps.Running()
            case answers.Refused(code="report_not_found", text=text):
                return steps.Ended(f"the channel does not know it any more: {text}")
            case _:
                return _failed(answer)

    async def _fetch(self, report: Report, document_id: str) -> float:
        if (refused := await self.calls.granted(READ_REPORT_DOCUMENT)) is not None:
            return min(IDLE, refused.wait)
        document = await self.calls.asked(READ_REPORT_DOCUMENT, lambda: self.link.read_document(document_id))
        if not isinstance(document, answers.Done):
            await self.record(report, _failed(document))
            return 0.02
        self.point("downloading")
        found = await self.link.download(document.value, self.settings.transfer_timeout)
        self.point("downloaded")
        if isinstance(found, answers.Done):
            await self._read(report, found.value)
        else:
            await self.record(report, _failed(found))
        return 0.02

    async def _read(self, report: Report, body: bytes) -> None:
        try:
            content = read_health(body)
        except NotAReport as fault:
            why = f"its document cannot be read: {fault}; goodsout health --document {self.name} shows it"
            await self.record(report, steps.Ended(why), body=body)
            return
        await self.record(report, steps.Read(), content=content, body=body if content.faults else None)

    async def _recorded(self, report: Report, plan: Plan, call: Callable[[], Awaitable[steps.Event]]) -> float:
        if (refused := await self.calls.granted(plan)) is not None:
            return min(IDLE, refused.wait)
        await self.record(report, await call())
        return 0.02

    async def record(
        self, report: Report, event: steps.Event, *, content: HealthReport | None = None, body: bytes | None = None
    ) -> bool:
        """Write what the event makes of it; False where it says nothing about where it stands by now."""
        self.point(f"before {type(event).__name__}")
        now = self.clock.now()
        async with self.database.transaction() as connection:
            locked = await books.lock(connection, report.id)
            moved = locked and steps.decide(locked, event, now, self.rules)
            if moved:
                await books.save(connection, moved, now)
                await self._keep(connection, moved, content, body)
                await write_notes(connection, self._notes(moved, content), now, self.owners)
        self.point(f"after {type(event).__name__}")
        return bool(moved)

    async def _keep(
        self, connection: Connection, report: Report, content: HealthReport | None, body: bytes | None
    ) -> None:
        if content is not None:
            await books.keep_content(connection, report.id, content)
        if body is not None:
            await books.keep_body(connection, self.name, report.id, body, self.clock.now())

    def _notes(self, report: Report, content: HealthReport | None) -> Sequence[Note]:
        kind, cause = AlertKind.ACCOUNT_REPORT_UNREAD, f"{self.name}/report"
        if report.state == "failed":
            text = f"the account health report of {self.name} came to nothing: {report.reason}"
            return [RaiseAlert(kind, cause, self.name, text)]
        if content is None:
            return []
        if not content.faults:
            return [ResolveAlert(kind, cause)]
        text = f"the account health report of {self.name} is not all as Amazon describes it: {content.faults[0]}"
        return [RaiseAlert(kind, cause, self.name, text, {"faults": list(content.faults[:20])})]

    def _notes_of_access(self, _plan: Plan, answer: object) -> list[Note]:
        """A denial of reports has a cause of its own."""
        cause = f"{self.name}/reports"
        match answer:
            case answers.Denied(reason=reason):
                return [RaiseAlert(AlertKind.CHANNEL_DENIED, cause, self.name, reason)]
            case answers.Done():
                return [ResolveAlert(AlertKind.CHANNEL_DENIED, cause)]
            case _:
                return []


def _of_request(answer: "answers.Answer[str]") -> steps.Event:
    match answer:
        case answers.Done(value=partner_id):
            return steps.Asked(partner_id)
        case answers.Unknown(reason=reason):
            return steps.AskUnknown(reason)
        case answers.Refused(code=code, text=text):
            return steps.Ended(f"the channel refuses it ({code}): {text}")
        case _:
            failed = _failed(answer)
            return steps.NotTaken(failed.why, failed.seconds)


def _failed(answer: object) -> steps.Failed:
    match answer:
        case answers.Throttled(text=text):
            return steps.Failed(text, THROTTLED_FOR)
        case answers.Denied(reason=reason):
            return steps.Failed(reason, DENIED_FOR)
        case answers.Refused(code=code, text=text):
            return steps.Failed(f"{code}: {text}", AGAIN)
        case answers.NeverLeft(reason=reason) | answers.Unknown(reason=reason) | answers.Unavailable(reason=reason):
            return steps.Failed(reason, AGAIN)
        case _:
            raise AssertionError(answer)
