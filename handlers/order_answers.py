"""What the warehouse answered to a request about an order, and what that makes of the books."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, assert_never

import msgspec

from handlers.alerts import AlertKind
from handlers.answers import Answer, Denied, Done, NeverLeft, Refused, Throttled, Unknown
from handlers.confirmations import back_off
from handlers.notes import Note, RaiseAlert, ResolveAlert
from handlers.order_requests import OrderEffect, WarehouseOrder, announced
from handlers.release_desk import Rules

NOT_STARTED: Final = ("", "draft", "pending")
"""Ending an order from here takes it away altogether."""
NOT_ENOUGH: Final = "not_enough_stocks_for_picking"
NO_PICKS: Final = (NOT_ENOUGH, "goods_out_already_allocated")
"""What Clarus says of picks that cannot be processed, and is no fault of ours: its published codes 39 and 59."""
QUICK: Final = (1.0, 60.0)
DENIALS: Final = (30.0, 300.0)


class Settled(msgspec.Struct, frozen=True):
    row: WarehouseOrder
    effect: OrderEffect
    notes: Sequence[Note] = ()


def after_answer(
    row: WarehouseOrder, effect: OrderEffect, answer: "Answer[str] | Answer[None]", now: datetime, rules: Rules,
    jitter: float,
) -> Settled:  # fmt: skip
    """The row of a request that was sent, once its answer is there."""
    match answer:
        case Done(value=value):
            return _done(row, effect, value or "", now, rules)
        case Refused(code=code, text=text) if effect.kind == "order_process" and code in NO_PICKS:
            return _no_picks(row, effect, code, text, now, rules)
        case Refused(code=code, text=text):
            return _later(row, effect.moved("held", reason=code, detail=text), now + rules.replica_lag)
        case Throttled(text=text):
            return _again(row, effect, "throttled", text, now, QUICK, jitter)
        case NeverLeft(reason=reason):
            return _again(row, effect, "never_left", reason, now, QUICK, jitter)
        case Denied(reason=reason):
            settled = _again(row, effect, "denied", reason, now, DENIALS, jitter)
            alert = RaiseAlert(AlertKind.SOURCE_DENIED, _cause(row), row.warehouse, reason)
            return Settled(settled.row, settled.effect, (alert,))
        case Unknown(reason=reason):
            return after_loss(row, effect, "unknown", reason, now, rules)
        case _:
            assert_never(answer)


def after_loss(
    row: WarehouseOrder, effect: OrderEffect, reason: str, detail: str, now: datetime, rules: Rules
) -> Settled:
    """Nobody knows whether it took effect: looks settle it."""
    lost = effect.moved("unknown", reason=reason, detail=detail, over_at=now + rules.late_effect, reads=0)
    return _later(row, lost, now + rules.look_soon)


def _done(row: WarehouseOrder, effect: OrderEffect, made: str, now: datetime, rules: Rules) -> Settled:
    accepted = effect.moved("accepted", due=now, over_at=None)
    changes: dict[str, object] = {"effect_key": "", "acted_at": now, "look_at": now + rules.replica_lag}
    if effect.kind == "order_create":
        changes |= {"goods_out_id": made, "status": "pending"}
    elif effect.kind == "order_cancel" and row.status in NOT_STARTED:
        changes |= {"status": "withdrawn", "told": None, "told_to": None, "look_at": now}
    elif effect.kind == "order_cancel":
        changes |= {"status": "cancelled", "look_at": now + rules.replica_lag}
    elif effect.kind == "order_process":
        changes["processed_version"] = effect.payload.version
    notes: list[Note] = [announced(accepted)]
    if effect.attempt > 1:
        notes.append(ResolveAlert(AlertKind.SOURCE_DENIED, _cause(row)))
    return Settled(msgspec.structs.replace(row, **changes), accepted, notes)


def _no_picks(row: WarehouseOrder, effect: OrderEffect, code: str, text: str, now: datetime, rules: Rules) -> Settled:
    """Nothing there to pick is tried again; nothing left to pick is what was asked for."""
    if code == NOT_ENOUGH:
        due = now + rules.look_again
        return _later(row, effect.moved("waiting", reason=code, detail=text, due=due), due)
    return _done(row, effect, "", now, rules)


def _again(
    row: WarehouseOrder, effect: OrderEffect, reason: str, detail: str, now: datetime, bounds: tuple[float, float],
    jitter: float,
) -> Settled:  # fmt: skip
    due = now + back_off(effect.attempt, bounds, jitter)
    return _later(row, effect.moved("waiting", reason=reason, detail=detail, due=due), due)


def _later(row: WarehouseOrder, effect: OrderEffect, at: datetime) -> Settled:
    return Settled(msgspec.structs.replace(row, look_at=at), effect)


def _cause(row: WarehouseOrder) -> str:
    return f"orders/{row.warehouse}"
