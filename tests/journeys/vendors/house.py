"""One vendor account on one transport: the daemon's own loops on a real database, by hand's time, and the retailer.

Every account has stock, codes, costs and goods of its own, so many can live in one database.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, Protocol

import aiohttp
import msgspec

from daemon.budget import Budget
from daemon.clock import Clock
from daemon.document_flows import DespatchFlow
from daemon.edi_documents import EdiDocuments
from daemon.edi_order_answers import OrderAnswers
from daemon.edi_orders import EdiOrders
from daemon.edi_post import EdiPost
from daemon.edi_reading import EdiReading
from daemon.edi_taking import EdiTaking
from daemon.links.amazon_vendor import VendorLink
from daemon.links.edi_spool import FolderSpool
from daemon.links.lwa import LoginWithAmazon
from daemon.purchase_order_books import PurchaseOrderBooks
from daemon.remittances import Remittances
from daemon.selling import vendor_as_seller
from daemon.settings import Despatch, NoticeAccount, PartySection, VendorAccount
from daemon.ship_noticing import ShipNoticing
from daemon.store.acknowledged_orders import AcknowledgedOrders
from daemon.store.database import Database
from daemon.store.decisions import Choice, decide
from daemon.store.mapping_tables import CODES, COSTS
from daemon.store.vendor_files import import_packs
from daemon.telemetry import Telemetry
from daemon.vendor_books import VendorBooks
from daemon.vendor_edi import VendorEdi
from daemon.vendor_flow import VendorFlow
from daemon.vendor_invoicing import VendorInvoicing
from daemon.vendor_orders import IDLE, VendorOrders
from daemon.vendor_sending import VendorSending
from daemon.vendor_terms import patience_of
from edi.partner import Partner
from edi.profile import Profile
from handlers.acknowledged_orders import Agreed
from handlers.agreed_costs import AgreedCost
from handlers.case_packs import PackRow
from handlers.cross_reference import ProductCode
from handlers.despatch_messages import read_message
from handlers.edi_documents import Rules as EdiRules
from handlers.purchase_order_desk import DeskRules
from handlers.purchase_order_judgement import Terms
from handlers.ship_loads import Part
from handlers.supply import Rules, Selling
from handlers.vendor_windows import Pace
from schemas.purchase_order import (
    Acknowledgement,
    Party,
    PoLineNumber,
    PurchaseOrder,
    PurchaseOrderNumber,
    Transport,
)
from schemas.terms import Account, ChannelAccount, Marketplace, Sku, Warehouse
from simulators.amazon import UK, AmazonSimulator, FaultPlan
from simulators.amazon.vendor import Delivery, Vendor
from simulators.amazon.vendor_books import Change
from simulators.edi_partner import EdiPartner, EdiPlan, Parties
from tests.live.clarus_rig import Hand, HandClock

ORDERED = datetime(2026, 11, 2, tzinfo=UTC)
NINE = ORDERED + timedelta(hours=9)
LEEDS = Warehouse("LEEDS")
PACE = Pace(lead=timedelta(days=1), transit=timedelta(days=1))
TERMS = Terms(pace=PACE, destinations=frozenset({"LTN4"}), tolerance_percent=Decimal(1))
WORKS = PartySection(
    party_id="ACMEWH", name="Acme Pots", lines=("2 Mill Lane",), city="Leeds", postcode="LS1 1AA", country="GB",
    tax_number="GB123456789",
)  # fmt: skip
PAYER = PartySection(
    party_id="AMZUK", name="Amazon EU SARL", lines=("1 Principal Place",), city="London", postcode="EC2A 2FA",
    country="GB", tax_number="GB727255821",
)  # fmt: skip
CENTRE = Party(party_id="LTN4", name="LTN4", city="Dunstable", postcode="LU5 4FE", country="GB")
OURS, THEIRS = "4012345000009", "5450534000000"
SOON = EdiRules(acknowledged_within=timedelta(hours=24), presumed_after=timedelta(minutes=15))


class Exchange(Protocol):
    """What differs between the transports."""

    async def round(self) -> int:
        """One round of everything that waits; how much was done."""
        ...

    def place(self, order: PurchaseOrder, now: datetime) -> None: ...

    def change(self, number: str, change: Change, now: datetime) -> None: ...


@dataclass
class ByApi:
    orders: VendorOrders
    vendor: Vendor

    async def round(self) -> int:
        return int(await self.orders.round() != IDLE)

    def place(self, order: PurchaseOrder, now: datetime) -> None:
        del now
        self.vendor.add_order(order)

    def change(self, number: str, change: Change, now: datetime) -> None:
        """A look stays a little behind the present."""
        self.vendor.change_order(number, change, now - timedelta(minutes=3))


@dataclass
class ByEdi:
    edi: VendorEdi
    partner: EdiPartner
    hand: Hand

    async def round(self) -> int:
        read = self.partner.turn(self.hand.at)
        waiting = len(list(self.partner.outbox.iterdir()))
        await self.edi.round()
        return read + waiting + len(list(self.partner.inbox.iterdir()))

    def place(self, order: PurchaseOrder, now: datetime) -> None:
        self.partner.place(order, now)

    def change(self, number: str, change: Change, now: datetime) -> None:
        self.partner.change(number, change, now)


@dataclass
class House:
    name: str
    transport: Transport
    database: Database
    hand: Hand
    books: PurchaseOrderBooks
    vendor: Vendor
    exchange: Exchange
    sending: VendorSending
    settings: NoticeAccount
    revisions: dict[str, int] = field(default_factory=dict[str, int])

    @property
    def account(self) -> ChannelAccount:
        return ChannelAccount(self.name)

    @property
    def owner(self) -> Account:
        return Account(self.name)

    @property
    def now(self) -> datetime:
        return self.hand.at

    # What happens.

    async def stock(self, **units: int) -> None:
        """What the warehouse has, as its newest level says."""
        async with self.database.transaction() as connection:
            for sku, available in units.items():
                await connection.execute(
                    "insert into stock (account, warehouse, sku, source, available, applied, level_time) "
                    "values ($1, $2, $3, 'test', $4, 1, $5) "
                    "on conflict (sku, account, warehouse) do update set available = excluded.available",
                    self.owner, LEEDS, sku, available, self.now,
                )  # fmt: skip

    async def place(self, *orders: PurchaseOrder) -> None:
        for one in orders:
            self.exchange.place(msgspec.structs.replace(one, transport=self.transport), self.now)
        await self.work()

    async def change(self, number: str, change: Change) -> None:
        self.exchange.change(number, change, self.now)
        await self.wait(5)

    async def hear(self, *parts: Part) -> None:
        """The warehouse's events, each with the next revision of its despatch."""
        flow = DespatchFlow(Despatch(), {}, vendors=VendorFlow({self.name: self.settings}))
        for one in parts:
            despatch = one.data.despatch_id
            self.revisions[despatch] = self.revisions.get(despatch, 0) + 1
            data = msgspec.structs.replace(one.data, revision=self.revisions[despatch])
            message = read_message(one.stage, data, self.now, self.now)
            async with self.database.transaction() as connection:
                await flow.settle(connection, [message], self.now)
        await self.work()

    async def wait(self, *minutes: float) -> None:
        """Let time pass, and work after each step."""
        for step in minutes:
            self.hand.on(60 * step)
            await self.work()

    async def work(self) -> None:
        """As the loops do, until nothing is due at this moment."""
        noticing, invoicing = ShipNoticing(self.sending.books), VendorInvoicing(self.sending.books)
        for _ in range(30):
            done = await self.exchange.round() + await noticing.look_at_due()
            done += await self.sending.send_due() + await invoicing.look_at_due()
            if not done:
                return
        raise AssertionError("it does not come to rest")

    async def decide(self, option: str) -> None:
        """Whatever is asked about a purchase order."""
        [(question,)] = await self.fetch(
            "select id from decision where decided is null and kind = 'po_answer' and subject like $1",
            f"{self.name}/%",
        )
        async with self.database.transaction() as connection:
            await decide(connection, question, Choice(option, "Ruth"), self.now, {})
        await self.work()

    def deliver(self, delivery: Delivery) -> None:
        self.vendor.deliver(delivery, self.now)

    # What is seen.

    async def fetch(self, sql: str, *arguments: object) -> list[Any]:
        async with self.database.connection() as connection:
            return [tuple(row) for row in await connection.fetch(sql, *arguments)]

    async def our_answer(self, number: str) -> dict[str, tuple[int, int, int]]:
        """Accepted, on back order and rejected by line: our newest answer that stands."""
        rows = await self.fetch(
            "select acknowledgement::text from purchase_order_said where channel_account = $1 and number = $2 "
            "and state in ('sent', 'unknown', 'processing', 'presumed', 'confirmed', 'by_hand') order by sequence",
            self.account, number,
        )  # fmt: skip
        if not rows:
            return {}
        said = msgspec.json.decode(rows[-1][0], type=Acknowledgement, strict=False)
        return {
            line.number: (
                _sum(line.answers, "accepted"), _sum(line.answers, "backordered"), _sum(line.answers, "rejected")
            )
            for line in said.lines
        }  # fmt: skip

    def their_answer(self, number: str) -> dict[str, tuple[int, int, int]]:
        """The same as the retailer read it."""
        order = self.vendor.orders[PurchaseOrderNumber(number)]
        return {
            line.number: (book.accepted, book.backordered, book.rejected)
            for line in order.order.lines
            if line.ordered.amount
            for book in (order.books[PoLineNumber(line.number)],)
        }

    async def held(self) -> dict[str, int]:
        """Eaches that purchase orders hold, by SKU."""
        rows = await self.fetch(
            "select sku, sum(ordered)::int from open_line_part where account = $1 and ordered > 0 group by sku",
            self.owner,
        )  # fmt: skip
        return dict(rows)

    async def alerts(self) -> set[str]:
        rows = await self.fetch(
            "select kind from alert where resolved_at is null and (cause like $1 or subject like $1)", f"{self.name}%"
        )
        return {kind for (kind,) in rows}

    def refused(self) -> list[str]:
        """What the retailer did not take, by the first reason."""
        return [one.faults[0].code for one in self.vendor.documents if one.faults]


