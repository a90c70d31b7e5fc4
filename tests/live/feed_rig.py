"""The publisher and the feed route on a real PostgreSQL, with a simulated Amazon, on a clock that the test moves."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp

from daemon.ahead import Ahead
from daemon.brakes import brakes_of
from daemon.budget import Budget
from daemon.clock import Clock
from daemon.feed_calls import FeedCalls
from daemon.feeds import FeedRoute, feed_route
from daemon.leases import Leases
from daemon.links.amazon_feeds import AmazonFeedLink
from daemon.links.lwa import LoginWithAmazon
from daemon.marking import mark
from daemon.publisher import Publisher
from daemon.read_back import ReadBack
from daemon.settings import Database as DatabaseSettings
from daemon.settings import Feeds, Publication, SellerAccount, Zeroes
from daemon.store.database import Connection, Database, open_database
from daemon.telemetry import Telemetry
from handlers.foresight import OFF
from handlers.supply import Rules, Selling
from schemas.terms import ChannelAccount, Warehouse
from simulators.amazon import UK, AmazonSimulator, FaultPlan, FeedPlan, SimulatedSeller
from simulators.amazon.buckets import Buckets, Plan

START = datetime(2026, 11, 20, 9, tzinfo=UTC)
TICK = 5.0
"""Business seconds between two rounds of everything."""


@dataclass(slots=True)
class HandClock(Clock):
    """Business time that moves only when told; the simulator shares it."""

    at: datetime = START

    def now(self) -> datetime:
        return self.at

    def real_seconds(self, seconds: float) -> float:
        return seconds

    async def sleep(self, seconds: float) -> None:
        """What the simulator holds back: its client has given up before the test's time moves."""
        await asyncio.sleep(0.02)


EAGER = Feeds(when_backlog_exceeds=-1.0, worth=7, every=0.0)
"""Seven listings that may wait are a feed, and the patches are left nothing of them."""


class Killed(Exception):
    """The process ended here."""


@dataclass(slots=True)
class Killer:
    """Ends the process at the n-th point, once."""

    at: int | None = None
    seen: list[str] = field(default_factory=list[str])
    killed: bool = False

    def __call__(self, point: str) -> None:
        self.seen.append(point)
        if self.at is not None and not self.killed and len(self.seen) > self.at:
            self.killed = True
            raise Killed(point)


