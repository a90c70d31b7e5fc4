"""The calls of the despatch lane: tell the channel of a parcel, read an order; and what their answers leave behind.

What an answer means is decided in `handlers/confirmations.py`; here it is written, with its alerts, its outcome and
what it tells of the budget, in one transaction. A row that moved on meanwhile is left alone.
"""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol, TypeAlias, assert_never

from daemon.budget import CONFIRM_DESPATCH, READ_ORDER, Bucket, Budget, Plan, buckets
from daemon.clock import Clock
from daemon.links.answer import Answer, Done, Reading, Refused, Throttled
from daemon.outcome import is_trouble
from daemon.settings import Despatch, SellerAccount
from daemon.store import effects as ledger
from daemon.store import order_clocks
from daemon.store.database import Connection, Database
from daemon.store.mappings import (
    ANY_CARRIER,
    Sellers,
    load_mappings,
    parcel_of,
    references_of_ours,
    save_order,
    sought_by,
)
from daemon.store.notes import write_notes
from daemon.telemetry import Telemetry
from daemon.urgency import Urgency
from handlers.carrier_rules import CarrierRules
from handlers.channel_orders import ChannelOrder, as_channel_order
from handlers.confirmation_reads import after_reading
from handlers.confirmations import Rules, Step, after_answer, not_sent
from handlers.effects import ConfirmDespatch, Effect
from handlers.mappings import Mappings
from schemas.amazon_orders import AmazonOrder, ConfirmShipment, to_amazon
from schemas.terms import ChannelAccount, ChannelOrderId, Marketplace

THROTTLED_FOR = 5.0
"""Real seconds without calls after a 429."""
WRITES = 8
"""Tries to write an answer; after that the row stays `sent`, and is settled by reading."""

log = logging.getLogger(__name__)

_leaving: "ContextVar[Callable[[], None] | None]" = ContextVar("leaving", default=None)


def request_left(operation: str, seller_id: str) -> None:
    """For the link: the request of this task is being written now."""
    del operation, seller_id
    if (tell := _leaving.get()) is not None:
        tell()


@dataclass(frozen=True, slots=True)
class Tell:
    """A request that changes something; its row says `sent`."""

    effect: Effect


@dataclass(frozen=True, slots=True)
class ReadOrder:
    """One read for all requests that wait for this order; nobody else reads for them before `until`."""

    account: str
    order_id: ChannelOrderId
    effects: tuple[Effect, ...]
    until: datetime

    @property
    def is_look(self) -> bool:
        """Everything it is for is accepted already."""
        return all(effect.state == "accepted" for effect in self.effects)


Call: TypeAlias = Tell | ReadOrder


class Channel(Protocol):
    """One selling account, as far as despatches go: `daemon/links/amazon.py` has it."""

    async def confirm_despatch(self, order_id: ChannelOrderId, confirmation: ConfirmShipment) -> "Answer[None]": ...

    async def read_order(self, order_id: ChannelOrderId) -> "Reading[AmazonOrder]": ...


@dataclass(slots=True)
class _Way:
    """The way of one request until it leaves: the right of way ends there, and the latency is taken."""

    calls: "DespatchCalls"
    effect: Effect
    left: bool = False

    def __post_init__(self) -> None:
        self.calls.urgency.begin()

    def leave(self) -> None:
        if not self.left:
            self.end()
            if self.effect.attempt == 1:
                waited = (self.calls.clock.now() - self.effect.received_at).total_seconds()
                self.calls.telemetry.despatch_left(self.effect.account, waited)

    def end(self) -> None:
        if not self.left:
            self.left = True
            self.calls.urgency.end()


