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
from handlers.invoice_clocks import Limits, Timed, timed, uninvoiced_since
from handlers.invoicing import Draft, LineFacts, drafts, eaches_of, invoice_of
from handlers.ledger import named
from handlers.notes import Note, RaiseAlert, ResolveAlert
from handlers.ship_loads import Part
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
        async with books.turn, books.database.transaction() as connection:
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
        clock = None
        if order is not None:
            for draft in drafts(order, await self._facts(connection, order, left)):
                lacks += await self._invoice(connection, order, draft, left, now)
            clock = await self._timed(connection, order, left, lacks, now)
        await self._end(connection, number, lacks, clock, now)

    async def _facts(
        self, connection: Connection, order: OrderToShip, left: Sequence[Part]
    ) -> dict[PoLineNumber, LineFacts]:
        noticed = await ship_loads.accepted(connection, self.books.name, order.number)
        billed = invoices.billed_by_line(await invoices.issued(connection, self.books.name, order.number))
        eaches = eaches_of(order, [one.data for one in left])
        return {
            line.line: LineFacts(eaches.get(line.line, 0), noticed.get(line.line, 0), billed.get(line.line, ()))
            for line in order.lines
        }

    async def _timed(
        self, connection: Connection, order: OrderToShip, left: Sequence[Part], lacks: Sequence[Lack], now: datetime
    ) -> Timed:
        """The clock of what has left and is not invoiced. None runs where people invoice: nobody here knows of it."""
        books, account = self.books, self.books.account
        issued = await invoices.issued(connection, books.name, order.number)
        taken = invoices.billed_by_line(one for one in issued if one.taken)
        asked = {line: sum(one.amount for one in each) for line, each in taken.items()}
        since = uninvoiced_since(order, left, asked) if account.invoices else None
        running = await invoices.clock_running(connection, books.name, order.number)
        limits = Limits(timedelta(hours=account.invoice_within_hours), account.warn_at)
        found = timed(named(books.name, order.number), since, running, _why(lacks, issued), now, limits)
        await invoices.clock_set(connection, books.name, order.number, found.clock, now)
        return found

    async def _invoice(
        self, connection: Connection, order: OrderToShip, draft: Draft, left: Sequence[Part], now: datetime
    ) -> list[Lack]:
        """Write it with the next number of its series; or say why not, and the number stays free."""
        account = self.books.account
        agreed = agreed_of(account)
        if agreed is None:
            return [Lack("remit_to", f"notices.{self.books.name}.remit_to is not set: nobody is named to be paid")]
        if not account.invoices:
            return [Lack("switched_off", f"notices.{self.books.name}.invoices is false: invoice it by hand")]
        departed = [at for one in left if (at := _departed(one.data))]
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
        self, connection: Connection, number: PurchaseOrderNumber, lacks: list[Lack], clock: Timed | None,
        now: datetime,
    ) -> None:  # fmt: skip
        cause = named(self.books.name, number)
        words = list(dict.fromkeys(lack.word for lack in lacks))
        looks = [now + timedelta(seconds=self.books.account.look_again)] if lacks else []
        looks += [clock.look_at] if clock and clock.look_at else []
        if looks:
            await invoices.later(connection, self.books.name, number, min(looks), words)
        else:
            await invoices.done(connection, self.books.name, number)
        text = f"purchase order {number} cannot be invoiced: {'; '.join(lack.text for lack in lacks[:5])}"
        held = RaiseAlert(AlertKind.INVOICE_HELD, cause, cause, text, {"lacks": words})
        notes: list[Note] = [held if lacks else ResolveAlert(AlertKind.INVOICE_HELD, cause)]
        await write_notes(connection, [*notes, *(clock.notes if clock else ())], now, self.books.owners)


def _why(lacks: Sequence[Lack], issued: Sequence[invoices.Issued]) -> str:
    """What keeps an invoice."""
    if lacks:
        return "; ".join(lack.text for lack in lacks[:3])
    under_way = [one.number for one in issued if not one.taken]
    if under_way:
        return f"invoice {under_way[0]} has not been taken, or could not be put where the partner takes files"
    return "no ship notice about it has been accepted"


def _departed(data: DespatchData) -> datetime | None:
    return data.despatched_at or (data.shipment.departure if data.shipment else None)
