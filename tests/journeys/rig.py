"""The whole daemon in this process, between a simulated Amazon and a bus, on a real database."""

import asyncio
import itertools
import json
import os
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import asyncpg

from daemon.bus import open_bus
from daemon.bus.port import Bus, Publication
from daemon.config import Configuration, load
from daemon.running import run
from daemon.settings import Bus as BusSettings
from daemon.settings import Role
from daemon.store.sealing import load_keys, use_keys
from simulators.amazon import UK, AmazonSimulator, SimulatedSeller

PATIENCE = 5.0
"""What a busy machine may take, in times of what a quiet one takes at most. Only a failure takes so long."""
_names = itertools.count(1)


@dataclass
class Rig:
    """What a journey holds: the channel, the books, the bus, and a warehouse's pen."""

    amazon: AmazonSimulator
    seller: SimulatedSeller
    configuration: Configuration
    books: "asyncpg.Connection[asyncpg.Record]"
    bus: Bus
    sequences: dict[tuple[str, str], int] = field(default_factory=dict[tuple[str, str], int])

    async def level(self, sku: str, available: int) -> None:
        await self.tell(
            "inventory.level",
            {"account": "acme", "warehouse": "W1", "sku": sku, "available": available},
        )

    async def moved(self, sku: str, available: int, sequence: int | None = None) -> None:
        data: dict[str, object] = {
            "account": "acme",
            "warehouse": "W1",
            "sku": sku,
            "kind": "adjusted",
            "delta": {"available": available},
        }
        await self.tell("inventory.moved", data, step=1, sequence=sequence)

    async def tell(self, key: str, data: dict[str, object], step: int = 0, sequence: int | None = None) -> None:
        """Publish one stock event; `sequence` overrides the next number of its SKU."""
        name = (str(data["account"]), str(data["sku"]))
        number = self.sequences.get(name, 0) + step if sequence is None else sequence
        self.sequences[name] = max(number, self.sequences.get(name, 0))
        body = {
            "specversion": "1.0", "id": str(uuid.uuid4()), "source": "/warehouse", "type": f"{key}.v1",
            "time": datetime.now(UTC).isoformat(), "sequence": str(number), "data": data,
        }  # fmt: skip
        await self.send(key, json.dumps(body).encode(), f"{name[0]}/{name[1]}")

    async def told_of(self, sku: str) -> object:
        """Where the listing stands, by the books."""
        columns = "told, accepted, live, foreign_value, proven_at is not null as proven, read_backs"
        return await self.books.fetchrow(
            f"select {columns} from publication join listing on listing_id = listing.id where seller_sku = $1", sku
        )

    async def send(self, key: str, body: bytes, partition_key: str) -> None:
        publication = Publication("clarus", key, body, str(uuid.uuid4()), headers={"partitionkey": partition_key})
        assert all(await self.bus.publish([publication]))

    async def list_sku(self, sku: str, seller_sku: str | None = None, **more: object) -> None:
        """A listing of ours and at the channel."""
        columns = {
            "channel_account": "shop", "marketplace": UK, "seller_sku": seller_sku or sku, "account": "acme",
            "sku": sku, "imported_at": datetime.now(UTC), **more,
        }  # fmt: skip
        names = ", ".join(columns)
        places = ", ".join(f"${place}" for place in range(1, len(columns) + 1))
        await self.books.execute(f"insert into listing ({names}) values ({places})", *columns.values())
        mark = "insert into dirty values ('acme', $1, $2) on conflict do nothing"
        await self.books.execute(mark, sku, datetime.now(UTC))
        self.seller.add_listing(seller_sku or sku, quantity=0, lead_time=2)


async def until(what: Callable[[], Awaitable[object]], within: float = 15.0) -> object:
    """Poll until `what` is true; fails with what it last was. `within` are seconds of a quiet machine."""
    deadline = asyncio.get_running_loop().time() + within * PATIENCE
    while not (last := await what()):
        assert asyncio.get_running_loop().time() < deadline, f"still {last!r} after {within * PATIENCE} s"
        await asyncio.sleep(0.02)
    return last


def write_configuration(
    folder: Path, database: str, amqp: str, amazon: AmazonSimulator, seller: SimulatedSeller, more: str = ""
) -> Path:
    """A configuration file with its secrets beside it."""
    secrets = {"client-secret": seller.client_secret, "refresh-token": seller.refresh_token, "master-key": "5e" * 32}
    for name, value in secrets.items():
        (folder / name).write_text(value)
        (folder / name).chmod(0o600)
    file = folder / "goodsout.toml"
    file.write_text(f"""
[bus]
url = "{amqp}"
[database]
url = "{database}"
[web]
port = 0
[publication]
late_effect = 3.0
read_back_after = 0.5
read_back_every = 1.0
read_back_raises = 1.0
[intake]
grace = 2.0
[keys]
master_key_files = ["master-key"]
[despatch]
late_effect = 3.0
read_lag = 1.0
[sellers.shop]
account = "acme"
seller_id = "{seller.seller_id}"
endpoint = "{amazon.url}"
token_url = "{amazon.token_url}"
client_id = "{seller.client_id}"
client_secret_file = "client-secret"
refresh_token_file = "refresh-token"
marketplaces = ["{UK}"]
warehouses = ["W1"]
{more}""")
    return file


@asynccontextmanager
async def running(
    folder: Path,
    database: str,
    roles: Sequence[Role],
    more: Callable[[AmazonSimulator], str] | None = None,
    environ: Mapping[str, str] | None = None,
) -> AsyncIterator[Rig]:
    """The daemon with these roles, until the block ends; then it must have stopped cleanly.

    `more` may add to Amazon before the start, and returns what it adds to the configuration; `environ` are variables.
    """
    amqp = f"embedded:{os.getpid()}-{next(_names)}"
    async with AmazonSimulator() as amazon, open_bus(BusSettings(url=amqp), None) as bus:
        seller = amazon.add_seller("SELLER1")
        file = write_configuration(folder, database, amqp, amazon, seller, more(amazon) if more else "")
        configuration = load(file, environ or {})
        use_keys(load_keys(configuration.settings, {}, folder))
        stop = asyncio.Event()
        daemon = asyncio.create_task(run(configuration, roles, stop))
        books = await asyncpg.connect(database)
        rig = Rig(amazon, seller, configuration, books, bus)
        try:
            await _ready(daemon, books)
            yield rig
        finally:
            await books.close()
            stop.set()
            async with asyncio.timeout(30 * PATIENCE):
                await daemon


async def _ready(daemon: "asyncio.Task[None]", books: "asyncpg.Connection[asyncpg.Record]") -> None:
    async def partitions() -> object:
        if daemon.done():
            daemon.result()
        return await books.fetchval("select count(*) = 8 from lease where name like 'intake/%'")

    await until(partitions)


__all__ = ["Rig", "running", "until", "write_configuration"]
