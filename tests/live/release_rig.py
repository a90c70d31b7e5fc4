"""Orders in real books, a simulated Clarus, and the loop between them, on a clock that is turned by hand."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
import asyncpg
import msgspec

from daemon.links.clarus import ClarusLink
from daemon.links.clarus_orders import ClarusOrders
from daemon.release_books import ReleaseBooks
from daemon.releasing import IDLE, Releasing
from daemon.settings import Clarus
from daemon.settings import Database as DatabaseSettings
from daemon.store.database import Connection, Database, open_database
from daemon.store.decisions import Choice, decide, take_defaults
from daemon.store.orders_told import Told, take
from daemon.store.sealing import KeyRing, use_keys
from daemon.telemetry import Telemetry
from handlers.release_desk import Rules
from handlers.sales_orders import Cleared, ClearedLine
from handlers.warehouse_orders import Destination
from schemas.sales_order import OrderStatus, SalesLine, SalesOrder, ShipTo
from schemas.terms import (
    Account,
    ChannelAccount,
    ChannelOrderId,
    LineReference,
    Marketplace,
    SellerSku,
    Sku,
    Warehouse,
)
from simulators.clarus import CLIENT, SECRET, ClarusSimulator, FaultPlan, Heard
from simulators.clarus.orders import GoodsOut
from tests.live.clarus_rig import START, Hand, HandClock

LAG = 60.0
CHANNEL = ChannelAccount("uk")
SKUS = ("A", "B", "0012")
HOME = ShipTo(name="B. Uyer", lines=("1 Lane",), city="Leeds", postcode="LS1 1AA", country="GB", phone="0113")
CHANGES = ("goods_outs.create", "goods_outs.change", "goods_outs.delete", "goods_outs.cancel")


def lines(**quantities: int) -> tuple[SalesLine, ...]:
    """One line for each seller SKU, which is the warehouse's SKU here."""
    return tuple(
        SalesLine(line_reference=LineReference(f"L-{sku}"), seller_sku=SellerSku(sku), ordered=quantity)
        for sku, quantity in quantities.items()
    )


Telling = tuple[SalesOrder, bool]
"""An order as its channel tells it, and whether its judging finds nothing wrong: then it is `ready`, if it is new."""


async def hear(connection: Connection, *told: Telling) -> None:
    """One channel tells of orders, all in one answer."""
    account, at = told[0][0].channel_account, max(order.updated_at for order, _ in told)
    await take(connection, account, [Told(order, b"{}") for order, _ in told], at)
    rows = [
        (order.channel_account, order.channel_order_id, msgspec.to_builtins(_cleared(order)))
        for order, clear in told
        if clear
    ]
    await connection.executemany(
        "update sales_order set cleared = $3, cleared_version = version,"
        " state = case when state in ('pending', 'blocked') then 'ready' else state end"
        " where channel_account = $1 and channel_order_id = $2",
        rows,
    )


def _cleared(order: SalesOrder) -> Cleared:
    return Cleared(
        account=Account("acme"), carrier="DPD", carrier_service="NEXT-DAY",
        lines=tuple(
            ClearedLine(
                line_reference=line.line_reference, seller_sku=line.seller_sku, account=Account("acme"),
                sku=Sku(line.seller_sku), quantity=line.ordered - line.cancelled,
            )
            for line in order.lines
        ),
    )  # fmt: skip


