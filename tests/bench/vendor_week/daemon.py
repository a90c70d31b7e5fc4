"""The week answered by the daemon: RabbitMQ, PostgreSQL and a process of its own, on a clock that all share."""

import asyncio
import os
import random
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from daemon.bus import open_bus
from daemon.clock import Clock
from daemon.leases import be_seen
from daemon.pace import Pace, Strain, follow
from daemon.settings import Bus as BusSettings
from daemon.settings import Database as DatabaseSettings
from daemon.store.database import Database, open_database
from daemon.store.mapping_tables import CODES, COSTS
from daemon.store.vendor_files import import_packs
from daemon.topology import TOPOLOGY
from handlers.agreed_costs import AgreedCost
from handlers.case_packs import PackRow
from handlers.cross_reference import ProductCode
from schemas.terms import Account, Sku
from simulators.amazon import AmazonSimulator
from simulators.warehouse import Answers, Producer, WarehouseFaults, broker
from tests.bench.figures import say
from tests.bench.vendor_week.calendar import Calendar
from tests.bench.vendor_week.configuration import LATE, write_settings
from tests.bench.vendor_week.evidence import Evidence, gathered
from tests.bench.vendor_week.faults import fault_plan, vendor_plan
from tests.bench.vendor_week.goods import Product
from tests.bench.vendor_week.orders import ACCOUNTS
from tests.bench.vendor_week.ours import Ours
from tests.bench.vendor_week.pacing import WorkAhead
from tests.bench.vendor_week.people import People
from tests.bench.vendor_week.trace import Week
from tests.bench.vendor_week.world import World, until_the_end, warehouse_of
from tests.live.replicas import Replica
from tests.services.broker import Broker as RabbitMQ
from tests.services.postgres import Databases

ROLES = "intake,relay,documents,watch"
CONNECTIONS = 16
"""Of the daemon: it does a week's work in a quarter of an hour."""
READY = 90.0
"""Real seconds until the daemon has heard of all stock."""
OWNER = Account("acme")
FENCES = "select name, fence from lease where name like 'notices/%' or name like 'vendor/%' order by name"


@dataclass
class Lived:
    """What came of it. `factor`: business seconds in a real one, on the whole."""

    world: World
    arm: Ours
    people: People
    factor: float
    throttled: int
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Terms:
    """`factor`: of the clock at most; `kills`: how often the daemon is killed."""

    factor: float
    kills: int
    calendar: Calendar


async def answered_by_us(
    databases: Databases, rabbitmq: RabbitMQ, make: Callable[[datetime], Week], terms: Terms
) -> Lived:
    """`make` gives the week that begins then."""
    origin = datetime.now(UTC)
    clock = Clock(terms.factor, origin)
    async with _opened(databases, rabbitmq, clock, origin, make, terms) as (arm, people, pace, amazon):
        world, week = arm.world, arm.world.week
        begun = asyncio.get_running_loop().time()
        world.plan()
        plan_people(world, people)
        _plan_kills(world, arm, pace, terms.kills)
        beside = [asyncio.create_task(arm.tell_stock()), asyncio.create_task(people.work(clock))]
        beside.append(asyncio.create_task(_told(arm, people, pace)))
        arm.beside += beside
        try:
            await world.live(until_the_end(week))
        finally:
            for task in beside:
                task.cancel()
            told = await asyncio.gather(*beside, return_exceptions=True)
        faults = [one for one in told if isinstance(one, Exception)]
        assert not faults, faults
        real = asyncio.get_running_loop().time() - begun
        factor = (arm.now() - week.beginning).total_seconds() / real
        await world.finish()
        for vendor in arm.vendors.values():
            vendor.settle(arm.now() + timedelta(days=2))
        evidence = await gathered(arm.database)
        return Lived(world, arm, people, factor, len(amazon.journal.throttled()), evidence)


def plan_people(world: World, people: People) -> None:
    for order in world.week.orders:
        for at in order.mapped.values():
            if at is not None:
                world.at(world.week.when(at), partial(people.name_items, order))


def _plan_kills(world: World, arm: Ours, pace: WorkAhead, kills: int) -> None:
    """Spread over the days on which there is most to do."""
    week, draw = world.week, random.Random(world.week.seed)
    for number in range(kills):
        day = 1 + number % (week.calendar.order_days + 2)
        at = week.calendar.at(day, draw.uniform(6, 18))
        world.at(week.when(at), lambda: _kill(arm, pace))


async def _kill(arm: Ours, pace: WorkAhead) -> None:
    """At once, whatever it does. The week goes on while it starts again: what is ordered is there in time."""
    if pace.restarting is not None:
        await pace.restarting
    pace.down = True
    pace.restarting = asyncio.create_task(_start_again(arm, pace))


async def _start_again(arm: Ours, pace: WorkAhead) -> None:
    """Until the new process holds every lease of the vendor accounts."""
    await arm.daemon.kill()
    since = await _fences(arm)
    await arm.daemon.start()
    while set(await _fences(arm)) & set(since):
        assert arm.daemon.alive(), arm.daemon.told()
        await asyncio.sleep(0.2)
    pace.down = False


async def _fences(arm: Ours) -> list[tuple[str, int]]:
    async with arm.database.connection() as connection:
        rows = await connection.fetch(FENCES)
    return [(row["name"], row["fence"]) for row in rows]


