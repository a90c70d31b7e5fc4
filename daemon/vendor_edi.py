"""The purchase orders of one vendor account by EDI: taken in, answered, and settled by what the partner says of ours.

The books are those of every transport. An answer is a row before it is a file; its file is made in one transaction
with what is known of it.
"""

from dataclasses import dataclass
from datetime import timedelta

from daemon.edi_order_answers import OrderAnswers
from daemon.edi_post import EdiPost
from daemon.edi_reading import EdiReading
from daemon.edi_taking import EdiTaking
from daemon.purchase_order_books import PurchaseOrderBooks
from daemon.store import edi as edi_store
from daemon.store import purchase_order_answers
from daemon.store import purchase_orders as store
from edi.faults import Refused
from handlers import acknowledgement_settling as settling
from handlers.acknowledgement_said import Said
from handlers.answers import Refused as RefusedAnswer
from handlers.edi_answers import LOOK_AGAIN, after_document

AT_ONCE = 20
"""Orders looked at, and answers asked about, in one round."""
PATIENCE = settling.Patience()
"""Of what the books say of a file that was made: the exchange's own times say when silence means something."""
LOST_AFTER = timedelta(seconds=30)
"""A file is made at once: what is still `sent` after this was left by a process that ended."""


@dataclass(frozen=True, slots=True)
class VendorEdi:
    """One exchange with one retailer."""

    post: EdiPost
    reading: EdiReading
    taking: EdiTaking
    answers: OrderAnswers
    every: float
    """Real seconds between two looks for files."""

    @property
    def books(self) -> PurchaseOrderBooks:
        return self.taking.orders.books

    async def round(self) -> float:
        """Fetch and read, answer, put, and look at what is overdue; returns the real seconds until the next."""
        await self.post.fetch()
        while await self.reading.read_next():
            pass
        await self.taking.orders.try_again()
        await self.taking.remittances.look(self.books.account)
        await self.look_due()
        await self.answers.say_ends()
        await self._put()
        await self.post.look()
        await self.settle_due()
        return min(self.every, 2.0) if await self._has_more() else self.every

    async def _put(self) -> None:
        """Clocks end by what was put: whoever waits for that looks at once."""
        if await self.post.put():
            async with self.books.database.transaction() as connection:
                await edi_store.put_heard(connection, self.books.account, self.books.clock.now())

    async def _has_more(self) -> bool:
        async with self.books.database.connection() as connection:
            return bool(await edi_store.to_put(connection, self.post.partner.name, 1))

    async def look_due(self) -> int:
        """Look at the orders whose time has come, and make the answers that are to be said."""
        now = self.books.clock.now()
        async with self.books.database.connection() as connection:
            due = await store.due(connection, self.books.account, self.post.partner.standard, now, AT_ONCE)
        for number in due:
            looked = await self.books.look(number)
            if looked.said is not None:
                await self._say(looked.said)
        return len(due)

    async def _say(self, said: Said) -> None:
        now = self.books.clock.now()
        try:
            async with self.books.database.transaction() as connection:
                order = await store.locked(connection, (said.channel_account, said.number))
                assert order is not None, "what is said is said of an order"
                document = await self.answers.make(connection, said.acknowledgement, order)
                settled = settling.made(said, f"{TRANSACTION}{document}", now + LOOK_AGAIN)
                await purchase_order_answers.settle(connection, settled, now, self.books.owners)
        except Refused as fault:
            refused = settling.after_sending(said, RefusedAnswer("not_sent", str(fault)), now, PATIENCE)
            await self.books.settle(refused)

    async def settle_due(self) -> int:
        """What became of answers that were made; returns of how many."""
        now, transport = self.books.clock.now(), self.post.partner.standard
        async with self.books.database.connection() as connection:
            lost = await purchase_order_answers.said_lost(
                connection, self.books.account, transport, now - LOST_AFTER, AT_ONCE
            )
            due = await purchase_order_answers.said_due(connection, self.books.account, transport, now, AT_ONCE)
        for said in lost:
            again = await self.books.sending(said)
            if again is not None:
                await self._say(again)
        for said in due:
            await self._settle(said)
        return len(lost) + len(due)

    async def _settle(self, said: Said) -> None:
        now = self.books.clock.now()
        async with self.books.database.transaction() as connection:
            number = said.transaction_id.removeprefix(TRANSACTION)
            document = await edi_store.document(connection, int(number)) if number.isdigit() else None
            settled = after_document(said, document, now)
            await purchase_order_answers.settle(connection, settled, now, self.books.owners)


TRANSACTION = "edi-"
"""Before the number of the document that carries an answer."""
