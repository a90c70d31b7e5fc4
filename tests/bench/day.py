"""`make bench-day`: 24 hours of the trace on a fast clock, with real RabbitMQ and PostgreSQL and the daemon as it is.

At each quarter of an hour of that day: how many listings does the channel show as the warehouse has them? It lags and
limits as Amazon does, and messages are lost, doubled and late. The last line holds the figures.
"""

import argparse
import asyncio
import os
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import asyncpg

from daemon.bus import open_bus
from daemon.clock import Clock
from daemon.pace import follow, follow_for_ever
from daemon.settings import Bus as BusSettings
from daemon.topology import TOPOLOGY
from simulators.amazon import UK, AmazonSimulator, Chance, Fault, FaultPlan, Lags, SimulatedSeller
from simulators.warehouse import Answers, Broker, Producer, Warehouse, WarehouseFaults, broker
from tests.bench.day_picture import draw_day
from tests.bench.day_trade import DAY, TradingDay, carried_out, trading_day, warehouse_of
from tests.bench.figures import say
from tests.bench.freshness import trace as traces
from tests.live.configuration import write_configuration
from tests.live.replicas import Replica
from tests.services.broker import Broker as RabbitMQ
from tests.services.postgres import Databases
from tests.services.running import running_postgres, running_rabbitmq

ROOT = Path(__file__).resolve().parents[2]
PICTURE = ROOT / "docs" / "pictures" / "day.svg"
SEED = 20_111_111
QUARTER = 900.0
PATCH_RATE, READ_RATE = 5.0, 5.0
"""Calls a second that the channel grants."""
LIVE_LAG = (2.0, 60.0)
ANSWER_AFTER = (1.0, 20.0)
FILLED_WITHIN = 600.0
"""Real seconds in which the opening levels must all be live; the day begins after that."""
SETTINGS = """
[intake]
grace = 30.0
level_request_again = 120.0
[publication]
request_timeout = 1.0
"""


@dataclass(frozen=True, slots=True)
class Mark:
    """How the channel stood at a quarter of an hour: listings in all, true, showing too much, showing too little."""

    hour: float
    listings: int
    true: int
    above: int
    below: int

    @property
    def share(self) -> float:
        return self.true / self.listings


@dataclass
class Day:
    """Both sides of the daemon, and the clock that all three share."""

    clock: Clock
    midnight: datetime
    amazon: AmazonSimulator
    seller: SimulatedSeller
    warehouse: Warehouse
    faults: WarehouseFaults
    port: Broker
    daemon: Replica
    books: "asyncpg.Connection[asyncpg.Record]"
    marks: list[Mark] = field(default_factory=list[Mark])

    def hours(self) -> float:
        return self.seconds() / 3600

    def seconds(self) -> float:
        """Since midnight."""
        return (self.clock.now() - self.midnight).total_seconds()

    async def open_at_midnight(self) -> None:
        """The channel shows the opening levels; from then on hours count."""
        await self.port.publish(self.warehouse.opening_levels())
        async with asyncio.timeout(FILLED_WITHIN):
            while self.look().share < 1:
                assert self.daemon.alive(), self.daemon.told()
                await asyncio.sleep(0.5)
        self.midnight = self.clock.now()

    async def wait_for(self, seconds: float) -> None:
        """Until so many seconds after midnight."""
        while (left := seconds - self.seconds()) > 0:
            assert self.daemon.alive(), self.daemon.told()
            await asyncio.sleep(min(left / self.clock.pace, 0.1))

    def look(self) -> Mark:
        shown = {sku: self.seller.listing(sku).live or 0 for sku in self.warehouse.skus}
        errors = [shown[sku] - self.warehouse.available(sku) for sku in self.warehouse.skus]
        above, below = sum(error > 0 for error in errors), sum(error < 0 for error in errors)
        return Mark(self.hours(), len(errors), len(errors) - above - below, above, below)


@asynccontextmanager
async def opened(
    databases: Databases, rabbitmq: RabbitMQ, trade: TradingDay, factor: float, seed: int
) -> AsyncIterator[Day]:
    """Listings and empty books; the daemon runs until the block ends."""
    origin = datetime.now(UTC)
    clock = Clock(factor, origin)
    faults = FaultPlan(
        seed,
        chances=(
            Chance(probability=0.002, fault=Fault(kind="error_after", status=503)),
            Chance(probability=0.002, fault=Fault(kind="error_before", status=500)),
        ),
        lags=Lags(live=LIVE_LAG),
    )
    template = await databases.migrated_template()
    async with databases.fresh_database(template) as url, AmazonSimulator(clock, faults=faults) as amazon:
        with rabbitmq.vhost(f"day-{os.getpid()}") as amqp, TemporaryDirectory(prefix="goodsout-day-") as folder:
            async with open_bus(BusSettings(url=amqp), None) as bus:
                await bus.declare(TOPOLOGY)
            seller = amazon.add_seller("SELLER1")
            file = write_configuration(
                Path(folder), database=url, amqp=amqp, amazon=amazon, sellers={"shop": seller},
                clock=(factor, origin), settings=SETTINGS,
            )  # fmt: skip
            warehouse = warehouse_of(trade, seed, clock)
            books = await asyncpg.connect(url)
            await _list(books, seller, warehouse.skus, clock.now())
            await follow(books, clock)
            yielding = {"GOODSOUT_CLOCK__YIELDS": "true"}
            daemon = Replica("daemon", file, "intake,documents,relay,publish,watch", yielding)
            async with broker(amqp) as port:
                way = WarehouseFaults(seed, reorder_window=6, duplicate=0.02, lose=0.001)
                following = asyncio.create_task(_follow(url, clock))
                await daemon.start()
                try:
                    yield Day(clock, origin, amazon, seller, warehouse, way, port, daemon, books)
                finally:
                    status = await daemon.stop()
                    following.cancel()
                    await books.close()
                assert status == 0, daemon.told()


