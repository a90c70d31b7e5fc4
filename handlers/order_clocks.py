"""The clocks of an order: when each starts, when it runs out, what stops it, and what is written once it has run out.

Four run for each order of a channel: until it must be on its way (`ship_by`), until the channel is told that it left
(`told`), until the channel shows what it was told (`shown`), and until the channel cancels by itself what nobody
confirmed (`auto_cancel`). All are moments in UTC: a day of 23 or 25 hours moves none of them.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final, Literal, TypeAlias

import msgspec

from schemas.terms import ChannelAccount, ChannelOrderId, Marketplace

ClockKind: TypeAlias = Literal["ship_by", "told", "shown", "auto_cancel"]

AWAITED: Final = frozenset({"open", "part_despatched"})
"""What the channel says of an order of which something is still to leave."""


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of an order. The channel's own words come and go; None: has not happened, or is not known."""

    channel_account: ChannelAccount
    channel_order_id: ChannelOrderId
    marketplace: Marketplace = Marketplace("")
    standing: str = ""
    """As the channel says, in our words; empty: the channel has not told of it yet."""
    ordered_at: datetime | None = None
    updated_at: datetime | None = None
    ship_by: datetime | None = None
    left_at: datetime | None = None
    told_at: datetime | None = None
    shipped_at: datetime | None = None

    @property
    def confirmed_at(self) -> datetime | None:
        """When the channel had all of it: by our own account where we told it, else when it was first seen so."""
        if self.standing == "part_despatched" and self.told_at is not None and self.updated_at is not None:
            return self.told_at if self.told_at >= self.updated_at else None
        return self.told_at or self.shipped_at

    @property
    def is_over(self) -> bool:
        """Nothing more is to be despatched of it, whatever was."""
        return self.standing not in AWAITED and self.standing != ""


class Rules(msgspec.Struct, frozen=True, kw_only=True):
    """Business time throughout."""

    told_within: timedelta = timedelta(hours=1)
    shown_within: timedelta = timedelta(minutes=30)
    auto_cancel_after: timedelta = timedelta(days=7)
    """Past its ship-by time, by which the channel cancels what nobody confirmed."""


class Clock(msgspec.Struct, frozen=True):
    """`ended_at`: what it waits for has happened. `void`: it no longer matters, as for a cancelled order."""

    kind: ClockKind
    started_at: datetime
    deadline: datetime
    ended_at: datetime | None = None
    void: bool = False

    def fraction(self, now: datetime) -> float:
        """Of its time that is gone: 0 at the start, 1 at the deadline, more after it."""
        whole = (self.deadline - self.started_at).total_seconds()
        gone = ((self.ended_at or now) - self.started_at).total_seconds()
        return max(0.0, gone / whole) if whole > 0 else float(gone >= 0)

    def left(self, now: datetime) -> timedelta:
        """Until it runs out; negative where it has."""
        return self.deadline - now

    def has_run_out(self, now: datetime) -> bool:
        return not self.void and (self.ended_at or now) > self.deadline

    @property
    def is_running(self) -> bool:
        return self.ended_at is None and not self.void


class Breach(msgspec.Struct, frozen=True):
    """A clock that ran out, for one deadline. `ended_at`: when it happened all the same, so late."""

    kind: ClockKind
    deadline: datetime
    ended_at: datetime | None


class Judged(msgspec.Struct, frozen=True):
    """What is to be written of an order. `due_at`: when to look again; None: no clock of it runs."""

    facts: Facts
    breaches: tuple[Breach, ...]
    due_at: datetime | None


def clocks(facts: Facts, rules: Rules) -> tuple[Clock, ...]:
    """Every clock that has started, in the order in which they start."""
    return tuple(_clocks(facts, rules))


def _clocks(facts: Facts, rules: Rules) -> Iterator[Clock]:
    confirmed, cancelled = facts.confirmed_at, facts.standing in ("cancelled", "unfulfillable", "refunded")
    void = cancelled or (facts.is_over and confirmed is None)
    if facts.ship_by is not None and facts.standing != "pending":
        started = min(facts.ordered_at or facts.ship_by, facts.ship_by)
        yield Clock("ship_by", started, facts.ship_by, confirmed, void)
    if facts.left_at is not None:
        yield Clock("told", facts.left_at, facts.left_at + rules.told_within, confirmed, void)
    if facts.told_at is not None:
        # Once the channel shows anything of it, it was heard.
        shown = facts.shipped_at or (facts.updated_at if facts.standing == "part_despatched" else None)
        yield Clock("shown", facts.told_at, facts.told_at + rules.shown_within, shown, void)
    if facts.ship_by is not None and facts.standing != "pending":
        yield Clock("auto_cancel", facts.ship_by, facts.ship_by + rules.auto_cancel_after, confirmed, void)


def judge(facts: Facts, rules: Rules, now: datetime) -> Judged:
    """What has run out by now, and when the next one will. The same facts say the same again: it is written once."""
    found = clocks(facts, rules)
    out = tuple(Breach(clock.kind, clock.deadline, clock.ended_at) for clock in found if clock.has_run_out(now))
    ahead = [clock.deadline for clock in found if clock.is_running and clock.deadline >= now]
    # A clock runs out just after its deadline, not at it.
    due_at = min(ahead) + timedelta(microseconds=1) if ahead else None
    return Judged(facts, out, due_at)
