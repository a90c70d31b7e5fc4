"""Takes what the despatch lane of the ledger has due, inside the budget, and has it performed.

One transaction picks what is due (nearest deadline first, one per subject), asks the budget, and marks what was
granted as sent. Nothing leaves before that is committed. `despatch_calls.py` then calls the link and writes the
answer. A crash in between leaves a row `sent`: the watch makes it `unknown`, and a read settles it before any repeat.
Nobody sleeps here with a connection or a request in hand: who has to wait does so in the ledger.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby
from typing import assert_never

import msgspec

from daemon.budget import CONFIRM_DESPATCH, READ_ORDER
from daemon.despatch_calls import Call, DespatchCalls, ReadOrder, Tell
from daemon.outcome import is_trouble
from daemon.store import effects as ledger
from daemon.store.database import Connection
from daemon.store.effects import Wanted
from handlers.confirmations import unchanged
from handlers.despatch_preparation import order_to_look_up
from handlers.effects import Effect
from schemas.terms import ChannelOrderId

IDLE = 0.2
"""Real seconds between two looks when nobody woke us: what another replica wrote, or what has become due."""
READS = 10
LOOKS = 4
"""Reads for what is accepted already: few at once, and only while most of the budget is there."""
LOOKS_KEEP = 20.0

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Performer:
    """Works the despatch lane of the configured sellers. Set `wake` when there is something new."""

    calls: DespatchCalls
    holder: str
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    under_way: set["asyncio.Task[None]"] = field(default_factory=set["asyncio.Task[None]"])
    _not_before: dict[tuple[str, str], float] = field(default_factory=dict[tuple[str, str], float])
    _unanswered: Counter[tuple[str, str]] = field(default_factory=Counter[tuple[str, str]])
    """Calls under way by (account, operation), which fill room in the partner's buckets."""

    async def work(self, stopping: asyncio.Event) -> None:
        """Perform until `stopping`, then let what is under way end."""
        stopped = asyncio.create_task(_wake_on(stopping, self.wake))
        try:
            while not stopping.is_set():
                self.wake.clear()
                if not await self._round():
                    await self._pause()
        finally:
            stopped.cancel()
            await self.drain()

    async def drain(self) -> None:
        """Let requests under way end; whoever stops us bounds it."""
        if self.under_way:
            await asyncio.wait(self.under_way)

    async def _round(self) -> int:
        try:
            return await self.perform_due()
        except Exception as error:
            log.warning("nothing taken", exc_info=not is_trouble(error), extra={"action": "take_failed"})
            await asyncio.sleep(0.5)
            return 0

    async def perform_due(self) -> int:
        """Take what may leave now and start it; returns how many calls were started."""
        calls = await self.take()
        for call in calls:
            task = asyncio.create_task(self.perform(call))
            self.under_way.add(task)
            task.add_done_callback(self._ended)
        return len(calls)

    def _ended(self, task: "asyncio.Task[None]") -> None:
        self.under_way.discard(task)
        self.wake.set()
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("a call broke", exc_info=error, extra={"action": "call_broke"})

    async def perform(self, call: Call) -> None:
        kind = _counted(call)
        self._unanswered[kind] += 1
        try:
            await self._perform(call)
        finally:
            self._unanswered[kind] -= 1

    async def _perform(self, call: Call) -> None:
        match call:
            case Tell(effect=effect):
                await self.calls.tell(effect)
            case ReadOrder():
                await self.calls.read(call)
            case _:
                assert_never(call)

    async def _pause(self) -> None:
        now = self.calls.clock.monotonic()
        soonest = min((at - now for at in self._not_before.values() if at > now), default=IDLE)
        try:
            async with asyncio.timeout(max(0.001, min(IDLE, soonest))):
                await self.wake.wait()
        except TimeoutError:
            return

    async def take(self) -> list[Call]:
        """What may leave now: committed as sent, or reads that nobody else makes meanwhile."""
        free = self.calls.settings.workers - len(self.under_way)
        wanted = self._wanted(free)
        if not wanted:
            return []
        with self.calls.urgency.claim():
            async with self.calls.database.transaction() as connection:
                now = self.calls.clock.now()
                found = await self._news(connection, await ledger.due(connection, wanted, now), now)
                return await self._grant(connection, in_calls(found, now + self._longest())[:free], now)

    async def _news(self, connection: Connection, due: Sequence[Effect], now: datetime) -> list[Effect]:
        """Without what the channel turned out to have already, while it waited: that is settled here."""
        steps = {effect.id: step for effect in due if _tells(effect) and (step := unchanged(effect))}
        if steps:
            await self.calls.save(connection, list(steps.values()), now)
        return [effect for effect in due if effect.id not in steps]

    def _longest(self) -> timedelta:
        return self.calls.longest

    def _wanted(self, free: int) -> list[Wanted]:
        limits = {"tell": free, "read": min(free, READS), "look": min(free, LOOKS)}
        now = self.calls.clock.monotonic()
        return [
            Wanted(account, step, n)
            for account in sorted(self.calls.sellers)
            for step, n in limits.items()
            if n > 0 and self._not_before.get((account, step), 0.0) <= now
        ]

    async def _grant(self, connection: Connection, calls: Sequence[Call], now: datetime) -> list[Call]:
        """As many as the budgets allow; in one order everywhere, so that replicas never wait in a ring."""
        granted = list[Call]()
        for (account, step), group in groupby(sorted(calls, key=_kind), key=_kind):
            of_kind = list(group)
            granted += of_kind[: await self._ask_budget(connection, account, step, len(of_kind))]
        if granted:
            told = [call.effect.id for call in granted if isinstance(call, Tell)]
            read = [effect.id for call in granted if isinstance(call, ReadOrder) for effect in call.effects]
            await ledger.leave(connection, told, read, now, now + self._longest(), self.holder)
        return [as_left(call, now, self.holder) for call in granted]

    async def _ask_budget(self, connection: Connection, account: str, step: str, n: int) -> int:
        plan, keep = (
            (CONFIRM_DESPATCH, 0.0) if step == "tell" else (READ_ORDER, 0.0 if step == "read" else LOOKS_KEEP)
        )
        unanswered = self._unanswered[account, plan.operation]
        buckets = self.calls.buckets(account, plan)
        granted = await self.calls.budget.take(connection, buckets, n, unanswered=unanswered, keep=keep)
        if granted.granted < n:
            self._not_before[account, step] = self.calls.clock.monotonic() + granted.wait
        return granted.granted


