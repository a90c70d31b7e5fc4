"""Orders to a warehouse at Clarus, one loop for each: look, decide, write, and only then ask.

A round takes the orders that are due, looks all of them up at once (nothing is created before a look, nothing that
may have happened is repeated before one), decides each by the life-cycle table, commits what that makes of the books
with every request as a row `sent`, and makes the requests. Answers are written soon after they come. Who takes over
from a process that died treats its `sent` rows as unknown, and looks.

One process at a time has the lease; nothing is sent once its row is older than an answer could be.
"""

import asyncio
import logging
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import msgspec

from daemon.links.answer import Answer, Denied, Done, NeverLeft, Reading, Refused, Throttled
from daemon.links.clarus_orders import ClarusOrders
from daemon.log import fact
from daemon.release_books import ReleaseBooks
from daemon.store import warehouse_orders as store
from daemon.store.warehouse_orders import Loaded, Plan
from daemon.telemetry import Telemetry
from handlers.alerts import AlertKind
from handlers.notes import RaiseAlert, ResolveAlert
from handlers.order_answers import NOT_STARTED, Settled, after_answer, after_loss
from handlers.order_requests import OrderEffect, WarehouseOrder
from handlers.release_desk import Case, Verdict
from handlers.releasing import decide
from handlers.sales_orders import Key
from handlers.warehouse_orders import amendment, creation
from schemas.clarus_order_lists import Found
from schemas.clarus_orders import GoodsOut
from schemas.terms import Sku

