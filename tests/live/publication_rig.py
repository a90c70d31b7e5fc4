"""The publication side without its loops: rounds are run by the test, one at a time."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

from daemon.ahead import ahead_of
from daemon.app import App, opened
from daemon.brakes import brakes_of
from daemon.config import load
from daemon.leases import Leases
from daemon.marking import mark
from daemon.publisher import Publisher
from daemon.read_back import ReadBack
from daemon.settings import Publication
from daemon.store.database import query
from daemon.store.sealing import load_keys, use_keys
from simulators.amazon import UK, AmazonSimulator, SimulatedSeller
from tests.journeys.rig import write_configuration

_names = count(1)
HOLDER = "this-process"


@dataclass
class PublicationRig:
    """One selling account named `shop`, and whoever works for it."""

    app: App
    amazon: AmazonSimulator
    seller: SimulatedSeller

    @property
    def settings(self) -> Publication:
        return self.app.settings.publication

    def publisher(self, holder: str = HOLDER) -> Publisher:
        leases = Leases(self.app.database, holder)
        app = self.app
        return Publisher(
            "shop", app.settings.sellers["shop"], app.links["shop"], app.database, app.budget, app.clock,
            app.telemetry, self.settings, holder, app.rules, {}, leases, ahead_of(app.settings),
        )  # fmt: skip

    def reader(self) -> ReadBack:
        app = self.app
        return ReadBack(
            "shop", app.settings.sellers["shop"], app.links["shop"], app.database, app.budget, app.clock,
            app.telemetry, self.settings, {},
        )  # fmt: skip

    async def list_sku(self, sku: str, available: int) -> int:
        """A listing of ours and at the channel, with stock in the books and a mark; returns its id."""
        self.seller.add_listing(sku, quantity=0)
        async with self.app.database.transaction() as connection:
            listing: int = await connection.fetchval(
                "insert into listing (channel_account, marketplace, seller_sku, account, sku, imported_at)"
                " values ('shop', $1, $2, 'acme', $2, $3) returning id",
                UK, sku, datetime.now(UTC),
            )  # fmt: skip
            await connection.execute(
                "insert into stock (account, warehouse, sku, source, available) values ('acme', 'W1', $1, '/w', $2)",
                sku, available,
            )  # fmt: skip
            await connection.execute(query("mark_dirty"), ["acme"], [sku], self.app.clock.now())
        await self.mark()
        return listing

    async def restock(self, sku: str, available: int) -> None:
        async with self.app.database.transaction() as connection:
            await connection.execute("update stock set available = $2 where sku = $1", sku, available)
            await connection.execute(query("mark_dirty"), ["acme"], [sku], self.app.clock.now())
        await self.mark()

    async def mark(self) -> None:
        app = self.app
        brakes = brakes_of(app.settings.zeroes, app.settings.sellers, app.rules)
        await mark(app.database, app.rules, brakes, app.clock, ahead_of(app.settings))

    async def ask(self, question: str, *values: object) -> object:
        async with self.app.database.connection() as connection:
            return await connection.fetchval(question, *values)

    async def write(self, statement: str, *values: object) -> None:
        async with self.app.database.connection() as connection:
            await connection.execute(statement, *values)


@asynccontextmanager
async def publication_rig(folder: Path, database: str) -> AsyncIterator[PublicationRig]:
    amqp = f"embedded:publication-{os.getpid()}-{next(_names)}"
    async with AmazonSimulator() as amazon:
        seller = amazon.add_seller("SELLER1")
        configuration = load(write_configuration(folder, database, amqp, amazon, seller), {})
        use_keys(load_keys(configuration.settings, {}, folder))
        async with opened(configuration, ("publish",)) as app:
            yield PublicationRig(app, amazon, seller)
