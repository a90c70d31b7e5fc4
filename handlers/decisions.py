"""Questions that only a person may answer: which options they have, and what each of them does."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final, Literal, TypeAlias

import msgspec

from handlers.alerts import AlertKind
from handlers.notes import KeepPromise, Note, ResolveAlert
from handlers.order_requests import (
    CHANGED,
    DONE_BY_HAND,
    ORDER_REFUSED,
    ORDER_STOP,
    SEND_AGAIN,
    STOPPED,
    TOO_LATE,
)
from handlers.purchase_order_desk import ANSWER_NOW, BY_HAND, PO_ANSWER, REJECT_ALL, PoDeed, deed_of
from handlers.ship_desk import LEAVE, SHIP_NOTICE_DIFFERS, TOLD_BY_HAND, NoticeDeed, notice_deed
from handlers.vendor_documents import SEND_AGAIN as SEND_DOCUMENT_AGAIN
from handlers.vendor_documents import VENDOR_DOCUMENT
from handlers.zero_questions import MASS_ZERO, RESTORE_UNREAD, ZERO_HELD, ZeroDeed, deeds

POLICY: Final = "policy"
"""Who decided when nobody did: the question's own default."""

DESPATCH_UNKNOWN: Final = "despatch_unknown"
CONFIRM_AGAIN: Final = "confirm_again"
CONFIRMED_BY_HAND: Final = "confirmed_by_hand"
GIVE_UP: Final = "give_up"


class Refused(Exception):
    """This decision cannot be taken; the text says why and what can be."""


class Decision(msgspec.Struct, frozen=True):
    """A question with its answer, once there is one."""

    id: int
    kind: str
    subject: str
    owner: str
    question: str
    options: tuple[str, ...]
    raised_at: datetime
    detail: dict[str, object] = {}
    default_option: str | None = None
    default_at: datetime | None = None
    decided: str | None = None
    decided_by: str | None = None
    decided_at: datetime | None = None
    note: str = ""
    carried_out_at: datetime | None = None
    named: tuple[str, ...] = ()
    """What the answer is about, where it is about some of many."""


class MoveEffect(msgspec.Struct, frozen=True):
    """Put an effect that waits for a person into another state. Left alone if it moved on by itself."""

    effect_id: int
    state: Literal["waiting", "accepted", "refused"]
    reason: str


What: TypeAlias = MoveEffect | ZeroDeed | PoDeed | NoticeDeed | Note
"""One thing that a decision does."""


def check_choice(decision: Decision, option: str) -> None:
    """Raises Refused when the question is closed, or has no such option."""
    if decision.decided is not None:
        raise Refused(
            f"decision {decision.id} is closed: {decision.decided_by} decided {decision.decided!r} "
            f"at {decision.decided_at:%Y-%m-%d %H:%M} UTC"
        )
    if option not in decision.options:
        raise Refused(f"decision {decision.id} has no option {option!r}; choose from {', '.join(decision.options)}")


def carry_out(decision: Decision) -> list[What]:
    """What the option in `decision.decided` does. A kind that nobody carries out does nothing but be recorded.

    Raises Refused where the answer lacks something.
    """
    if decision.kind in (ZERO_HELD, MASS_ZERO, RESTORE_UNREAD) and decision.decided and decision.decided_at:
        return _about_zeroes(decision, decision.decided, decision.decided_at)
    if decision.kind == PO_ANSWER and decision.decided:
        return [deed_of(decision.decided, decision.decided_by or POLICY, decision.detail)]
    act = _ACTS.get((decision.kind, decision.decided or ""))
    return act(decision) if act else []


def _about_zeroes(decision: Decision, option: str, at: datetime) -> list[What]:
    try:
        return [*deeds(decision.kind, option, decision.detail, at, decision.named)]
    except ValueError as lack:
        raise Refused(f"decision {decision.id}: {lack}") from None


def meaning(kind: str, option: str) -> str:
    """One line on what an option does, for whoever has to choose."""
    return MEANINGS.get((kind, option), "recorded; the team that asked carries it out")


