"""The warehouse's answers to our commands.

Hears `command.accepted` and `command.refused`. Remembers the answer beside the command. An accepted request for a
level is answered by the level itself; a refused one leaves its SKU in doubt, so somebody is told.
"""

from datetime import datetime
from typing import Literal

import msgspec

from handlers.alerts import AlertKind
from handlers.ledger import named
from handlers.notes import Note, RaiseAlert
from schemas.envelope import Unreadable
from schemas.order import CommandAnswer
from schemas.terms import Account, CommandId, Sku, Warehouse

What = Literal["accepted", "refused"]


class Asked(msgspec.Struct, frozen=True):
    """A request for a level that we made. `answered` once it is settled."""

    command_id: CommandId
    account: Account
    warehouse: Warehouse
    sku: Sku
    answered: bool


class Answered(msgspec.Struct, frozen=True):
    """What to write beside the request; `settled_at` is None while the level itself is still to come."""

    command_id: CommandId
    answer: str
    settled_at: datetime | None


class Decision(msgspec.Struct, frozen=True):
    outcome: Literal["done", "ignored"]
    word: str
    answered: Answered | None = None
    notes: tuple[Note, ...] = ()


def answer_of(event_type: str) -> What:
    """From `command.refused.v1` to `refused`. Raises Unreadable."""
    match event_type:
        case "command.accepted.v1":
            return "accepted"
        case "command.refused.v1":
            return "refused"
        case _:
            raise Unreadable("unknown_type", f"type {event_type!r} is no answer to a command that is spoken here")


def decide(what: What, answer: CommandAnswer, asked: Asked | None, at: datetime) -> Decision:
    """What an answer to a command changes. `asked` is None where no command of ours has that id."""
    if asked is None:
        return Decision("ignored", "unknown_command")
    if asked.answered:
        return Decision("ignored", "duplicate")
    if what == "accepted":
        return Decision("done", what, Answered(asked.command_id, what, None))
    where = f"{asked.sku} of {asked.account} in {asked.warehouse}"
    text = f"the warehouse refuses to tell the level of {where}: {answer.reason or 'no reason given'}"
    cause = named(asked.account, asked.warehouse, asked.sku)
    alert = RaiseAlert(AlertKind.LEVEL_REFUSED, cause, cause, text)
    return Decision("done", what, Answered(asked.command_id, f"refused: {answer.reason}"[:500], at), (alert,))
