"""The reader of one Clarus tenant: works what webhooks and doubts have marked, and sweeps all balances now and then.

A round is one read: a few marked products by name, or one page of the sweep; the two take turns. A number is taken
from our own counter and the clock is read *before* the request leaves; what comes of it is settled in one
transaction (`daemon/clarus_settling.py`). One replica reads at a time, so reads of a SKU are serial; and should a
lease be lost in mid-read, the number keeps the older read from overwriting the newer.
"""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeAlias

from daemon.clarus_gate import ClarusGate
from daemon.clarus_settling import Settled, Settling
from daemon.clarus_shown import Found, Territory
from daemon.clarus_trouble import Failure, Trouble
from daemon.clock import Clock
from daemon.links.answer import Done, Refused, Unavailable
from daemon.links.clarus import ClarusLink
from daemon.log import fact
from daemon.settings import Settings
from daemon.store import clarus_readings as books
from daemon.store import stock
from daemon.store.clarus_readings import Mark, Sweep
from daemon.store.database import Connection, Database
from daemon.store.notes import write_notes
from daemon.telemetry import Telemetry
from handlers.alerts import AlertKind
from handlers.clarus_readings import Reading
from handlers.notes import Note, RaiseAlert, ResolveAlert
from schemas.clarus import BalanceFilter, BalancePage

IDLE = 0.25
"""Real seconds between two looks when nothing is due."""
FAILED = 2.0
"""Real seconds after the first answer that cannot be used."""
MOST_PAGES = 20
"""Of one read by name; a product that needs more is not one product."""
CIRCLE = 20
"""Pages of a sweep in a row that show nothing which it had not, after which it is not believed to end."""
SPOILT_PAGES = 3
"""Refusals of one page, after which the sweep begins anew: its cursor may have gone stale."""

