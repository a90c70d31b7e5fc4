"""What the watch does besides watching: takes defaults that are due, and clears away what is old and settled."""

from datetime import datetime, timedelta

from daemon.settings import Settings
from daemon.store import edi
from daemon.store.database import Connection
from daemon.store.decisions import take_defaults
from daemon.store.erasing import AT_ONCE, erase_due, erase_parked, forget_access, forget_orders
from daemon.store.inbox import keep_partitions
from daemon.store.parked import resolve_emptied
from daemon.store.retention import forget, forget_hooks
from daemon.store.sealing import Retired, has_keys, reseal, under_retired_keys
from daemon.watch import Task, standing
from handlers.alerts import AlertKind
from handlers.notes import Note, RaiseAlert

TIDY_EVERY = timedelta(minutes=10)
"""Business time between two rounds of clearing away."""
FORGOTTEN_AT_ONCE = 500


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
            self.erase_buyers,
            self.erase_parked,
            self.forget_orders,
            self.forget_edi,
            self.reseal,
            self.raise_retired_keys,
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
            days = min(self._settings.watch.hook_days, self._settings.buyers.erase_after_days)
            await forget_hooks(connection, at - timedelta(days=days))
        return []

    async def erase_buyers(self, connection: Connection, at: datetime) -> list[Note]:
        """A full round is followed by another at once."""
        if self._is_due("buyers", at):
            before = at - timedelta(days=self._settings.buyers.erase_after_days)
            if await erase_due(connection, before, at) == AT_ONCE:
                self._due.pop("buyers")
        return []

    async def erase_parked(self, connection: Connection, at: datetime) -> list[Note]:
        if self._is_due("parked", at):
            await erase_parked(connection, at - timedelta(days=self._settings.buyers.erase_after_days))
        return []

    async def forget_orders(self, connection: Connection, at: datetime) -> list[Note]:
        if self._is_due("orders", at):
            await forget_orders(connection, at - timedelta(days=self._settings.buyers.orders_days))
            await forget_access(connection, at - timedelta(days=self._settings.buyers.access_days))
        return []

    async def forget_edi(self, connection: Connection, at: datetime) -> list[Note]:
        if self._is_due("edi", at):
            await edi.forget(connection, at - timedelta(days=self._settings.watch.edi_days), FORGOTTEN_AT_ONCE)
        return []

    async def reseal(self, connection: Connection, at: datetime) -> list[Note]:
        """After a rotation, the subjects' keys come under the newest master key."""
        if has_keys() and self._is_due("reseal", at):
            await reseal(connection)
        return []

    async def raise_retired_keys(self, connection: Connection, at: datetime) -> list[Note]:
        """A queue that waits for a master key waits for a person."""
        if not has_keys() or not self._is_due("retired_keys", at):
            return []
        found = await under_retired_keys(connection)
        return await standing(connection, AlertKind.KEY_RETIRED, [_retired(found)] if found else [])

    def _is_due(self, name: str, at: datetime) -> bool:
        """True the first time and every TIDY_EVERY."""
        if at < self._due.get(name, at):
            return False
        self._due[name] = at + TIDY_EVERY
        return True


def _retired(found: Retired) -> RaiseAlert:
    text = (
        f"{found.keys} subjects' keys, the oldest of {found.since:%F %T} UTC, are sealed by a master key that"
        " keys.master_key_files does not name: what they sealed cannot be read, and messages about them hold their"
        " queues"
    )
    return RaiseAlert(AlertKind.KEY_RETIRED, "master_keys", "master_keys", text, {"subjects": list(found.subjects)})