@dataclass(frozen=True, slots=True)
class DespatchCalls:
    """What the calls of all selling accounts share. Links, database and HTTP session are despatch's own."""

    sellers: Mapping[str, SellerAccount]
    links: Mapping[str, Channel]
    database: Database
    budget: Budget
    clock: Clock
    telemetry: Telemetry
    urgency: Urgency
    settings: Despatch
    owners: Mapping[str, str]
    carriers: CarrierRules = ANY_CARRIER
    _rates: dict[str, float] = field(default_factory=dict[str, float])

    @property
    def longest(self) -> timedelta:
        """Business time after which nobody waits any more for the answer to a call of ours."""
        return timedelta(seconds=2 * self.settings.request_timeout * self.clock.factor)

    @property
    def rules(self) -> Rules:
        settings = self.settings
        late, lag = timedelta(seconds=settings.late_effect), timedelta(seconds=settings.read_lag)
        return Rules(late, lag, settings.unknown_reads, self.longest)

    def buckets(self, account: str, plan: Plan) -> tuple[Bucket, ...]:
        return buckets(plan, account, self.sellers[account].application)

    async def tell(self, effect: Effect) -> None:
        """Tell the channel, and write what it answers."""
        answer = await self._asked(effect)

        async def write(connection: Connection, now: datetime) -> None:
            for row in await ledger.lock(connection, [effect.id]):
                if row.state in ("sent", "unknown") and row.attempt == effect.attempt:
                    step = (
                        not_sent(row, now, "it was too late to send it")
                        if answer is None
                        else after_answer(row, answer, now, self.rules, random.random())
                    )
                    await self.save(connection, [step], now)
            if answer is not None:
                await self._learn(connection, effect.account, CONFIRM_DESPATCH, answer)

        await self._written(write)

    async def _asked(self, effect: Effect) -> "Answer[None] | None":
        """The answer; None where so much time has passed since its row that it must not leave any more."""
        way, begun = _Way(self, effect), self.clock.monotonic()
        _leaving.set(way.leave)
        try:
            if effect.sent_at is not None and self.clock.now() - effect.sent_at > self.longest / 2:
                return None
            answer = await self._ask(effect)
        finally:
            way.end()
        self.telemetry.called(
            effect.account, CONFIRM_DESPATCH.operation, word(answer), self.clock.monotonic() - begun
        )
        return answer

    async def _ask(self, effect: Effect) -> "Answer[None]":
        """One branch per kind of request."""
        match effect.payload:
            case ConfirmDespatch(ready=ready, order_id=order_id):
                assert ready is not None
                return await self.links[effect.account].confirm_despatch(order_id, to_amazon(ready))
            case _:
                assert_never(effect.payload)

    async def read(self, call: ReadOrder) -> None:
        """Read an order, and write what that makes of every request it was read for."""
        begun, started = self.clock.now(), self.clock.monotonic()
        reading = await self.links[call.account].read_order(call.order_id)
        self.telemetry.called(call.account, READ_ORDER.operation, word(reading), self.clock.monotonic() - started)

        async def write(connection: Connection, now: datetime) -> None:
            known = await self._keep(connection, ChannelAccount(call.account), reading, begun)
            rows = [row for row in await ledger.lock(connection, _ids(call)) if _is_ours(row, call)]
            mappings = await self._mappings(connection, rows)
            steps = [after_reading(row, known, begun, now, self.rules, mappings, random.random()) for row in rows]
            await self.save(connection, steps, now)
            await self._learn(connection, call.account, READ_ORDER, reading)

        await self._written(write)

    async def _keep(
        self, connection: Connection, account: ChannelAccount, reading: "Reading[AmazonOrder]", begun: datetime
    ) -> "Reading[ChannelOrder]":
        if not isinstance(reading, Done):
            return reading
        order = await references_of_ours(connection, as_channel_order(reading.value))
        await save_order(connection, account, order, begun)
        return Done(order, reading.request_id, reading.rate)

    async def _mappings(self, connection: Connection, rows: Sequence[Effect]) -> Mappings:
        needing = [parcel_of(row.payload) for row in rows if row.needs_order]
        return await load_mappings(connection, sought_by(needing), served(self.sellers), self.carriers)

    async def save(self, connection: Connection, steps: Sequence[Step], now: datetime) -> None:
        await ledger.change(connection, [effect for effect, _ in steps], now)
        await order_clocks.told(connection, [effect for effect, _ in steps], now)
        await write_notes(connection, [note for _, notes in steps for note in notes], now, self.owners)

    async def _learn(
        self, connection: Connection, account: str, plan: Plan, answer: "Answer[None] | Reading[AmazonOrder]"
    ) -> None:
        """What the answer tells of the budget."""
        own = self.buckets(account, plan)
        if isinstance(answer, Throttled):
            await self.budget.throttled(connection, own, THROTTLED_FOR)
        elif isinstance(answer, Done | Refused) and answer.rate and self._rates.get(own[0].name) != answer.rate:
            await self.budget.learn(connection, own[0], answer.rate)
            self._rates[own[0].name] = answer.rate

    async def _written(self, write: Callable[[Connection, datetime], Awaitable[None]]) -> None:
        """One transaction, tried again while the database does not answer."""
        for attempt in range(WRITES):
            try:
                async with self.database.transaction() as connection:
                    return await write(connection, self.clock.now())
            except Exception as error:
                if not is_trouble(error):
                    raise
                log.warning("answer not written yet", extra={"action": "answer_held", "why": repr(error)})
                await asyncio.sleep(0.05 * 2**attempt)
        log.error("answer not written: to be settled by reading", extra={"action": "answer_lost"})
        return None


def served(sellers: Mapping[str, SellerAccount]) -> Sellers:
    """The marketplaces of each selling account."""
    return {
        ChannelAccount(name): tuple(Marketplace(one) for one in seller.marketplaces)
        for name, seller in sellers.items()
    }


def word(answer: object) -> str:
    """An answer as a label."""
    return type(answer).__name__.lower()


def _ids(call: ReadOrder) -> list[int]:
    return [effect.id for effect in call.effects]


def _is_ours(row: Effect, call: ReadOrder) -> bool:
    """Nothing has happened to the row since we took it."""
    return row.due == call.until and any(row.id == taken.id and row.state == taken.state for taken in call.effects)
