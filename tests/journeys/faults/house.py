"""A daemon in a process of its own, a shop at Amazon, a warehouse at Clarus, and everything that goes wrong there."""

import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import asyncpg

from daemon.budget import CONFIRM_DESPATCH, READ_ORDER, SEARCH_ORDERS, buckets
from simulators.amazon import UK, AmazonSimulator, Chance, Lags
from simulators.amazon import Fault as AmazonFault
from simulators.amazon import FaultPlan as AmazonFaults
from simulators.amazon.buckets import Plan
from simulators.amazon.faults import Kind as AmazonKind
from simulators.clarus import ClarusSimulator, Fault, FaultPlan, PackingDesk
from simulators.clarus.faults import Kind
from tests.journeys.clarus_tables import LAG, free_port, tables
from tests.journeys.faults.road import Road, road_to
from tests.journeys.faults.shop import SKUS, Shop
from tests.journeys.faults.warehouse import Warehouse
from tests.journeys.rig import write_configuration
from tests.live.replicas import Replica

ROLES: Final = "intake,publish,documents,despatch,relay,release,watch,web"
OPERATIONS: Final = ("getOrder", "searchOrders", "confirmShipment")
AMAZON_KINDS: Final[tuple[AmazonKind, ...]] = ("error_before", "error_after", "cut_answer", "reset")
AMAZON_CHANCES: Final = (
    *(Chance(probability=0.03, fault=AmazonFault(kind=kind, operation=operation, status=503))
      for kind in AMAZON_KINDS for operation in OPERATIONS),
    Chance(probability=0.1, fault=AmazonFault(kind="repeated", operation="searchOrders")),
    Chance(probability=0.02, fault=AmazonFault(kind="late_effect", operation="confirmShipment", seconds=1.0)),
    Chance(probability=0.01, fault=AmazonFault(kind="lost_answer", operation="confirmShipment", seconds=6.0)),
)  # fmt: skip
CLARUS_KINDS: Final[tuple[Kind, ...]] = ("error", "error_after", "reset", "reset_after", "throttle", "unauthorised")
READ_KINDS: Final[tuple[Kind, ...]] = ("error", "reset", "errors_beside_data", "repeated_rows", "garbled")
CHANGES: Final = ("goods_outs.create", "goods_outs.change", "goods_outs.delete")
LISTS: Final = ("goods_outs", "goods_out_lines", "shipments", "packages", "tasks")
CLARUS_CHANCES: Final = (
    *((0.03, Fault(kind, call)) for kind in CLARUS_KINDS for call in CHANGES),
    *((0.02, Fault("late_effect", call, seconds=0.7)) for call in CHANGES),
    *((0.01, Fault(kind, name)) for kind in READ_KINDS for name in LISTS),
)
NO_ANSWER: Final = 3.0
"""Real seconds after which a partner is given up on."""


@dataclass
class House:
    amazon: AmazonSimulator
    clarus: ClarusSimulator
    shop: Shop
    warehouse: Warehouse
    daemons: list[Replica]
    """Replicas; webhooks go to the first."""
    books: "asyncpg.Connection[asyncpg.Record]"
    road: Road
    """From the daemon to its bus."""

    @property
    def kills(self) -> int:
        return sum(daemon.kills for daemon in self.daemons)

    async def kill(self) -> None:
        """Each replica in turn, in the middle of whatever it does."""
        daemon = self.daemons[self.kills % len(self.daemons)]
        assert daemon.alive(), daemon.told()
        await daemon.kill()
        await daemon.start()

    def check_alive(self) -> None:
        for daemon in self.daemons:
            assert daemon.alive(), daemon.told()

    def clarus_goes_away(self, seconds: float) -> None:
        self.clarus.faults.leave(datetime.now(UTC) + timedelta(seconds=seconds))


