"""Requests about orders on their way to Clarus: sent, answered, and given up by whoever died.

Each is a row `sent` before it leaves; answers are written soon after they come. Who takes over from a process that
died treats its rows as unknown, and looks. Nothing is sent once its row is older than an answer could be.
"""

import asyncio
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import msgspec

from daemon.links.answer import Answer, NeverLeft
from daemon.links.clarus_orders import ClarusOrders
from daemon.release_books import ReleaseBooks
from daemon.store import warehouse_orders as store
from daemon.telemetry import Telemetry
from handlers.order_answers import NOT_STARTED, Settled, after_answer, after_loss
from handlers.order_requests import OrderEffect, WarehouseOrder
from handlers.sales_orders import Key
from schemas.clarus_orders import GoodsOut

GATHERED = 0.1
"""Real seconds in which answers are gathered, to be written together."""


@dataclass(frozen=True, slots=True)
class Request:
    """A request about to leave; its row says `sent`. Holds buyer data."""

    key: Key
    effect: OrderEffect
    row: WarehouseOrder
    body: GoodsOut | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class ReleaseRequests:
    """The requests about one warehouse's orders."""

    books: ReleaseBooks
    link: ClarusOrders
    telemetry: Telemetry

    @property
    def longest(self) -> timedelta:
        """Business time after which nobody waits any more for the answer to a request of ours."""
        return timedelta(seconds=2 * self.link.link.tenant.request_timeout * self.books.clock.factor)

    async def send(self, requests: Sequence[Request]) -> None:
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

    async def take_over(self) -> None:
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


def _is_same(row: OrderEffect, sent: OrderEffect) -> bool:
    """Nothing has happened to it since it was sent, but that somebody lost sight of it."""
    return row.unique_key == sent.unique_key and row.attempt == sent.attempt and row.state in ("sent", "unknown")


def _was_lost(effect: OrderEffect, lost: Mapping[str, int]) -> bool:
    return effect.state == "sent" and lost.get(effect.unique_key) == effect.attempt
