"""A vendor account on a real database, with a retailer's vendor side that checks what it is sent, by hand's time."""

from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any, Literal

import asyncpg
import msgspec

from daemon.budget import Budget
from daemon.document_flows import DespatchFlow
from daemon.links.answer import Answer, Done, NeverLeft, Reading, Refused, Unknown
from daemon.settings import Database as DatabaseSettings
from daemon.settings import Despatch, NoticeAccount, PartySection
from daemon.ship_noticing import ShipNoticing
from daemon.store.database import Connection, Database, open_database
from daemon.store.decisions import Choice, decide
from daemon.telemetry import Telemetry
from daemon.vendor_books import VendorBooks
from daemon.vendor_flow import VendorFlow
from daemon.vendor_invoicing import VendorInvoicing
from daemon.vendor_sending import VendorSending
from handlers.despatch_messages import What, read_message
from handlers.ship_loads import Part
from handlers.vendor_goods import LineToShip, OrderToShip
from schemas.amazon_vendor_invoices import write_invoice
from schemas.amazon_vendor_shipments import write_notice
from schemas.amazon_vendor_transactions import VendorTransaction, read_transaction
from schemas.invoice import Invoice
from schemas.purchase_order import Cost, Party, PoLineNumber, PurchaseOrderNumber
from schemas.ship_notice import ShipNotice
from schemas.terms import Sku
from simulators.amazon.vendor import Vendor
from tests.controls import vendor as made
from tests.handlers.vendor_loads import NOW, part
from tests.live.clarus_rig import Hand, HandClock

ACCOUNT = "vendor-uk"
PO = made.NUMBER
WORKS = PartySection(
    party_id="ACMEWH", name="Acme Pots", lines=("2 Mill Lane",), city="Leeds", postcode="LS1 1AA", country="GB",
    tax_number="GB123456789",
)  # fmt: skip
SETTINGS = NoticeAccount(
    notices=True, invoices=True, ship_from={"YORK": WORKS}, remit_to=WORKS, tax_percent="20", gs1_prefix="5012345"
)
CENTRE = Party(party_id="LTN1", name="LTN1", city="Dunstable", postcode="LU5 4FE", country="GB")
Lost = Literal["answer", "request", "unsent"]


def order(number: str = PO, accepted: int = 10) -> OrderToShip:
    line = LineToShip(
        line=PoLineNumber("1"), sku=Sku("MUG"), identifiers=made.POT, unit=made.each(10), pack=1, accepted=accepted,
        cost=Cost(Decimal("10.20"), "GBP"),
    )  # fmt: skip
    return OrderToShip(
        channel_account=made.ACCOUNT, number=PurchaseOrderNumber(number), freight="vendor_pays", vendor=made.VENDOR,
        ship_to=CENTRE, bill_to=made.PAYER, lines=(line,),
    )  # fmt: skip


@dataclass
class Orders:
    """Purchase orders as they were acknowledged."""

    known: dict[str, OrderToShip]

    async def of(
        self, connection: Connection, channel_account: str, numbers: Collection[PurchaseOrderNumber]
    ) -> dict[PurchaseOrderNumber, OrderToShip]:
        del connection, channel_account
        return {number: self.known[number] for number in numbers if number in self.known}


@dataclass
class Retailer:
    """The link, straight to the simulated retailer; `lose`: what becomes of the next requests."""

    vendor: Vendor
    hand: Hand
    lose: list[Lost | Exception] = field(default_factory=list[Lost | Exception])
    notices: list[ShipNotice] = field(default_factory=list[ShipNotice])
    invoices: list[Invoice] = field(default_factory=list[Invoice])

    async def notify_shipment(self, notice: ShipNotice) -> Answer[str]:
        self.notices.append(notice)
        return self._send(lambda: self.vendor.confirm_shipments(write_notice(notice), self.hand.at))

    async def invoice(self, invoice: Invoice) -> Answer[str]:
        self.invoices.append(invoice)
        return self._send(lambda: self.vendor.submit_invoices(write_invoice(invoice), self.hand.at))

    def _send(self, submit: Any) -> Answer[str]:
        lost = self.lose.pop(0) if self.lose else None
        if isinstance(lost, Exception):
            raise lost
        if lost == "unsent":
            return NeverLeft("no route")
        if lost == "request":
            return Unknown("time-out")
        reply = submit()
        if reply.status != 202:
            return Refused("invalid_input", str(reply.body))
        return Unknown("time-out") if lost == "answer" else Done(reply.body["payload"]["transactionId"])

    async def transaction(self, transaction_id: str) -> Reading[VendorTransaction]:
        told = self.vendor.transactions.told(transaction_id, self.hand.at)
        return Done(read_transaction(msgspec.json.encode(told.body)))


