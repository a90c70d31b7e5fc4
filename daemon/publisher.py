"""The level-triggered publisher: closes the difference between what a listing should show and what was told.

`marking.py` turns dirty marks into desired values. `publish` takes, per selling account, what the policy puts first,
as far as the budget goes: recompute from the books under lock, write the attempt, commit, and only then call.
`read_back` sees what is live. Nothing is queued per event: only the newest value is ever told.
"""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import assert_never

from daemon.ahead import Ahead
from daemon.budget import PATCH_LISTING, Bucket, Budget, buckets
from daemon.choosing import Choosing
from daemon.clock import Clock
from daemon.leases import LeaseLost, Leases
from daemon.links import answer as answers
from daemon.links.amazon import AmazonLink
from daemon.listing_answers import notes_of, told_of
from daemon.log import fact
from daemon.pressure import Pressure
from daemon.read_back import plan_of
from daemon.settings import Publication, SellerAccount
from daemon.store import publication as books
from daemon.store import read_back
from daemon.store.database import Connection, Database
from daemon.store.notes import write_notes
from daemon.store.publication import Begun
from daemon.telemetry import Telemetry
from daemon.turns import first_patches
from handlers.publication import Send
from handlers.read_back import NextRead, first_read
from handlers.sellable_stock import Listing
from handlers.supply import Rules
from schemas.amazon_listings import Submission

CANDIDATES = 1_500
AT_ONCE = int(PATCH_LISTING.burst)
"""Requests without an answer at once; beyond it the partner could not take them if they arrived together."""
THROTTLED_FOR = 5.0
"""Seconds without calls after a 429."""
UNSENT_FOR = 2.0

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Leaving:
    """A request whose row is committed."""

    attempt: int
    listing: Listing
    send: Send
    begun: datetime
    risky: bool = False
    unsettled: bool = False
    """What left before it may or may not have arrived."""


