"""Durable intake against the bare ceiling of aio-pika, and against itself with a batch of one."""

import asyncio
import time
from collections.abc import Sequence

import aio_pika
from aio_pika.abc import AbstractIncomingMessage

from daemon.bus import open_bus
from daemon.bus.port import Bus, Publication
from daemon.clock import Clock
from daemon.consumer import StockIntake
from daemon.settings import Bus as BusSettings
from daemon.settings import Database as DatabaseSettings
from daemon.settings import Intake
from daemon.store.database import open_database
from daemon.telemetry import Telemetry
from daemon.topology import STOCK_QUEUES, TOPOLOGY
from daemon.urgency import Urgency
from tests.bench.events import fill, movements, stock_books
from tests.bench.figures import Figure, ratios, say
from tests.services.broker import Broker
from tests.services.postgres import Databases

SKUS = 1_000
MESSAGES = 30_000
ONE_BY_ONE = 3_000
QUEUE = STOCK_QUEUES[0]


async def measure(databases: Databases, broker: Broker, runs: int) -> tuple[dict[str, float], list[Figure]]:
    """Runs in turn, so that all three see the same machine; each on a queue filled with the same messages."""
    bare, durable, single = list[float](), list[float](), list[float]()
    for run in range(runs):
        bare.append(await _bare(broker, run))
        durable.append(await _durable(databases, broker, run, MESSAGES, Intake()))
        single.append(await _durable(databases, broker, run, ONE_BY_ONE, Intake(batch=1, linger=0.0)))
        say(f"  run {run + 1} of {runs}: R {bare[-1]:.0f}/s, intake {durable[-1]:.0f}/s, single {single[-1]:.0f}/s")
    over_r, over_single = ratios(durable, bare, "intake over R"), ratios(durable, single, "intake over one by one")
    figures = [
        Figure("R: consume and acknowledge, nothing else", "/s", bare),
        Figure("durable intake, batches", "/s", durable),
        Figure("durable intake, a batch of one", "/s", single),
        over_r,
        over_single,
    ]
    return {"intake_over_R": over_r.median, "intake_over_per_message": over_single.median}, figures


async def _bare(broker: Broker, run: int) -> float:
    """R: aio-pika, prefetch 500, count, acknowledge 100 at a time."""
    with broker.vhost(f"bench-bare-{run}") as url:
        await _filled(url, MESSAGES, run)
        connection = await aio_pika.connect(url)
        channel = await connection.channel()
        await channel.set_qos(prefetch_count=500)
        queue = await channel.get_queue(QUEUE, ensure=False)
        seen, done = 0, asyncio.Event()

        async def count(message: AbstractIncomingMessage) -> None:
            nonlocal seen
            seen += 1
            if seen % 100 == 0:
                await message.ack(multiple=True)
            if seen == MESSAGES:
                done.set()

        begun = time.perf_counter()
        await queue.consume(count)
        await done.wait()
        rate = MESSAGES / (time.perf_counter() - begun)
        await connection.close()
        return rate


async def _durable(databases: Databases, broker: Broker, run: int, messages: int, settings: Intake) -> float:
    """The intake as it runs in the daemon: committed with fsync, acknowledged after the commit."""
    template = await databases.migrated_template()
    async with databases.fresh_database(template) as url:
        await stock_books(url, SKUS)
        with broker.vhost(f"bench-durable-{run}") as amqp:
            await _filled(amqp, messages, run)
            return messages / await drain(url, amqp, settings, [QUEUE])


async def _filled(url: str, messages: int, run: int) -> None:
    """One quorum queue, holding the same messages whoever will read them."""
    async with open_bus(BusSettings(url=url), None) as bus:
        await bus.declare(TOPOLOGY)
        await fill(bus, [_straight(message) for message in movements(messages, SKUS, seed=run)])
        await settled(bus, [QUEUE], messages)


def _straight(message: Publication) -> Publication:
    """The same message, straight into the queue by the default exchange."""
    return Publication("", QUEUE, message.body, message.message_id, message.headers)


async def settled(bus: Bus, queues: Sequence[str], messages: int) -> None:
    while sum([await bus.depth(queue) for queue in queues]) < messages:
        await asyncio.sleep(0.05)


async def drain(url: str, amqp: str, settings: Intake, queues: Sequence[str]) -> float:
    """Real seconds until all queues are empty and acknowledged, by one process's intake."""
    database = await open_database(url, DatabaseSettings(url=url), 4)
    async with open_bus(BusSettings(url=amqp), None) as bus:
        telemetry, prefetch = Telemetry(), BusSettings(url=amqp).prefetch
        intake = StockIntake(bus, database, Clock(), telemetry, Urgency(), settings, prefetch, {})
        stopping = asyncio.Event()
        waiting = sum([await bus.depth(queue) for queue in queues])
        begun = time.perf_counter()
        work = [asyncio.create_task(intake.work(queue, place, stopping)) for place, queue in enumerate(queues)]
        await _recorded(telemetry, waiting, work)
        seconds = time.perf_counter() - begun
        stopping.set()
        await asyncio.gather(*work)
    await database.close()
    return seconds


async def _recorded(telemetry: Telemetry, messages: int, work: "Sequence[asyncio.Task[None]]") -> None:
    """Until the intake has committed them all, by its own count."""
    labels = {"queue": "goodsout.stock", "outcome": "done"}
    while (telemetry.registry.get_sample_value("goodsout_deliveries_total", labels) or 0) < messages:
        for task in work:
            if task.done():
                task.result()
        await asyncio.sleep(0.01)
