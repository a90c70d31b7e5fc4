"""What the AMQP frames of one delivery say, read where they lie in the socket's bytes."""

import logging
from collections.abc import Mapping
from struct import Struct as Layout
from typing import Any

from pamqp import decode

Preface = tuple[int, bool, str, str]
"""Tag, redelivered, exchange, routing key."""
Content = tuple[str, Mapping[str, object], int]
"""Content type, headers, delivery count."""

_TAG = Layout(">QB")
_LONG = Layout(">I")
_HEADER_START = Layout(">QH")
_CONTENT_TYPE, _CONTENT_ENCODING, _HEADERS = 1 << 15, 1 << 14, 1 << 13
_TEXT = ord("S")

log = logging.getLogger(__name__)


def read_preface(data: bytes, position: int) -> Preface:
    """The arguments of basic.deliver: the consumer's name is skipped, for a channel has one consumer."""
    position += 1 + data[position]
    tag, redelivered = _TAG.unpack_from(data, position)
    exchange, position = read_short_text(data, position + 9)
    routing_key, _ = read_short_text(data, position)
    return tag, bool(redelivered), exchange, routing_key


def read_content(data: bytes, start: int) -> tuple[Content, int]:
    """The properties that we use, and how many bytes of body will follow."""
    size, flags = _HEADER_START.unpack_from(data, start + 4)
    position, content_type = start + 14, ""
    if flags & _CONTENT_TYPE:
        content_type, position = read_short_text(data, position)
    if flags & _CONTENT_ENCODING:
        position += 1 + data[position]
    headers = _headers(data, position) if flags & _HEADERS else {}
    return (content_type, headers, _count(headers)), size


def read_short_text(data: bytes, position: int) -> tuple[str, int]:
    end = position + 1 + data[position]
    return data[position + 1 : end].decode("utf-8", "replace"), end


def _headers(data: bytes, position: int) -> dict[str, Any]:
    try:
        return _table(data, position)
    except Exception:
        # Whatever a producer put there: one message must not end the connection again and again.
        log.warning("a message came with headers that cannot be read: it is delivered without them")
        return {}


def _table(data: bytes, position: int) -> dict[str, Any]:
    """A field table. Text, nearly all that is ever sent, is read here; everything else by the library."""
    start = position
    end = position + 4 + _LONG.unpack_from(data, position)[0]
    position += 4
    table: dict[str, Any] = {}
    while position < end:
        after_name = position + 1 + data[position]
        name = data[position + 1 : after_name].decode()
        if data[after_name] == _TEXT:
            after_length = after_name + 5
            position = after_length + _LONG.unpack_from(data, after_name + 1)[0]
            table[name] = _text(data[after_length:position])
        else:
            used, table[name] = decode.embedded_value(data[after_name:end])
            position = after_name + used
    if position != end:
        raise ValueError(f"the table at {start} is longer than it says")
    return table


def _text(value: bytes) -> str | bytes:
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value


def _count(headers: Mapping[str, object]) -> int:
    """Deliveries before this one; brokers omit it or send 0 the first time."""
    count = headers.get("x-delivery-count", 0)
    return count if isinstance(count, int) else 0
