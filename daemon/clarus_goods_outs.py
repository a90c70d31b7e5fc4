"""The reader of one tenant's goods outs: works what webhooks have marked, and sweeps by status set and date window.

A round is one read: some marked names, or one page of the sweep; the two take turns. The sweep shows headers alone;
what it finds new, changed, held or still moving is marked and read in full by name. Its cursor is a row: a kill costs
one page. Nothing is said by a sweep itself, so a row that its pages skip or repeat does no harm: what is open in our
books and was not shown is asked for by name.
"""

import logging
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from daemon.clarus_goods_out_reading import Found, GoodsOutReading
from daemon.clarus_goods_out_rules import Plan
from daemon.clarus_goods_out_settling import Settling
from daemon.clarus_trouble import Failure, Trouble
from daemon.clock import Clock
from daemon.links.answer import Done, Refused, Unavailable
from daemon.links.clarus_lists import ClarusLists
from daemon.log import fact
from daemon.store import clarus_goods_outs as books
from daemon.store.clarus_goods_outs import Mark, Sweep
from daemon.store.clarus_readings import next_number
from daemon.store.database import Connection, Database
from daemon.store.notes import write_notes
from daemon.telemetry import Telemetry
from handlers.alerts import AlertKind
from handlers.clarus_goods_out_nodes import key_of, text_at
from handlers.clarus_goods_outs import ENDED, Reading
from handlers.notes import ResolveAlert
from schemas.clarus_goods_outs import Node, NodePage

IDLE = 0.25
"""Real seconds between two looks when nothing is due."""
READS_OF_MANY = 4
"""Reads by name to one page of the sweep while more names are due than one read takes: what a sweep shows would only
wait behind them."""
SPOILT_PAGES = 3
"""Refusals of one page, after which the sweep begins anew: its cursor may have gone stale."""

log = logging.getLogger(__name__)


