"""The watch over purchase orders: what they wait for, their clocks, what is lacking, and who is not read."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec

from daemon.settings import VendorAccount
from daemon.store.database import Connection, query
from daemon.watch import Task, standing
from handlers import purchase_order_notes as notes
from handlers.alerts import AlertKind
from handlers.notes import Note, RaiseAlert
from handlers.purchase_order_judgement import Reason

AT_ONCE = 5_000


@dataclass(frozen=True, slots=True)
class VendorWatch:
    """Tasks for `daemon/watch.py`."""

    vendors: dict[str, VendorAccount]

    def tasks(self) -> tuple[Task, ...]:
        tasks = (self.raise_reasons, self.raise_clocks, self.raise_overdrawn, self.raise_unread)
        return tasks if self.vendors else ()

    async def raise_reasons(self, connection: Connection, at: datetime) -> list[Note]:
        """One alert for all orders that wait for the same thing, by whoever can put it right."""
        del at
        raised = [
            notes.waits(msgspec.convert(row["reason"], Reason), row["numbers"], row["orders"], row["due_at"])
            for row in await connection.fetch(query("po_waiting"))
        ]
        words = [alert for alert in raised if alert.kind == AlertKind.PO_UNREADABLE]
        found = await standing(connection, AlertKind.PO_UNREADABLE, words, lambda cause: "/state/" in cause)
        return found + await _by_kind(connection, raised, notes.REASON_ALERTS)

    async def raise_clocks(self, connection: Connection, at: datetime) -> list[Note]:
        rows = await connection.fetch(query("po_unanswered"), at, AT_ONCE)
        raised = [
            alert
            for row in rows
            for alert in notes.clock_alerts(
                row["channel_account"], row["number"], row["due_at"], row["safe_at"], row["stage"],
                len(row["escalations"]), at, made=row["made"],
            )
        ]  # fmt: skip
        return await _by_kind(connection, raised, (AlertKind.PO_WAITS, AlertKind.PO_DUE, AlertKind.PO_LATE))

    async def raise_overdrawn(self, connection: Connection, at: datetime) -> list[Note]:
        del at
        rows = await connection.fetch(query("po_overdrawn"), AT_ONCE)
        raised = notes.overdrawn(msgspec.convert(dict(row.items()), notes.Overdrawn) for row in rows)
        return await standing(connection, AlertKind.PO_OVERDRAWN, raised)

    async def raise_unread(self, connection: Connection, at: datetime) -> list[Note]:
        """Not while an account is being read for the first time: that goes far back."""
        raised = list[RaiseAlert]()
        for row in await connection.fetch(query("po_cursors")):
            vendor = self.vendors.get(row["channel_account"])
            if vendor is None or not vendor.read:
                continue
            every = vendor.read_every if row["by"] == "created" else vendor.changed_every
            late = at - timedelta(seconds=vendor.unread_after + every)
            if row["read_from"] < late and row["begun_at"] < late:
                name, by = row["channel_account"], row["by"]
                text = f"purchase orders of {name} are read up to {row['read_from']:%F %T} UTC only, by when {by}"
                raised.append(RaiseAlert(AlertKind.POS_UNREAD, f"{name}/{by}", name, text))
        return await standing(connection, AlertKind.POS_UNREAD, raised)


async def _by_kind(connection: Connection, raised: list[RaiseAlert], kinds: tuple[AlertKind, ...]) -> list[Note]:
    found = list[Note]()
    for kind in kinds:
        found += await standing(connection, kind, [alert for alert in raised if alert.kind == kind])
    return found
