"""A despatch's confirmation in the ledger, and what comes of it, as tests ask."""

from datetime import datetime, timedelta
from typing import Any

import msgspec

from handlers.alerts import AlertKind
from handlers.answers import Answer, Reading
from handlers.channel_orders import ChannelOrder, ChannelPackage
from handlers.confirmation_reads import after_reading
from handlers.confirmations import Rules, after_answer
from handlers.effects import Effect
from handlers.notes import Note, RaiseAlert
from schemas.amazon_orders import DespatchedLine
from schemas.terms import PackageReference
from tests.controls import despatches as control

NOW = control.AT + timedelta(minutes=1)
RULES = Rules(timedelta(seconds=60), timedelta(seconds=30), unknown_reads=3)
OVER = NOW + timedelta(seconds=90)
SUBJECT = "acme/D1/P1"


def effect(state: Any = "sent", **changes: Any) -> Effect:
    [made] = control.decided().new
    whole: dict[str, Any] = {"id": 1, "attempt": 1, "sent_at": NOW, "state": state}
    if state == "unknown":
        whole |= {"over_at": OVER, "reason": "unknown"}
    return msgspec.structs.replace(made, **(whole | changes))


def shown(
    reference: str = "100001", tracking: str = control.TRACKING, quantity: int = 1, **changes: Any
) -> ChannelOrder:
    """The order with one package."""
    lines = (DespatchedLine(control.LINE, quantity),)
    package = ChannelPackage(PackageReference(reference), "DPD", tracking, lines)
    return control.order(packages=[package], ours=["100001"], **changes)


def answered(answer: "Answer[None]", row: Effect | None = None) -> tuple[Effect, list[Note]]:
    return after_answer(row or effect(), answer, NOW, RULES, 0.0)


def read(reading: "Reading[ChannelOrder]", row: Effect, begun: datetime | None = None) -> tuple[Effect, list[Note]]:
    begun = begun or NOW
    return after_reading(row, reading, begun, begun, RULES, control.mappings(), 0.0)


def kinds(notes: list[Note]) -> list[AlertKind]:
    return [note.kind for note in notes if isinstance(note, RaiseAlert)]
