"""Order clocks, reports and outlooks on a real PostgreSQL and a simulated Amazon, on a clock that the test moves."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import aiohttp

from daemon.account_reports import AccountReports
from daemon.budget import Budget
from daemon.health import Look, look
from daemon.health_watch import HealthWatch
from daemon.links.amazon_reports import AmazonReportLink
from daemon.links.lwa import LoginWithAmazon
from daemon.settings import Database as DatabaseSettings
from daemon.settings import Health, SellerAccount
from daemon.store import order_clocks
from daemon.store.database import Database, open_database
from daemon.store.notes import write_notes
from daemon.store.sealing import KeyRing, use_keys
from daemon.telemetry import Telemetry
from handlers.carrier_rules import CarrierRules
from schemas.amazon_order_search import SoldOrder
from schemas.sales_order import OrderStatus
from schemas.terms import ChannelAccount, ChannelOrderId, Marketplace
from simulators.amazon import UK, AmazonSimulator, SimulatedSeller
from tests.live.feed_rig import START, HandClock

SHOP = ChannelAccount("shop")
HOUR = timedelta(hours=1)


@dataclass(slots=True)
class HealthRig:
    simulator: AmazonSimulator
    seller: SimulatedSeller
    account: SellerAccount
    database: Database
    clock: HandClock
    link: AmazonReportLink
    settings: Health
    carriers: CarrierRules = field(default_factory=CarrierRules)
    point: Callable[[str], None] = lambda _: None
    reports: AccountReports = field(init=False)
    watch: HealthWatch = field(init=False)

    def __post_init__(self) -> None:
        self.start()

    def start(self) -> None:
        """A new process: it knows what is in the books, and nothing else."""
        self.reports = AccountReports(
            "shop", self.account, self.link, self.database, Budget(lambda: 1e6), self.clock, Telemetry(),
            self.settings, {}, self._pass,
        )  # fmt: skip
        self.watch = HealthWatch({"shop": self.account}, self.settings, 3600.0, self.carriers)

    def _pass(self, point: str) -> None:
        self.point(point)

    async def fetch(self, rounds: int = 60, step: float = 30.0) -> None:
        """Let the report's steps run, time going on, until none is under way."""
        for _ in range(rounds):
            wait = await self.reports.round()
            if wait > 0.05:
                state = await self.value("select state from channel_report order by id desc limit 1")
                if state in ("read", "failed"):
                    return
                self.clock.at += timedelta(seconds=step)
        raise AssertionError(await self.rows("select * from channel_report"))

    async def heard(
        self,
        order: str,
        ship_by: datetime | None,
        standing: OrderStatus = "open",
        updated_at: datetime = START,
        cancelled_by: str = "",
    ) -> None:
        sold = SoldOrder(
            order_id=ChannelOrderId(order), marketplace=Marketplace(UK), ordered_at=START - HOUR,
            updated_at=updated_at, lines=(), standing=standing, ship_by=ship_by, cancelled_by=cancelled_by,  # type: ignore[arg-type]
        )  # fmt: skip
        async with self.database.transaction() as connection:
            await order_clocks.heard(connection, SHOP, [sold], self.clock.at)

    async def watched(self) -> None:
        """Every task of the watch, once, as the watch runs them."""
        self.watch._due = self.watch._carriers_due = None
        for task in self.watch.tasks():
            async with self.database.transaction() as connection:
                notes = await task(connection, self.clock.at)
                await write_notes(connection, notes, self.clock.at, {})

    async def look(self) -> Look:
        async with self.database.connection() as connection:
            return await look(connection, "shop", self.account, self.settings, self.clock.at)

    async def alerts(self) -> dict[str, str]:
        rows = await self.rows("select kind, text from alert where resolved_at is null order by id")
        return {str(row["kind"]): str(row["text"]) for row in rows}

    async def rows(self, statement: str, *arguments: object) -> list[dict[str, object]]:
        async with self.database.connection() as connection:
            return [dict(row) for row in await connection.fetch(statement, *arguments)]

    async def value(self, statement: str, *arguments: object) -> object:
        async with self.database.connection() as connection:
            return await connection.fetchval(statement, *arguments)


@asynccontextmanager
async def health_rig(database_url: str, folder: Path, settings: Health | None = None) -> AsyncIterator[HealthRig]:
    clock = HandClock()
    database = await open_database(database_url, DatabaseSettings(url=database_url), 4)
    use_keys(KeyRing((b"k" * 32,)))
    try:
        async with AmazonSimulator(time=clock) as simulator, aiohttp.ClientSession() as session:
            seller = simulator.add_seller("A1SELLER")
            (folder / "secret").write_text(seller.client_secret)
            (folder / "refresh").write_text(seller.refresh_token)
            account = SellerAccount(
                account="acme", seller_id="A1SELLER", endpoint=simulator.url, token_url=simulator.token_url,
                client_id=seller.client_id, client_secret_file=str(folder / "secret"),
                refresh_token_file=str(folder / "refresh"), marketplaces=(UK,), warehouses=("W1",),
            )  # fmt: skip
            login = LoginWithAmazon(session, clock)
            link = AmazonReportLink(session, account, login, 2.0, clock=clock, patience=0.0)
            yield HealthRig(simulator, seller, account, database, clock, link, settings or Health())
    finally:
        await database.close()
