"""What becomes of an update of direct fulfilment stock: its answer, its transaction, and each of its items written.

*Taken* is not *in effect*: an item stays in flight until its transaction has ended. One that succeeds is in effect
and needs no reading back. One that fails tells nothing of any of its items; which of them was at fault is found by
smaller updates, and only an item that was refused alone is raised.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from daemon.budget import READ_TRANSACTION, SUBMIT_STOCK, Budget, Plan, buckets
from daemon.clock import Clock
from daemon.links import answer as answers
from daemon.settings import DirectFulfilmentAccount, Publication
from daemon.store import stock_updates
from daemon.store.database import Connection, Database, query
from daemon.store.notes import write_notes
from daemon.store.stock_updates import Item, Update
from daemon.telemetry import Telemetry
from handlers.alerts import AlertKind
from handlers.direct_fulfilment import (
    TAKES,
    Look,
    Lost,
    Overdue,
    Refused,
    Settled,
    Verdict,
    after_status,
    suspected,
)
from handlers.notes import Note, RaiseAlert, ResolveAlert
from handlers.publication import urgency
from schemas.amazon_direct_fulfilment import Transaction

THROTTLED_FOR = 5.0
"""Business seconds without calls after a 429."""
UNSENT_FOR = 2.0
UNTOLD = Transaction("", "Processing")
"""What an answer that says nothing of use stands for."""


@dataclass(frozen=True, slots=True)
class UpdateSettling:
    """Settles the updates of one account."""

    name: str
    account: DirectFulfilmentAccount
    database: Database
    budget: Budget
    clock: Clock
    telemetry: Telemetry
    settings: Publication
    owners: Mapping[str, str]

    async def answered(self, update: Update, answer: "answers.Answer[str]") -> None:
        """The channel's answer to an update."""
        now = self.clock.now()
        async with self.database.transaction() as connection:
            if await stock_updates.lock(connection, update.id) is not None:
                await self._write_answer(connection, update, answer, now)
            await self._heed(connection, SUBMIT_STOCK, answer)
            await write_notes(connection, self._of_access(SUBMIT_STOCK, answer), now, self.owners)

    async def _write_answer(
        self, connection: Connection, update: Update, answer: "answers.Answer[str]", now: datetime
    ) -> None:
        match answer:
            case answers.Done(value=transaction, request_id=request_id):
                taken = update._replace(transaction_id=transaction, request_id=request_id)
                await stock_updates.move(connection, taken, "processing", now, look_at=now + self._every)
            case answers.Refused(code=code, text=text):
                await self._refused(connection, update, f"{code}: {text}", now)
            case answers.Unknown(reason=reason):
                await self._unknown(connection, update, reason, now)
            case answers.Throttled(text=text):
                await self._not_sent(connection, update, "throttled", text, now, THROTTLED_FOR)
            case answers.Denied(reason=reason):
                await self._not_sent(connection, update, "never_left", reason, now, self.settings.denied_for)
            case answers.NeverLeft(reason=reason):
                await self._not_sent(connection, update, "never_left", reason, now, UNSENT_FOR)

    async def sender_lost(self, update: Update) -> None:
        """Whoever sent it is gone: nobody saw its end."""
        now = self.clock.now()
        async with self.database.transaction() as connection:
            if await stock_updates.lock(connection, update.id) is not None:
                await self._unknown(connection, update, "its sender was lost", now)

    async def seen(self, update: Update, answer: "answers.Reading[Transaction]") -> None:
        """What the channel says of its transaction; where it says nothing of use, it is asked again."""
        now = self.clock.now()
        verdict = self._verdict(update, answer, now)
        async with self.database.transaction() as connection:
            locked = await stock_updates.lock(connection, update.id)
            if locked is not None:
                await self._write_verdict(connection, locked, verdict, now)
            await self._heed(connection, READ_TRANSACTION, answer)
            await write_notes(connection, self._of_access(READ_TRANSACTION, answer), now, self.owners)

    def _verdict(self, update: Update, answer: "answers.Reading[Transaction]", now: datetime) -> Verdict:
        found = answer.value if isinstance(answer, answers.Done) else UNTOLD
        overdue = update.state == "overdue"
        return after_status(found.status, _errors(found), update.sent_at, now, self._every, overdue=overdue)

    async def _write_verdict(self, connection: Connection, locked: Update, verdict: Verdict, now: datetime) -> None:
        match verdict:
            case Settled():
                await self._settled(connection, locked, now)
            case Refused(text):
                await self._refused(connection, locked, text, now)
            case Overdue(at):
                await self._overdue(connection, locked, at, now)
            case Lost():
                await self._lost(connection, locked, now)
            case Look(at):
                await stock_updates.move(connection, locked, locked.state, now, look_at=at)

    async def _settled(self, connection: Connection, update: Update, now: datetime) -> None:
        found = await stock_updates.items(connection, update.id)
        flying = await self._overtaken_apart(connection, found, now)
        await stock_updates.end_attempts(connection, found, "accepted", now)
        await stock_updates.in_effect(connection, flying, now)
        notes = await self._healed(connection, update, flying)
        await self._ended(connection, update, "in_effect", now, notes=notes)
        for one in flying:
            self._measure(one, now)

    async def _refused(self, connection: Connection, update: Update, text: str, now: datetime) -> None:
        found = await stock_updates.items(connection, update.id)
        flying = await self._overtaken_apart(connection, found, now)
        notes = list[Note]()
        if len(found) == 1:
            await stock_updates.end_attempts(connection, found, "refused", now, text)
            await stock_updates.refused(connection, flying, text)
            notes = [self._refusal(update, one, text) for one in flying]
        else:
            await stock_updates.end_attempts(connection, found, "refused", now, f"with {len(found) - 1} more: {text}")
            names = {one.seller_sku: one.together for one in found}
            await stock_updates.put_off(connection, flying, now, suspected(names, text, self.account.items))
        await self._ended(connection, update, "refused", now, text, notes)

    async def _overdue(self, connection: Connection, update: Update, look_at: datetime, now: datetime) -> None:
        """The newest values go out again by themselves; when it ends after all, they are told once more."""
        why = f"processed for more than {2 * TAKES.total_seconds() / 60:.0f} minutes"
        await self._doubted(connection, update, why, now, now)
        await stock_updates.move(connection, update, "overdue", now, look_at=look_at, answer=why)
        text = (
            f"an update of {update.items} items in {update.warehouse} of {self.name}, transaction"
            f" {update.transaction_id}, has not ended since {update.sent_at:%F %T} UTC; its values go out again"
        )
        detail: dict[str, str | int | list[str] | None] = {"update": update.id, "transaction": update.transaction_id}
        raised = RaiseAlert(AlertKind.UPDATE_OVERDUE, self._cause(update), self.name, text, detail)
        await write_notes(connection, [raised], now, self.owners)
        self.telemetry.stock_updates.labels(self.name, "overdue").inc()

    async def _lost(self, connection: Connection, update: Update, now: datetime) -> None:
        await self._doubted(connection, update, "it never ended", now, now)
        await self._ended(connection, update, "lost", now, "it never ended")

    async def _unknown(self, connection: Connection, update: Update, why: str, now: datetime) -> None:
        """No name to ask by: its newest values go out soon, and once more when it can no longer be processed."""
        over_at = now + timedelta(seconds=self.settings.late_effect)
        flying = await self._doubted(connection, update, why, over_at, now)
        await stock_updates.tell_again(connection, flying, now + 2 * TAKES)
        await self._ended(connection, update, "unknown", now, why)

    async def _doubted(
        self, connection: Connection, update: Update, why: str, over_at: datetime, now: datetime
    ) -> list[Item]:
        """Returns those that nothing else was told of."""
        found = await stock_updates.items(connection, update.id)
        await stock_updates.end_attempts(connection, found, "unknown", now, why)
        flying = [one for one in found if one.is_in_flight]
        await stock_updates.doubt(connection, flying, over_at)
        return flying

    async def _not_sent(
        self, connection: Connection, update: Update, state: str, why: str, now: datetime, seconds: float
    ) -> None:
        found = await stock_updates.items(connection, update.id)
        flying = await self._overtaken_apart(connection, found, now)
        await stock_updates.end_attempts(connection, found, state, now, why)
        together = {one.seller_sku: one.together for one in found}
        await stock_updates.put_off(connection, flying, now + timedelta(seconds=seconds), together)
        await self._ended(connection, update, "not_sent", now, why)

    async def _overtaken_apart(self, connection: Connection, found: Sequence[Item], now: datetime) -> list[Item]:
        """Those that nothing else was told of. The others are told again: this update may have buried the newer."""
        await stock_updates.tell_again(
            connection, [one for one in found if not one.is_in_flight and one.told_at], now
        )
        return [one for one in found if one.is_in_flight]

    async def _ended(
        self,
        connection: Connection,
        update: Update,
        state: str,
        now: datetime,
        answer: str = "",
        notes: Sequence[Note] = (),
    ) -> None:
        await stock_updates.move(connection, update, state, now, look_at=None, answer=answer)
        over = [ResolveAlert(AlertKind.UPDATE_OVERDUE, self._cause(update))] if update.state == "overdue" else []
        await write_notes(connection, [*over, *notes], now, self.owners)
        self.telemetry.stock_updates.labels(self.name, state).inc()

    async def _healed(self, connection: Connection, update: Update, found: Sequence[Item]) -> list[Note]:
        """Refusals of these that are open are over."""
        opened = await connection.fetch(query("open_alert_causes"), AlertKind.LISTING_REFUSED.value)
        causes = {self._of(update, one) for one in found} & {row["cause"] for row in opened}
        return [ResolveAlert(AlertKind.LISTING_REFUSED, cause) for cause in sorted(causes)]

    def _refusal(self, update: Update, one: Item, text: str) -> Note:
        cause = self._of(update, one)
        what = f"the channel refuses {one.value} for {cause}: {text}"
        return RaiseAlert(AlertKind.LISTING_REFUSED, cause, cause, what, {"value": one.value})

    def _of(self, update: Update, one: Item) -> str:
        return f"{self.name}/{update.warehouse}/{one.seller_sku}"

    def _cause(self, update: Update) -> str:
        return f"{self.name}/{update.warehouse}/{update.id}"

    @property
    def _every(self) -> timedelta:
        return timedelta(seconds=self.account.look_every)

    def _measure(self, one: Item, now: datetime) -> None:
        seconds = (now - (one.untold_since or one.sent_at)).total_seconds()
        kind = urgency(one.told_before, one.value, self.settings.near_zero)
        self.telemetry.told(self.name, kind, seconds)
        self.telemetry.live(self.name, kind, seconds)

    async def _heed(self, connection: Connection, plan: Plan, answer: object) -> None:
        """A rate that was told is learnt, a 429 believed."""
        own = buckets(plan, self.name, self.account.application)[0]
        match answer:
            case answers.Throttled():
                await self.budget.throttled(connection, [own], THROTTLED_FOR)
            case answers.Done(rate=rate) if rate is not None:
                await self.budget.learn(connection, own, rate)
            case _:
                pass

    def _of_access(self, plan: Plan, answer: object) -> list[Note]:
        cause = f"{self.name}/{plan.operation}"
        match answer:
            case answers.Denied(reason=reason):
                return [RaiseAlert(AlertKind.CHANNEL_DENIED, self.name, self.name, reason)]
            case answers.Throttled(text=text):
                return [RaiseAlert(AlertKind.CHANNEL_THROTTLED, cause, self.name, text)]
            case answers.Done():
                denied, throttled = AlertKind.CHANNEL_DENIED, AlertKind.CHANNEL_THROTTLED
                return [ResolveAlert(denied, self.name), ResolveAlert(throttled, cause)]
            case _:
                return []


def _errors(found: Transaction) -> str:
    errors = found.errors.errors if found.errors else ()
    return "; ".join(f"{one.code}: {one.message}" for one in errors)