async def _follow(url: str, clock: Clock) -> None:
    """The simulators go by the daemon's clock, however it yields."""
    connection = await asyncpg.connect(url)
    try:
        await follow_for_ever(connection, clock)
    finally:
        await connection.close()


async def _list(
    books: "asyncpg.Connection[asyncpg.Record]", seller: SimulatedSeller, skus: Sequence[str], now: datetime
) -> None:
    rows = [("shop", UK, sku, "acme", sku, now) for sku in skus]
    columns = ["channel_account", "marketplace", "seller_sku", "account", "sku", "imported_at"]
    await books.copy_records_to_table("listing", records=rows, columns=columns)
    for sku in skus:
        seller.add_listing(sku, quantity=0, lead_time=2)


async def live_through(day: Day, trade: TradingDay, hours: float) -> None:
    """The day's business, and a look at every quarter of an hour."""
    producer = Producer(
        day.port, day.warehouse, day.faults, Answers(day.warehouse, SEED, delay=ANSWER_AFTER), level_interval=None
    )
    beside = [asyncio.create_task(producer.answer()), asyncio.create_task(_look(day, hours))]
    try:
        for event in trade.events:
            if event.at > hours * 3600:
                break
            await day.wait_for(event.at)
            if (message := carried_out(day.warehouse, event)) is not None:
                await producer.send([message])
        await beside[1]
    finally:
        for task in beside:
            task.cancel()
        await asyncio.gather(*beside, return_exceptions=True)


async def _look(day: Day, hours: float) -> None:
    for quarter in range(int(hours * 4) + 1):
        await day.wait_for(quarter * QUARTER)
        day.marks.append(mark := day.look())
        if quarter % 4 == 0:
            say(
                f"  {mark.hour:5.2f} h: {mark.share:8.3%} of {mark.listings} listings true,"
                f" {mark.above} above, {mark.below} below; calls {len(day.amazon.journal.entries)},"
                f" 429s {len(day.amazon.journal.throttled())}, pace {day.clock.pace:.0f}"
            )


async def measured(databases: Databases, rabbitmq: RabbitMQ, arguments: argparse.Namespace) -> dict[str, float]:
    trace = traces.load(arguments.trace, SEED)
    trade = trading_day(trace, arguments.copies, SEED)
    say(f"{trace.source}: {trade.name}, {len(trade.opening)} SKUs, {len(trade.events)} events; seed {SEED}")
    async with opened(databases, rabbitmq, trade, arguments.factor, SEED) as day:
        await day.open_at_midnight()
        begun = time.monotonic()
        await live_through(day, trade, arguments.hours)
        reached = day.seconds() / (time.monotonic() - begun)
        figures = await _figures(day, arguments.hours, reached)
    if arguments.hours >= DAY / 3600:
        draw_day(PICTURE, [(mark.hour, mark.share) for mark in day.marks], f"{trade.name}, factor {reached:.0f}")
    return figures


async def _figures(day: Day, hours: float, reached: float) -> dict[str, float]:
    """What the day came to. Shares of the budget are of the hours looked at, so the filling before is left out."""
    own = [entry for entry in day.amazon.journal.entries if entry.at >= day.midnight]
    patches = sum(entry.operation == "patchListingsItem" for entry in own)
    reads = sum(entry.operation == "getListingsItem" for entry in own)
    shares = sorted(mark.share for mark in day.marks)
    told = await day.books.fetchrow(
        "select count(*) as attempts, count(*) filter (where state = 'unknown') as unknown from publication_attempt"
    )
    alerts = await day.books.fetch("select kind, count(*) as n from alert group by kind order by kind")
    assert told is not None
    say(f"alerts raised: {', '.join(f'{kind} {count}' for kind, count in alerts) or 'none'}")
    for entry in day.amazon.journal.throttled():
        say(f"429: {entry.operation} at {(entry.at - day.midnight).total_seconds() / 3600:.3f} h")
    say(f"attempts {told['attempts']}, of unknown end {told['unknown']}; messages lost {len(day.faults.lost)}")
    return {
        "true_share_mean": sum(shares) / len(shares),
        "true_share_median": shares[len(shares) // 2],
        "true_share_least": shares[0],
        "above_most": max(mark.above / mark.listings for mark in day.marks),
        "own_429s": float(len(day.amazon.journal.throttled())),
        "patch_budget_used": patches / (PATCH_RATE * hours * 3600),
        "read_budget_used": reads / (READ_RATE * hours * 3600),
        "clock_factor": reached,
    }


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.day", description=__doc__)
    parser.add_argument("--factor", type=float, default=120.0, help="how fast the day runs, if the machine keeps up")
    parser.add_argument("--hours", type=float, default=24.0)
    parser.add_argument("--copies", type=int, default=2, help="of each SKU of the trace")
    parser.add_argument("--trace", default=os.environ.get("TRACE"), help="a folder of gzipped day files")
    arguments = parser.parse_args()
    with running_postgres() as databases, running_rabbitmq() as rabbitmq:
        figures = asyncio.run(measured(databases, rabbitmq, arguments))
    say(" ".join(f"{name}={value:.4f}" for name, value in figures.items()))


if __name__ == "__main__":
    main()
