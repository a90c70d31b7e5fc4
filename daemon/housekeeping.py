"""What the watch does besides watching: takes defaults that are due, and clears away what is old and settled."""

from datetime import datetime, timedelta

from daemon.settings import Settings
from daemon.store.database import Connection
from daemon.store.decisions import take_defaults
from daemon.store.inbox import keep_partitions
from daemon.store.parked import resolve_emptied
from daemon.store.retention import forget, forget_hooks
from daemon.store.sealing import has_keys, reseal
from daemon.watch import Task
from handlers.notes import Note

TIDY_EVERY = timedelta(minutes=10)
"""Business time between two rounds of clearing away."""


class Housekeeping:
    """Tasks for the watch; each runs in a transaction of its own."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._due: dict[str, datetime] = {}

    def tasks(self) -> tuple[Task, ...]:
        return (
            self.decide_by_policy,
            self.resolve_emptied,
            self.keep_inbox,
            self.forget,
            self.forget_hooks,
            self.reseal,
        )

    async def decide_by_policy(self, connection: Connection, at: datetime) -> list[Note]:
        """A question whose time has come is answered by its own default."""
        await take_defaults(connection, at, self._settings.owners)
        return []

    async def resolve_emptied(self, connection: Connection, at: datetime) -> list[Note]:
        """An alert for parked messages ends with the last of them."""
        if self._is_due("resolve", at):
            await resolve_emptied(connection, at, self._settings.owners)
        return []

    async def keep_inbox(self, connection: Connection, at: datetime) -> list[Note]:
        if self._is_due("inbox", at):
            await keep_partitions(connection, at, self._settings.watch.inbox_days)
        return []

    async def forget(self, connection: Connection, at: datetime) -> list[Note]:
        if self._is_due("forget", at):
            await forget(connection, at, self._settings.watch.stream_days)
        return []

    async def forget_hooks(self, connection: Connection, at: datetime) -> list[Note]:
        if self._is_due("hooks", at):
            await forget_hooks(connection, at - timedelta(days=self._settings.watch.hook_days))
        return []

    async def reseal(self, connection: Connection, at: datetime) -> list[Note]:
        """After a rotation, the subjects' keys come under the newest master key."""
        if has_keys() and self._is_due("reseal", at):
            await reseal(connection)
        return []

    def _is_due(self, name: str, at: datetime) -> bool:
        """True the first time and every TIDY_EVERY."""
        if at < self._due.get(name, at):
            return False
        self._due[name] = at + TIDY_EVERY
        return True
