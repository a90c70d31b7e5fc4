"""One read of Clarus, into the books: in one transaction, by the same rules of the stream as the bus.

1. Rows become balances of ours (`clarus_shown.py`).
2. The books of these SKUs, and the looks that wait for them.
3. `handlers/clarus_readings.py` judges each; a level goes through `handlers/stock_stream.py` like any other.
4. Balances, stream, outbox row and dirty marks; looks; level requests and their answers. What the caller adds (marks,
   or the sweep's page) and the notes come after that.
"""

import zlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from daemon.clarus_shown import Found, Shown, Territory
from daemon.level_requests import ask_for_levels
from daemon.settings import Settings
from daemon.store import clarus_readings as books
from daemon.store import stock
from daemon.store.clarus_readings import Mark
from daemon.store.database import Connection, query
from daemon.store.stock import Ledger, StockKey
from daemon.topology import PARTITIONS
from handlers.alerts import AlertKind
from handlers.clarus_readings import (
    NOT_SHOWN,
    REFUSED,
    Look,
    Reading,
    Verdict,
    judge_absent,
    judge_check,
    judge_level,
    level_of,
    read_again_at,
    taken_over,
    too_many_absent,
)
from handlers.notes import Note, RaiseAlert, ResolveAlert
from handlers.stock_state import StockState, doubted
from handlers.stock_stream import Rules, decide
from schemas.terms import CommandId, Sku


@dataclass(slots=True)
class Settled:
    """What was decided, SKU by SKU."""

    verdicts: dict[StockKey, Verdict] = field(default_factory=dict[StockKey, Verdict])
    notes: list[Note] = field(default_factory=list[Note])
    """To be written last in the transaction: alerts come after everything else in the order of locks."""

    def of(self, sku: Sku) -> list[Verdict]:
        return [verdict for key, verdict in self.verdicts.items() if key.sku == sku]

    def looks(self) -> dict[StockKey, Look]:
        return {key: verdict.look for key, verdict in self.verdicts.items() if verdict.look is not None}

    def counts(self) -> Counter[str]:
        return Counter(verdict.outcome for verdict in self.verdicts.values())


