"""The ordered stock stream of one SKU in one warehouse.

Hears: `inventory.level` (absolute) and `inventory.moved` (signed), each with a `sequence` and an `epoch`.
Remembers: the balance, the last applied sequence, and what is wrong (`handlers/stock_state.py`).
Decides: applied, held behind a gap, stale, or refused.
The rules are the bus contract's; `docs/decisions/0003-stock-stream.md` tells what was read into them.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Literal

import msgspec

from handlers.stock_state import (
    NEW_EPOCH,
    TOO_MANY_HELD,
    WENT_BACK,
    Applied,
    StockState,
    Trouble,
    doubted,
    with_trouble,
)
from schemas.inventory import Quantities, StockMessage

SUSPICIONS_FOR_DOUBT = 3
MAX_JUMP = 1_000_000
"""Numbers that may be missing before one movement. Beyond it the number is a mistake, not a loss: it is refused."""
MAX_HELD = 2_000
"""Movements kept behind one gap. Beyond it only a level helps, and the SKU is in doubt at once."""

Outcome = Literal["applied", "held", "stale", "refused"]


class Step(msgspec.Struct, frozen=True):
    """What one message did. `reason` says why it was stale or refused; `dropped` held movements were covered."""

    state: StockState
    outcome: Outcome
    applied: tuple[Applied, ...] = ()
    reason: str = ""
    dropped: int = 0
    doubts: str = ""
    """Why a doubt began with this message; empty when none did."""


class Rules(msgspec.Struct, frozen=True):
    skew: timedelta = timedelta(seconds=5)
    ahead: timedelta = timedelta(days=1)
    """A message from further in the future than this is refused: its clock cannot be believed."""


def decide(state: StockState, message: StockMessage, at: datetime, rules: Rules) -> Step:
    """Apply, hold, ignore or refuse one message. `at` is business time."""
    if message.source != state.source:
        return _refused(state, "second_source", at)
    if message.time > at + rules.ahead:
        return _refused(state, "absurd_time", at)
    if message.epoch < state.epoch:
        if message.is_level and _answers(state.trouble, message):
            return _in_epoch(_epoch_taken_back(state, message), message, at, rules)
        return Step(state, "stale", reason="old_epoch")
    if message.epoch == state.epoch:
        return _in_epoch(state, message, at, rules)
    step = _in_epoch(_next_epoch(state, message, at), message, at, rules)
    return msgspec.structs.replace(step, doubts=NEW_EPOCH)


def outflow(messages: Iterable[StockMessage]) -> int:
    """Eaches that held movements take out of what is available."""
    return sum(max(0, -message.quantities.available) for message in messages)


def _refused(state: StockState, reason: str, at: datetime) -> Step:
    return Step(doubted(state, reason, at), "refused", reason=reason, doubts=reason)


def _next_epoch(state: StockState, message: StockMessage, at: datetime) -> StockState:
    fresh = msgspec.structs.replace(
        state, epoch=message.epoch, applied=None, held=(), trouble=Trouble(highest_seen=message.sequence)
    )
    return doubted(fresh, NEW_EPOCH, max(at, message.time))


def _epoch_taken_back(state: StockState, level: StockMessage) -> StockState:
    """The warehouse answers our own request from an epoch below ours: the higher one was never true."""
    assert state.trouble is not None
    trouble = msgspec.structs.replace(state.trouble, highest_seen=level.sequence, held_outflow=0, gap_since=None)
    return msgspec.structs.replace(state, epoch=level.epoch, applied=None, held=(), trouble=trouble)


def _in_epoch(state: StockState, message: StockMessage, at: datetime, rules: Rules) -> Step:
    if message.is_level:
        return _level(state, message, at, rules)
    if state.applied is not None and message.sequence > state.applied + MAX_JUMP:
        return _refused(state, "absurd_jump", at)
    if state.applied is None or message.sequence > state.applied + 1:
        return _hold(state, message, at)
    if message.sequence <= state.applied:
        return _stale(state, message, at)
    return _movement(state, message)


def _movement(state: StockState, message: StockMessage) -> Step:
    balance = _moved(state.balance, message.quantities)
    entry = Applied(message, state.number + 1, balance)
    moved = StockState(
        state.source, state.epoch, message.sequence, entry.number, balance, _later(state.last_time, message.time),
        state.level_time, state.trouble, state.held,
    )  # fmt: skip
    if state.trouble is None:
        return Step(moved, "applied", (entry,))
    settled, released = _release(moved)
    return Step(settled, "applied", (entry, *released))


def _level(state: StockState, message: StockMessage, at: datetime, rules: Rules) -> Step:
    answers = _answers(state.trouble, message)
    anew = answers and state.trouble is not None and state.trouble.doubt_reason == WENT_BACK
    if not anew and _level_is_stale(state, message, answers=answers):
        return _stale(state, message, at)
    held = () if anew else tuple(kept for kept in state.held if kept.sequence > message.sequence)
    entry = Applied(message, state.number + 1, message.quantities)
    levelled = StockState(
        state.source, state.epoch, message.sequence, entry.number, message.quantities,
        message.time if anew else _later(state.last_time, message.time), message.time, state.trouble, held,
    )  # fmt: skip
    if state.trouble is None:
        return Step(levelled, "applied", (entry,))
    if anew:
        levelled = with_trouble(
            levelled, msgspec.structs.replace(state.trouble, highest_seen=message.sequence, gap_since=None)
        )
    settled, released = _release(_doubt_ended(levelled, message, rules, answers=answers))
    if anew and any(kept.sequence > message.sequence for kept in state.held):
        # Dropped, and nobody knows of which counter they were: a second level will include them.
        settled = doubted(settled, WENT_BACK, at)
    return Step(settled, "applied", (entry, *released), dropped=len(state.held) - len(held))


def _level_is_stale(state: StockState, message: StockMessage, *, answers: bool) -> bool:
    if state.applied is None or message.sequence > state.applied:
        return False
    if message.sequence < state.applied:
        return True
    return state.level_time is not None and message.time <= state.level_time and not answers


def _answers(trouble: Trouble | None, message: StockMessage) -> bool:
    return trouble is not None and trouble.command_id is not None and message.command_id == trouble.command_id


def _doubt_ended(state: StockState, level: StockMessage, rules: Rules, *, answers: bool) -> StockState:
    trouble = state.trouble
    if trouble is None or trouble.doubt_since is None or level.sequence < trouble.highest_seen:
        return state
    if not answers and level.time <= trouble.doubt_since + rules.skew:
        return state
    ended = msgspec.structs.replace(trouble, doubt_since=None, doubt_reason="", command_id=None, asked_at=None)
    return with_trouble(state, ended)


def _release(state: StockState) -> tuple[StockState, tuple[Applied, ...]]:
    """Apply the held movements that now follow on, and see whether the gap has ended."""
    released = list[Applied]()
    held = state.held
    while held and state.applied is not None and held[0].sequence == state.applied + 1:
        message, held = held[0], held[1:]
        released.append(Applied(message, state.number + 1, _moved(state.balance, message.quantities)))
        state = msgspec.structs.replace(
            state,
            applied=message.sequence,
            number=released[-1].number,
            balance=released[-1].balance,
            last_time=_later(state.last_time, message.time),
        )
    return _gap_ended(msgspec.structs.replace(state, held=held)), tuple(released)


def _gap_ended(state: StockState) -> StockState:
    trouble = state.trouble
    if trouble is None:
        return state
    closed = state.applied is not None and state.applied >= trouble.highest_seen
    left = msgspec.structs.replace(
        trouble,
        held_outflow=outflow(state.held),
        gap_since=None if closed else trouble.gap_since,
        suspicions=0,
        highest_seen=max(trouble.highest_seen, state.applied or 0),
    )
    return with_trouble(state, left if left.gap_since or left.doubt_since else None)


def _hold(state: StockState, message: StockMessage, at: datetime) -> Step:
    if any(kept.sequence == message.sequence for kept in state.held):
        return Step(state, "stale", reason="held_already")
    trouble = state.trouble or Trouble(highest_seen=state.applied or 0)
    crowded = len(state.held) >= MAX_HELD
    held = state.held if crowded else tuple(sorted((*state.held, message), key=_by_sequence))
    waiting = msgspec.structs.replace(
        trouble,
        highest_seen=max(trouble.highest_seen, message.sequence),
        held_outflow=trouble.held_outflow + outflow((message,)),
        gap_since=trouble.gap_since or at,
        suspicions=0,
    )
    held_state = msgspec.structs.replace(state, held=held, trouble=waiting)
    if crowded and waiting.doubt_since is None:
        return Step(doubted(held_state, TOO_MANY_HELD, at), "held", reason="gap", doubts=TOO_MANY_HELD)
    return Step(held_state, "held", reason="gap")


def _stale(state: StockState, message: StockMessage, at: datetime) -> Step:
    """A number at or below the last; when its time is newer, the source's counter may have gone back."""
    if state.last_time is None or message.time <= state.last_time:
        return Step(state, "stale", reason="old_number")
    trouble = state.trouble or Trouble(highest_seen=state.applied or 0)
    if trouble.doubt_reason == WENT_BACK:
        return Step(state, "stale", reason="old_number")
    if trouble.suspicions + 1 < SUSPICIONS_FOR_DOUBT:
        suspected = msgspec.structs.replace(trouble, suspicions=trouble.suspicions + 1)
        return Step(with_trouble(state, suspected), "stale", reason="old_number")
    return Step(doubted(state, WENT_BACK, at), "stale", reason="old_number", doubts=WENT_BACK)


def _moved(balance: Quantities, delta: Quantities) -> Quantities:
    return Quantities(
        balance.available + delta.available,
        balance.allocated + delta.allocated,
        balance.ordered + delta.ordered,
        balance.received + delta.received,
        balance.picked + delta.picked,
        balance.held + delta.held,
    )


def _later(known: datetime | None, time: datetime) -> datetime:
    return time if known is None or time > known else known


def _by_sequence(message: StockMessage) -> int:
    return message.sequence
