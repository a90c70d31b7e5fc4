"""One look at one order: what the channel wants, what was told, what the warehouse shows; and what follows.

The cell of the life-cycle table decides; what it does is in `handlers/release_cells.py`. An open request is settled
by the look first. Whatever has not left is withdrawn unless the cell still asks for the same. A look may come from a
replica that is behind: what a request of ours has just changed is taken from its answer until it must be shown.
"""

from collections.abc import Mapping
from typing import Final

from handlers.alerts import AlertKind
from handlers.life_cycle import Action, Change, action_for
from handlers.order_changes import change_of
from handlers.order_requests import ORDER_STOP, STOPPED, Kind
from handlers.release_cells import CELLS, refused
from handlers.release_desk import Case, Desk, Rules, Verdict
from handlers.release_settling import note_standing, settle, standing_of

_KINDS: Final[Mapping[Action, Kind]] = {
    "create": "order_create", "amend": "order_amend", "cancel": "order_cancel",
}  # fmt: skip


def decide(case: Case, rules: Rules) -> Verdict:
    """What this look at the order makes of the books, and what is to be sent."""
    desk = Desk(case, rules)
    settle(desk)
    note_standing(desk)
    _act(desk)
    return desk.verdict()


def _act(desk: Desk) -> None:
    change, standing = _change(desk), standing_of(desk)
    if change is None:
        desk.withdraw_unsent()
        return
    desk.judged = True
    if len(desk.alive) > 1:
        _twice(desk)
        return
    action = _with_answers(desk, action_for(change, standing))
    if _is_refused(desk, action):
        refused(desk)
        return
    CELLS[action](desk, change, standing)
    if desk.awaits_end:
        desk.look_at = min(desk.look_at or desk.shows_by, desk.shows_by)
    else:
        desk.ended = change in ("cancelled", "refunded", "despatched") and action == "nothing"


def _change(desk: Desk) -> Change | None:
    """An open request of this very version is still about what it was about when it was made."""
    effect = desk.effect
    if effect is not None and effect.payload.version == desk.version:
        return effect.payload.change
    if effect is not None and effect.kind == "order_amend":
        desk.withdraw_unsent()
    return change_of(desk.case.order, desk.wanted, desk.row)


def _with_answers(desk: Desk, action: Action) -> Action:
    """What the answers of people make of a cell: stopped means that it can be ended, given up that it cannot."""
    effect = desk.effect
    if effect is not None and effect.state in ("sent", "unknown"):
        return "wait"
    if action not in ("create", "amend", "cancel", "stop"):
        return action
    if desk.row.gave_up_version == desk.version:
        return "tell"
    stopped = effect is not None and effect.state == "waiting" and effect.reason == STOPPED
    return "cancel" if action == "stop" and stopped else action


def _is_refused(desk: Desk, action: Action) -> bool:
    """The warehouse has refused just that, and would again."""
    effect = desk.effect
    return (
        effect is not None
        and effect.state == "held"
        and effect.reason != ORDER_STOP
        and effect.kind == _KINDS.get(action)
        and effect.payload.version == desk.version
    )


def _twice(desk: Desk) -> None:
    """Whichever of them is right, a person has to say: nothing is asked of the warehouse meanwhile."""
    desk.withdraw_unsent()
    ids = ", ".join(sorted(one.order.key for one in desk.alive))
    desk.alarm(AlertKind.ORDER_TWICE, f"{desk.name} is in the warehouse {len(desk.alive)} times: {ids}")
    desk.look_later()
