"""The watch over what channels have sold: lines that are settled or stuck, sales without a listing, fading speeds."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from daemon.selling import Speed
from daemon.settings import Demand
from daemon.store.database import Connection, query
from daemon.store.demand import class_anew
from daemon.store.open_lines import catch_up, close_settled, recognise
from daemon.watch import Task, standing
from handlers.alerts import AlertKind
from handlers.notes import Note, RaiseAlert
from handlers.supply import Rules

AT_ONCE = 500
CLASS_EVERY = timedelta(minutes=10)
"""Business time between two rounds over all classes."""
CLASSED_AT_ONCE = 5_000
SHOWN = 20


@dataclass(slots=True)
class DemandWatch:
    """Tasks for `daemon/watch.py`."""

    settings: Demand
    rules: Rules
    speed: Speed
    _line: int = field(default=0)
    _unheard: int = field(default=0)
    _listing: int = field(default=0)
    _class_at: datetime | None = None
    _forget_at: datetime | None = None

    def tasks(self) -> tuple[Task, ...]:
        return (
            self.catch_up, self.close_settled, self.class_anew, self.raise_unmapped, self.raise_stuck,
            self.raise_unread, self.forget,
        )  # fmt: skip

    async def catch_up(self, connection: Connection, at: datetime) -> list[Note]:
        """What events say of lines that were written beside them, or under another name of their order."""
        self._unheard = await recognise(connection, self._unheard, AT_ONCE)
        await catch_up(connection, at, AT_ONCE, self.rules)
        return []

    async def close_settled(self, connection: Connection, at: datetime) -> list[Note]:
        """A piece of all open lines each round, so that those at the end have their turn too."""
        self._line = await close_settled(connection, self._line, self.rules, at, AT_ONCE)
        return []

    async def class_anew(self, connection: Connection, at: datetime) -> list[Note]:
        """What sells no longer leaves its velocity class, although no order says so."""
        if self._class_at is not None and at < self._class_at:
            return []
        self._listing = await class_anew(connection, self._listing, at, self.speed, CLASSED_AT_ONCE)
        self._class_at = None if self._listing else at + CLASS_EVERY
        return []

    async def raise_unmapped(self, connection: Connection, at: datetime) -> list[Note]:
        del at
        raised = [
            RaiseAlert(
                AlertKind.SALE_UNMAPPED,
                row["channel_account"],
                row["channel_account"],
                f"{row['units']} units in {row['lines']} order lines of {row['channel_account']} were sold under"
                f" names that no listing has: {', '.join(row['names'][:SHOWN])}",
                {"names": list(row["names"][:1000])},
            )
            for row in await connection.fetch(query("order_lines_unmapped"))
        ]
        return await standing(connection, AlertKind.SALE_UNMAPPED, raised)

    async def raise_stuck(self, connection: Connection, at: datetime) -> list[Note]:
        before = at - timedelta(seconds=self.settings.stuck_after)
        raised = [
            RaiseAlert(
                AlertKind.OPEN_LINE_STUCK,
                row["channel_account"],
                row["channel_account"],
                f"{row['lines']} order lines of {row['channel_account']} hold stock back, neither allocated"
                f" nor cancelled, the oldest since {row['since']:%F %T} UTC",
                {"oldest": list(row["oldest"])},
            )
            for row in await connection.fetch(query("order_lines_stuck"), before)
        ]
        return await standing(connection, AlertKind.OPEN_LINE_STUCK, raised)

    async def raise_unread(self, connection: Connection, at: datetime) -> list[Note]:
        """Not while an account is being read for the first time: that goes far back."""
        late = timedelta(seconds=self.settings.unread_after + self.settings.every + self.settings.behind)
        raised = [
            RaiseAlert(
                AlertKind.ORDERS_UNREAD,
                f"{row['channel_account']}/late",
                row["channel_account"],
                f"orders of {row['channel_account']} are read up to {row['read_from']:%F %T} UTC only",
            )
            for row in await connection.fetch(query("order_cursors"))
            if row["read_from"] < at - late and row["begun_at"] < at - late
        ]
        return await standing(connection, AlertKind.ORDERS_UNREAD, raised, lambda cause: cause.endswith("/late"))

    async def forget(self, connection: Connection, at: datetime) -> list[Note]:
        if self._forget_at is None or at >= self._forget_at:
            self._forget_at = at + CLASS_EVERY
            await connection.execute(query("forget_order_lines"), at - timedelta(days=self.settings.keep_days + 1))
        return []
