"""Parcels, from what is done at Clarus to what Amazon is told: webhooks lost, doubled and late, a lagging replica."""

import random
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from daemon.settings import Role
from simulators.amazon import UK
from simulators.clarus import ClarusSimulator, FaultPlan, PackingDesk
from simulators.clarus.orders import GoodsOut
from tests.journeys.carriers import map_carrier
from tests.journeys.clarus_tables import LAG, free_port, tables
from tests.journeys.rig import Rig, running, until

pytestmark = pytest.mark.live

ROLES: tuple[Role, ...] = ("intake", "documents", "despatch", "relay", "watch", "web")
SEED = 411
ORDERS = 10


def told(rig: Rig) -> list[dict[str, Any]]:
    return [entry.body["packageDetail"] for entry in rig.amazon.journal.accepted("confirmShipment")]  # type: ignore[index]  # JSON


async def test_every_parcel_is_confirmed_once_with_webhooks_lost_at_random(tmp_path: Path, database_url: str) -> None:
    print(f"seed {SEED}")
    draw = random.Random(SEED)
    faults = FaultPlan(SEED, (), (0.0, LAG * 0.8), hook_lost=0.5, hook_twice=0.2, hook_delay=(0.0, 0.3))
    port = free_port()
    async with ClarusSimulator(faults=faults) as clarus:
        desk = PackingDesk(clarus)
        more = tables(tmp_path, clarus, port)
        async with running(tmp_path, database_url, ROLES, lambda _: more, {"GOODSOUT_WEB__PORT": str(port)}) as rig:
            await map_carrier(rig)
            for sku in ("KETTLE", "MUG"):
                await rig.list_sku(sku, f"{sku}-1")
            await until(lambda: _swept(rig))
            orders = [_order(rig, desk, number, draw) for number in range(ORDERS)]
            for order in orders:
                desk.complete(order)
            for order in draw.sample(orders, 3):  # taken back and completed again: the same despatch
                desk.take_back(order)
                desk.complete(order)
            await until(lambda: _all_told(rig, clarus), within=40.0)
            await clarus.hooks.settle()
        _check(rig, clarus, orders)
        print(
            f"{len(told(rig))} parcels; of the webhooks {clarus.hooks.lost} lost, {len(clarus.hooks.posted)} posted"
        )


async def _swept(rig: Rig) -> object:
    return await rig.books.fetchval("select finished_at is not null from clarus_goods_out_sweep")


def _order(rig: Rig, desk: PackingDesk, number: int, draw: random.Random) -> GoodsOut:
    """Sold at Amazon, and typed into Clarus by hand under a name of the warehouse's own."""
    order_id = f"203-{number:07d}-{SEED:07d}"
    kettles, mugs = draw.randint(1, 3), draw.randint(1, 4)
    rig.seller.add_order(
        order_id, [(f"{number}1", "KETTLE-1", kettles), (f"{number}2", "MUG-1", mugs)], marketplace=UK
    )
    order = desk.enter(f"SO-{number}", [("KETTLE", kettles, f"{number}1"), ("MUG", mugs, f"{number}2")], order_id)
    desk.allocate(order)
    if draw.random() < 0.3:
        desk.pack(order)
    else:
        desk.pack(order, {"KETTLE": kettles, "MUG": mugs - 1}, {"MUG": 1})
    return order


async def _all_told(rig: Rig, clarus: ClarusSimulator) -> object:
    wanted = sum(len(shipment.packages) for shipment in clarus.world.shipments)
    states = await rig.books.fetchval("select count(*) from effect where state in ('accepted', 'live')")
    return states == wanted == len(told(rig))


def _check(rig: Rig, clarus: ClarusSimulator, orders: list[GoodsOut]) -> None:
    """Amazon has each tracking number once, with what Clarus packed under it."""
    accepted = told(rig)
    packed = {package.tracking_number: (shipment, package) for shipment in clarus.world.shipments
              for package in shipment.packages}  # fmt: skip
    assert Counter(detail["trackingNumber"] for detail in accepted) == Counter(packed.keys())
    assert len({detail["packageReferenceId"] for detail in accepted}) == len(packed)
    lines = {line_id: str(line["alt_line_reference"]) for order in orders for line_id, line in order.lines.items()}
    for detail in accepted:
        _, package = packed[detail["trackingNumber"]]
        said = {item["orderItemId"]: item["quantity"] for item in detail["orderItems"]}
        assert said == {lines[line_id]: units for line_id, units in package.contents.items() if units}
