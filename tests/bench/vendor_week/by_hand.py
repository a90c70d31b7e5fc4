"""The week in small, by hand's time: the daemon's own loops and books, taken from one thing that is due to the next.

What `daemon.py` needs minutes and a quiet machine for is here the same on any machine, in seconds; but there is no
bus, no process to kill, and no second process that does the same at once.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import aiohttp

from daemon.app import with_secret_paths
from daemon.budget import Budget
from daemon.config import Configuration, load
from daemon.document_flows import DespatchFlow, OrderFlow
from daemon.links.amazon_vendor import VendorLink
from daemon.links.lwa import LoginWithAmazon
from daemon.purchase_order_books import PurchaseOrderBooks
from daemon.selling import rules_of, vendor_as_seller
from daemon.settings import Database as DatabaseSettings
from daemon.settings import Despatch
from daemon.ship_noticing import ShipNoticing
from daemon.store.database import Database, open_database
from daemon.store.notes import write_notes
from daemon.telemetry import Telemetry
from daemon.vendor_books import VendorBooks
from daemon.vendor_documents_role import orders_of
from daemon.vendor_flow import VendorFlow
from daemon.vendor_invoicing import VendorInvoicing
from daemon.vendor_orders import IDLE, VendorOrders
from daemon.vendor_sending import VendorSending
from daemon.vendor_terms import desk_rules_of, patience_of, terms_of
from daemon.vendor_watch import VendorWatch
from handlers.despatch_messages import What, read_message
from handlers.order_standing import read_standing
from schemas.despatch import read_despatch
from schemas.envelope import Envelope, read_envelope
from schemas.order import read_order_standing
from schemas.terms import ChannelAccount
from simulators.amazon import AmazonSimulator
from simulators.amazon.buckets import PLANS, Buckets, Plan
from simulators.amazon.vendor import Vendor
from simulators.warehouse import WireMessage
from tests.bench.vendor_week.configuration import write_settings
from tests.bench.vendor_week.daemon import master_data, plan_people
from tests.bench.vendor_week.evidence import Evidence, gathered
from tests.bench.vendor_week.faults import fault_plan, vendor_plan
from tests.bench.vendor_week.orders import ACCOUNTS
from tests.bench.vendor_week.ours import BooksArm
from tests.bench.vendor_week.people import People
from tests.bench.vendor_week.trace import Week
from tests.bench.vendor_week.world import World, until_the_end, warehouse_of
from tests.live.clarus_rig import Hand, HandClock

GRID, LONGEST = timedelta(minutes=10), timedelta(hours=2)
"""Between two looks of an account, at least and at most: as slow as a busy daemon may be."""
WATCHED = timedelta(hours=1)
"""Between two rounds of the watch."""
ROUNDS = 40
NEXT = """
select least(
    (select min(look_at) from purchase_order where channel_account = $1),
    (select min(look_at) from purchase_order_said where channel_account = $1),
    (select min(look_at) from ship_load where channel_account = $1),
    (select min(look_at) from invoicing where channel_account = $1),
    (select min(due) from effect where lane = 'vendor_documents' and account = $1
        and state in ('waiting', 'unknown', 'accepted')))
"""
STOCK = """
insert into stock (account, warehouse, sku, source, available, applied, level_time)
values ('acme', 'W1', $1, '/warehouse', $2, $3, $4)
on conflict (sku, account, warehouse) do update
set available = excluded.available, applied = excluded.applied, level_time = excluded.level_time
"""


class HandTime(Hand):
    """Whoever sleeps is awake at once: the hand does not wait."""

    async def sleep(self, seconds: float) -> None:
        await super().sleep(0 * seconds)


@dataclass(slots=True)
class Desk:
    """The loops of one vendor account, and when they have something to do next."""

    due: datetime
    orders: VendorOrders
    noticing: ShipNoticing
    invoicing: VendorInvoicing
    sending: VendorSending

    async def work(self) -> None:
        for _ in range(ROUNDS):
            pause = await self.orders.round()
            busy = await self.noticing.look_at_due() + await self.sending.send_due()
            if not busy + await self.invoicing.look_at_due() and pause == IDLE:
                return


@dataclass
class ByHand(BooksArm):
    """The arm of the daemon's loops, taken through the week by hand."""

    hand: HandTime = field(kw_only=True)
    desks: list[Desk] = field(kw_only=True)
    flow: DespatchFlow = field(kw_only=True)
    watch: VendorWatch = field(kw_only=True)
    people: People = field(init=False)
    watched: datetime = field(kw_only=True)
    _levels: dict[str, WireMessage] = field(default_factory=dict[str, WireMessage])

    def now(self) -> datetime:
        return self.hand.at

    async def wait(self, until: datetime) -> None:
        """Everything that is due before then, at its time."""
        while (due := min(desk.due for desk in self.desks)) < until:
            self.hand.at = max(self.hand.at, due)
            await self.work()
        self.hand.at = max(self.hand.at, until)

    async def work(self) -> None:
        await self._write_stock()
        for desk in self.desks:
            if desk.due <= self.hand.at:
                await desk.work()
                await self._plan(desk)
        if self.watched + WATCHED <= self.hand.at:
            self.watched = self.hand.at
            await self._watch()
        await self.people.look()

    async def _plan(self, desk: Desk) -> None:
        async with self.database.connection() as connection:
            found = await connection.fetchval(NEXT, desk.orders.name)
        longest = self.hand.at + LONGEST
        desk.due = max(self.hand.at + GRID, min(found or longest, longest))

    async def _watch(self) -> None:
        async with self.database.transaction() as connection:
            for task in self.watch.tasks():
                await write_notes(connection, await task(connection, self.hand.at), self.hand.at, {})

    async def stock_moved(self, message: WireMessage) -> None:
        self._levels[message.key[2]] = message

    async def _write_stock(self) -> None:
        """What the warehouse's replica has heard until the last look."""
        waiting, self._levels = self._levels, {}
        async with self.database.transaction() as connection:
            for sku, message in waiting.items():
                await connection.execute(
                    STOCK, sku, self.world.warehouse.available(sku), message.sequence, self.hand.at
                )

    async def order_stands(self, message: WireMessage) -> None:
        envelope = envelope_of(message)
        row = read_standing(envelope.type, read_order_standing(envelope), self.hand.at)
        async with self.database.transaction() as connection:
            await OrderFlow(self.desks[0].orders.books.rules).settle(connection, [row], self.hand.at)

    async def publish(self, messages: list[WireMessage]) -> None:
        whats: Mapping[str, What] = {"despatch.packed": "packed", "despatch.completed": "completed"}
        for message in messages:
            read = read_message(
                whats[message.routing_key], read_despatch(envelope_of(message)), self.hand.at, self.hand.at
            )
            async with self.database.transaction() as connection:
                await self.flow.settle(connection, [read], self.hand.at)
        for desk in self.desks:
            desk.due = self.hand.at


