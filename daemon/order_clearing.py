"""Orders of one selling account on their way from the channel to `ready`: judged, and read where need be.

A round takes one of two steps: judge what is due, in one transaction with its alerts; or read one order at the
channel, inside its budget, because a notification, a person or the judgement asked for it. A buyer's address is asked
for only once nothing else stands in the way.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import msgspec

from daemon.budget import READ_ORDER, Bucket, Budget, buckets
from daemon.clock import Clock
from daemon.links import answer as answers
from daemon.links.amazon import AmazonLink
from daemon.log import fact
from daemon.order_intake import named, only_marketplace, with_contact
from daemon.selling import Speed
from daemon.settings import Orders, SellerAccount
from daemon.store import sales_orders as store
from daemon.store.channel_sales import take_orders
from daemon.store.database import Connection, Database
from daemon.store.notes import write_notes
from daemon.store.order_judging import known_for
from daemon.store.sales_orders import Verdict
from daemon.telemetry import Telemetry
from daemon.watch import standing
from handlers.alerts import AlertKind
from handlers.notes import Note, RaiseAlert, ResolveAlert
from handlers.order_alerts import ALERTS, KINDS, late_notes, waiting_alert
from handlers.order_judgement import Judgement, Terms, causes, judge
from handlers.sales_orders import StoredOrder
from handlers.supply import Rules
from schemas.amazon_order_search import SoldOrder, read_sold
from schemas.amazon_sales_order import RefusedOrder, read_sales_order
from schemas.sales_order import SalesOrder, ShipTo
from schemas.terms import ChannelAccount, ChannelOrderId

IDLE = 2.0
"""Real seconds at most between two rounds."""
AT_ONCE = 100
"""Orders that are judged in one transaction."""
THROTTLED_FOR = 5.0
"""Seconds without calls after a 429."""

log = logging.getLogger(__name__)


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

    @property
    def account(self) -> ChannelAccount:
        return ChannelAccount(self.name)

    async def round(self) -> float:
        """One step; returns the real seconds until the next is worth while."""
        now = self.clock.now()
        await self._begin(now)
        judged = await self._judge_due(now)
        return 0.0 if judged == AT_ONCE else await self._read_next(judged)

    async def _begin(self, now: datetime) -> None:
        """Once in a process's life: settings may have changed, and orders may have come before they were released."""
        async with self.database.transaction() as connection:
            if not self._begun:
                await store.recheck(connection, [self.name], now)
                await store.recheck_ready(connection, self.account, now)
                await store.ask_for_missed(connection, self.account, self.since, now)
            self._rechecked = await store.take_recheck(connection, self.account, self._rechecked, now)
        self._begun = True

    async def _judge_due(self, now: datetime) -> int:
        async with self.database.transaction() as connection:
            orders = await store.due(connection, self.account, now, AT_ONCE)
            if not orders:
                return 0
            known = await known_for(connection, self.account, orders)
            found = [(one, judge(one, self.terms, known[one.order.channel_order_id], now)) for one in orders]
            await self._write(connection, found, now)
        for _, judgement in found:
            self.telemetry.orders_read(self.name, judgement.state, 1)
        return len(orders)

    async def _write(self, connection: Connection, found: list[tuple[StoredOrder, Judgement]], now: datetime) -> None:
        await store.judged(connection, [self._verdict(stored, judgement, now) for stored, judgement in found], now)
        await self._keep_contact(connection, found, now)
        wanted = [stored.order.channel_order_id for stored, judgement in found if judgement.wants_address]
        await store.ask_for(connection, self.account, wanted, now)
        notes = [note for pair in found for note in late_notes(*pair)]
        if any(causes(stored.blocked_by) != causes(judgement.reasons) for stored, judgement in found):
            notes += await waiting_notes(connection, self.account)
        await write_notes(connection, notes, now, self.owners)

    async def _keep_contact(
        self, connection: Connection, found: list[tuple[StoredOrder, Judgement]], now: datetime
    ) -> None:
        """The account's own phone or e-mail may have come after the address was read."""
        ready = [stored.order for stored, judgement in found if judgement.cleared is not None]
        changed = [after for order in ready if (after := with_contact(order, self.seller)) != order]
        await store.keep_addresses(connection, changed, now)

    def _verdict(self, stored: StoredOrder, judgement: Judgement, now: datetime) -> Verdict:
        again = now + timedelta(seconds=self.settings.check_again) if judgement.reasons else None
        return Verdict(
            channel_account=self.account,
            channel_order_id=stored.order.channel_order_id,
            version=stored.version,
            state=judgement.state,
            blocked_by=judgement.reasons,
            cleared=judgement.cleared,
            check_at=again,
        )

    async def _read_next(self, judged: int) -> float:
        """Read the order that must leave first of those that are to be read."""
        now = self.clock.now()
        async with self.database.transaction() as connection:
            order_id = await store.next_to_read(connection, self.account, now)
            if order_id is None:
                return 0.02 if judged else min(IDLE, self.clock.real_seconds(IDLE))
            wanted = self._buckets()
            granted = await self.budget.take(connection, wanted, 1, keep=self.settings.kept_reads)
            ask = await self._wants_address(connection, order_id, now) if granted.granted else False
        self.telemetry.budgeted(self.name, READ_ORDER.operation, granted.wait, wanted[0].rate)
        if not granted.granted:
            return min(IDLE, granted.wait)
        await self._read(order_id, now, with_address=ask)
        return 0.02

    async def _wants_address(self, connection: Connection, order_id: ChannelOrderId, now: datetime) -> bool:
        """Whether nothing but the address stands in the way, by the books as they are now."""
        stored = await store.load(connection, self.account, order_id)
        if stored is None:
            return False
        known = await known_for(connection, self.account, [stored])
        return judge(stored, self.terms, known[order_id], now).wants_address

    async def _read(self, order_id: ChannelOrderId, begun: datetime, *, with_address: bool) -> None:
        buyers = (("RECIPIENT", "BUYER") if self.seller.read_buyer else ("RECIPIENT",)) if with_address else ()
        started = self.clock.monotonic()
        answer = await self.link.read_sales_order(order_id, buyers)
        word: str = "unavailable"
        notes: Sequence[Note] = ()
        match answer:
            case answers.Done(value=raw):
                word = "accepted"
                notes = await self._take(order_id, raw, begun, with_address=with_address)
            case answers.Throttled():
                word = "throttled"
                async with self.database.connection() as connection:
                    await self.budget.throttled(connection, self._buckets(), THROTTLED_FOR)
            case answers.Refused(text=text):
                word = "refused"
                notes = [self._unreadable(RefusedOrder(order_id, f"the channel refused to show it: {text}"))]
            case answers.Denied(reason=reason):
                word = "denied"
                notes = [RaiseAlert(AlertKind.CHANNEL_DENIED, self._access(with_address), self.name, reason)]
            case _:
                pass
        self.telemetry.called(self.name, READ_ORDER.operation, word, self.clock.monotonic() - started)
        await self._note(order_id, notes, done=word == "accepted")

    def _buckets(self) -> tuple[Bucket, ...]:
        return buckets(READ_ORDER, self.name, self.seller.application)

    async def _take(self, order_id: ChannelOrderId, raw: bytes, begun: datetime, *, with_address: bool) -> list[Note]:
        """The order, and what it takes of the stock, together."""
        now = self.clock.now()
        try:
            sold = self._placed(read_sold(raw))
            order = with_contact(read_sales_order(raw, self.account, only_marketplace(self.seller)), self.seller)
        except RefusedOrder as fault:
            return [self._unreadable(named(fault, raw))]
        except (msgspec.DecodeError, UnicodeDecodeError, ValueError):
            return [self._unreadable(RefusedOrder(order_id, "its lines cannot be counted"))]
        async with self.database.transaction() as connection:
            if sold is not None and order.channel_order_id == order_id and self._is_ours(order):
                if with_address and order.ship_to is None:
                    order = msgspec.structs.replace(order, ship_to=ShipTo())
                words = await store.take(connection, self.account, [store.Told(order, raw)], now)
                await take_orders(connection, self.account, [sold], now, self.speed, self.rules)
                if "stale" in words:  # behind what a search has shown already: it tells no address of that
                    await store.read_later(connection, self.account, order_id, now + self._again)
                    return []
            await store.was_read(connection, self.account, order_id, begun)
            over = ResolveAlert(AlertKind.CHANNEL_DENIED, self._access(with_address))
            await write_notes(connection, [over], now, self.owners)
        return []

    def _access(self, with_address: bool) -> str:
        """Addresses need a role of their own: other calls that succeed say nothing of it."""
        return f"{self.name}/{'addresses' if with_address else 'orders'}"

    @property
    def _again(self) -> timedelta:
        return timedelta(seconds=self.settings.read_again)

    def _placed(self, sold: SoldOrder | None) -> SoldOrder | None:
        """With its marketplace, where only one can be meant."""
        if sold is None or sold.marketplace:
            return sold
        return msgspec.structs.replace(sold, marketplace=only_marketplace(self.seller))

    def _is_ours(self, order: SalesOrder) -> bool:
        return self.since is None or order.ordered_at >= self.since

    def _unreadable(self, fault: RefusedOrder) -> RaiseAlert:
        text = f"order {fault.order_id} of {self.name} cannot be read, and is not released: {fault}"
        return RaiseAlert(AlertKind.ORDER_UNREADABLE, f"{self.name}/{fault.order_id}", self.name, text)

    async def _note(self, order_id: ChannelOrderId, notes: Sequence[Note], *, done: bool) -> None:
        """What did not succeed is tried again, but not at once."""
        if done and not notes:
            return
        now = self.clock.now()
        async with self.database.transaction() as connection:
            await store.read_later(connection, self.account, order_id, now + self._again)
            await write_notes(connection, notes, now, self.owners)
        log.warning("order not read", extra=fact("order_not_read", account=self.name, order=order_id))


async def waiting_notes(connection: Connection, account: ChannelAccount) -> list[Note]:
    """The alerts that stand for what orders of the account wait for now, and the end of those that are over."""
    rows = await store.waiting(connection, account)
    notes = list[Note]()
    for kind in KINDS:
        raised = [
            waiting_alert(
                account, row.kind, row.cause, row.text, row.fix, row.hints, row.orders, row.earliest, row.some
            )
            for row in rows
            if ALERTS[row.kind] is kind
        ]
        notes += await standing(connection, kind, raised, lambda cause: cause.startswith(f"{account}/"))
    return notes
