"""Stock, from what happens at Clarus to what Amazon shows: by webhooks of the worst kind, and a replica that lags."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import pytest

from daemon.settings import Role
from simulators.clarus import CLIENT, SECRET, ClarusSimulator, Fault, FaultPlan, Trading
from tests.journeys.rig import Rig, running, until
from tests.live.replicas import Replica

pytestmark = pytest.mark.live

ROLES: tuple[Role, ...] = ("intake", "relay", "publish", "watch", "web")
LAG = 2.0
SEED = 1211


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def tables(
    folder: Path, clarus: ClarusSimulator, port: int, sweep_every: float = 3600.0, page_size: int = 100
) -> str:
    """The tenant, its one webhook and the warehouse that it counts."""
    (folder / "clarus-secret").write_text(SECRET)
    (folder / "hook-token").write_text(f"{port:064d}")
    for name in ("clarus-secret", "hook-token"):
        (folder / name).chmod(0o600)
    automation = clarus.world.add_automation(
        "stock_balance", "updated", f"http://127.0.0.1:{port}/clarus/hooks/{port:064d}"
    )
    return f"""
[clarus.main]
subdomain = "{clarus.world.subdomain}"
client_id = "{CLIENT}"
client_secret_file = "clarus-secret"
host = "{clarus.url}"
token_url = "{clarus.token_url}"
calls_per_second = 50.0
page_size = {page_size}
replica_lag = {LAG}
sweep_every = {sweep_every}
sweep_least = 1.0
read_again = 1.0
[clarus.main.hooks.balance]
token_file = "hook-token"
automation_id = "{automation.id}"
resource = "stock_balance"
event = "updated"
[warehouses.W1]
authority = "clarus"
clarus = "main"
warehouse_id = "{clarus.world.warehouse_id("WH1")}"
[warehouses.W1.accounts]
acme = "ACME"
"""


@dataclass
class Journey:
    rig: Rig
    clarus: ClarusSimulator

    async def change(self, sku: str, available: int) -> None:
        """As it happens in the warehouse: the balance, and its webhook."""
        balance = self.clarus.world.set_balance(sku, available=available)
        self.clarus.hooks.fire("stock_balance", "updated", balance.body())
        await self.clarus.hooks.settle()

    async def shows(self, sku: str, quantity: int, within: float = 20.0) -> None:
        async def live() -> object:
            return self.rig.seller.listing(sku).live == quantity

        await until(live, within)

    def told(self, sku: str) -> list[int]:
        return self.rig.amazon.journal.told("SELLER1", sku)


@asynccontextmanager
async def journey(
    folder: Path, database_url: str, faults: FaultPlan | None = None, sweep_every: float = 3600.0, **opening: int
) -> AsyncIterator[Journey]:
    port = free_port()
    async with ClarusSimulator(faults=faults or FaultPlan(replica_lag=(0.0, LAG / 2))) as clarus:
        for sku, available in opening.items():
            clarus.world.set_balance(sku, ago=60.0, available=available)
        more = tables(folder, clarus, port, sweep_every)
        async with running(folder, database_url, ROLES, lambda _: more, {"GOODSOUT_WEB__PORT": str(port)}) as rig:
            for sku in opening:
                await rig.list_sku(sku)
            yield Journey(rig, clarus)


async def test_a_webhook_becomes_a_live_quantity(tmp_path: Path, database_url: str) -> None:
    async with journey(tmp_path, database_url, KETTLE=12) as at:
        await at.shows("KETTLE", 12)
        await at.change("KETTLE", 4)
        await at.shows("KETTLE", 4)
        await at.change("KETTLE", 9)
        await at.shows("KETTLE", 9)
        assert {posted.status for posted in at.clarus.hooks.posted} == {204}


async def test_a_sweep_settles_a_lost_event(tmp_path: Path, database_url: str) -> None:
    faults = FaultPlan(hook_lost=1.0)
    async with journey(tmp_path, database_url, faults, sweep_every=1.5, KETTLE=12) as at:
        await at.shows("KETTLE", 12)
        await at.change("KETTLE", 3)
        await at.shows("KETTLE", 3)
        assert at.clarus.hooks.posted == [] and at.clarus.hooks.lost == 1


async def test_a_lagging_read_does_not_raise_what_amazon_shows(tmp_path: Path, database_url: str) -> None:
    async with journey(tmp_path, database_url, KETTLE=12) as at:
        await at.shows("KETTLE", 12)
        await at.change("KETTLE", 2)
        await at.shows("KETTLE", 2)
        at.clarus.faults.replica_lag = (LAG, LAG)
        before = len(at.clarus.world.reads())
        await at.change("KETTLE", 1)

        async def read_twice() -> object:
            return len(at.clarus.world.reads()) >= before + 2

        await until(read_twice)
        await at.shows("KETTLE", 1)
        assert at.told("KETTLE") == [12, 2, 1]


async def test_what_the_bus_says_of_a_warehouse_under_clarus_is_parked(tmp_path: Path, database_url: str) -> None:
    async with journey(tmp_path, database_url, KETTLE=5) as at:
        await at.shows("KETTLE", 5)
        await at.rig.level("KETTLE", 99)

        async def parked() -> object:
            return await at.rig.books.fetchval("select reason from parked")

        assert await until(parked) == "other_authority"
        assert await at.rig.books.fetchval("select available from stock") == 5
        assert await at.rig.books.fetchval("select count(*) from stock_trouble") == 0


async def test_a_trading_day_with_bad_webhooks_and_bad_answers_ends_true(tmp_path: Path, database_url: str) -> None:
    print(f"seed {SEED}")
    skus = ("A", "B", "C", "D", "E")
    chances = ((0.05, Fault("error")), (0.05, Fault("errors_beside_data")), (0.03, Fault("unauthorised")),
               (0.05, Fault("missing_field")), (0.05, Fault("repeated_rows")))  # fmt: skip
    faults = FaultPlan(SEED, chances, (0.0, LAG), hook_lost=0.1, hook_twice=0.2, hook_delay=(0.0, 0.3))
    async with journey(tmp_path, database_url, faults, sweep_every=2.0, **dict.fromkeys(skus, 10)) as at:
        trading = Trading(at.clarus, skus, seed=SEED, opening=(5, 30))
        for _ in range(30):
            trading.trade(3)
            await asyncio.sleep(0.05)
        await at.clarus.hooks.settle()
        at.clarus.faults.stop()
        for sku in skus:
            await at.shows(sku, trading.available(sku), within=40.0)
        assert await at.rig.books.fetchval("select count(*) from stock where available < 0") == 0

        async def quiet() -> object:
            return await at.rig.books.fetchval("select count(*) = 0 from stock_trouble")

        await until(quiet)


async def test_a_process_that_is_killed_in_the_middle_of_a_sweep_is_followed_by_one_that_goes_on(
    tmp_path: Path, database_url: str
) -> None:
    async with ClarusSimulator() as clarus:
        for number in range(40):
            clarus.world.set_balance(f"SKU-{number:02}", available=0)
        (tmp_path / "master-key").write_text("5e" * 32)
        (tmp_path / "goodsout.toml").write_text(
            f'[bus]\nurl = "embedded:"\n[database]\nurl = "{database_url}"\n[web]\nport = 0\n'
            f'[keys]\nmaster_key_files = ["master-key"]\n' + tables(tmp_path, clarus, free_port(), page_size=2)
        )
        books = await asyncpg.connect(database_url)

        async def pages() -> int:
            return int(await books.fetchval("select coalesce(max(pages), 0) from clarus_sweep"))

        async def some() -> object:
            return 0 < await pages() < 20

        async def swept() -> object:
            return await books.fetchval("select finished_at is not null from clarus_sweep")

        clarus.faults.chances = ((1.0, Fault("slow", "stock_balances", seconds=0.15)),)
        first, second = (Replica(name, tmp_path / "goodsout.toml", "intake") for name in ("first", "second"))
        try:
            await first.start()
            await until(some, 30)
            await first.kill()
            done, heard = await pages(), len(clarus.world.reads())
            assert 0 < done < 20, first.told()
            clarus.faults.stop()
            await second.start()
            await until(swept, 40)
            assert await second.stop() == 0, second.told()
        finally:
            await books.close()
            for replica in (first, second):
                if replica.alive():
                    await replica.kill()
    # One page may have been answered and not yet be in the books when the first was killed.
    assert len(clarus.world.reads()) - heard in (20 - done, 20 - done + 1)
