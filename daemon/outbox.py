"""The relays: what was committed is published, at least once, with the same id each time, and then forgotten.

The stock stream keeps its order per SKU: a SKU's next number leaves only when the one before is confirmed, and a
partition has one relay at a time. Documents (outcomes, alerts, commands, notices) leave in the order of commit.
"""

import asyncio
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from daemon.bus.port import Bus, Publication
from daemon.log import fact
from daemon.outcome import is_trouble
from daemon.store.database import Database, query
from daemon.telemetry import Telemetry
from daemon.topology import STOCK
from daemon.urgency import Urgency
from schemas.envelope import CloudEvent, write_event
from schemas.outgoing import SOURCE, STOCK_LEVEL, StockEntry

log = logging.getLogger(__name__)

IDLE = 0.02
"""Real seconds between two looks when there was nothing."""
TROUBLED = 0.5
"""Real seconds before the next try once the database has failed."""
WINDOW = 40
"""Publications between two looks at whether something more urgent waits."""


@dataclass(frozen=True, slots=True)
class Relay:
    """Publishes what the outboxes hold."""

    bus: Bus
    database: Database
    telemetry: Telemetry
    urgency: Urgency
    fresh: asyncio.Event = field(default_factory=asyncio.Event)
    publishing: asyncio.Lock = field(default_factory=asyncio.Lock)
    """One window at a time is on its way: those that waited for the bus could not give way any more."""

    async def stock(self, partition: int, stopping: asyncio.Event) -> None:
        """Relay one partition's stream until `stopping`. A database that fails is waited for."""
        while not stopping.is_set():
            try:
                pause = 0.0 if await self.stock_round(partition) else IDLE
            except Exception as error:
                if not is_trouble(error):
                    raise
                log.warning("database trouble", extra=fact("relay_held", partition=partition, why=repr(error)))
                pause = TROUBLED
            await asyncio.sleep(pause)

    async def stock_round(self, partition: int) -> int:
        """Publish the partition's oldest batches in order; returns how many were finished."""
        async with self.database.connection() as connection:
            due = await connection.fetch(query("stock_outbox_due"), [partition], 20)
        done = 0
        for row in due:
            if not await self._stock_batch(row["batch"]):
                await asyncio.sleep(0.5)
                return done
            done += 1
        return done

    async def _stock_batch(self, batch: int) -> bool:
        async with self.database.connection() as connection:
            rows = await connection.fetch(query("stock_outbox_entries"), batch)
        for wave in waves(rows):
            for window in windows(wave):
                if not await self._stock_window(window):
                    return False
        async with self.database.connection() as connection:
            await connection.execute(query("stock_outbox_done"), batch)
        self.telemetry.relayed(STOCK, len(rows))
        return True

    async def _stock_window(self, window: Sequence[Any]) -> bool:
        async with self.publishing:
            await self.urgency.give_way()
            return all(await self.bus.publish([stock_publication(row) for row in window]))

    async def documents(self, stopping: asyncio.Event) -> None:
        """Relay documents until `stopping`."""
        while not stopping.is_set():
            if not await self.documents_round():
                await asyncio.sleep(IDLE)

    async def documents_round(self) -> int:
        async with self.database.connection() as connection:
            rows = await connection.fetch(query("outbox_due"), 200)
        if not rows:
            return 0
        await self.urgency.give_way()
        sent = await self.bus.publish([_document(row) for row in rows])
        done = [row["id"] for row, confirmed in zip(rows, sent, strict=True) if confirmed]
        async with self.database.connection() as connection:
            await connection.execute(query("outbox_done"), done)
        self.telemetry.level_requests.inc(sum(row["routing_key"] == "inventory.level_request" for row in rows))
        for exchange in {row["exchange"] for row in rows}:
            self.telemetry.relayed(exchange, sum(row["exchange"] == exchange for row in rows))
        return len(done)


def _document(row: Any) -> Publication:
    key = row["partition_key"]
    headers: dict[str, str] = {} if key is None else {"partitionkey": key}
    return Publication(row["exchange"], row["routing_key"], bytes(row["body"]), row["message_id"], headers=headers)


def waves(rows: Sequence[Any]) -> Iterator[list[Any]]:
    """Cut a batch so that no SKU stands twice in a wave: its numbers are confirmed one after the other."""
    wave, seen = list[Any](), set[tuple[str, str, str]]()
    for row in rows:
        key = (row[0], row[1], row[2])
        if key in seen:
            yield wave
            wave, seen = [], set()
        wave.append(row)
        seen.add(key)
    if wave:
        yield wave


def windows(wave: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(wave), WINDOW):
        yield wave[start : start + WINDOW]


def stock_publication(row: Any) -> Publication:
    """The message of one stream entry: the same id and number on every repeat."""
    account, warehouse, sku, number, *_ = row
    message_id = f"{account}/{warehouse}/{sku}/{number}"
    event = CloudEvent(
        id=message_id, source=SOURCE, type=STOCK_LEVEL, time=row[8], sequence=str(number), data=StockEntry(
            account=account, warehouse=warehouse, sku=sku, number=number, sequence=str(row[4]), epoch=row[5],
            kind=row[6], event_id=row[7], occurred_at=row[8], available=row[9], allocated=row[10], ordered=row[11],
            received=row[12], picked=row[13], held=row[14],
        ),
    )  # fmt: skip
    key = f"stock.{_word(account)}.{_word(warehouse)}"
    return Publication(STOCK, key, write_event(event), message_id, headers={"partitionkey": f"{account}/{sku}"})


def _word(name: str) -> str:
    """A name as one word of a routing key: dots part words, and a key has at most 255 bytes."""
    return name.replace(".", "%2E").encode()[:120].decode(errors="ignore")
