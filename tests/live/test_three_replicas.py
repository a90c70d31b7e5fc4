"""Twenty thousand events, spoilt on the way, over three replicas whose clocks disagree and one of which is killed."""

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import aio_pika
import asyncpg
import msgspec
import pytest
from aio_pika.abc import AbstractIncomingMessage

from daemon.bus import open_bus
from daemon.bus.port import Bus, Publication
from daemon.settings import Bus as BusSettings
from daemon.topology import COMMANDS, STOCK, TOPOLOGY
from simulators.amazon import UK, AmazonSimulator, FaultPlan, Lags, SimulatedSeller
from simulators.time import WallTime
from simulators.warehouse import Warehouse, WarehouseFaults, WireMessage
from tests.journeys.rig import PATIENCE
from tests.live.replicas import Replica

EVENTS, SKUS, WINDOW = 20_000, 500, 40
FACTOR = 4.0
ROLES = "intake,documents,relay,publish,watch"
CLOCKS = ("-7", "0", "8")
"""Seconds by which the three hosts' clocks are wrong: 15 between the first and the last."""
LIVE_LAG = 2.0
ANSWER_AFTER = (0.0, 5.0)
"""Real seconds that the warehouse takes to answer: long enough for trade to go on while a SKU is in doubt."""
PAUSE = 0.25
"""Real seconds between two stretches of trade."""
SEED = 20_261

pytestmark = [pytest.mark.live, pytest.mark.long]


@dataclass
class Market:
    """Both sides of the daemon, and what was seen of it."""

    amazon: AmazonSimulator
    seller: SimulatedSeller
    warehouse: Warehouse
    faults: WarehouseFaults
    bus: Bus
    books: "asyncpg.Connection[asyncpg.Record]"
    replicas: list[Replica]
    entries: list[tuple[str, int]] = field(default_factory=list[tuple[str, int]])

    async def publish(self, messages: Sequence[WireMessage]) -> None:
        wires = [Publication(m.exchange, m.routing_key, m.body, m.message_id, m.headers) for m in messages]
        assert all(await self.bus.publish(wires))

    def spoilt_skus(self) -> set[str]:
        return {message.key[2] for message in (*self.faults.lost, *self.faults.corrupted)}

    def spoilt_at_the_end(self) -> set[str]:
        """SKUs whose last event was lost or corrupt: nobody can know before the next level."""
        ends = {sku: shelf.sequence for sku, shelf in self.warehouse.shelves.items()}
        spoilt = (*self.faults.lost, *self.faults.corrupted)
        return {message.key[2] for message in spoilt if message.sequence == ends[message.key[2]]}


def configuration(
    folder: Path, database: str, amqp: str, amazon: AmazonSimulator, seller: SimulatedSeller, origin: datetime
) -> Path:
    parts = urlsplit(amqp)
    secrets = {
        "client-secret": seller.client_secret, "refresh-token": seller.refresh_token, "master-key": "5e" * 32,
        "amqp-password": parts.password or "",
    }  # fmt: skip
    for name, value in secrets.items():
        (folder / name).write_text(value)
        (folder / name).chmod(0o600)
    file = folder / "goodsout.toml"
    file.write_text(f"""
[bus]
url = "{parts._replace(netloc=f"{parts.username}@{parts.hostname}:{parts.port}").geturl()}"
password_file = "amqp-password"
[database]
url = "{database}"
[web]
port = 0
[clock]
factor = {FACTOR}
origin = "{origin.isoformat()}"
[intake]
grace = 20.0
level_request_again = 40.0
[publication]
late_effect = 20.0
read_back_after = 4.0
read_back_every = 8.0
[keys]
master_key_files = ["master-key"]
[sellers.shop]
account = "acme"
seller_id = "{seller.seller_id}"
endpoint = "{amazon.url}"
token_url = "{amazon.token_url}"
client_id = "{seller.client_id}"
client_secret_file = "client-secret"
refresh_token_file = "refresh-token"
marketplaces = ["{UK}"]
warehouses = ["W1"]
""")
    return file