@dataclass(slots=True)
class FeedRig:
    simulator: AmazonSimulator
    seller: SimulatedSeller
    account: SellerAccount
    database: Database
    clock: HandClock
    link: AmazonFeedLink
    publication: Publication
    feeds: Feeds
    killer: Killer
    publisher: Publisher = field(init=False)
    route: FeedRoute = field(init=False)
    leases: Leases = field(init=False)
    reader: ReadBack = field(init=False)

    def __post_init__(self) -> None:
        self.start()

    def start(self) -> None:
        """A new process: it knows what is in the books, and nothing else."""
        rules = Rules({ChannelAccount("shop"): Selling(frozenset({Warehouse("W1")}))})
        self.leases = Leases(self.database, "test")
        budget, telemetry = Budget(lambda: 1e6), Telemetry()
        shared = ("shop", self.account, self.link, self.database, budget, self.clock, telemetry)
        self.publisher = Publisher(*shared, self.publication, "test", rules, {}, self.leases, Ahead(OFF, 604_800.0))
        calls = FeedCalls(*shared, 5.0, {}, self.killer)
        self.route = feed_route(self.publisher, calls, self.feeds, {}, self.killer)
        self.reader = ReadBack(*shared, self.publication, {})

    async def list_skus(self, quantities: dict[str, int], marketplace: str = UK) -> None:
        """Listings that the channel knows, with stock in the books and nothing told."""
        async with self.database.transaction() as connection:
            for sku, quantity in quantities.items():
                self.seller.add_listing(sku, 0, marketplace=marketplace, lead_time=2)
                await connection.execute(
                    "insert into listing (channel_account, marketplace, seller_sku, account, sku, imported_at)"
                    " values ('shop', $1, $2, 'acme', $2, $3)", marketplace, sku, self.clock.at,
                )  # fmt: skip
                await connection.execute(
                    "insert into stock (account, warehouse, sku, source, available)"
                    " values ('acme', 'W1', $1, '/w', $2) on conflict do nothing", sku, quantity,
                )  # fmt: skip
        await self.stock(quantities)

    async def stock(self, quantities: dict[str, int]) -> None:
        """The warehouse has these now."""
        skus, values = list(quantities), list(quantities.values())
        async with self.database.transaction() as connection:
            await connection.execute(
                "update stock set available = u.n from unnest($1::text[], $2::bigint[]) as u (sku, n)"
                " where stock.sku = u.sku", skus, values,
            )  # fmt: skip
            await connection.execute(
                "insert into dirty select 'acme', sku, $2 from unnest($1::text[]) as u (sku) on conflict do nothing",
                skus, self.clock.at,
            )  # fmt: skip
        zeroes = Zeroes(brake_minimum=1_000_000)
        brakes = brakes_of(zeroes, {"shop": self.account}, self.publisher.rules)
        while await mark(self.database, self.publisher.rules, brakes, self.clock):
            pass

    async def tick(self, seconds: float = TICK, *, patches: bool = True) -> None:
        """Everything has its turn, then time goes on. A killed process is started anew."""
        await self.leases.renew([self.publisher.lease, self.route.lease], 2)
        try:
            for _ in range(12):
                if await self.route.round() > 0:
                    break
        except Killed:
            self.start()
            await self.leases.renew([self.publisher.lease, self.route.lease], 2)
        if patches:
            await self.publisher.publish()
            await self.publisher.drain(5)
            for _ in range(5):
                if await self.reader.round() > 0:
                    break
        self.clock.at += timedelta(seconds=seconds)

    async def until(self, what: Callable[[], Awaitable[object]], ticks: int = 400, seconds: float = TICK) -> object:
        for _ in range(ticks):
            if found := await what():
                return found
            await self.tick(seconds)
        raise AssertionError(
            f"not within {ticks} ticks; {await self.untrue()}; {await self.rows('select * from feed')}"
        )

    async def untrue(self) -> list[tuple[str, object, object]]:
        """Listings that do not show what they should, or of which something is still under way."""
        rows = await self.rows(
            "select l.seller_sku, l.marketplace, p.desired, p.flight_id, p.told, p.tell_again_at from publication p"
            " join listing l on l.id = p.listing_id order by 1"
        )
        return [
            (row["seller_sku"], dict(row), self.live(row["seller_sku"], row["marketplace"]))
            for row in rows
            if self.live(row["seller_sku"], row["marketplace"]) != row["desired"]
            or row["flight_id"] is not None
            or row["told"] != row["desired"]
            or (row["tell_again_at"] or self.clock.at + timedelta(1)) <= self.clock.at
        ]

    async def all_true(self) -> bool:
        return not await self.value("select count(*) from feed where not settled") and not await self.untrue()

    def live(self, sku: str, marketplace: str = UK) -> int | None:
        return self.seller.listing(sku, marketplace).live

    async def rows(self, sql: str, *arguments: object) -> list[dict[str, Any]]:
        async with self.database.connection() as connection:
            return [dict(row) for row in await connection.fetch(sql, *arguments)]

    async def value(self, sql: str, *arguments: object) -> object:
        async with self.database.connection() as connection:
            return await connection.fetchval(sql, *arguments)

    async def alerts(self, kind: str) -> list[bool]:
        """Of each alert of this kind, oldest first: whether it is still open."""
        found = await self.rows("select resolved_at is null as open from alert where kind = $1 order by id", kind)
        return [bool(row["open"]) for row in found]


@asynccontextmanager
async def feed_rig(
    database_url: str,
    folder: Path,
    plan: FeedPlan | None = None,
    feeds: Feeds | None = None,
    killer: Killer | None = None,
) -> AsyncIterator[FeedRig]:
    """Feeds from the seventh listing of a backlog on, unless `feeds` says otherwise."""
    clock = HandClock()
    roomy = Buckets(dict.fromkeys(Buckets().plans, Plan(1000, 1000)))
    faults = FaultPlan(feeds=plan, rate_header_absent=1.0)
    database = await open_database(database_url, DatabaseSettings(url=database_url), 4)
    try:
        async with (
            AmazonSimulator(clock, faults=faults, buckets=roomy, token_life=1e9) as simulator,
            aiohttp.ClientSession() as session,
        ):
            seller = simulator.add_seller("S1")
            account = _account(folder, simulator, seller)
            link = AmazonFeedLink(session, account, LoginWithAmazon(session, clock), 5.0, clock=clock, patience=0.0)
            settings = feeds or EAGER
            publication = Publication(late_effect=60, read_back_after=5, read_back_every=30)
            yield FeedRig(
                simulator, seller, account, database, clock, link, publication, settings, killer or Killer()
            )  # fmt: skip
    finally:
        await database.close()


def _account(folder: Path, simulator: AmazonSimulator, seller: SimulatedSeller) -> SellerAccount:
    (folder / "secret").write_text(seller.client_secret)
    (folder / "refresh").write_text(seller.refresh_token)
    return SellerAccount(
        account="acme", seller_id=seller.seller_id, endpoint=simulator.url, token_url=simulator.token_url,
        client_id=seller.client_id, client_secret_file=str(folder / "secret"),
        refresh_token_file=str(folder / "refresh"), marketplaces=(UK,), warehouses=("W1",),
    )  # fmt: skip


__all__ = ["Connection", "FeedRig", "Killed", "Killer", "feed_rig"]
