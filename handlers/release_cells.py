"""What each cell of the life-cycle table does at the desk: ask the warehouse, wait, tell the channel, ask people."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final

import msgspec

from handlers.alerts import AlertKind
from handlers.decisions import GIVE_UP
from handlers.life_cycle import GONE, SAYS, STANDS, Action, Change, Standing
from handlers.notes import AskPerson, RaiseAlert
from handlers.order_requests import (
    CHANGED,
    DONE_BY_HAND,
    FOUND,
    ORDER_REFUSED,
    ORDER_STOP,
    SEND_AGAIN,
    STOPPED,
    TOO_LATE,
    Kind,
    OrderEffect,
)
from handlers.pick_processing import note_unallocated, processing_due
from handlers.release_desk import Desk
from handlers.warehouse_orders import Wanted, agrees, lacking
from schemas.clarus_order_lists import Found


def _create(desk: Desk, change: Change, standing: Standing) -> None:
    del standing
    if _is_ready(desk):
        _request(desk, "order_create", change)


def _amend(desk: Desk, change: Change, standing: Standing) -> None:
    """From lines that are surely the newest: a line added twice would be sent twice."""
    del standing
    if not desk.fresh:
        desk.look_at = desk.shows_by
    elif _is_ready(desk):
        _request(desk, "order_amend", change)


def _cancel(desk: Desk, change: Change, standing: Standing) -> None:
    del standing
    _request(desk, "order_cancel", change)


def _wait(desk: Desk, change: Change, standing: Standing) -> None:
    """A look may show soon what became of the request, and is certain from `settles` on."""
    del change, standing
    effect = desk.effect
    if effect is None:
        desk.look_later()
        return
    settles = (effect.over_at or desk.now) + desk.rules.replica_lag
    again = desk.now + desk.rules.look_soon * 2 ** min(effect.reads, 6)
    desk.save(msgspec.structs.replace(effect, reads=effect.reads + 1))
    desk.look_at = min(again, settles) if settles > desk.now else again


def _nothing(desk: Desk, change: Change, standing: Standing) -> None:
    process_at = processing_due(desk, change, standing)
    if process_at is None or desk.effect is None or desk.effect.kind != "order_process":
        desk.withdraw_unsent()
    if change != "new" or desk.there is None or desk.wanted is None:
        return
    desk.released = True
    if desk.row.told is None:
        desk.save(desk.new("order_create", change, "live", FOUND))
        desk.put(**desk.telling(desk.wanted))
        if desk.rules.replica_lag:  # it may have been entered a moment ago: nothing else that is shown now is certain
            desk.put(acted_at=desk.now)
            desk.look_at = desk.shows_by
            return
    _compare(desk, desk.wanted, desk.there)
    if process_at is not None:
        _process(desk, change, process_at)


def _process(desk: Desk, change: Change, at: datetime) -> None:
    """Have it allocated and picked, once its time has come."""
    note_unallocated(desk)
    if at > desk.now:
        desk.look_at = min(desk.look_at or at, at)
    elif desk.effect is not None and desk.effect.state == "held":
        refused(desk)
    else:
        _request(desk, "order_process", change)


def _tell(desk: Desk, change: Change, standing: Standing) -> None:
    desk.withdraw_unsent()
    why = f" ({desk.row.gave_up})" if desk.row.gave_up_version == desk.version else ""
    text = f"{desk.name} {SAYS[change]}, and {STANDS[standing]}{why}: tell the channel"
    desk.alarm(AlertKind.ORDER_TELL_CHANNEL, text)


def _alert(desk: Desk, change: Change, standing: Standing) -> None:
    desk.withdraw_unsent()
    words = [desk.case.order.order.status_word] if change == "unknown" else []
    words += [desk.row.status_word] if standing == "unknown" else []
    shown = f" ({', '.join(word for word in words if word)})" if any(words) else ""
    desk.alarm(AlertKind.ORDER_ADRIFT, f"{desk.name} {SAYS[change]}, but {STANDS[standing]}{shown}")
    desk.look_later()


def _stop(desk: Desk, change: Change, standing: Standing) -> None:
    """Ask for it: nothing leaves before the answer, and no answer in time means that it was too late."""
    kind: Kind = "order_cancel" if change in GONE else "order_amend"
    # A buyer's wish is for a person to weigh; what the channel has decided, the warehouse's own system answers.
    if desk.rules.asks_machine and change != "cancel_asked":
        _request(desk, kind, change)
        return
    effect = desk.effect
    if effect is None or not _is_asked(desk, effect, kind):
        effect = _asked(desk, kind, change, standing)
    text = f"{desk.name} {SAYS[change]}, and {STANDS[standing]}: stop it by {effect.deadline:%H:%M} UTC"
    desk.alarm(AlertKind.ORDER_STOP_ASKED, text, effect.deadline)
    desk.look_later()


def _is_asked(desk: Desk, effect: OrderEffect, kind: Kind) -> bool:
    asked = effect.state == "held" and effect.reason == ORDER_STOP
    return asked and effect.kind == kind and effect.payload.version == desk.version


def _asked(desk: Desk, kind: Kind, change: Change, standing: Standing) -> OrderEffect:
    desk.withdraw_unsent()
    until = desk.now + desk.rules.stop_within
    effect = desk.save(msgspec.structs.replace(desk.new(kind, change, "held", ORDER_STOP), deadline=until, due=until))
    done = STOPPED if kind == "order_cancel" else CHANGED
    question = AskPerson(
        kind=ORDER_STOP,
        subject=effect.subject,
        owner="operations",
        question=f"{desk.name} {SAYS[change]}, and {STANDS[standing]}. Was that done in time?",
        options=(done, TOO_LATE),
        default=TOO_LATE,
        default_at=until,
        detail={"effect_key": effect.unique_key, "change": change, "warehouse": effect.payload.warehouse},
    )
    desk.notes.append(question)
    return effect


CELLS: Final[Mapping[Action, Callable[[Desk, Change, Standing], None]]] = {
    "create": _create, "amend": _amend, "cancel": _cancel, "wait": _wait, "stop": _stop, "tell": _tell,
    "alert": _alert, "nothing": _nothing,
}  # fmt: skip
"""By the action that the life-cycle table names."""


# What cells share.


def _is_ready(desk: Desk) -> bool:
    """Nothing is missing to make a request of it; else it waits, and goes on by itself."""
    if desk.wanted is None:
        return False
    if desk.rules.asks_machine:
        return True
    missing = lacking(desk.wanted, desk.case.to, desk.case.products)
    if missing is None:
        return True
    desk.withdraw_unsent()
    desk.waits_for = f"{desk.row.warehouse}/{missing.cause}"
    text = f"{missing.text}; order {desk.row.order_reference} and any like it wait"
    desk.notes.append(RaiseAlert(AlertKind.ORDER_UNSENT, desk.waits_for, desk.waits_for, text))
    desk.look_later()
    return False


def _request(desk: Desk, kind: Kind, change: Change) -> None:
    """Have it sent: the open one if it is the same, else a new one in its place."""
    if desk.effect is not None and (desk.effect.kind != kind or desk.effect.payload.version != desk.version):
        desk.withdraw_unsent()
    effect = desk.effect or desk.new(kind, change, "waiting")
    if effect.due > desk.now:
        desk.look_at = effect.due
        return
    desk.send = desk.save(effect.moved("sent", attempt=effect.attempt + 1, sent_at=desk.now, over_at=None))
    if kind != "order_cancel" and desk.wanted is not None:
        desk.put(**desk.telling(desk.wanted))
    desk.released = True


def _compare(desk: Desk, wanted: Wanted, there: Found) -> None:
    """The lines, once the replica must show what was asked for."""
    if not desk.fresh:
        desk.look_at = desk.shows_by
        return
    desk.look_at = desk.now + desk.rules.look_over if there.order.status != "completed" else None
    known = all(line.sku in desk.case.products for line in wanted.lines)
    ended = there.order.status in ("completed", "cancelled")
    if known and not ended and not agrees(wanted, there.lines, desk.case.products):
        desk.alarm(AlertKind.ORDER_DIFFERS, f"{desk.name} has other lines in the warehouse than are wanted")
        desk.look_later()


def refused(desk: Desk) -> None:
    """The warehouse turned the open request down for good: people say what now."""
    effect = desk.effect
    assert effect is not None
    text = f"the warehouse refuses {effect.kind} for {desk.name}: {effect.detail or effect.reason}"
    if desk.alarm(AlertKind.ORDER_REFUSED, text):
        question = AskPerson(
            kind=ORDER_REFUSED,
            subject=effect.subject,
            owner="operations",
            question=f"{text}. What now?",
            options=(SEND_AGAIN, DONE_BY_HAND, GIVE_UP),
            detail={"effect_id": effect.id, "request": effect.kind, "reason": effect.reason},
        )
        desk.notes.append(question)
    desk.look_later()
