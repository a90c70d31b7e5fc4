"""Which orders of a channel are asked for next: overlapping windows, page by page, resumable.

A window ends a little before the present, as the channel demands, and begins a little before the end of the last one,
because orders appear late. A page's token is kept; one that has run out, or that the channel refuses, begins the same
window anew: answers may be repeated, nothing is left out.
"""

from datetime import datetime, timedelta

import msgspec


class Rules(msgspec.Struct, frozen=True):
    every: timedelta
    behind: timedelta
    overlap: timedelta
    look_back: timedelta
    token_life: timedelta


class Cursor(msgspec.Struct, frozen=True):
    """How far an account's orders were read; with a window, the one under way. `pages` of it were taken."""

    read_from: datetime
    window_from: datetime | None = None
    window_before: datetime | None = None
    paging_token: str = ""
    token_until: datetime | None = None
    pages: int = 0


class Window(msgspec.Struct, frozen=True):
    """What to ask for: everything that changed from here to there, the page that `token` names."""

    changed_from: datetime
    changed_before: datetime
    token: str = ""


def first(now: datetime, rules: Rules) -> Cursor:
    return Cursor(now - rules.look_back)


def with_window(cursor: Cursor, now: datetime, rules: Rules) -> Cursor | None:
    """The cursor with a window under way; None while it is too early for the next."""
    if cursor.window_from is not None:
        expired = cursor.token_until is not None and now >= cursor.token_until
        return begun_anew(cursor) if expired else cursor
    before = (now - rules.behind).replace(microsecond=0)
    if before < cursor.read_from + rules.every:
        return None
    return Cursor(cursor.read_from, cursor.read_from - rules.overlap, before)


def window_of(cursor: Cursor) -> Window:
    """Raises AssertionError for a cursor without a window."""
    assert cursor.window_from is not None and cursor.window_before is not None
    return Window(cursor.window_from, cursor.window_before, cursor.paging_token)


def after_page(cursor: Cursor, next_token: str, now: datetime, rules: Rules) -> Cursor:
    """Where to go on once a page is in the books."""
    if next_token and next_token != cursor.paging_token:
        until = now + rules.token_life
        return msgspec.structs.replace(cursor, paging_token=next_token, token_until=until, pages=cursor.pages + 1)
    assert cursor.window_before is not None
    return Cursor(cursor.window_before)


def begun_anew(cursor: Cursor) -> Cursor:
    """The same window from its first page."""
    return Cursor(cursor.read_from, cursor.window_from, cursor.window_before)


def next_at(cursor: Cursor, rules: Rules) -> datetime:
    """When the next window may begin."""
    return cursor.read_from + rules.every + rules.behind