Write: TypeAlias = Callable[[Connection, datetime], Awaitable[Settled]]

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Reader:
    """Reads one tenant. `round` is called again and again, by one replica at a time."""

    territory: Territory
    link: ClarusLink
    gate: ClarusGate
    database: Database
    clock: Clock
    telemetry: Telemetry
    settings: Settings
    sweeps_next: bool = False
    at_once: int = 0
    """Products of one read by name: fewer after an answer that went over several pages."""
    nothing_new: int = 0
    """Pages of the sweep in a row that showed nothing which it had not."""
    settling: Settling = field(init=False)
    trouble: Trouble = field(init=False)

    def __post_init__(self) -> None:
        self.settling = Settling(self.territory, self.settings)
        self.trouble = Trouble(
            self.name, self.territory.tenant.unreadable_after, self.gate, self.database, self.clock,
            self.settings.owners, FAILED,
        )  # fmt: skip
        self.at_once = self.most_at_once

    @property
    def name(self) -> str:
        return self.territory.tenant_name

    @property
    def most_at_once(self) -> int:
        return max(1, self.territory.tenant.page_size // max(1, len(self.territory.pairs)))

    async def round(self) -> float:
        """One read; returns the real seconds until the next is worth while."""
        return await self.trouble.surviving(self._round)

    async def _round(self) -> float:
        at = self.clock.now()
        async with self.database.transaction() as connection:
            await books.mark_doubts(connection, self.name, self.territory.read, self.territory.accounts, at)
            marks = await books.marks_due(connection, self.name, at, self.at_once)
            sweep = await books.sweep_of(connection, self.name, at)
            self.telemetry.reads_waiting.labels(self.name).set(await books.marks_waiting(connection, self.name))
        if sweep.finished_at is not None:
            self.telemetry.swept_at.labels(self.name).set(sweep.finished_at.timestamp())
        due = sweep.started_at is not None or sweep.next_at <= at
        if marks and not (due and self.sweeps_next):
            self.sweeps_next = True
            return await self.read_marked(marks)
        if not due:
            return IDLE
        self.sweeps_next = False
        return await self.sweep_page(sweep)

    async def read_marked(self, marks: list[Mark]) -> float:
        """Ask for these products by name, over as many pages as it takes, as one read."""
        reading, found = await self._begin(), Found()
        wanted = BalanceFilter(self.territory.warehouse_ids, skus=tuple(mark.sku for mark in marks))
        cursor: str | None = None
        for page in range(MOST_PAGES):
            answer = await self._page(wanted, cursor)
            if not isinstance(answer, BalancePage):
                return await self.trouble.failed(answer)
            found.add(self.territory, answer.rows)
            cursor = answer.after
            # Rows may move from one page to another between two requests; one product alone is as whole as it gets.
            found.whole = cursor is None and (page == 0 or len(marks) == 1)
            if cursor is None:
                break
        found.endless = cursor is not None
        self._widen(whole=found.whole, asked=len(marks))
        await self._settle(reading, found, marks)
        await self.trouble.over()
        return 0.0

    async def sweep_page(self, sweep: Sweep) -> float:
        """The next page of the sweep, or the first of a new one."""
        if sweep.started_at is None:
            async with self.database.transaction() as connection:
                sweep = await books.begin_sweep(connection, self.name, self.clock.now())
        reading, found = await self._begin(), Found()
        answer = await self._page(BalanceFilter(self.territory.warehouse_ids), sweep.cursor)
        if not isinstance(answer, BalancePage):
            return await self._spoilt(sweep, answer)
        again = found.add(self.territory, answer.rows)
        if answer.after is not None and answer.after == sweep.cursor:
            return await self._spoilt(sweep, Unavailable("the next page is said to begin where this one did"))
        await self._settle_page(reading, found, sweep, answer.after, again=again)
        await self.trouble.over()
        return 0.0

    async def _begin(self) -> Reading:
        """A number and the time, before any request of the read has left."""
        async with self.database.connection() as connection:
            number = await books.next_number(connection)
        return Reading(number, self.clock.now(), self.territory.lag, self.territory.source)

    async def _page(self, wanted: BalanceFilter, cursor: str | None) -> BalancePage | Failure:
        begun = self.clock.monotonic()
        answer = await self.link.balances(wanted, cursor)
        word = type(answer).__name__.lower()
        self.telemetry.called(self.name, "stock_balances", word, self.clock.monotonic() - begun)
        if not isinstance(answer, Done):
            return answer
        return answer.value

    def _widen(self, *, whole: bool, asked: int) -> None:
        self.at_once = min(self.most_at_once, self.at_once * 2) if whole else max(1, asked // 2)

    async def _settle(self, reading: Reading, found: Found, marks: list[Mark]) -> None:
        async def write(connection: Connection, at: datetime) -> Settled:
            settled = await self.settling.settle(connection, reading, found, marks, at)
            due = self.settling.next_reads(settled, reading, marks, found)
            await books.move_marks(connection, self.name, due)
            settled.notes += await self.settling.standing(connection)
            return settled

        self._count(await self._written(write), found)

    async def _settle_page(
        self, reading: Reading, found: Found, sweep: Sweep, after: str | None, *, again: int
    ) -> None:
        async def write(connection: Connection, at: datetime) -> Settled:
            settled = await self.settling.settle(connection, reading, found, (), at)
            looks = {key.sku: (look.since, look.since + reading.lag) for key, look in settled.looks().items()}
            await books.mark_at(connection, self.name, looks)
            seen = [(key, shown.product_id) for key, shown in found.shown.items()]
            before = await books.note_seen(connection, self.name, sweep.sweep, seen)
            moved = before + again > 0
            turned = await books.turn_page(connection, self.name, sweep, after, found.rows, moved=moved)
            news = len(seen) > before
            self.nothing_new = 0 if news or sweep.cursor is None else self.nothing_new + 1
            if turned and after is None:
                await self._end(connection, sweep, found.rows, at)
                settled.notes += await self.settling.standing(connection)
                settled.notes.append(ResolveAlert(AlertKind.SOURCE_UNREADABLE, self._sweep))
            elif turned and self.nothing_new >= CIRCLE:
                settled.notes.append(await self._give_up_sweep(connection, sweep, at))
            return settled

        self._count(await self._written(write), found)

    async def _written(self, write: Write) -> Settled:
        """In a transaction; again from the books when another writer moved a SKU meanwhile."""
        while True:
            at = self.clock.now()
            try:
                async with self.database.transaction() as connection:
                    settled = await write(connection, at)
                    await write_notes(connection, settled.notes, at, self.settings.owners)
                    return settled
            except stock.BooksMoved:
                log.info("books moved", extra=fact("reading_repeated", tenant=self.name))

    async def _end(self, connection: Connection, sweep: Sweep, rows: int, at: datetime) -> None:
        """All pages are read, `rows` on the last: what the books know and none showed is asked for by name."""
        tenant = self.territory.tenant
        missing = await books.unseen(connection, self.name, sweep.sweep, self.territory.read, self.territory.accounts)
        await books.mark_at(connection, self.name, dict.fromkeys(missing, (at, at)))
        soon, later = (at + timedelta(seconds=seconds) for seconds in (tenant.sweep_least, tenant.sweep_every))
        await books.end_sweep(connection, self.name, sweep.sweep, at, soon, later)
        log.info("swept", extra=fact("swept", tenant=self.name, rows=sweep.rows_seen + rows, missing=len(missing)))

    @property
    def _sweep(self) -> str:
        return f"{self.name}/sweep"

    async def _give_up_sweep(self, connection: Connection, sweep: Sweep, at: datetime) -> Note:
        """Its pages go round in a circle, or are empty and never end: what it did not show proves nothing."""
        later = at + timedelta(seconds=self.territory.tenant.sweep_every)
        await books.give_up_sweep(connection, self.name, sweep.sweep, later)
        self.nothing_new = 0
        text = (
            f"the balances of {self.name} do not end: {CIRCLE} pages in a row showed nothing new; the sweep was given"
            f" up after {sweep.rows_seen} rows, and the next begins at {later:%F %T} UTC"
        )
        return RaiseAlert(AlertKind.SOURCE_UNREADABLE, self._sweep, self.name, text)

    def _count(self, settled: Settled, found: Found) -> None:
        counts = {**settled.counts(), "not_ours": found.not_ours, "nameless": len(found.nameless)}
        for outcome, count in counts.items():
            self.telemetry.readings.labels(self.name, outcome).inc(count)

    async def _spoilt(self, sweep: Sweep, failure: Failure) -> float:
        """A page that is refused again and again: its cursor may mean nothing any more."""
        wait = await self.trouble.failed(failure)
        if (
            sweep.cursor is not None
            and isinstance(failure, Refused | Unavailable)
            and self.trouble.failures % SPOILT_PAGES == 0
        ):
            async with self.database.transaction() as connection:
                await books.begin_sweep(connection, self.name, self.clock.now())
            log.warning("sweep begun anew", extra=fact("sweep_anew", tenant=self.name))
        return wait
