"""The gate before each call to Clarus: inside the cap, and few questions to the budget where many calls leave."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import cast

import pytest

from daemon import clarus_gate
from daemon.budget import Bucket, Budget, Granted
from daemon.clarus_gate import AHEAD, ClarusGate
from daemon.store.database import Connection, Database


class NoDatabase:
    @asynccontextmanager
    async def connection(self) -> AsyncIterator[None]:
        yield None


@dataclass
class Counted:
    """A budget of so many tokens."""

    tokens: int
    takes: list[int] = field(default_factory=list[int])

    async def take(self, connection: Connection, wanted: Sequence[Bucket], n: int) -> Granted:
        granted = min(n, self.tokens)
        self.tokens -= granted
        self.takes.append(granted)
        if not granted:
            self.tokens += 1  # there is one by the next time
        return Granted(granted, 0.0)

    async def give_back(self, connection: Connection, taken: Sequence[Bucket], n: int) -> None:
        self.tokens += n

    async def throttled(self, connection: Connection, wanted: Sequence[Bucket], seconds: float) -> None:
        self.tokens = 0


@dataclass
class Hand:
    at: float = 0.0

    def monotonic(self) -> float:
        return self.at


@pytest.fixture
def hand(monkeypatch: pytest.MonkeyPatch) -> Hand:
    hand = Hand(100.0)
    monkeypatch.setattr(clarus_gate, "time", hand)
    return hand


def gate_at(rate: float, budget: Counted) -> ClarusGate:
    return ClarusGate("main", rate, cast("Database", NoDatabase()), cast("Budget", budget))


async def test_calls_that_come_one_after_the_other_ask_the_budget_seldom(hand: Hand) -> None:
    budget = Counted(10_000)
    gate = gate_at(1000.0, budget)
    for _ in range(500):
        await gate()
    assert len(budget.takes) < 15
    assert 10_000 - budget.tokens <= 500 + 1000.0 * AHEAD
    assert max(budget.takes) <= 1000.0 * AHEAD


async def test_a_small_cap_is_asked_for_each_call(hand: Hand) -> None:
    budget = Counted(100)
    gate = gate_at(2.0, budget)
    for _ in range(20):
        await gate()
    assert budget.takes == [1] * 20


async def test_a_burst_after_a_pause_takes_at_once_what_the_last_one_used(hand: Hand) -> None:
    budget = Counted(10_000)
    gate = gate_at(1000.0, budget)
    for _ in range(60):
        await gate()
    before = len(budget.takes)
    hand.at += 2 * AHEAD
    for _ in range(60):
        await gate()
    assert len(budget.takes) - before <= 2


async def test_what_was_not_used_in_time_goes_back(hand: Hand) -> None:
    budget = Counted(10_000)
    gate = gate_at(1000.0, budget)
    for _ in range(10):
        await gate()
    assert budget.tokens < 10_000 - 10
    hand.at += 2 * AHEAD
    for _ in range(3):  # the last of them takes one call alone again
        await gate()
        hand.at += 2 * AHEAD
    assert budget.takes[-1] == 1
    assert budget.tokens == 10_000 - 13


async def test_calls_far_apart_take_one_each(hand: Hand) -> None:
    budget = Counted(100)
    gate = gate_at(1000.0, budget)
    for _ in range(10):
        await gate()
        hand.at += 2 * AHEAD
    assert budget.takes == [1] * 10


async def test_no_call_leaves_that_the_budget_did_not_grant(hand: Hand) -> None:
    budget = Counted(3)
    gate = gate_at(1000.0, budget)
    await asyncio.gather(*(gate() for _ in range(20)))
    assert sum(budget.takes) == 20
    assert 0 in budget.takes  # it had to wait


async def test_after_too_many_calls_nothing_leaves_of_what_was_taken_before(hand: Hand) -> None:
    budget = Counted(10_000)
    gate = gate_at(1000.0, budget)
    for _ in range(4):
        await gate()
    await gate.close_for(5.0)
    assert budget.tokens == 0
    await gate()
    assert budget.takes[-2:] == [0, 1]
