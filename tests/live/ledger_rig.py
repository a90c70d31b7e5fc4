"""The ledger on a real PostgreSQL, with a clock that tests move, a channel, and performers as many as one likes."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from daemon.budget import Budget
from daemon.clock import Clock
from daemon.despatch_calls import Channel as AnyChannel
from daemon.despatch_calls import DespatchCalls, served
from daemon.despatch_watch import DespatchWatch
from daemon.document_flows import DespatchFlow
from daemon.links.answer import Answer, Done, NeverLeft, Reading
from daemon.performer import Performer
from daemon.settings import Database as DatabaseSettings
from daemon.settings import Despatch, SellerAccount
from daemon.store.database import Database, open_database
from daemon.store.notes import write_notes
from daemon.telemetry import Telemetry
from daemon.urgency import Urgency
from schemas.amazon_orders import AmazonOrder, AmazonOrderLine, AmazonParcel, ConfirmShipment, DespatchedLine
from schemas.terms import ChannelOrderId, LineReference, PackageReference, SellerSku
from tests.controls import despatches as control

SELLER = SellerAccount(
    account="acme",
    seller_id="A1SELLER",
    endpoint="http://127.0.0.1:1",
    client_id="c",
    client_secret_file="s",
    refresh_token_file="r",
    marketplaces=(control.UK,),
    warehouses=("W1",),
)
SETTINGS = Despatch(late_effect=60, read_lag=30, request_timeout=20, unknown_reads=2)


@dataclass
class Channel:
    """A screenful of a channel: answers in turn, and what it has of the order."""

    answers: list[Answer[None] | Exception] = field(default_factory=list[Answer[None] | Exception])
    takes_effect: bool = True
    unreadable: bool = False
    told: list[ConfirmShipment] = field(default_factory=list[ConfirmShipment])
    reads: int = 0

    async def confirm_despatch(self, order_id: ChannelOrderId, confirmation: ConfirmShipment) -> Answer[None]:
        answer = self.answers.pop(0) if self.answers else Done(None)
        if isinstance(answer, Done) or (self.takes_effect and not isinstance(answer, NeverLeft)):
            self.told.append(confirmation)
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def read_order(self, order_id: ChannelOrderId) -> Reading[AmazonOrder]:
        self.reads += 1
        if self.unreadable:
            return NeverLeft("no route")
        line = AmazonOrderLine(control.LINE, SellerSku("KETTLE-1"), 9, None)
        parcels = tuple(_shown(told) for told in self.told)
        return Done(
            AmazonOrder(
                order_id=order_id,
                marketplace=control.UK,
                status="UNSHIPPED",
                programs=(),
                ships_itself=True,
                lines=(line,),
                parcels=parcels,
            )
        )


def _shown(told: ConfirmShipment) -> AmazonParcel:
    detail = told.package_detail
    lines = tuple(DespatchedLine(LineReference(item.order_item_id), item.quantity) for item in detail.order_items)
    return AmazonParcel(PackageReference(detail.package_reference_id), "DPD", "", detail.tracking_number, lines)


@dataclass
class Books:
    """The ledger's rig."""

    database: Database
    clock: Clock
    calls: DespatchCalls
    performer: Performer

    async def hear(self, content: dict[str, Any] | None = None, what: Any = "completed") -> None:
        flow = DespatchFlow(SETTINGS, served({"shop": SELLER}))
        now = self.clock.now()
        async with self.database.transaction() as connection:
            settled = await flow.settle(connection, [control.message(content, what, now)], now)
            await write_notes(connection, settled.notes, now, {})

    async def perform(self) -> int:
        started = await self.performer.perform_due()
        if self.performer.under_way:
            await asyncio.wait(self.performer.under_way)
        return started

    async def watch(self) -> None:
        for task in DespatchWatch(self.calls).tasks():
            async with self.database.transaction() as connection:
                now = self.clock.now()
                await write_notes(connection, await task(connection, now), now, {})

    def later(self, **by: float) -> None:
        self.clock.origin += timedelta(**by)
        self.clock.host_error += timedelta(**by)

    async def rows(self, columns: str = "state, reason") -> list[tuple[Any, ...]]:
        async with self.database.connection() as connection:
            return [tuple(row) for row in await connection.fetch(f"select {columns} from effect order by id")]

    async def execute(self, statement: str, *values: object) -> None:
        async with self.database.connection() as connection:
            await connection.execute(statement, *values)


@asynccontextmanager
async def opened_books(
    database_url: str, clock: Clock, channel: AnyChannel, budget: Budget | None = None
) -> AsyncIterator[Books]:
    """With one carrier, one listing and the replica `me`."""
    database = await open_database(database_url, DatabaseSettings(url=database_url), 6)
    budget = budget or Budget()
    calls = DespatchCalls(
        {"shop": SELLER}, {"shop": channel}, database, budget, clock, Telemetry(), Urgency(), SETTINGS, {}
    )
    opened = Books(database, clock, calls, Performer(calls, "me"))
    now = clock.now()
    await opened.execute("insert into replica values ('me', '{despatch}', clock_timestamp())")
    await opened.execute(
        "insert into carrier (channel_account, carrier, service, carrier_code, imported_at)"
        " values ('*', 'DPD-UK', '*', 'DPD', $1)",
        now,
    )
    await opened.execute(
        "insert into listing (channel_account, marketplace, seller_sku, account, sku, imported_at)"
        " values ('shop', $1, 'KETTLE-1', 'acme', 'KETTLE', $2)",
        control.UK,
        now,
    )
    try:
        yield opened
    finally:
        await database.close()
