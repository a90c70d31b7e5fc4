"""The brake on mass change: when it goes on for an account.

Counted are the listings that moved, within a window, by more than a share of what they showed, or to zero, and
that no movement, despatch or order line explains. One bad export moves many at once; trade moves few, and says why.
"""

from datetime import datetime, timedelta

import msgspec


class BrakeRules(msgspec.Struct, frozen=True):
    """Shares are per cent, so that they stay whole."""

    share: float = 10.0
    """Per cent of an account's listings."""
    move: float = 50.0
    """Per cent of what a listing showed; moving by more than this counts."""
    window: timedelta = timedelta(minutes=15)
    minimum: int = 20
    """Listings; below it there is no mass, whatever the share."""
    look: timedelta = timedelta(seconds=5)
    """How long an unexplained zero waits, once `minimum` listings moved so, to see whether the share is reached."""
    look_first: timedelta = timedelta(seconds=2)
    """How long one waits before: it may be the first of many."""


class Swing(msgspec.Struct, frozen=True):
    """What a listing showed when its window began."""

    start: int
    since: datetime


class Count(msgspec.Struct, frozen=True):
    """Of one account: listings in all, and those that moved so within the window."""

    listings: int
    moved: int


def swing_of(known: Swing | None, shown: int | None, now: datetime, rules: BrakeRules) -> Swing | None:
    """The window that a change belongs to: the one under way, else a new one from what is shown now."""
    if known is not None and now - known.since < rules.window:
        return known
    return None if shown is None else Swing(shown, now)


def moved_much(start: int, wanted: int, rules: BrakeRules) -> bool:
    """To zero, or by more than the share of where it started."""
    if wanted == start:
        return False
    return wanted == 0 or abs(wanted - start) * 100 > rules.move * max(start, 1)


def goes_on(count: Count, rules: BrakeRules) -> bool:
    return count.moved >= needed(count.listings, rules)


def needed(listings: int, rules: BrakeRules) -> int:
    """How many listings must move so until the brake goes on."""
    return max(rules.minimum, -int(-listings * rules.share // 100), 1)


def look_for(count: Count, rules: BrakeRules) -> timedelta:
    """How long an unexplained zero waits to see how many there are."""
    return max(rules.look, rules.look_first) if count.moved >= rules.minimum else rules.look_first
