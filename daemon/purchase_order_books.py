"""Purchase orders of one vendor account in the books: taken in, looked at, secured, and their answers made ready.

An order is taken in and looked at alone, each in a transaction of its own: one that cannot be true hides no other.
What is secured and what is to be said are committed together; only then an answer leaves.
"""

import logging
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime

import msgspec

from daemon import answered_by_hand
from daemon.clock import Clock
from daemon.log import fact
from daemon.outcome import is_trouble
from daemon.overdrawn import served_last
from daemon.store import purchase_order_answers
from daemon.store import purchase_orders as store
from daemon.store.database import Connection, Database
from daemon.store.notes import write_notes
from daemon.store.purchase_orders import Row
from daemon.store.securing import let_go, secure
from daemon.store.vendor_known import known_for
from daemon.vendor_releasing import allocated, end_at_warehouse, tell_warehouse
from handlers import purchase_order_notes as notes
from handlers.acknowledgement_said import UNSETTLED, Said
from handlers.acknowledgement_settling import Settled, sent_again
from handlers.acknowledging import Proposal, parts_of
from handlers.allocation import at_least, is_awaited, secured_of
from handlers.notes import Note
from handlers.purchase_order_desk import DeskRules, PoFile, Verdict, said_before, verdict
from handlers.purchase_order_judgement import Judgement, Terms, judge
from handlers.purchase_order_release import ReleaseRules
from handlers.purchase_orders import Contradictory, Heard, StoredPurchaseOrder, Word, as_of, hear
from handlers.supply import Rules
from handlers.vendor_clocks import answer_clock, subject_of
from schemas.purchase_order import PoLineNumber, PurchaseOrder, PurchaseOrderNumber, PurchaseOrderStatus
from schemas.terms import ChannelAccount, Eaches

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Looked:
    """`said` is to be sent now. `answered_by_hand`: its status is to be read."""

    said: Said | None = None
    answered_by_hand: PurchaseOrder | None = None


