"""Write what decisions leave besides their own books, in the transaction that records the fact."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import TypeVar

import asyncpg
import msgspec

from daemon.store.database import Connection, query
from daemon.topology import ALERTS
from handlers.alerts import CATALOGUE, owner_of
from handlers.notes import Announce, AskPerson, Detail, KeepPromise, MakePromise, Note, RaiseAlert, ResolveAlert
from handlers.parking import storable, storable_headers
from schemas.envelope import CloudEvent, write_event
from schemas.outgoing import ALERT_RAISED, ALERT_RESOLVED, SOURCE, AlertData

N = TypeVar("N", bound=Note)

MAX_TEXT = 2_000


async def write_notes(connection: Connection, notes: Sequence[Note], at: datetime, owners: Mapping[str, str]) -> None:
    """Write all notes at business time `at`; call it inside the transaction of the fact.

    `owners` is `settings.owners`. Of several notes on one alert or promise in `notes`, the last one holds.
    """
    if not notes:
        return
    await _write_alerts(connection, notes, at, owners)
    for ask in _of(AskPerson, notes):
        await _ask(connection, ask, at)
    await _make_promises(connection, _of(MakePromise, notes), at)
    await _keep_promises(connection, _kept_last(notes), at)
    await announce(connection, _of(Announce, notes), at)


def _json(detail: Detail) -> str:
    return msgspec.json.encode(storable_headers(detail)).decode()


def _of(kind: type[N], notes: Iterable[Note]) -> list[N]:
    return [note for note in notes if isinstance(note, kind)]


def _kept_last(notes: Iterable[Note]) -> list[KeepPromise]:
    """Promises that were not made anew after they were kept."""
    last = {(note.kind, note.subject): note for note in notes if isinstance(note, MakePromise | KeepPromise)}
    return _of(KeepPromise, last.values())


async def _write_alerts(
    connection: Connection, notes: Sequence[Note], at: datetime, owners: Mapping[str, str]
) -> None:
    last: dict[tuple[str, str], RaiseAlert | ResolveAlert] = {}
    times = Counter[tuple[str, str]]()
    for note in notes:
        if isinstance(note, RaiseAlert | ResolveAlert):
            note = msgspec.structs.replace(note, cause=storable(note.cause, MAX_TEXT))
            key = (note.kind.value, note.cause)
            last[key] = note
            times[key] += isinstance(note, RaiseAlert)
    # In the order of their keys, so that two transactions on the same alerts cannot wait for each other.
    for kind, run in groupby((last[key] for key in sorted(last)), type):
        if kind is RaiseAlert:
            await _raise(connection, _of(RaiseAlert, run), times, at, owners)
        else:
            await _resolve(connection, _of(ResolveAlert, run), at)


def _columns(rows: Iterable[Sequence[object]]) -> list[list[object]]:
    return [list(column) for column in zip(*rows, strict=True)]


async def _raise(
    connection: Connection,
    notes: Sequence[RaiseAlert],
    times: Mapping[tuple[str, str], int],
    at: datetime,
    owners: Mapping[str, str],
) -> None:
    rows = [
        (
            note.kind.value,
            note.cause,
            storable(note.subject, MAX_TEXT),
            owner_of(note.kind, owners),
            CATALOGUE[note.kind].severity,
            storable(note.text, MAX_TEXT),
            _json(note.detail),
            note.deadline,
            times[note.kind.value, note.cause],
        )
        for note in notes
    ]
    raised = await connection.fetch(query("raise_alerts"), *_columns(rows), at)
    await announce(connection, [_alert_message(ALERT_RAISED, row) for row in raised], at)


async def _resolve(connection: Connection, notes: Sequence[ResolveAlert], at: datetime) -> None:
    rows = [(note.kind.value, note.cause) for note in notes]
    resolved = await connection.fetch(query("resolve_alerts"), *_columns(rows), at)
    await announce(connection, [_alert_message(ALERT_RESOLVED, row) for row in resolved], at)


def _alert_message(type_: str, row: asyncpg.Record) -> Announce:
    data = AlertData(
        alert_id=row["id"],
        kind=row["kind"],
        cause=row["cause"],
        subject=row["subject"],
        severity=row["severity"],
        owner=row["owner"],
        text=row["text"],
        detail=msgspec.json.decode(row["detail"], type=dict[str, object]),
        raised_at=row["raised_at"],
        deadline=row["deadline"],
        resolved_at=row["resolved_at"],
    )
    return Announce(
        exchange=ALERTS,
        routing_key=f"{data.severity}.{data.owner}.{data.kind}",
        type=type_,
        message_id=f"alert-{data.alert_id}-{'resolved' if data.resolved_at else 'raised'}",
        data=msgspec.to_builtins(data),
    )


async def _ask(connection: Connection, ask: AskPerson, at: datetime) -> None:
    await connection.execute(
        query("ask_people"),
        ask.kind,
        ask.subject,
        ask.owner,
        ask.question,
        list(ask.options),
        ask.default,
        ask.default_at,
        _json(ask.detail),
        at,
    )


async def _make_promises(connection: Connection, notes: Sequence[MakePromise], at: datetime) -> None:
    rows = [(note.kind, note.subject, note.owner, note.deadline) for note in notes]
    if rows:
        await connection.execute(query("make_promises"), *_columns(rows), at)


async def _keep_promises(connection: Connection, notes: Sequence[KeepPromise], at: datetime) -> None:
    rows = [(note.kind, note.subject) for note in notes]
    if rows:
        await connection.execute(query("keep_promises"), *_columns(rows), at)


async def announce(connection: Connection, messages: Sequence[Announce], at: datetime) -> None:
    """Append messages to the outbox as CloudEvents of ours, in the given order."""
    rows = [(message.exchange, message.routing_key, message.message_id, _event(message, at)) for message in messages]
    if rows:
        await connection.execute(query("append_to_outbox"), *_columns(rows), at)


def _event(message: Announce, at: datetime) -> bytes:
    return write_event(
        CloudEvent(id=message.message_id, source=SOURCE, type=message.type, time=at, data=message.data)
    )
