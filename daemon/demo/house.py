"""The demo's house: a folder, a private PostgreSQL, a bus, the simulators and the whole daemon, in one process."""

import asyncio
import contextlib
import json
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from daemon.app import open_books
from daemon.bus import open_bus
from daemon.bus.port import Bus
from daemon.config import Configuration, load
from daemon.demo.offers import OWNER, SELLERS, Offer, listing_of, offers_of, sku_names
from daemon.demo.road import StreamReader, answer_requests
from daemon.demo.sales import CARRIERS, Sales
from daemon.running import run as run_daemon
from daemon.settings import ROLES
from daemon.store import mapping_tables
from daemon.store.database import Database
from daemon.store.embedded import PrivatePostgres
from daemon.store.embedded_account import ELSEWHERE
from daemon.store.listings import apply
from daemon.store.reach import reachable
from daemon.store.sealing import load_keys, use_keys
from handlers.listings import Changes
from handlers.mappings import CarrierRow
from simulators.amazon import UK, AmazonSimulator, FaultPlan, Lags
from simulators.warehouse import OrderDesk, Warehouse, WarehouseFaults

CLIENT = "demo-application"
FIRST_SECRET = "the-first-client-secret"  # noqa: S105  (the simulator's)
REQUEST_TIMEOUT = 2.0
"""Real seconds until the daemon gives up on one request."""
LATE_EFFECT = 4.0
LIVE_LAG = (0.1, 0.8)
ORDER_LAG = (0.1, 0.5)
ANSWER_AFTER = 1.5
"""Real seconds until the warehouse has counted what it was asked for."""


@dataclass(slots=True)
class House:
    """All that the script, the view and the verdict look at."""

    seed: int
    folder: Path
    configuration: Configuration
    amazon: AmazonSimulator
    warehouse: Warehouse
    desk: OrderDesk
    faults: WarehouseFaults
    bus: Bus
    books: Database
    offers: Sequence[Offer]
    sales: Sales
    stream: StreamReader
    daemon: "asyncio.Task[None]"
    answered: int = 0
    """Requests for levels that the warehouse has answered."""

    def check(self) -> None:
        """Raises what the daemon died of."""
        if self.daemon.done():
            self.daemon.result()
            raise RuntimeError("the daemon ended by itself")

    def rotate_secret(self, secret: str) -> None:
        """At Amazon and in the file: old access tokens are turned away from here on."""
        (self.folder / "client-secret").write_text(secret)
        self.amazon.login.rotate(CLIENT, secret)
        self.amazon.login.expire_all()

    async def map_carriers(self, rows: Sequence[CarrierRow]) -> None:
        """What operations do with `goodsout carriers import`."""
        async with self.books.transaction() as connection:
            await mapping_tables.CARRIERS.take_over(connection, rows, datetime.now(UTC))


@asynccontextmanager
async def opened_house(folder: Path, seed: int, skus: int, stop: asyncio.Event) -> AsyncIterator[House]:
    """Everything built and the daemon started; the daemon stops with `stop`, the rest at the end."""
    async with AsyncExitStack() as stack:
        plan = FaultPlan(seed, lags=Lags(live=LIVE_LAG, order=ORDER_LAG))
        amazon = await stack.enter_async_context(AmazonSimulator(faults=plan))
        amazon.world.search_behind = timedelta(0)  # a demo is shorter than Amazon's two minutes
        _open_sellers(amazon)
        _write_configuration(folder, amazon)
        configuration = load(folder / "goodsout.toml", {})
        use_keys(load_keys(configuration.settings, {}, folder))
        ready = await stack.enter_async_context(reachable(configuration))
        house = await _furnished(stack, ready, amazon, (folder, seed, skus), stop)
        yield house


async def _furnished(
    stack: AsyncExitStack,
    ready: Configuration,
    amazon: AmazonSimulator,
    given: tuple[Path, int, int],
    stop: asyncio.Event,
) -> House:
    folder, seed, count = given
    bus = await stack.enter_async_context(open_bus(ready.settings.bus, None))
    books = await open_books(ready, 2, stack, "goodsout-demo")
    names = sku_names(count)
    offers = offers_of(names, seed)
    warehouse = Warehouse(seed, names, account=OWNER)
    await _list(books, amazon, offers)
    daemon = await stack.enter_async_context(_running(ready, stop))
    sales = Sales(amazon, offers, seed)
    house = House(
        seed,
        folder,
        ready,
        amazon,
        warehouse,
        OrderDesk(warehouse),
        WarehouseFaults(seed),
        bus,
        books,
        offers,
        sales,
        StreamReader(),
        daemon,
    )
    await house.map_carriers(CARRIERS)
    await stack.enter_async_context(_at_work(house))
    return house