@pytest.fixture
async def market(tmp_path: Path, database_url: str, amqp_url: str) -> AsyncIterator[Market]:
    origin = datetime.now(UTC)
    time = WallTime(FACTOR, origin)
    faults = FaultPlan(SEED, lags=Lags(live=(0.5, LIVE_LAG)))
    async with AmazonSimulator(time, faults=faults) as amazon, open_bus(BusSettings(url=amqp_url), None) as bus:
        await bus.declare(TOPOLOGY)
        seller = amazon.add_seller("SELLER1")
        file = configuration(tmp_path, database_url, amqp_url, amazon, seller, origin)
        warehouse = Warehouse(SEED, [f"SKU-{n:04d}" for n in range(SKUS)], time=time)
        way = WarehouseFaults(SEED, reorder_window=WINDOW, duplicate=0.05, lose=0.01, corrupt=0.01)
        books = await asyncpg.connect(database_url)
        await _listings(books, seller, warehouse.skus, time.now())
        replicas = [
            Replica(f"replica-{n}", file, ROLES, {"GOODSOUT_CLOCK__HOST_ERROR": error})
            for n, error in enumerate(CLOCKS)
        ]
        market = Market(amazon, seller, warehouse, way, bus, books, replicas)
        try:
            async with listening(market, amqp_url):
                for replica in replicas:
                    await replica.start()
                yield market
        finally:
            statuses = [await replica.stop() for replica in replicas]
            await books.close()
        assert statuses == [0, 0, 0], "\n".join(replica.told() for replica in replicas)


async def _listings(
    books: "asyncpg.Connection[asyncpg.Record]", seller: SimulatedSeller, skus: Sequence[str], now: datetime
) -> None:
    rows = [("shop", UK, sku, "acme", sku, now) for sku in skus]
    columns = ["channel_account", "marketplace", "seller_sku", "account", "sku", "imported_at"]
    await books.copy_records_to_table("listing", records=rows, columns=columns)
    for sku in skus:
        seller.add_listing(sku, quantity=0, lead_time=3)


@contextlib.asynccontextmanager
async def listening(market: Market, url: str) -> AsyncIterator[None]:
    """A reader of the stock stream, and the warehouse that answers requests for levels."""
    connection = await aio_pika.connect(url)
    channel = await connection.channel()
    await channel.set_qos(prefetch_count=200)

    async def read(message: AbstractIncomingMessage) -> None:
        entry = msgspec.json.decode(message.body)["data"]
        market.entries.append((entry["sku"], entry["number"]))
        await message.ack()

    draw = random.Random(SEED)

    async def answer(message: AbstractIncomingMessage) -> None:
        await asyncio.sleep(draw.uniform(*ANSWER_AFTER))
        await market.publish(market.warehouse.answer(message.body))
        await message.ack()

    for exchange, key, callback in ((STOCK, "stock.#", read), (COMMANDS, "inventory.level_request", answer)):
        queue = await channel.declare_queue(exclusive=True)
        await queue.bind(exchange, key)
        await queue.consume(callback)
    try:
        yield
    finally:
        await connection.close()


async def until(market: Market, what: str, within: float) -> None:
    """Poll a question of the books that answers true or false."""
    deadline = asyncio.get_running_loop().time() + within * PATIENCE
    while not await market.books.fetchval(what):
        for replica in market.replicas:
            assert replica.alive(), replica.told()
        assert asyncio.get_running_loop().time() < deadline, f"not within {within * PATIENCE} s: {what}"
        await asyncio.sleep(0.2)