@asynccontextmanager
async def house(
    folder: Path, database: str, amqp: str, seed: int, orders: int, replicas: int
) -> AsyncIterator[House]:
    """`orders`: how many are to come; sweeps and looks over a greater warehouse take their time."""
    port = free_port()
    plan = FaultPlan(
        seed, CLARUS_CHANCES, (0.0, LAG * 0.8), hook_lost=0.4, hook_twice=0.2, hook_delay=(0.0, 0.5)
    )  # fmt: skip
    late = AmazonFaults(
        seed, AMAZON_CHANCES, Lags(order=(0.0, 0.8), search=(0.0, 0.3), replica=(0.0, 0.8)), rate_header_absent=1.0
    )
    bus = urlsplit(amqp)
    async with (
        AmazonSimulator(faults=late) as amazon,
        ClarusSimulator(faults=plan) as clarus,
        road_to(bus.hostname or "127.0.0.1", bus.port or 5672) as (road, bus_port),
    ):
        shop = Shop(amazon.add_seller("SELLER1"), seed, random.Random(seed))
        amazon.world.search_behind = timedelta(0)
        amazon.world.buckets.plans |= {name: Plan(1000, 1000) for name in OPERATIONS}
        for sku in SKUS:
            clarus.world.product_id(sku)
        url = bus._replace(netloc=f"{bus.username}@127.0.0.1:{bus_port}").geturl()
        more = settings(folder, clarus, port, max(1.0, orders / 250), max(10.0, orders / 100))
        file = write_configuration(folder, database, url, amazon, shop.seller, more)
        _adjust(file)
        (folder / "amqp-password").write_text(bus.password or "")
        (folder / "amqp-password").chmod(0o600)
        books = await asyncpg.connect(database)
        await _map(books)
        ports = [port, *(free_port() for _ in range(replicas - 1))]
        daemons = [
            Replica(f"daemon-{number}", file, ROLES, {
                "GOODSOUT_WEB__PORT": str(one), "GOODSOUT_BUS__PASSWORD_FILE": "amqp-password",
            })
            for number, one in enumerate(ports, 1)
        ]  # fmt: skip
        warehouse = Warehouse(clarus, shop, PackingDesk(clarus))
        try:
            for daemon in daemons:
                await daemon.start()
            yield House(amazon, clarus, shop, warehouse, daemons, books, road)
        finally:
            for daemon in daemons:
                await daemon.stop()
            await books.close()


def _adjust(file: Path) -> None:
    """Partners are given up on sooner than a faulty answer comes; what was completed is not read anew in every sweep,
    since sweeps follow each other within seconds here."""
    text = file.read_text()
    for section in ("[despatch]\n", "[clarus.main]\n"):
        text = text.replace(section, f"{section}request_timeout = {NO_ANSWER}\n")
    text = text.replace("[clarus.main]\n", "[clarus.main]\nconcurrent_calls = 8\n")
    section = "[clarus.main.goods_outs]\n"
    file.write_text(text.replace(section, f"{section}completed_again = 30.0\n"))


def settings(folder: Path, clarus: ClarusSimulator, port: int, sweep_every: float, look_over: float) -> str:
    return f"""
release = "clarus"
[demand]
every = 0.5
behind = 0.1
overlap = 5.0
[orders]
read_again = 1.0
kept_reads = 0.0
{tables(folder, clarus, port, sweep_every, 400.0)}
[warehouses.W1.account_ids]
acme = {clarus.world.account_id("ACME")}
[warehouses.W1.carrier_ids]
DPD-UK = 3
[warehouses.W1.service_ids]
"DPD-UK/NEXT" = 31
[releases]
late_effect = 2.0
look_soon = 0.2
look_again = 1.0
look_over = {look_over}
[releases.accounts.shop]
warehouse = "W1"
"""


async def _map(books: "asyncpg.Connection[asyncpg.Record]") -> None:
    now = datetime.now(UTC)
    listings = [("shop", UK, f"{sku}-1", "acme", sku, now) for sku in SKUS]
    await books.executemany(
        "insert into listing (channel_account, marketplace, seller_sku, account, sku, imported_at)"
        " values ($1, $2, $3, $4, $5, $6)", listings,
    )  # fmt: skip
    await books.execute(
        "insert into carrier (channel_account, carrier, service, carrier_code, shipping_method, imported_at)"
        " values ('*', 'DPD-UK', '*', 'DPD', 'DPD Next Day', $1)", now,
    )  # fmt: skip
    await books.execute(
        "insert into shipping_service (channel_account, service, carrier, carrier_service, imported_at)"
        " values ('*', 'NextDay', 'DPD-UK', 'NEXT', $1)", now,
    )  # fmt: skip
    wide = [bucket.name for plan in (READ_ORDER, SEARCH_ORDERS, CONFIRM_DESPATCH)
            for bucket in buckets(plan, "shop", "goodsout")]  # fmt: skip
    await books.execute(
        "insert into budget (bucket, rate, burst, tokens, counted_at)"
        " select name, 500, 500, 500, clock_timestamp() from unnest($1::text[]) as name", wide,
    )  # fmt: skip
