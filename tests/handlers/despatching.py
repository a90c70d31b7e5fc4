"""A despatch that is decided, as tests ask about it."""

from typing import Any

from handlers.alerts import AlertKind
from handlers.effects import Effect
from handlers.notes import Note, RaiseAlert
from handlers.parcels import Known
from tests.controls.despatches import mappings, order

SUBJECT = "acme/D1/P1"


def only(effects: tuple[Effect, ...]) -> Effect:
    [effect] = effects
    return effect


def alerts(notes: tuple[Note, ...]) -> list[tuple[AlertKind, str]]:
    return [(note.kind, note.cause) for note in notes if isinstance(note, RaiseAlert)]


def with_order(**changes: Any) -> Known:
    return Known(mappings=mappings(), order=order(**changes))
