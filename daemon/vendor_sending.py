"""Sends what the ledger holds for a retailer, ship notices and invoices, and looks at what became of each.

A row is committed as sent before its request leaves. What each answer means is decided in
`handlers/vendor_documents.py`; here it is written, with the load that it is about, in one transaction.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from daemon.abreast import Abreast
from daemon.budget import NOTIFY_SHIPMENT, READ_VENDOR_TRANSACTION, SUBMIT_INVOICE, Budget, Plan, buckets
from daemon.links.answer import Answer, Denied, Reading, Refused
from daemon.notice_terms import rules_of
from daemon.store import invoices, ship_loads, vendor_documents
from daemon.store.database import Connection
from daemon.store.notes import write_notes
from daemon.telemetry import Telemetry
from daemon.vendor_books import VendorBooks
from handlers.ledger import SETTLED
from handlers.ship_desk import settled
from handlers.ship_notices import quantities
from handlers.vendor_documents import (
    DocumentEffect,
    Rules,
    Step,
    after_answer,
    after_transaction,
    as_sent,
    in_doubt,
    repeated,
    settled_by_person,
)
from schemas.amazon_vendor_transactions import VendorTransaction
from schemas.invoice import Invoice
from schemas.ship_notice import ShipNotice

AT_ONCE = 10
TURNS = 8
"""A round of looks may make a hundred documents, and each is asked about later."""
WAIT = 0.2
"""Real seconds that a round waits for the answers to what it sent."""


class DocumentLink(Protocol):
    """One vendor account at its retailer: `daemon/links/amazon_vendor.py` has it."""

    async def notify_shipment(self, notice: ShipNotice) -> Answer[str]: ...

    async def invoice(self, invoice: Invoice) -> Answer[str]: ...

    async def transaction(self, transaction_id: str) -> Reading[VendorTransaction]: ...


@dataclass(frozen=True, slots=True)
class VendorSending:
    """Documents of one account. Requests travel side by side, each document's alone; their answers are written one by
    one."""

    books: VendorBooks
    link: DocumentLink
    budget: Budget
    telemetry: Telemetry
    application: str
    abreast: Abreast = field(default_factory=lambda: Abreast(AT_ONCE))

    async def send_all_due(self) -> int:
        """As many as one round of looks may have made; returns how many."""
        sent = 0
        for _ in range(TURNS):
            done = await self.send_due()
            sent += done
            if done < AT_ONCE:
                break
        return sent

    async def send_due(self) -> int:
        """What is due now: sent, repeated or looked at. Returns how many were."""
        busy, books, now = self.abreast.names, self.books, self.books.clock.now()
        async with books.turn, books.database.transaction() as connection:
            await self._doubt_lost(connection, now)
            found = await self._due(connection, busy, now)
            quiet = [step for one in found if (step := _without_a_call(one, now))]
            for step in quiet:
                await self._write(connection, step, now)
            moved = {step.effect.unique_key for step in quiet}
            calls = await self._granted(connection, [one for one in found if one.unique_key not in moved])
            leaving = [as_sent(one, now, books.holder) for one in calls if one.state == "waiting"]
            await vendor_documents.save(connection, leaving, now)
            for one in leaving:
                await self._tell_load(connection, one, now)
        for effect in [*leaving, *(one for one in calls if one.state == "accepted")]:
            self.abreast.start(effect.unique_key, self._call(effect))
        await self.abreast.go_on()
        return len(found)

    async def finish(self) -> None:
        """Let what is under way end."""
        await self.abreast.finish()

    async def _due(self, connection: Connection, busy: Collection[str], now: datetime) -> list[DocumentEffect]:
        """As many as may leave beside what is under way."""
        found = await vendor_documents.due(connection, self.books.name, now, AT_ONCE + len(busy))
        return [one for one in found if one.unique_key not in busy][: self.abreast.room]

    async def _granted(self, connection: Connection, wanted: Sequence[DocumentEffect]) -> list[DocumentEffect]:
        granted = list[DocumentEffect]()
        for effect in wanted:
            taken = await self.budget.take(connection, buckets(_plan(effect), self.books.name, self.application), 1)
            granted += [effect] if taken.granted else []
        return granted

    async def _call(self, effect: DocumentEffect) -> None:
        begun, clock = self.books.clock.monotonic(), self.books.clock
        if effect.state == "accepted":
            found = await self.link.transaction(effect.request_id)
            word, step = type(found).__name__, after_transaction(effect, found, clock.now(), self._rules)
        else:
            answer = await self._sent(effect)
            word, step = type(answer).__name__, after_answer(effect, answer, clock.now(), self._rules)
        self.telemetry.called(self.books.name, _plan(effect).operation, word.lower(), clock.monotonic() - begun)
        await self._settle(effect, step)

    async def _sent(self, effect: DocumentEffect) -> Answer[str]:
        """What cannot even be written in the retailer's form is refused, and never leaves."""
        try:
            if effect.payload.notice is not None:
                return await self.link.notify_shipment(effect.payload.notice)
            if effect.payload.invoice is not None:
                return await self.link.invoice(effect.payload.invoice)
        except ValueError as error:
            return Refused("not_written", str(error))
        return Denied("the document is empty")

    @property
    def _rules(self) -> Rules:
        return rules_of(self.books.account, self.books.transport)

    async def _settle(self, asked: DocumentEffect, step: Step) -> None:
        """Write the answer, unless the row moved on meanwhile."""
        now = self.books.clock.now()
        async with self.books.turn, self.books.database.transaction() as connection:
            row = (await vendor_documents.load(connection, [asked.unique_key])).get(asked.unique_key)
            if row is not None and (row.state, row.attempt) == (asked.state, asked.attempt):
                await self._write(connection, step, now)

    async def _write(self, connection: Connection, step: Step, now: datetime) -> None:
        effect = step.effect
        await vendor_documents.save(connection, [effect], now)
        if effect.payload.notice is not None:
            await self._tell_load(connection, effect, now)
        if effect.payload.invoice is not None:
            orders = {line.purchase_order for line in effect.payload.invoice.lines}
            await invoices.touch(connection, self.books.name, orders, now)
        if effect.state in SETTLED and effect.state != "accepted":
            await vendor_documents.close_questions(connection, [effect.unique_key], now)
        await write_notes(connection, step.notes, now, self.books.owners)

    async def _tell_load(self, connection: Connection, effect: DocumentEffect, now: datetime) -> None:
        """The load of a notice, and the orders whose invoices wait for it."""
        notice = effect.payload.notice
        row = await ship_loads.of_effect(connection, self.books.name, effect.unique_key)
        if row is None or notice is None:
            return
        await ship_loads.save(connection, settled(row, effect), row, now)
        orders = {order for order, _ in quantities(notice.cartons, notice.pallets)}
        await invoices.touch(connection, self.books.name, orders, now)

    async def _doubt_lost(self, connection: Connection, now: datetime) -> None:
        """A crash between sending and writing the answer: it may have arrived."""
        longest = timedelta(seconds=2 * self.books.account.request_timeout * self.books.clock.factor)
        for effect in await vendor_documents.lost(connection, self.books.name, now - longest, self.books.holder):
            await self._write(connection, in_doubt(effect, "nobody heard the answer", now, self._rules), now)


def _without_a_call(effect: DocumentEffect, now: datetime) -> Step | None:
    if effect.state == "unknown":
        return repeated(effect, now)
    return settled_by_person(effect)


def _plan(effect: DocumentEffect) -> Plan:
    if effect.state == "accepted":
        return READ_VENDOR_TRANSACTION
    return NOTIFY_SHIPMENT if effect.kind == "ship_notice" else SUBMIT_INVOICE
