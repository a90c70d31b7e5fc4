"""The intake of documents: despatches, orders' standings, answers, and what fits nowhere. Bytes to acknowledgement.

1. Take what has arrived, without lingering: somebody waits for each of these.
2. Read each delivery; what cannot be read will be parked.
3. Open a transaction; pass over what the inbox has seen (source, id).
4. Load the state, decide (`handlers/`), and write books, ledger, alerts, promises and outbox.
5. Park what could not be read.
6. Commit, shielded: once begun it is not cancelled half-way.
7. Acknowledge up to the last delivery, once; wake the performer.

A crash between any two steps repeats the batch; inbox and revisions recognise what the books have. A database that
does not answer holds the queue in place. A message that breaks the program is tried alone, then parked with its
trace.
"""

import asyncio
import logging
import traceback
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, Literal, Protocol, TypeVar

import msgspec

from daemon.bus.port import Bus, BusError, Delivery, Subscription, SubscriptionLost
from daemon.bus.taking import take_unless
from daemon.clock import Clock
from daemon.level_requests import put_in_doubt
from daemon.outcome import Decided, Park, RetryAfter, is_trouble, outcome_of
from daemon.parked_deliveries import AS_IT_CAN_BE, named_in, parked_as_it_came
from daemon.settings import Intake
from daemon.store import stock
from daemon.store.database import Connection, Database
from daemon.store.inbox import first_seen
from daemon.store.notes import write_notes
from daemon.store.parked import park_all
from daemon.telemetry import Outcome, Telemetry
from daemon.urgency import Urgency
from handlers.notes import Note
from handlers.parking import Parking
from handlers.stock_state import PARKED
from schemas.envelope import Envelope, Unreadable, read_envelope

BATCH = 100
PREFETCH = 300

log = logging.getLogger(__name__)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Settled:
    """What a flow made of its messages: a decision for each, and the notes of all."""

    decisions: Sequence[Decided]
    notes: Sequence[Note] = ()


class Flow(Protocol[T]):
    """What one queue's messages mean: read (pure), then settle in a transaction."""

    def read(self, delivery: Delivery, envelope: Envelope, received_at: datetime) -> T:
        """The message. Raises Unreadable."""
        ...

    async def settle(self, connection: Connection, messages: Sequence[T], at: datetime) -> Settled: ...


@dataclass(frozen=True, slots=True)
class Shell:
    """What every document flow shares."""

    bus: Bus
    database: Database
    clock: Clock
    telemetry: Telemetry
    urgency: Urgency
    settings: Intake
    owners: Mapping[str, str]


@dataclass(slots=True)
class Batch(Generic[T]):
    readable: list[tuple[Envelope, T]] = field(default_factory=list)  # pyright: ignore[reportUnknownVariableType]
    parked: list[Parking] = field(default_factory=list[Parking])
    unreadable: list[Delivery] = field(default_factory=list[Delivery])


