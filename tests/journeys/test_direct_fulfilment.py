"""Direct fulfilment, from the warehouse's events to what the channel shows, where answers get lost on the way."""

from pathlib import Path

import pytest

from daemon.settings import Role
from simulators.amazon import AmazonSimulator, Fault, Lags
from tests.journeys.rig import Rig, running, until
from tests.live.fulfilment_rig import fulfilment_tables

pytestmark = pytest.mark.live

ROLES: tuple[Role, ...] = ("intake", "relay", "publish", "watch")
ITEMS = {f"POT-{number:02d}": 10 + number for number in range(12)}


def add_warehouses(amazon: AmazonSimulator) -> str:
    [seller] = amazon.world.sellers.values()
    seller.add_warehouse("LTN9", dict.fromkeys([*ITEMS, "FOREIGN"], 3))
    seller.add_warehouse("BHX4", {})
    return fulfilment_tables(amazon, seller)


async def test_every_item_becomes_true_by_partial_updates_alone_whatever_gets_lost(
    tmp_path: Path, database_url: str
) -> None:
    soon = {"GOODSOUT_PUBLICATION__LATE_EFFECT": "1"}
    async with running(tmp_path, database_url, ROLES, add_warehouses, soon) as rig:
        rig.amazon.faults.lags = Lags(live=(0.1, 0.4))
        rig.amazon.faults.script(
            Fault(kind="error_after", operation="submitInventoryUpdate"),
            Fault(kind="reset", operation="submitInventoryUpdate"),
            Fault(kind="throttle", operation="getTransactionStatus"),
        )
        for sku in ITEMS:
            await rig.list_sku(sku, channel_account="df", marketplace="LTN9")
        for sku, level in ITEMS.items():
            await rig.level(sku, level)
        await rig.moved("POT-07", -9)
        levels = ITEMS | {"POT-07": ITEMS["POT-07"] - 9}
        await shown(rig, levels | {"FOREIGN": 3})
        warehouse = rig.seller.warehouses["LTN9"]
        assert not any(taken.update.is_full_update for taken in warehouse.transactions)
        lost = await rig.books.fetchval("select count(*) from stock_update where state = 'unknown'")
        assert lost >= 1, "answers were lost on the way"
        assert rig.amazon.journal.accepted("patchListingsItem") == []


async def shown(rig: Rig, levels: dict[str, int]) -> None:
    warehouse = rig.seller.warehouses["LTN9"]

    async def all_true() -> object:
        warehouse.settle(rig.amazon.world.time.now())
        return warehouse.items == levels

    await until(all_true, 30)

    async def settled() -> object:
        return await rig.books.fetchval(
            "select count(*) = $1 from publication"
            " where proven_at is not null and live = desired and flight_id is null",
            len(ITEMS),
        )

    await until(settled, 30)
