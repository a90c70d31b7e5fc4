"""The whole running daemon, with a real bus and a real database, from the purchase order to the invoice."""

import asyncio
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import msgspec
import pytest

from daemon.bus import open_bus
from daemon.bus.port import Bus, Publication
from daemon.config import load
from daemon.running import run
from daemon.settings import Bus as BusSettings
from daemon.settings import Role
from daemon.store.sealing import load_keys, use_keys
from schemas.purchase_order import PoLineNumber, Window
from simulators.amazon.vendor import Arrived, Delivery, Vendor
from simulators.edi_partner import EdiPartner, EdiPlan, Parties
from simulators.time import WallTime
from tests.handlers.vendor_loads import sscc
from tests.handlers.vendor_orders import order
from tests.journeys.rig import until
from tests.journeys.vendors.goods import BILLED, PO, line
from tests.journeys.vendors.house import OURS, THEIRS

pytestmark = pytest.mark.live

ROLES: tuple[Role, ...] = ("intake", "relay", "publish", "documents", "watch")
FACTOR = 60.0
"""A minute of business in a second."""


@dataclass
class Daemon:
    partner: EdiPartner
    time: WallTime
    books: "asyncpg.Connection[asyncpg.Record]"
    bus: Bus

    async def tell(self, key: str, data: object, partition: str, sequence: int = 0) -> None:
        body = {
            "specversion": "1.0", "id": str(uuid.uuid4()), "source": "/warehouse", "type": f"{key}.v1",
            "time": self.time.now().isoformat(), "sequence": str(sequence), "data": data,
        }  # fmt: skip
        publication = Publication(
            "clarus", key, msgspec.json.encode(body), str(uuid.uuid4()), headers={"partitionkey": partition}
        )
        assert all(await self.bus.publish([publication]))

    async def turns(self) -> None:
        while True:
            self.partner.turn(self.time.now())
            await asyncio.sleep(0.05)


def configuration(folder: Path, database: str, amqp: str, origin: datetime) -> Path:
    place = urlsplit(amqp)
    for name, value in (("master-key", "5e" * 32), ("amqp-password", place.password or "")):
        (folder / name).write_text(value)
        (folder / name).chmod(0o600)
    file = folder / "goodsout.toml"
    file.write_text(f"""
[bus]
url = "{place._replace(netloc=f"{place.username}@{place.hostname}:{place.port}").geturl()}"
password_file = "amqp-password"
[database]
url = "{database}"
[web]
port = 0
[clock]
factor = {FACTOR}
origin = "{origin.isoformat()}"
[keys]
master_key_files = ["master-key"]
[vendors.retail]
account = "acme"
party = "ACME1"
marketplace = "GB"
warehouses = ["W1"]
answer = "by_rule"
[vendors.retail.destinations.LTN4]
name = "LTN4"
city = "Dunstable"
postcode = "LU5 4FE"
country = "GB"
[edi.retail]
standard = "x12"
vendor = "retail"
our_id = "{OURS}"
our_qualifier = "14"
their_id = "{THEIRS}"
their_qualifier = "14"
currency = "GBP"
inbox = "{folder / "in"}"
outbox = "{folder / "out"}"
every = 0.2
[notices.retail]
notices = true
invoices = true
tax_percent = "20"
net_days = 60
[notices.retail.ship_from.W1]
party_id = "ACMEWH"
name = "Acme Pots"
lines = ["2 Mill Lane"]
city = "Leeds"
postcode = "LS1 1AA"
country = "GB"
[notices.retail.remit_to]
party_id = "ACME1"
name = "Acme Pots"
lines = ["2 Mill Lane"]
city = "Leeds"
postcode = "LS1 1AA"
country = "GB"
tax_number = "GB123456789"
[notices.retail.bill_to]
party_id = "{BILLED.party_id}"
name = "{BILLED.name}"
lines = ["{BILLED.lines[0]}"]
city = "{BILLED.city}"
postcode = "{BILLED.postcode}"
country = "{BILLED.country}"
tax_number = "{BILLED.tax_number}"
""")
    return file


