"""A daemon in a process of its own, ten selling accounts at a simulated Amazon, and books of the wanted size."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

import asyncpg
import psutil

from daemon.bus import open_bus
from daemon.settings import ROLES
from daemon.settings import Bus as BusSettings
from daemon.topology import TOPOLOGY
from simulators.amazon import UK, AmazonSimulator, SimulatedSeller
from tests.bench.events import ACCOUNT, WAREHOUSE, sku_name, stock_books
from tests.live.replicas import Replica
from tests.services.broker import Broker
from tests.services.postgres import Databases

SELLERS = [f"shop-{number}" for number in range(10)]
LISTED = 500
"""SKUs that each account sells."""
CARRIER = "DPD-UK"


@dataclass(slots=True)
class House:
    """What a measurement holds; `daemon` is started by whoever measures."""

    amazon: AmazonSimulator
    amqp: str
    database: str
    daemon: Replica

    @property
    def resident(self) -> float:
        """Bytes of memory that the daemon's process has now."""
        assert self.daemon.process is not None
        return float(psutil.Process(self.daemon.process.pid).memory_info().rss)

    async def ask(self, question: str) -> object:
        connection = await asyncpg.connect(self.database)
        try:
            return await connection.fetchval(question)
        finally:
            await connection.close()

    async def until(self, question: str, within: float = 240.0) -> None:
        """Poll a question of the books that answers true or false."""
        connection = await asyncpg.connect(self.database)
        try:
            async with asyncio.timeout(within):
                while not await connection.fetchval(question):
                    assert self.daemon.alive(), self.daemon.told()
                    await asyncio.sleep(0.1)
        finally:
            await connection.close()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """The daemon, all roles on, until the block ends; then it must have stopped cleanly."""
        await self.daemon.start()
        try:
            await self.until(
                "select count(*) = 8 from lease where name like 'intake/%' and expires_at > clock_timestamp()"
            )
            yield
        finally:
            status = await self.daemon.stop()
        assert status == 0, self.daemon.told()


@asynccontextmanager
async def open_house(databases: Databases, broker: Broker, skus: int, name: str) -> AsyncIterator[House]:
    """Books of `skus` SKUs, LISTED of them sold by each of SELLERS; nothing is running yet."""
    template = await databases.migrated_template()
    async with databases.fresh_database(template) as database, AmazonSimulator() as amazon:
        with broker.vhost(name) as amqp, TemporaryDirectory(prefix="goodsout-bench-") as folder:
            async with open_bus(BusSettings(url=amqp), None) as bus:
                await bus.declare(TOPOLOGY)
            await stock_books(database, skus)
            sellers = {seller: amazon.add_seller(seller.upper()) for seller in SELLERS}
            await _map(database, sellers, min(skus, LISTED))
            file = _configuration(Path(folder), database, amqp, amazon, sellers)
            yield House(amazon, amqp, database, Replica("daemon", file, ",".join(ROLES)))


async def _map(database: str, sellers: "dict[str, SimulatedSeller]", listed: int) -> None:
    now = datetime.now(UTC)
    names = [sku_name(number) for number in range(listed)]
    rows = [(shop, UK, sku, ACCOUNT, sku, now) for shop in sellers for sku in names]
    columns = ("channel_account", "marketplace", "seller_sku", "account", "sku", "imported_at")
    connection = await asyncpg.connect(database)
    await connection.copy_records_to_table("listing", records=rows, columns=columns)
    await connection.execute(
        "insert into carrier (channel_account, carrier, service, carrier_code, shipping_method, imported_at)"
        " values ('*', $1, '*', 'DPD', 'DPD Next Day', $2)",
        CARRIER, now,
    )  # fmt: skip
    await connection.close()
    for seller in sellers.values():
        for sku in names:
            seller.add_listing(sku, quantity=0, lead_time=2)


def _configuration(
    folder: Path, database: str, amqp: str, amazon: AmazonSimulator, sellers: "dict[str, SimulatedSeller]"
) -> Path:
    """Nothing but what has no default: the daemon is measured as it comes."""
    bus = urlsplit(amqp)
    file = folder / "goodsout.toml"
    _write_secrets(folder, bus.password or "", sellers)
    address = bus._replace(netloc=f"{bus.username}@{bus.hostname}:{bus.port}").geturl()
    file.write_text(
        f"""
[bus]
url = "{address}"
password_file = "amqp-password"
[database]
url = "{database}"
[web]
port = 0
[keys]
master_key_files = ["master-key"]
"""
        + "".join(_seller(name, amazon, seller) for name, seller in sellers.items())
    )
    return file


def _seller(name: str, amazon: AmazonSimulator, seller: SimulatedSeller) -> str:
    return f"""
[sellers.{name}]
account = "{ACCOUNT}"
seller_id = "{seller.seller_id}"
endpoint = "{amazon.url}"
token_url = "{amazon.token_url}"
client_id = "{seller.client_id}"
client_secret_file = "client-secret"
refresh_token_file = "refresh-token-{name}"
marketplaces = ["{UK}"]
warehouses = ["{WAREHOUSE}"]
"""


def _write_secrets(folder: Path, password: str, sellers: "dict[str, SimulatedSeller]") -> None:
    [client_secret] = {seller.client_secret for seller in sellers.values()}
    secrets = {"client-secret": client_secret, "master-key": "5e" * 32, "amqp-password": password}
    secrets |= {f"refresh-token-{name}": seller.refresh_token for name, seller in sellers.items()}
    for name, value in secrets.items():
        (folder / name).write_text(value)
        (folder / name).chmod(0o600)
