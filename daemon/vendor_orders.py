"""The purchase orders of one vendor account at Amazon: read, answered, and settled by what Amazon shows of them.

One loop under a lease. Two looks find orders, by when they were placed and by when they were changed; each goes on
where the last one was. An answer is a row before it leaves; what became of it is asked for until it is known.
"""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from daemon.budget import (
    ACKNOWLEDGE,
    FIND_PURCHASE_ORDERS,
    READ_PURCHASE_ORDER,
    READ_PURCHASE_ORDER_STATUS,
    READ_VENDOR_TRANSACTION,
    Bucket,
    Budget,
    Plan,
    buckets,
)
from daemon.links import answer as answers
from daemon.links.amazon_vendor import LONGEST, By, VendorLink
from daemon.log import fact
from daemon.purchase_order_books import PurchaseOrderBooks
from daemon.settings import VendorAccount
from daemon.store import purchase_orders as store
from daemon.store.notes import write_notes
from daemon.store.purchase_orders import Due
from daemon.telemetry import Telemetry
from daemon.vendor_terms import window_rules
from handlers import acknowledgement_settling as settling
from handlers import order_window
from handlers.acknowledgement_said import Said
from handlers.acknowledgement_settling import Patience, Settled
from handlers.alerts import AlertKind
from handlers.notes import RaiseAlert, ResolveAlert
from handlers.order_window import Cursor
from schemas.amazon_vendor_orders import PurchaseOrderPage
from schemas.amazon_vendor_transactions import VendorTransaction
from schemas.purchase_order import PurchaseOrder, PurchaseOrderNumber, PurchaseOrderStatus

IDLE = 2.0
"""Real seconds between two rounds where nothing was due."""
AT_ONCE = 8
"""Orders looked at, and answers asked about, in one round."""
THROTTLED_FOR = 10.0
"""Seconds without calls of a kind after a 429."""
BYS: tuple[By, ...] = ("created", "changed")
SP_API = "sp_api"

log = logging.getLogger(__name__)


