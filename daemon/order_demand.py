"""What a channel has sold: looks for changed orders inside the budget, and writes what they take and show.

A look is a window of time, taken page by page; the cursor is a row, so whoever takes over goes on where the last one
was. Where the account releases its orders they are written with it, to be judged (daemon/order_clearing.py); no buyer
data is asked for.
"""

import logging
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec

from daemon.budget import SEARCH_ORDERS, Budget, buckets
from daemon.clock import Clock
from daemon.links import answer as answers
from daemon.links.amazon import AmazonLink
from daemon.log import fact
from daemon.order_intake import take_in
from daemon.order_taking import TakenIn
from daemon.selling import Speed
from daemon.settings import Demand, SellerAccount
from daemon.store import labels, order_clocks, order_cursor
from daemon.store.channel_sales import Taken, take_orders, take_up_waiting
from daemon.store.database import Connection, Database
from daemon.store.notes import write_notes
from daemon.telemetry import Telemetry
from handlers import order_window
from handlers.alerts import AlertKind
from handlers.channel_sales import unsent
from handlers.notes import Note, RaiseAlert, ResolveAlert
from handlers.order_terms import Terms
from handlers.order_window import Cursor
from handlers.order_window import Rules as WindowRules
from handlers.supply import Rules
from schemas.amazon_order_search import TOKEN_LIFE, OrderPage, SoldOrder
from schemas.terms import ChannelAccount, ChannelOrderId, Marketplace

IDLE = 5.0
"""Real seconds at most between two rounds: a listing may have been added that lines wait for."""
THROTTLED_FOR = 60.0
"""Seconds without calls after a 429."""
TOKEN_MARGIN = timedelta(hours=1)

log = logging.getLogger(__name__)


def window_rules(settings: Demand) -> WindowRules:
    return WindowRules(
        every=timedelta(seconds=settings.every),
        behind=timedelta(seconds=settings.behind),
        overlap=timedelta(seconds=settings.overlap),
        look_back=timedelta(seconds=settings.look_back),
        token_life=timedelta(seconds=TOKEN_LIFE) - TOKEN_MARGIN,
    )