@dataclass(frozen=True, slots=True)
class PurchaseOrderBooks:
    """What both transports share: however an order came, these are its books."""

    account: ChannelAccount
    database: Database
    clock: Clock
    terms: Terms
    desk: DeskRules
    rules: Rules
    owners: Mapping[str, str]
    holder: str
    release: ReleaseRules | None = None
    """How its orders go to the warehouse; None: nobody tells it of them."""

    # Taking in.

    async def take_in(self, orders: Sequence[PurchaseOrder]) -> Counter[str]:
        """Each in a transaction of its own; returns what became of how many. One that the books cannot hold is told
        to people, and hides no other. Looks overlap: what was read before and says nothing new is passed over."""
        known = await self._unchanged(orders)
        words = Counter[str](unchanged=len(known)) if known else Counter[str]()
        for order in orders:
            if order.number in known:
                continue
            try:
                words[await self.take(order)] += 1
            except Exception as error:
                if is_trouble(error):
                    raise
                log.exception("a purchase order broke", extra=fact("po_broke", order=order.number))
                words["broken"] += 1
                await self.refused([(order.number, f"our books cannot hold it: {type(error).__name__}")])
        return words

    async def _unchanged(self, orders: Sequence[PurchaseOrder]) -> Set[PurchaseOrderNumber]:
        """None where one of them breaks the question: each is asked alone then."""
        try:
            async with self.database.connection() as connection:
                return await store.unchanged(connection, self.account, orders)
        except Exception as error:
            if is_trouble(error):
                raise
            return frozenset()

    async def take(self, order: PurchaseOrder) -> Word:
        now = self.clock.now()
        async with self.database.transaction() as connection:
            row = await store.locked(connection, (order.channel_account, order.number))
            heard = await self.hear(connection, order, row, now)
        return heard.word

    async def hear(self, connection: Connection, order: PurchaseOrder, row: Row | None, now: datetime) -> Heard:
        """A reading of an order, in the caller's transaction, which has locked what the books have of it."""
        known = row.file.stored if row else None
        heard = _heard(order, known, now, believed=row is not None and row.believe_next)
        told = await self._keep(connection, heard, known, now)
        await write_notes(connection, told, now, self.owners)
        if heard.word not in ("new", "unchanged"):
            log.info("purchase order %s", heard.word, extra=fact("po_heard", order=order.number, word=heard.word))
        return heard

    async def _keep(
        self, connection: Connection, heard: Heard, known: StoredPurchaseOrder | None, now: datetime
    ) -> list[Note]:
        clock = answer_clock(heard.after, self.desk.limits)
        if heard.word in ("new", "amended", "unchanged"):
            changed = heard.word != "unchanged"
            if changed or _moved_on(heard.after, known):
                await store.save_heard(connection, heard.after, clock, now, lines=changed)
            if heard.word == "amended":
                await purchase_order_answers.close_question(connection, subject_of(heard.after), now)
        was_answered = known is not None and known.answered_version > 0
        return notes.of_reading(heard, clock, self.desk.owner, was_answered=was_answered)

    async def refused(self, found: Iterable[tuple[str, str]]) -> None:
        """(number, why) of orders that the transport could not read."""
        now = self.clock.now()
        told = [notes.unreadable(self.account, number or "without a number", why) for number, why in found]
        async with self.database.transaction() as connection:
            await write_notes(connection, told, now, self.owners)

    # Looking.

    async def look(self, number: PurchaseOrderNumber) -> Looked:
        """Judge, secure and decide; what is to be sent is committed. One that breaks us is left for later."""
        now = self.clock.now()
        try:
            async with self.database.transaction() as connection:
                row = await store.locked(connection, (self.account, number))
                return Looked() if row is None else await self._look(connection, row, now)
        except Exception as error:
            if is_trouble(error):
                raise
            log.exception("a look at a purchase order broke", extra=fact("po_look_broke", order=number))
            await self._later(number, type(error).__name__, now)
            return Looked()

    async def _later(self, number: PurchaseOrderNumber, why: str, now: datetime) -> None:
        told = notes.unreadable(self.account, number, f"our look at it broke: {why}")
        async with self.database.transaction() as connection:
            await store.look_later(connection, (self.account, number), now + self.desk.look_again)
            await write_notes(connection, [told], now, self.owners)

    async def _look(self, connection: Connection, row: Row, now: datetime) -> Looked:
        stored = row.file.stored
        known = await known_for(connection, stored.order)
        judgement = judge(stored, self.terms, known, now, row.file.overruled)
        if stored.state == "ended":
            await self._over(connection, row, judgement, now)
            return Looked()
        floors, ceilings = bounds(row.file, judgement)
        said = await allocated(connection, stored, judgement)
        facts = None if self.release is None else said
        aside = at_least(judgement.lines, {}, facts)
        there = await secure(connection, stored, judgement.lines, ceilings, floors, self.rules, now, aside)
        if self.release is not None:
            held = at_least(judgement.lines, there, facts)
            await tell_warehouse(connection, row.file, judgement, held, self.release, now)
            there = secured_of(judgement.lines, there, facts, self.release.mode)
        found = verdict(row.file, judgement, there, self.desk, now)
        found = await served_last(connection, stored, judgement, found, floors, there, self.rules)
        if self.release is not None and is_awaited(stored, judgement, facts, self.release, now):
            found = msgspec.structs.replace(found, question=None)
        return await self._carry_out(connection, row, judgement, found, now)

    async def _carry_out(
        self, connection: Connection, row: Row, judgement: Judgement, found: Verdict, now: datetime
    ) -> Looked:
        stored = row.file.stored
        answered = stored.version if found.state == "answered" else stored.answered_version
        after = msgspec.structs.replace(stored, state=found.state, answered_version=answered)
        await store.judged(connection, after, judgement, found.overdrawn, found.look_at, now)
        if found.question is not None:
            await write_notes(connection, [found.question], now, self.owners)
            await purchase_order_answers.reword_question(connection, found.question.subject, found.question.question)
        if not judgement.lines:
            await purchase_order_answers.close_question(connection, subject_of(stored), now)
            await write_notes(connection, notes.nothing_to_answer(subject_of(stored)), now, self.owners)
        if found.proposal is None or not found.sends:
            return Looked(answered_by_hand=stored.order if found.answered_by_hand else None)
        said = self._said(row, found.proposal, found.decided_by, now)
        await purchase_order_answers.close_question(connection, said.subject, now)
        await purchase_order_answers.save_said(connection, said, now, row.due_at, self.holder)
        return Looked(said)

    def _said(self, row: Row, proposal: Proposal, decided_by: str, now: datetime) -> Said:
        account, number = row.file.stored.key
        return Said(
            channel_account=account,
            number=number,
            sequence=len(row.file.said) + 1,
            version=row.file.stored.version,
            decided_by=decided_by,
            acknowledgement=proposal.acknowledgement,
            explained=proposal.explained,
            sent_at=now,
        )

    async def _over(self, connection: Connection, row: Row, judgement: Judgement, now: datetime) -> None:
        """Closed or cancelled: what was held for it is everybody's again."""
        stored = row.file.stored
        await let_go(connection, stored, now, self.rules)
        if self.release is not None:
            await end_at_warehouse(connection, row.file, now)
        await purchase_order_answers.close_question(connection, subject_of(stored), now)
        settled = msgspec.structs.replace(judgement, reasons=())
        await store.judged(connection, stored, settled, (), None, now)
        await write_notes(connection, notes.ended(subject_of(stored)), now, self.owners)

    # What became of answers.

    async def settle(self, settled: Settled) -> None:
        async with self.database.transaction() as connection:
            await purchase_order_answers.settle(connection, settled, self.clock.now(), self.owners)

    async def sending(self, said: Said) -> Said | None:
        """The same words once more, as a row before they leave; None where others were said meanwhile."""
        now = self.clock.now()
        async with self.database.transaction() as connection:
            row = await store.locked(connection, (said.channel_account, said.number))
            if row is None or row.file.said[-1] != said:
                return None
            again = sent_again(said, now)
            await purchase_order_answers.save_said(connection, again, now, row.due_at, self.holder)
            return again

    async def found_by_hand(self, order: PurchaseOrder, status: PurchaseOrderStatus) -> bool:
        """An answer that was given at the retailer's own pages settles the order. False where none is shown yet."""
        now = self.clock.now()
        async with self.database.transaction() as connection:
            return await answered_by_hand.found(connection, order, status, now, self.owners)


