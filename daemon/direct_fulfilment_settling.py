"""What becomes of an update of direct fulfilment stock: its answer, its transaction, and each of its items written.

*Taken* is not *in effect*: an item stays in flight until its transaction has ended. One that succeeds is in effect
and needs no reading back. One that fails tells nothing of any of its items; which of them was at fault is found by
smaller updates, and only an item that was refused alone is raised.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from daemon.budget import READ_TRANSACTION, SUBMIT_STOCK, Budget, Plan, buckets
from daemon.channel_access import heed, notes_of_access
from daemon.clock import Clock
from daemon.links import answer as answers
from daemon.settings import DirectFulfilmentAccount, Publication
from daemon.stock_update_ends import UpdateEnds, in_flight
from daemon.store import stock_updates
from daemon.store.database import Connection, Database
from daemon.store.notes import write_notes
from daemon.store.stock_updates import Item, Update
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
from handlers.notes import Note
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
    settings: Publication
    ends: UpdateEnds

    async def answered(self, update: Update, answer: "answers.Answer[str]") -> None:
        """The channel's answer to an update."""
        now = self.clock.now()
        async with self.database.transaction() as connection:
            if await stock_updates.lock(connection, update.id) is not None:
                await self._write_answer(connection, update, answer, now)
            await self._of_access(connection, SUBMIT_STOCK, answer, now)

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
            await self._of_access(connection, READ_TRANSACTION, answer, now)

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
                await self.ends.lost(connection, locked, "it never ended", now)
            case Look(at):
                await stock_updates.move(connection, locked, locked.state, now, look_at=at)

    async def _settled(self, connection: Connection, update: Update, now: datetime) -> None:
        found = await stock_updates.items(connection, update.id)
        await self._overtaken_apart(connection, found, now)
        await self.ends.in_effect(connection, update, found, now)

    async def _refused(self, connection: Connection, update: Update, text: str, now: datetime) -> None:
        found = await stock_updates.items(connection, update.id)
        flying = await self._overtaken_apart(connection, found, now)
        notes = list[Note]()
        if len(found) == 1:
            await stock_updates.end_attempts(connection, found, "refused", now, text)
            await stock_updates.refused(connection, flying, text)
            notes = [self.ends.refusal(update, one, text) for one in flying]
        else:
            await stock_updates.end_attempts(connection, found, "refused", now, f"with {len(found) - 1} more: {text}")
            names = {one.seller_sku: one.together for one in found}
            await stock_updates.put_off(connection, flying, now, suspected(names, text, self.account.items))
        await self.ends.ended(connection, update, "refused", now, text, notes)

    async def _overdue(self, connection: Connection, update: Update, look_at: datetime, now: datetime) -> None:
        """When it ends after all, its items are told once more."""
        why = f"processed for more than {2 * TAKES.total_seconds() / 60:.0f} minutes"
        text = (
            f"an update of {update.items} items in {update.warehouse} of {self.name}, transaction"
            f" {update.transaction_id}, has not ended since {update.sent_at:%F %T} UTC; its values go out again"
        )
        await self.ends.overdue(connection, update, why, text, look_at, now)

    async def _unknown(self, connection: Connection, update: Update, why: str, now: datetime) -> None:
        """No name to ask by: its newest values go out soon, and once more when it can no longer be processed."""
        over_at = now + timedelta(seconds=self.settings.late_effect)
        flying = await self.ends.doubted(connection, update, why, over_at, now)
        await stock_updates.tell_again(connection, flying, now + 2 * TAKES)
        await self.ends.ended(connection, update, "unknown", now, why)

    async def _not_sent(
        self, connection: Connection, update: Update, state: str, why: str, now: datetime, seconds: float
    ) -> None:
        found = await stock_updates.items(connection, update.id)
        flying = await self._overtaken_apart(connection, found, now)
        await stock_updates.end_attempts(connection, found, state, now, why)
        together = {one.seller_sku: one.together for one in found}
        await stock_updates.put_off(connection, flying, now + timedelta(seconds=seconds), together)
        await self.ends.ended(connection, update, "not_sent", now, why)

    async def _overtaken_apart(self, connection: Connection, found: Sequence[Item], now: datetime) -> list[Item]:
        """Those that nothing else was told of. The others are told again: this update may have buried the newer."""
        await stock_updates.tell_again(
            connection, [one for one in found if not one.is_in_flight and one.told_at], now
        )
        return in_flight(found)

    @property
    def _every(self) -> timedelta:
        return timedelta(seconds=self.account.look_every)

    async def _of_access(self, connection: Connection, plan: Plan, answer: object, now: datetime) -> None:
        own = buckets(plan, self.name, self.account.application)[0]
        await heed(connection, self.budget, own, answer, THROTTLED_FOR)
        await write_notes(connection, notes_of_access(self.name, plan.operation, answer), now, self.ends.owners)


def _errors(found: Transaction) -> str:
    errors = found.errors.errors if found.errors else ()
    return "; ".join(f"{one.code}: {one.message}" for one in errors)
