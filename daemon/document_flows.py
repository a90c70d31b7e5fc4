"""What each document queue's messages mean: one flow per handler, loading its state and saving its decision."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NoReturn

from daemon.bus.port import Delivery
from daemon.documents import Settled
from daemon.settings import Despatch
from daemon.store import despatches as despatch_books
from daemon.store import order_clocks
from daemon.store import orders as order_books
from daemon.store.database import Connection
from daemon.store.mappings import ANY_CARRIER, Sellers
from daemon.store.open_lines import hear_standings
from daemon.store.warehouse_orders import command_answered
from daemon.vendor_flow import VendorFlow
from handlers import command_answers, despatches, order_standing, supply
from handlers.carrier_rules import CarrierRules
from handlers.command_answers import Asked
from handlers.despatch_messages import Message, What, key_of, read_message
from handlers.despatches import Decision
from handlers.notes import Note
from handlers.parcels import Known, Rules
from schemas.despatch import read_despatch
from schemas.envelope import Envelope, Unreadable
from schemas.order import CommandAnswer, read_command_answer, read_order_standing
from schemas.terms import ChannelAccount

WHATS: dict[str, What] = {
    "despatch.packed.v1": "packed",
    "despatch.completed.v1": "completed",
    "despatch.undone.v1": "undone",
}


@dataclass(frozen=True, slots=True)
class DespatchFlow:
    """`despatch.*`: decided in `handlers/despatches.py`."""

    settings: Despatch
    sellers: Sellers
    at_manifest: frozenset[ChannelAccount] = frozenset()
    carriers: CarrierRules = ANY_CARRIER
    vendors: VendorFlow = field(default_factory=VendorFlow)

    def read(self, delivery: Delivery, envelope: Envelope, received_at: datetime) -> Message:
        del delivery
        what = WHATS.get(envelope.type)
        if what is None:
            raise Unreadable("unknown_type", f"type {envelope.type!r} is none of {', '.join(WHATS)}")
        return read_message(what, read_despatch(envelope), envelope.time, received_at)

    async def settle(self, connection: Connection, messages: Sequence[Message], at: datetime) -> Settled:
        """Wave by wave: a despatch's second revision sees what the first one wrote."""
        kept, others = await self.vendors.keep(connection, messages, at)
        decisions, notes = list[Decision](), list[Note]()
        rules = Rules(timedelta(seconds=self.settings.told_within), self.at_manifest)
        for wave in waves(others):
            known = await despatch_books.load(connection, wave, self.sellers, self.carriers)
            decided = await self._decide(connection, wave, known, rules)
            await despatch_books.save(connection, decided, at)
            await order_clocks.left(connection, decided, self.sellers, at)
            decisions += decided
            notes += [note for decision in decided for note in decision.notes]
        return Settled([*kept, *decisions], notes)

    async def _decide(
        self, connection: Connection, wave: Sequence[Message], known: Sequence[Known], rules: Rules
    ) -> list[Decision]:
        pairs = list(zip(wave, known, strict=True))
        wanted = [despatches.new_references(message, state, rules) for message, state in pairs]
        fresh = iter(await despatch_books.fresh_references(connection, sum(wanted)))
        return [
            despatches.decide(message, state, [next(fresh) for _ in range(n)], rules)
            for (message, state), n in zip(pairs, wanted, strict=True)
        ]


def waves(messages: Iterable[Message]) -> Iterator[list[Message]]:
    """Cut so that no despatch stands twice in a wave; what was first stays first."""
    wave, seen = list[Message](), set[str]()
    for message in messages:
        if (key := key_of(message)) in seen:
            yield wave
            wave, seen = [], set()
        wave.append(message)
        seen.add(key)
    if wave:
        yield wave


@dataclass(frozen=True, slots=True)
class OrderFlow:
    """`order.*`: decided in `handlers/order_standing.py`."""

    rules: supply.Rules = field(default_factory=supply.Rules)

    def read(self, delivery: Delivery, envelope: Envelope, received_at: datetime) -> order_standing.StandingRow:
        del delivery
        standing = read_order_standing(envelope)
        return order_standing.read_standing(envelope.type, standing, envelope.time or received_at)

    async def settle(
        self, connection: Connection, messages: Sequence[order_standing.StandingRow], at: datetime
    ) -> Settled:
        keys = sorted({(row.account, row.order_reference) for row in messages})
        known = await order_books.revisions(connection, keys)
        newest = dict[tuple[str, str], order_standing.StandingRow]()
        decisions = list[order_standing.Decision]()
        for row in messages:
            key = (row.account, row.order_reference)
            decision = order_standing.decide(row, known.get(key))
            decisions.append(decision)
            if decision.row is not None:
                newest[key], known[key] = decision.row, decision.row.revision
        await order_books.save(connection, list(newest.values()))
        await hear_standings(connection, list(newest.values()), at, self.rules)
        return Settled(decisions)


@dataclass(frozen=True, slots=True)
class AnswerFlow:
    """`command.*`: decided in `handlers/command_answers.py`."""

    def read(
        self, delivery: Delivery, envelope: Envelope, received_at: datetime
    ) -> tuple[command_answers.What, CommandAnswer]:
        del delivery, received_at
        return command_answers.answer_of(envelope.type), read_command_answer(envelope)

    async def settle(
        self, connection: Connection, messages: Sequence[tuple[command_answers.What, CommandAnswer]], at: datetime
    ) -> Settled:
        asked = await order_books.asked(connection, {answer.command_id for _, answer in messages})
        decisions = list[command_answers.Decision]()
        for what, answer in messages:
            if answer.command_id not in asked and await answered_order(connection, what, answer, at):
                decisions.append(command_answers.Decision("done", what))
                continue
            decision = command_answers.decide(what, answer, asked.get(answer.command_id), at)
            decisions.append(decision)
            if decision.answered is not None and decision.answered.settled_at is not None:
                asked[answer.command_id] = _settled(asked[answer.command_id])
        answers = {d.answered.command_id: d.answered for d in decisions if d.answered is not None}
        await order_books.answered(connection, list(answers.values()))
        return Settled(decisions, [note for decision in decisions for note in decision.notes])


def _settled(asked: Asked) -> Asked:
    return Asked(asked.command_id, asked.account, asked.warehouse, asked.sku, answered=True)


async def answered_order(
    connection: Connection, what: command_answers.What, answer: CommandAnswer, at: datetime
) -> bool:
    """Whether it answers a command about an order; the loop that releases takes it from there.

    A reason is kept only as a word: a sentence may repeat an address.
    """
    word = answer.reason if re.fullmatch("[a-z0-9_]{1,60}", answer.reason) else ""
    state = "accepted" if what == "accepted" else "refused"
    return await command_answered(connection, answer.command_id, state, word, at)


@dataclass(frozen=True, slots=True)
class LastStop:
    """What fits nowhere, or what the broker gave up on: everything is parked, with this reason."""

    reason: str
    says: str

    def read(self, delivery: Delivery, envelope: Envelope, received_at: datetime) -> NoReturn:
        del received_at
        raise Unreadable(self.reason, f"{self.says}: routing key {delivery.routing_key!r}, type {envelope.type!r}")

    async def settle(self, connection: Connection, messages: Sequence[object], at: datetime) -> Settled:
        del connection, messages, at
        return Settled(())


UNROUTABLE = LastStop("unroutable", "no row of the table is for it")
BROKEN = LastStop("delivered_too_often", "the broker gave up on it: whoever read it died or never acknowledged")
