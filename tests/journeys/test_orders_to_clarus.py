"""An order that is cleared goes to the simulated Clarus by the daemon, and is taken back when it is cancelled."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

from daemon.settings import Database as DatabaseSettings
from daemon.settings import Role
from daemon.store.database import open_database
from schemas.sales_order import SalesOrder
from schemas.terms import ChannelAccount, ChannelOrderId, Marketplace
from simulators.clarus import CLIENT, SECRET, ClarusSimulator, Fault
from tests.journeys.rig import running, until
from tests.live.release_rig import HOME, hear, lines

ROLES: tuple[Role, ...] = ("intake", "release", "watch")


def tables(folder: Path, clarus: ClarusSimulator) -> str:
    (folder / "clarus-secret").write_text(SECRET)
    (folder / "clarus-secret").chmod(0o600)
    return f"""
[clarus.main]
subdomain = "{clarus.world.subdomain}"
client_id = "{CLIENT}"
client_secret_file = "clarus-secret"
host = "{clarus.url}"
token_url = "{clarus.token_url}"
calls_per_second = 50.0
replica_lag = 0.5
[releases]
late_effect = 0.5
look_soon = 0.2
[releases.accounts.shop]
warehouse = "W1"
pack_strategy = "pack_by_line"
[warehouses.W1]
authority = "clarus"
clarus = "main"
warehouse_id = "{clarus.world.warehouse_id("WH1")}"
[warehouses.W1.accounts]
acme = "ACME"
[warehouses.W1.account_ids]
acme = {clarus.world.account_id("ACME")}
[warehouses.W1.carrier_ids]
DPD = 5
[warehouses.W1.service_ids]
"DPD/NEXT-DAY" = 6
"""


def order(at: datetime) -> SalesOrder:
    return SalesOrder(
        channel_account=ChannelAccount("shop"), channel_order_id=ChannelOrderId("111-1"),
        marketplace=Marketplace("GB"), status="open", ordered_at=at, updated_at=at,
        ship_by=at + timedelta(hours=20), ship_to=HOME, lines=lines(A=2),
    )  # fmt: skip


async def test_a_cleared_order_reaches_clarus_once_and_leaves_it_when_it_is_cancelled(
    tmp_path: Path, database_url: str
) -> None:
    async with ClarusSimulator() as clarus:
        clarus.world.product_id("A")
        clarus.faults.script(Fault("error_after", "goods_outs.create", status=502))
        async with running(tmp_path, database_url, ROLES, lambda _: tables(tmp_path, clarus)) as rig:
            sold = order(datetime.now(UTC))
            books = await open_database(database_url, DatabaseSettings(url=database_url), 2)
            async with books.transaction() as connection:
                await hear(connection, (sold, True))

            async def known() -> object:
                return await rig.books.fetchval("select status = 'pending' from warehouse_order")

            await until(known)
            [there] = clarus.orders.named("111-1")
            assert there.attributes["pack_strategy"] == "pack_by_line" and there.attributes["carrier_service_id"] == 6
            later = sold.updated_at + timedelta(seconds=1)
            cancelled = msgspec.structs.replace(sold, status="cancelled", updated_at=later)
            async with books.transaction() as connection:
                await hear(connection, (cancelled, False))

            async def ended() -> object:
                return await rig.books.fetchval("select state = 'ended' from sales_order")

            await until(ended)
            await books.close()
        assert clarus.orders.named("111-1") == [] and len(clarus.world.goods_outs) == 1
