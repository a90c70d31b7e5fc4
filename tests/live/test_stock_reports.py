"""Vendor stock by EDI on a real database: what is reported, when, and what silence and refusals do."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest

from daemon.ahead import ahead_of
from daemon.app import App, opened
from daemon.brakes import brakes_of
from daemon.config import load
from daemon.edi_role import vendor_edi
from daemon.leases import Leases
from daemon.marking import mark
from daemon.replenishment_watch import ReplenishmentWatch
from daemon.selling import accounts_of, placed_of
from daemon.stock_report_role import stock_reports
from daemon.stock_reports import StockReports
from daemon.store.database import query
from daemon.store.notes import write_notes
from daemon.store.sealing import load_keys, use_keys
from daemon.vendor_edi import VendorEdi
from edi.x12.read import read as read_x12
from simulators.amazon import AmazonSimulator
from tests.journeys.rig import write_configuration
from tests.live.clarus_rig import Hand, HandClock
from tests.live.test_vendor_edi import envelope

pytestmark = pytest.mark.live

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


@pytest.fixture
async def rig(tmp_path: Path, database_url: str) -> AsyncIterator[ReportRig]:
    async with report_rig(tmp_path, database_url) as made:
        yield made


def read_by_partner(group: int, number: int, verdict: str = "A") -> bytes:
    return envelope("997", "FA", f"AK1*IB*{group}~AK9*{verdict}*1*1*1~", f"{number:09d}")


async def test_only_what_has_changed_since_is_reported_and_only_by_its_time(rig: ReportRig) -> None:
    await rig.listed(POT=5, PAN=3)
    await rig.round()
    assert rig.told() == [("25", {"PAN": 3, "POT": 5})] and await rig.states() == ["processing"]
    await rig.came("ack.edi", read_by_partner(1, 11))
    await rig.on(2)
    assert await rig.states() == ["in_effect"]
    assert await rig.fetch("select count(*) from publication where live = desired and flight_id is null") == [(2,)]
    await rig.stock(POT=8)
    await rig.on(2)
    assert len(rig.told()) == 1, "the next report is not due"
    await rig.on(15)
    assert rig.told()[1:] == [("25", {"POT": 8})]
    [(transaction,)] = await rig.fetch("select transaction_id from stock_update order by id desc limit 1")
    assert str(transaction).startswith("edi-"), "the row names the document that was made with it"


async def test_a_report_that_nobody_answers_has_its_newest_levels_said_again(rig: ReportRig) -> None:
    await rig.listed(POT=5, PAN=3)
    await rig.round()
    await rig.stock(POT=2)
    await rig.on(61)
    await rig.round()
    assert await rig.alerts() == ["update_overdue"] and (await rig.states())[0] == "overdue"
    assert rig.told()[1:] == [("25", {"PAN": 3, "POT": 2})], "absolute, and the newest"
    await rig.came("ack.edi", read_by_partner(2, 12))
    await rig.on(2)
    assert await rig.alerts() == [] and (await rig.states())[-1] == "in_effect"


async def test_a_refused_report_is_said_again_in_smaller_ones_until_the_item_stands_alone(rig: ReportRig) -> None:
    await rig.listed(POT=5, BAD=3)
    await rig.round()
    await rig.came("ack.edi", read_by_partner(1, 11))
    await rig.on(2)
    advice = "BGN*11*1*20261121~OTI*TR*IB*S000000001*****1*0001*846~TED*024*ITEM BAD IS UNKNOWN~"
    await rig.came("advice.edi", envelope("824", "AG", advice, "000000013"))
    assert await rig.states() == ["refused"], "it was read, and is refused all the same"
    await rig.on(16)
    assert sorted(map(str, rig.told()[1:])) == ["('25', {'BAD': 3})", "('25', {'POT': 5})"]
    await rig.write(
        "update edi_document set state = 'denied', text = 'ITEM BAD IS UNKNOWN' where id in ("
        "select replace(u.transaction_id, 'edi-', '')::bigint from stock_update u"
        " join publication_attempt a on a.update_id = u.id join listing l on l.id = a.listing_id"
        " where u.state = 'processing' and l.seller_sku = 'BAD')"
    )
    await rig.on(2)
    assert "listing_refused" in await rig.alerts()
    await rig.on(16)
    assert len(rig.told()) == 3, "the same value is not said again before something changes"


async def test_a_full_report_says_everything_and_a_held_zero_as_it_stood_before(
    tmp_path: Path, database_url: str
) -> None:
    async with report_rig(tmp_path, database_url, zero="hold") as rig:
        await rig.listed(POT=5, PAN=3)
        await rig.on(0)
        assert [kind for kind, _ in rig.told()] == ["25"], "the full one is due at 02:30, and not before"
        await rig.came("ack.edi", read_by_partner(1, 11))
        await rig.on(2)
        await rig.stock(POT=0)
        rig.hand.at += timedelta(minutes=20)
        await rig.stock(POT=0)
        await rig.round()
        assert len(rig.told()) == 1, "the zero waits for a person"
        assert await rig.fetch("select zero_hold from publication where desired = 0") == [("rule",)]
        rig.hand.at = START.replace(hour=2, minute=31) + timedelta(days=1)
        await rig.round()
        assert rig.told()[1:] == [("00", {"PAN": 3, "POT": 5})], "what it does not name would be taken as gone"
        await rig.on(1)
        assert len(rig.told()) == 2, "once for each time"


async def test_what_must_be_true_for_a_replenishment_does_not_wait_and_is_raised_where_it_is_late(
    rig: ReportRig,
) -> None:
    rig.hand.at = START.replace(hour=13, minute=30)
    await rig.listed(POT=5)
    await rig.round()
    await rig.came("ack.edi", read_by_partner(1, 11))
    await rig.on(5)
    await rig.stock(POT=1)
    await rig.on(5)
    assert len(rig.told()) == 2, "at 13:40, though the last report is ten minutes old"
    watch = ReplenishmentWatch(placed_of(rig.app.settings))
    rig.hand.at = START.replace(hour=13, minute=56)
    async with rig.app.database.transaction() as connection:
        await write_notes(connection, await watch.raise_at_risk(connection, rig.hand.at), rig.hand.at, {})
    assert "replenishment_at_risk" in await rig.alerts(), "nobody has said that it was read"


async def test_an_item_that_cannot_be_written_hides_no_other(rig: ReportRig) -> None:
    await rig.listed(**{"POT": 5, "P*N": 3})
    await rig.round()
    assert rig.told() == [("25", {"POT": 5})] and await rig.alerts() == ["listing_refused"]
    assert await rig.states() == ["processing"]
