"""Two looks find the purchase orders of a vendor account at Amazon, by when they were placed and by when they were
changed; each goes on where the last one was.
"""

import logging
from dataclasses import dataclass

from daemon.budget import FIND_PURCHASE_ORDERS
from daemon.links import answer as answers
from daemon.links.amazon_vendor import LONGEST, By, VendorLink
from daemon.log import fact
from daemon.purchase_order_books import PurchaseOrderBooks
from daemon.settings import VendorAccount
from daemon.store import purchase_orders as store
from daemon.vendor_calls import VendorCalls
from daemon.vendor_terms import window_rules
from handlers import order_window
from handlers.order_window import Cursor
from schemas.amazon_vendor_orders import PurchaseOrderPage

BYS: tuple[By, ...] = ("created", "changed")

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class VendorReading:
    vendor: VendorAccount
    link: VendorLink
    books: PurchaseOrderBooks
    calls: VendorCalls

    async def page(self, by: By) -> bool:
        """One page, where one is due; whether one was taken."""
        cursor = await self._due(by)
        if cursor is None or not await self.calls.granted(FIND_PURCHASE_ORDERS, 1):
            return False
        begun = self.books.clock.monotonic()
        answer = await self.link.purchase_orders(order_window.window_of(cursor), by)
        await self.calls.called(FIND_PURCHASE_ORDERS, answer, begun)
        match answer:
            case answers.Done(value=page):
                await self._take(by, cursor, page)
                return True
            case answers.Refused(text=text):
                name = self.books.account
                log.warning("purchase orders refused: %s", text, extra=fact("pos_refused", account=name))
                await self._go_on(by, cursor, order_window.begun_anew(cursor))
            case _:
                pass
        return False

    async def _due(self, by: By) -> Cursor | None:
        """Where the look goes on, noted; None while none is due."""
        now, rules = self.books.clock.now(), window_rules(self.vendor, by)
        async with self.books.database.transaction() as connection:
            known = await store.cursor(connection, self.books.account, by) or order_window.first(now, rules)
            cursor = order_window.with_window(known, now, rules)
            if cursor is None:
                return None
            cursor = shortened(cursor)
            await store.save_cursor(connection, self.books.account, by, cursor, now)
            return cursor

    async def _take(self, by: By, cursor: Cursor, page: PurchaseOrderPage) -> None:
        """Orders first, then how far they were read: a death in between only reads them once more."""
        words = await self.books.take_in(page.orders)
        for word, count in words.items():
            self.calls.telemetry.orders_read(self.books.account, word, count)
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


def shortened(cursor: Cursor) -> Cursor:
    """With a window that is no longer than one query may ask for."""
    assert cursor.window_from is not None and cursor.window_before is not None
    before = min(cursor.window_before, cursor.window_from + LONGEST)
    return Cursor(cursor.read_from, cursor.window_from, before, cursor.paging_token, cursor.token_until, cursor.pages)