@dataclass
class VendorRig:
    database: Database
    books: "asyncpg.Connection[asyncpg.Record]"
    hand: Hand
    vendor: Vendor
    link: Retailer
    orders: Orders
    settings: NoticeAccount = SETTINGS
    revision: int = 0

    def shared(self, holder: str = "one") -> VendorBooks:
        return VendorBooks(ACCOUNT, self.settings, self.orders, self.database, HandClock(self.hand), {}, holder)

    def sending(self, holder: str = "one") -> VendorSending:
        return VendorSending(self.shared(holder), self.link, Budget(), Telemetry(), "goodsout")

    async def hear(self, *parts: Part) -> list[str]:
        """The warehouse's events, each with the next revision."""
        words = list[str]()
        flow = DespatchFlow(Despatch(), {}, vendors=VendorFlow({ACCOUNT: self.settings}))
        for one in parts:
            self.revision += 1
            data = msgspec.structs.replace(one.data, revision=one.data.revision + self.revision)
            what: What = one.stage
            message = read_message(what, data, one.at, self.hand.at)
            async with self.database.transaction() as connection:
                settled = await flow.settle(connection, [message], self.hand.at)
            words += [decision.word for decision in settled.decisions]
        return words

    async def work(self, rounds: int = 6, holder: str = "one") -> None:
        """As the loop does, until nothing is due at this moment."""
        noticing, invoicing = ShipNoticing(self.shared(holder)), VendorInvoicing(self.shared(holder))
        for _ in range(rounds):
            busy = await noticing.look_at_due()
            busy += await self.sending(holder).send_due()
            if not busy + await invoicing.look_at_due():
                return

    async def pass_time(self, minutes: float) -> None:
        """In steps of five minutes at most, working all along."""
        left = minutes
        while left > 0:
            self.hand.on(60 * min(left, 5))
            left -= 5
            await self.work()

    async def decide(self, question: int, option: str) -> None:
        async with self.database.transaction() as connection:
            await decide(connection, question, Choice(option, "Ruth"), self.hand.at, {})

    async def documents(self, kind: str = "ship_notice") -> list[tuple[str, str, int]]:
        rows = await self.books.fetch("select state, reason, attempt from effect where kind = $1 order by id", kind)
        return [(row["state"], row["reason"], row["attempt"]) for row in rows]

    async def alerts(self) -> list[str]:
        rows = await self.books.fetch("select kind from alert where resolved_at is null order by kind")
        return [row["kind"] for row in rows]

    async def questions(self) -> list[tuple[int, str]]:
        rows = await self.books.fetch("select id, kind from decision where decided is null order by id")
        return [(row["id"], row["kind"]) for row in rows]

    def told(self) -> list[tuple[str, str]]:
        """What the retailer holds, by kind and number, of what it took."""
        return [(one.kind, one.subject) for one in self.vendor.documents if one.took_effect]


def shipment(**changes: object) -> Part:
    """Ten mugs in a carton of their own, packed."""
    return part(po=PO, **changes)  # type: ignore[arg-type]


@asynccontextmanager
async def vendor_rig(database_url: str) -> AsyncIterator[VendorRig]:
    hand, vendor = Hand(NOW), Vendor()
    settings = DatabaseSettings(url=database_url)
    database = await open_database(database_url, settings, 4)
    books = await asyncpg.connect(database_url)
    try:
        vendor.add_order(made.order(ordered_at=NOW - timedelta(days=1)))
        vendor.acknowledge_by_hand(made.answer(at=NOW - timedelta(hours=20)), NOW - timedelta(hours=20))
        yield VendorRig(database, books, hand, vendor, Retailer(vendor, hand), Orders({PO: order()}))
    finally:
        await books.close()
        await database.close()