def _sum(answers: Sequence[Any], code: str) -> int:
    return sum(one.quantity.amount for one in answers if one.code == code)


def notice_settings(name: str) -> NoticeAccount:
    return NoticeAccount(
        notices=True, invoices=True, ship_from={LEEDS: WORKS}, remit_to=WORKS, bill_to=PAYER, tax_percent="20",
        gs1_prefix="", invoice_prefix=f"{name}-", net_days=60, look_again=300.0,
    )  # fmt: skip


async def master_data(house: House, packs: Mapping[str, int], *skus: str) -> None:
    """Codes, costs of 2.50 for each, and what a case holds."""
    name, owner = house.account, house.owner
    codes = [
        ProductCode(channel_account=name, kind="vendor_sku", code=sku, account=owner, sku=Sku(sku)) for sku in skus
    ]
    costs = [
        AgreedCost(channel_account=name, account=owner, sku=Sku(sku), begins=ORDERED.date(), amount=Decimal("2.50"),
                   currency="GBP")
        for sku in skus
    ]  # fmt: skip
    rows = [PackRow(account=owner, sku=Sku(sku), eaches=eaches) for sku, eaches in packs.items()]
    async with house.database.transaction() as connection:
        await CODES.take_over(connection, codes, house.now)
        await COSTS.take_over(connection, costs, house.now)
        await import_packs(connection, rows, house.now)


