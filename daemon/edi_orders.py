"""Purchase orders and their changes as they come by EDI, taken into the books that every transport shares.

Each is taken in a transaction of its own, under the lock of its order; what was taken before changes nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from daemon.purchase_order_books import PurchaseOrderBooks
from daemon.store import purchase_order_changes as store
from daemon.store import purchase_order_decisions, purchase_orders, vendor_despatches
from daemon.store.database import Connection
from daemon.store.notes import write_notes
from daemon.store.purchase_order_changes import Kept, Standing
from daemon.store.purchase_orders import Row
from handlers import orders_sent_again, purchase_order_notes
from handlers import purchase_order_change_notes as told
from handlers import purchase_order_changes as changes
from handlers.changed_lines import DoesNotFit
from handlers.changed_orders import Applied, after_all, ends_all
from handlers.gone_units import gone_units
from handlers.notes import Note
from handlers.purchase_order_changes import Filed
from handlers.purchase_orders import Heard, Key, as_of, content_hash
from schemas.purchase_order import PurchaseOrder
from schemas.purchase_order_change import PurchaseOrderChange

AT_ONCE = 50
"""Changes that wait and are tried in one round."""

Taken: TypeAlias = PurchaseOrder | PurchaseOrderChange


@dataclass(frozen=True, slots=True)
class EdiOrders:
    books: PurchaseOrderBooks

    async def take(self, what: Taken) -> str:
        """Returns what became of it, in a word."""
        now, key = self.books.clock.now(), (what.channel_account, what.number)
        async with self.books.database.transaction() as connection:
            row = await purchase_orders.locked(connection, key)
            kept = await store.of_order(connection, key)
            if isinstance(what, PurchaseOrderChange):
                return await self._change(connection, what, row, kept, now)
            return await self._order(connection, what, row, kept, now)

    async def _order(
        self, connection: Connection, order: PurchaseOrder, row: Row | None, kept: Sequence[Kept], now: datetime
    ) -> str:
        """As it is, or as what it stands for where it is sent again."""
        key = order.channel_account, order.number
        base = await self._base(connection, row, kept)
        known = row.file.stored.order if row else None
        stands_for = orders_sent_again.sent_again(order, known, base, now)
        if stands_for is None:
            return "unchanged"
        if isinstance(stands_for, PurchaseOrderChange):
            return await self._change(connection, stands_for, row, kept, now)
        heard = await self.books.hear(connection, stands_for, row, now)
        if why := _not_heard(heard, order, base):
            notes = [purchase_order_notes.contradicts("/".join(key), why)]
            await write_notes(connection, notes, now, self.books.owners)
        return heard.word

    async def _base(self, connection: Connection, row: Row | None, kept: Sequence[Kept]) -> PurchaseOrder | None:
        """The last whole order that changes stand upon; None where none does, or a newer whole order has come."""
        if row is None or changes.is_newer(kept, row.file.stored.version):
            return None
        return await store.base(connection, row.file.stored.key)

    # Changes.

    async def _change(
        self,
        connection: Connection,
        change: PurchaseOrderChange,
        row: Row | None,
        kept: Sequence[Kept],
        now: datetime,
    ) -> str:
        key = change.channel_account, change.number
        kept = await self._current(connection, row, kept)
        base = await self._upon(connection, row)
        word, why = changes.first_look(change, base, kept)
        if word == "duplicate":
            return word
        if base is None or row is None or word != "apply":
            version = row.file.stored.version if row else 0
            return await self._set_aside(connection, change, word, why, version, now)
        place = max((one.place for one in kept), default=0) + 1
        new = Kept(place=place, change=change, heard_at=now, state="waiting")
        found = await self._put_upon(connection, row, base, new, kept, now)
        await store.file(connection, key, change, now, found)
        return found.state

    async def _set_aside(
        self, connection: Connection, change: PurchaseOrderChange, word: str, why: str, version: int, now: datetime
    ) -> str:
        key = change.channel_account, change.number
        standing, notes = Standing(state="superseded", why="a newer whole order had come"), list[Note]()
        if word == "wait":
            standing = Standing(state="waiting")
            notes.append(told.waits(key, change))
        elif word == "refuse":
            standing = Standing(state="refused", why=why, version=version)
            notes.append(told.refused(key, change, why))
        await store.file(connection, key, change, now, standing)
        await write_notes(connection, notes, now, self.books.owners)
        return standing.state

    async def _current(self, connection: Connection, row: Row | None, kept: Sequence[Kept]) -> list[Kept]:
        """With those put aside that a newer whole order has overtaken."""
        if row is None or not changes.is_newer(kept, row.file.stored.version):
            return list(kept)
        await store.superseded(connection, row.file.stored.key)
        return await store.of_order(connection, row.file.stored.key)

    async def _upon(self, connection: Connection, row: Row | None) -> PurchaseOrder | None:
        if row is None:
            return None
        return await store.base(connection, row.file.stored.key) or row.file.stored.order

    async def _put_upon(
        self, connection: Connection, row: Row, base: PurchaseOrder, new: Filed, kept: Sequence[Kept], now: datetime
    ) -> Standing:
        """The order after all changes, with this one at its place among them."""
        key = row.file.stored.key
        standing = changes.in_order([*(one for one in kept if one.state == "applied"), new])
        left = await vendor_despatches.despatched(connection, *key)
        gone = gone_units(await store.products(connection, key), (part.data for part in left))
        try:
            at = max(now, as_of(row.file.stored.order))
            after = after_all(base, (one.change for one in standing), gone, at, believed=row.believe_next)
        except DoesNotFit as why:
            await write_notes(connection, [told.refused(key, new.change, str(why))], now, self.books.owners)
            return Standing(state="refused", why=str(why), version=row.file.stored.version)
        await store.keep_base(connection, key, base)
        return await self._heard(connection, row, after, new, standing, now)

    async def _heard(
        self, connection: Connection, row: Row, after: Applied, new: Filed, standing: Sequence[Filed], now: datetime
    ) -> Standing:
        key, change = row.file.stored.key, new.change
        heard = await self.books.hear(connection, after.order, row, now)
        if heard.word == "contradicts":
            await write_notes(connection, [told.refused(key, change, heard.contradiction)], now, self.books.owners)
            return Standing(state="refused", why=heard.contradiction, version=row.file.stored.version)
        lacking = changes.missing(standing)
        odd = after.refused
        notes: list[Note] = [told.has_come(key), told.lines_refused(key, change, odd) if odd else told.fits(key)]
        notes.append(told.gap(key, lacking) if lacking else told.no_gap(key))
        notes.append(told.too_late(key, change, after.too_late) if after.too_late else told.in_time(key))
        await write_notes(connection, notes, now, self.books.owners)
        ends = change.document in changes.CHANGE_DOCUMENTS and ends_all(after.order)
        return Standing(
            state="applied",
            version=heard.after.version,
            late=bool(after.too_late),
            word="due" if ends else "",
            why="; ".join(f"not taken: {one}" for one in odd),
        )

    # What waited.

    async def try_again(self) -> int:
        """Changes whose order has come, and refused ones that a person believes; returns how many."""
        async with self.books.database.connection() as connection:
            found = await store.to_try(connection, self.books.account, AT_ONCE)
        for number, place in found:
            async with self.books.database.transaction() as connection:
                await self._try(connection, (self.books.account, number), place)
        return len(found)

    async def _try(self, connection: Connection, key: Key, place: int) -> None:
        now, row = self.books.clock.now(), await purchase_orders.locked(connection, key)
        kept = await self._current(connection, row, await store.of_order(connection, key))
        new = next((one for one in kept if one.place == place and one.state in ("waiting", "refused")), None)
        base = await self._upon(connection, row)
        if row is None or new is None or base is None:
            return
        others = [one for one in kept if one.place != place]
        word, why = changes.first_look(new.change, base, others)
        if word != "apply" and not row.believe_next:
            state: changes.State = "refused" if word == "refuse" else "superseded"
            await store.settle(
                connection, key, place, Standing(state=state, why=why, version=row.file.stored.version)
            )
            return
        found = await self._put_upon(connection, row, base, new, others, now)
        await store.settle(connection, key, place, found)
        if row.believe_next and found.state == "refused":
            await purchase_order_decisions.disbelieve(connection, key)


def _not_heard(heard: Heard, order: PurchaseOrder, base: PurchaseOrder | None) -> str:
    """Why an order that came again and changes nothing may not be passed over; empty where it may."""
    if heard.word == "stale" and base is not None and content_hash(order) != content_hash(base):
        return "it came again, says otherwise than before, and is marked neither as a change nor as a replacement"
    if heard.after.state == "ended" and order.state == "new" and order.state_word in orders_sent_again.REPLACED:
        return "it was sent anew to replace itself, and is over here; what is over is not opened again by itself"
    return ""
