"""A simulated Clarus served on a port, trading, with what a daemon needs to read it written into a folder."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from daemon.demo.offers import OWNER, sku_names
from daemon.supervisor import pause
from simulators.clarus import CLIENT, SECRET, ClarusSimulator, Control, Fault, FaultPlan, PackingDesk, Trading

SAY_EVERY = 5.0
"""Real seconds."""
TICK = 0.25
ACCOUNT, WAREHOUSE = "ACME", "WH1"
LEAST_ALLOWED = 1.0
"""Seconds that the daemon allows for the replica at least."""

SERVICES = """channel_account,service,programme,country,carrier,carrier_service
*,Standard,*,*,DPD,NEXT-DAY
"""
CARRIERS = """channel_account,carrier,service,carrier_code,carrier_name,shipping_method,confirm
*,DPD-UK,*,DPD,,Next Day,yes
"""


@dataclass(frozen=True, slots=True)
class Tenant:
    """What it holds, and which share of things goes wrong."""

    skus: int = 100
    rate: float = 5.0
    seed: int = 1
    lag: float = 2.0
    lose: float = 0.05
    duplicate: float = 0.05
    delay: float = 1.0
    errors: float = 0.01

    def plan(self) -> FaultPlan:
        kinds = ("error", "errors_beside_data", "unauthorised", "missing_field", "repeated_rows")
        chances = tuple((self.errors / len(kinds), Fault(kind)) for kind in kinds) if self.errors else ()  # type: ignore[arg-type]
        return FaultPlan(
            self.seed, chances, (0.0, self.lag), hook_lost=self.lose, hook_twice=self.duplicate,
            hook_delay=(0.0, self.delay),
        )  # fmt: skip


@asynccontextmanager
async def serve(
    tenant: Tenant, host: str, port: int, daemon: str, folder: Path, say: Callable[[str], None]
) -> AsyncIterator[Trading]:
    """Served within the block. `daemon`: where the daemon's web server will be, for the webhooks."""
    simulated = ClarusSimulator(faults=tenant.plan(), host=host, port=port)
    simulated.more_routes = tuple(Control(PackingDesk(simulated)).routes())
    async with simulated as clarus:
        trading = Trading(clarus, tuple(sku_names(tenant.skus)), seed=tenant.seed)
        token = _token(folder)
        automation = clarus.world.add_automation("stock_balance", "updated", f"{daemon}/clarus/hooks/{token}")
        (folder / "clarus.toml").write_text(tables(clarus, automation.id, tenant.lag))
        (folder / "services.csv").write_text(SERVICES)
        (folder / "carriers.csv").write_text(CARRIERS)
        say(f"Clarus is simulated at {clarus.url} (token: {clarus.token_url}), seed {tenant.seed}")
        say(f"{tenant.skus} products of {ACCOUNT} in {WAREHOUSE}; webhooks go to {daemon}")
        say(f"in {folder}: clarus.toml and its secrets, services.csv, carriers.csv")
        say("append clarus.toml to your goodsout.toml; an order's whole way: docs/rehearsal.md")
        say(f"goods outs: {clarus.url}/_simulator/goods_outs   Ctrl-C ends it")
        yield trading


async def trade(trading: Trading, tenant: Tenant, stop: asyncio.Event, say: Callable[[str], None]) -> None:
    """Movements at a rate until told to stop."""
    loop = asyncio.get_running_loop()
    begun = said = loop.time()
    done = 0
    while not stop.is_set():
        due = int((loop.time() - begun) * tenant.rate) - done
        done += len(trading.trade(due))
        if loop.time() - said > SAY_EVERY:
            said = loop.time()
            say(account_of(trading, done))
        await pause(stop, TICK)
    say(account_of(trading, done))


def account_of(trading: Trading, done: int) -> str:
    clarus = trading.clarus
    taken = sum(posted.status == 204 for posted in clarus.hooks.posted)
    return (
        f"{done} movements; webhooks: {len(clarus.hooks.posted)} sent, {taken} taken, {clarus.hooks.lost} lost;"
        f" {len(clarus.world.reads())} pages read"
    )


def _token(folder: Path) -> str:
    """Kept from run to run, as an automation keeps its URL."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, value in (("clarus-client-secret", SECRET), ("clarus-hook-balance", os.urandom(32).hex())):
        if not (folder / name).exists():
            (folder / name).touch(mode=0o600)
            (folder / name).write_text(value)
    return (folder / "clarus-hook-balance").read_text().strip()


def tables(clarus: ClarusSimulator, automation_id: int, lag: float) -> str:
    """What a configuration needs to read it."""
    return f"""# Written by `goodsout simulate clarus`.
[clarus.simulated]
subdomain = "{clarus.world.subdomain}"
client_id = "{CLIENT}"
client_secret_file = "clarus-client-secret"
host = "{clarus.url}"
token_url = "{clarus.token_url}"
calls_per_second = 20.0
replica_lag = {max(LEAST_ALLOWED, lag)}
sweep_every = 60.0
sweep_least = 10.0
read_again = 10.0
[clarus.simulated.hooks.balance]
token_file = "clarus-hook-balance"
automation_id = "{automation_id}"
resource = "stock_balance"
event = "updated"
[clarus.simulated.goods_outs]
read = true
sweep_every = 30.0
sweep_least = 5.0
look_again = 10.0
[warehouses.W1]
authority = "clarus"
clarus = "simulated"
warehouse_id = "{clarus.world.warehouse_id(WAREHOUSE)}"
[warehouses.W1.accounts]
{OWNER} = "{ACCOUNT}"
[warehouses.W1.account_ids]
{OWNER} = {clarus.world.account_id(ACCOUNT)}
[warehouses.W1.carrier_ids]
DPD = 5
[warehouses.W1.service_ids]
"DPD/NEXT-DAY" = 6
"""
