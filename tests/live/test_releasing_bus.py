"""Orders to a warehouse on the bus: commands that are idempotent by their ids, repeated until they are answered."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from daemon.bus import open_bus
from daemon.bus.port import Bus, Subscription
from daemon.document_flows import AnswerFlow
from daemon.release_books import ReleaseBooks
from daemon.releasing import IDLE
from daemon.releasing_bus import BusReleasing
from daemon.settings import Bus as BusSettings
from daemon.store.orders import save as save_standings
from daemon.topology import COMMANDS, TOPOLOGY, Binding, Queue, Topology
from handlers.command_answers import What
from handlers.order_standing import Standing, StandingRow
from handlers.release_desk import Rules
from schemas.order import CommandAnswer
from schemas.terms import Account, CommandId, OrderReference, Warehouse
from tests.live.clarus_rig import HandClock
from tests.live.release_rig import CHANNEL, HOME, ReleaseRig, lines, release_rig

ANSWER = 30.0
HEARD = Topology((), (Queue("heard"),), (Binding(COMMANDS, "heard", "order.*"),))


@dataclass
class BusRig:
    rig: ReleaseRig
    bus: Bus
    heard: Subscription
    revision: int = 0

    async def run(self, seconds: float = 0.0) -> list[dict[str, Any]]:
        """Rounds until nothing is due; returns the commands that were published meanwhile."""
        self.rig.hand.on(seconds + 0.001)
        books = ReleaseBooks(
            Warehouse("W1"), {CHANNEL: self.rig.to}, self.rig.database, HandClock(self.rig.hand), {},
            Rules(replica_lag=timedelta(), asks_machine=True), "one", 50,
        )  # fmt: skip
        loop = BusReleasing(books, self.bus, timedelta(seconds=ANSWER))
        for _ in range(20):
            if await loop.round() == IDLE:
                return await self._taken()
        raise AssertionError("still busy")

    async def _taken(self) -> list[dict[str, Any]]:
        await self.bus.publish([_end()])
        taken = list[dict[str, Any]]()
        while True:
            for delivery in await self.heard.take(100, 0.0):
                await self.heard.acknowledge_up_to(delivery)
                if delivery.routing_key == "order.end":
                    return taken
                taken.append(json.loads(delivery.body))

    async def answer(self, command: dict[str, Any], what: What = "accepted", reason: str = "") -> str:
        self.rig.hand.on(0.001)
        answer = CommandAnswer(CommandId(command["data"]["command_id"]), reason)
        async with self.rig.database.transaction() as connection:
            settled = await AnswerFlow().settle(connection, [(what, answer)], self.rig.hand.at)
        [decision] = settled.decisions
        return decision.word

    async def stands(self, name: str, standing: Standing) -> None:
        self.revision += 1
        row = StandingRow(
            account=Account("acme"), order_reference=OrderReference(name), revision=self.revision, standing=standing,
            lines=(), at=self.rig.hand.at,
        )  # fmt: skip
        async with self.rig.database.transaction() as connection:
            await save_standings(connection, [row])


def _end() -> Any:
    from daemon.bus.port import Publication

    return Publication(COMMANDS, "order.end", b"{}", "end")


@pytest.fixture
async def given(tmp_path: Path, database_url: str) -> AsyncIterator[BusRig]:
    async with (
        release_rig(tmp_path, database_url) as rig,
        open_bus(BusSettings(url="embedded:release"), None) as bus,
    ):
        await bus.declare(TOPOLOGY)
        await bus.declare(HEARD)
        yield BusRig(rig, bus, await bus.subscribe("heard", 100))


async def test_an_order_is_commanded_whole_and_with_one_id_until_it_is_answered(given: BusRig) -> None:
    await given.rig.sell("111-1", *lines(A=2, B=1))
    [first] = await given.run()
    assert await given.run(ANSWER / 2) == []
    [again] = await given.run(ANSWER)
    assert again["id"] == first["id"] == first["data"]["command_id"] and again["data"] == first["data"]
    assert first["type"] == "order.create.v1"
    data = first["data"]
    assert [(line["sku"], line["quantity"]) for line in data["lines"]] == [("A", 2), ("B", 1)]
    assert (data["ship_to"]["name"], data["carrier"], data["account"]) == ("B. Uyer", "DPD", "acme")
    assert await given.answer(first) == "accepted"
    assert await given.answer(first) == "unknown_command", "an answer that comes twice changes nothing"
    assert await given.run(ANSWER + 1) == []
    assert await given.rig.effects("111-1") == [("order_create", "accepted", "")]


async def test_a_repeat_says_what_the_first_one_said_although_the_order_has_changed(given: BusRig) -> None:
    await given.rig.sell("111-1", *lines(A=2))
    [first] = await given.run()
    await given.rig.sell("111-1", *lines(A=5))
    repeated = await given.run(ANSWER + 1)
    assert {one["id"] for one in repeated} == {first["id"]}
    assert all(one["data"] == first["data"] for one in repeated)
    await given.answer(first)
    [amended] = await given.run()
    assert amended["type"] == "order.amend.v1" and amended["data"]["lines"][0]["quantity"] == 5


@pytest.mark.parametrize(("what", "alerts"), [("accepted", set[str]()), ("refused", {"order_tell_channel"})])
async def test_a_stop_is_carried_to_the_warehouse_and_its_answer_back(
    given: BusRig, what: What, alerts: set[str]
) -> None:
    await given.rig.sell("111-1")
    [created] = await given.run()
    await given.answer(created)
    await given.stands("111-1", "picking")
    await given.run()
    await given.rig.become("111-1", "cancelled")
    [stop] = await given.run()
    assert (stop["type"], stop["data"]["reason"]) == ("order.stop.v1", "cancelled")
    await given.answer(stop, what, "already_packed" if what == "refused" else "")
    assert await given.run() == [] and await given.run(400.0) == []
    assert await given.rig.alerts("111-1") == alerts
    if alerts:
        text = await given.rig.books.fetchval("select text from alert where kind = 'order_tell_channel'")
        assert "already_packed" in text


async def test_silence_is_told_to_people_and_the_alert_closes_with_the_answer(given: BusRig) -> None:
    await given.rig.sell("111-1")
    [first] = await given.run()
    for _ in range(12):
        await given.run(ANSWER + 1)
    unsent = "select count(*) from alert where kind = 'order_unsent' and resolved_at is null"
    assert await given.rig.books.fetchval(unsent) == 1
    await given.answer(first)
    await given.run(1.0)
    assert await given.rig.books.fetchval(unsent) == 0


async def test_a_commands_buyer_is_in_no_table_in_clear(given: BusRig) -> None:
    await given.rig.sell("111-1")
    [first] = await given.run()
    await given.answer(first, "refused", f"cannot deliver to {HOME.lines[0]}")
    await given.run()
    for table in ("effect", "effect_history", "warehouse_order", "alert", "outbox"):
        for row in await given.rig.books.fetch(f"select to_jsonb(t)::text as text from {table} t"):
            assert HOME.name not in row["text"] and HOME.lines[0] not in row["text"], table