@dataclass(slots=True)
class Publisher:
    """Publishes for one selling account."""

    name: str
    seller: SellerAccount
    link: AmazonLink
    database: Database
    budget: Budget
    clock: Clock
    telemetry: Telemetry
    settings: Publication
    holder: str
    rules: Rules
    owners: Mapping[str, str]
    leases: Leases
    ahead: Ahead
    sent: int = 0
    """Patches so far: some of every ten have their own kind of turn."""
    under_way: set["asyncio.Task[None]"] = field(default_factory=set["asyncio.Task[None]"])
    choosing: Choosing = field(init=False)
    pressure: Pressure = field(init=False)

    def __post_init__(self) -> None:
        late = timedelta(seconds=self.settings.request_timeout * self.clock.factor + self.settings.late_effect)
        self.choosing = Choosing(self.database, self.clock, self.settings.near_zero, self.rules, self.ahead, late)
        self.pressure = Pressure(self.name, self.database, self.clock)

    def go_by(self, settings: Publication, rules: Rules, ahead: Ahead) -> None:
        """From here on by these: a peak has begun or ended."""
        self.settings, self.rules, self.ahead = settings, rules, ahead
        self.choosing.go_by(settings.near_zero, rules, ahead)

    @property
    def lease(self) -> str:
        """Whoever holds it publishes for this account, and nobody else."""
        return f"publish/{self.name}"

    async def publish(self) -> float:
        """One round; returns the real seconds until the next is worth while."""
        if len(self.under_way) >= AT_ONCE:
            await asyncio.wait(self.under_way, return_when=asyncio.FIRST_COMPLETED, timeout=1)
            return 0
        now = self.clock.now()
        async with self.database.connection() as connection:
            room = AT_ONCE - len(self.under_way)
            found = await books.candidates(
                connection, self.name, now, self.settings.near_zero, CANDIDATES, self.ahead.half_life
            )
        first, pressure = first_patches(found, now, self.settings, self.ahead.half_life, room, self.sent)
        await self.pressure.feel(pressure)
        if not first:
            return 0.05
        await self.link.ready()
        async with self.database.connection() as connection:
            wanted = buckets(PATCH_LISTING, self.name, self.seller.application)
            granted = await self.budget.take(connection, wanted, len(first), unanswered=len(self.under_way))
        self.telemetry.budgeted(self.name, PATCH_LISTING.operation, granted.wait, wanted[0].rate)
        if granted.granted == 0:
            return min(1.0, granted.wait)
        await self.have_examined()
        try:
            leaving = await self._begin(first[: granted.granted])
        except LeaseLost as lost:
            log.warning("%s", lost, extra=fact("publication_fenced", account=self.name))
            return 1.0
        if (unused := granted.granted - len(leaving)) > 0:
            async with self.database.connection() as connection:
                await self.budget.give_back(connection, wanted, unused)
        self.sent += len(leaving)
        for request in leaving:
            self._start(self._call(request))
        return 0

    async def _begin(self, listing_ids: Sequence[int]) -> list[Leaving]:
        """Decide anew under lock, from the books as they are now, and commit the rows of what will leave."""
        now = self.clock.now()
        async with self.database.transaction() as connection:
            await self.leases.confirm(connection, self.lease)
            chosen = await self.choose(connection, listing_ids, now)
            if not chosen:
                return []
            attempts = await books.begin(connection, [begun for begun, _, _ in chosen], now, self.holder)
        return [
            Leaving(attempts[listing.id], listing, send, now, row.risky, row.unsettled)
            for row, listing, send in chosen
        ]

    async def have_examined(self) -> None:
        await self.choosing.have_examined()

    async def choose(
        self, connection: Connection, listing_ids: Sequence[int], now: datetime
    ) -> list[tuple[Begun, Listing, Send]]:
        return await self.choosing.choose(connection, listing_ids, now)

    def _start(self, work: "asyncio._CoroutineLike[None]") -> None:
        task = asyncio.create_task(work)
        self.under_way.add(task)
        task.add_done_callback(self._finished)

    def _finished(self, task: "asyncio.Task[None]") -> None:
        self.under_way.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("publication failed", exc_info=error, extra=fact("publication_failed", account=self.name))

    async def _call(self, request: Leaving) -> None:
        listing = request.listing
        begun = self.clock.monotonic()
        answer = await self.link.patch_listing(
            listing.seller_sku, listing.marketplace, listing.product_type, request.send.value, listing.lead_time_days
        )
        state = told_of(answer)[0]
        self.telemetry.called(self.name, PATCH_LISTING.operation, state, self.clock.monotonic() - begun)
        await self._record(request, answer)

    async def _record(self, request: Leaving, answer: "answers.Answer[Submission]") -> None:
        now = self.clock.now()
        async with self.database.transaction() as connection:
            state, text, request_id = told_of(answer)
            ended = await books.end_attempt(connection, request.attempt, state, now, text, request_id)
            if ended is None:
                return
            if not await self._settle(connection, request, ended, answer, now):
                await self._overtaken(connection, request, state, now)
            notes = notes_of(answer, self.name, request.listing, ended.value)
            await write_notes(connection, notes, now, self.owners)
        since = (now - request.send.since).total_seconds()
        if state == "accepted":
            self.telemetry.told(self.name, request.send.urgency, since)

    async def _settle(
        self,
        connection: Connection,
        request: Leaving,
        ended: books.Ended,
        answer: "answers.Answer[Submission]",
        now: datetime,
    ) -> bool:
        """Write where the listing stands now; False when this request had been overtaken."""
        own = (request.listing.id, request.attempt)
        read_at = now + timedelta(seconds=self.settings.read_back_after)
        match answer:
            case answers.Done(rate=rate):
                if rate is not None:
                    await self.budget.learn(connection, self._own_bucket(), rate)
                if not await books.change(connection, "flight_accepted", *own, ended.value, now, read_at):
                    return False
                await read_back.ask(connection, own[:1], self._first_read(request, now))
                return True
            case answers.Refused(code=code, text=text):
                reason = f"{code}: {text}"[:500]
                refused = (ended.value, ended.told_before, reason, request.unsettled, now)
                if not await books.change(connection, "flight_refused", *own, *refused):
                    return False
                await read_back.ask(connection, own[:1], NextRead(read_at, "refused"))
                return True
            case answers.Unknown():
                over_at = now + timedelta(seconds=self.settings.late_effect)
                return await books.change(connection, "flight_unknown", *own, over_at, read_at)
            case answers.Throttled():
                await self.budget.throttled(connection, [self._own_bucket()], THROTTLED_FOR)
                return await self._put_off(connection, request, ended, now, THROTTLED_FOR)
            case answers.Denied():
                return await self._put_off(connection, request, ended, now, self.settings.denied_for)
            case answers.NeverLeft():
                return await self._put_off(connection, request, ended, now, UNSENT_FOR)
            case _:
                assert_never(answer)

    def _first_read(self, request: Leaving, now: datetime) -> NextRead:
        plan, send = plan_of(self.settings), request.send
        return first_read(send.urgency, request.attempt, request.listing.id, now, plan, risky=request.risky)

    def _own_bucket(self) -> Bucket:
        return buckets(PATCH_LISTING, self.name, self.seller.application)[0]

    async def _put_off(
        self, connection: Connection, request: Leaving, ended: books.Ended, now: datetime, seconds: float
    ) -> bool:
        own, until = (request.listing.id, request.attempt), now + timedelta(seconds=seconds)
        return await books.change(connection, "flight_put_off", *own, ended.told_before, until, request.unsettled)

    async def _overtaken(self, connection: Connection, request: Leaving, state: str, now: datetime) -> None:
        """A lowering overtook this request; now that it has ended, the newest value can be told for good."""
        late = timedelta(seconds=self.settings.late_effect)
        again = now + late if state == "unknown" else now
        await books.overtaken_ended(connection, request.listing.id, request.attempt, again, now - late)

    async def drain(self, seconds: float) -> None:
        """Let requests under way end, for at most this many real seconds; the rest will be unknown."""
        if self.under_way:
            await asyncio.wait(self.under_way, timeout=seconds)
