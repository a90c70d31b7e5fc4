"""The stock intake: a batch of stock events, from bytes to acknowledgement.

1. Take what has arrived on a partition's queue (at least one, at most `batch`, waiting `linger` at most).
2. Read each delivery; what cannot be read will be parked, and its SKU doubted.
3. Open a transaction; load the batch's SKUs with the version each is at.
4. Decide each message in order: applied, held, stale or refused (`handlers/stock_stream.py`).
5. Write balances, stream, outbox row, dirty marks, troubles, level requests, alerts and parked rows.
6. Commit, shielded: once begun it is not cancelled half-way. If another writer moved a SKU meanwhile, from 3 on.
7. Acknowledge up to the last delivery, once.

A crash between any two steps repeats the batch; the books recognise what they have. A database that does not
answer holds the partition in place: nothing is requeued, so nothing is overtaken.
"""

import asyncio
import logging
import traceback
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from daemon.bus.port import Bus, Delivery, Subscription, SubscriptionLost
from daemon.bus.taking import take_unless
from daemon.clock import Clock
from daemon.level_requests import ask_for_levels, put_in_doubt
from daemon.log import fact
from daemon.outcome import is_trouble
from daemon.parked_deliveries import AS_IT_CAN_BE, named_in, parked_as_it_came
from daemon.settings import Intake
from daemon.stock_batch import QUEUE_LABEL, Batch, key_of
from daemon.store import stock
from daemon.store.database import Connection, Database
from daemon.store.notes import write_notes
from daemon.store.parked import park_all
from daemon.store.stock import Ledger, StockKey
from daemon.telemetry import Outcome, Telemetry
from daemon.urgency import Urgency
from handlers.clarus_readings import taken_over
from handlers.notes import Note
from handlers.parking import Parking
from handlers.stock_intake import doubt_alerts, is_read, unkeyed_alerts
from handlers.stock_state import PARKED, doubted
from handlers.stock_stream import Rules, decide
from schemas.terms import Warehouse

SLICE = 100
"""Messages between two looks at whether something more urgent waits."""

BITE = 100
"""Messages in a batch at most while despatches come: what the database has begun, a despatch has to wait for."""

AT_ONCE = 2
"""Batches in the database at once, over all partitions: one is computed while the other is written. More of them
would be no faster, and each would stand in the way of a despatch until it is done."""

OUTCOME_WORDS: Mapping[str, Outcome] = {
    "applied": "done", "held": "done", "stale": "ignored", "refused": "refused", "unreadable": "unreadable",
}  # fmt: skip


