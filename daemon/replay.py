"""The way back of a parked message: published again as it came, then recorded.

Published first and recorded after: a crash in between leaves the message parked, to be replayed once more, which
its readers recognise by its id. Recorded first, it could be lost.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from daemon.bus.port import Bus, Publication
from daemon.store.database import Connection, Database
from daemon.store.parked import Settlement, settle
from daemon.store.parked_search import ParkedMessage, read_body
from daemon.store.sealing import Erased, KeyRing
from handlers.parking import replayable_headers

AT_ONCE = 100
"""Messages that are published before their rows are settled."""


@dataclass(frozen=True, slots=True)
class Replay:
    """One message with what would be published, or why nothing will be."""

    message: ParkedMessage
    publication: Publication | None
    refusal: str = ""


@dataclass(frozen=True, slots=True)
class Replayed:
    """What became of a replay. `unconfirmed`: the bus did not answer for it; it stays parked."""

    replayed: tuple[int, ...] = ()
    unconfirmed: tuple[int, ...] = ()
    refused: tuple[tuple[int, str], ...] = ()


async def plan(
    connection: Connection,
    messages: Sequence[ParkedMessage],
    *,
    again: bool = False,
    corrected_body: bytes | None = None,
    ring: KeyRing | None = None,
) -> list[Replay]:
    """What a replay of these messages would publish, and where; changes nothing.

    `again` allows messages that were replayed or discarded already. Raises SealingFault when a key is missing.
    """
    return [await _plan_one(connection, message, again, corrected_body, ring) for message in messages]


async def _plan_one(
    connection: Connection, message: ParkedMessage, again: bool, corrected_body: bytes | None, ring: KeyRing | None
) -> Replay:
    if message.state != "parked" and not again:
        return Replay(message, None, f"it was {message.state} already; use --again to replay it once more")
    if not message.exchange:
        return Replay(message, None, "it came without an exchange, so there is no way back; send it from its source")
    try:
        body = await read_body(connection, message.id, ring) if corrected_body is None else corrected_body
    except Erased as erased:
        return Replay(message, None, str(erased))
    return Replay(message, publication_of(message, body))


def publication_of(message: ParkedMessage, body: bytes) -> Publication:
    """The message as it came: exchange, routing key, headers and content type."""
    return Publication(
        exchange=message.exchange,
        routing_key=message.routing_key,
        body=body,
        message_id=message.message_id or f"parked-{message.id}",
        headers=replayable_headers(message.headers),
        content_type=message.content_type,
    )


async def replay(
    bus: Bus,
    database: Database,
    plans: Sequence[Replay],
    settlement: Settlement,
    at: datetime,
    owners: Mapping[str, str],
    ring: KeyRing | None = None,
) -> Replayed:
    """Publish what was planned, in order, and record what the bus confirmed."""
    done = Replayed(refused=tuple((one.message.id, one.refusal) for one in plans if one.publication is None))
    for chunk in _chunks([one for one in plans if one.publication is not None]):
        confirmed = await bus.publish([one.publication for one in chunk if one.publication is not None])
        told = [one.message for one, yes in zip(chunk, confirmed, strict=True) if yes]
        async with database.transaction() as connection:
            await settle(connection, told, settlement, at, owners, ring)
        done = replace(
            done,
            replayed=(*done.replayed, *(message.id for message in told)),
            unconfirmed=(
                *done.unconfirmed,
                *(one.message.id for one, yes in zip(chunk, confirmed, strict=True) if not yes),
            ),
        )
    return done


def _chunks(plans: Sequence[Replay]) -> Iterator[Sequence[Replay]]:
    for start in range(0, len(plans), AT_ONCE):
        yield plans[start : start + AT_ONCE]