@dataclass(frozen=True, slots=True)
class Settling:
    """Settles reads of one territory."""

    territory: Territory
    settings: Settings

    async def settle(
        self, connection: Connection, reading: Reading, found: Found, marks: Sequence[Mark], at: datetime
    ) -> Settled:
        """In the caller's transaction; raises BooksMoved, and then nothing of it may commit.

        `marks`: the products that were asked for by name; none for a page of the sweep.
        """
        known = await self._known(connection, found, marks)
        looks = await books.looks(connection, sorted({*found.shown, *known}))
        must = {mark.sku for mark in marks if reading.began >= mark.marked_at + reading.lag}
        ledgers = {ledger.key: ledger for ledger in await self._load(connection, sorted(known))}
        for ledger in ledgers.values():
            self._take_over(ledger, reading, at)
        settled = Settled()
        for key, shown in found.shown.items():
            state = ledgers[key].state if key in ledgers else None
            settled.verdicts[key] = self._judge(key, shown, state, looks.get(key), reading, marks, must)
        await self._judge_absent(connection, settled, found, ledgers, marks, must)
        await self._open(connection, ledgers, settled)
        settled.notes = await self._notes(connection, found, settled, ledgers)
        answers = self._apply(ledgers, settled, reading, at)
        requests = ask_for_levels(ledgers.values(), at, settled.notes)
        again = timedelta(seconds=self.settings.intake.level_request_again)
        await stock.save(connection, sorted(ledgers.values(), key=_by_key), at, self.partition, again)
        judged = {key: look for key, look in looks.items() if key in settled.verdicts}
        await books.save_looks(connection, self.territory.tenant_name, judged, settled.looks())
        await stock.note_level_requests(connection, requests, at)
        await stock.note_answers(connection, answers, at)
        return settled

    @property
    def partition(self) -> int:
        """One for all of a tenant: its SKUs' numbers leave in order."""
        return zlib.crc32(self.territory.source.encode()) % PARTITIONS

    async def _known(self, connection: Connection, found: Found, marks: Sequence[Mark]) -> set[StockKey]:
        """Of what was shown or asked for: what the books know."""
        asked = {(account, mark.sku) for mark in marks for account in self.territory.accounts}
        names = asked | {(key.account, key.sku) for key in found.shown}
        keys = await stock.keys_of(connection, sorted(names))
        pairs = self.territory.pairs
        return {key for key in keys if (key.account, key.warehouse) in pairs}

    async def _load(self, connection: Connection, keys: Sequence[StockKey]) -> list[Ledger]:
        first = (self.territory.source, 0)
        return await stock.load(connection, keys, [first] * len(keys)) if keys else []

    def _take_over(self, ledger: Ledger, reading: Reading, at: datetime) -> None:
        if ledger.key.warehouse in self.territory.authority and ledger.state.source != reading.source:
            ledger.state = taken_over(ledger.state, reading.source, at)

    def _judge(
        self,
        key: StockKey,
        shown: Shown,
        state: StockState | None,
        look: Look | None,
        reading: Reading,
        marks: Sequence[Mark],
        must: set[Sku],
    ) -> Verdict:
        if shown.balance is None:
            return Verdict("refused", doubt=REFUSED, look=look)
        if key.warehouse in self.territory.authority:
            known = state or StockState(reading.source)
            return judge_level(known, shown.balance, look, reading, must=key.sku in must)
        if marks and look is None:  # asked for on behalf of another warehouse: not a check of this one
            return Verdict("unknown")
        return judge_check(state, shown.balance, look, reading)

    async def _judge_absent(
        self,
        connection: Connection,
        settled: Settled,
        found: Found,
        ledgers: Mapping[StockKey, Ledger],
        marks: Sequence[Mark],
        must: set[Sku],
    ) -> None:
        """What was asked for by name, is known, and was not shown by a read that was whole."""
        asked = {mark.sku for mark in marks}
        absent = [key for key in ledgers if key.sku in asked and key not in found.shown]
        absent = [key for key in absent if key.warehouse in self.territory.authority]
        if not absent or not found.whole or found.nameless:
            return
        share = await books.absent_share(
            connection, self.territory.tenant_name, self.territory.read, self.territory.accounts
        )
        zero = self.territory.tenant.absent_means == "zero" and not too_many_absent(*share)
        for key in absent:
            settled.verdicts[key] = judge_absent(ledgers[key].state, means_zero=zero, must=key.sku in must)

    async def _open(self, connection: Connection, ledgers: dict[StockKey, Ledger], settled: Settled) -> None:
        """Books for what is seen for the first time, once there is a level to put into them."""
        new = [key for key, verdict in settled.verdicts.items() if verdict.level is not None and key not in ledgers]
        ledgers |= {ledger.key: ledger for ledger in await self._load(connection, sorted(new))}

    def _apply(
        self, ledgers: Mapping[StockKey, Ledger], settled: Settled, reading: Reading, at: datetime
    ) -> list[CommandId]:
        """Levels through the stream's rules, doubts where none is yet; returns the requests that were answered."""
        rules, answers = Rules(skew=timedelta(seconds=self.settings.intake.skew)), list[CommandId]()
        for key, verdict in settled.verdicts.items():
            ledger = ledgers.get(key)
            if ledger is None:
                continue
            if verdict.level is not None:
                message = level_of(*key, ledger.state, verdict.level, reading)
                step = decide(ledger.state, message, at, rules)
                ledger.state = step.state
                ledger.applied += step.applied
                answers += [message.command_id] if message.command_id else []
            elif verdict.doubt and not _in_doubt(ledger.state) and _may_doubt(key, verdict, self.territory):
                ledger.state = doubted(ledger.state, verdict.doubt, at)
        return answers

    async def _notes(
        self, connection: Connection, found: Found, settled: Settled, ledgers: Mapping[StockKey, Ledger]
    ) -> list[Note]:
        notes: list[Note] = []
        for kind, outcome in ((AlertKind.BALANCE_REFUSED, "refused"), (AlertKind.BALANCE_DIFFERS, "differs")):
            open_ = {row["cause"] for row in await connection.fetch(query("open_alert_causes"), kind.value)}
            for key, verdict in settled.verdicts.items():
                cause = self._cause(key)
                if verdict.outcome == outcome:
                    ledger = ledgers.get(key)
                    notes.append(_balance_alert(kind, cause, key, found.shown[key], ledger))
                elif cause in open_ and verdict.outcome in ("applied", "unchanged", "agrees"):
                    notes.append(ResolveAlert(kind, cause))
        rows = f"{self.territory.tenant_name}/rows"
        if found.nameless:
            text = f"{len(found.nameless)} rows of {self.territory.tenant_name} do not say whose they are; held"
            detail: dict[str, str | int | list[str] | None] = {"rows": found.nameless[:20]}
            notes.append(RaiseAlert(AlertKind.BALANCE_REFUSED, rows, rows, text, detail))
        return notes

    def _cause(self, key: StockKey) -> str:
        return f"{self.territory.tenant_name}/{key.account}/{key.warehouse}/{key.sku}"

    async def standing(self, connection: Connection) -> list[Note]:
        """One alert per stock owner and warehouse for what is no longer shown, as long as any of it is."""
        rows = await connection.fetch(query("clarus_not_shown"), NOT_SHOWN, self.territory.read)
        name = self.territory.tenant_name
        found = {f"{name}/{row['account']}/{row['warehouse']}": row for row in rows}
        kind = AlertKind.BALANCE_NOT_SHOWN
        known = {row["cause"]: row["text"] for row in await connection.fetch(query("open_alert_causes"), kind.value)}
        notes: list[Note] = []
        for cause, row in found.items():
            text = f"{row['skus']} SKUs of {row['account']} in {row['warehouse']} are no longer shown by {name}"
            if known.get(cause) != text:
                notes.append(RaiseAlert(kind, cause, cause, text, {"skus": list(row["first"])}))
        notes += [ResolveAlert(kind, cause) for cause in known if cause.startswith(f"{name}/") and cause not in found]
        return notes

    def next_reads(
        self, settled: Settled, reading: Reading, marks: Sequence[Mark], found: Found
    ) -> dict[Mark, datetime | None]:
        unsettled = timedelta(seconds=self.territory.tenant.read_again)
        due = {mark: read_again_at(mark.marked_at, reading, settled.of(mark.sku), unsettled) for mark in marks}
        if found.whole and not found.nameless:
            return due
        # Something was on a page that moved, or in a row that says nothing: what was not shown is asked for again.
        soon = reading.began + (unsettled if found.nameless or found.endless else timedelta(seconds=1))
        shown = {key.sku for key in found.shown}
        return {mark: at if mark.sku in shown else at or soon for mark, at in due.items()}


def _in_doubt(state: StockState) -> bool:
    return state.trouble is not None and state.trouble.doubt_since is not None


def _may_doubt(key: StockKey, verdict: Verdict, territory: Territory) -> bool:
    """A balance that is not believed says nothing against the books of a warehouse that Clarus only checks."""
    return verdict.doubt != REFUSED or key.warehouse in territory.authority


def _balance_alert(kind: AlertKind, cause: str, key: StockKey, shown: Shown, ledger: Ledger | None) -> RaiseAlert:
    where = f"{key.account}/{key.warehouse}/{key.sku}"
    in_books = ledger.state.balance.available if ledger else None
    if kind is AlertKind.BALANCE_REFUSED:
        text = f"{where}: {shown.fault}; held, the books stay at {in_books if in_books is not None else 'nothing'}"
    else:
        text = f"{where}: the books say {in_books}, Clarus shows {shown.balance.available if shown.balance else '?'}"
    return RaiseAlert(kind, cause, where, text, {"row": shown.raw, "books": in_books})


def _by_key(ledger: Ledger) -> StockKey:
    return ledger.key
