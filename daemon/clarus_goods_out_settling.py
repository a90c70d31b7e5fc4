"""One read of goods outs, into the books and out to the bus, in one transaction.

1. One writer at a time for a tenant; then what we said last of these names and ids, and what our books know of the
   orders behind them.
2. `handlers/clarus_telling.py` decides each; what is asked for by name and not shown is decided as absent.
3. The rows, and the messages into the outbox: they leave for `clarus`, and come back through the intake that every
   producer's messages take.
4. Marks to their next time; alerts last, in the order of locks.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import datetime

import msgspec

from daemon.clarus_goods_out_reading import Found
from daemon.clarus_goods_out_rules import Plan
from daemon.store import clarus_goods_outs as books
from daemon.store.clarus_goods_outs import Mark, Message
from daemon.store.database import Connection
from daemon.store.notes import write_notes
from daemon.topology import CLARUS
from handlers.alerts import AlertKind
from handlers.clarus_goods_outs import GoodsOut, Reading, Said
from handlers.clarus_orders import speaker
from handlers.clarus_sales import Books, sale_of, still_waits
from handlers.clarus_telling import Decision, Order, absent, decide, doubled
from handlers.notes import Note, ResolveAlert
from schemas.envelope import CloudEvent, write_event
from schemas.terms import OrderReference

Name = tuple[str, str]
"""(stock owner, order reference)."""


@dataclass(slots=True)
class Settled:
    """What was decided. `look_at`: by name, when it must be read again."""

    said: list[Said] = field(default_factory=list[Said])
    messages: list[Message] = field(default_factory=list[Message])
    notes: list[Note] = field(default_factory=list[Note])
    look_at: dict[OrderReference, datetime] = field(default_factory=dict[OrderReference, datetime])
    words: Counter[str] = field(default_factory=Counter[str])


@dataclass(frozen=True, slots=True)
class Settling:
    """Settles reads of one tenant's goods outs."""

    plan: Plan
    owners: Mapping[str, str]

    @property
    def tenant(self) -> str:
        return self.plan.territory.tenant_name

    async def settle(
        self, connection: Connection, reading: Reading, found: Found, marks: Sequence[Mark], at: datetime
    ) -> Settled:
        """In the caller's transaction."""
        await books.lock(connection, self.tenant)
        references = [mark.reference for mark in marks]
        known = await books.known(connection, self.tenant, references, [one.id for one in found.goods_outs])
        ours = await books.withdrawn(connection, list(known.values()))
        known = _with_cancellations(known, marks, ours)
        sold = await self._books(connection, [*found.goods_outs, *known.values()])
        settled = self._decided(known, found, sold, reading, marks)
        await books.save(connection, self.tenant, settled.said, reading.began)
        await books.send(connection, settled.messages, at)
        await books.move_marks(connection, self.tenant, self._due(marks, settled, reading))
        settled.notes += await self._statuses_known_by_now(connection, known)
        await write_notes(connection, settled.notes, at, self.owners)
        return settled

    async def _books(self, connection: Connection, shown: Sequence[GoodsOut | Said]) -> Books:
        references = [(one.account, one.reference) for one in shown]
        order_ids = [(one.account, one.channel_order_id) for one in shown if one.channel_order_id]
        return await books.books(connection, references, order_ids, self.plan.sellers)

    def _decided(
        self, known: Mapping[str, Said], found: Found, sold: Books, reading: Reading, marks: Sequence[Mark]
    ) -> Settled:
        settled = Settled()
        revisions = _revisions(known.values())
        first = {mark.reference for mark in marks if mark.first_look}
        for name, named in _by_name(found.goods_outs).items():
            speaks = speaker(named).id
            ever = {one.id for one in named} | {key for key, one in known.items() if one.reference == name[1]}
            note = doubled(named, len(ever), self.plan.rules)
            settled.notes += [note] if note else []
            for shown in named:
                order = Order(revisions.get(name, 0), shown.id == speaks, shown.reference in first)
                sale = sale_of(shown, sold, self.plan.rules)
                decision = decide(known.get(shown.id), shown, sale, order, reading, self.plan.rules)
                self._take(settled, decision, reading)
        self._absent(settled, known, found, sold, reading, revisions)
        return settled

    def _absent(
        self,
        settled: Settled,
        known: Mapping[str, Said],
        found: Found,
        sold: Books,
        reading: Reading,
        revisions: Mapping[Name, int],
    ) -> None:
        shown = {one.id for one in found.goods_outs}
        alive = {(one.account, one.reference) for one in found.goods_outs}
        for said in known.values():
            if said.goods_out_id not in shown:
                name = (said.account, said.reference)
                order = Order(revisions.get(name, 0), speaks=name not in alive)
                waits = still_waits(said, sold)
                self._take(settled, absent(said, order, reading, self.plan.rules, waits=waits), reading)

    def _take(self, settled: Settled, decision: Decision, reading: Reading) -> None:
        settled.words[decision.word] += 1
        if decision.word == "older_read":  # its mark may be the one by which the newer read looks again
            settled.look_at[decision.said.reference] = reading.began + reading.lag
            return
        settled.said.append(decision.said)
        settled.messages += self._messages(decision, reading)
        settled.notes += decision.notes
        if decision.look_at is not None:
            reference = decision.said.reference
            settled.look_at[reference] = min(decision.look_at, settled.look_at.get(reference, decision.look_at))

    def _messages(self, decision: Decision, reading: Reading) -> list[Message]:
        said, made = decision.said, list[Message]()
        for kind, told, word in (
            ("order", decision.order, decision.order.standing if decision.order else ""),
            ("despatch", decision.despatch, decision.despatch.what if decision.despatch else ""),
        ):
            if told is None:
                continue
            name = f"{self.tenant}/{said.goods_out_id}/{kind}/{told.data.revision}"
            event = CloudEvent(name, self.plan.territory.source, f"{kind}.{word}.v1", reading.began, told.data)
            key = f"{said.account}/{said.reference}"
            made.append(Message(CLARUS, f"{kind}.{word}", name, write_event(event), key))
        return made

    def _due(self, marks: Sequence[Mark], settled: Settled, reading: Reading) -> dict[Mark, datetime | None]:
        """A name is read until nothing of it waits, and by a read that is sure to show the reason for reading it."""
        due: dict[Mark, datetime | None] = {}
        for mark in marks:
            sure = mark.marked_at + reading.lag
            times = [settled.look_at[mark.reference]] if mark.reference in settled.look_at else []
            times += [sure] if reading.began < sure else []
            due[mark] = min(times, default=None)
        return due

    async def _statuses_known_by_now(self, connection: Connection, before: Mapping[str, Said]) -> list[Note]:
        """The alert for a status ends with the last open goods out that stands in it."""
        codes = sorted({said.code for said in before.values() if said.word is None and said.code})
        if not codes:
            return []
        there = await books.codes_open(connection, self.tenant, codes)
        return [
            ResolveAlert(AlertKind.GOODS_OUT_STATUS, f"{self.tenant}/{code}") for code in codes if code not in there
        ]


def _with_cancellations(known: Mapping[str, Said], marks: Sequence[Mark], ours: Set[str]) -> dict[str, Said]:
    """A cancellation is known by a webhook, before or after the goods out is gone, or because it was ours."""
    hinted = {mark.reference for mark in marks if mark.cancelled}
    return {
        key: msgspec.structs.replace(said, cancel_asked=True) if said.reference in hinted or key in ours else said
        for key, said in known.items()
    }


def _by_name(shown: Sequence[GoodsOut]) -> dict[Name, list[GoodsOut]]:
    found: dict[Name, list[GoodsOut]] = {}
    for one in shown:
        found.setdefault((one.account, one.reference), []).append(one)
    return found


def _revisions(known: Iterable[Said]) -> dict[Name, int]:
    """The highest revision that was said of each order, by whichever of its goods outs."""
    found: dict[Name, int] = {}
    for said in known:
        name = (said.account, said.reference)
        found[name] = max(found.get(name, 0), said.order_revision)
    return found
