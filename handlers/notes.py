"""What a decision may want written besides its own books: alerts, questions, promises and messages.

Plain values; `daemon/store/notes.py` writes them in the transaction that records the fact.
"""

from datetime import datetime
from typing import TypeAlias

import msgspec

from handlers.alerts import AlertKind

Detail: TypeAlias = dict[str, str | int | list[str] | None]


class RaiseAlert(msgspec.Struct, frozen=True):
    """Open an alert, or count once more the open one of the same kind and cause."""

    kind: AlertKind
    cause: str
    subject: str
    text: str
    detail: Detail = {}
    deadline: datetime | None = None


class ResolveAlert(msgspec.Struct, frozen=True):
    """The cause is gone: the open alert closes itself. Nothing happens when none is open."""

    kind: AlertKind
    cause: str


class AskPerson(msgspec.Struct, frozen=True):
    """A question that only a person may answer. One open question per (kind, subject)."""

    kind: str
    subject: str
    owner: str
    question: str
    options: tuple[str, ...]
    default: str | None = None
    default_at: datetime | None = None
    detail: Detail = {}


class MakePromise(msgspec.Struct, frozen=True):
    """Something must be true by `deadline`. Made again while open, nothing changes; once kept, it starts anew."""

    kind: str
    subject: str
    owner: str
    deadline: datetime


class KeepPromise(msgspec.Struct, frozen=True):
    """The promised fact is recorded in this transaction."""

    kind: str
    subject: str


class Announce(msgspec.Struct, frozen=True):
    """A message to publish through the outbox. The same `message_id` on every repeat."""

    exchange: str
    routing_key: str
    type: str
    message_id: str
    data: dict[str, object]


Note: TypeAlias = RaiseAlert | ResolveAlert | AskPerson | MakePromise | KeepPromise | Announce

__all__ = [
    "Announce", "AskPerson", "Detail", "KeepPromise", "MakePromise", "Note", "RaiseAlert", "ResolveAlert",
]  # fmt: skip
