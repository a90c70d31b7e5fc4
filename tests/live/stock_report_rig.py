"""A daemon that reports its stock to a retailer by EDI, on a clock that is turned by hand."""

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
from daemon.edi_role import vendor_edi
from daemon.leases import Leases
from daemon.marking import mark
from daemon.selling import accounts_of
from daemon.stock_report_role import stock_reports
from daemon.stock_reports import StockReports
from daemon.store.database import query
from daemon.store.sealing import load_keys, use_keys
from daemon.vendor_edi import VendorEdi
from edi.x12.read import read as read_x12
from simulators.amazon import AmazonSimulator
from tests.journeys.rig import write_configuration
from tests.live.clarus_rig import Hand, HandClock

START = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
NAMES = count(1)
TABLES = """
[vendors.acme]
account = "acme"
party = "ACME1"
marketplace = "A1F"
warehouses = ["W1"]
[edi.amazon]
standard = "{standard}"
vendor = "acme"
our_id = "VENDOR"
currency = "GBP"
inbox = "{folder}/in"
outbox = "{folder}/out"
[stock_reports.acme-stock]
exchange = "amazon"
full_at = ["02:30"]
zero_rule = "{zero}"
[stock_reports.acme-stock.warehouses.LTNA]
stock = ["W1"]
replenished_at = ["14:00"]
"""


@dataclass
class ReportRig:
    app: App
    route: StockReports
    exchange: VendorEdi
    folder: Path
    hand: Hand

    async def write(self, statement: str, *values: object) -> None:
        async with self.app.database.connection() as connection:
            await connection.execute(statement, *values)

    async def fetch(self, statement: str) -> list[tuple[object, ...]]:
        async with self.app.database.connection() as connection:
            return [tuple(row) for row in await connection.fetch(statement)]

    async def stock(self, **levels: int) -> None:
        for sku, available in levels.items():
            await self.write(
                "insert into stock (account, warehouse, sku, source, available) values ('acme', 'W1', $1, '/w', $2)"
                " on conflict (account, sku, warehouse) do update set available = excluded.available",
                sku, available,
            )  # fmt: skip
            async with self.app.database.transaction() as connection:
                await connection.execute(query("mark_dirty"), ["acme"], [sku], self.hand.at)
        app = self.app
        brakes = brakes_of(app.settings.zeroes, accounts_of(app.settings), app.rules)
        await mark(app.database, app.rules, brakes, app.clock, ahead_of(app.settings))

    async def listed(self, **levels: int) -> None:
        for sku in levels:
            await self.write(
                "insert into listing (channel_account, marketplace, seller_sku, account, sku, imported_at)"
                " values ('acme-stock', 'LTNA', $1, 'acme', $1, $2)",
                sku, self.hand.at,
            )  # fmt: skip
        await self.stock(**levels)

    async def on(self, minutes: float) -> None:
        self.hand.at += timedelta(minutes=minutes)
        await self.round()

    async def round(self) -> None:
        await self.route.leases.renew([self.route.lease], 1)
        await self.route.round()
        await self.exchange.round()

    async def came(self, name: str, content: bytes) -> None:
        (self.folder / "in" / name).write_bytes(content)
        await self.exchange.round()
        await self.route.leases.renew([self.route.lease], 1)
        await self.route.round()

    def told(self) -> list[tuple[str, dict[str, int]]]:
        """Every report that was put: BIA01 and the quantities."""
        found = list[tuple[str, dict[str, int]]]()
        for file in sorted((self.folder / "out").iterdir()):
            for interchange in read_x12(file.read_bytes()).interchanges:
                for one in interchange.transactions:
                    if one.code == "846":
                        found.append(_levels([line.split("*") for line in one.lines]))
        return found

    async def states(self) -> list[str]:
        return [str(state) for (state,) in await self.fetch("select state from stock_update order by id")]

    async def alerts(self) -> list[str]:
        return [str(k) for (k,) in await self.fetch("select kind from alert where resolved_at is null order by kind")]


def _levels(rows: list[list[str]]) -> tuple[str, dict[str, int]]:
    names = [row[3] for row in rows if row[0] == "LIN"]
    amounts = [int(row[4]) for row in rows if row[0] == "SDQ"]
    [begin] = [row for row in rows if row[0] == "BIA"]
    return begin[1], dict(zip(names, amounts, strict=True))


@asynccontextmanager
async def report_rig(
    folder: Path, database: str, zero: str = "send", standard: str = "x12"
) -> AsyncIterator[ReportRig]:
    for name in ("in", "out"):
        (folder / name).mkdir()
    amqp = f"embedded:reports-{os.getpid()}-{next(NAMES)}"
    async with AmazonSimulator() as amazon:
        tables = TABLES.format(standard=standard, folder=folder, zero=zero)
        file = write_configuration(folder, database, amqp, amazon, amazon.add_seller("SELLER1"), tables)
        configuration = load(file, {})
        use_keys(load_keys(configuration.settings, {}, folder))
        async with opened(configuration, ("publish", "documents")) as app:
            hand = Hand(START)
            app.clock = HandClock(hand)
            leases = Leases(app.database, app.holder)
            route = stock_reports(app, "acme-stock", leases)
            exchange = vendor_edi(app, "amazon", app.settings.edi["amazon"])
            yield ReportRig(app, route, exchange, folder, hand)
