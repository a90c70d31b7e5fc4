"""The stock of one retailer's warehouses, told as documents by EDI: what has changed, and by its times all of it.

The desired values are those of every other channel. What a report names is decided anew under lock; its row, the rows
of its items and the document itself are one transaction, and the exchange's loop puts the file.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from daemon.ahead import Ahead
from daemon.choosing import Choosing
from daemon.clock import Clock
from daemon.edi_post import EdiPost
from daemon.leases import LeaseLost, Leases
from daemon.log import fact
from daemon.replenishment_watch import next_replenishment
from daemon.settings import Publication
from daemon.settings.stock_reports import StockReportAccount
from daemon.stock_changes import changes
from daemon.stock_report_settling import TRANSACTION, ReportSettling
from daemon.store import publication, stock_updates
from daemon.store.database import Connection, Database, query
from daemon.store.notes import write_notes
from daemon.store.publication import Begun, Standing
from daemon.store.stock_updates import Update
from daemon.store.vendor_files import costs_of
from edi.edifact import stock_report as edifact
from edi.faults import Refused
from edi.leaving import Rows
from edi.profile import Profile
from edi.x12 import stock_report as x12
from handlers.agreed_costs import agreed_for
from handlers.alerts import AlertKind
from handlers.direct_fulfilment import Wanted
from handlers.notes import RaiseAlert
from handlers.sellable_stock import Listing
from handlers.stock_reports import CODES, Level, Says, full_due, is_due, number_of, report
from handlers.supply import Rules
from schemas.purchase_order import Cost

IDLE = 2.0
"""Real seconds between two rounds where nothing was due."""
PIECES = 20
"""Reports of one warehouse in one round: more than one only where items are under suspicion."""
MOST = 50_000
"""Listings in a full report."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Chosen:
    """One item on its way into a report."""

    begun: Begun
    listing: Listing


class Unsayable(Exception):
    """Items whose names cannot be written in the partner's documents."""

    def __init__(self, found: Mapping[int, str]) -> None:
        super().__init__(f"{len(found)} items cannot be written")
        self.found = found
        """Listing id -> why."""


