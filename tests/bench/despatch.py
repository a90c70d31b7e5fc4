"""`despatch.completed` until `confirmShipment` arrives at the channel: idle, and under a million stock messages.

One daemon process, all roles on, serves both halves. The million is queued before it starts; a consumer that never
acknowledges is the queues' active one meanwhile, so that the daemon stands by and is idle. When that consumer goes,
the daemon drains them. Each account despatches once a second; the ten are a tenth of a second apart.
"""

import asyncio
import json
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count

import aio_pika
from aio_pika.abc import AbstractExchange, AbstractIncomingMessage

from daemon.topology import CLARUS, STOCK_QUEUES
from simulators.amazon import UK
from tests.bench.events import ACCOUNT, SOURCE, WAREHOUSE, sku_name
from tests.bench.figures import Figure, percentile, say
from tests.bench.house import CARRIER, LISTED, SELLERS, House, open_house
from tests.bench.pouring import depth, pour
from tests.services.broker import Broker
from tests.services.postgres import Databases

MILLION = 1_000_000
SKUS = 100_000
SAMPLES = 600
WARM_UP = 50
"""Despatches before each half that are not counted: connections are opened, plans are made."""
BETWEEN = 1.0 / len(SELLERS)
"""Seconds between two despatches, which is one a second for each account."""

_numbers = count(1)


@dataclass(frozen=True, slots=True)
class Half:
    """Milliseconds of each sample in order, and what the daemon did besides."""

    samples: list[float]
    drained: float
    """Stock messages a second."""
    told: float
    """Listings told to the channel a second."""

    def figures(self, name: str, runs: int) -> list[Figure]:
        """Of each stretch; and of all samples, which is what counts."""
        length = len(self.samples) // runs
        stretches = [self.samples[run * length : (run + 1) * length] for run in range(runs)]
        return [
            Figure(f"despatch p50 {name}, by stretch", "ms", [percentile(one, 0.5) for one in stretches]),
            Figure(f"despatch p99 {name}, by stretch", "ms", [percentile(one, 0.99) for one in stretches]),
            Figure(f"despatch p50 {name}, all {len(self.samples)}", "ms", [percentile(self.samples, 0.5)]),
            Figure(f"despatch p99 {name}, all {len(self.samples)}", "ms", [percentile(self.samples, 0.99)]),
            Figure(f"stock messages drained {name}", "/s", [self.drained]),
            Figure(f"listings told {name}", "/s", [self.told]),
        ]


@dataclass(slots=True)
class Warehouse:
    """Despatches at their appointed times, whatever became of the ones before."""

    house: House
    exchange: AbstractExchange
    published: dict[str, datetime] = field(default_factory=dict[str, datetime])
    """Order id -> when, by the simulator's clock."""

    async def despatch(self, samples: int) -> list[str]:
        """Returns the order ids once all are confirmed by the broker."""
        loop = asyncio.get_running_loop()
        begun, orders, sent = loop.time(), list[str](), list[asyncio.Task[object]]()
        for place in range(samples):
            await asyncio.sleep(max(0.0, begun + place * BETWEEN - loop.time()))
            seller, number = SELLERS[place % len(SELLERS)], next(_numbers)
            orders.append(f"202-{number:07d}-{place % len(SELLERS):07d}")
            self._sell(seller, orders[-1], sku_name(number % LISTED))
            message = _completed(seller, orders[-1], sku_name(number % LISTED))
            self.published[orders[-1]] = self.house.amazon.world.time.now()
            sent.append(asyncio.create_task(self._publish(message)))
        await asyncio.gather(*sent)
        return orders

    def _sell(self, seller: str, order: str, sku: str) -> None:
        self.house.amazon.world.sellers[seller.upper()].add_order(order, [(_line(order), sku, 1)])

    async def _publish(self, message: aio_pika.Message) -> object:
        return await self.exchange.publish(message, "despatch.completed")

    async def waited(self, orders: Sequence[str], within: float = 60.0) -> list[float]:
        """Milliseconds from publication to arrival, of each; there is exactly one arrival for each."""
        async with asyncio.timeout(within):
            while not set(orders) <= self._arrived().keys():
                assert self.house.daemon.alive(), self.house.daemon.told()
                await asyncio.sleep(0.05)
        arrived = self._arrived()
        return [(arrived[order] - self.published[order]).total_seconds() * 1000 for order in orders]

    def _arrived(self) -> dict[str, datetime]:
        return {entry.subject: entry.at for entry in self.house.amazon.journal.of("confirmShipment")}


