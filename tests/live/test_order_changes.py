"""Notifications over the bus: each ends in a named way, and none has any say but to have an order read."""

import asyncio
import uuid
from collections.abc import AsyncIterator
from typing import Any

import pytest

from daemon.bus.embedded import EmbeddedBus
from daemon.bus.port import Publication
from daemon.clock import Clock
from daemon.document_flows import UNROUTABLE
from daemon.documents import Documents, Shell
from daemon.order_changes import OrderChangeFlow
from daemon.settings import Database as DatabaseSettings
from daemon.settings import Intake, SellerAccount
from daemon.store.database import Database, open_database
from daemon.store.sealing import KeyRing, use_keys
from daemon.telemetry import Telemetry
from daemon.topology import CHANGE_QUEUE, CHANNELS, STOCK_QUEUES, TOPOLOGY, UNROUTABLE_QUEUE
from daemon.urgency import Urgency
from schemas.amazon_order_change import EVENT_TYPE
from tests.journeys.rig import until
from tests.live.notifications import notification

pytestmark = pytest.mark.live

KEY = "amazon.order_change"
SHOP = SellerAccount(
    account="acme", seller_id="A1", endpoint="https://example.com", client_id="c", client_secret_file="s",
    refresh_token_file="r", marketplaces=("UK",), warehouses=("W1",), release="clarus",
)  # fmt: skip


class Rig:
    def __init__(self, bus: EmbeddedBus, database: Database) -> None:
        self.bus, self.database, self.telemetry = bus, database, Telemetry()
        self.shell = Shell(bus, database, Clock(), self.telemetry, Urgency(), Intake(), {})

    async def carry(self, body: bytes, event_id: str = "", key: str = KEY, event_type: str = EVENT_TYPE) -> None:
        """As a bridge does: Amazon's words untouched, the event's attributes beside them."""
        name = event_id or str(uuid.uuid4())
        headers = {
            "cloudEvents:id": name, "cloudEvents:source": "/amazon/sqs", "cloudEvents:type": event_type,
            "cloudEvents:specversion": "1.0", "cloudEvents:time": "2026-11-21T12:00:00Z",
        }  # fmt: skip
        publication = Publication(CHANNELS, key, body, str(uuid.uuid4()), headers, content_type="application/json")
        assert all(await self.bus.publish([publication]))

    async def rows(self, statement: str) -> list[tuple[Any, ...]]:
        async with self.database.connection() as connection:
            return [tuple(row) for row in await connection.fetch(statement)]

    async def work(self, documents: "Documents[Any]", taken: int) -> None:
        stopping = asyncio.Event()
        working = asyncio.create_task(documents.work(stopping))

        async def done() -> object:
            return sum(self.ended(documents.queue, word) for word in ("done", "ignored", "parked")) == taken

        await until(done)
        stopping.set()
        await working

    def ended(self, queue: str, outcome: str) -> float:
        labels = {"queue": queue, "outcome": outcome}
        return self.telemetry.registry.get_sample_value("goodsout_deliveries_total", labels) or 0.0


@pytest.fixture
async def rig(database_url: str) -> AsyncIterator[Rig]:
    use_keys(KeyRing((b"k" * 32,)))
    database = await open_database(database_url, DatabaseSettings(url=database_url), 4)
    async with EmbeddedBus(f"changes-{uuid.uuid4()}") as bus:
        await bus.declare(TOPOLOGY)
        yield Rig(bus, database)
    await database.close()


async def test_each_notice_is_read_ignored_or_parked_by_name_and_a_forged_one_has_no_say(rig: Rig) -> None:
    await rig.carry(notification(), "n-1")
    await rig.carry(notification(), "n-1")
    await rig.carry(notification("202-2", fulfilled_by="AFN"))
    await rig.carry(notification("202-3", seller_id="SOMEBODY"))
    await rig.carry(notification(7))
    await rig.carry(b"{}")
    await rig.carry(notification("202-4"), event_type="inventory.level.v1")
    await rig.work(Documents(rig.shell, CHANGE_QUEUE, OrderChangeFlow({"shop": SHOP})), 7)
    assert [rig.ended(CHANGE_QUEUE, word) for word in ("done", "ignored", "parked")] == [1, 3, 3]
    asked = await rig.rows("select channel_account, channel_order_id from order_to_read")
    assert asked == [("shop", "202-1")]
    parked = await rig.rows("select reason, count(*) from parked group by reason order by reason")
    assert parked == [("invalid_data", 2), ("unknown_type", 1)]
    kept = await rig.rows("select body from parked")
    assert len(kept) == 3 and not any(b"NR1" in bytes(body) for (body,) in kept), (
        "a postcode is buyer data: it is sealed"
    )


async def test_whoever_carries_notices_cannot_speak_for_the_warehouse(rig: Rig) -> None:
    await rig.carry(b"{}", key="inventory.level", event_type="inventory.level.v1")
    await rig.work(Documents(rig.shell, UNROUTABLE_QUEUE, UNROUTABLE), 1)
    assert await rig.rows("select reason, exchange from parked") == [("unroutable", CHANNELS)]
    assert [await rig.bus.depth(queue) for queue in STOCK_QUEUES] == [0] * len(STOCK_QUEUES)
