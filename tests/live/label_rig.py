"""Labels at the simulated Amazon for orders that go to the simulated Clarus, on a real database, by hand's time."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

from daemon.budget import Budget
from daemon.label_books import LabelBooks
from daemon.labels import IDLE, LabelBuying
from daemon.links.amazon_shipping import AmazonShippingLink
from daemon.store.database import Database
from daemon.telemetry import Telemetry
from handlers.label_choice import LabelTerms, Size
from handlers.labels import Rules
from schemas.amazon_shipping import Address
from schemas.sales_order import SalesOrder
from schemas.terms import Sku
from simulators.amazon.order_details import OrderDetails
from simulators.amazon.shipping import Shipping, SimulatedService
from tests.daemon.amazon_rig import Rig as Amazon
from tests.daemon.amazon_rig import rig as amazon_rig
from tests.live.clarus_rig import HandClock
from tests.live.release_rig import CHANNEL, ReleaseRig, lines, release_rig

TERMS = LabelTerms(
    ship_from=Address("Warehouse", "1 Dock Road", "Leeds", "West Yorkshire", "LS1 1AA", "GB"),
    services={"DPD/NEXT-DAY": ("NEXT",)}, currency="GBP",
    products={Sku("A"): Size(length_mm=300, width_mm=200, height_mm=100, weight_g=900)},
    box=Size(length_mm=600, width_mm=400, height_mm=400, weight_g=300),
)  # fmt: skip


@dataclass
class LabelRig:
    amazon: Amazon
    release: ReleaseRig
    terms: LabelTerms = TERMS
    buys: bool = True

    @property
    def shipping(self) -> Shipping:
        return self.amazon.seller.shipping

    async def sell(self, name: str, quantity: int = 1, to: str = "") -> SalesOrder:
        """Sold, or told anew with another quantity."""
        if name not in self.amazon.seller.orders:
            details = OrderDetails(address={"name": to})
            self.amazon.seller.add_order(name, [("L-A", "A", quantity)], details=details)
        return await self.release.sell(name, *lines(A=quantity))

    def buying(
        self, database: Database | None = None, link_of: type[AmazonShippingLink] = AmazonShippingLink
    ) -> LabelBuying:
        """As a process that has just started."""
        link = link_of(
            self.amazon.session, self.amazon.account, self.amazon.login, 2.0, "AmazonShipping_UK", patience=0.0
        )
        books = LabelBooks(CHANNEL, database or self.release.database, HandClock(self.release.hand), {})
        seller, telemetry = self.amazon.account, Telemetry()
        return LabelBuying(books, seller, link, Budget(), telemetry, self.terms, Rules(), 2.0, self.buys)

    async def buy(self, rounds: int = 20) -> None:
        """Until nothing is due."""
        buying = self.buying()
        for _ in range(rounds):
            if await buying.round() == IDLE:
                return
        raise AssertionError(f"still busy after {rounds} rounds")

    async def let_go(self) -> None:
        """Release what may go, to a warehouse whose orders need their label."""
        loop = self.release.loop()
        loop.books = replace(loop.books, labelled=frozenset({CHANNEL}))
        await self.release.run(loop)

    async def label(self, name: str) -> tuple[str, str]:
        row = await self.release.books.fetchrow("select state, why from label where channel_order_id = $1", name)
        return ("", "") if row is None else (row["state"], row["why"])

    async def requests(self) -> list[tuple[str, str, int]]:
        rows = await self.release.books.fetch(
            "select kind, state, attempt from effect where lane = 'labels' order by id"
        )
        return [(row["kind"], row["state"], row["attempt"]) for row in rows]

    async def said(self, name: str) -> list[str]:
        """Of labels, on the bus."""
        rows = await self.release.books.fetch(
            "select routing_key from outbox where exchange = 'goodsout.labels'"
            " and convert_from(body, 'UTF8')::jsonb -> 'data' ->> 'channel_order_id' = $1 order by id",
            name,
        )
        return [row["routing_key"] for row in rows]

    async def alerts(self) -> list[str]:
        rows = await self.release.books.fetch(
            "select kind from alert where resolved_at is null and kind like 'label%' order by kind"
        )
        return [row["kind"] for row in rows]


@asynccontextmanager
async def label_rig(folder: Path, database_url: str) -> AsyncIterator[LabelRig]:
    (folder / "amazon").mkdir()
    async with amazon_rig(folder / "amazon") as amazon, release_rig(folder, database_url) as release:
        amazon.seller.shipping.services = [SimulatedService("AMZN", "NEXT", Decimal("3.49"), 1.0)]
        yield LabelRig(amazon, release)
