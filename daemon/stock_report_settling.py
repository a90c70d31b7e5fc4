"""What becomes of a report of stock: each of its items written, by what is known of the document that carries it.

Files keep their order: a newer report of an item says all that an older one said of it. So nothing that was overtaken
is told once more, and a report that the partner does not answer or refuses only has its newest levels said again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias

from daemon.clock import Clock
from daemon.settings.stock_reports import StockReportAccount
from daemon.stock_update_ends import UpdateEnds
from daemon.store import edi, stock_updates
from daemon.store.database import Connection, Database, query
from daemon.store.stock_updates import Item, Update
from handlers.direct_fulfilment import suspected
from handlers.edi_documents import SentDocument
from handlers.notes import Note
from handlers.stock_reports import CODES, Look, Lost, Patience, Refused, Taken, Unanswered, Verdict, verdict
from schemas.terms import SellerSku

TRANSACTION = "edi-"
"""Before the number of the document that carries a report."""
Sizes: TypeAlias = Mapping[SellerSku, int]
"""How many items the next report with each may have."""
AT_ONCE = 50
"""Reports looked at in one round."""


@dataclass(frozen=True, slots=True)
class ReportSettling:
    name: str
    account: StockReportAccount
    partner: str
    standard: str
    database: Database
    clock: Clock
    ends: UpdateEnds

    async def look(self) -> int:
        """At reports whose time has come, and at those that are refused after they were read; returns at how many."""
        now = self.clock.now()
        async with self.database.connection() as connection:
            due = await stock_updates.due(connection, self.name, now, AT_ONCE)
        for one in due:
            await self._look_at(one)
        return len(due) + await self._denied()

    async def _look_at(self, update: Update) -> None:
        now = self.clock.now()
        async with self.database.transaction() as connection:
            locked = await stock_updates.lock(connection, update.id)
            if locked is not None:
                found = self._verdict(locked, await self._document(connection, locked), now)
                await self._write(connection, locked, found, now)

    async def _document(self, connection: Connection, update: Update) -> SentDocument | None:
        number = update.transaction_id.removeprefix(TRANSACTION)
        return await edi.document(connection, int(number)) if number.isdigit() else None

    def _verdict(self, update: Update, document: SentDocument | None, now: datetime) -> Verdict:
        state, text = (document.state, document.text) if document else (None, "")
        patience = Patience(
            timedelta(seconds=self.account.answered_within), timedelta(seconds=self.account.look_every)
        )
        return verdict(state, text, update.sent_at, now, patience, late=update.state == "overdue")

    async def _denied(self) -> int:
        """Read, and then refused by the partner's application."""
        now = self.clock.now()
        async with self.database.transaction() as connection:
            rows = await connection.fetch(
                query("stock_reports_denied"), self.partner, self.name, CODES[self.standard], AT_ONCE
            )
            for row in rows:
                update = Update(*row)
                document = await self._document(connection, update)
                await self._refused(connection, update, document.text if document else "", now)
        return len(rows)

    async def _write(self, connection: Connection, update: Update, found: Verdict, now: datetime) -> None:
        match found:
            case Taken():
                items = await stock_updates.items(connection, update.id)
                await self.ends.in_effect(connection, update, items, now)
            case Refused(text):
                await self._refused(connection, update, text, now)
            case Unanswered(at):
                await self._unanswered(connection, update, at, now)
            case Lost():
                await self.ends.lost(connection, update, "nobody has said that it was read", now)
            case Look(at):
                await stock_updates.move(connection, update, update.state, now, look_at=at)

    async def _refused(self, connection: Connection, update: Update, text: str, now: datetime) -> None:
        """Who is named goes alone from now on, the others in smaller reports; one that was alone is raised."""
        found = await stock_updates.items(connection, update.id)
        await stock_updates.end_attempts(connection, found, "refused", now, text)
        notes = list[Note]()
        if len(found) == 1:
            await self._refuse(connection, found[0], update, text, now)
            notes.append(self.ends.refusal(update, found[0], text))
        else:
            sizes = suspected({one.seller_sku: one.together for one in found}, text, self.account.items)
            await self._untold(connection, found, update, sizes, now)
        await self.ends.ended(connection, update, "refused", now, text, notes)

    async def _refuse(self, connection: Connection, one: Item, update: Update, text: str, now: datetime) -> None:
        await connection.execute(
            query("stock_report_refused"), [one.listing_id], [one.attempt], [one.value], [one.told_before],
            text[:500], now, update.sent_at,
        )  # fmt: skip

    async def _untold(
        self,
        connection: Connection,
        found: Sequence[Item],
        update: Update,
        sizes: Sizes,
        now: datetime,
    ) -> None:
        await connection.execute(
            query("stock_report_untold"), [one.listing_id for one in found], [one.attempt for one in found],
            [one.told_before for one in found], now, [sizes[one.seller_sku] for one in found], now, update.sent_at,
        )  # fmt: skip

    async def _unanswered(self, connection: Connection, update: Update, look_at: datetime, now: datetime) -> None:
        within = timedelta(seconds=self.account.answered_within)
        why = f"nobody has said within {within} that it was read"
        text = (
            f"a report of {update.items} items in {update.warehouse} of {self.name}, sent at {update.sent_at:%F %T}"
            f" UTC: {why}; its newest levels are said again"
        )
        await self.ends.overdue(connection, update, why, text, look_at, now)
