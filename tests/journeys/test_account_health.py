"""An account's health through the whole daemon: the report read, the order that tips it named, and the alert over."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from daemon.commands.health import health
from daemon.settings import Role
from simulators.amazon import UK, AmazonSimulator, SimulatedHealth
from simulators.amazon.buckets import Plan
from simulators.amazon.order_details import OrderDetails
from tests.daemon.books_rig import Rig as Desk
from tests.journeys.rig import Rig, running, until

pytestmark = pytest.mark.live

ROLES: tuple[Role, ...] = ("intake", "documents", "despatch", "publish", "relay", "watch")
CARRIER = """insert into carrier (channel_account, carrier, service, carrier_code, shipping_method, imported_at)
    values ('*', 'RM', '*', 'Royal Mail', 'Royal Mail 48', now())"""


def quick(amazon: AmazonSimulator) -> str:
    amazon.world.search_behind = timedelta(0)
    amazon.world.buckets.plans["searchOrders"] = Plan(100, 100)
    return "[demand]\nevery = 1.0\nbehind = 0.1\noverlap = 600.0\n[health]\nlook_every = 1.0\npoll_first = 0.2\n"


@pytest.fixture
async def rig(tmp_path: Path, database_url: str) -> AsyncIterator[Rig]:
    async with running(tmp_path, database_url, ROLES, quick) as rig:
        rig.seller.health[UK] = SimulatedHealth(
            orders=100, late=3, shipments=100, tracked=99, lag=timedelta(minutes=5)
        )
        yield rig


async def test_an_order_that_tips_the_account_is_named_until_it_is_confirmed(
    rig: Rig, tmp_path: Path, database_url: str
) -> None:
    name, ship_by = "202-1234567-8901234", datetime.now(UTC) + timedelta(hours=2)
    await rig.list_sku("KETTLE")
    await rig.books.execute(CARRIER)
    for number in range(2):
        told = OrderDetails(ship_by=ship_by + timedelta(minutes=number))
        order = rig.seller.add_order(f"{name[:-1]}{4 + number}", [(f"L{number}", "KETTLE", 1)], details=told)
        order.created_at -= timedelta(minutes=1)

    async def raised() -> object:
        where = "kind = 'late_shipment_forecast' and resolved_at is null"
        return await rig.books.fetchval(f"select text from alert where {where}")

    text = str(await until(raised))
    assert f"{name[:-1]}5" in text, "3 of 100 leaves room for one: the second tips it"
    desk = Desk(database_url, tmp_path)
    desk.environ |= {
        "GOODSOUT_SELLERS__SHOP__" + key: value
        for key, value in {
            "ACCOUNT": "acme", "SELLER_ID": "SELLER1", "ENDPOINT": rig.amazon.url, "TOKEN_URL": rig.amazon.token_url,
            "CLIENT_ID": "x", "CLIENT_SECRET_FILE": str(tmp_path / "client-secret"), "WAREHOUSES": "W1",
            "REFRESH_TOKEN_FILE": str(tmp_path / "refresh-token"), "MARKETPLACES": UK,
        }.items()
    }  # fmt: skip
    shown = await asyncio.to_thread(desk.told, health, "shop", "--orders")
    assert f"{name[:-1]}5" in shown and "tips the account" in shown
    listed = json.loads(await asyncio.to_thread(desk.told, health, "--json"))
    [late] = [one for one in listed[0]["outlooks"] if one["measure"] == "late_shipment"]
    assert (late["target"]["value"], late["base"]["source"], late["room"]) == ("0.04", "report", 1)

    parcel = {
        "parcel_id": "P1", "carrier": "RM", "service": "48", "tracking_number": "32-001 925 4000-221 BB4 EFC",
        "lines": [{"sku": "KETTLE", "quantity": 1, "line_reference": "L1"}],
    }  # fmt: skip
    data = {
        "account": "acme", "warehouse": "W1", "order_reference": "SO-1", "despatch_id": "D1", "revision": 1,
        "channel": {"kind": "amazon", "account": "shop", "marketplace": UK}, "channel_order_id": f"{name[:-1]}5",
        "despatched_at": datetime.now(UTC).isoformat(), "parcels": [parcel],
    }  # fmt: skip
    body = {
        "specversion": "1.0", "id": "e1", "source": "/warehouse", "type": "despatch.completed.v1",
        "time": datetime.now(UTC).isoformat(), "data": data,
    }  # fmt: skip
    await rig.send("despatch.completed", json.dumps(body).encode(), "acme/SO-1")

    async def over() -> object:
        return await raised() is None

    await until(over)
    [told_it] = rig.amazon.journal.accepted("confirmShipment")
    assert told_it.body["packageDetail"]["trackingNumber"] == "320019254000221BB4EFC"  # type: ignore[index]  # JSON
    assert await rig.books.fetchval(
        "select left_at is not null and told_at is not null from order_clock where not open"
    )
