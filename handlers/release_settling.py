"""What a look makes of a request that was open, and of where the order stands: before anything new is decided."""

from collections.abc import Mapping
from typing import Final

from handlers.life_cycle import Standing
from handlers.order_requests import FOUND, OPEN, OrderEffect, Status
from handlers.pick_processing import UNPROCESSED
from handlers.release_desk import Desk
from handlers.warehouse_orders import agrees


def settle(desk: Desk) -> None:
    """An open request: closed by somebody, found to have happened, or certain not to happen any more."""
    effect = desk.effect
    if effect is None:
        return
    if effect.state not in OPEN:
        _closed(desk, effect)
    elif _has_happened(desk, effect):
        desk.save(effect.moved("accepted", reason=FOUND, due=desk.now, over_at=None))
        _took_effect(desk, effect)
    elif effect.state == "unknown" and _cannot_happen_any_more(desk, effect):
        desk.save(effect.moved("waiting", reason="not_there", due=desk.now, over_at=None))


def _has_happened(desk: Desk, effect: OrderEffect) -> bool:
    """The look shows what was asked for, whoever did it."""
    if effect.kind == "order_create":
        return desk.there is not None
    if effect.kind == "order_process":
        begun = desk.there is not None and desk.there.order.status not in UNPROCESSED
        return begun and desk.row.status in UNPROCESSED
    if effect.kind == "order_amend":
        return _left_as_wanted(desk, effect)
    if desk.row.status in ("", "withdrawn"):
        return False
    return desk.fresh if desk.there is None else desk.there.order.status == "cancelled"


def _left_as_wanted(desk: Desk, effect: OrderEffect) -> bool:
    """No look shows all of an amendment: it is made again, until the goods have left. Then the lines must do."""
    there, wanted = desk.there, desk.wanted
    if there is None or wanted is None or there.order.status != "completed":
        return False
    its_own = effect.payload.moves_lines and effect.payload.version == desk.version
    return its_own and agrees(wanted, there.lines, desk.case.products)


def _cannot_happen_any_more(desk: Desk, effect: OrderEffect) -> bool:
    return desk.case.begun >= (effect.over_at or desk.now) + desk.rules.replica_lag


def _closed(desk: Desk, effect: OrderEffect) -> None:
    """It was settled elsewhere: by a person's decision, or by the warehouse's answer."""
    desk.effect = None
    desk.put(effect_key="")
    if effect.state in ("accepted", "live"):
        _took_effect(desk, effect)
        return
    desk.not_told(effect)
    if effect.state == "refused":
        desk.put(
            gave_up_version=effect.payload.version,
            gave_up=effect.detail if effect.reason == "command_refused" else effect.reason,
        )


def _took_effect(desk: Desk, effect: OrderEffect) -> None:
    """What was asked for is so. What was sent was noted as told when it left; what a person did is noted now."""
    if effect.kind == "order_process":
        desk.put(processed_version=effect.payload.version)
    elif effect.kind == "order_cancel":
        if desk.there is None:
            desk.put(status="withdrawn", told=None, told_to=None)
    elif effect.sent_at is None and desk.wanted is not None and effect.payload.version == desk.version:
        desk.put(**desk.telling(desk.wanted))
    # It may have taken effect long after it was sent, and looks to come may be from replicas that are behind that.
    desk.put(acted_at=effect.sent_at if desk.rules.asks_machine and effect.sent_at else desk.now)


def note_standing(desk: Desk) -> None:
    """What the look shows, unless it may be older than what a request of ours has just done."""
    there = desk.there
    if there is not None:
        desk.put(
            goods_out_id=there.order.key, status=there.order.status, status_word=there.order.status_word,
            read_at=desk.case.begun,
        )  # fmt: skip
    elif desk.row.status in ("", "withdrawn"):
        desk.put(read_at=desk.case.begun)
    elif desk.fresh:
        desk.put(status="deleted", status_word="", read_at=desk.case.begun)


def standing_of(desk: Desk) -> Standing:
    effect = desk.effect
    if effect is not None and effect.kind == "order_create" and effect.state in ("sent", "unknown"):
        return "create_unknown"
    return _STANDINGS[desk.row.status]


_STANDINGS: Final[Mapping[Status, Standing]] = {
    "": "not_released", "withdrawn": "not_released", "draft": "draft", "pending": "pending", "allocated": "allocated",
    "part_allocated": "part_allocated", "picking": "picking", "completed": "completed", "cancelled": "cancelled",
    "deleted": "deleted", "unknown": "unknown",
}  # fmt: skip
