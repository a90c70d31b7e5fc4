"""Purchase orders on a real database, by hand's time, with stock as the test says."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import aiohttp
import msgspec

from daemon.budget import Budget
from daemon.clock import Clock
from daemon.links.amazon_vendor import VendorLink
from daemon.links.lwa import LoginWithAmazon
from daemon.purchase_order_books import Looked, PurchaseOrderBooks
from daemon.selling import vendor_as_seller
from daemon.settings import VendorAccount
from daemon.store import purchase_orders as store
from daemon.store.database import Database
from daemon.store.mapping_tables import CODES, COSTS
from daemon.store.vendor_files import import_packs
from daemon.telemetry import Telemetry
from daemon.vendor_orders import IDLE, VendorOrders
from daemon.vendor_terms import patience_of
from handlers.agreed_costs import AgreedCost
from handlers.case_packs import PackRow
from handlers.cross_reference import CodeKind, ProductCode
from handlers.purchase_order_desk import DeskRules
from handlers.purchase_order_judgement import Terms
from handlers.purchase_order_release import ReleaseRules
from handlers.supply import Rules, Selling
from schemas.purchase_order import PurchaseOrder, PurchaseOrderNumber
from schemas.terms import ChannelAccount, Marketplace, Sku, Warehouse
from simulators.amazon import UK, AmazonSimulator, FaultPlan, SimulatedSeller
from simulators.amazon.vendor import Vendor
from tests.handlers.vendor_orders import ORDERED, OWNER, TERMS, VENDOR
from tests.live.clarus_rig import Hand, HandClock

LEEDS = Warehouse("LEEDS")
RULES = Rules(
    accounts={
        VENDOR: Selling(frozenset({LEEDS})),
        ChannelAccount("shop"): Selling(frozenset({LEEDS})),
    }
)
VENDOR_SECTION = {
    "account": "acme", "party": "ACME1", "endpoint": "https://example.com", "client_id": "c",
    "client_secret_file": "s", "refresh_token_file": "r", "marketplace": "GB", "warehouses": ["LEEDS"],
}  # fmt: skip
"""A vendor account of the configuration."""
VENDOR_SKU: CodeKind = "vendor_sku"


@dataclass
class VendorRig:
    database: Database
    terms: Terms = TERMS
    desk: DeskRules = field(default_factory=lambda: DeskRules(pace=TERMS.pace))
    rules: Rules = RULES
    release_rules: ReleaseRules | None = None
    hand: Hand = field(default_factory=lambda: Hand(ORDERED + timedelta(hours=1)))

    @property
    def books(self) -> PurchaseOrderBooks:
        """As a process that has just started."""
        return PurchaseOrderBooks(
            VENDOR,
            self.database,
            HandClock(self.hand),
            self.terms,
            self.desk,
            self.rules,
            {},
            "test",
            self.release_rules,
        )

    @property
    def now(self) -> datetime:
        return self.hand.at

    async def master_data(self, *skus: str, cost: str = "2.50", **packs: int) -> None:
        codes = [
            ProductCode(channel_account=VENDOR, kind=VENDOR_SKU, code=sku, account=OWNER, sku=Sku(sku))
            for sku in skus
        ]
        costs = [
            AgreedCost(
                channel_account=VENDOR, account=OWNER, sku=Sku(sku), begins=ORDERED.date(), amount=Decimal(cost),
                currency="GBP",
            )
            for sku in skus
        ]  # fmt: skip
        rows = [PackRow(account=OWNER, sku=Sku(sku), eaches=eaches) for sku, eaches in packs.items()]
        async with self.database.transaction() as connection:
            await CODES.take_over(connection, codes, self.now)
            await COSTS.take_over(connection, costs, self.now)
            await import_packs(connection, rows, self.now)

    async def stock(self, **units: int) -> None:
        """What the warehouse has, as its newest level says."""
        async with self.database.transaction() as connection:
            for sku, available in units.items():
                await connection.execute(
                    "insert into stock (account, warehouse, sku, source, available, applied, level_time) "
                    "values ($1, $2, $3, 'test', $4, 1, $5) "
                    "on conflict (sku, account, warehouse) do update set available = excluded.available",
                    OWNER, LEEDS, sku, available, self.now,
                )  # fmt: skip

    async def tell(self, order: PurchaseOrder, number: str = "", **changes: Any) -> PurchaseOrderNumber:
        told = msgspec.structs.replace(
            order, **({"number": PurchaseOrderNumber(number)} if number else {}), **changes
        )
        await self.books.take(told)
        return told.number

    async def look(self, number: PurchaseOrderNumber) -> Looked:
        return await self.books.look(number)

    async def row(self, number: PurchaseOrderNumber) -> store.Row:
        async with self.database.connection() as connection:
            found = await store.load(connection, (VENDOR, number))
        assert found is not None
        return found

    async def held(self, sku: str = "MUG") -> dict[str, int]:
        """Eaches held by purchase order."""
        async with self.database.connection() as connection:
            rows = await connection.fetch(
                "select p.order_reference as number, sum(p.ordered)::int as units from open_line_part p "
                "where p.sku = $1 and p.ordered > 0 group by p.order_reference",
                sku,
            )
        return {row["number"]: row["units"] for row in rows}

    async def fetch(self, sql: str, *arguments: object) -> list[Any]:
        async with self.database.connection() as connection:
            return [tuple(row) for row in await connection.fetch(sql, *arguments)]


@dataclass
class AmazonVendorRig(VendorRig):
    """The same with a simulated Amazon, whose time is the hand's."""

    amazon: AmazonSimulator = field(kw_only=True)
    seller: SimulatedSeller = field(kw_only=True)
    session: aiohttp.ClientSession = field(kw_only=True)
    folder: Path = field(kw_only=True)

    @property
    def vendor(self) -> Vendor:
        return self.seller.vendor

    def account(self) -> VendorAccount:
        (self.folder / "secret").write_text(self.seller.client_secret + "\n")
        (self.folder / "refresh").write_text(self.seller.refresh_token)
        return VendorAccount(
            account=OWNER, party="ACME1", endpoint=self.amazon.url, token_url=self.amazon.token_url,
            client_id=self.seller.client_id, client_secret_file=str(self.folder / "secret"),
            refresh_token_file=str(self.folder / "refresh"), marketplace=UK, warehouses=(LEEDS,), answer="by_rule",
        )  # fmt: skip

    def loop(self) -> VendorOrders:
        """As a process that has just started."""
        account = self.account()
        login = LoginWithAmazon(self.session, Clock())
        link = VendorLink(self.session, vendor_as_seller(account), login, 2.0, VENDOR, patience=0.0)
        return VendorOrders(
            account, link, self.books, Budget(), Telemetry(), patience_of(account, 60.0), timedelta(minutes=2)
        )

    async def run(self, minutes: float = 0.0, rounds: int = 20) -> None:
        """Let so many minutes pass, then work until nothing is due."""
        self.hand.on(minutes * 60)
        loop = self.loop()
        for _ in range(rounds):
            if await loop.round() == IDLE:
                return
            self.hand.on(1)
        raise AssertionError(f"still busy after {rounds} rounds")

    def place(self, order: PurchaseOrder) -> PurchaseOrderNumber:
        """Placed a few minutes ago: a look stays behind the present."""
        placed = msgspec.structs.replace(
            order, marketplace=Marketplace(UK), ordered_at=self.now - timedelta(minutes=5)
        )
        return self.vendor.add_order(placed).order.number

    async def said(self) -> list[tuple[str, str, int]]:
        return await self.fetch("select state, decided_by, version from purchase_order_said order by sequence")

    async def alerts(self) -> list[str]:
        return [
            kind for (kind,) in await self.fetch("select kind from alert where resolved_at is null order by kind")
        ]


@asynccontextmanager
async def amazon_vendor_rig(database: Database, folder: Path) -> AsyncIterator[AmazonVendorRig]:
    hand = Hand(ORDERED + timedelta(hours=1))
    faults = FaultPlan(rate_header_absent=0.0)
    async with AmazonSimulator(hand, faults=faults, token_life=1e9) as amazon, aiohttp.ClientSession() as session:
        made = AmazonVendorRig(
            database, hand=hand, amazon=amazon, seller=amazon.add_seller("ACME1"), session=session, folder=folder
        )
        await made.master_data("MUG", "CUP", CUP=6)
        yield made