IDLE = 0.5
"""Real seconds at most between two looks at the books when there was nothing."""
FIRST_IDLE = 0.02
"""After the first; then twice as many each time: orders come in bursts."""
BATCHES = 10
"""In a round at most, of a backlog: the lease and what was lost are looked at between rounds."""
LASTS = 5.0
"""Real seconds after which a round decides no further batch: a process that is told to stop ends it in time."""
GATHERED = 0.1
"""Real seconds in which answers are gathered, to be written together."""
TROUBLED = 5.0
"""Real seconds at most until the next try after a look-up that brought nothing."""
TROUBLED_FIRST = 0.25
"""After the first; then twice as many each time."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Request:
    """A request about to leave; its row says `sent`. Holds buyer data."""

    key: Key
    effect: OrderEffect
    row: WarehouseOrder
    body: GoodsOut | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Look:
    """What a look-up brought, and when it began."""

    begun: datetime
    found: Mapping[tuple[str, str], tuple[Found, ...]]
    """(stock owner, reference) -> what there is of it."""


@dataclass(slots=True)
class Releasing:
    """The orders of some channel accounts at one warehouse at Clarus."""

    books: ReleaseBooks
    link: ClarusOrders
    telemetry: Telemetry
    batches: int = BATCHES
    lasts: float = LASTS
    _products: dict[Sku, int] = field(default_factory=dict[Sku, int])
    _unread_since: datetime | None = None
    _failures: int = 0
    """Look-ups in a row that brought nothing."""
    _quiet: int = 0
    """Looks at the books in a row that found nothing."""
    _raised: bool = True
    """An alert about look-ups may be open: so it is after a start, for all that we know."""

    @property
    def longest(self) -> timedelta:
        """Business time after which nobody waits any more for the answer to a request of ours."""
        return timedelta(seconds=2 * self.link.link.tenant.request_timeout * self.books.clock.factor)

    async def round(self) -> float:
        """What is due, batch by batch; returns the real seconds until the next look is worth while.

        While a batch is being sent the next one is looked up and decided.
        """
        await self._take_over()
        begun, batch = self.books.clock.monotonic(), list[Request]()
        for _ in range(self.batches):
            following = await self._send_and_decide(batch)
            if not isinstance(following, list):
                return following
            batch = following
            if self.books.clock.monotonic() - begun > self.lasts:
                break
        await self._send(batch)
        return 0.0

    async def _send_and_decide(self, batch: Sequence[Request]) -> "list[Request] | float":
        """Send these, and decide the next meanwhile. Neither's failure cuts the other short: what has left is waited
        for, and what is decided leaves."""
        sent, following = await asyncio.gather(self._send(batch), self._next_batch(), return_exceptions=True)
        if isinstance(sent, BaseException):
            if isinstance(following, list):
                await self._send(following)
            raise sent from (following if isinstance(following, BaseException) else None)
        if isinstance(following, BaseException):
            raise following
        return following

    async def _next_batch(self) -> "list[Request] | float":
        """Looked up, decided and committed; or nothing, and the real seconds until the next look is worth while."""
        async with self.books.database.connection() as connection:
            plans = await self.books.due(connection)
        if not plans:
            await self.books.resolve_missing()
            self._quiet += 1
            return min(IDLE, FIRST_IDLE * (1 << min(self._quiet - 1, 10)))
        self._quiet = 0
        look = await self._look(plans)
        if not isinstance(look, Look):
            await self._unread(look)
            self._failures += 1
            return min(TROUBLED, TROUBLED_FIRST * (1 << min(self._failures - 1, 10)))
        await self._read()
        return await self._decided(plans, look)

    # Looking.

    async def _look(self, plans: Sequence[Plan]) -> "Look | Reading[object]":
        begun = self.books.clock.now()
        found: dict[tuple[str, str], tuple[Found, ...]] = {}
        for owner, account_id in sorted(self._owners_of(plans)):
            references = sorted({plan.reference for plan in plans if plan.account == owner})
            reading = await self.link.look_up(references, account_id)
            if not isinstance(reading, Done):
                return reading
            for one in reading.value:
                key = owner, one.order.reference
                found[key] = (*found.get(key, ()), one)
        failed = await self._learn_products({Sku(sku) for plan in plans for sku in plan.skus})
        return failed or Look(begun, found)

    def _owners_of(self, plans: Sequence[Plan]) -> set[tuple[str, int]]:
        """Each stock owner with its id; one without an id has nothing there that we could look up."""
        return {
            (plan.account, ids[plan.account])
            for plan in plans
            if plan.account in (ids := self.books.routes[plan.key[0]].account_ids)
        }

    async def _learn_products(self, skus: set[Sku]) -> "Reading[object] | None":
        unknown = sorted(skus - self._products.keys())
        if not unknown:
            return None
        size = self.link.link.tenant.page_size
        for start in range(0, len(unknown), size):
            reading = await self.link.product_ids(unknown[start : start + size])
            if not isinstance(reading, Done):
                return reading
            self._products |= {Sku(code): product_id for code, product_id in reading.value.items()}
        return None

    @property
    def cause(self) -> str:
        """The name that alerts about its look-ups carry."""
        return f"orders/{self.books.warehouse}"

    async def _unread(self, reading: "Reading[object]") -> None:
        """People hear of it at once where it does not pass by itself, else after a while."""
        why = fact("orders_unlooked", warehouse=self.books.warehouse, why=repr(reading))
        log.warning("orders not looked up", extra=why)
        now, tenant = self.books.clock.now(), self.link.link.tenant
        self._unread_since = self._unread_since or now
        kind = AlertKind.SOURCE_DENIED if isinstance(reading, Denied) else AlertKind.SOURCE_UNREADABLE
        lasting = isinstance(reading, Denied | Refused)
        if lasting or now - self._unread_since > timedelta(seconds=tenant.unreadable_after):
            said = reading.text if isinstance(reading, Refused | Throttled) else getattr(reading, "reason", "")
            text = f"orders of {self.books.warehouse} cannot be looked up: {said}"
            await self.books.note([RaiseAlert(kind, self.cause, self.books.warehouse, text)])
            self._raised = True

    async def _read(self) -> None:
        self._unread_since, self._failures = None, 0
        if self._raised:
            kinds = (AlertKind.SOURCE_DENIED, AlertKind.SOURCE_UNREADABLE)
            await self.books.note([ResolveAlert(kind, self.cause) for kind in kinds])
            self._raised = False

    # Deciding.

    async def _decided(self, plans: Sequence[Plan], look: Look) -> list[Request]:
        """Everything that follows from the look, committed; what is to be sent is returned."""
        owners = {plan.key: plan.account for plan in plans}
        async with self.books.database.transaction() as connection:
            loaded = await self.books.load(connection, list(owners))
            now = self.books.clock.now()
            pairs = [
                (one, decide(self._case(one, owners[one.order.key], look, now), self.books.rules))
                for one in loaded
                if not _is_under_way(one)
            ]
            await self.books.write(connection, pairs, now)
            return [self._request(one, verdict) for one, verdict in pairs if verdict.send is not None]

    def _case(self, loaded: Loaded, owner: str, look: Look, now: datetime) -> Case:
        found = look.found.get((owner, loaded.order.order_reference), ())
        return self.books.case(loaded, owner, found, look.begun, now, self._products)

    def _request(self, loaded: Loaded, verdict: Verdict) -> Request:
        effect, wanted = verdict.send, verdict.wanted
        assert effect is not None
        key, to = loaded.order.key, self.books.routes[loaded.order.order.channel_account]
        if effect.kind in ("order_cancel", "order_process"):
            return Request(key, effect, verdict.row)
        assert wanted is not None
        if effect.kind == "order_create":
            return Request(key, effect, verdict.row, creation(wanted, to, self._products))
        there = verdict.there.lines if verdict.there else ()
        return Request(key, effect, verdict.row, amendment(wanted, there, to, self._products))

    # Asking, and what is answered.

    async def _send(self, requests: Sequence[Request]) -> None:
        """All of them, a few at a time; answers are written soon after they come, those of a moment together."""
        room = asyncio.Semaphore(self.link.link.tenant.concurrent_calls)
        under_way = {asyncio.create_task(self._ask(request, room)): request for request in requests}
        waiting = set(under_way)
        try:
            while waiting:
                done, waiting = await asyncio.wait(waiting, timeout=GATHERED)
                if done:
                    await self._answered([(under_way[task], task.result()) for task in done])
        finally:
            for task in waiting:
                task.cancel()
            await asyncio.gather(*under_way, return_exceptions=True)

    async def _ask(self, request: Request, room: asyncio.Semaphore) -> "Answer[str] | Answer[None]":
        async with room:
            sent_at = request.effect.sent_at or self.books.clock.now()
            if self.books.clock.now() - sent_at > self.longest / 2:
                return NeverLeft("it was too late to send it")
            begun = self.books.clock.monotonic()
            answer = await self._asked(request)
        took = self.books.clock.monotonic() - begun
        self.telemetry.called(self.books.warehouse, request.effect.kind, type(answer).__name__.lower(), took)
        return answer

    async def _asked(self, request: Request) -> "Answer[str] | Answer[None]":
        row, body = request.row, request.body
        match request.effect.kind:
            case "order_create":
                assert body is not None
                return await self.link.create(body)
            case "order_amend":
                assert body is not None
                return await self.link.amend(row.goods_out_id, body)
            case "order_process":
                return await self.link.process_picks(row.goods_out_id)
            case "order_cancel" if row.status in NOT_STARTED:
                # Refused for what has begun meanwhile, where a cancellation would undo somebody's picking.
                return await self.link.delete(row.goods_out_id)
            case _:
                return await self.link.cancel(row.goods_out_id)

    async def _answered(self, answers: "Sequence[tuple[Request, Answer[str] | Answer[None]]]") -> None:
        by_key = {request.key: (request, answer) for request, answer in answers}
        async with self.books.database.transaction() as connection:
            now, settled = self.books.clock.now(), list[Settled]()
            for row, effect in await store.load_asked(connection, list(by_key)):
                request, answer = by_key[row.channel_account, row.channel_order_id]
                if _is_same(effect, request.effect):
                    settled.append(after_answer(row, effect, answer, now, self.books.rules, random.random()))
            await self.books.settle(connection, settled, now)

    # What went wrong before, and what is no longer wrong.

    async def _take_over(self) -> None:
        """Requests whose sender is gone: nobody saw their end, so looks settle them."""
        now = self.books.clock.now()
        async with self.books.database.connection() as connection:
            before, mine = now - self.longest, [self.books.warehouse]
            lost = await store.lost(connection, list(self.books.routes), mine, before, self.books.holder)
        if not lost:
            return
        keys = [(one.payload.channel_account, one.payload.channel_order_id) for one in lost]
        names = {one.unique_key: one.attempt for one in lost}
        async with self.books.database.transaction() as connection:
            settled = [
                self._lost(row, effect, now)
                for row, effect in await store.load_asked(connection, keys)
                if _was_lost(effect, names)
            ]
            await self.books.settle(connection, settled, now)

    def _lost(self, row: WarehouseOrder, effect: OrderEffect, now: datetime) -> Settled:
        settled = after_loss(row, effect, "sender_lost", "its sender ended before the answer", now, self.books.rules)
        may_leave_for = max(timedelta(), (effect.sent_at or now) + self.longest - now)
        later = msgspec.structs.replace(settled.effect, over_at=now + may_leave_for + self.books.rules.late_effect)
        return Settled(settled.row, later)


def _is_under_way(loaded: Loaded) -> bool:
    """Its answer is still awaited."""
    return loaded.effect is not None and loaded.effect.state == "sent"


def _is_same(row: OrderEffect, sent: OrderEffect) -> bool:
    """Nothing has happened to it since it was sent, but that somebody lost sight of it."""
    return row.unique_key == sent.unique_key and row.attempt == sent.attempt and row.state in ("sent", "unknown")


def _was_lost(effect: OrderEffect, lost: Mapping[str, int]) -> bool:
    return effect.state == "sent" and lost.get(effect.unique_key) == effect.attempt
