"""The label path end to end: bought, announced, printed, released, despatched, and not confirmed a second time."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from daemon.commands.labels import labels
from daemon.settings import Role
from daemon.topology import Binding, Queue, Topology
from simulators.amazon import AmazonSimulator
from simulators.amazon.buckets import Plan
from simulators.amazon.order_details import OrderDetails
from simulators.amazon.shipping import SimulatedService
from simulators.clarus import SECRET, ClarusSimulator, FaultPlan
from tests.controls import despatches as control
from tests.daemon.books_rig import Rig as Desk
from tests.journeys.release_tables import HOME, tables
from tests.journeys.rig import Rig, running, until

pytestmark = pytest.mark.live

ROLES: tuple[Role, ...] = ("intake", "relay", "publish", "release", "documents", "despatch", "watch")
NAME = "202-1234567-8901234"
LABELS = """
[labels.shop]
buy = "before_release"
[labels.shop.ship_from]
name = "Warehouse"
line = "1 Dock Road"
city = "Leeds"
region = "West Yorkshire"
postcode = "LS1 1AA"
country = "GB"
[labels.shop.services]
"DPD/NEXT-DAY" = ["NEXT"]
[labels.shop.products.CHAIR]
length = 600
width = 400
height = 300
weight = 4200
"""


async def mapped(rig: Rig) -> None:
    now = datetime.now(UTC)
    await rig.list_sku("CHAIR", "chair")
    await rig.books.execute(
        "insert into shipping_service (channel_account, service, carrier, carrier_service, imported_at) "
        "values ('*', 'NextDay', 'DPD', 'NEXT-DAY', $1)",
        now,
    )
    await rig.books.execute(
        "insert into carrier (channel_account, carrier, service, carrier_code, imported_at) "
        "values ('*', 'DPD', '*', 'DPD', $1)",
        now,
    )


async def despatched(rig: Rig) -> None:
    parcel = control.parcel("P1", lines=[{"sku": "CHAIR", "quantity": 1}])
    content: dict[str, Any] = control.data(
        order_reference=NAME, channel_order_id=NAME, parcels=[parcel], despatched_at=datetime.now(UTC).isoformat()
    )
    body = control.event("despatch.completed", content, time=datetime.now(UTC).isoformat())
    await rig.send("despatch.completed", body, f"acme/{NAME}")


def said_by_bars(picture: Image.Image) -> str:
    """What a scanner reads across the label, whichever row it goes along."""
    wide, high = picture.size
    [dots] = {picture.crop((0, row, wide, row + 1)).tobytes() for row in range(high)}
    bits = "".join("0" if dot else "1" for dot in dots)
    return int(bits, 2).to_bytes(wide // 8, "big").decode()


async def test_a_label_is_bought_printed_and_its_order_not_confirmed_twice(tmp_path: Path, database_url: str) -> None:
    async with ClarusSimulator(faults=FaultPlan(replica_lag=(0.0, 0.0))) as clarus:
        clarus.world.set_balance("CHAIR", ago=60.0, available=10)
        (tmp_path / "clarus-secret").write_text(SECRET)
        (tmp_path / "clarus-secret").chmod(0o600)

        def more(amazon: AmazonSimulator) -> str:
            amazon.world.search_behind = timedelta(0)
            amazon.world.buckets.plans["searchOrders"] = Plan(100, 100)
            [seller] = amazon.world.sellers.values()
            seller.shipping.sold_is_shipped = True
            seller.shipping.services = [SimulatedService("AMZN", "NEXT", Decimal("3.49"), 1.0)]
            return tables(clarus) + LABELS

        async with running(tmp_path, database_url, ROLES, more) as rig:
            await rig.bus.declare(Topology((), (Queue("labels"),), (Binding("goodsout.labels", "labels", "#"),)))
            await mapped(rig)
            told = OrderDetails(service="NextDay", prices={"L1": "9.90"}, address=HOME)
            order = rig.seller.add_order(NAME, [("L1", "chair", 1)], details=told)
            order.created_at -= timedelta(seconds=30)

            async def there() -> object:
                return clarus.orders.named(NAME)

            await until(there)
            [shipment] = rig.seller.shipping.of_order(NAME)
            [delivery] = await (await rig.bus.subscribe("labels", 10)).take(1, 0.0)
            said = json.loads(delivery.body)
            assert said["type"] == "label.ready.v1"
            assert said["data"]["tracking_number"] == shipment.tracking
            assert b"Norwich" not in delivery.body

            desk = Desk(database_url, tmp_path)
            desk.environ["GOODSOUT_KEYS__MASTER_KEY_FILES"] = json.dumps([str(tmp_path / "master-key")])
            file = tmp_path / "label.png"
            await asyncio.to_thread(desk.told, labels, "get", "shop", NAME, "--to", file)
            assert file.stat().st_mode & 0o777 == 0o600
            with Image.open(file) as picture:
                picture.load()
                assert (picture.format, picture.size) == ("PNG", (96, 144))
                assert said_by_bars(picture) == shipment.tracking

            await despatched(rig)

            async def decided() -> object:
                return await rig.books.fetchrow(
                    "select state, reason from effect where lane = 'despatch' and state = 'withdrawn'"
                )

            settled: Any = await until(decided)
            assert settled["reason"] == "label_bought"
            assert rig.amazon.journal.of("confirmShipment") == []
