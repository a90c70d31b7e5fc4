"""The envelope of every message on the bus: CloudEvents 1.0, structured JSON or binary with AMQP headers."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

import msgspec

from schemas.duplicate_keys import duplicate_key

STRUCTURED: Final = "application/cloudevents+json"
MAX_BODY: Final = 1_048_576
"""Bytes. A despatch of a thousand parcels is a tenth of it; anything above is refused unread."""

MAX_ATTRIBUTE: Final = 500

_BINARY_PREFIXES = ("cloudEvents_", "cloudEvents:")


class Unreadable(Exception):
    """This message cannot be understood, and trying again will not help. `reason` is a word, the text explains."""

    def __init__(self, reason: str, text: str) -> None:
        super().__init__(text)
        self.reason = reason


class Envelope(msgspec.Struct, frozen=True, gc=False):
    """Attributes of a CloudEvent that we use. `sequence` and `epoch` are the contract's extension attributes."""

    id: str
    source: str
    type: str
    data: msgspec.Raw
    time: datetime | None = None
    sequence: str | int | None = None
    epoch: int | str = 0
    specversion: str = "1.0"


_structured = msgspec.json.Decoder(Envelope)


def read_envelope(
    body: bytes, headers: Mapping[str, object], content_type: str, max_body: int = MAX_BODY
) -> Envelope:
    """The envelope of a delivery in either mode. Raises Unreadable with the reason."""
    if len(body) > max_body:
        raise Unreadable("oversize", f"the body has {len(body)} bytes; at most {max_body} are read")
    _check_text(body)
    envelope = _from_body(body) if _is_structured(headers, content_type) else _from_headers(body, headers)
    if (twice := duplicate_key(body)) is not None:
        raise Unreadable("malformed", f"the name {twice[:80]!r} stands twice in one object; which one counts?")
    return _checked(envelope)


def _check_text(body: bytes) -> None:
    """The decoder skips fields that nobody reads, and would not notice that the body was damaged there."""
    if body.isascii():
        return
    try:
        body.decode()
    except UnicodeDecodeError as error:
        raise Unreadable("malformed", f"the body is not UTF-8: {error}") from None


def _is_structured(headers: Mapping[str, object], content_type: str) -> bool:
    if content_type.startswith(STRUCTURED):
        return True
    return not any(prefix + "id" in headers for prefix in _BINARY_PREFIXES)


def _from_body(body: bytes) -> Envelope:
    try:
        return _structured.decode(body)
    except msgspec.ValidationError as error:
        raise Unreadable("invalid_envelope", str(error)) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Unreadable("malformed", f"the body is not JSON: {error}") from None


def _from_headers(body: bytes, headers: Mapping[str, object]) -> Envelope:
    attributes = {
        name.removeprefix(prefix): _text(value)
        for prefix in _BINARY_PREFIXES
        for name, value in headers.items()
        if name.startswith(prefix)
    }
    try:
        return msgspec.convert({**attributes, "data": msgspec.Raw(body)}, Envelope, strict=False)
    except msgspec.ValidationError as error:
        raise Unreadable("invalid_envelope", f"in the message headers: {error}") from None


def _text(value: object) -> object:
    return value.decode("utf-8", "replace") if isinstance(value, bytes | bytearray) else value


def _checked(envelope: Envelope) -> Envelope:
    if not envelope.id or not envelope.source or not envelope.type:
        raise Unreadable("invalid_envelope", "id, source and type must not be empty")
    if max(len(envelope.id), len(envelope.source), len(envelope.type)) > MAX_ATTRIBUTE:
        raise Unreadable("invalid_envelope", f"id, source and type have at most {MAX_ATTRIBUTE} characters")
    if "\x00" in envelope.id or "\x00" in envelope.source:
        raise Unreadable("invalid_envelope", "id or source holds a NUL character")
    if envelope.specversion != "1.0":
        raise Unreadable("unknown_version", f"CloudEvents {envelope.specversion!r}; 1.0 is spoken here")
    if envelope.time is not None and envelope.time.tzinfo is None:
        raise Unreadable("invalid_envelope", "time has no zone")
    return envelope


def attribute(headers: Mapping[str, object], name: str) -> str | None:
    """An attribute that a binary-mode message carries in its headers, for when its body cannot be read."""
    for prefix in _BINARY_PREFIXES:
        value = _text(headers.get(prefix + name))
        if isinstance(value, str):
            return value
    return None


class CloudEvent(msgspec.Struct, frozen=True, omit_defaults=True):
    """A CloudEvent of ours, as we write it."""

    id: str
    source: str
    type: str
    time: datetime
    data: object
    sequence: str | None = None
    specversion: str = msgspec.field(default_factory=lambda: "1.0")
    datacontenttype: str = msgspec.field(default_factory=lambda: "application/json")


_writer = msgspec.json.Encoder()


def write_event(event: CloudEvent) -> bytes:
    """Structured mode. `specversion` is always written: its default is made, so it is never omitted."""
    return _writer.encode(event)
