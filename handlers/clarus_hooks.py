"""A webhook from Clarus: what it is about, and what it is good for.

Hears: a body of no documented shape, by an automation that our own settings name.
Remembers: contents that came before, and when each last led to a read.
Decides: marked (its product or goods out is read), duplicate, replayed, or unreadable. Nothing in it is believed:
Clarus does not sign, so it is a hint to read and never a fact. Content that states its own time is the same event
when it comes again; content without a time may be a new event that looks the same, and is read again once the first
read can have missed it.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final, Literal

import msgspec

MAX_NAME: Final = 200

Verdict = Literal["marked", "duplicate", "replayed", "unreadable"]


class Paths(msgspec.Struct, frozen=True):
    """Dotted paths into a body; of each kind, the first that is there counts."""

    sku: tuple[str, ...]
    product_id: tuple[str, ...]
    record: tuple[str, ...]
    time: tuple[str, ...]
    goods_out: tuple[str, ...] = ()


class Hint(msgspec.Struct, frozen=True):
    """As much of a body as we look at; empty where it does not say."""

    sku: str = ""
    product_id: str = ""
    record: str = ""
    time: datetime | None = None
    goods_out: str = ""
    """The reference of the goods out that it is about."""


class Rules(msgspec.Struct, frozen=True):
    lag: timedelta
    """By which a read may be behind."""
    age: timedelta
    """Beyond which a hint that states its time is a replay."""


def read_hint(body: bytes, paths: Paths) -> Hint:
    """Whatever the body is: what cannot be read says nothing."""
    try:
        content = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return Hint()
    return Hint(
        _first(content, paths.sku),
        _first(content, paths.product_id),
        _first(content, paths.record),
        _time(_first(content, paths.time)),
        _first(content, paths.goods_out),
    )


def judge(hint: Hint, last_marked: datetime | None, at: datetime, rules: Rules) -> Verdict:
    """`last_marked`: when this very content last led to a read; None the first time."""
    if hint.time is not None and hint.time < at - rules.age:
        return "replayed"
    if not hint.sku and not hint.goods_out:
        return "unreadable"
    if last_marked is not None and (hint.time is not None or at < last_marked + rules.lag):
        return "duplicate"
    return "marked"


def _first(content: Any, paths: Sequence[str]) -> str:
    return next((found for path in paths if (found := _at(content, path))), "")


def _at(content: Any, path: str) -> str:
    for name in path.split("."):
        content = content.get(name) if isinstance(content, dict) else None
    if isinstance(content, bool) or not isinstance(content, str | int):
        return ""
    text = str(content)
    return text if len(text) <= MAX_NAME and "\x00" not in text else ""


def _time(text: str) -> datetime | None:
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        return None
    return time if time.tzinfo is not None else None