async def _told(arm: Ours, people: People, pace: WorkAhead) -> None:
    """Progress, every half day of the week."""
    week = arm.world.week
    half = week.calendar.day / 2
    for number in range(1, 1000):
        while arm.now() < week.beginning + half * number:
            await asyncio.sleep(0.2)
        orders = [order for vendor in arm.vendors.values() for order in vendor.orders.values()]
        answered = sum(bool(order.acknowledged_by) for order in orders)
        charged = sum(len(vendor.chargebacks) for vendor in arm.vendors.values())
        say(
            f"  day {number / 2:4.1f}: {len(orders)} orders, {answered} answered, {len(arm.world.loads)} loads,"
            f" {charged} chargebacks; pace {arm.clock.pace:.0f}, {pace.overdue} overdue at {pace.rate:.0f} a second,"
            f" people {people.deeds},"
            f" clock {dict(pace.rounds)}"
        )


@asynccontextmanager
async def _opened(
    databases: Databases, rabbitmq: RabbitMQ, clock: Clock, origin: datetime, make: Callable[[datetime], Week],
    terms: Terms,
) -> AsyncIterator[tuple[Ours, People, WorkAhead, AmazonSimulator]]:  # fmt: skip
    template = await databases.migrated_template()
    probe = make(origin)
    async with (
        databases.fresh_database(template) as url,
        AmazonSimulator(clock, faults=fault_plan(probe.seed)) as amazon,
    ):
        for account in ACCOUNTS:
            seller = amazon.add_seller(account.party, client_id=f"application-{account.party}")
            seller.vendor.transactions.plan = vendor_plan(account, terms.calendar)
        with rabbitmq.vhost(f"week-{os.getpid()}") as amqp, TemporaryDirectory(prefix="goodsout-week-") as folder:
            async with open_bus(BusSettings(url=amqp), None) as bus:
                await bus.declare(TOPOLOGY)
            file = write_settings(Path(folder), url, amqp, amazon, terms.calendar, (terms.factor, origin))
            environment = {
                "GOODSOUT_CLOCK__YIELDS": "true", "GOODSOUT_CLOCK__TOLERANCE": str(LATE),
                "GOODSOUT_DATABASE__CONNECTIONS": str(CONNECTIONS),
            }  # fmt: skip
            daemon = Replica("daemon", file, ROLES, environment)
            database = await open_database(url, DatabaseSettings(url=url), 6, name="week")
            try:
                await master_data(database, probe, clock.now())
                async with broker(amqp) as port, _running(daemon):
                    vendors = {one.name: amazon.world.sellers[one.party].vendor for one in ACCOUNTS}
                    way = WarehouseFaults(probe.seed, reorder_window=4, duplicate=0.02, lose=0.002)
                    strain = Strain(LATE)
                    arm = Ours(vendors, database, clock=clock, port=port, daemon=daemon, faults=way, strain=strain)
                    people = People(arm, terms.calendar.part, probe.seed)
                    async with _at_work(arm, probe, make) as pace:
                        yield arm, people, pace, amazon
            finally:
                await database.close()


@asynccontextmanager
async def _at_work(arm: Ours, probe: Week, make: Callable[[datetime], Week]) -> AsyncIterator[WorkAhead]:
    """The warehouse has told its levels and answers; the week begins with the next hour."""
    warehouse = warehouse_of(probe, arm.clock)
    arm.world = World(probe, arm, warehouse)
    ahead = WorkAhead(arm)
    answers = Producer(arm.port, warehouse, arm.faults, Answers(warehouse, probe.seed, delay=(5.0, 300.0)))
    tasks = [asyncio.create_task(_pace(arm, ahead)), asyncio.create_task(answers.answer())]
    arm.beside = tasks
    try:
        await arm.port.publish(warehouse.opening_levels())
        await _heard_all(arm, len(probe.goods))
        arm.world = World(make(arm.now() + timedelta(minutes=10)), arm, warehouse)
        yield ahead
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@asynccontextmanager
async def _running(daemon: Replica) -> AsyncIterator[None]:
    await daemon.start()
    try:
        yield
    finally:
        status = await daemon.stop()
    assert status == 0, daemon.told()


async def _heard_all(arm: Ours, count: int) -> None:
    async with asyncio.timeout(READY):
        while True:
            async with arm.database.connection() as connection:
                heard = await connection.fetchval("select count(*) from stock")
            if heard >= count and len(await _fences(arm)) == 2 * len(ACCOUNTS):
                return
            assert arm.daemon.alive(), arm.daemon.told()
            await asyncio.sleep(0.1)


async def _pace(arm: Ours, ahead: WorkAhead) -> None:
    """The week's own say in how fast time goes."""
    pace = Pace(arm.database, arm.clock, "week", arm.strain, ahead)
    async with arm.database.connection() as connection:
        await follow(connection, arm.clock)
    while True:
        await be_seen(arm.database, "week", [])
        await asyncio.sleep(await pace.round())


async def master_data(database: Database, week: Week, now: datetime) -> None:
    """Codes, packs and costs; without the names that nobody has heard of yet."""
    goods = list(week.goods.values())
    async with database.transaction() as connection:
        await CODES.take_over(connection, _codes(goods), now)
        await COSTS.take_over(connection, _costs(goods, now), now)
        packs = [PackRow(account=OWNER, sku=Sku(one.sku), eaches=one.pack) for one in goods]
        await import_packs(connection, packs, now)


def _codes(goods: Sequence[Product]) -> list[ProductCode]:
    return [
        ProductCode(channel_account=account.name, kind="vendor_sku", code=one.sku, account=OWNER, sku=Sku(one.sku))
        for account in ACCOUNTS
        for one in goods
    ]


def _costs(goods: Sequence[Product], now: datetime) -> list[AgreedCost]:
    return [
        AgreedCost(
            channel_account=account.name, account=OWNER, sku=Sku(one.sku), begins=(now - timedelta(days=9)).date(),
            amount=one.costs[account.currency], currency=account.currency,
        )
        for account in ACCOUNTS
        for one in goods
    ]  # fmt: skip
