"""Accepted is not live: reads what a channel shows, as `handlers/read_back.py` decides, within the read budget.

The question leaves without a lock; its answer is judged on the books as they are then, so what was told meanwhile is
not mistaken for something that never came.
"""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import assert_never

import msgspec

from daemon.budget import READ_LISTING, Budget, buckets
from daemon.clock import Clock
from daemon.links import answer as answers
from daemon.links.amazon import AmazonLink
from daemon.log import fact
from daemon.settings import Publication, SellerAccount
from daemon.store import publication as books
from daemon.store import read_back as readings
from daemon.store.database import Connection, Database
from daemon.store.notes import write_notes
from daemon.store.read_back import Due
from daemon.telemetry import Telemetry
from handlers.alerts import AlertKind
from handlers.notes import Note, RaiseAlert
from handlers.read_back import Judgement, Plan, Reading, Shown, judge
from schemas.terms import Eaches

AT_ONCE = 4
THROTTLED_FOR = 5.0
"""Real seconds without reads after a 429."""
NOT_FOUND = "listing_not_found"

log = logging.getLogger(__name__)


def plan_of(settings: Publication) -> Plan:
    return Plan(
        settings.read_back_after, settings.read_back_every, settings.read_back_longest, settings.never_live_after,
        settings.read_back_audit_every, settings.read_back_lowerings, settings.read_back_raises,
        settings.read_back_repeats,
    )  # fmt: skip


@dataclass(slots=True)
class ReadBack:
    """Reads back one selling account's listings, inside its budget."""

    name: str
    seller: SellerAccount
    link: AmazonLink
    database: Database
    budget: Budget
    clock: Clock
    telemetry: Telemetry
    settings: Publication
    owners: Mapping[str, str]
    plan: Plan = field(init=False)
    learned: float | None = None
    """The rate that the channel stated last."""

    def __post_init__(self) -> None:
        plan = plan_of(self.settings)
        self.plan = msgspec.structs.replace(plan, nets_own_orders=self.seller.nets_own_orders)

    async def round(self) -> float:
        """Read a few listings; returns the real seconds until the next round is worth while."""
        now = self.clock.now()
        async with self.database.transaction() as connection:
            due = await readings.due(connection, self.name, now, AT_ONCE)
            if not due:
                return min(0.25, self.clock.real_seconds(self.plan.after) / 4)
            reading, wait = await self._granted(connection, due)
            again = now + timedelta(seconds=self.plan.every)
            await readings.put_off(connection, [one.listing_id for one in reading], again)
        await asyncio.gather(*(self._read(one) for one in reading))
        return 0.0 if reading else min(1.0, wait)

    async def _granted(self, connection: Connection, due: Sequence[Due]) -> tuple[Sequence[Due], float]:
        """What may be read now. An audit leaves a token for whatever risky is due a moment later."""
        risky = [one for one in due if one.why != "audit"]
        wanted = buckets(READ_LISTING, self.name, self.seller.application)
        granted = await self.budget.take(connection, wanted, len(risky or due), keep=0.0 if risky else 1.0)
        self.telemetry.budgeted(self.name, READ_LISTING.operation, granted.wait, wanted[0].rate)
        return (risky or due)[: granted.granted], granted.wait

    async def _read(self, due: Due) -> None:
        left, begun = self.clock.now(), self.clock.monotonic()
        answer = await self.link.read_listing(due.seller_sku, due.marketplace)
        self.telemetry.called(self.name, READ_LISTING.operation, _state(answer), self.clock.monotonic() - begun)
        await self._learn(answer)
        match answer:
            case answers.Done(value=value):
                await self._judge(due, Reading(value, left))
            case answers.Refused(code=code) if code == NOT_FOUND:
                await self._judge(due, Reading(None, left))
            case answers.Throttled(text=text):
                await self._throttled(text)
            case answers.Denied(reason=reason):
                await self._note([RaiseAlert(AlertKind.CHANNEL_DENIED, self.name, self.name, reason)])
            case answers.Refused() | answers.Unavailable() | answers.NeverLeft():
                log.info("nothing read", extra=fact("read_back_failed", account=self.name, answer=str(answer)[:500]))
            case _:
                assert_never(answer)

    async def _learn(self, answer: "answers.Reading[Eaches | None]") -> None:
        rate = answer.rate if isinstance(answer, answers.Done | answers.Refused) else None
        if rate is not None and rate != self.learned:
            self.learned = rate
            async with self.database.connection() as connection:
                own = buckets(READ_LISTING, self.name, self.seller.application)[0]
                await self.budget.learn(connection, own, rate)

    async def _throttled(self, text: str) -> None:
        cause = f"{self.name}/{READ_LISTING.operation}"
        async with self.database.connection() as connection:
            own = buckets(READ_LISTING, self.name, self.seller.application)[:1]
            await self.budget.throttled(connection, own, THROTTLED_FOR)
        await self._note([RaiseAlert(AlertKind.CHANNEL_THROTTLED, cause, self.name, text)])

    async def _note(self, notes: Sequence[Note]) -> None:
        async with self.database.transaction() as connection:
            await write_notes(connection, notes, self.clock.now(), self.owners)

    async def _judge(self, due: Due, reading: Reading) -> None:
        cause = f"{self.name}/{due.marketplace}/{due.seller_sku}"
        async with self.database.transaction() as connection:
            shown = await readings.lock(connection, due.listing_id)
            if shown is None:
                return
            judgement = judge(cause, due.listing_id, shown, reading, self.plan)
            if judgement.meaning == "took_effect" and shown.flight is not None:
                await self._settle(connection, due.listing_id, shown.flight.id, shown.flight.value, reading.at)
            await readings.note(connection, due.listing_id, shown, reading, judgement)
            await write_notes(connection, judgement.notes, reading.at, self.owners)
        self._count(shown, judgement)

    async def _settle(self, connection: Connection, listing_id: int, attempt: int, value: int, at: datetime) -> None:
        """The read shows the value that was in flight: it took effect."""
        await books.end_attempt(connection, attempt, "accepted", at, "found by reading", "")
        await books.change(connection, "flight_accepted", listing_id, attempt, value, at, None)

    def _count(self, shown: Shown, judgement: Judgement) -> None:
        self.telemetry.read_back(self.name, judgement.meaning)
        if judgement.true_after is not None:
            value = shown.flight.value if judgement.meaning == "took_effect" and shown.flight else shown.accepted
            self.telemetry.live(self.name, _kind(shown, value, self.settings.near_zero), judgement.true_after)


def _kind(shown: Shown, value: int | None, near_zero: int) -> str:
    """The class of a change that was just seen live, by what was shown before it."""
    if value is None or shown.live is None or value > shown.live:
        return "raise"
    if value == shown.live:
        return "again"
    return "near_zero" if value <= near_zero else "lowering"


def _state(answer: "answers.Reading[Eaches | None]") -> str:
    match answer:
        case answers.Done():
            return "answered"
        case answers.Refused():
            return "refused"
        case answers.Throttled():
            return "throttled"
        case answers.Denied():
            return "denied"
        case answers.NeverLeft():
            return "never_left"
        case answers.Unavailable():
            return "unavailable"
        case _:
            assert_never(answer)
