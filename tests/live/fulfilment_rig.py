"""A direct fulfilment account without its loops: rounds are run by the test, one at a time, and time is written."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

from daemon.ahead import ahead_of
from daemon.app import App, opened
from daemon.brakes import brakes_of
from daemon.config import load
from daemon.direct_fulfilment import DirectFulfilment
from daemon.leases import Leases
from daemon.marking import mark
from daemon.publish_role import direct_fulfilment
from daemon.replenishment_watch import ReplenishmentWatch
from daemon.selling import accounts_of
from daemon.store.database import query
from daemon.store.notes import write_notes
from daemon.store.sealing import load_keys, use_keys
from handlers.sellable_stock import ZeroRule
from simulators.amazon import AmazonSimulator, SimulatedSeller
from simulators.amazon.direct_fulfilment import SimulatedWarehouse
from tests.journeys.rig import write_configuration

_names = count(1)


def fulfilment_tables(amazon: AmazonSimulator, seller: SimulatedSeller, more: str = "") -> str:
    """The account `df`: LTN9 sells what W1 has, BHX4 what W2 has."""
    return f"""
[direct_fulfilment.df]
account = "acme"
party = "VENDOR"
endpoint = "{amazon.url}"
token_url = "{amazon.token_url}"
client_id = "{seller.client_id}"
client_secret_file = "client-secret"
refresh_token_file = "refresh-token"
look_every = 0.05
{more}
[direct_fulfilment.df.warehouses.LTN9]
stock = ["W1"]
replenished_at = ["06:00", "14:00"]
zone = "Europe/London"
[direct_fulfilment.df.warehouses.BHX4]
stock = ["W2"]
"""


@dataclass
class FulfilmentRig:
    app: App
    amazon: AmazonSimulator
    seller: SimulatedSeller
    route: DirectFulfilment

    def shows(self, code: str = "LTN9") -> dict[str, int]:
        warehouse = self.warehouse(code)
        warehouse.settle(self.amazon.world.time.now())
        return dict(warehouse.items)

    def warehouse(self, code: str = "LTN9") -> SimulatedWarehouse:
        return self.seller.warehouses[code]

    def told(self, code: str = "LTN9") -> list[dict[str, int]]:
        """Every update that was taken, in order."""
        return [
            {item.vendor_product_identifier: item.available_quantity.amount for item in taken.update.items}
            for taken in self.warehouse(code).transactions
        ]

    async def stock(self, sku: str, available: int, warehouse: str = "W1") -> None:
        await self.write(
            "insert into stock (account, warehouse, sku, source, available) values ('acme', $1, $2, '/w', $3)"
            " on conflict (account, sku, warehouse) do update set available = excluded.available",
            warehouse, sku, available,
        )  # fmt: skip
        await self.mark(sku)

    async def mark(self, sku: str) -> None:
        app = self.app
        async with app.database.transaction() as connection:
            await connection.execute(query("mark_dirty"), ["acme"], [sku], app.clock.now())
        brakes = brakes_of(app.settings.zeroes, accounts_of(app.settings), app.rules)
        await mark(app.database, app.rules, brakes, app.clock, ahead_of(app.settings))

    async def list_item(
        self,
        sku: str,
        available: int,
        code: str = "LTN9",
        warehouse: str = "W1",
        *,
        rule: ZeroRule = "",
        known: bool = True,
    ) -> None:
        """A listing of ours, at the channel where `known`, with stock and a mark."""
        if known:
            self.warehouse(code).items[sku] = 0
        await self.write(
            "insert into listing (channel_account, marketplace, seller_sku, account, sku, zero_rule, imported_at)"
            " values ('df', $1, $2, 'acme', $2, $3, $4)",
            code, sku, rule, datetime.now(UTC),
        )  # fmt: skip
        await self.stock(sku, available, warehouse)

    async def rounds(self, count: int = 1) -> None:
        """So many updates sent or looked at, each as if its time had come."""
        for _ in range(count):
            await self.write(
                "update stock_update set look_at = $1 where ended_at is null and state <> 'sent'",
                self.app.clock.now(),
            )
            await self.write("update publication set not_before = null")
            await self.route.round()

    async def aged(self, age: timedelta) -> None:
        """Every open update left so long ago."""
        await self.write(
            "update stock_update set sent_at = sent_at - $1::interval, look_at = look_at - $1::interval"
            " where ended_at is null",
            age,
        )

    async def watch(self, at: datetime) -> None:
        watch = ReplenishmentWatch(self.app.settings.direct_fulfilment)
        await watch.show(self.app.database, at, self.app.telemetry)
        async with self.app.database.transaction() as connection:
            await write_notes(connection, await watch.raise_at_risk(connection, at), at, {})

    async def ask(self, question: str, *values: object) -> object:
        async with self.app.database.connection() as connection:
            return await connection.fetchval(question, *values)

    async def write(self, statement: str, *values: object) -> None:
        async with self.app.database.connection() as connection:
            await connection.execute(statement, *values)

    async def states(self) -> list[str]:
        return await self.ask("select array_agg(state order by id) from stock_update") or []  # type: ignore[return-value]

    async def alerts(self) -> list[str]:
        found = await self.ask(
            "select array_agg(kind || ' ' || cause order by kind, cause) from alert where resolved_at is null"
        )
        return found or []  # type: ignore[return-value]  # fmt: skip


@asynccontextmanager
async def fulfilment_rig(folder: Path, database: str, more: str = "") -> AsyncIterator[FulfilmentRig]:
    amqp = f"embedded:fulfilment-{os.getpid()}-{next(_names)}"
    async with AmazonSimulator() as amazon:
        seller = amazon.add_seller("SELLER1")
        seller.add_warehouse("LTN9", {})
        seller.add_warehouse("BHX4", {})
        tables = fulfilment_tables(amazon, seller, more)
        configuration = load(
            write_configuration(folder, database, amqp, amazon, seller, tables),
            {"GOODSOUT_PUBLICATION__REQUEST_TIMEOUT": "1"},
        )
        use_keys(load_keys(configuration.settings, {}, folder))
        async with opened(configuration, ("publish",)) as app:
            leases = Leases(app.database, app.holder)
            route = direct_fulfilment(app, "df", leases)
            await leases.renew([route.lease], 1)
            yield FulfilmentRig(app, amazon, seller, route)