@dataclass(frozen=True, slots=True)
class OrderDemand:
    """Reads one selling account's orders."""

    name: str
    seller: SellerAccount
    link: AmazonLink
    database: Database
    budget: Budget
    clock: Clock
    telemetry: Telemetry
    settings: Demand
    speed: Speed
    rules: Rules
    terms: Terms
    """What its orders are judged by, where the account releases them."""
    owners: Mapping[str, str]

    @property
    def account(self) -> ChannelAccount:
        return ChannelAccount(self.name)

    @property
    def releases(self) -> bool:
        return self.seller.release != "none"

    async def round(self) -> float:
        """One page; returns the real seconds until the next round is worth while."""
        now, rules = self.clock.now(), window_rules(self.settings)
        async with self.database.transaction() as connection:
            await take_up_waiting(connection, self.account, now, self.speed, self.rules)
        async with self.database.transaction() as connection:
            known = await order_cursor.load(connection, self.account) or order_window.first(now, rules)
            cursor = order_window.with_window(known, now, rules)
            if cursor is None:
                wait = (order_window.next_at(known, rules) - now).total_seconds()
                return min(IDLE, max(0.02, self.clock.real_seconds(wait)))
            wanted = buckets(SEARCH_ORDERS, self.name, self.seller.application)
            granted = await self.budget.take(connection, wanted, 1)
            await order_cursor.save(connection, self.account, cursor, now)
        self.telemetry.budgeted(self.name, SEARCH_ORDERS.operation, granted.wait, wanted[0].rate)
        if not granted.granted:
            return min(IDLE, granted.wait)
        return await self._look(cursor, rules)

    async def _look(self, cursor: Cursor, rules: WindowRules) -> float:
        begun = self.clock.monotonic()
        window = order_window.window_of(cursor)
        answer = await self.link.search_orders(window, self.seller.marketplaces, in_full=self.releases)
        seconds = self.clock.monotonic() - begun
        match answer:
            case answers.Done(value=page, rate=rate):
                self.telemetry.called(self.name, SEARCH_ORDERS.operation, "accepted", seconds)
                await self._learn(rate)
                return await self._take(cursor, page, rules)
            case answers.Throttled():
                self.telemetry.called(self.name, SEARCH_ORDERS.operation, "throttled", seconds)
                async with self.database.connection() as connection:
                    own = buckets(SEARCH_ORDERS, self.name, self.seller.application)[:1]
                    await self.budget.throttled(connection, own, THROTTLED_FOR)
            case answers.Refused(text=text):
                self.telemetry.called(self.name, SEARCH_ORDERS.operation, "refused", seconds)
                await self._begin_anew(cursor, text)
            case answers.Denied(reason=reason):
                self.telemetry.called(self.name, SEARCH_ORDERS.operation, "denied", seconds)
                await self._note([RaiseAlert(AlertKind.CHANNEL_DENIED, self.name, self.name, reason)])
            case _:
                self.telemetry.called(self.name, SEARCH_ORDERS.operation, "unavailable", seconds)
        return IDLE

    async def _take(self, cursor: Cursor, page: OrderPage, rules: WindowRules) -> float:
        """The page and how far it goes, together or not at all. A page of a window that is over changes no cursor."""
        now = self.clock.now()
        async with self.database.transaction() as connection:
            current = await order_cursor.load(connection, self.account)
            told = await self._take_in(connection, page, now)
            kept = await self._with_labels(connection, self._kept(page, now))
            taken = await take_orders(connection, self.account, kept, now, self.speed, self.rules)
            await order_clocks.heard(connection, self.account, kept, now)
            if current == cursor:
                after = order_window.after_page(cursor, page.next_token, now, rules)
                await order_cursor.save(connection, self.account, after, now)
            await write_notes(connection, [*told.notes, *self._unreadable(page)], now, self.owners)
        self._tell(taken, told)
        return 0.02

    async def _take_in(self, connection: Connection, page: OrderPage, now: datetime) -> TakenIn:
        """The same orders on their way to the warehouse, where this account releases them."""
        if not self.releases:
            return TakenIn({})
        kept = {order.order_id for order in self._kept(page, now)}
        raws = [raw for order, raw in zip(page.orders, page.raw, strict=True) if order.order_id in kept]
        return await take_in(connection, self.account, self.seller, self.terms, raws, now, page.refused)

    async def _with_labels(self, connection: Connection, orders: list[SoldOrder]) -> list[SoldOrder]:
        """Fulfilled because the label is sold: what has not left us still takes stock."""
        sent = [order.order_id for order in orders if any(line.fulfilled for line in order.lines)]
        here = await labels.not_left(connection, self.account, sent) if sent else set[ChannelOrderId]()
        return [unsent(order) if order.order_id in here else order for order in orders]

    async def _learn(self, rate: float | None) -> None:
        if rate is not None:
            async with self.database.connection() as connection:
                own = buckets(SEARCH_ORDERS, self.name, self.seller.application)[0]
                await self.budget.learn(connection, own, rate)

    def _kept(self, page: OrderPage, now: datetime) -> list[SoldOrder]:
        """Orders whose lines are still kept: an older one would be counted anew. Each knows its marketplace, where
        the account has only one. A change in the future would make all that follow it stale: it has happened now."""
        oldest = now - timedelta(days=self.settings.keep_days)
        only = Marketplace(self.seller.marketplaces[0]) if len(self.seller.marketplaces) == 1 else Marketplace("")
        return [
            msgspec.structs.replace(
                order, marketplace=order.marketplace or only, updated_at=min(order.updated_at, now)
            )
            for order in page.orders
            if order.ordered_at >= oldest
        ]

    def _tell(self, taken: Taken, told: TakenIn) -> None:
        for word, count in (*taken.words.items(), *Counter(told.states).items()):
            self.telemetry.orders_read(self.name, word, count)
        if taken.unmapped:
            self.telemetry.orders_read(self.name, "unmapped", taken.unmapped)

    def _unreadable(self, page: OrderPage) -> list[Note]:
        if not page.unreadable:
            return [ResolveAlert(AlertKind.ORDERS_UNREAD, f"{self.name}/unreadable")]
        text = f"{len(page.unreadable)} orders of {self.name} cannot be read: {page.unreadable[0]}"
        return [RaiseAlert(AlertKind.ORDERS_UNREAD, f"{self.name}/unreadable", self.name, text)]

    async def _begin_anew(self, cursor: Cursor, text: str) -> None:
        """Refused: by what it has of ours, a paging token that is no longer good is the likely cause."""
        log.warning("orders refused: %s", text, extra=fact("orders_refused", account=self.name))
        async with self.database.transaction() as connection:
            if await order_cursor.load(connection, self.account) == cursor:
                await order_cursor.save(connection, self.account, order_window.begun_anew(cursor), self.clock.now())

    async def _note(self, notes: list[Note]) -> None:
        async with self.database.transaction() as connection:
            await write_notes(connection, notes, self.clock.now(), self.owners)
