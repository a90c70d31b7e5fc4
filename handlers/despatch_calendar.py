"""When a warehouse can have an order on its way: cut-off, collection and working days, in its own time zone.

Comparisons are made in UTC: Python compares times of one zone by the clock on the wall, which is an hour out where
daylight saving begins or ends.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import msgspec

FURTHEST = 60
"""Days that are looked at."""


class Calendar(msgspec.Struct, frozen=True):
    """A warehouse's working day. An order in by `cut_off` leaves on the same working day at `leaves_at`."""

    zone: ZoneInfo
    cut_off: time
    leaves_at: time
    working_days: frozenset[int] = frozenset(range(5))
    """0 is Monday."""
    closed: frozenset[date] = frozenset()


def next_departure(calendar: Calendar, now: datetime) -> datetime | None:
    """When what is ordered `now` leaves, in UTC; None if never within two months."""
    today = now.astimezone(calendar.zone).date()
    for ahead in range(FURTHEST):
        day = today + timedelta(days=ahead)
        if not _is_open(calendar, day):
            continue
        if now <= _at(calendar, day, calendar.cut_off):
            return _at(calendar, day, calendar.leaves_at)
    return None


def is_reachable(calendars: Iterable[Calendar], now: datetime, ship_by: datetime) -> bool:
    """Whether some warehouse can have it leave by then; one without a calendar is not asked."""
    known = list(calendars)
    leaving = [at for calendar in known if (at := next_departure(calendar, now)) is not None]
    return not known or any(at <= ship_by for at in leaving)


def _is_open(calendar: Calendar, day: date) -> bool:
    return day.weekday() in calendar.working_days and day not in calendar.closed


def _at(calendar: Calendar, day: date, at: time) -> datetime:
    return datetime.combine(day, at, calendar.zone).astimezone(UTC)