@dataclass(slots=True)
class VendorOrders:
    """Reads and answers for one vendor account."""

    vendor: VendorAccount
    link: VendorLink
    books: PurchaseOrderBooks
    budget: Budget
    telemetry: Telemetry
    patience: Patience
    lost_after: timedelta
    """Business time after which nobody waits for the answer to a request any more."""
    _imported: datetime | None = None

    @property
    def name(self) -> str:
        return self.books.account

    async def round(self) -> float:
        """Returns the real seconds until the next is worth while."""
        read = [await self._read(by) for by in BYS] if self.vendor.read else []
        await self._recheck()
        busy = await self.settle_due() + await self.look_due()
        return 0.02 if busy or any(read) else IDLE

    async def _recheck(self) -> None:
        """What waits is looked at again once a mapping, a pack or a cost was imported."""
        async with self.books.database.transaction() as connection:
            now = self.books.clock.now()
            self._imported = (
                await store.recheck(connection, self.books.account, self._imported, now) or self._imported
            )

    # Reading.

    async def _read(self, by: By) -> bool:
        """One page, where one is due."""
        now, rules = self.books.clock.now(), window_rules(self.vendor, by)
        async with self.books.database.transaction() as connection:
            known = await store.cursor(connection, self.books.account, by) or order_window.first(now, rules)
            cursor = order_window.with_window(known, now, rules)
            if cursor is None:
                return False
            cursor = shortened(cursor)
            await store.save_cursor(connection, self.books.account, by, cursor, now)
        if not await self._granted(FIND_PURCHASE_ORDERS, 1):
            return False
        begun = self.books.clock.monotonic()
        answer = await self.link.purchase_orders(order_window.window_of(cursor), by)
        await self._called(FIND_PURCHASE_ORDERS, answer, begun)
        match answer:
            case answers.Done(value=page):
                await self._take(by, cursor, page)
                return True
            case answers.Refused(text=text):
                log.warning("purchase orders refused: %s", text, extra=fact("pos_refused", account=self.name))
                await self._go_on(by, cursor, order_window.begun_anew(cursor))
            case _:
                pass
        return False

    async def _take(self, by: By, cursor: Cursor, page: PurchaseOrderPage) -> None:
        """Orders first, then how far they were read: a death in between only reads them once more."""
        words = await self.books.take_in(page.orders)
        for word, count in words.items():
            self.telemetry.orders_read(self.name, word, count)
        if page.refused:
            await self.books.refused((one.number, one.reason) for one in page.refused)
        now = self.books.clock.now()
        await self._go_on(
            by, cursor, order_window.after_page(cursor, page.next_token, now, window_rules(self.vendor, by))
        )

    async def _go_on(self, by: By, before: Cursor, after: Cursor) -> None:
        async with self.books.database.transaction() as connection:
            if await store.cursor(connection, self.books.account, by) == before:
                await store.save_cursor(connection, self.books.account, by, after, self.books.clock.now())

    # Answering.

    async def look_due(self) -> int:
        """Look at the orders whose time has come, and send what is to be said; returns how many."""
        async with self.books.database.connection() as connection:
            now = self.books.clock.now()
            due = await store.due_for_looks(connection, self.books.account, SP_API, now, AT_ONCE)
        granted = await self._granted(ACKNOWLEDGE, len(due)) if due else 0
        sent = 0
        for one in due[:granted]:
            if self._is_read_again(one, now):
                await self._read_again(one.number)
            looked = await self.books.look(one.number)
            if looked.said is not None:
                sent += 1
                await self._send(looked.said)
            if looked.answered_by_hand is not None:
                await self._found_by_hand(looked.answered_by_hand)
        await self._give_back(ACKNOWLEDGE, granted - sent)
        return granted

    def _is_read_again(self, due: Due, now: datetime) -> bool:
        """One that waits may have been answered in Amazon's pages. One that is old, or is to be answered once
        more, may be closed: no search tells."""
        limits = self.books.desk.limits
        over = due.due_at + limits.correct_within - limits.answer_within
        return due.anew or due.state == "held" or (due.state == "answered" and now > over)

    async def _read_again(self, number: PurchaseOrderNumber) -> None:
        """An order as Amazon has it now."""
        if not await self._granted(READ_PURCHASE_ORDER, 1):
            return
        begun = self.books.clock.monotonic()
        reading = await self.link.purchase_order(number)
        await self._called(READ_PURCHASE_ORDER, reading, begun)
        if isinstance(reading, answers.Done):
            await self.books.take(reading.value)

    async def _send(self, said: Said) -> None:
        begun = self.books.clock.monotonic()
        try:
            answer = await self.link.acknowledge(said.acknowledgement)
        except ValueError as fault:  # the link lets nothing leave that Amazon would misread
            answer = answers.Refused("not_sent", str(fault))
        await self._called(ACKNOWLEDGE, answer, begun)
        await self.books.settle(settling.after_sending(said, answer, self.books.clock.now(), self.patience))

    async def _found_by_hand(self, order: PurchaseOrder) -> None:
        """Somebody answered at Amazon's own pages: its status says what."""
        status = await self._status(order.number)
        if isinstance(status, PurchaseOrderStatus):
            await self.books.found_by_hand(order, status)

    # Settling.

    async def settle_due(self) -> int:
        """Ask what became of answers; returns of how many."""
        now = self.books.clock.now()
        async with self.books.database.connection() as connection:
            lost = await store.said_lost(connection, self.books.account, SP_API, now - self.lost_after, AT_ONCE)
            due = await store.said_due(connection, self.books.account, SP_API, now, AT_ONCE)
        for said in lost:
            await self.books.settle(Settled(settling.sender_lost(said, self.patience)))
        await asyncio.gather(*(self._settle(said) for said in due))
        return len(lost) + len(due)

    async def _settle(self, said: Said) -> None:
        match said.state:
            case "unsent":
                await self._send_again(said)
            case "processing":
                await self._poll(said)
            case _:
                await self._confirm(said)

    async def _send_again(self, said: Said) -> None:
        if not await self._granted(ACKNOWLEDGE, 1):
            return
        again = await self.books.sending(said)
        if again is None:
            await self._give_back(ACKNOWLEDGE, 1)
        else:
            await self._send(again)

    async def _poll(self, said: Said) -> None:
        """The transaction. One that cannot be read presumes nothing: then the order's status has to say it."""
        if not await self._granted(READ_VENDOR_TRANSACTION, 1):
            return
        begun = self.books.clock.monotonic()
        reading = await self.link.transaction(said.transaction_id)
        await self._called(READ_VENDOR_TRANSACTION, reading, begun)
        now = self.books.clock.now()
        if isinstance(reading, answers.Done):
            told = reading.value
            await self.books.settle(settling.after_poll(said, told.standing, _words(told), now, self.patience))
        elif now >= said.sent_at + self.patience.polls[-1]:
            await self._confirm(said)
        else:
            await self.books.settle(Settled(settling.not_read(said, now, self.patience)))

    async def _confirm(self, said: Said) -> None:
        begun = self.books.clock.now()
        status = await self._status(said.number)
        if status is False:
            later = settling.not_read(said, self.books.clock.now(), self.patience)
            await self.books.settle(Settled(later))
            return
        found = status if isinstance(status, PurchaseOrderStatus) else None
        now = self.books.clock.now()
        await self.books.settle(settling.after_status(said, found, begun, now, self.patience))

    async def _status(self, number: PurchaseOrderNumber) -> PurchaseOrderStatus | bool | None:
        """None: Amazon shows none; False: it could not be read."""
        if not await self._granted(READ_PURCHASE_ORDER_STATUS, 1):
            return False
        begun = self.books.clock.monotonic()
        reading = await self.link.status(number)
        await self._called(READ_PURCHASE_ORDER_STATUS, reading, begun)
        return reading.value if isinstance(reading, answers.Done) else False

    # What all share.

    async def _called(self, plan: Plan, answer: object, begun: float) -> None:
        word = type(answer).__name__.lower()
        self.telemetry.called(self.name, plan.operation, word, self.books.clock.monotonic() - begun)
        async with self.books.database.transaction() as connection:
            match answer:
                case answers.Throttled():
                    await self.budget.throttled(connection, self._buckets(plan)[:1], THROTTLED_FOR)
                case answers.Denied(reason=reason):
                    raised = RaiseAlert(AlertKind.CHANNEL_DENIED, self.name, self.name, reason)
                    await write_notes(connection, [raised], self.books.clock.now(), self.books.owners)
                case answers.Done():
                    over = ResolveAlert(AlertKind.CHANNEL_DENIED, self.name)
                    await write_notes(connection, [over], self.books.clock.now(), self.books.owners)
                case _:
                    pass

    def _buckets(self, plan: Plan) -> Sequence[Bucket]:
        return buckets(plan, self.name, self.vendor.application)

    async def _granted(self, plan: Plan, calls: int) -> int:
        async with self.books.database.connection() as connection:
            granted = await self.budget.take(connection, self._buckets(plan), calls)
        return granted.granted

    async def _give_back(self, plan: Plan, unused: int) -> None:
        if unused > 0:
            async with self.books.database.connection() as connection:
                await self.budget.give_back(connection, self._buckets(plan), unused)


def shortened(cursor: Cursor) -> Cursor:
    """With a window that is no longer than one query may ask for."""
    assert cursor.window_from is not None and cursor.window_before is not None
    before = min(cursor.window_before, cursor.window_from + LONGEST)
    return Cursor(cursor.read_from, cursor.window_from, before, cursor.paging_token, cursor.token_until, cursor.pages)


def _words(told: VendorTransaction) -> str:
    """Amazon's own, as it gave them."""
    return "; ".join(" ".join(filter(None, (one.code, one.message, one.details))) for one in told.reasons)