def bounds(file: PoFile, judgement: Judgement) -> tuple[dict[PoLineNumber, Eaches], dict[PoLineNumber, Eaches]]:
    """(what was accepted and is kept while it is held, how much is of use at most) of each line, in eaches.

    Once an answer has settled, nothing is held beyond what it may still become.
    """
    before = said_before(file.said)
    settled = file.stored.answered_version == file.stored.version and not any(
        one.state in UNSETTLED for one in file.said
    )
    floors: dict[PoLineNumber, Eaches] = {}
    ceilings = {line.number: line.wanted for line in judgement.lines}
    for line in judgement.lines:
        if line.number in before and line.step is not None:
            parts = parts_of(before[line.number])
            floors[line.number] = parts.accepted * line.step.unit
            if settled:
                ceilings[line.number] = (parts.accepted + parts.backordered) * line.step.unit
    return floors, ceilings


def _heard(order: PurchaseOrder, known: StoredPurchaseOrder | None, now: datetime, *, believed: bool) -> Heard:
    """`believed`: a person says that this reading holds, so it is as if it were newer."""
    try:
        heard = hear(order, known, now)
    except Contradictory as why:
        nothing = known or StoredPurchaseOrder(order=order, content_hash="", heard_at=now)
        return Heard("contradicts", nothing, (), str(why))
    if believed and known is not None and heard.word == "contradicts":
        return hear(msgspec.structs.replace(order, changed_at=max(now, as_of(order))), known, now)
    return heard


def _moved_on(stored: StoredPurchaseOrder, known: StoredPurchaseOrder | None) -> bool:
    """The retailer's state of it is another one, or it has been told by another transport."""
    return known is None or stored.order != known.order or stored.state != known.state