async def trade(market: Market) -> None:
    """All events in stretches of uneven length, a replica killed twice among them."""
    draw = random.Random(SEED)
    sent, victim = 0, market.replicas[1]
    kill_at = [EVENTS // 3, 2 * EVENTS // 3]
    while sent < EVENTS:
        stretch = min(draw.randint(300, 700), EVENTS - sent)
        await market.publish(market.faults.apply(market.warehouse.trade(stretch)))
        sent += stretch
        await asyncio.sleep(PAUSE)
        if kill_at and sent >= kill_at[0]:
            kill_at.pop(0)
            await victim.kill()
            await victim.start()


def wrong_at_amazon(market: Market, skus: set[str]) -> dict[str, tuple[int | None, int]]:
    """SKU -> (live, true) wherever they differ."""
    live = {sku: market.seller.listing(sku).live for sku in skus}
    true = {sku: max(0, market.warehouse.available(sku)) for sku in skus}
    return {sku: (live[sku], true[sku]) for sku in sorted(skus) if live[sku] != true[sku]}


async def settled_at_amazon(market: Market, skus: set[str], within: float) -> None:
    deadline = asyncio.get_running_loop().time() + within * PATIENCE
    while wrong := wrong_at_amazon(market, skus):
        assert asyncio.get_running_loop().time() < deadline, (
            f"{len(wrong)} wrong after {within * PATIENCE} s: {list(wrong.items())[:5]}"
        )
        await asyncio.sleep(0.25)


PUBLISHER_TIME = SKUS / (5 * FACTOR) + (20.0 + LIVE_LAG) / FACTOR + 120
"""Real seconds: dirty listings at 5 a second, late_effect, the live lag, and what a busy machine may take."""


async def test_three_replicas_keep_every_sku_true_through_loss_and_kills(market: Market) -> None:
    print(f"seed {SEED}")
    await market.publish(market.warehouse.opening_levels())
    await until(market, f"select count(*) = {SKUS} from stock where number > 0", 60)
    await trade(market)
    await until(
        market, "select count(*) = 0 from stock_trouble where gap_since is not null and doubt_since is null", 60
    )
    last = market.spoilt_at_the_end()
    known = set(market.warehouse.skus) - last
    troubled = "select count(*) = 0 from stock_trouble t join stock s on s.id = t.stock_id"
    await until(market, f"{troubled} where s.sku = any (array{sorted(known)!r})", 60)
    await settled_at_amazon(market, known, PUBLISHER_TIME)
    await nothing_healthy_asked(market)

    for _ in range(2):
        await market.publish(market.warehouse.levels())
        await asyncio.sleep(5.0 / FACTOR)
    await market.publish(market.warehouse.levels())
    await until(market, "select count(*) = 0 from stock_trouble", 60)
    await settled_at_amazon(market, set(market.warehouse.skus), PUBLISHER_TIME)

    await doubtful_values_never_rose(market)
    await each_corrupt_message_is_parked(market)
    await the_stream_keeps_order(market)
    assert not market.amazon.journal.throttled(), before_throttles(market)
    assert market.replicas[1].kills == 2
    asked = await market.books.fetchval("select count(*) from level_request")
    print(f"lost {len(market.faults.lost)}, corrupt {len(market.faults.corrupted)}, levels asked {asked}")


def before_throttles(market: Market) -> str:
    """We sent more than the budget allows: the requests that came just before."""
    calls = market.amazon.journal.of("patchListingsItem")
    first = market.amazon.journal.throttled()[0].number
    place = next(place for place, entry in enumerate(calls) if entry.number == first)
    times = [
        f"{(entry.at - calls[place].at).total_seconds():.3f} {entry.outcome}"
        for entry in calls[max(0, place - 25) : place + 6]
    ]
    return f"seconds of the simulator's time around the first 429: {times}"


async def nothing_healthy_asked(market: Market) -> None:
    asked = {row["sku"] for row in await market.books.fetch("select sku from level_request")}
    healthy = set(market.warehouse.skus) - market.spoilt_skus()
    print(f"{len(asked & healthy)} of {len(healthy)} SKUs that lost nothing asked for a level")
    assert len(asked & healthy) <= 0.01 * SKUS


async def doubtful_values_never_rose(market: Market) -> None:
    rows = await market.books.fetch("select value, told_before, sellable from publication_attempt where doubtful")
    assert rows, "nothing was ever sent in doubt: the test proves nothing"
    assert all(row["value"] == min(row["told_before"], row["sellable"]) for row in rows)
    assert any(row["value"] > 0 for row in rows)


async def each_corrupt_message_is_parked(market: Market) -> None:
    ids = {row["body_hash"] for row in await market.books.fetch("select body_hash from parked")}
    assert len(ids) == len(market.faults.corrupted)


async def the_stream_keeps_order(market: Market) -> None:
    """A reader that drops numbers at or below its last sees every number, one after the other."""
    final = await all_read(market)
    seen: dict[str, int] = {}
    for sku, number in market.entries:
        if number > seen.get(sku, 0):
            assert number == seen.get(sku, 0) + 1, f"{sku} jumped from {seen.get(sku, 0)} to {number}"
            seen[sku] = number
    assert seen == final


async def all_read(market: Market) -> dict[str, int]:
    """SKU -> last number, once the reader has them all."""
    deadline = asyncio.get_running_loop().time() + 60 * PATIENCE
    while True:
        final = {row["sku"]: row["number"] for row in await market.books.fetch("select sku, number from stock")}
        highest: dict[str, int] = {}
        for sku, number in market.entries:
            highest[sku] = max(number, highest.get(sku, 0))
        if highest == final:
            return final
        assert asyncio.get_running_loop().time() < deadline, f"{len(final.items() - highest.items())} SKUs are unread"
        await asyncio.sleep(0.2)
