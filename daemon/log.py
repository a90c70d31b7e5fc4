"""The log: one JSON object a line on stderr, with a fixed action word, a correlation id and a business reference.

    log = logging.getLogger(__name__)
    log.info("told the channel", extra=fact("stock_told", reference=seller_sku, listings=1))

Whatever a line says, secrets that this process has read and anything that looks like a token leave it masked.
"""

import logging
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import TextIO, cast

import msgspec

from daemon.secrets import MASK, known_spans, mask_spans

_FACT = "goodsout_fact"
_correlation: ContextVar[str | None] = ContextVar("goodsout_correlation", default=None)
_reference: ContextVar[str | None] = ContextVar("goodsout_reference", default=None)

_NAME = (
    r"(?:proxy-)?authorization|x-amz-access-token|x-shopify-access-token|x-api-key|cookie|set-cookie"
    r"|access_?token|refresh_?token|id_?token|client_?secret|api_?key|password|passwd|secret"
)
_HEADER = re.compile(
    rf"(?P<name>\b(?:{_NAME})\b(?:[\"']\s*,|[\"']?\s*[:=])\s*)(?P<value>b?\"[^\"]*\"|b?'[^']*'|(?:(?:bearer|basic)\s+)?[^\s,;&}})\]]+)",
    re.IGNORECASE,
)
_WHOLE_LINE = re.compile(
    r"\b((?:proxy-)?authorization|(?:set-)?cookie)\s*:\s*(?P<value>(?![\"'\s])[^\r\n]+)", re.IGNORECASE
)
"""Headers as they travel: schemes such as AWS4 go on after commas and spaces."""
_LOOSE = re.compile(
    r"\bAtz[ar]\|[\w~+/=.-]+|\bbearer\s+[\w~+/=.|-]{8,}|(?<=://)[^/\s:@]*:[^/\s@]+(?=@)", re.IGNORECASE
)
_SECRET_KEY = re.compile(rf"(?:{_NAME})", re.IGNORECASE)


def fact(
    action: str, *, correlation: str | None = None, reference: str | None = None, **more: object
) -> dict[str, object]:
    """The `extra` of a log call. `action` is a fixed word: people and rules search for it."""
    said = {"action": action, "correlation": correlation, "reference": reference, **more}
    return {_FACT: {name: value for name, value in said.items() if value is not None}}


@contextmanager
def about(*, correlation: str | None = None, reference: str | None = None) -> Iterator[None]:
    """What every line within, in this task, is about, where the line itself does not say otherwise."""
    correlation_before, reference_before = _correlation.get(), _reference.get()
    _correlation.set(correlation or correlation_before)
    _reference.set(reference or reference_before)
    try:
        yield
    finally:
        _correlation.set(correlation_before)
        _reference.set(reference_before)


def redacted(text: str) -> str:
    """The text without known secrets, and without the values of headers and fields that hold tokens."""
    return mask_spans(text, [*known_spans(text), *_token_spans(text)])


def _token_spans(text: str) -> Iterator[tuple[int, int]]:
    """Found in the text as it stands: a known value masked first could take away the name that gives a token away."""
    for pattern in (_WHOLE_LINE, _HEADER):
        yield from (found.span("value") for found in pattern.finditer(text))
    yield from (found.span() for found in _LOOSE.finditer(text))


class Redaction(logging.Filter):
    """Masks a record before anything formats it: message, traceback, stack and facts."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = redacted(_message(record)), ()
        if record.exc_info and not record.exc_text:
            record.exc_text = logging.Formatter().formatException(record.exc_info)
        record.exc_info = None
        record.exc_text = redacted(record.exc_text) if record.exc_text else None
        record.stack_info = redacted(record.stack_info) if record.stack_info else None
        setattr(record, _FACT, _clean(_facts(record)))
        return True


class JsonLines(logging.Formatter):
    """One record as one JSON object."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "action": "note",
            "message": record.getMessage(),
            "logger": record.name,
        }
        line |= {name: value for name, value in _around().items() if value is not None}
        line |= _facts(record)
        if record.exc_text:
            line["error"] = record.exc_text
        if record.stack_info:
            line["stack"] = record.stack_info
        return msgspec.json.encode(line, enc_hook=repr).decode()


def setup_logging(level: str = "info", stream: TextIO | None = None) -> None:
    """Send every logger's lines, from `level` on, to stderr (or `stream`), masked. Replaces what was set before."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.addFilter(Redaction())
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())
    for chatty in ("aio_pika", "aiormq", "aiohttp.access", "asyncio"):
        logging.getLogger(chatty).setLevel(max(logging.WARNING, root.level))


def _message(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except (TypeError, ValueError, KeyError):
        return f"{record.msg} (and its arguments do not fit: {len(record.args or ())} of them)"


def _facts(record: logging.LogRecord) -> dict[str, object]:
    return cast("dict[str, object]", getattr(record, _FACT, {}))


def _around() -> dict[str, object]:
    about_now = {"correlation": _correlation.get(), "reference": _reference.get()}
    return {name: redacted(value) for name, value in about_now.items() if value is not None}


def _clean(value: object) -> object:
    match value:
        case str():
            return redacted(value)
        case dict():
            return {str(name): _clean_named(str(name), inner) for name, inner in value.items()}
        case list() | tuple() | set() | frozenset():
            return [_clean(inner) for inner in value]
        case int() | float() | None:
            return value
        case _:
            return redacted(str(value))


def _clean_named(name: str, value: object) -> object:
    return MASK if _SECRET_KEY.fullmatch(name) else _clean(value)
