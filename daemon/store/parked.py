"""Messages nobody could act on: parked with a reason, sealed where they may hold buyer data."""

from base64 import b64encode
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import asyncpg
import msgspec

from daemon.store.database import Connection, query
from daemon.store.notes import write_notes
from daemon.store.parked_search import ParkedMessage
from daemon.store.sealing import KeyRing, current_keys, seal_bodies
from daemon.topology import DEAD_LETTERS
from handlers.alerts import AlertKind
from handlers.notes import Announce, Note, RaiseAlert, ResolveAlert
from handlers.parking import Parking, seal_subject
from schemas.outgoing import DEAD_LETTER, DeadLetterData


async def park(connection: Connection, parking: Parking, at: datetime) -> int:
    """Park one message in the caller's transaction; returns its row id."""
    return (await park_all(connection, [parking], at))[0]


async def park_all(
    connection: Connection,
    parkings: Sequence[Parking],
    at: datetime,
    *,
    owners: Mapping[str, str] | None = None,
    ring: KeyRing | None = None,
) -> list[int]:
    """Park messages in the caller's transaction: row, notice and alert. Returns their row ids, in order.

    A message that is parked already is counted, not parked twice. `owners` is `settings.owners`; `ring` is the
    process's key ring unless given. Raises SealingFault when a body must be sealed and there is no key.
    """
    if not parkings:
        return []
    single = _merged(parkings)
    bodies = await _stored_bodies(connection, single, at, ring)
    rows = [_row(place, parking, body) for place, (parking, body) in enumerate(zip(single, bodies, strict=True))]
    written = await connection.fetch(query("park_messages"), *zip(*rows, strict=True), at)
    notes = [*_notices(single, written), *_alerts(single)]
    await write_notes(connection, notes, at, owners or {})
    ids = {_key(single[row["place"]]): int(row["id"]) for row in written}
    return [ids[_key(parking)] for parking in parkings]


def _key(parking: Parking) -> tuple[str, str, str]:
    return parking.origin, parking.body_hash, parking.message_id


def _merged(parkings: Sequence[Parking]) -> list[Parking]:
    """One of each message, with the deliveries of all."""
    times = Counter(_key(parking) for parking in parkings)
    last = {_key(parking): parking for parking in parkings}
    return [msgspec.structs.replace(one, deliveries=one.deliveries + times[key] - 1) for key, one in last.items()]


async def _stored_bodies(
    connection: Connection, parkings: Sequence[Parking], at: datetime, ring: KeyRing | None
) -> list[bytes]:
    secret = [(parking.subject, parking.body) for parking in parkings if parking.may_hold_buyer_data]
    if not secret:
        return [parking.body for parking in parkings]
    sealed = iter(await seal_bodies(connection, secret, at, ring or current_keys()))
    return [next(sealed) if parking.may_hold_buyer_data else parking.body for parking in parkings]


def _row(place: int, parking: Parking, body: bytes) -> tuple[object, ...]:
    return (
        parking.reason,
        parking.detail,
        parking.origin,
        parking.exchange,
        parking.routing_key,
        parking.message_id,
        parking.source,
        parking.partition_key,
        msgspec.json.encode(parking.headers).decode(),
        parking.content_type,
        body,
        parking.may_hold_buyer_data,
        parking.body_hash,
        parking.trace,
        parking.deliveries,
        place,
    )


def _notices(parkings: Sequence[Parking], written: Sequence[asyncpg.Record]) -> list[Note]:
    return [_notice(parkings[row["place"]], row) for row in written if row["is_news"]]


def _notice(parking: Parking, row: asyncpg.Record) -> Announce:
    data = DeadLetterData(
        parked_id=row["id"],
        reason=parking.reason,
        detail=parking.detail,
        origin=parking.origin,
        exchange=parking.exchange,
        routing_key=parking.routing_key,
        message_id=parking.message_id,
        source=parking.source,
        partition_key=parking.partition_key,
        body_hash=parking.body_hash,
        deliveries=row["deliveries"],
        parked_at=row["parked_at"],
        **_shown_body(parking),
    )
    return Announce(
        exchange=DEAD_LETTERS,
        routing_key=f"{parking.reason}.{parking.origin}"[:255],
        type=DEAD_LETTER,
        message_id=f"parked-{row['id']}-{row['deliveries']}",
        data=msgspec.to_builtins(data),
    )


