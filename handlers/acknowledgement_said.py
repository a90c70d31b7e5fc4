"""An answer to a purchase order as the books have it, and its row in the ledger of requests."""

import hashlib
from datetime import datetime
from typing import Final, Literal, TypeAlias

import msgspec

from handlers.acknowledging import Explained
from handlers.ledger import OUTCOMES, LedgerRow, State
from handlers.notes import Announce
from schemas.outgoing import OUTCOME, OutcomeData
from schemas.purchase_order import Acknowledgement, PurchaseOrderNumber
from schemas.terms import ChannelAccount

LANE: Final = "vendor"
PO_ACKNOWLEDGE: Final = "po_acknowledge"
PORTAL: Final = "portal"
"""Who answered, where the answer was found at the retailer."""
ACKNOWLEDGED: Final = "po_acknowledged"
"""The promise that an order is answered in time."""

SaidState: TypeAlias = Literal[
    "sent", "unsent", "unknown", "made", "processing", "presumed", "confirmed", "refused", "by_hand", "withdrawn"
]
"""`unsent`: certain not to have left. `made`: its file is, and lies here still. `processing`: taken.
`by_hand`: the retailer has another answer than ours."""
OPEN: Final[frozenset[SaidState]] = frozenset({"sent", "unsent", "unknown", "made", "processing", "presumed"})
UNSETTLED: Final[frozenset[SaidState]] = frozenset({"sent", "unsent", "unknown", "made", "processing"})
"""Nothing newer is said before it is known what became of this one."""
SAID: Final[frozenset[SaidState]] = frozenset(
    {"sent", "unknown", "made", "processing", "presumed", "confirmed", "by_hand"}
)
"""The retailer has it, may have it, or will."""
AT_EFFECT: Final[dict[SaidState, State]] = {
    "sent": "sent", "unsent": "waiting", "unknown": "unknown", "made": "accepted", "processing": "accepted",
    "presumed": "accepted", "confirmed": "live", "refused": "refused", "by_hand": "live", "withdrawn": "withdrawn",
}  # fmt: skip


class AcknowledgementRequest(msgspec.Struct, frozen=True, kw_only=True):
    """Which answer is sent: `sequence` names it among those to its order."""

    channel_account: ChannelAccount
    number: PurchaseOrderNumber
    sequence: int


class AcknowledgementEffect(LedgerRow, frozen=True, kw_only=True):
    """A row of the ledger; `request_id`: the retailer's transaction."""

    kind: Literal["po_acknowledge"] = "po_acknowledge"
    payload: AcknowledgementRequest


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """One answer to an order: a row that stands before its request leaves. `decided_by`: rule, policy, a person, or
    `portal` where it was found at the retailer."""

    channel_account: ChannelAccount
    number: PurchaseOrderNumber
    sequence: int
    """Counts the answers to one order from 1."""
    version: int
    """Of the order that it answers."""
    decided_by: str
    acknowledgement: Acknowledgement
    explained: tuple[Explained, ...] = ()
    state: SaidState = "sent"
    transaction_id: str = ""
    attempt: int = 1
    sent_at: datetime
    look_at: datetime | None = None
    text: str = ""
    """The partner's words, where it has any."""

    @property
    def subject(self) -> str:
        return f"{self.channel_account}/{self.number}"

    @property
    def unique_key(self) -> str:
        return f"{PO_ACKNOWLEDGE}/{self.subject}/{self.sequence}"


def ledger_row(said: Said, deadline: datetime | None, holder: str) -> AcknowledgementEffect:
    """The answer as a request: what the ledger's states do not tell apart is its reason."""
    state = AT_EFFECT[said.state]
    return AcknowledgementEffect(
        subject=said.subject, unique_key=said.unique_key, account=said.channel_account, state=state,
        payload=AcknowledgementRequest(
            channel_account=said.channel_account, number=said.number, sequence=said.sequence
        ),
        reason=said.state if said.state != state else "", detail=said.text, due=said.sent_at, deadline=deadline,
        attempt=said.attempt, sent_at=said.sent_at, holder=holder, request_id=said.transaction_id,
        received_at=said.sent_at,
    )  # fmt: skip


def outcome(said: Said) -> Announce:
    """What became of it, for others to read. An answer may be said again and a state come back: the id has the
    attempt."""
    state = AT_EFFECT[said.state]
    data = OutcomeData(
        kind=PO_ACKNOWLEDGE, subject=said.subject, account=said.channel_account, outcome=state, reason=said.state,
        detail=said.text, attempt=said.attempt, request_id=said.transaction_id,
    )  # fmt: skip
    name = hashlib.sha256(f"{said.unique_key}/{said.state}/{said.attempt}".encode()).hexdigest()[:40]
    return Announce(OUTCOMES, f"{LANE}.{state}", OUTCOME, f"outcome-{name}", msgspec.to_builtins(data))
