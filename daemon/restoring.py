"""Putting an account's listings back to what they showed before something went wrong, piece by piece.

Each piece is a transaction: its SKUs in doubt, their levels asked for, its listings noted with what they go back to.
From then on the marks compute them by `handlers/restoring.py`. A kill costs one piece; asked again, it goes on.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import msgspec

from daemon.clock import Clock
from daemon.level_requests import put_in_doubt
from daemon.settings import Intake
from daemon.store import stock
from daemon.store.database import Connection, Database, query
from daemon.store.publication import Standing, listing_of
from daemon.store.supply import inputs_for
from daemon.store.zero_history import Suspect, past_of
from handlers.restoring import LASTS, Planned, less_outflows
from handlers.sellable_stock import Listing
from handlers.supply import Inputs, Rules
from schemas.terms import ChannelAccount

PIECE = 500
DOUBT = "restore"


@dataclass(frozen=True, slots=True)
class Open:
    """A restore under way."""

    id: int
    to: datetime
    asked_by: str
    asked_at: datetime
    until: datetime
    allowed_until: datetime | None
    listings: int
    complete: bool


@dataclass(slots=True)
class Piece:
    """Some listings: what they would go back to, and those of which nobody can tell."""

    planned: list[Planned] = field(default_factory=list[Planned])
    unknown: list[Listing] = field(default_factory=list[Listing])
    last: int = 0
    """The highest listing id looked at; 0: there are no more."""


@dataclass(frozen=True, slots=True)
class Restoring:
    """Restores one channel account."""

    account: ChannelAccount
    database: Database
    clock: Clock
    rules: Rules
    intake: Intake
    owners: Mapping[str, str]

    async def plan(self, connection: Connection, to: datetime, after: int, running: int | None = None) -> Piece:
        """The next listings behind `after`; those that have their row in the restore `running` are left out."""
        rows = await connection.fetch(query("restore_old_values"), self.account, to, after, PIECE)
        piece = Piece(last=rows[-1]["id"] if rows else 0)
        fresh = [row for row in rows if row["restore_id"] is None or row["restore_id"] != running]
        listings = {row["id"]: listing_of(row) for row in fresh}
        if not listings:
            return piece
        inputs = await inputs_for(connection, listings.values())
        values = await values_of(
            connection, {row["id"]: row["old"] for row in fresh}, listings, to, inputs, self.rules
        )
        for row in fresh:
            value = values[row["id"]]
            if value is None:
                piece.unknown.append(listings[row["id"]])
            else:
                piece.planned.append(Planned(listings[row["id"]], row["told"], row["old"], value))
        return piece

    async def running(self, connection: Connection) -> Open | None:
        row = await connection.fetchrow(query("restore_of"), self.account)
        return None if row is None else Open(*row)

    async def begin(self, connection: Connection, to: datetime, by: str, note: str) -> Open:
        """The account's open restore, begun now where there is none."""
        now = self.clock.now()
        await connection.execute(query("restore_begin"), self.account, to, by, note, now, now + LASTS)
        found = await self.running(connection)
        assert found is not None
        return found

    async def apply_piece(self, restore: Open, after: int) -> Piece:
        """Do the next listings, in one transaction."""
        while True:
            try:
                async with self.database.transaction() as connection:
                    return await self._apply(connection, restore, after)
            except stock.BooksMoved:
                continue

    async def _apply(self, connection: Connection, restore: Open, after: int) -> Piece:
        piece = await self.plan(connection, restore.to, after, restore.id)
        changing = [planned for planned in piece.planned if planned.changes]
        now = self.clock.now()
        names = sorted({(p.listing.account, need.sku) for p in changing for need in p.listing.needs})
        keys = await stock.keys_of(connection, names)
        await put_in_doubt(connection, keys, DOUBT, now, self.intake, self.owners)
        columns = [[p.listing.id for p in changing], [p.old for p in changing], [p.value for p in changing]]
        await connection.execute(query("restore_put"), restore.id, *columns)
        await connection.execute(query("restore_counted"), restore.id, len(changing), piece.last == 0)
        return piece


async def values_of(
    connection: Connection,
    old: Mapping[int, int],
    listings: Mapping[int, Listing],
    to: datetime,
    inputs: Inputs,
    rules: Rules,
) -> dict[int, int | None]:
    """By listing: what is left of the old value; None where the stream does not reach back."""
    suspects = [Suspect(id_, one.account, need.sku, to) for id_, one in listings.items() for need in one.needs]
    past = await past_of(connection, suspects)
    return {
        id_: less_outflows(old[id_], listing, past.histories(listing, inputs, rules))
        for id_, listing in listings.items()
    }


async def with_restores(
    connection: Connection, standings: Sequence[Standing], inputs: Inputs, rules: Rules, now: datetime
) -> list[Standing]:
    """Listings that are being restored, with what has gone out by now; those whose restore is over leave it."""
    running = [one for one in standings if one.known.restore is not None]
    if not running:
        return list(standings)
    over = [one.listing.id for one in running if one.known.restore and now >= one.known.restore.until]
    if over:
        await connection.execute(query("restores_forget"), over)
    values = dict[int, int]()
    for to in sorted({one.known.restore.to for one in running if one.known.restore}):
        some = {o.listing.id: o for o in running if o.known.restore and o.known.restore.to == to}
        listings = {id_: one.listing for id_, one in some.items()}
        old = {id_: one.known.restore.old for id_, one in some.items() if one.known.restore}
        found = await values_of(connection, old, listings, to, inputs, rules)
        values |= {id_: value for id_, value in found.items() if value is not None}
    await connection.execute(query("restore_values_save"), list(values), list(values.values()))
    return [_with_value(one, values) for one in standings]


def _with_value(standing: Standing, values: Mapping[int, int]) -> Standing:
    restore = standing.known.restore
    if restore is None or (value := values.get(standing.listing.id)) is None:
        return standing
    known = msgspec.structs.replace(standing.known, restore=msgspec.structs.replace(restore, value=value))
    return Standing(standing.listing, standing.told, standing.desired, standing.since, known)
