"""What one value must be beyond its type: numbers, times, places, patterns. Each rule answers with what is wrong."""

import re
from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from handlers.ship_notice_rules import WORDS
from schemas.clarus_graph import lacks, read_selection

WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def digits(least: int, most: int) -> Callable[[object], str | None]:
    def rule(value: object) -> str | None:
        good = isinstance(value, str) and value.isascii() and value.isdigit() and least <= len(value) <= most
        return None if good else f"must be {least} to {most} digits"

    return rule


def mandatory_fields(value: object) -> str | None:
    unknown = sorted(set(value) - WORDS) if isinstance(value, tuple | list) else []
    return (
        f"no such mandatory field as {', '.join(unknown)}; there are {', '.join(sorted(WORDS))}" if unknown else None
    )


def rate_as_text(value: object) -> str | None:
    good = re.fullmatch(r"\d{1,2}(\.\d{1,4})?|100", str(value))
    return None if good else "must be per cent as text, such as 20 or 5.5"


def at_most(limit: int) -> Callable[[object], str | None]:
    def rule(value: object) -> str | None:
        return f"must be at most {limit}" if isinstance(value, int | float) and value > limit else None

    return rule


def port(value: object) -> str | None:
    return (
        None if isinstance(value, int) and 0 <= value <= 65_535 else "must be a port from 0 (any free one) to 65535"
    )


def path(value: object) -> str | None:
    return None if str(value).startswith("/") and not str(value).endswith("/") else "must be a path such as /graphql"


def fields(needed: tuple[str, ...]) -> Callable[[object], str | None]:
    """A selection set of GraphQL that asks at least for what we cannot do without."""

    def rule(value: object) -> str | None:
        try:
            missing = lacks(read_selection(str(value)), needed)
        except ValueError as error:
            return f"is no GraphQL selection set: {error}"
        return f"must ask for {', '.join(missing)} too" if missing else None

    return rule


def time_of_day(value: object) -> str | None:
    if value is None:
        return None
    try:
        at = time.fromisoformat(str(value))
    except ValueError:
        return "must be a time of day, such as 02:30"
    return "is UTC, and takes no offset" if at.tzinfo else None


def time_of_day_or_never(value: object) -> str | None:
    return None if value == "never" else time_of_day(value)


def times_of_day(value: object) -> str | None:
    faults = (time_of_day(one) for one in value) if isinstance(value, tuple | list) else ()
    bad = next(filter(None, faults), None)
    return f"{bad} (in `zone`)" if bad else None


def origin(value: object) -> str | None:
    if value is None:
        return None
    try:
        origin = datetime.fromisoformat(str(value))
    except ValueError:
        return "must be an ISO 8601 time, such as 2026-01-05T06:00:00Z"
    return None if origin.tzinfo else "has no zone: add Z or an offset, such as 2026-01-05T06:00:00Z"


def zone(value: object) -> str | None:
    if value is None:
        return None
    try:
        ZoneInfo(str(value))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return "must be a zone, such as Europe/London"
    return None


def local_time(value: object) -> str | None:
    try:
        at = time.fromisoformat(str(value))
    except ValueError:
        return "must be a time of day, such as 14:00"
    return "is local to the warehouse, and takes no offset" if at.tzinfo else None


def days_of_week(value: object) -> str | None:
    unknown = [day for day in value if day not in WEEK] if isinstance(value, tuple | list) else []
    return f"must be of {', '.join(WEEK)}" if unknown else None


def dates(value: object) -> str | None:
    try:
        [date.fromisoformat(str(day)) for day in value] if isinstance(value, tuple | list) else []
    except ValueError:
        return "must be dates, such as 2026-12-25"
    return None


def money(value: object) -> str | None:
    try:
        amount = None if value is None else Decimal(str(value))
    except InvalidOperation:
        return "must be an amount, such as 5000"
    return None if amount is None or (amount.is_finite() and amount > 0) else "must be above 0"


def countries(value: object) -> str | None:
    wrong = (
        [one for one in value if not re.fullmatch("[A-Z]{2}", str(one))] if isinstance(value, tuple | list) else []
    )
    return "must be ISO codes of two capitals, such as GB" if wrong else None


def below_one(value: object) -> str | None:
    return "must be a share below 1" if isinstance(value, float | int) and value >= 1 else None


def shares(value: object) -> str | None:
    """Shares of a time, one after the other."""
    found = [float(str(one)) for one in value] if isinstance(value, tuple | list) else []
    good = all(0 < one < 1 for one in found) and found == sorted(found)
    return None if good else "must be shares between 0 and 1, in ascending order"


def target(value: object) -> str | None:
    """A share as text, so that it stays exact."""
    try:
        share = Decimal(str(value))
    except InvalidOperation:
        return "must be a share between 0 and 1, such as 0.04"
    return None if share.is_finite() and 0 < share < 1 else "must be a share between 0 and 1, such as 0.04"


def patterns(value: object) -> str | None:
    for one in value if isinstance(value, tuple | list) else ():
        try:
            re.compile(str(one))
        except re.error as error:
            return f"is no regular expression: {error}"
    return None


def per_cent(value: object) -> str | None:
    return "must be at most 100" if isinstance(value, float | int) and value > 100 else None
