"""The purchase orders of one vendor account at Amazon: read, answered, and settled by what Amazon shows of them.

One loop under a lease. Two looks find orders, by when they were placed and by when they were changed; each goes on
where the last one was. An answer is a row before it leaves; what became of it is asked for until it is known. Orders
are worked on side by side, each by one at a time: a call that is never answered holds up its own order alone.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from daemon.abreast import Abreast
from daemon.budget import (
    ACKNOWLEDGE,
    READ_PURCHASE_ORDER,
    READ_PURCHASE_ORDER_STATUS,
    READ_VENDOR_TRANSACTION,
    Budget,
)
from daemon.links import answer as answers
from daemon.links.amazon_vendor import By, VendorLink
from daemon.purchase_order_books import PurchaseOrderBooks
from daemon.settings import VendorAccount
from daemon.store import purchase_order_answers
from daemon.store import purchase_orders as store
from daemon.store.purchase_orders import Due
from daemon.telemetry import Telemetry
from daemon.vendor_calls import VendorCalls
from daemon.vendor_reading import BYS, VendorReading
from handlers import acknowledgement_settling as settling
from handlers.acknowledgement_said import Said
from handlers.acknowledgement_settling import Patience, Settled
from schemas.amazon_vendor_transactions import VendorTransaction
from schemas.purchase_order import PurchaseOrder, PurchaseOrderNumber, PurchaseOrderStatus

IDLE, IDLE_AT_MOST = 2.0, 600.0
"""Real seconds between two rounds where nothing was due; business seconds of it at most, on a fast clock."""
AT_ONCE = 8
"""Orders looked at, and answers asked about, in one round."""
ABREAST = 2 * AT_ONCE + 2
"""Orders under way at once, with the two looks for orders."""
WAIT = 0.2
"""Real seconds that a round waits for what it began."""
SP_API = "sp_api"


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
    abreast: Abreast = field(default_factory=lambda: Abreast(ABREAST))
    _imported: datetime | None = None
    _pages: int = 0
    """Read since the last round."""
    _calls: VendorCalls = field(init=False)
    _reading: VendorReading = field(init=False)

    def __post_init__(self) -> None:
        self._calls = VendorCalls(self.vendor, self.books, self.budget, self.telemetry)
        self._reading = VendorReading(self.vendor, self.link, self.books, self._calls)

    @property
    def name(self) -> str:
        return self.books.account

    async def round(self) -> float:
        """Returns the real seconds until the next is worth while."""
        await self._read_pages()
        await self._recheck()
        busy = await self.settle_due() + await self.look_due() + self._pages
        if busy:
            return 0.02
        return 0.1 if self.abreast.names else self.books.clock.pause(IDLE, IDLE_AT_MOST)

    async def finish(self) -> None:
        """Let what is under way end."""
        await self.abreast.finish()

    async def _recheck(self) -> None:
        """What waits is looked at again once a mapping, a pack or a cost was imported."""
        async with self.books.database.transaction() as connection:
            now = self.books.clock.now()
            self._imported = (
                await store.recheck(connection, self.books.account, self._imported, now) or self._imported
            )

    # Reading.

    async def _read_pages(self) -> None:
        self._pages = 0
        for by in BYS if self.vendor.read else ():
            if (name := f"read/{by}") not in self.abreast.names:
                self.abreast.start(name, self._read(by))
        await self.abreast.go_on()

    async def _read(self, by: By) -> None:
        self._pages += await self._reading.page(by)

    # Answering.

    async def look_due(self) -> int:
        """Look at the orders whose time has come, and send what is to be said; returns how many."""
        busy, now = self.abreast.names, self.books.clock.now()
        async with self.books.database.connection() as connection:
            most = AT_ONCE + len(busy)
            found = await store.due_for_looks(connection, self.books.account, SP_API, now, most)
        due = [one for one in found if one.number not in busy][: min(AT_ONCE, self.abreast.room)]
        granted = await self._calls.granted(ACKNOWLEDGE, len(due)) if due else 0
        for one in due[:granted]:
            self.abreast.start(one.number, self._look(one, now))
        await self.abreast.go_on()
        return granted

    async def _look(self, due: Due, now: datetime) -> None:
        """One call is granted; without anything to send it is given back."""
        if self._is_read_again(due, now):
            await self._read_again(due.number)
        looked = await self.books.look(due.number)
        if looked.said is not None:
            await self._send(looked.said)
        else:
            await self._calls.give_back(ACKNOWLEDGE, 1)
        if looked.answered_by_hand is not None:
            await self._found_by_hand(looked.answered_by_hand)

    def _is_read_again(self, due: Due, now: datetime) -> bool:
        """One that waits may have been answered in Amazon's pages. One that is old, or is to be answered once
        more, may be closed: no search tells."""
        limits = self.books.desk.limits
        over = due.due_at + limits.correct_within - limits.answer_within
        return due.anew or due.state == "held" or (due.state == "answered" and now > over)

    async def _read_again(self, number: PurchaseOrderNumber) -> None:
        """An order as Amazon has it now."""
        if not await self._calls.granted(READ_PURCHASE_ORDER, 1):
            return
        begun = self.books.clock.monotonic()
        reading = await self.link.purchase_order(number)
        await self._calls.called(READ_PURCHASE_ORDER, reading, begun)
        if isinstance(reading, answers.Done):
            await self.books.take(reading.value)

    async def _send(self, said: Said) -> None:
        begun = self.books.clock.monotonic()
        try:
            answer = await self.link.acknowledge(said.acknowledgement)
        except ValueError as fault:  # the link lets nothing leave that Amazon would misread
            answer = answers.Refused("not_sent", str(fault))
        await self._calls.called(ACKNOWLEDGE, answer, begun)
        await self.books.settle(settling.after_sending(said, answer, self.books.clock.now(), self.patience))

    async def _found_by_hand(self, order: PurchaseOrder) -> None:
        """Somebody answered at Amazon's own pages: its status says what."""
        status = await self._status(order.number)
        if isinstance(status, PurchaseOrderStatus):
            await self.books.found_by_hand(order, status)

    # Settling.

    async def settle_due(self) -> int:
        """Ask what became of answers; returns of how many."""
        busy, now = self.abreast.names, self.books.clock.now()
        async with self.books.database.connection() as connection:
            account, most = self.books.account, AT_ONCE + len(busy)
            since = now - self.lost_after
            lost = await purchase_order_answers.said_lost(connection, account, SP_API, since, most, self.books.holder)
            found = await purchase_order_answers.said_due(connection, account, SP_API, now, most)
        for said in lost:
            await self.books.settle(Settled(settling.sender_lost(said, self.patience)))
        going = list(_one_each(found, busy))[: min(AT_ONCE, self.abreast.room)]
        for said in going:
            self.abreast.start(said.number, self._settle(said))
        await self.abreast.go_on()
        return len(lost) + len(going)

    async def _settle(self, said: Said) -> None:
        match said.state:
            case "unsent":
                await self._send_again(said)
            case "processing":
                await self._poll(said)
            case _:
                await self._confirm(said)

    async def _send_again(self, said: Said) -> None:
        if not await self._calls.granted(ACKNOWLEDGE, 1):
            return
        again = await self.books.sending(said)
        if again is None:
            await self._calls.give_back(ACKNOWLEDGE, 1)
        else:
            await self._send(again)

    async def _poll(self, said: Said) -> None:
        """The transaction. One that cannot be read presumes nothing: then the order's status has to say it."""
        if not await self._calls.granted(READ_VENDOR_TRANSACTION, 1):
            return
        begun = self.books.clock.monotonic()
        reading = await self.link.transaction(said.transaction_id)
        await self._calls.called(READ_VENDOR_TRANSACTION, reading, begun)
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
        if not await self._calls.granted(READ_PURCHASE_ORDER_STATUS, 1):
            return False
        begun = self.books.clock.monotonic()
        reading = await self.link.status(number)
        await self._calls.called(READ_PURCHASE_ORDER_STATUS, reading, begun)
        return reading.value if isinstance(reading, answers.Done) else False


def _one_each(found: Iterable[Said], busy: Collection[str]) -> Iterator[Said]:
    """The first of each order that is not under way."""
    seen = set(busy)
    for said in found:
        if said.number not in seen:
            seen.add(said.number)
            yield said


def _words(told: VendorTransaction) -> str:
    """Amazon's own, as it gave them."""
    return "; ".join(" ".join(filter(None, (one.code, one.message, one.details))) for one in told.reasons)
