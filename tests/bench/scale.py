"""What an event costs with a million SKUs in the books against a thousand, and how many bytes it leaves."""

import asyncpg

from daemon.bus import open_bus
from daemon.settings import Bus as BusSettings
from daemon.settings import Intake
from daemon.topology import STOCK_QUEUES, TOPOLOGY
from tests.bench.events import fill, movements, stock_books
from tests.bench.figures import Figure, ratios, say
from tests.bench.intake import drain, settled
from tests.services.broker import Broker
from tests.services.postgres import Databases

FEW, MANY = 1_000, 1_000_000
MESSAGES = 40_000


async def measure(databases: Databases, broker: Broker, runs: int) -> tuple[dict[str, float], list[Figure]]:
    """The whole path, queue to commit, run by run in turn on both books; the books live on between the runs."""
    template = await databases.migrated_template()
    cost: dict[int, list[float]] = {FEW: [], MANY: []}
    written: dict[int, list[float]] = {FEW: [], MANY: []}
    async with databases.fresh_database(template) as few, databases.fresh_database(template) as many:
        books = {FEW: few, MANY: many}
        for skus, url in books.items():
            await stock_books(url, skus)
        before = await _size(many)
        for run in range(-1, runs):
            for skus, url in books.items():
                seconds, wal = await _run(url, broker, skus, run + 1)
                if run < 0:
                    continue
                cost[skus].append(1e6 * seconds / MESSAGES)
                written[skus].append(wal / MESSAGES)
            if run < 0:
                say("  one run of each to warm up, not counted")
                continue
            say(f"  run {run + 1} of {runs}: {cost[FEW][-1]:.0f} us with {FEW}, {cost[MANY][-1]:.0f} us with {MANY}")
        kept = (await _size(many) - before) / ((runs + 1) * MESSAGES)
    over = ratios(cost[MANY], cost[FEW], "cost with a million SKUs over a thousand")
    figures = [
        Figure(f"cost of an event, {FEW} SKUs", "us", cost[FEW]),
        Figure(f"cost of an event, {MANY} SKUs", "us", cost[MANY]),
        over,
        Figure(f"write-ahead log per event, {FEW} SKUs", "bytes", written[FEW]),
        Figure(f"write-ahead log per event, {MANY} SKUs", "bytes", written[MANY]),
        Figure("tables and indexes grow per event", "bytes", [kept]),
    ]
    return {"cost_1m_over_1k": over.median, "bytes_per_event": kept}, figures


async def _run(url: str, broker: Broker, skus: int, run: int) -> tuple[float, float]:
    """(seconds, bytes of write-ahead log) for MESSAGES events over all partitions."""
    with broker.vhost(f"bench-scale-{skus}-{run}") as amqp:
        async with open_bus(BusSettings(url=amqp), None) as bus:
            await bus.declare(TOPOLOGY)
            await fill(bus, list(movements(MESSAGES, skus, seed=7, first=run * MESSAGES)))
            await settled(bus, STOCK_QUEUES, MESSAGES)
        log = await _log_position(url)
        seconds = await drain(url, amqp, Intake(), STOCK_QUEUES)
        return seconds, await _log_position(url) - log


async def _log_position(url: str) -> float:
    return await _ask(url, "select (pg_current_wal_insert_lsn() - '0/0'::pg_lsn)::float8")


async def _size(url: str) -> float:
    return await _ask(url, "select pg_database_size(current_database())::float8")


async def _ask(url: str, question: str) -> float:
    connection = await asyncpg.connect(url)
    try:
        return float(await connection.fetchval(question))
    finally:
        await connection.close()
