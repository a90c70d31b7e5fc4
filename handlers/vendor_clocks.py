"""The clocks of a purchase order: when it must be answered, who hears of it before, until when an answer may change.

Amazon wants an answer within 24 h, with what is backordered, and corrections within 48 h; both are settings. The
clock starts when the order, or what it was changed to, was made at the retailer; an EDI document only says the day,
so there it starts when we read it, and no later than that day's end: a file may have lain somewhere.
"""

from datetime import datetime, timedelta

import msgspec

from handlers.purchase_orders import StoredPurchaseOrder

A_DAY = timedelta(days=1)


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """`escalate_at`, `safe_at`: shares of `answer_within`, 0 to 1."""

    answer_within: timedelta = timedelta(hours=24)
    correct_within: timedelta = timedelta(hours=48)
    escalate_at: tuple[float, ...] = (0.5, 0.75, 0.9)
    safe_at: float = 0.95


class AnswerClock(msgspec.Struct, frozen=True, kw_only=True):
    """All times of one version of an order, known from the moment that it is read."""

    started: datetime
    due: datetime
    escalations: tuple[datetime, ...]
    safe_at: datetime
    """When the default policy answers, if nobody has."""
    correctable_until: datetime

    def stage(self, now: datetime) -> int:
        """How many escalations are behind us."""
        return sum(at <= now for at in self.escalations)

    def next_after(self, now: datetime) -> datetime | None:
        """When the clock does something next."""
        return min((at for at in (*self.escalations, self.safe_at, self.due) if at > now), default=None)


def answer_clock(stored: StoredPurchaseOrder, limits: Limits) -> AnswerClock:
    """By when an order is to be answered, and when people are told that it is not."""
    started = started_at(stored)
    within = limits.answer_within
    return AnswerClock(
        started=started,
        due=started + within,
        escalations=tuple(started + within * share for share in limits.escalate_at),
        safe_at=started + within * limits.safe_at,
        correctable_until=started + limits.correct_within,
    )


def started_at(stored: StoredPurchaseOrder) -> datetime:
    if stored.amended_at is not None:
        return stored.amended_at
    if stored.order.transport == "sp_api":
        return stored.order.ordered_at
    return min(stored.heard_at, stored.order.ordered_at + A_DAY)


def subject_of(stored: StoredPurchaseOrder) -> str:
    """What promises, questions and requests about the order go by."""
    return "/".join(stored.key)
