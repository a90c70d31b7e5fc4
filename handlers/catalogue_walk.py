"""The way through a channel's catalogue, page by page: where to go on, whoever goes on, and when it is through.

The channel pages through a bounded number of items of one search. A catalogue that has more is read in windows by the
time of listing, each from where the last one ended; what two windows show is one item.
"""

from datetime import UTC, datetime, time, timedelta
from typing import Final

import msgspec

from schemas.amazon_catalogue import CataloguePage

MOST_PAGES: Final = 100_000
"""Of one reading, all windows together: at Amazon's 20 items a page, two million items."""


class CatalogueStuck(Exception):
    """The rest cannot be read: more items were listed at one moment than the channel pages through, or it pages
    without end."""


class Walk(msgspec.Struct, frozen=True, kw_only=True):
    """How far a reading has come. `run`: its number; items of earlier ones are gone once it is through."""

    run: int
    listed_from: datetime | None = None
    """Of the window that is being read; None: from the beginning."""
    token: str = ""
    seen: int = 0
    """Items of the window so far."""
    newest: datetime | None = None
    pages: int = 0
    tries: int = 0
    """In a row that brought no page."""


def after_page(walk: Walk, page: CataloguePage) -> Walk | None:
    """Where the next page begins; None when the catalogue is through. Raises CatalogueStuck."""
    seen = walk.seen + page.count
    newest = max((at for item in page.items if (at := item.listed_at)), default=walk.newest)
    newest = max(filter(None, (newest, walk.newest)), default=None)
    further = msgspec.structs.replace(walk, seen=seen, newest=newest, pages=walk.pages + 1, tries=0)
    if further.pages > MOST_PAGES:
        raise CatalogueStuck(f"it does not end within {MOST_PAGES} pages")
    if page.next_token and page.next_token == walk.token:
        raise CatalogueStuck(f"after {seen} items of {page.total} the channel leads to the same page again")
    if page.next_token and page.count:
        return msgspec.structs.replace(further, token=page.next_token)
    if page.total <= seen:
        return None
    if newest is None or newest == walk.listed_from:
        raise CatalogueStuck(f"{page.total - seen} items of {page.total} are beyond what the channel pages through")
    return Walk(run=walk.run, listed_from=newest, newest=newest, pages=further.pages)


def begun_anew(walk: Walk) -> Walk:
    """The channel refused to go on: its token may be no good any more. What was read stays read."""
    return Walk(run=walk.run, listed_from=walk.listed_from, newest=walk.newest, pages=walk.pages)


def next_time(now: datetime, at: time) -> datetime:
    """The next moment, after `now`, at which it is that time of day in UTC."""
    today = datetime.combine(now.astimezone(UTC).date(), at, UTC)
    return today if today > now else today + timedelta(days=1)
