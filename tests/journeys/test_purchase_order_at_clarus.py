"""A purchase order from Amazon's pages to a goods out, its allocation, its answer, and what has left for it."""

from datetime import timedelta
from pathlib import Path

import pytest

from daemon.settings import Role
from schemas.purchase_order import PoLineNumber, PurchaseOrderNumber, Window
from schemas.terms import Marketplace
from simulators.amazon import UK, AmazonSimulator
from simulators.clarus import CLIENT, SECRET, ClarusSimulator, FaultPlan, PackingDesk
from tests.handlers.vendor_orders import line, order
from tests.journeys.rig import running, until
from tests.journeys.vendor_tables import vendor_table

pytestmark = pytest.mark.live

ROLES: tuple[Role, ...] = ("intake", "relay", "release", "documents", "despatch", "watch")
NUMBER, LINE = PurchaseOrderNumber("4Z32PABC"), PoLineNumber("1")


def tables(amazon: AmazonSimulator, clarus: ClarusSimulator) -> str:
    """The vendor account's own settings first."""
    account, destination = vendor_table(amazon).split("[vendors.retail.destinations.LTN4]")
    return f"""{account}
secure_by = "process"
[vendors.retail.destinations.LTN4]{destination}
lines = ["1 Road"]
city = "Dunstable"
country = "GB"
[notices.retail]
notices = false
[clarus.main]
subdomain = "{clarus.world.subdomain}"
client_id = "{CLIENT}"
client_secret_file = "clarus-secret"
host = "{clarus.url}"
token_url = "{clarus.token_url}"
calls_per_second = 100.0
replica_lag = 0.3
[clarus.main.goods_outs]
read = true
sweep_every = 0.3
sweep_least = 0.2
look_again = 0.3
package_fields = "id tracking_number shipment {{ id }} storage_unit {{ id }}"
[clarus.main.goods_outs.contents]
list = "tasks"
fields = "id confirmed_quantity product {{ code }} storage_unit_to {{ id }}"
parcel_path = "storage_unit_to.id"
package_path = "storage_unit.id"
[warehouses.W1]
authority = "clarus"
clarus = "main"
warehouse_id = "{clarus.world.warehouse_id("WH1")}"
account_ids = {{ acme = {clarus.world.account_id("ACME")} }}
[warehouses.W1.accounts]
acme = "ACME"
[releases]
late_effect = 1.0
look_soon = 0.2
look_again = 0.5
[releases.accounts.retail]
warehouse = "W1"
"""


async def test_a_purchase_order_is_made_at_clarus_allocated_acknowledged_as_allocated_and_leaves(
    tmp_path: Path, database_url: str
) -> None:
    async with ClarusSimulator(faults=FaultPlan(replica_lag=(0.0, 0.0))) as clarus:
        clarus.world.set_balance("MUG", ago=60.0, available=30)
        (tmp_path / "clarus-secret").write_text(SECRET)
        (tmp_path / "clarus-secret").chmod(0o600)
        async with running(tmp_path, database_url, ROLES, lambda amazon: tables(amazon, clarus)) as rig:
            now = rig.amazon.world.time.now()
            await rig.books.execute(
                "insert into product_code values ('retail', 'vendor_sku', 'MUG', 'acme', 'MUG', 1, $1)", now
            )
            await rig.books.execute(
                "insert into agreed_cost values ('retail', 'acme', 'MUG', $1, '', null, 2.5, 'GBP', $2)",
                (now - timedelta(days=9)).date(), now,
            )  # fmt: skip
            await until(lambda: rig.books.fetchval("select available = 30 from stock where sku = 'MUG'"))
            vendor = rig.seller.vendor
            wanted = order(
                line(size=1), marketplace=Marketplace(UK), ordered_at=now - timedelta(minutes=5),
                delivery_window=Window(now + timedelta(days=3), now + timedelta(days=9)),
            )  # fmt: skip
            vendor.add_order(wanted)

            async def allocated() -> object:
                return [one for one in clarus.orders.named(NUMBER) if one.status == "ALLOCATED"]

            await until(allocated, 30)
            [made] = clarus.orders.named(NUMBER)
            assert [int(one["order_quantity"]) for one in made.lines.values()] == [24]
            assert (made.address or {})["address_3"] == "Dunstable"

            async def acknowledged() -> object:
                return vendor.orders[NUMBER].books[LINE].accepted

            assert await until(acknowledged, 30) == 24
            desk = PackingDesk(clarus)
            desk.pick(made)
            desk.pack(made)
            desk.complete(made)

            async def left() -> object:
                return await rig.books.fetchval(
                    "select stage = 'completed' from vendor_despatch"
                    " where channel_account = 'retail' and number = $1",
                    NUMBER,
                )

            await until(left, 30)
            assert len(clarus.orders.named(NUMBER)) == 1
            processed = [heard for heard in clarus.world.heard if heard.operation.endswith("process_picks")]
            assert len(processed) == 1
            told = await rig.books.fetch("select kind from alert where resolved_at is null and kind ~ '^(po|order)_'")
            assert [row["kind"] for row in told] == []
