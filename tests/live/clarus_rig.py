"""A reader of the simulated Clarus on a real database, on a clock that is turned by hand."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import asyncpg
import msgspec

from daemon.budget import Budget
from daemon.clarus_gate import ClarusGate
from daemon.clarus_readings import IDLE, Reader
from daemon.clarus_shown import territory_of
from daemon.clock import Clock
from daemon.links.clarus import ClarusLink
from daemon.settings import Bus, Clarus, Settings, WarehouseSection
from daemon.settings import Database as DatabaseSettings
from daemon.store.clarus_hooks import mark
from daemon.store.clarus_readings import Mark, marks_due
from daemon.store.database import Database, open_database
from daemon.store.stock import StockKey
from daemon.telemetry import Telemetry
from schemas.terms import Account, Sku, Warehouse
from simulators.clarus import CLIENT, SECRET, ClarusSimulator, FaultPlan

START = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
LAG = 60.0
KEY = StockKey(Account("acme"), Warehouse("W1"), Sku("KETTLE"))
"""Whose stock is read."""


@dataclass
class Hand:
    """The time that simulator and reader share."""

    at: datetime = START
    factor: float = 1.0

    def now(self) -> datetime:
        return self.at

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    def on(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


class HandClock(Clock):
    """The daemon's clock, as the hand says."""

    def __init__(self, hand: Hand) -> None:
        super().__init__()
        self.hand = hand

    def now(self) -> datetime:
        return self.hand.at


@dataclass
class Rig:
    clarus: ClarusSimulator
    hand: Hand
    settings: Settings
    database: Database
    books: "asyncpg.Connection[asyncpg.Record]"
    session: aiohttp.ClientSession
    folder: Path
    telemetry: Telemetry = field(default_factory=Telemetry)

    @property
    def link(self) -> ClarusLink:
        return ClarusLink(self.session, self.settings.clarus["main"], HandClock(self.hand))

    def reader(self) -> Reader:
        """As a process that has just started."""
        clock, tenant = HandClock(self.hand), self.settings.clarus["main"]
        gate = ClarusGate("main", tenant.calls_per_second, self.database, Budget())
        link = ClarusLink(self.session, tenant, clock, gate)
        territory = territory_of(self.settings, "main")
        return Reader(territory, link, gate, self.database, clock, self.telemetry, self.settings)

    async def read(self, reader: Reader | None = None, rounds: int = 200) -> Reader:
        """Until nothing is due."""
        reader = reader or self.reader()
        for _ in range(rounds):
            if await reader.round() == IDLE:
                return reader
        raise AssertionError(f"still busy after {rounds} rounds")

    async def known(self, *skus: str) -> Reader:
        """Read everything through, so that the books have it."""
        reader = await self.read()
        self.hand.on(LAG)
        await self.read(reader)
        for sku in skus:
            assert await self.available(sku) is not None, sku
        return reader

    async def hint(self, *skus: str) -> None:
        async with self.database.transaction() as connection:
            await mark(connection, "main", skus, self.hand.at)

    async def available(self, sku: str, warehouse: str = "W1") -> int | None:
        found = "select available from stock where sku = $1 and warehouse = $2"
        value: int | None = await self.books.fetchval(found, sku, warehouse)
        return value

    async def one(self, sql: str, *arguments: object) -> Any:
        return await self.books.fetchval(sql, *arguments)

    async def doubt(self, sku: str) -> str | None:
        reason: str | None = await self.one(
            "select t.doubt_reason from stock_trouble t join stock s on s.id = t.stock_id"
            " where s.sku = $1 and t.doubt_since is not null",
            sku,
        )
        return reason

    async def alerts(self) -> list[tuple[str, str]]:
        rows = await self.books.fetch("select kind, cause from alert where resolved_at is null order by kind, cause")
        return [(row["kind"], row["cause"]) for row in rows]

    async def told(self, sku: str) -> list[int]:
        """The stream: every balance that was ever published."""
        rows = await self.books.fetch(
            "select e.available from stock_stream e join stock s on s.id = e.stock_id where s.sku = $1"
            " order by e.number",
            sku,
        )
        return [row["available"] for row in rows]

    async def marks_due(self) -> list[Mark]:
        async with self.database.connection() as connection:
            return await marks_due(connection, "main", self.hand.at, 10)

    async def commands(self) -> int:
        return int(await self.one("select count(*) from outbox where exchange = 'goodsout.commands'"))


@asynccontextmanager
async def clarus_rig(
    folder: Path, database_url: str, *, authority: str = "clarus", lag: float = 0.0, **tenant: object
) -> AsyncIterator[Rig]:
    """`lag`: by how many seconds the replica is behind; the daemon allows for `LAG`."""
    hand = Hand()
    async with (
        ClarusSimulator(hand, faults=FaultPlan(replica_lag=(lag, lag)), token_life=1e9) as clarus,
        aiohttp.ClientSession() as session,
    ):
        (folder / "secret").write_text(SECRET)
        described = Clarus(
            subdomain=clarus.world.subdomain, client_id=CLIENT, client_secret_file=str(folder / "secret"),
            host=clarus.url, token_url=clarus.token_url, calls_per_second=10_000.0, replica_lag=LAG,
            request_timeout=5.0,
        )  # fmt: skip
        section = WarehouseSection(
            authority=authority,  # type: ignore[arg-type]
            clarus="main",
            warehouse_id=clarus.world.warehouse_id("WH1"),
            accounts={"acme": "ACME"},
        )
        settings = Settings(
            bus=Bus(url="embedded:"),
            database=DatabaseSettings(url=database_url),
            clarus={"main": msgspec.structs.replace(described, **tenant)},
            warehouses={"W1": section},
        )
        database = await open_database(database_url, settings.database, 4)
        books = await asyncpg.connect(database_url)
        try:
            yield Rig(clarus, hand, settings, database, books, session, folder)
        finally:
            await books.close()
            await database.close()