async def measure(databases: Databases, broker: Broker, runs: int) -> tuple[dict[str, float], list[Figure]]:
    """SAMPLES idle, then SAMPLES busy, each half cut into `runs` stretches to show the spread."""
    async with open_house(databases, broker, SKUS, "bench-despatch") as house:
        say(f"  queueing {MILLION} stock messages")
        await pour(house.amqp, MILLION, SKUS, seed=11)
        async with _published_to(house) as warehouse:
            idle, busy = await _both(warehouse)
        _nothing_twice(house)
    p50s, p99s = ([percentile(half.samples, part) for half in (idle, busy)] for part in (0.5, 0.99))
    values = {"despatch_p99_busy_minus_idle_ms": p99s[1] - p99s[0], "despatch_p50_busy_over_idle": p50s[1] / p50s[0]}
    return values, [*idle.figures("idle", runs), *busy.figures("busy", runs)]


async def _both(warehouse: Warehouse) -> tuple[Half, Half]:
    async with _held_back(warehouse.house.amqp) as let_go, warehouse.house.running():
        say(f"  {SAMPLES} despatches, the daemon idle")
        idle = await _half(warehouse)
        await let_go()
        say(f"  {SAMPLES} despatches while it drains the stock messages")
        busy = await _half(warehouse)
        assert busy.drained > 0
        return idle, busy


async def _half(warehouse: Warehouse) -> Half:
    await warehouse.waited(await warehouse.despatch(WARM_UP))
    house, loop = warehouse.house, asyncio.get_running_loop()
    waiting, told, begun = await depth(house.amqp), _told(house), loop.time()
    orders = await warehouse.despatch(SAMPLES)
    left, seconds = await depth(house.amqp), loop.time() - begun
    assert left > 0, "the stock messages ran out before the last sample"
    samples = await warehouse.waited(orders)
    return Half(samples, (waiting - left) / seconds, (_told(house) - told) / seconds)


def _told(house: House) -> int:
    return len(house.amazon.journal.accepted("patchListingsItem"))


def _nothing_twice(house: House) -> None:
    confirmed = house.amazon.journal.of("confirmShipment")
    assert len(confirmed) == len({entry.subject for entry in confirmed})
    assert {entry.outcome for entry in confirmed} == {"accepted"}
    assert house.amazon.journal.throttled() == []


@asynccontextmanager
async def _published_to(house: House) -> AsyncIterator[Warehouse]:
    async with await aio_pika.connect(house.amqp) as connection, connection.channel() as channel:
        yield Warehouse(house, await channel.get_exchange(CLARUS, ensure=False))


@asynccontextmanager
async def _held_back(amqp: str) -> AsyncIterator[Callable[[], Awaitable[None]]]:
    """Hold all stock queues as their single active consumer, until what is yielded is called."""
    connection = await aio_pika.connect(amqp)
    channel = await connection.channel()
    await channel.set_qos(prefetch_count=1)

    async def keep(message: AbstractIncomingMessage) -> None:
        del message

    for name in STOCK_QUEUES:
        queue = await channel.get_queue(name, ensure=False)
        await queue.consume(keep)
    try:
        yield connection.close
    finally:
        await connection.close()


def _line(order: str) -> str:
    return order.replace("-", "")


def _completed(seller: str, order: str, sku: str) -> aio_pika.Message:
    """It names the channel's order and lines, so that nothing has to be read first."""
    event_id, now = str(uuid.uuid4()), datetime.now(UTC).isoformat()
    line = {"line_reference": _line(order), "sku": sku, "quantity": 1}
    parcel = {
        "parcel_id": "P1",
        "tracking_number": _line(order),
        "carrier": CARRIER,
        "service": "NEXT",
        "lines": [line],
    }
    data = {
        "account": ACCOUNT, "warehouse": WAREHOUSE, "order_reference": order, "despatch_id": order, "revision": 1,
        "despatched_at": now, "channel": {"kind": "amazon", "account": seller, "marketplace": UK},
        "channel_order_id": order, "parcels": [parcel],
    }  # fmt: skip
    body = {
        "specversion": "1.0", "id": event_id, "source": SOURCE, "type": "despatch.completed.v1", "time": now,
        "datacontenttype": "application/json", "data": data,
    }  # fmt: skip
    return aio_pika.Message(
        json.dumps(body).encode(),
        headers={"partitionkey": f"{ACCOUNT}/{order}"},
        content_type="application/cloudevents+json",
        delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
        message_id=event_id,
    )