def in_calls(effects: Sequence[Effect], until: datetime) -> list[Call]:
    """One call per request that tells, and one read per order; what tells comes first."""
    tells: list[Call] = [Tell(effect) for effect in effects if _tells(effect)]
    orders: dict[tuple[str, ChannelOrderId], list[Effect]] = {}
    for effect in effects:
        if not _tells(effect):
            orders.setdefault((effect.account, _order_of(effect)), []).append(effect)
    reads = [ReadOrder(account, order, tuple(found), until) for (account, order), found in orders.items()]
    reads.sort(key=_is_look)
    return [*tells, *reads]


def _is_look(read: ReadOrder) -> bool:
    return read.is_look


def _tells(effect: Effect) -> bool:
    return effect.state == "waiting" and not effect.needs_order


def _order_of(effect: Effect) -> ChannelOrderId:
    payload = effect.payload
    return payload.order_id or order_to_look_up(payload.channel_order_id, payload.order_reference)


def _kind(call: Call) -> tuple[str, str]:
    match call:
        case Tell(effect=effect):
            return effect.account, "tell"
        case ReadOrder(account=account):
            return account, "look" if call.is_look else "read"
        case _:
            assert_never(call)


def _counted(call: Call) -> tuple[str, str]:
    """The account and operation whose buckets count the call."""
    account, step = _kind(call)
    return account, (CONFIRM_DESPATCH if step == "tell" else READ_ORDER).operation


def as_left(call: Call, now: datetime, holder: str) -> Call:
    """The call with its rows as they were committed."""
    if isinstance(call, ReadOrder):
        return call
    effect = msgspec.structs.replace(
        call.effect, state="sent", attempt=call.effect.attempt + 1, sent_at=now, holder=holder, over_at=None
    )
    return Tell(effect)


async def _wake_on(stopping: asyncio.Event, wake: asyncio.Event) -> None:
    await stopping.wait()
    wake.set()
