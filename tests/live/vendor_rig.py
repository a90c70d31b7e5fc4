"""Purchase orders on a real database, by hand's time, with stock as the test says."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec

from daemon.purchase_order_books import Looked, PurchaseOrderBooks
from daemon.store import purchase_orders as store
from daemon.store.database import Database
from daemon.store.product_codes import import_codes
from daemon.store.vendor_files import import_costs, import_packs
from handlers.agreed_costs import AgreedCost
from handlers.case_packs import PackRow
from handlers.cross_reference import CodeKind, ProductCode
from handlers.purchase_order_desk import DeskRules
from handlers.purchase_order_judgement import Terms
from handlers.supply import Rules, Selling
from schemas.purchase_order import PurchaseOrder, PurchaseOrderNumber
from schemas.terms import ChannelAccount, Sku, Warehouse
from tests.handlers.vendor_orders import ORDERED, OWNER, TERMS, VENDOR
from tests.live.clarus_rig import Hand, HandClock

LEEDS = Warehouse("LEEDS")
RULES = Rules(
    accounts={
        VENDOR: Selling(frozenset({LEEDS})),
        ChannelAccount("shop"): Selling(frozenset({LEEDS})),
    }
)
VENDOR_SKU: CodeKind = "vendor_sku"


@dataclass
class VendorRig:
    database: Database
    terms: Terms = TERMS
    desk: DeskRules = field(default_factory=lambda: DeskRules(pace=TERMS.pace))
    rules: Rules = RULES
    hand: Hand = field(default_factory=lambda: Hand(ORDERED + timedelta(hours=1)))

    @property
    def books(self) -> PurchaseOrderBooks:
        """As a process that has just started."""
        return PurchaseOrderBooks(
            VENDOR, self.database, HandClock(self.hand), self.terms, self.desk, self.rules, {}, "test"
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
            await import_codes(connection, codes, self.now, remove_absent=False)
            await import_costs(connection, costs, self.now, remove_absent=False)
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
