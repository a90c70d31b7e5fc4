"""The ledger of requests to partners: what every row of it holds, whatever it asks, and how its end is told.

A row is written before its request leaves. `daemon/store/ledger.py` writes the rows.
"""

import hashlib
from datetime import datetime
from typing import Final, Literal, Self

import msgspec

from handlers.notes import Announce
from schemas.outgoing import OUTCOME, OutcomeData

State = Literal[
    "blocked", "held", "waiting", "sent", "unknown", "accepted", "live", "refused", "withdrawn", "dead"
]  # fmt: skip
SETTLED: Final[frozenset[State]] = frozenset({"accepted", "live", "refused", "withdrawn", "dead"})

OUTCOMES: Final = "goodsout.outcomes"


class LedgerRow(msgspec.Struct, frozen=True, kw_only=True):
    """One request. Each lane adds its kind and its payload. `id` is 0 until it is written."""

    id: int = 0
    subject: str
    """What it is about: requests of one subject follow one another."""
    unique_key: str
    account: str
    state: State
    reason: str = ""
    detail: str = ""
    due: datetime
    deadline: datetime | None = None
    attempt: int = 0
    reads: int = 0
    """Looks, or repeats, since the last thing that we knew."""
    sent_at: datetime | None = None
    over_at: datetime | None = None
    """When the last attempt can no longer take effect."""
    holder: str = ""
    request_id: str = ""
    received_at: datetime

    def moved(self, state: State, **changes: object) -> Self:
        """The same row in another state; reason and detail start empty."""
        return msgspec.structs.replace(self, **({"reason": "", "detail": ""} | changes | {"state": state}))


def outcome(row: LedgerRow, kind: str, lane: str) -> Announce:
    """What became of a request, for others to read. The same id on every repeat."""
    data = OutcomeData(
        kind=kind, subject=row.subject, account=row.account, outcome=row.state, reason=row.reason, detail=row.detail,
        effect_id=row.id or None, attempt=row.attempt, request_id=row.request_id,
    )  # fmt: skip
    name = f"outcome-{hashlib.sha256(row.unique_key.encode()).hexdigest()[:40]}-{row.state}"
    return Announce(OUTCOMES, f"{lane}.{row.state}", OUTCOME, name, msgspec.to_builtins(data))


def named(*parts: str) -> str:
    """Parts as one name; a slash inside a part cannot be taken for the slash between two."""
    return "/".join(part.replace("%", "%25").replace("/", "%2F") for part in parts)
