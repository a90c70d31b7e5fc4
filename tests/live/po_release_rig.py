"""Purchase orders in real books, a simulated Clarus, and the loops between them, by hand's time."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp

from daemon.links.clarus import ClarusLink
from daemon.links.clarus_orders import ClarusOrders
from daemon.release_books import ReleaseBooks
from daemon.releasing import IDLE, Releasing
from daemon.settings import Clarus
from daemon.store.database import Database, query
from daemon.store.open_lines import hear_standings
from daemon.store.sealing import KeyRing, use_keys
from daemon.telemetry import Telemetry
from handlers.acknowledgement_settling import Patience, after_poll, after_sending
from handlers.answers import Done
from handlers.order_standing import LineStanding, Standing, StandingRow
from handlers.purchase_order_release import ReleaseRules
from handlers.release_desk import Rules
from handlers.warehouse_orders import Destination
from schemas.purchase_order import Acknowledgement, PurchaseOrderNumber
from schemas.sales_order import ShipTo
from schemas.terms import OrderReference
from simulators.clarus import CLIENT, SECRET, ClarusSimulator, FaultPlan
from simulators.clarus.orders import GoodsOut
from tests.handlers.vendor_orders import OWNER, VENDOR
from tests.live.clarus_rig import HandClock
from tests.live.vendor_rig import LEEDS, VendorRig

LAG = 60.0
NUMBER = PurchaseOrderNumber("4Z32PABC")
PLACES = {"LTN4": ShipTo(name="Fulfilment centre", lines=("1 Road",), city="Dunstable", country="GB")}


@dataclass
class PoReleaseRig(VendorRig):
    clarus: ClarusSimulator = field(kw_only=True)
    session: aiohttp.ClientSession = field(kw_only=True)
    tenant: Clarus = field(kw_only=True)
    to: Destination = field(kw_only=True)
    revision: int = 0

    def loop(self) -> Releasing:
        """As a process that has just started."""
        clock = HandClock(self.hand)
        link = ClarusOrders(ClarusLink(self.session, self.tenant, clock))
        rules = Rules(replica_lag=timedelta(seconds=LAG))
        return Releasing(
            ReleaseBooks(LEEDS, {VENDOR: self.to}, self.database, clock, {}, rules, "one", 50), link, Telemetry()
        )

    async def release(self, seconds: float = LAG + 1) -> None:
        """Let so much time pass, then work until nothing is due."""
        self.hand.on(seconds)
        loop = self.loop()
        for _ in range(60):
            if await loop.round() == IDLE:
                return
        raise AssertionError("still busy")

    async def answer(self) -> Acknowledgement | None:
        """One look; what is said is taken by the retailer."""
        said = (await self.look(NUMBER)).said
        if said is None:
            return None
        taken = after_sending(said, Done("TX"), self.now, Patience())
        await self.books.settle(taken)
        await self.books.settle(after_poll(taken.said, "success", "", self.now, Patience()))
        return said.acknowledgement

    async def says(self, word: Standing, **allocated: int) -> None:
        """The warehouse tells where the order stands: units set aside, by line."""
        self.revision += 1
        order = self.only()
        codes = {int(self.clarus.world.product_id(sku)): sku for sku in ("MUG", "CUP", "LID")}
        lines = tuple(
            LineStanding(
                sku=codes[line["product_id"]], line_reference=line["alt_line_reference"],
                ordered=int(line["order_quantity"]), warehouse=LEEDS,
                allocated=min(allocated.get(f"line_{line['alt_line_reference']}", 0), int(line["order_quantity"])),
            )
            for line in order.lines.values()
        )  # fmt: skip
        row = StandingRow(
            account=OWNER, order_reference=OrderReference(NUMBER), revision=self.revision, standing=word,
            lines=lines, at=self.now,
        )  # fmt: skip
        async with self.database.transaction() as connection:
            await connection.execute(query("order_standings_save"), [row])
            await hear_standings(connection, [row], self.now, self.rules)

    async def hears(self, reference: str, *lines: LineStanding) -> None:
        """The warehouse's first word of another goods out."""
        row = StandingRow(
            account=OWNER, order_reference=OrderReference(reference), revision=0, standing="allocated", lines=lines,
            at=self.now,
        )  # fmt: skip
        async with self.database.transaction() as connection:
            await connection.execute(query("order_standings_save"), [row])
            await hear_standings(connection, [row], self.now, self.rules)

    def only(self) -> GoodsOut:
        [order] = self.clarus.orders.named(NUMBER)
        return order

    def move(self, status: str) -> None:
        self.clarus.orders.by_hand(self.only().id, status, self.now)

    def quantities(self) -> dict[str, int]:
        """By line."""
        return {line["alt_line_reference"]: int(line["order_quantity"]) for line in self.only().lines.values()}

    def asked(self) -> list[str]:
        """Requests for changes that the warehouse was sent."""
        return [heard.operation.partition(".")[2] for heard in self.clarus.world.heard if "." in heard.operation]

    async def alerts(self) -> set[str]:
        return {kind for (kind,) in await self.fetch("select kind from alert where resolved_at is null")}


@asynccontextmanager
async def po_release_rig(database: Database, folder: Path, **rules: Any) -> AsyncIterator[PoReleaseRig]:
    use_keys(KeyRing((b"k" * 32,)))
    plain = VendorRig(database)
    async with (
        ClarusSimulator(plain.hand, faults=FaultPlan(replica_lag=(0.0, 0.0)), token_life=1e9) as clarus,
        aiohttp.ClientSession() as session,
    ):
        (folder / "secret").write_text(SECRET)
        tenant = Clarus(
            subdomain=clarus.world.subdomain, client_id=CLIENT, client_secret_file=str(folder / "secret"),
            host=clarus.url, token_url=clarus.token_url, replica_lag=LAG, request_timeout=5.0,
        )  # fmt: skip
        for sku in ("MUG", "CUP", "LID"):
            clarus.world.product_id(sku)
        to = Destination(
            warehouse_id=int(clarus.world.warehouse_id("LEEDS")),
            account_ids={OWNER: int(clarus.world.account_id("ACME"))}, carrier_ids={}, service_ids={},
        )  # fmt: skip
        made = PoReleaseRig(
            database, hand=plain.hand, release_rules=ReleaseRules(places=PLACES, **rules), clarus=clarus,
            session=session, tenant=tenant, to=to,
        )  # fmt: skip
        await made.master_data("MUG", "CUP", CUP=6)
        yield made