@asynccontextmanager
async def opened(
    name: str, transport: Transport, database: Database, folder: Path, *, backorders: bool = False
) -> AsyncIterator[House]:
    """`backorders`: agreed with the partner of an exchange, for orders that cannot say so."""
    hand = Hand(NINE)
    clock, account, owner = HandClock(hand), ChannelAccount(name), Account(name)
    desk = DeskRules(pace=PACE, backorder_after=timedelta(days=2))
    rules = Rules(accounts={account: Selling(frozenset({LEEDS}))})
    books = PurchaseOrderBooks(account, database, clock, TERMS, desk, rules, {}, "test")
    settings = notice_settings(name)
    agreed = Agreed(places={"LTN4": CENTRE}, bill_to=_party(PAYER), freight="vendor_pays")
    shared = VendorBooks(
        name, settings, AcknowledgedOrders(agreed), database, clock, {}, "test", transport=transport
    )  # fmt: skip
    async with AsyncExitStack() as stack:
        exchange: ByApi | ByEdi
        link: VendorLink | EdiDocuments
        if transport == "sp_api":
            exchange, link = await _by_api(stack, hand, books, owner, folder)
        else:
            exchange, link = _by_edi(hand, books, transport, folder, backorders)
        vendor = exchange.vendor if isinstance(exchange, ByApi) else exchange.partner.vendor
        sending = VendorSending(shared, link, Budget(), Telemetry(), f"goodsout-{name}")
        house = House(name, transport, database, hand, books, vendor, exchange, sending, settings)
        await master_data(house, {"CUP": 6}, "MUG", "CUP", "JUG")
        yield house