@dataclass
class ReleaseRig:
    clarus: ClarusSimulator
    hand: Hand
    database: Database
    books: "asyncpg.Connection[asyncpg.Record]"
    session: aiohttp.ClientSession
    tenant: Clarus
    to: Destination
    orders: dict[str, SalesOrder] = field(default_factory=dict[str, SalesOrder])

    def loop(self, holder: str = "one", **rules: object) -> Releasing:
        """As a process that has just started."""
        clock = HandClock(self.hand)
        link = ClarusOrders(ClarusLink(self.session, self.tenant, clock))
        given: dict[str, Any] = {"replica_lag": timedelta(seconds=LAG), **rules}
        books = ReleaseBooks(
            Warehouse("W1"), {CHANNEL: self.to}, self.database, clock, {}, Rules(**given), holder, 50
        )  # fmt: skip
        return Releasing(books, link, Telemetry())

    async def run(self, loop: Releasing | None = None, rounds: int = 60) -> Releasing:
        """Until nothing is due."""
        loop = loop or self.loop()
        for _ in range(rounds):
            if await loop.round() == IDLE:
                return loop
        raise AssertionError(f"still busy after {rounds} rounds")

    async def later(self, loop: Releasing | None = None, seconds: float = LAG + 1) -> Releasing:
        self.hand.on(seconds)
        return await self.run(loop)

    # The channel.

    async def sell(self, name: str, *sold: SalesLine, clear: bool = True, **changes: object) -> SalesOrder:
        """The channel tells of a new order, or of what one has become; by default it is cleared."""
        told = self.telling(name, *sold, clear=clear, **changes)
        await self.hear(told)
        return told[0]

    async def hear(self, *told: Telling) -> None:
        async with self.database.transaction() as connection:
            await hear(connection, *told)

    def telling(self, name: str, *sold: SalesLine, clear: bool = True, **changes: object) -> Telling:
        """What the channel would tell of it now."""
        self.hand.on(0.001)
        known = self.orders.get(name)
        order = known or SalesOrder(
            channel_account=CHANNEL, channel_order_id=ChannelOrderId(name), marketplace=Marketplace("GB"),
            status="open", ordered_at=self.hand.at, updated_at=self.hand.at,
            ship_by=self.hand.at + timedelta(hours=20), ship_to=HOME, lines=sold or lines(A=2, B=1),
        )  # fmt: skip
        given = {"lines": sold} if sold else {}
        order = msgspec.structs.replace(order, updated_at=self.hand.at, **given, **changes)
        self.orders[name] = order
        return order, clear

    async def become(self, name: str, status: OrderStatus, word: str = "") -> None:
        """A change of status alone, which needs no clearing."""
        await self.sell(name, clear=status == "open", status=status, status_word=word)

    # The warehouse.

    def at_clarus(self, name: str) -> list[GoodsOut]:
        return self.clarus.orders.named(name)

    def only(self, name: str) -> GoodsOut:
        [order] = self.at_clarus(name)
        return order

    def move(self, name: str, status: str) -> None:
        """Somebody at the warehouse moves it on, or deletes it (an empty status)."""
        for order in self.at_clarus(name):
            self.clarus.orders.by_hand(order.id, status, self.hand.at)

    def type_in(self, name: str, **quantities: int) -> int:
        """Somebody enters an order of that reference at the warehouse's own screens."""
        added = [
            {"type": "ADD", "attributes": {"product_id": self.product(sku), "order_quantity": quantity}}
            for sku, quantity in quantities.items()
        ]
        attributes = {
            "goods_out_type": "sales_order", "account_id": self.to.account_ids["acme"], "reference": name,
            "expected_date_of_dispatch": "2026-11-22T12:00:00Z", "lines_changes": added,
        }  # fmt: skip
        body = {"data": {"type": "goods_outs", "attributes": attributes}}
        made = self.clarus.world.new_id()
        status, _ = self.clarus.orders.create(body, made, self.hand.at)
        assert status == 200
        return made

    def product(self, sku: str) -> int:
        return int(self.clarus.world.product_id(sku))

    def quantities(self, order: GoodsOut) -> dict[str, int]:
        codes = {self.product(sku): sku for sku in SKUS}
        found: dict[str, int] = {}
        for line in order.lines.values():
            code = codes[line["product_id"]]
            found[code] = found.get(code, 0) + int(line["order_quantity"])
        return found

    def asked(self, since: int = 0) -> list[Heard]:
        """Requests for changes that the warehouse was sent."""
        return [heard for heard in self.clarus.world.heard[since:] if heard.operation in CHANGES]

    def mark(self) -> int:
        return len(self.clarus.world.heard)

    # The books.

    async def alerts(self, name: str) -> set[str]:
        rows = await self.books.fetch(
            "select kind from alert where resolved_at is null and cause = $1", f"order/uk/{name}"
        )
        return {row["kind"] for row in rows}

    async def texts(self, cause: str) -> list[tuple[str, str]]:
        """The open alerts of a cause, each with what it says."""
        rows = await self.books.fetch("select kind, text from alert where resolved_at is null and cause = $1", cause)
        return [(row["kind"], row["text"]) for row in rows]

    async def effects(self, name: str) -> list[tuple[str, str, str]]:
        rows = await self.books.fetch(
            "select kind, state, reason from effect where subject = $1 order by id", f"order/uk/{name}"
        )
        return [(row["kind"], row["state"], row["reason"]) for row in rows]

    async def row(self, name: str) -> Any:
        return await self.books.fetchrow("select * from warehouse_order where channel_order_id = $1", name)

    async def questions(self, name: str) -> list[tuple[int, str]]:
        rows = await self.books.fetch(
            "select id, kind from decision where decided is null and subject = $1", f"order/uk/{name}"
        )
        return [(row["id"], row["kind"]) for row in rows]

    async def answer(self, name: str, option: str) -> None:
        [(question, _)] = await self.questions(name)
        async with self.database.transaction() as connection:
            await decide(connection, question, Choice(option, "somebody"), self.hand.at, {})

    async def nobody_answers(self) -> Sequence[Any]:
        async with self.database.transaction() as connection:
            return await take_defaults(connection, self.hand.at, {})


@asynccontextmanager
async def release_rig(
    folder: Path, database_url: str, *, lag: float = 0.0, **tenant: object
) -> AsyncIterator[ReleaseRig]:
    """`lag`: by how many seconds look-ups are behind; the daemon allows for `LAG`."""
    use_keys(KeyRing((b"k" * 32,)))
    hand = Hand(START)
    async with (
        ClarusSimulator(hand, faults=FaultPlan(replica_lag=(lag, lag)), token_life=1e9) as clarus,
        aiohttp.ClientSession() as session,
    ):
        (folder / "secret").write_text(SECRET)
        described = Clarus(
            subdomain=clarus.world.subdomain, client_id=CLIENT, client_secret_file=str(folder / "secret"),
            host=clarus.url, token_url=clarus.token_url, replica_lag=LAG, request_timeout=5.0, concurrent_calls=8,
        )  # fmt: skip
        for sku in SKUS:
            clarus.world.product_id(sku)
        to = Destination(
            warehouse_id=int(clarus.world.warehouse_id("WH1")),
            account_ids={"acme": int(clarus.world.account_id("ACME"))},
            carrier_ids={"DPD": 5}, service_ids={"DPD/NEXT-DAY": 6},
        )  # fmt: skip
        database = await open_database(database_url, DatabaseSettings(url=database_url), 4)
        books = await asyncpg.connect(database_url)
        try:
            changed = msgspec.structs.replace(described, **tenant)
            yield ReleaseRig(clarus, hand, database, books, session, changed, to)
        finally:
            await books.close()
            await database.close()
