"""A process that buys labels and dies at a step: before a transaction, before its commit, after it, around a call."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from daemon.labels import IDLE, LabelBuying
from daemon.links.amazon_shipping import AmazonShippingLink
from daemon.store.database import Connection, Database
from tests.live.label_rig import LabelRig


class Killed(Exception):
    """Where the process ended."""


@dataclass
class Countdown:
    """Dies at the step of that number, once."""

    at: int
    passed: list[str] = field(default_factory=list[str])

    def step(self, name: str) -> None:
        self.passed.append(name)
        if len(self.passed) >= self.at:
            raise Killed(name)


class DyingDatabase(Database):
    def __init__(self, real: Database, countdown: Countdown) -> None:
        self._real, self._countdown = real, countdown

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Connection]:
        async with self._real.connection() as connection:
            yield connection

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Connection]:
        self._countdown.step("before a transaction")
        async with self._real.transaction() as connection:
            yield connection
            self._countdown.step("before a commit")
        self._countdown.step("after a commit")


class DyingLink(AmazonShippingLink):
    countdown: Countdown

    async def _read(self, operation: str, *arguments: Any, **named: Any) -> Any:
        return await self._between(operation, super()._read(operation, *arguments, **named))

    async def _write(self, operation: str, *arguments: Any, **named: Any) -> Any:
        return await self._between(operation, super()._write(operation, *arguments, **named))

    async def _between(self, operation: str, call: Any) -> Any:
        try:
            self.countdown.step(f"before {operation}")
        except Killed:
            call.close()
            raise
        answer = await call
        self.countdown.step(f"after {operation}")
        return answer


def dying(rig: LabelRig, countdown: Countdown) -> LabelBuying:
    buying = rig.buying(DyingDatabase(rig.release.database, countdown), DyingLink)
    assert isinstance(buying.link, DyingLink)
    buying.link.countdown = countdown
    return buying


async def until_killed(buying: LabelBuying) -> bool:
    """Works until nothing is due, or it dies: True where it died."""
    try:
        while await buying.round() != IDLE:
            pass
    except Killed:
        return True
    except ExceptionGroup as group:
        assert group.subgroup(Killed) is not None and group.split(Killed)[1] is None, group
        return True
    return False