@dataclass(slots=True)
class StockReports:
    """Reports for one account of one exchange."""

    name: str
    account: StockReportAccount
    post: EdiPost
    profile: Profile
    database: Database
    clock: Clock
    settings: Publication
    choosing: Choosing
    settling: ReportSettling
    leases: Leases
    owners: Mapping[str, str]
    holder: str

    def go_by(self, settings: Publication, rules: Rules, ahead: Ahead) -> None:
        """From here on by these: a peak has begun or ended."""
        self.settings = settings
        self.choosing.go_by(settings.near_zero, rules, ahead)

    @property
    def lease(self) -> str:
        """Whoever holds it publishes for this account, and nobody else."""
        return f"publish/{self.name}"

    async def round(self) -> float:
        """Returns the real seconds until the next is worth while."""
        await self.settling.look()
        try:
            told = await self._full() + await self._changes()
        except LeaseLost as lost:
            log.warning("%s", lost, extra=fact("publication_fenced", account=self.name))
            return 1.0
        return 0.0 if told else IDLE

    # All of it, by the times that the settings name.

    async def _full(self) -> int:
        due = full_due([time.fromisoformat(one) for one in self.account.full_at], self.clock.now())
        if due is None:
            return 0
        told = 0
        for code in self.account.warehouses:
            told += await self._full_of(code, due)
        return told

    async def _full_of(self, code: str, due: datetime) -> int:
        """Everything that the retailer was told, as it is now; a zero that is held stands as it was told before."""
        key, now = f"{self.name}/{code}", self.clock.now()
        async with self.database.connection() as connection:
            if not await connection.fetchval(query("baseline_due"), key, due):
                return 0
            rows = await connection.fetch(query("stock_report_listings"), self.name, code, MOST)
        await self._say(code, [row["id"] for row in rows], now, full=True)
        async with self.database.connection() as connection:
            await connection.execute(query("baseline_marked"), key, due)
        return 1

    # What has changed.

    async def _changes(self) -> int:
        now = self.clock.now()
        async with self.database.connection() as connection:
            found = await changes(
                connection, self.name, now, self.settings.near_zero, self.choosing.ahead.half_life, self.account.items
            )
            last = {row["warehouse"]: row["at"] for row in await connection.fetch(
                query("stock_report_last"), self.name
            )}  # fmt: skip
        told = 0
        for code, one in found.items():
            if code in self.account.warehouses and self._is_due(code, last.get(code), one.wanted, now):
                for piece in one.pieces(self.account.items)[:PIECES]:
                    told += await self._say(code, piece, now, full=False)
        return told

    def _is_due(self, code: str, last: datetime | None, items: Sequence[Wanted], now: datetime) -> bool:
        since, every = min(one.since for one in items), timedelta(seconds=self.account.every)
        return is_due(last, since, every, next_replenishment(self.account.warehouses[code], now), now)

    # Saying.

    async def _say(self, code: str, listing_ids: Sequence[int], now: datetime, *, full: bool) -> int:
        """One report; what cannot be written at all is raised and left out of it."""
        await self.choosing.have_examined()
        left = list(listing_ids)
        try:
            return await self._made(code, left, now, full=full)
        except Unsayable as fault:
            await self._raise(code, fault.found, now)
            left = [one for one in left if one not in fault.found]
            return await self._made(code, left, now, full=full) if left else 0

    async def _made(self, code: str, listing_ids: Sequence[int], now: datetime, *, full: bool) -> int:
        async with self.database.transaction() as connection:
            await self.leases.confirm(connection, self.lease)
            chosen = await self._chosen(connection, listing_ids, now, full=full)
            if not chosen:
                return 0
            within = timedelta(seconds=self.account.answered_within)
            look_at = now + timedelta(seconds=self.account.look_every)
            begun = [one.begun for one in chosen]
            update = await stock_updates.begin(
                connection, self.name, code, begun, now, look_at, now + 2 * within, self.holder
            )
            document = await self._document(connection, code, update, chosen, now, full=full)
            taken = Update(update, code, "sent", len(begun), now, f"{TRANSACTION}{document}", "")
            await stock_updates.move(connection, taken, "processing", now, look_at=look_at)
        return 1

    async def _chosen(
        self, connection: Connection, listing_ids: Sequence[int], now: datetime, *, full: bool
    ) -> list[Chosen]:
        """What leaves by the rules of every channel; in a full report the others stand with what was told before."""
        moves = await self.choosing.choose(connection, listing_ids, now)
        found = [Chosen(begun, listing) for begun, listing, _ in moves]
        if not full:
            return found
        named = {one.listing.id for one in found}
        standings = await publication.lock(connection, [one for one in listing_ids if one not in named])
        return [*found, *(_as_told(one) for one in standings if one.told.told is not None)]

    async def _document(
        self, connection: Connection, code: str, update: int, chosen: Sequence[Chosen], now: datetime, *, full: bool
    ) -> int:
        levels = await self._levels(connection, chosen, now)
        number = number_of(update)
        try:
            rows = self._rows(number, code, list(levels.values()), now, full=full)
            return await self.post.post(connection, CODES[self._standard], number, rows, once=False)
        except Refused as fault:
            raise Unsayable(self._culprits(levels, now) or {one: str(fault) for one in levels}) from fault

    def _rows(self, number: str, code: str, levels: Sequence[Level], now: datetime, *, full: bool) -> Rows:
        says = Says(self._standard, self.account.item_qualifier)
        made = report(number, now, code, levels, says, full=full)
        return list((x12.rows if self._standard == "x12" else edifact.rows)(made, self.profile))

    def _culprits(self, levels: Mapping[int, Level], now: datetime) -> dict[int, str]:
        """Each item that no document can hold, by itself."""
        found: dict[int, str] = {}
        for listing, level in levels.items():
            try:
                self.post.check(CODES[self._standard], self._rows("S0", "W", [level], now, full=False))
            except Refused as fault:
                found[listing] = str(fault)
        return found

    async def _levels(self, connection: Connection, chosen: Sequence[Chosen], now: datetime) -> dict[int, Level]:
        keys = [(one.listing.account, one.listing.sku) for one in chosen] if self.account.with_cost else []
        agreed = await costs_of(connection, self.profile.channel_account, keys) if keys else {}
        levels: dict[int, Level] = {}
        for one in chosen:
            listing = one.listing
            row = agreed_for(agreed.get((listing.account, listing.sku), ()), now.date(), "")
            cost = None if row is None else Cost(row.amount * listing.pack_size, row.currency)
            levels[listing.id] = Level(listing.seller_sku, one.begun.value, cost)
        return levels

    async def _raise(self, code: str, found: Mapping[int, str], now: datetime) -> None:
        """They wait for a while, and are tried again: a name can only be put right where it was given."""
        until = now + timedelta(seconds=self.settings.refused_again_after)
        async with self.database.transaction() as connection:
            standings = await publication.lock(connection, sorted(found))
            await connection.execute(query("stock_report_unsayable"), sorted(found), until)
            notes = [self._unsayable(code, one.listing, found[one.listing.id]) for one in standings]
            await write_notes(connection, notes, now, self.owners)

    def _unsayable(self, code: str, listing: Listing, why: str) -> RaiseAlert:
        cause = f"{self.name}/{code}/{listing.seller_sku}"
        return RaiseAlert(AlertKind.LISTING_REFUSED, cause, cause, f"{cause} cannot be written: {why}")

    @property
    def _standard(self) -> str:
        return self.post.partner.standard


def _as_told(standing: Standing) -> Chosen:
    told = standing.told
    assert told.told is not None, "what was never told is not said again"
    overtaken = told.flight.id if told.flight is not None else None
    begun = Begun(standing.listing.id, told.told, told.told, told.told, False, overtaken, None)
    return Chosen(begun, standing.listing)