def envelope_of(message: WireMessage) -> Envelope:
    return read_envelope(message.body, message.headers, message.content_type)


async def lived_by_hand(url: str, folder: Path, week: Week) -> tuple[World, Evidence]:
    """The week, answered by the daemon's loops on this database."""
    hand = HandTime(week.beginning)
    plans = Buckets({name: Plan(1e9, 1e9) for name in PLANS})
    faults = fault_plan(week.seed)
    async with AmazonSimulator(hand, faults=faults, buckets=plans, token_life=1e9) as amazon:
        for account in ACCOUNTS:
            seller = amazon.add_seller(account.party, client_id=f"application-{account.party}")
            seller.vendor.transactions.plan = vendor_plan(account, week.calendar)
        file = write_settings(folder, url, "amqp://nobody:here@localhost:1", amazon, week.calendar, (1.0, hand.at))
        async with _opened(load(file, {}), url, amazon, hand) as arm:
            world = arm.world = World(week, arm, warehouse_of(week, hand))
            arm.people = People(arm, week.calendar.part, week.seed)
            await master_data(arm.database, week, hand.at)
            for message in world.warehouse.opening_levels():
                await arm.stock_moved(message)
            world.plan()
            plan_people(world, arm.people)
            await world.live(until_the_end(week))
            await world.finish()
            for vendor in arm.vendors.values():
                vendor.settle(hand.at + timedelta(days=2))
            return world, await gathered(arm.database)


@asynccontextmanager
async def _opened(
    configuration: Configuration, url: str, amazon: AmazonSimulator, hand: HandTime
) -> AsyncIterator[ByHand]:
    database = await open_database(url, DatabaseSettings(url=url), 4)
    settings = configuration.settings
    try:
        async with aiohttp.ClientSession() as session:
            desks = [_desk(configuration, database, session, hand, one.name) for one in ACCOUNTS]
            vendors: dict[ChannelAccount, Vendor] = {
                one.name: amazon.world.sellers[one.party].vendor for one in ACCOUNTS
            }
            arm = ByHand(
                vendors, database, hand=hand, desks=desks, watched=hand.at, watch=VendorWatch(settings.vendors),
                flow=DespatchFlow(Despatch(), {}, vendors=VendorFlow(settings.notices)),
            )  # fmt: skip
            yield arm
    finally:
        await database.close()


def _desk(
    configuration: Configuration, database: Database, session: aiohttp.ClientSession, hand: HandTime, name: str
) -> Desk:
    settings, clock = configuration.settings, HandClock(hand)
    vendor, notices = settings.vendors[name], settings.notices[name]
    seller = with_secret_paths(configuration, vendor_as_seller(vendor))
    login = LoginWithAmazon(session, clock)
    link = VendorLink(session, seller, login, 10.0, ChannelAccount(name), clock=clock, patience=0.0)
    budget, telemetry = Budget(lambda: 1e6), Telemetry()
    books = PurchaseOrderBooks(
        ChannelAccount(name), database, clock, terms_of(vendor), desk_rules_of(vendor), rules_of(settings), {}, "hand"
    )
    patience = patience_of(vendor, settings.despatch.late_effect)
    orders = VendorOrders(vendor, link, books, budget, telemetry, patience, timedelta(minutes=5))
    documents = VendorBooks(name, notices, orders_of(settings, name), database, clock, {}, "hand")
    sending = VendorSending(documents, link, budget, telemetry, vendor.application)
    return Desk(hand.at, orders, ShipNoticing(documents), VendorInvoicing(documents), sending)