@dataclass(slots=True)
class GoodsOutReader:
    """Reads one tenant. `round` is called again and again, by one replica at a time."""

    plan: Plan
    lists: ClarusLists
    trouble: Trouble
    settling: Settling
    database: Database
    clock: Clock
    telemetry: Telemetry
    reads: int = 0
    """By name, since the last page of a sweep."""
    at_once: int = 0
    """Names of one read: fewer after an answer that could not be used."""
    reading: GoodsOutReading = field(init=False)

    def __post_init__(self) -> None:
        self.reading = GoodsOutReading(self.plan, self.lists)
        self.at_once = self.most_at_once

    @property
    def most_at_once(self) -> int:
        return max(1, min(self.plan.settings.at_once, self.plan.territory.tenant.page_size))

    @property
    def name(self) -> str:
        return self.plan.territory.tenant_name

    async def round(self) -> float:
        """One read; returns the real seconds until the next is worth while."""
        return await self.trouble.surviving(self._round)

    async def _round(self) -> float:
        at = self.clock.now()
        async with self.database.transaction() as connection:
            marks = await books.marks_due(connection, self.name, at, self.at_once)
            sweep = await books.sweep_of(connection, self.name, at)
        due = sweep.started_at is not None or sweep.next_at <= at
        in_a_row = READS_OF_MANY if len(marks) == self.at_once else 1
        if marks and not (due and self.reads >= in_a_row):
            self.reads += 1
            return await self.read_marked(marks)
        if not due:
            return IDLE
        self.reads = 0
        return await self.sweep_page(sweep)

    async def read_marked(self, marks: list[Mark]) -> float:
        """Ask for these names, and for everything that belongs to them."""
        reading, begun = await self._begin(), self.clock.monotonic()
        found = await self.reading.named([mark.reference for mark in marks])
        answer = "done" if isinstance(found, Found) else type(found).__name__.lower()
        self.telemetry.called(self.name, "goods_outs", answer, self.clock.monotonic() - begun)
        if not isinstance(found, Found):
            return await self._unread(marks, found)
        self.at_once = min(self.most_at_once, self.at_once * 2)
        at = self.clock.now()
        async with self.database.transaction() as connection:
            settled = await self.settling.settle(connection, reading, found, marks, at)
        for word, count in settled.words.items():
            self.telemetry.goods_outs.labels(self.name, word).inc(count)
        await self.trouble.over()
        return 0.0

    async def _unread(self, marks: list[Mark], failure: Failure) -> float:
        """One record that breaks every answer that it is in must not keep the others from being read."""
        if isinstance(failure, Refused | Unavailable):
            self.at_once = max(1, len(marks) // 2)
            if len(marks) == 1:
                later = self.clock.now() + self.plan.territory.lag
                async with self.database.transaction() as connection:
                    await books.move_marks(connection, self.name, {marks[0]: later})
        return await self.trouble.failed(failure)

    async def _begin(self) -> Reading:
        """A number and the time, before any request of the read has left."""
        async with self.database.connection() as connection:
            number = await next_number(connection)
        return Reading(number, self.clock.now(), self.plan.territory.lag)

    async def sweep_page(self, sweep: Sweep) -> float:
        """The next page of the sweep, or the first of a new one."""
        if sweep.started_at is None:
            sweep = await self._begin_sweep()
        began = self.clock.now()
        answer = await self.lists.page(self.plan.goods_outs, self._window(sweep), sweep.cursor)
        if not isinstance(answer, Done):
            wait = await self.trouble.failed(answer)
            if isinstance(answer, Refused | Unavailable) and self.trouble.failures % SPOILT_PAGES == 0:
                await self._begin_sweep()
            return wait
        if answer.value.after is not None and answer.value.after == sweep.cursor:
            await self._begin_sweep()
            return await self.trouble.failed(Unavailable("the next page is said to begin where this one did"))
        async with self.database.transaction() as connection:
            await self._take_page(connection, sweep, answer.value, began)
        await self.trouble.over()
        return 0.0

    async def _begin_sweep(self) -> Sweep:
        at, section = self.clock.now(), self.plan.settings
        window = at - timedelta(days=section.days_back), at + timedelta(days=section.days_ahead)
        async with self.database.transaction() as connection:
            return await books.begin_sweep(connection, self.name, at, window)

    def _window(self, sweep: Sweep) -> dict[str, object]:
        assert sweep.window_from is not None and sweep.window_to is not None
        window: dict[str, object] = {
            "goods_out_status_code": {"in": list(self.plan.settings.statuses)},
            "expected_date_of_dispatch": {"from": _day(sweep.window_from), "to": _day(sweep.window_to)},
        }
        if self.plan.settings.sweep_by_warehouse:
            window["warehouse_id"] = {"in": list(self.plan.territory.warehouse_ids)}
        return window

    async def _take_page(self, connection: Connection, sweep: Sweep, page: NodePage, began: datetime) -> None:
        """What the page shows that must be read in full is marked; after the last page, what none has shown is."""
        await books.lock(connection, self.name)
        at, section = self.clock.now(), self.plan.settings
        since = began - self.plan.territory.lag
        ours = {key_of(node): node for node in page.nodes if self._is_ours(node)}
        shown = {key: text_at(node, ("goods_out_status.code",)) for key, node in ours.items()}
        again = at - timedelta(seconds=section.completed_again)
        if not await books.turn_page(connection, self.name, sweep, page.after, len(page.nodes)):
            return
        read = await books.swept(connection, self.name, shown, sweep.sweep, again, self.plan.not_started)
        ended = {key for key in read if self.plan.paths.words.get(shown[key].upper()) in ENDED}
        first = ended if sweep.finished_at is None else set[str]()
        for keys, first_look in ((read - first, False), (first, True)):
            references = [text_at(ours[key], ("reference",)) for key in keys]
            await books.mark_swept(connection, self.name, references, at, since, first_look)
        if page.after is None:
            await self._end(connection, sweep, sweep.rows_seen + len(page.nodes), at, since)

    async def _end(self, connection: Connection, sweep: Sweep, rows: int, at: datetime, since: datetime) -> None:
        section = self.plan.settings
        unseen = await books.unseen(connection, self.name, sweep.sweep)
        await books.mark_swept(connection, self.name, unseen, at, since, first_look=False)
        await books.end_sweep(connection, self.name, sweep.sweep, at, at + timedelta(seconds=section.sweep_every))
        shown_for = section.days_ahead + section.days_back + 1  # what a sweep still shows must not look new
        keep = max(section.keep_days, shown_for)
        forgotten = await books.forget(connection, self.name, at - timedelta(days=keep))
        over = [ResolveAlert(AlertKind(kind), f"{self.name}/{key}") for key, kinds in forgotten for kind in kinds]
        await write_notes(connection, over, at, self.settling.owners)
        log.info("swept", extra=fact("goods_outs_swept", tenant=self.name, rows=rows, unseen=len(unseen)))

    def _is_ours(self, node: Node) -> bool:
        named = bool(key_of(node)) and bool(text_at(node, ("reference",)))
        return named and self.plan.place_of(node) is not None


def _day(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