@dataclass(frozen=True, slots=True)
class Documents(Generic[T]):
    """Works one queue. `urgent` flows are given way to; `committed` is called after each commit."""

    shell: Shell
    queue: str
    flow: Flow[T]
    urgent: bool = False
    committed: Callable[[], None] = lambda: None

    async def work(self, stopping: asyncio.Event) -> None:
        """Consume until `stopping`; a lost subscription is opened again."""
        while not stopping.is_set():
            try:
                subscription = await self.shell.bus.subscribe(self.queue, PREFETCH)
            except BusError as error:
                log.warning("cannot subscribe", extra={"action": "subscribe_failed", "why": str(error)})
                await asyncio.sleep(0.5)
                continue
            await self._consume(subscription, stopping)

    async def _consume(self, subscription: Subscription, stopping: asyncio.Event) -> None:
        try:
            while batch := await take_unless(stopping, subscription, BATCH, 0.0):
                await asyncio.shield(self._settle_urgently(batch))
                await subscription.acknowledge_up_to(batch[-1])
        except SubscriptionLost as lost:
            log.warning(
                "subscription lost", extra={"action": "subscription_lost", "queue": self.queue, "why": str(lost)}
            )
        finally:
            await subscription.close()

    async def _settle_urgently(self, batch: Sequence[Delivery]) -> None:
        begun = self.shell.clock.monotonic()
        with self.shell.urgency.claim() if self.urgent else nullcontext():
            await self.settle(batch)
        self.shell.telemetry.batch(self.queue, len(batch), self.shell.clock.monotonic() - begun)

    async def settle(self, deliveries: Sequence[Delivery], received_at: datetime | None = None) -> None:
        """Steps 2 to 6, however often the database fails; a message that breaks them is parked alone."""
        received_at = received_at or self.shell.clock.now()
        attempt = 0
        while True:
            attempt += 1
            try:
                return await self.commit(deliveries, received_at)
            except Exception as error:
                if len(deliveries) > 1 and not is_trouble(error):
                    log.exception("batch broke", extra={"action": "batch_split", "queue": self.queue})
                    return await self._one_by_one(deliveries, received_at)
                if await self._ended(deliveries, error, attempt):
                    return None

    async def _one_by_one(self, deliveries: Sequence[Delivery], received_at: datetime) -> None:
        for delivery in deliveries:
            await self.settle([delivery], received_at)

    async def _ended(self, deliveries: Sequence[Delivery], error: Exception, attempt: int) -> bool:
        """Wait before the next try, or park the one message; True once there is nothing left to try."""
        match outcome_of(error, attempt):
            case RetryAfter(seconds=seconds):
                why = {"action": "batch_held", "queue": self.queue, "why": repr(error)}
                log.warning("not committed, trying again", extra=why)
                await asyncio.sleep(seconds)
                return False
            case Park(reason=reason, detail=detail):
                trace = "".join(traceback.format_exception(error))
                return await self._parked(deliveries[0], reason, detail, trace)
            case _:
                raise error

    async def _parked(self, delivery: Delivery, reason: str, detail: str, trace: str) -> bool:
        """Park one message; False when not even that can be written now."""
        for made in AS_IT_CAN_BE:
            try:
                parked = made(delivery, self.queue, reason, detail, trace)
                return await self._parked_alone(Batch[T](unreadable=[delivery], parked=[parked]))
            except Exception as error:
                log.exception("could not park", extra={"action": "park_failed", "queue": self.queue})
                if is_trouble(error):
                    break
        await asyncio.sleep(1.0)
        return False

    async def _parked_alone(self, batch: Batch[T]) -> bool:
        async with self.shell.database.transaction() as connection:
            await self._park(connection, batch, self.shell.clock.now())
        self._tell(batch, [])
        return True

    async def commit(self, deliveries: Sequence[Delivery], received_at: datetime) -> None:
        """Steps 2 to 6 for these deliveries."""
        batch = self._read_all(deliveries, received_at)
        async with self.shell.database.transaction() as connection:
            decisions = await self._decide(connection, batch, received_at)
            await self._park(connection, batch, received_at)
        self._tell(batch, decisions)
        self.committed()

    def _read_all(self, deliveries: Sequence[Delivery], received_at: datetime) -> Batch[T]:
        batch = Batch[T]()
        for delivery in deliveries:
            try:
                envelope = read_envelope(
                    delivery.body, delivery.headers, delivery.content_type, self.shell.settings.max_body
                )
                check_storable(envelope.data)
                batch.readable.append((envelope, self.flow.read(delivery, envelope, received_at)))
            except Unreadable as refusal:
                batch.unreadable.append(delivery)
                batch.parked.append(parked_as_it_came(delivery, self.queue, refusal.reason, str(refusal)))
        return batch

    async def _decide(self, connection: Connection, batch: Batch[T], at: datetime) -> list[Decided]:
        if not batch.readable:
            return []
        inbox = [(envelope.source, envelope.id, envelope.time) for envelope, _ in batch.readable]
        firsts = await first_seen(connection, inbox, at)
        fresh = [message for (_, message), first in zip(batch.readable, firsts, strict=True) if first]
        settled = await self.flow.settle(connection, fresh, at) if fresh else Settled(())
        await write_notes(connection, settled.notes, at, self.shell.owners)
        return [*settled.decisions, *(SEEN for first in firsts if not first)]

    async def _park(self, connection: Connection, batch: Batch[T], at: datetime) -> None:
        """A stock event among them was not applied: its SKU is in doubt."""
        if not batch.parked:
            return
        named = [key for one in batch.unreadable if _is_stock(one) for key in named_in(one)]
        keys = await stock.keys_of(connection, named)
        await put_in_doubt(connection, keys, PARKED, at, self.shell.settings, self.shell.owners)
        await park_all(connection, batch.parked, at, owners=self.shell.owners)

    def _tell(self, batch: Batch[T], decisions: Sequence[Decided]) -> None:
        words = Counter[tuple[Outcome, str]]((decision.outcome, decision.word) for decision in decisions)
        for (outcome, word), count in words.items():
            self.shell.telemetry.delivered(self.queue, outcome, count)
            log.debug("settled", extra={"action": word, "queue": self.queue, "count": count})
        for reason, count in Counter(parked.reason for parked in batch.parked).items():
            self.shell.telemetry.delivered(self.queue, "parked", count)
            self.shell.telemetry.park(reason, count)


@dataclass(frozen=True, slots=True)
class _Seen:
    """The inbox has it: delivered twice, decided once."""

    outcome: Literal["done", "ignored"] = "ignored"
    word: str = "delivered_twice"


SEEN: Decided = _Seen()


def check_storable(data: msgspec.Raw) -> None:
    """Raises Unreadable for a text that no PostgreSQL can hold."""
    if b"\\u0000" in bytes(data) and _holds_nul(_decoded(data)):
        raise Unreadable("invalid_data", "a text holds a NUL character")


def _decoded(data: msgspec.Raw) -> object:
    try:
        return msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Unreadable("malformed", f"data is not JSON: {error}") from None


def _holds_nul(value: object) -> bool:
    match value:
        case str():
            return "\x00" in value
        case dict():
            return any(_holds_nul(key) or _holds_nul(inner) for key, inner in value.items())
        case list():
            return any(_holds_nul(inner) for inner in value)
        case _:
            return False


def _is_stock(delivery: Delivery) -> bool:
    return delivery.routing_key.startswith("inventory.")
