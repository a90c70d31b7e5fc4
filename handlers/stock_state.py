"""What the books know of one SKU's stream in a warehouse, and what may be wrong with it: a gap, a doubt, suspicions.

A doubt ends with a level that was asked for, or that is newer than the doubt; until then no channel is told more.
"""

from datetime import datetime

import msgspec

from schemas.inventory import Quantities, StockMessage
from schemas.terms import CommandId

GAP = "gap"
NEW_EPOCH = "new_epoch"
WENT_BACK = "counter_went_back"
TOO_MANY_HELD = "too_many_held"
PARKED = "parked"


class Trouble(msgspec.Struct, frozen=True, gc=False):
    """What is wrong with a SKU's stream. Healthy SKUs have none."""

    highest_seen: int
    held_outflow: int = 0
    gap_since: datetime | None = None
    doubt_since: datetime | None = None
    doubt_reason: str = ""
    command_id: CommandId | None = None
    asked_at: datetime | None = None
    suspicions: int = 0


class StockState(msgspec.Struct, frozen=True):
    """What the books know of a SKU in a warehouse. `applied` is None until an epoch's first level."""

    source: str
    epoch: int = 0
    applied: int | None = 0
    number: int = 0
    balance: Quantities = Quantities()
    last_time: datetime | None = None
    level_time: datetime | None = None
    trouble: Trouble | None = None
    held: tuple[StockMessage, ...] = ()


class Applied(msgspec.Struct, frozen=True, gc=False):
    """One entry of the stream: the message, its gap-free number, and the balance after it."""

    message: StockMessage
    number: int
    balance: Quantities


def doubted(state: StockState, reason: str, at: datetime) -> StockState:
    """The SKU in doubt from `at` on. A request made before is void: a new one has to be made.

    A counter that went back stays the reason: forgotten, the level that answers would be stale by its number.
    """
    trouble = state.trouble or Trouble(highest_seen=state.applied or 0)
    since = max(at, state.level_time) if state.level_time else at
    if trouble.doubt_reason == WENT_BACK:
        reason = WENT_BACK
    return with_trouble(
        state,
        msgspec.structs.replace(
            trouble, doubt_since=since, doubt_reason=reason, command_id=None, asked_at=None, suspicions=0
        ),
    )


def asked(state: StockState, command_id: CommandId, at: datetime) -> StockState:
    """A level was asked for under this id."""
    assert state.trouble is not None
    return with_trouble(state, msgspec.structs.replace(state.trouble, command_id=command_id, asked_at=at))


def needs_asking(state: StockState) -> bool:
    trouble = state.trouble
    return trouble is not None and trouble.doubt_since is not None and trouble.command_id is None


def may_not_rise(trouble: Trouble | None) -> bool:
    """A gap or a doubt may lower what a channel is told, never raise it."""
    return trouble is not None and (trouble.gap_since is not None or trouble.doubt_since is not None)


def with_trouble(state: StockState, trouble: Trouble | None) -> StockState:
    """None: all is well."""
    return msgspec.structs.replace(state, trouble=trouble)