@asynccontextmanager
async def _running(configuration: Configuration, stop: asyncio.Event) -> AsyncIterator["asyncio.Task[None]"]:
    daemon = asyncio.create_task(run_daemon(configuration, ROLES, stop))
    try:
        yield daemon
    finally:
        stop.set()
        await asyncio.wait([daemon])
        with contextlib.suppress(Exception):  # `check` has told of it, or we were leaving anyway
            daemon.result()


@asynccontextmanager
async def _at_work(house: House) -> AsyncIterator[None]:
    """The warehouse's answers and the stream's reader, until the end."""

    def count(answered: int) -> None:
        house.answered += answered

    tasks = [
        asyncio.create_task(answer_requests(house.bus, house.warehouse, "demo.warehouse", count, ANSWER_AFTER)),
        asyncio.create_task(house.stream.read(house.bus, "demo.reader")),
    ]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _open_sellers(amazon: AmazonSimulator) -> None:
    for seller_id in SELLERS.values():
        amazon.add_seller(seller_id, client_id=CLIENT, client_secret=FIRST_SECRET)


async def _list(books: Database, amazon: AmazonSimulator, offers: Sequence[Offer]) -> None:
    """Our listings, and the same at Amazon, where each has a handling time and shows nothing yet."""
    for offer in offers:
        amazon.world.sellers[SELLERS[offer.seller]].add_listing(offer.seller_sku, 0, lead_time=offer.lead_time)
    async with books.transaction() as connection:
        await apply(connection, Changes(added=tuple(map(listing_of, offers))), [], datetime.now(UTC))


def _write_configuration(folder: Path, amazon: AmazonSimulator) -> None:
    """A configuration like any other, its waits cut to a demo's length, its secrets in files beside it."""
    secrets = {"client-secret": FIRST_SECRET, "master-key": os.urandom(32).hex()}
    secrets |= {f"refresh-token-{name}": f"Atzr|{seller_id}" for name, seller_id in SELLERS.items()}
    for name, value in secrets.items():
        (folder / name).touch(mode=0o600)
        (folder / name).write_text(value)
    sellers = "".join(_seller(name, seller_id, amazon) for name, seller_id in SELLERS.items())
    (folder / "goodsout.toml").write_text(f"{_house_rules(folder)}{sellers}")


def _house_rules(folder: Path) -> str:
    return f"""# Written by `goodsout demo`. The waits are cut to a demo's length; production keeps the defaults.
[bus]
url = "embedded:demo-{os.getpid()}-{folder.name}"
[database]
url = "embedded:"
folder = {json.dumps(str(folder / "postgres"))}
[web]
port = 0
[intake]
grace = 2.0
level_request_again = 5.0
drain = 5.0
[publication]
request_timeout = {REQUEST_TIMEOUT}
late_effect = {LATE_EFFECT}
read_back_after = 1.0
read_back_every = 2.0
read_back_raises = 1.0
[despatch]
request_timeout = {REQUEST_TIMEOUT}
late_effect = {LATE_EFFECT}
read_lag = 1.0
[demand]
every = 6.0
behind = 0.5
overlap = 3.0
[keys]
master_key_files = ["master-key"]
"""


def _seller(name: str, seller_id: str, amazon: AmazonSimulator) -> str:
    return f"""[sellers.{name}]
account = "{OWNER}"
seller_id = "{seller_id}"
endpoint = "{amazon.url}"
token_url = "{amazon.token_url}"
client_id = "{CLIENT}"
client_secret_file = "client-secret"
refresh_token_file = "refresh-token-{name}"
marketplaces = ["{UK}"]
warehouses = ["W1"]
"""


@contextmanager
def demo_folder(keep: Path | None) -> Iterator[Path]:
    """A folder for everything: `keep` stays, else one of our own that leaves no trace."""
    if keep is not None:
        keep.mkdir(parents=True, exist_ok=True)
        yield keep.absolute()
        return
    folder = Path(tempfile.mkdtemp(prefix="goodsout-demo-"))
    folder.chmod(0o755)  # as root, PostgreSQL runs as `nobody` and has to get through; secrets are 0600
    try:
        yield folder
    finally:
        _clear(folder)


def _clear(folder: Path) -> None:
    """Stop what an interrupted start may have left running, then remove all of it."""
    postgres = folder / "postgres"
    pointer = postgres / ELSEWHERE
    place = Path(pointer.read_text().strip()) if pointer.exists() else postgres
    if (place / "data" / "postmaster.pid").exists():
        PrivatePostgres.start(postgres).stop()
    for path in (place, folder):
        shutil.rmtree(path, ignore_errors=True)
