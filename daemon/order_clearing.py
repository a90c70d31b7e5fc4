"""Orders of one selling account on their way from the channel to `ready`: judged, and read where need be.

A round reads a few orders at the channel, inside its budget, because a notification, a person or the judgement asked
for it; and while the channel answers it judges what is due of the others, in one transaction with its alerts. A
buyer's address is asked for only once nothing else stands in the way.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

import msgspec

from daemon.budget import READ_ORDER, Bucket, Budget, buckets
from daemon.clock import Clock
from daemon.links import answer as answers
from daemon.links.amazon import AmazonLink
from daemon.log import fact
from daemon.order_intake import lacks_contact, with_contact
from daemon.order_nowhere import nowhere, put_off
from daemon.order_shown import Reader, Shown
from daemon.order_taking import TakenIn, take_and_judge, verdict_of
from daemon.order_waits import waiting_notes
from daemon.selling import Speed
from daemon.settings import Orders, SellerAccount
from daemon.store import order_rechecks, orders_to_read
from daemon.store import sales_orders as store
from daemon.store.channel_sales import take_orders
from daemon.store.database import Connection, Database
from daemon.store.notes import write_notes
from daemon.store.order_judging import known_for
from daemon.store.sales_orders import Verdict
from daemon.telemetry import Telemetry
from handlers.alerts import AlertKind
from handlers.notes import Note, RaiseAlert, ResolveAlert
from handlers.order_alerts import late_notes
from handlers.order_judgement import Judgement, causes, judge
from handlers.order_terms import Terms
from handlers.sales_orders import StoredOrder
from handlers.supply import Rules
from schemas.amazon_sales_order import RefusedOrder
from schemas.terms import ChannelAccount, ChannelOrderId

IDLE = 2.0
"""Real seconds at most between two rounds."""
FIRST_IDLE = 0.02
"""After the first that found nothing; then twice as many each time: orders come in bursts."""
AT_ONCE = 100
"""Orders that are judged in one transaction."""
THROTTLED_FOR = 5.0
"""Seconds without calls after a 429."""

READ_AT_ONCE = 100
"""Orders that are read at once, inside the budget."""
WORDS: Mapping[type, str] = {
    answers.Done: "accepted", answers.Throttled: "throttled", answers.Refused: "refused", answers.Denied: "denied",
}  # fmt: skip
"""What an answer is counted as."""

log = logging.getLogger(__name__)


class Reads(NamedTuple):
    """What the channel is asked for now."""

    asked: Mapping[ChannelOrderId, orders_to_read.ToRead]
    with_address: Container[ChannelOrderId]
    begun: datetime
    wait: float
    """Real seconds until more may be asked for, where nothing is now."""


@dataclass(slots=True)
class OrderClearing:
    """Judges one selling account's orders."""

    name: str
    seller: SellerAccount
    link: AmazonLink
    database: Database
    budget: Budget
    clock: Clock
    telemetry: Telemetry
    settings: Orders
    terms: Terms
    speed: Speed
    rules: Rules
    owners: Mapping[str, str]
    since: datetime | None = None
    """Orders placed before it are left alone."""
    _rechecked: datetime | None = None
    _begun: bool = field(default=False)
    _quiet: int = 0
    """Rounds in a row that found nothing."""

    @property
    def account(self) -> ChannelAccount:
        return ChannelAccount(self.name)

    async def round(self) -> float:
        """One step; returns the real seconds until the next is worth while."""
        reads = await self._next_reads()
        answering = asyncio.ensure_future(self._answers(reads))
        try:
            judged = await self._judge_due(self.clock.now(), reads.asked)
            answered = await answering
        finally:
            answering.cancel()
        if answered:
            await self._write_read(reads, answered)
        wait = 0.0 if judged or answered else reads.wait
        self._quiet = 0 if not wait else self._quiet + 1
        return min(wait, FIRST_IDLE * (1 << min(self._quiet, 10)))

    async def _begin(self, connection: Connection, now: datetime) -> datetime | None:
        """Once in a process's life: settings may have changed, and orders may have come before they were released."""
        if not self._begun:
            await order_rechecks.recheck(connection, [self.name], now)
            await order_rechecks.recheck_ready(connection, self.account, now)
            await orders_to_read.ask_for_missed(connection, self.account, self.since, now)
        return await order_rechecks.take_recheck(connection, self.account, self._rechecked, now)

    async def _judge_due(self, now: datetime, being_read: Iterable[ChannelOrderId]) -> int:
        """But for those that are being read: what is asked for meanwhile would be taken for answered."""
        found = list[tuple[StoredOrder, Judgement]]()
        async with self.database.transaction() as connection:
            rechecked = await self._begin(connection, now)
            orders = await store.due(connection, self.account, now, AT_ONCE, beside=being_read)
            if orders:
                known = await known_for(connection, self.account, orders)
                found = [(one, judge(one, self.terms, known[one.order.channel_order_id], now)) for one in orders]
                await self._write(connection, found, now)
        self._begun, self._rechecked = True, rechecked
        for _, judgement in found:
            self.telemetry.orders_read(self.name, judgement.state, 1)
        return len(found)

    async def _write(self, connection: Connection, found: list[tuple[StoredOrder, Judgement]], now: datetime) -> None:
        await store.judged(connection, [self._verdict(stored, judgement, now) for stored, judgement in found], now)
        await self._keep_contact(connection, found, now)
        wanted = [stored.order.channel_order_id for stored, judgement in found if judgement.wants_address]
        await orders_to_read.ask_for(connection, self.account, wanted, now)
        notes = [note for pair in found for note in late_notes(*pair)]
        if any(causes(stored.blocked_by) != causes(judgement.reasons) for stored, judgement in found):
            notes += await waiting_notes(connection, self.account)
        await write_notes(connection, notes, now, self.owners)

    async def _keep_contact(
        self, connection: Connection, found: list[tuple[StoredOrder, Judgement]], now: datetime
    ) -> None:
        """The account's own phone or e-mail may have come after the address was read."""
        ready = [stored.order for stored, judgement in found if judgement.cleared is not None]
        lacking = [order for order in ready if lacks_contact(order, self.seller)]
        changed = [after for order in lacking if (after := with_contact(order, self.seller)) != order]
        await store.keep_addresses(connection, changed, now)

    def _verdict(self, stored: StoredOrder, judgement: Judgement, now: datetime) -> Verdict:
        again = now + timedelta(seconds=self.settings.check_again) if judgement.reasons else None
        return verdict_of(stored, judgement, again)

    async def _next_reads(self) -> Reads:
        """Those that must leave first of the orders that are to be read, a few at once."""
        now = self.clock.now()
        async with self.database.transaction() as connection:
            found = await orders_to_read.next_to_read(connection, self.account, now, READ_AT_ONCE)
            if not found:
                return Reads({}, (), now, min(IDLE, self.clock.real_seconds(IDLE)))
            wanted = self._buckets()
            granted = await self.budget.take(connection, wanted, len(found), keep=self.settings.kept_reads)
            asked = {one.order_id: one for one in found[: granted.granted]}
            asks = await self._wanting_address(connection, list(asked), now)
        self.telemetry.budgeted(self.name, READ_ORDER.operation, granted.wait, wanted[0].rate)
        return Reads(asked, asks, now, min(IDLE, granted.wait))

    async def _answers(self, reads: Reads) -> "Mapping[ChannelOrderId, answers.Reading[bytes]]":
        names = list(reads.asked)
        asking = (self._ask(name, with_address=name in reads.with_address) for name in names)
        return dict(zip(names, await asyncio.gather(*asking), strict=True))

    async def _write_read(self, reads: Reads, answered: "Mapping[ChannelOrderId, answers.Reading[bytes]]") -> None:
        strange = nowhere(reads.asked, answered)
        if strange:
            async with self.database.transaction() as connection:
                given_up = await put_off(connection, self.account, strange, self.settings, reads.begun)
            self.telemetry.orders_read(self.name, "known_nowhere", given_up)
        known = {one: answer for one, answer in answered.items() if reads.asked[one] not in strange}
        await self._heard(known, reads.with_address, reads.begun)

    async def _wanting_address(
        self, connection: Connection, order_ids: Sequence[ChannelOrderId], now: datetime
    ) -> set[ChannelOrderId]:
        """Those of which nothing but the address stands in the way, by the books as they are now."""
        known = await store.load_some(connection, self.account, order_ids)
        if not known:
            return set()
        facts = await known_for(connection, self.account, known)
        names = [(one, one.order.channel_order_id) for one in known]
        return {name for one, name in names if judge(one, self.terms, facts[name], now).wants_address}

    async def _ask(self, order_id: ChannelOrderId, *, with_address: bool) -> "answers.Reading[bytes]":
        buyers = (("RECIPIENT", "BUYER") if self.seller.read_buyer else ("RECIPIENT",)) if with_address else ()
        started = self.clock.monotonic()
        answer = await self.link.read_sales_order(order_id, buyers)
        word = WORDS.get(type(answer), "unavailable")
        self.telemetry.called(self.name, READ_ORDER.operation, word, self.clock.monotonic() - started)
        return answer

    async def _heard(
        self,
        found: "Mapping[ChannelOrderId, answers.Reading[bytes]]",
        asks: Container[ChannelOrderId],
        begun: datetime,
    ) -> None:
        """What was shown is written together; what was not is asked for again, each with its reason."""
        shown, failed = list[Shown](), dict[ChannelOrderId, list[Note]]()
        reader = Reader(self.name, self.seller, self.since)
        for order_id, answer in found.items():
            with_address = order_id in asks
            match answer:
                case answers.Done(value=raw):
                    read = reader.read(order_id, raw, with_address=with_address)
                    if isinstance(read, Shown):
                        shown.append(read)
                    else:
                        failed[order_id] = [read]
                case answers.Refused(text=text):
                    fault = RefusedOrder(order_id, f"the channel refused to show it: {text}")
                    failed[order_id] = [reader.unreadable(fault)]
                case answers.Denied(reason=reason):
                    failed[order_id] = [
                        RaiseAlert(AlertKind.CHANNEL_DENIED, self._access(with_address), self.name, reason)
                    ]
                case _:
                    failed[order_id] = []
        if any(isinstance(answer, answers.Throttled) for answer in found.values()):
            async with self.database.connection() as connection:
                await self.budget.throttled(connection, self._buckets(), THROTTLED_FOR)
        await self._take(shown, begun)
        await self._put_off(failed)

    def _buckets(self) -> tuple[Bucket, ...]:
        return buckets(READ_ORDER, self.name, self.seller.application)

    async def _take(self, shown: Sequence[Shown], begun: datetime) -> None:
        """The orders, and what they take of the stock, together."""
        if not shown:
            return
        now = self.clock.now()
        async with self.database.transaction() as connection:
            told = [one.told for one in shown if one.told]
            taken = await take_and_judge(connection, self.account, told, self.terms, now)
            sold = [
                msgspec.structs.replace(one.sold, updated_at=min(one.sold.updated_at, now))
                for one in shown
                if one.sold
            ]
            await take_orders(connection, self.account, sold, now, self.speed, self.rules)
            over = await self._read(connection, shown, taken, begun, now)
            await write_notes(connection, [*taken.notes, *over], now, self.owners)
        for state, count in Counter(taken.states).items():
            self.telemetry.orders_read(self.name, state, count)

    async def _read(
        self, connection: Connection, shown: Sequence[Shown], taken: TakenIn, begun: datetime, now: datetime
    ) -> list[Note]:
        """What was read is to be read no more, but for what it has just become clear to be lacking."""
        behind = {order_id for order_id, word in taken.words.items() if word == "stale"}
        for order_id in sorted(behind):  # behind what a search has shown: it tells no address of that
            await orders_to_read.read_later(connection, self.account, order_id, now + self._again)
        read = [one for one in shown if one.order_id not in behind]
        done = [one.order_id for one in read if one.order_id not in taken.wanted]
        await orders_to_read.were_read(connection, self.account, done, begun)
        plain = {one.order_id for one in read if one.told and not one.with_address}
        await order_rechecks.recheck_unfinished(connection, self.account, sorted(plain.intersection(done)), now)
        raised = (ResolveAlert(AlertKind.CHANNEL_DENIED, self._access(one.with_address)) for one in read)
        return list(dict.fromkeys(raised))

    def _access(self, with_address: bool) -> str:
        """Addresses need a role of their own: other calls that succeed say nothing of it."""
        return f"{self.name}/{'addresses' if with_address else 'orders'}"

    @property
    def _again(self) -> timedelta:
        return timedelta(seconds=self.settings.read_again)

    async def _put_off(self, failed: Mapping[ChannelOrderId, Sequence[Note]]) -> None:
        """What did not succeed is tried again, but not at once."""
        if not failed:
            return
        now = self.clock.now()
        async with self.database.transaction() as connection:
            for order_id in sorted(failed):
                await orders_to_read.read_later(connection, self.account, order_id, now + self._again)
            await write_notes(connection, [note for notes in failed.values() for note in notes], now, self.owners)
        for order_id in failed:
            log.warning("order not read", extra=fact("order_not_read", account=self.name, order=order_id))