log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class StockIntake:
    """Works one partition's queue at a time per call of `work`; partitions are independent of each other."""

    bus: Bus
    database: Database
    clock: Clock
    telemetry: Telemetry
    urgency: Urgency
    settings: Intake
    prefetch: int
    owners: Mapping[str, str]
    not_ours: frozenset[Warehouse] = frozenset()
    """Warehouses under another authority than the bus: what it says of them is parked."""
    turns: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))

    async def work(self, queue: str, partition: int, stopping: asyncio.Event) -> None:
        """Consume until `stopping`; then leave the window to the next owner, in order, by closing the channel."""
        while not stopping.is_set():
            subscription = await self.bus.subscribe(queue, self.prefetch)
            try:
                await self._consume(subscription, partition, stopping)
            except SubscriptionLost as lost:
                log.warning("subscription lost", extra=fact("subscription_lost", queue=queue, why=str(lost)))
            finally:
                await subscription.close()

    async def _consume(self, subscription: Subscription, partition: int, stopping: asyncio.Event) -> None:
        while batch := await take_unless(stopping, subscription, self._bite(), self.settings.linger):
            async with self.turns:
                await self.urgency.give_way()
                begun = self.clock.monotonic()
                await asyncio.shield(self.settle(batch, partition))
            await subscription.acknowledge_up_to(batch[-1])
            self.telemetry.batch(QUEUE_LABEL, len(batch), self.clock.monotonic() - begun)

    def _bite(self) -> int:
        return min(BITE, self.settings.batch) if self.urgency.lately else self.settings.batch

    async def settle(self, deliveries: Sequence[Delivery], partition: int) -> None:
        """Commit a batch, however often the database fails; one message that breaks it is parked alone."""
        attempt = 0
        while True:
            try:
                return await self.commit(deliveries, partition)
            except stock.BooksMoved:
                log.info("books moved", extra=fact("batch_repeated"))
            except Exception as error:
                if is_trouble(error):
                    attempt += 1
                    log.warning("database trouble", extra=fact("batch_held", why=repr(error)))
                    await asyncio.sleep(min(5.0, 0.1 * 2**attempt))
                    continue
                if len(deliveries) == 1:
                    return await self._park_poison(deliveries[0], traceback.format_exc())
                log.exception("batch broke", extra=fact("batch_split"))
                for delivery in deliveries:
                    await self.settle([delivery], partition)
                return None

    async def commit(self, deliveries: Sequence[Delivery], partition: int) -> None:
        """Steps 2 to 6 for these deliveries."""
        batch = await self._read_all(deliveries)
        at = self.clock.now()
        async with self.database.transaction() as connection:
            await self._write(connection, batch, partition, at)
        self._tell(batch)

    def _tell(self, batch: Batch) -> None:
        for outcome, word in OUTCOME_WORDS.items():
            if count := batch.outcomes.get(outcome, 0):
                self.telemetry.delivered(QUEUE_LABEL, word, count)
        self.telemetry.stale.inc(batch.outcomes.get("stale", 0))
        for reason, count in Counter(parked.reason for parked in batch.parked).items():
            self.telemetry.park(reason, count)

    async def _read_all(self, deliveries: Sequence[Delivery]) -> Batch:
        batch = Batch()
        for place, delivery in enumerate(deliveries):
            if place and place % SLICE == 0:
                await self.urgency.give_way()
            batch.take_in(delivery, self.settings.max_body, self.not_ours)
        return batch

    async def _write(self, connection: Connection, batch: Batch, partition: int, at: datetime) -> None:
        doubted_keys = batch.doubted_keys(await stock.keys_of(connection, batch.doubted))
        ledgers = await self._load(connection, batch, doubted_keys)
        notes = unkeyed_alerts(batch.unkeyed)
        await self._decide_all(batch, ledgers, at, notes)
        for key in doubted_keys:
            ledgers[key].state = doubted(ledgers[key].state, PARKED, at)
        requests = ask_for_levels(ledgers.values(), at, notes)
        again = timedelta(seconds=self.settings.level_request_again)
        await self.urgency.give_way()
        await stock.save(connection, list(ledgers.values()), at, partition, again)
        await stock.note_level_requests(connection, requests, at)
        answers = [message.command_id for _, message in batch.readable if message.command_id is not None]
        await stock.note_answers(connection, answers, at)
        if batch.parked:
            await park_all(connection, batch.parked, at)
        await write_notes(connection, notes, at, self.owners)

    async def _load(
        self, connection: Connection, batch: Batch, doubted_keys: Sequence[StockKey]
    ) -> dict[StockKey, Ledger]:
        firsts: dict[StockKey, tuple[str, int]] = {}
        for _, message in batch.readable:
            firsts.setdefault(key_of(message), (message.source, message.epoch))
        for key in doubted_keys:
            firsts.setdefault(key, ("", 0))
        keys = sorted(firsts)
        await self.urgency.give_way()
        ledgers = await stock.load(connection, keys, [firsts[key] for key in keys]) if keys else []
        await self.urgency.give_way()
        return {ledger.key: ledger for ledger in ledgers}

    async def _decide_all(
        self, batch: Batch, ledgers: Mapping[StockKey, Ledger], at: datetime, notes: list[Note]
    ) -> None:
        rules = Rules(skew=timedelta(seconds=self.settings.skew))
        for place, (delivery, message) in enumerate(batch.readable):
            if place and place % SLICE == 0:
                await self.urgency.give_way()
            ledger = ledgers[key_of(message)]
            if is_read(ledger.state.source):
                ledger.state = taken_over(ledger.state, message.source, at)
            step = decide(ledger.state, message, at, rules)
            ledger.state = step.state
            ledger.applied += step.applied
            batch.count(step.outcome)
            if step.outcome == "refused":
                detail = f"{message.source} at {message.time}"
                batch.parked.append(parked_as_it_came(delivery, QUEUE_LABEL, step.reason, detail))
            if step.doubts:
                notes += doubt_alerts(message.account, message.warehouse, message.sku, message.source, step.doubts)

    async def _park_poison(self, delivery: Delivery, trace: str) -> None:
        """As it came, else bare; while the database fails, again and again."""
        log.error("poison message", extra=fact("parked", queue=delivery.routing_key))
        while True:
            for made in AS_IT_CAN_BE:
                try:
                    parked = made(delivery, QUEUE_LABEL, "unexpected", "see the trace", trace)
                    return await self._park_in_doubt(delivery, parked)
                except Exception as error:
                    log.exception("could not park", extra=fact("park_failed"))
                    if is_trouble(error):
                        break
            await asyncio.sleep(1.0)

    async def _park_in_doubt(self, delivery: Delivery, parked: Parking) -> None:
        at = self.clock.now()
        async with self.database.transaction() as connection:
            keys = await stock.keys_of(connection, named_in(delivery))
            await put_in_doubt(connection, keys, PARKED, at, self.settings, self.owners)
            await park_all(connection, [parked], at)
        self.telemetry.delivered(QUEUE_LABEL, "parked")
        self.telemetry.park(parked.reason)
