"""Accepted is not live: reads what a channel shows, settles what nobody saw the end of, raises what never came."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import asyncpg

from daemon.budget import READ_LISTING, Budget, buckets
from daemon.clock import Clock
from daemon.links import answer as answers
from daemon.links.amazon import AmazonLink
from daemon.settings import Publication, SellerAccount
from daemon.store import publication as books
from daemon.store.database import Connection, Database
from daemon.store.notes import write_notes
from daemon.telemetry import Telemetry
from handlers.alerts import AlertKind
from handlers.notes import Note, RaiseAlert, ResolveAlert

AT_ONCE = 4


@dataclass(frozen=True, slots=True)
class ReadBack:
    """Reads back one selling account's listings, inside its budget."""

    name: str
    seller: SellerAccount
    link: AmazonLink
    database: Database
    budget: Budget
    clock: Clock
    telemetry: Telemetry
    settings: Publication
    owners: Mapping[str, str]

    async def round(self) -> float:
        """Read a few listings; returns the real seconds until the next round is worth while."""
        now = self.clock.now()
        again = now + timedelta(seconds=self.settings.read_back_every)
        async with self.database.transaction() as connection:
            due = await books.read_backs(connection, self.name, now, AT_ONCE)
            if not due:
                return 0.25
            wanted = buckets(READ_LISTING, self.name, self.seller.application)
            granted = await self.budget.take(connection, wanted, len(due))
            reading = due[: granted.granted]
            await books.change(connection, "read_back_put_off", [row["listing_id"] for row in reading], again)
        for row in reading:
            await self._read(row)
        return 0.0 if reading else min(1.0, granted.wait)

    async def _read(self, row: asyncpg.Record) -> None:
        begun = self.clock.now()
        answer = await self.link.read_listing(row["seller_sku"], row["marketplace"])
        if isinstance(answer, answers.Throttled):
            async with self.database.connection() as connection:
                await self.budget.throttled(
                    connection, buckets(READ_LISTING, self.name, self.seller.application)[:1], 5.0
                )
        if isinstance(answer, answers.Done) and answer.value is not None:
            async with self.database.transaction() as connection:
                await write_notes(
                    connection, await self._note(connection, row, answer.value, begun), begun, self.owners
                )

    async def _note(self, connection: Connection, row: asyncpg.Record, live: int, now: datetime) -> list[Note]:
        cause = f"{self.name}/{row['marketplace']}/{row['seller_sku']}"
        if row["flight_state"] == "unknown" and live == row["flight_value"]:
            await self._settle(connection, row, live, now)
            return [ResolveAlert(AlertKind.NEVER_LIVE, cause)]
        if row["accepted"] is None or live == row["accepted"]:
            unsettled = (
                now + timedelta(seconds=self.settings.read_back_every) if row["flight_id"] is not None else None
            )
            await books.change(connection, "live_note", row["listing_id"], live, now, unsettled)
            if row["accepted_at"] is not None and row["live"] != live:
                kind = "lowering" if row["live"] is not None and live < row["live"] else "raise"
                self.telemetry.live(self.name, kind, (now - row["accepted_at"]).total_seconds())
            return [ResolveAlert(AlertKind.NEVER_LIVE, cause)]
        return await self._not_live(connection, row, live, now, cause)

    async def _settle(self, connection: Connection, row: asyncpg.Record, live: int, now: datetime) -> None:
        """The read shows the value that was in flight: it took effect."""
        await books.end_attempt(connection, row["flight_id"], "accepted", now, "found by reading", "")
        await books.change(connection, "flight_accepted", row["listing_id"], row["flight_id"], live, now, None)
        await books.change(connection, "live_note", row["listing_id"], live, now, None)

    async def _not_live(
        self, connection: Connection, row: asyncpg.Record, live: int, now: datetime, cause: str
    ) -> list[Note]:
        again = now + timedelta(seconds=self.settings.read_back_every)
        await books.change(connection, "live_note", row["listing_id"], live, now, again)
        age = (now - row["accepted_at"]).total_seconds()
        if age < self.settings.never_live_after:
            return []
        text = f"{cause} was accepted with {row['accepted']} {age:.0f} s ago and shows {live}"
        return [RaiseAlert(AlertKind.NEVER_LIVE, cause, cause, text, {"accepted": row["accepted"], "live": live})]