@asynccontextmanager
async def running(folder: Path, database: str, amqp: str) -> AsyncIterator[Daemon]:
    for name in ("in", "out"):
        (folder / name).mkdir()
    origin = datetime.now(UTC)
    time = WallTime(FACTOR, origin)
    parties = Parties(
        standard="x12", retailer=THEIRS, vendor=OURS, retailer_qualifier="14", vendor_qualifier="14",
        vendor_code="ACME1",
    )  # fmt: skip
    partner = EdiPartner(parties, Vendor(), folder / "out", folder / "in", EdiPlan(agrees=1.0))
    configured = load(configuration(folder, database, amqp, origin), {})
    use_keys(load_keys(configured.settings, {}, folder))
    stop = asyncio.Event()
    async with open_bus(BusSettings(url=amqp), None) as bus:
        daemon = asyncio.create_task(run(configured, ROLES, stop))
        books = await asyncpg.connect(database)
        here = Daemon(partner, time, books, bus)
        turns = asyncio.create_task(here.turns())
        try:
            await until(lambda: _ready(daemon, books), 60)
            yield here
        finally:
            turns.cancel()
            await books.close()
            stop.set()
            async with asyncio.timeout(30):
                await daemon


async def _ready(daemon: "asyncio.Task[None]", books: "asyncpg.Connection[asyncpg.Record]") -> object:
    if daemon.done():
        daemon.result()
    return await books.fetchval("select count(*) = 8 from lease where name like 'intake/%'")


async def test_from_the_purchase_order_to_the_invoice_through_the_running_daemon(
    tmp_path: Path, database_url: str, amqp_url: str
) -> None:
    async with running(tmp_path, database_url, amqp_url) as here:
        begun = asyncio.get_running_loop().time()
        vendor, now = here.partner.vendor, here.time.now()
        await master_data(here.books, now)
        level = {"account": "acme", "warehouse": "W1", "sku": "MUG", "available": 30}
        await here.tell("inventory.level", level, "acme/MUG", 1)
        await until(lambda: here.books.fetchval("select true from stock where available = 30"), 30)
        window = Window(now + timedelta(days=3), now + timedelta(days=9))
        placed = order(line(), ordered_at=now, delivery_window=window, bill_to=BILLED)
        here.partner.place(placed, now)
        book = vendor.orders[PO].books[PoLineNumber("1")]
        await until(lambda: _is(book.accepted == 24), 30)
        for stage in ("despatch.packed", "despatch.completed"):
            await here.tell(stage, despatched(here.time.now(), stage), f"acme/SO-{PO}")
        await until(lambda: _is(bool(vendor.invoices)), 30)
        took = asyncio.get_running_loop().time() - begun
    [shipment] = vendor.notices.by_shipment
    vendor.deliver(
        Delivery(shipment=shipment, departed_at=here.time.now(), contents=(Arrived(PO, "1", 24),)), here.time.now()
    )
    [invoice] = vendor.invoices.values()
    assert invoice.invoice_total.amount == Decimal("72.00")
    assert vendor.chargebacks == [] and here.partner.irregular() == []
    assert all(one.took_effect for one in here.partner.heard)
    print(f"from order to invoice in {took:.1f} s")


async def _is(what: bool) -> bool:
    return what


async def master_data(books: "asyncpg.Connection[asyncpg.Record]", now: datetime) -> None:
    await books.execute("insert into product_code values ('retail', 'vendor_sku', 'MUG', 'acme', 'MUG', 1, $1)", now)
    begins = (now - timedelta(days=9)).date()
    await books.execute(
        "insert into agreed_cost values ('retail', 'acme', 'MUG', $1, '', null, 2.5, 'GBP', $2)", begins, now
    )


def despatched(now: datetime, stage: str) -> dict[str, object]:
    """One carton on one pallet, gone as it is told."""
    shipment = {
        "reference": "LOAD-1", "mode": "less_than_truckload", "departure": now.isoformat(),
        "expected_delivery": (now + timedelta(days=1)).isoformat(), "carrier_scac": "XPOL",
        "bill_of_lading": "ACME00017342", "pro_number": "778-123456", "gross_weight_kg": 310,
    }  # fmt: skip
    parcel = {
        "parcel_id": "P1", "sscc": sscc(1), "pallet_sscc": sscc(90), "carrier": "XPO",
        "tracking_number": "778-123456", "lines": [{"sku": "MUG", "quantity": 24, "line_reference": "1"}],
    }  # fmt: skip
    data: dict[str, object] = {
        "account": "acme", "warehouse": "W1", "order_reference": f"SO-{PO}", "despatch_id": "D1",
        "revision": 1 if stage == "despatch.packed" else 2, "channel_order_id": PO,
        "channel": {"kind": "amazon_vendor", "account": "retail"}, "parcels": [parcel], "shipment": shipment,
    }  # fmt: skip
    return data | ({} if stage == "despatch.packed" else {"despatched_at": now.isoformat()})
