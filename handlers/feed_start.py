"""When a feed is made, and when the scheduled baseline is due.

What it carries is the policy's choice (`handlers/next_moves.py`). None is made behind one that sticks: feeds of an
account run one behind the other. After failures the next one waits, longer each time, and alone; patches
go on.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Final

import msgspec

from handlers.feed_steps import PREPARING, Feed
from handlers.publication import Send

FIRST_PAUSE: Final = timedelta(minutes=5)
LONGEST_PAUSE: Final = timedelta(hours=1)
LONG_AGO: Final = datetime(1, 1, 1, tzinfo=UTC)


class Ended(msgspec.Struct, frozen=True):
    """How an earlier feed ended."""

    failed: bool
    at: datetime


def may_begin(running: Sequence[Feed], ended: Sequence[Ended], now: datetime, at_once: int) -> bool:
    """`running`: all that have not been settled. `ended`: the latest that have, newest first."""
    if len(running) >= at_once or any(feed.state in PREPARING or feed.state == "stuck" for feed in running):
        return False
    if running and ended and ended[0].failed:
        return False
    return now >= paused_until(ended)


def paused_until(ended: Sequence[Ended]) -> datetime:
    """After failures in a row, counted from the latest; long ago where the latest went well."""
    failures = next((place for place, one in enumerate(ended) if not one.failed), len(ended))
    if failures == 0:
        return LONG_AGO
    pause: timedelta = FIRST_PAUSE * 2 ** min(failures - 1, 10)
    return ended[0].at + min(LONGEST_PAUSE, pause)


def may_go_by_feed(send: Send) -> bool:
    """Not what overtakes something, and no lowering near zero: those leave at once, by patch."""
    return send.overtakes is None and send.urgency != "near_zero"


def baseline_due(at: time, now: datetime) -> datetime:
    """The latest time at or before `now` for which a baseline was due; both in one time zone."""
    today = datetime.combine(now.date(), at, now.tzinfo)
    return today if today <= now else today - timedelta(days=1)
