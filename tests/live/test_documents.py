"""The intake of documents on a real PostgreSQL: decided once, acknowledged after the commit, nothing dropped."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest

from daemon.bus.embedded import EmbeddedBus
from daemon.bus.port import Delivery, Publication
from daemon.clock import Clock
from daemon.document_flows import BROKEN, UNROUTABLE, AnswerFlow, OrderFlow
from daemon.documents import Documents, Settled, Shell
from daemon.settings import Database as DatabaseSettings
from daemon.settings import Intake
from daemon.store.database import Connection, Database, open_database
from daemon.store.sealing import KeyRing, use_keys
from daemon.telemetry import Telemetry
from daemon.topology import ANSWER_QUEUE, BROKEN_QUEUE, ORDER_QUEUE, TOPOLOGY, UNROUTABLE_QUEUE
from daemon.urgency import Urgency
from handlers.order_standing import StandingRow
from schemas.envelope import Envelope
from tests.controls.despatches import event
from tests.journeys.rig import until

pytestmark = pytest.mark.live


def standing(reference: str = "SO-1", revision: int = 1, **attributes: object) -> bytes:
    data = {"account": "acme", "order_reference": reference, "revision": revision}
    return event("order.picking", data, **attributes)


@dataclass
class Rig:
    bus: EmbeddedBus
    database: Database
    telemetry: Telemetry
    shell: Shell

    async def send(self, key: str, body: bytes, exchange: str = "clarus", **headers: str) -> None:
        assert all(await self.bus.publish([Publication(exchange, key, body, str(uuid.uuid4()), headers)]))

    async def fetch(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        async with self.database.connection() as connection:
            return [tuple(row) for row in await connection.fetch(statement, *values)]

    async def execute(self, statement: str, *values: object) -> None:
        async with self.database.connection() as connection:
            await connection.execute(statement, *values)

    async def work(self, documents: "Documents[Any]", done: Callable[[], Any]) -> None:
        """Until `done`, and all that was taken is acknowledged: nothing comes again."""
        stopping = asyncio.Event()
        working = asyncio.create_task(documents.work(stopping))
        await until(done)

        async def emptied() -> object:
            return await self.bus.depth(documents.queue) == 0

        await until(emptied)
        stopping.set()
        await working


@pytest.fixture
async def rig(database_url: str) -> AsyncIterator[Rig]:
    database = await open_database(database_url, DatabaseSettings(url=database_url), 4)
    use_keys(KeyRing((b"k" * 32,)))
    async with EmbeddedBus(f"documents-{uuid.uuid4()}") as bus:
        await bus.declare(TOPOLOGY)
        telemetry = Telemetry()
        shell = Shell(bus, database, Clock(), telemetry, Urgency(), Intake(), {})
        yield Rig(bus, database, telemetry, shell)
    await database.close()


def counted(rig: Rig, queue: str, outcome: str) -> float:
    return rig.telemetry.registry.get_sample_value(
        "goodsout_deliveries_total", {"queue": queue, "outcome": outcome}
    ) or 0.0  # fmt: skip


@dataclass
class Odd:
    """Orders, some of which break the program or meet a database that is down."""

    trouble: int = 0
    tries: list[int] = field(default_factory=list[int])

    def read(self, delivery: Delivery, envelope: Envelope, received_at: datetime) -> StandingRow:
        return OrderFlow().read(delivery, envelope, received_at)

    async def settle(self, connection: Connection, messages: Sequence[StandingRow], at: datetime) -> Settled:
        self.tries.append(len(messages))
        if self.trouble:
            self.trouble -= 1
            raise ConnectionResetError("the database is down")
        if any(message.order_reference == "POISON" for message in messages):
            raise KeyError("a fault of ours")
        return await OrderFlow().settle(connection, messages, at)


async def test_a_message_delivered_twice_is_decided_once(rig: Rig) -> None:
    body = standing(id="same")
    await rig.send("order.picking", body)
    await rig.send("order.picking", body)

    async def both() -> object:
        return counted(rig, ORDER_QUEUE, "done") == counted(rig, ORDER_QUEUE, "ignored") == 1

    await rig.work(Documents(rig.shell, ORDER_QUEUE, OrderFlow()), both)
    assert await rig.fetch("select count(*) from inbox") == [(1,)]


async def test_a_crash_before_the_acknowledgement_repeats_nothing(rig: Rig) -> None:
    delivery = Delivery(standing(), "clarus", "order.picking", {}, "application/cloudevents+json", False, 0, 1, 1)
    documents = Documents(rig.shell, ORDER_QUEUE, OrderFlow())
    await documents.settle([delivery])
    await documents.settle([delivery])
    assert (counted(rig, ORDER_QUEUE, "done"), counted(rig, ORDER_QUEUE, "ignored")) == (1, 1)


async def test_a_message_that_breaks_the_program_is_parked_with_its_trace_and_the_rest_goes_on(rig: Rig) -> None:
    for reference in ("SO-1", "POISON", "SO-2"):
        await rig.send("order.picking", standing(reference))

    async def parked() -> object:
        return await rig.fetch("select 1 from parked")

    await rig.work(Documents(rig.shell, ORDER_QUEUE, Odd()), parked)

    async def others() -> object:
        return await rig.fetch("select order_reference from order_standing order by 1") == [("SO-1",), ("SO-2",)]

    await until(others)
    [(reason, trace)] = await rig.fetch("select reason, trace from parked")
    assert reason == "unexpected"
    assert "a fault of ours" in trace


async def test_a_database_that_is_down_holds_the_queue_and_parks_nothing(rig: Rig) -> None:
    await rig.send("order.picking", standing())
    flow = Odd(trouble=4)

    async def there() -> object:
        return counted(rig, ORDER_QUEUE, "done") == 1

    await rig.work(Documents(rig.shell, ORDER_QUEUE, flow), there)
    assert flow.tries == [1] * 5
    assert await rig.fetch("select count(*) from parked") == [(0,)]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"{not json", "malformed"),
        (b"\xff\xfe", "malformed"),
        (standing(specversion="0.3"), "unknown_version"),
        (standing("NUL \x00"), "invalid_data"),
        (event("order.imagined", {"account": "acme", "order_reference": "SO-1", "revision": 1}), "unknown_type"),
        (b"x" * 2_000_000, "oversize"),
    ],
    ids=["not-json", "not-utf8", "version", "nul", "type", "oversize"],
)
async def test_what_cannot_be_read_is_parked_and_the_rest_goes_on(rig: Rig, body: bytes, reason: str) -> None:
    await rig.send("order.picking", body)
    await rig.send("order.picking", standing())

    async def there() -> object:
        return await rig.fetch("select 1 from order_standing")

    await rig.work(Documents(rig.shell, ORDER_QUEUE, OrderFlow()), there)
    assert await rig.fetch("select reason, origin from parked") == [(reason, ORDER_QUEUE)]
    assert counted(rig, ORDER_QUEUE, "parked") == 1


async def test_the_highest_revision_of_an_order_stays_whatever_comes_when(rig: Rig) -> None:
    for revision in (2, 5, 1, 4, 5):
        await rig.send("order.picking", standing(revision=revision))

    async def all_five() -> object:
        return counted(rig, ORDER_QUEUE, "done") + counted(rig, ORDER_QUEUE, "ignored") == 5

    await rig.work(Documents(rig.shell, ORDER_QUEUE, OrderFlow()), all_five)
    assert await rig.fetch("select revision from order_standing") == [(5,)]
    assert counted(rig, ORDER_QUEUE, "ignored") == 3


async def test_a_refused_level_is_settled_and_raised(rig: Rig) -> None:
    statement = (
        "insert into level_request (command_id, account, warehouse, sku, asked_at) values ('c', 'a', 'w', 's', $1)"
    )
    await rig.execute(statement, rig.shell.clock.now())
    await rig.send("command.refused", event("command.refused", {"command_id": "c", "reason": "unknown SKU"}))

    async def raised() -> object:
        return await rig.fetch("select cause from alert where kind = 'level_refused'") == [("a/w/s",)]

    await rig.work(Documents(rig.shell, ANSWER_QUEUE, AnswerFlow()), raised)
    assert await rig.fetch("select answer from level_request where answered_at is not null") == [
        ("refused: unknown SKU",)
    ]


async def test_a_routing_key_without_a_row_is_parked(rig: Rig) -> None:
    await rig.send("despatch.imagined", event("despatch.imagined", {}))

    async def parked() -> object:
        return await rig.fetch("select reason from parked") == [("unroutable",)]

    await rig.work(Documents(rig.shell, UNROUTABLE_QUEUE, UNROUTABLE), parked)
    assert await rig.fetch("select count(*) from alert where kind = 'message_parked'") == [(1,)]


async def test_a_stock_event_that_the_broker_gave_up_on_puts_its_sku_in_doubt(rig: Rig) -> None:
    statement = (
        "insert into stock (account, warehouse, sku, source, applied) values ('acme', 'W1', 'KETTLE', '/w', 1)"
    )
    await rig.execute(statement)
    headers = {"partitionkey": "acme/KETTLE", "x-first-death-queue": "goodsout.stock.v1.0"}
    await rig.send("inventory.moved", event("inventory.moved", {}), "goodsout.broken", **headers)

    async def doubted() -> object:
        return await rig.fetch("select 1 from stock_trouble where doubt_since is not null")

    await rig.work(Documents(rig.shell, BROKEN_QUEUE, BROKEN), doubted)
    assert await rig.fetch("select reason, origin from parked") == [("delivered_too_often", "goodsout.stock.v1.0")]