MEANINGS: Final[Mapping[tuple[str, str], str]] = {
    (ORDER_STOP, STOPPED): "what is open of the order is cancelled at the warehouse's system, unless you did that",
    (ORDER_STOP, CHANGED): "recorded: the order at the warehouse is as the channel wants it now",
    (ORDER_STOP, TOO_LATE): "nothing more is asked of the warehouse; customer service tells the channel",
    (ORDER_REFUSED, SEND_AGAIN): "the request is made once more, after another look",
    (ORDER_REFUSED, DONE_BY_HAND): "recorded: what was asked for was done at the warehouse",
    (ORDER_REFUSED, GIVE_UP): "nothing more is sent for this version; customer service tells the channel",
    (PO_ANSWER, ANSWER_NOW): "what is secured is accepted, the rest backordered where that can be, else rejected",
    (PO_ANSWER, REJECT_ALL): "every line is rejected as temporarily unavailable, which cannot be taken back",
    (PO_ANSWER, BY_HAND): "nothing is sent from here: answer it in the retailer's pages, which is found by reading",
    (
        SHIP_NOTICE_DIFFERS,
        TOLD_BY_HAND,
    ): "the retailer took it in its own pages: it counts as accepted and is invoiced",
    (SHIP_NOTICE_DIFFERS, LEAVE): "recorded: the notice stays as it is",
    (VENDOR_DOCUMENT, SEND_DOCUMENT_AGAIN): "it is sent once more as it is, with the same number",
    (VENDOR_DOCUMENT, DONE_BY_HAND): "recorded: the retailer has it, or you entered it in its pages",
    (VENDOR_DOCUMENT, GIVE_UP): "it is never sent; an invoice's quantities are invoiced anew under another number",
    (DESPATCH_UNKNOWN, CONFIRM_AGAIN): "the confirmation is sent once more, with the same package reference",
    (DESPATCH_UNKNOWN, CONFIRMED_BY_HAND): "recorded as accepted: the channel shows it, or you confirmed it there",
    (DESPATCH_UNKNOWN, GIVE_UP): "recorded as refused: nothing more is sent for this parcel",
}


def _effect_id(decision: Decision) -> int:
    found = decision.detail.get("effect_id")
    if not isinstance(found, int):
        raise Refused(f"decision {decision.id} names no effect; settle it with the team that owns it")
    return found


def _confirm_again(decision: Decision) -> list[What]:
    return [MoveEffect(_effect_id(decision), "waiting", CONFIRM_AGAIN), _no_longer_unknown(decision)]


def _confirmed_by_hand(decision: Decision) -> list[What]:
    move = MoveEffect(_effect_id(decision), "accepted", CONFIRMED_BY_HAND)
    return [move, _no_longer_unknown(decision), KeepPromise("despatch_told", decision.subject)]


def _give_up(decision: Decision) -> list[What]:
    move = MoveEffect(_effect_id(decision), "refused", GIVE_UP)
    return [move, _no_longer_unknown(decision), KeepPromise("despatch_told", decision.subject)]


def _order(state: Literal["waiting", "accepted", "refused"], word: str) -> Callable[[Decision], list[What]]:
    """Settles a request about an order; its alerts close with the next look at it."""
    return lambda decision: [MoveEffect(_effect_id(decision), state, word)]


def _no_longer_unknown(decision: Decision) -> ResolveAlert:
    return ResolveAlert(AlertKind.DESPATCH_UNKNOWN, decision.subject)


def _notice_told(decision: Decision) -> list[What]:
    deed = notice_deed(decision.detail)
    return [*([deed] if deed else []), ResolveAlert(AlertKind.SHIP_NOTICE_DIFFERS, decision.subject)]


_ACTS: Final[Mapping[tuple[str, str], Callable[[Decision], list[What]]]] = {
    (DESPATCH_UNKNOWN, CONFIRM_AGAIN): _confirm_again,
    (DESPATCH_UNKNOWN, CONFIRMED_BY_HAND): _confirmed_by_hand,
    (DESPATCH_UNKNOWN, GIVE_UP): _give_up,
    (ORDER_STOP, STOPPED): _order("waiting", STOPPED),
    (ORDER_STOP, CHANGED): _order("accepted", CHANGED),
    (ORDER_STOP, TOO_LATE): _order("refused", TOO_LATE),
    (ORDER_REFUSED, SEND_AGAIN): _order("waiting", SEND_AGAIN),
    (ORDER_REFUSED, DONE_BY_HAND): _order("accepted", DONE_BY_HAND),
    (ORDER_REFUSED, GIVE_UP): _order("refused", GIVE_UP),
    (SHIP_NOTICE_DIFFERS, TOLD_BY_HAND): _notice_told,
    (SHIP_NOTICE_DIFFERS, LEAVE): lambda one: [ResolveAlert(AlertKind.SHIP_NOTICE_DIFFERS, one.subject)],
    (VENDOR_DOCUMENT, SEND_DOCUMENT_AGAIN): _order("waiting", SEND_DOCUMENT_AGAIN),
    (VENDOR_DOCUMENT, DONE_BY_HAND): _order("accepted", DONE_BY_HAND),
    (VENDOR_DOCUMENT, GIVE_UP): _order("refused", GIVE_UP),
}