def _shown_body(parking: Parking) -> dict[str, str]:
    if parking.may_hold_buyer_data:
        return {}
    try:
        return {"body_text": parking.body.decode()}
    except UnicodeDecodeError:
        return {"body_base64": b64encode(parking.body).decode()}


def parked_cause(origin: str, reason: str) -> str:
    """The cause of MESSAGE_PARKED: one alert per queue and reason."""
    return f"{origin}:{reason}"


def _alerts(parkings: Sequence[Parking]) -> list[Note]:
    return [
        RaiseAlert(
            kind=AlertKind.MESSAGE_PARKED,
            cause=parked_cause(parking.origin, parking.reason),
            subject=parking.origin,
            text=f"parked ({parking.reason}): {parking.detail}"[:500],
            detail={"origin": parking.origin, "reason": parking.reason, "routing_key": parking.routing_key},
        )
        for parking in parkings
    ]


@dataclass(frozen=True, slots=True)
class Settlement:
    """What a person did about parked messages."""

    state: Literal["replayed", "discarded"]
    by: str
    note: str = ""
    corrected_body: bytes | None = None


async def settle(
    connection: Connection,
    messages: Sequence[ParkedMessage],
    settlement: Settlement,
    at: datetime,
    owners: Mapping[str, str],
    ring: KeyRing | None = None,
) -> list[int]:
    """Record what was done, and resolve the alerts of which nothing is left parked. Returns the ids settled.

    A message that was parked again since `messages` was read is left alone: it is parked, whatever was done before.
    """
    settled = [message for message in messages if await _settle_one(connection, message, settlement, at, ring)]
    await resolve_causes(connection, {(message.origin, message.reason) for message in settled}, at, owners)
    return [message.id for message in settled]


async def _settle_one(
    connection: Connection, message: ParkedMessage, settlement: Settlement, at: datetime, ring: KeyRing | None
) -> bool:
    body = settlement.corrected_body
    if body is not None and message.body_sealed:
        subject = seal_subject(message.partition_key, message.body_hash)
        [body] = await seal_bodies(connection, [(subject, body)], at, ring or current_keys())
    row = await connection.fetchrow(
        query("settle_parked"),
        message.id,
        message.state,
        message.deliveries,
        settlement.state,
        at,
        settlement.by,
        settlement.note,
        body,
    )
    return row is not None


async def resolve_causes(
    connection: Connection, causes: Collection[tuple[str, str]], at: datetime, owners: Mapping[str, str]
) -> None:
    """Resolve MESSAGE_PARKED for each (origin, reason) of which nothing is parked any more."""
    if not causes:
        return
    kinds = [AlertKind.MESSAGE_PARKED.value] * len(causes)
    await connection.execute(query("lock_open_alerts"), kinds, [parked_cause(*cause) for cause in causes])
    # Counted under the lock: who parks one more of that cause waits for it, and opens a new alert.
    origins, reasons = zip(*causes, strict=True)
    rows = await connection.fetch(query("causes_still_parked"), origins, reasons)
    gone = set(causes) - {(row["origin"], row["reason"]) for row in rows}
    notes = [ResolveAlert(AlertKind.MESSAGE_PARKED, parked_cause(*cause)) for cause in sorted(gone)]
    await write_notes(connection, notes, at, owners)


async def resolve_emptied(connection: Connection, at: datetime, owners: Mapping[str, str]) -> None:
    """Resolve every MESSAGE_PARKED alert of which nothing is parked: a row may change its reason on the way."""
    rows = await connection.fetch(query("open_parked_causes"), AlertKind.MESSAGE_PARKED.value)
    await resolve_causes(connection, {(row["origin"], row["reason"]) for row in rows}, at, owners)