def _party(section: PartySection) -> Party:
    return Party(
        party_id=section.party_id, name=section.name, lines=section.lines, city=section.city,
        postcode=section.postcode, country=section.country, tax_number=section.tax_number,
    )  # fmt: skip


async def _by_api(
    stack: AsyncExitStack, hand: Hand, books: PurchaseOrderBooks, owner: Account, folder: Path
) -> tuple[ByApi, VendorLink]:
    amazon = await stack.enter_async_context(
        AmazonSimulator(hand, faults=FaultPlan(rate_header_absent=0.0), token_life=1e9)
    )
    session = await stack.enter_async_context(aiohttp.ClientSession())
    seller = amazon.add_seller("ACME1")
    (folder / "secret").write_text(seller.client_secret + "\n")
    (folder / "refresh").write_text(seller.refresh_token)
    vendor = VendorAccount(
        account=owner, party="ACME1", endpoint=amazon.url, token_url=amazon.token_url, client_id=seller.client_id,
        client_secret_file=str(folder / "secret"), refresh_token_file=str(folder / "refresh"), marketplace=UK,
        warehouses=(LEEDS,), answer="by_rule", read_every=60.0, changed_every=60.0, application=f"goodsout-{owner}",
    )  # fmt: skip
    link = VendorLink(
        session, vendor_as_seller(vendor), LoginWithAmazon(session, Clock()), 5.0, books.account, patience=0.0
    )
    orders = VendorOrders(
        vendor, link, books, Budget(), Telemetry(), patience_of(vendor, 60.0), timedelta(minutes=2)
    )  # fmt: skip
    return ByApi(orders, seller.vendor), link


def _by_edi(
    hand: Hand, books: PurchaseOrderBooks, standard: Transport, folder: Path, backorders: bool
) -> tuple[ByEdi, EdiDocuments]:
    assert standard != "sp_api"
    for name in ("in", "out"):
        (folder / name).mkdir()
    us = Partner(
        name=books.account, standard=standard, our_id=OURS, our_qualifier="14", their_id=THEIRS, their_qualifier="14"
    )
    profile = Profile(
        channel_account=books.account, marketplace=Marketplace(UK), vendor_code="ACME1", currency="GBP",
        backorder_codes=frozenset("Y"), backorders=backorders,
    )  # fmt: skip
    spool = FolderSpool(folder / "in", folder / "out")
    post = EdiPost(us, spool, books.database, HandClock(hand), {}, SOON, most_bytes=1_000_000)
    taking = EdiTaking(EdiOrders(books), Remittances(books.database, HandClock(hand), {}))
    reading = EdiReading(post, profile, SOON, taking.take, timedelta(days=400))
    edi = VendorEdi(post, reading, taking, OrderAnswers(post, books, profile), 60.0)
    parties = Parties(
        standard=standard, retailer=THEIRS, vendor=OURS, retailer_qualifier="14", vendor_qualifier="14",
        vendor_code="ACME1",
    )  # fmt: skip
    partner = EdiPartner(parties, Vendor(), folder / "out", folder / "in", EdiPlan(agrees=0.5))
    return ByEdi(edi, partner, hand), EdiDocuments(post, profile)
