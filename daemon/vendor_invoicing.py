"""The loop that invoices retailers: an order is looked at whenever what has left of it, or what was noticed, changes.

The number is taken in the transaction that writes the invoice and its row of the ledger: none is lost, none comes
twice.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec

from daemon.notice_terms import agreed_of
from daemon.store import invoices, ship_loads, vendor_despatches, vendor_documents
from daemon.store.database import Connection
from daemon.store.notes import write_notes
from daemon.vendor_books import VendorBooks
from handlers import invoice_rules
from handlers.alerts import AlertKind
from handlers.effects import named
from handlers.invoicing import Draft, LineFacts, drafts, eaches_of, invoice_of
from handlers.notes import Note, RaiseAlert, ResolveAlert
from handlers.vendor_documents import invoice_effect, invoice_key
from handlers.vendor_goods import MARKETS, Lack, Market, OrderToShip
from schemas.despatch import DespatchData
from schemas.invoice import Invoice
from schemas.purchase_order import PoLineNumber, PurchaseOrderNumber

AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class VendorInvoicing:
    books: VendorBooks

    async def look_at_due(self) -> int:
        """Invoice and credit what is due of every order that changed; returns how many there were."""
        books, now = self.books, self.books.clock.now()
        async with books.database.transaction() as connection:
            await invoices.touch(connection, books.name, await invoices.given_up(connection, books.name, now), now)
            found = await invoices.due(connection, books.name, now, AT_ONCE)
            for number, _ in found:
                await self._look(connection, PurchaseOrderNumber(number), now)
        return len(found)

    async def _look(self, connection: Connection, number: PurchaseOrderNumber, now: datetime) -> None:
        books = self.books
        order = (await books.orders.of(connection, books.name, [number])).get(number)
        left = await vendor_despatches.despatched(connection, books.name, number)
        lacks = list[Lack]() if order else [Lack("order_unknown", f"nobody knows the purchase order {number}")]
        if order is not None:
            facts = await self._facts(connection, order, left)
            for draft in drafts(order, facts):
                lacks += await self._invoice(connection, order, draft, left, now)
        await self._end(connection, number, lacks, now)

    async def _facts(
        self, connection: Connection, order: OrderToShip, left: Sequence[DespatchData]
    ) -> dict[PoLineNumber, LineFacts]:
        noticed = await ship_loads.accepted(connection, self.books.name, order.number)
        billed = await invoices.billed(connection, self.books.name, order.number)
        eaches = eaches_of(order, left)
        return {
            line.line: LineFacts(eaches.get(line.line, 0), noticed.get(line.line, 0), billed.get(line.line, ()))
            for line in order.lines
        }

    async def _invoice(
        self, connection: Connection, order: OrderToShip, draft: Draft, left: Sequence[DespatchData], now: datetime
    ) -> list[Lack]:
        """Write it with the next number of its series; or say why not, and the number stays free."""
        account = self.books.account
        agreed = agreed_of(account)
        if agreed is None:
            return [Lack("remit_to", f"notices.{self.books.name}.remit_to is not set: nobody is named to be paid")]
        if not account.invoices:
            return [Lack("switched_off", f"notices.{self.books.name}.invoices is false: invoice it by hand")]
        departed = [at for data in left if (at := _departed(data))]
        day = max(departed).date() if departed else None
        made = invoice_of(order, draft, agreed, "(next)", now, day)
        if isinstance(made, list):
            return made
        lacks = invoice_rules.lacks(
            made, {line.line: line for line in order.lines}, self._market(order), self.books.transport, now
        )
        if lacks:
            return list(lacks)
        due = max(departed, default=now) + timedelta(hours=account.invoice_within_hours)
        await self._issue(connection, order, made, due, now)
        return []

    async def _issue(
        self, connection: Connection, order: OrderToShip, made: Invoice, due: datetime, now: datetime
    ) -> None:
        prefix = self.books.account.invoice_prefix
        number = f"{prefix}{await invoices.next_number(connection, prefix):08d}"
        invoice = msgspec.structs.replace(made, number=number)
        effect = invoice_effect(self.books.name, invoice, now, due)
        await vendor_documents.save(connection, [effect], now)
        key = invoice_key(self.books.name, number)
        await invoices.add(connection, self.books.name, order.number, invoice, key, now)

    def _market(self, order: OrderToShip) -> Market | None:
        return self.books.account.market or (MARKETS.get(order.ship_to.country) if order.ship_to else None)

    async def _end(
        self, connection: Connection, number: PurchaseOrderNumber, lacks: list[Lack], now: datetime
    ) -> None:
        cause = named(self.books.name, number)
        if not lacks:
            await invoices.done(connection, self.books.name, number)
            notes: list[Note] = [ResolveAlert(AlertKind.INVOICE_HELD, cause)]
        else:
            words = list(dict.fromkeys(lack.word for lack in lacks))
            again = now + timedelta(seconds=self.books.account.look_again)
            await invoices.later(connection, self.books.name, number, again, words)
            text = f"purchase order {number} cannot be invoiced: {'; '.join(lack.text for lack in lacks[:5])}"
            notes = [RaiseAlert(AlertKind.INVOICE_HELD, cause, cause, text, {"lacks": words})]
        await write_notes(connection, notes, now, self.books.owners)


def _departed(data: DespatchData) -> datetime | None:
    return data.despatched_at or (data.shipment.departure if data.shipment else None)
