"""Answers to purchase orders as documents of one exchange: to an order, to a changed one, to the end of all of it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec

from daemon.edi_post import EdiPost
from daemon.purchase_order_books import PurchaseOrderBooks
from daemon.store import purchase_order_changes as store
from daemon.store import purchase_orders
from daemon.store.database import Connection
from daemon.store.purchase_order_changes import Kept
from daemon.store.purchase_orders import Row
from edi.edifact import order_acknowledgement as edifact
from edi.leaving import Rows
from edi.profile import Profile
from edi.x12 import change_acknowledgement, order_acknowledgement
from edi.x12.change_acknowledgement import Answered
from handlers import purchase_order_changes as changes
from handlers.changed_orders import ends_all
from handlers.purchase_orders import is_cancelled
from schemas.purchase_order import Acknowledgement, PurchaseOrder, PurchaseOrderLine

ORDERS = {"x12": "855", "edifact": "ORDRSP"}
CHANGES = {"x12": "865", "edifact": "ORDRSP"}
AT_ONCE = 20


@dataclass(frozen=True, slots=True)
class OrderAnswers:
    post: EdiPost
    books: PurchaseOrderBooks
    profile: Profile

    async def make(self, connection: Connection, answer: Acknowledgement, row: Row) -> int:
        """The document that says it, in the caller's transaction; returns its id. Raises `Refused`."""
        order, standard = row.file.stored.order, self.post.partner.standard
        kept = await store.of_order(connection, row.file.stored.key)
        answered = _answered(kept, row)
        if answered is None or (standard == "x12" and self.profile.changes_answered == "order"):
            code, rows = ORDERS[standard], self._to_order(answer, order)
        else:
            code, rows = CHANGES[standard], self._to_change(answer, order, answered)
        return await self.post.post(connection, code, answer.number, list(rows), once=False)

    def _to_order(self, answer: Acknowledgement, order: PurchaseOrder) -> Rows:
        tell = order_acknowledgement.rows if self.post.partner.standard == "x12" else edifact.rows
        return tell(answer, order, self.profile)

    def _to_change(self, answer: Acknowledgement, order: PurchaseOrder, answered: Answered) -> Rows:
        if self.post.partner.standard == "x12":
            return change_acknowledgement.rows(answer, order, answered, self.profile)
        return edifact.rows(
            answer, order, self.profile, edifact.OfChange(answered.change.reference, answered.ended, answered.late)
        )

    async def say_ends(self) -> int:
        """To changes that leave nothing of an order there is nothing to promise, and yet something to answer."""
        async with self.books.database.connection() as connection:
            due = await store.to_answer(connection, self.books.account, AT_ONCE)
        for number, place in due:
            async with self.books.database.transaction() as connection:
                row = await purchase_orders.locked(connection, (self.books.account, number))
                if row is not None:
                    await self._say_end(connection, row, place)
        return len(due)

    async def _say_end(self, connection: Connection, row: Row, place: int) -> None:
        """Unless the order is another one by now, which is answered as such."""
        order, key = row.file.stored.order, row.file.stored.key
        kept = await store.of_order(connection, key)
        answered = _answered(kept, row)
        if answered is not None and ends_all(order) and order.transport == self.post.partner.standard:
            ended = msgspec.structs.replace(answered, ended=order.lines)
            rows = self._to_change(_nothing(order, self.books.clock.now()), order, ended)
            await self.post.post(connection, CHANGES[self.post.partner.standard], order.number, list(rows))
        found = next(one for one in kept if one.place == place)
        made = store.Standing(state=found.state, version=found.version, late=found.late, word="made")
        await store.settle(connection, key, place, made)


def _nothing(order: PurchaseOrder, at: datetime) -> Acknowledgement:
    """An answer that promises nothing."""
    return Acknowledgement(
        number=order.number, vendor=order.vendor, ship_to=order.ship_to, ordered_at=order.ordered_at,
        acknowledged_at=at, lines=(),
    )  # fmt: skip


def _answered(kept: Sequence[Kept], row: Row) -> Answered | None:
    """What an answer to the order repeats of its changes; None: it stands as it was placed."""
    stored = row.file.stored
    if changes.is_newer(kept, stored.version):
        return None
    found = changes.echo(kept, _told_before(row))
    if found is None:
        return None
    late = any(one.late for one in kept if one.state == "applied" and one.version == stored.version)
    return Answered(found.newest, found.codes, tuple(_ended(stored.order, found)), late)


def _ended(order: PurchaseOrder, found: changes.Echo) -> Iterator[PurchaseOrderLine]:
    return (line for line in order.lines if is_cancelled(line) and line.number in found.codes)


def _told_before(row: Row) -> int:
    """The newest version before this one that was answered: what changed since then is what is answered now."""
    return max((one.version for one in row.file.said if one.version < row.file.stored.version), default=0)
