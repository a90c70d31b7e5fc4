"""A message nobody can act on, made into a row that explains itself and has a way back."""

import hashlib
from base64 import b64encode
from collections.abc import Mapping
from datetime import datetime
from typing import Final

import msgspec

from schemas.envelope import Unreadable, attribute, read_envelope

HARMLESS: Final = "inventory."
"""Kinds whose bodies hold no buyer data. Everything else may, and so may anything that cannot be read."""

MAX_DETAIL: Final = 2_000
MAX_TRACE: Final = 8_000
MAX_ATTRIBUTE: Final = 500
MAX_HEADER: Final = 32_000
MAX_DEPTH: Final = 8
"""Levels of headers within headers that are kept: a producer may send hundreds, and no reader survives those."""
MAX_PLACE: Final = 100
"""Characters of a queue's or exchange's name. Ours are shorter, and an index must hold it beside the message's id."""

BROKERS_OWN: Final = ("x-death", "x-first-death-", "x-last-death-", "x-delivery-count", "x-acquired-count")
"""Headers that the broker adds while it delivers: kept in the row, left out of a replay."""


class Parking(msgspec.Struct, frozen=True):
    """A message to park. All texts can be stored; `body` is as it arrived."""

    reason: str
    detail: str
    origin: str
    exchange: str
    routing_key: str
    message_id: str
    source: str
    partition_key: str
    headers: dict[str, object]
    content_type: str
    body: bytes
    body_hash: str
    may_hold_buyer_data: bool
    deliveries: int = 1
    trace: str = ""

    @property
    def subject(self) -> str:
        """Whose key seals the body: dropping that key erases it."""
        return seal_subject(self.partition_key, self.body_hash)


def seal_subject(partition_key: str, body_hash: str) -> str:
    """`<account>/<order_reference>` where the message says so, else the message alone."""
    return partition_key or f"message:{body_hash}"


def parking(
    *,
    exchange: str,
    routing_key: str,
    headers: Mapping[str, object],
    body: bytes,
    content_type: str,
    delivery_count: int,
    origin: str,
    reason: str,
    detail: str,
    trace: str = "",
    given_up: bool = False,
) -> Parking:
    """A Parking of a delivery that `origin` (a queue) could not use. `delivery_count` is 0 the first time.

    `given_up`: the broker itself gave up on it, and named its first queue and exchange in the headers; those are
    taken. Elsewhere such headers are a producer's own, and are not believed.
    """
    identity = _identity(body, headers, content_type)
    return Parking(
        reason=storable(reason, MAX_ATTRIBUTE),
        detail=storable(detail, MAX_DETAIL),
        origin=(given_up and _first_death(headers, "queue")) or origin,
        exchange=(given_up and _first_death(headers, "exchange")) or exchange,
        routing_key=storable(routing_key, MAX_ATTRIBUTE),
        message_id=storable(identity.get("id", ""), MAX_ATTRIBUTE),
        source=storable(identity.get("source", ""), MAX_ATTRIBUTE),
        partition_key=storable(_text(headers.get("partitionkey")), MAX_ATTRIBUTE),
        headers=storable_headers(headers),
        content_type=storable(content_type, MAX_ATTRIBUTE),
        body=body,
        body_hash=hashlib.sha256(body).hexdigest(),
        may_hold_buyer_data=may_hold_buyer_data(routing_key, body, headers, content_type),
        deliveries=delivery_count + 1,
        trace=storable(trace, MAX_TRACE, keep_end=True),
    )


def bare_parking(*, exchange: str, routing_key: str, body: bytes, origin: str, reason: str, detail: str) -> Parking:
    """A Parking of which nothing can break: for a message whose own attributes cannot be kept."""
    return Parking(
        reason=storable(reason, MAX_ATTRIBUTE),
        detail=storable(detail, MAX_DETAIL),
        origin=origin,
        exchange=exchange,
        routing_key=storable(routing_key, MAX_ATTRIBUTE),
        message_id="",
        source="",
        partition_key="",
        headers={},
        content_type="",
        body=body,
        body_hash=hashlib.sha256(body).hexdigest(),
        may_hold_buyer_data=True,
    )


def may_hold_buyer_data(routing_key: str, body: bytes, headers: Mapping[str, object], content_type: str) -> bool:
    """True unless the message can be read and says that it is about inventory."""
    try:
        envelope = read_envelope(body, headers, content_type)
        msgspec.json.decode(envelope.data)
    except (Unreadable, msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return True
    return not (routing_key.startswith(HARMLESS) and envelope.type.startswith(HARMLESS))


def _identity(body: bytes, headers: Mapping[str, object], content_type: str) -> dict[str, str]:
    try:
        envelope = read_envelope(body, headers, content_type)
    except (Unreadable, RecursionError):
        found = {name: attribute(headers, name) for name in ("id", "source")}
        return {name: value for name, value in found.items() if value}
    return {"id": envelope.id, "source": envelope.source}


def _first_death(headers: Mapping[str, object], what: str) -> str:
    return storable(_text(headers.get(f"x-first-death-{what}")), MAX_PLACE)


def _text(value: object) -> str:
    if isinstance(value, bytes | bytearray):
        return bytes(value).decode("utf-8", "replace")
    return "" if value is None else str(value)


def storable(text: str, limit: int, *, keep_end: bool = False) -> str:
    """Text that PostgreSQL takes: no NUL, no half of a surrogate pair, at most `limit` characters."""
    clean = text.replace("\x00", "\N{REPLACEMENT CHARACTER}").encode("utf-8", "replace").decode()
    if len(clean) <= limit:
        return clean
    return "…" + clean[1 - limit :] if keep_end else clean[: limit - 1] + "…"


def storable_headers(headers: Mapping[str, object], depth: int = MAX_DEPTH) -> dict[str, object]:
    """Headers as JSON: bytes that are not text become {"base64": …}, times ISO 8601; `depth` levels of them."""
    return {storable(str(name), MAX_ATTRIBUTE): _storable_value(value, depth) for name, value in headers.items()}


def _storable_value(value: object, depth: int) -> object:
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, bytes | bytearray):
        return _storable_bytes(bytes(value))
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Mapping | list | tuple) and depth == 0:
        return "… (nested deeper than is kept)"
    if isinstance(value, Mapping):
        return storable_headers({str(name): inner for name, inner in value.items()}, depth - 1)
    if isinstance(value, list | tuple):
        return [_storable_value(inner, depth - 1) for inner in value]
    return storable(str(value), MAX_HEADER)


def _storable_bytes(value: bytes) -> object:
    try:
        return storable(value.decode(), MAX_HEADER)
    except UnicodeDecodeError:
        return {"base64": b64encode(value).decode()}


def replayable_headers(headers: Mapping[str, object]) -> dict[str, str]:
    """Stored headers as they are published again: without the broker's own, everything as text."""
    return {
        name: value if isinstance(value, str) else msgspec.json.encode(value).decode()
        for name, value in headers.items()
        if value is not None and not name.startswith(BROKERS_OWN)
    }
