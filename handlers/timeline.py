"""A SKU's story as moments in order: what the warehouse said, what channels were told and showed, what was raised.

Pure: rows of the books in, sentences out. The sentences are for people; `goodsout explain --json` has the rows.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import zip_longest
from typing import Any, TypeAlias

import msgspec

Row: TypeAlias = Mapping[str, Any]


class Moment(msgspec.Struct, frozen=True, order=True):
    """One thing that happened. `where`: a warehouse or a channel account."""

    at: datetime
    where: str
    what: str


def of_stream(warehouse: str, entries: Iterable[Row]) -> Iterator[Moment]:
    """What the ordered stream says, from the newest back: each with the change since the one before, where known."""
    newest_first = list(entries)
    for entry, before in zip_longest(newest_first, newest_first[1:]):
        change = f" ({entry['available'] - before['available']:+d})" if before is not None else ""
        said = "level" if entry["kind"] == "level" else entry["kind"]
        yield Moment(
            entry["occurred_at"], warehouse,
            f"{said}: {entry['available']} available{change}, number {entry['sequence']}",
        )  # fmt: skip


def of_requests(warehouse: str, requests: Iterable[Row]) -> Iterator[Moment]:
    """Levels asked of the warehouse, and its answers."""
    for request in requests:
        again = f", {request['sent']} times" if request["sent"] > 1 else ""
        yield Moment(request["asked_at"], warehouse, f"a level was asked for{again}")
        if request["answered_at"] is not None:
            came = "the level that was asked for came"
            refused = f"the level that was asked for was not given: {request['answer']}"
            answered = came if request["answer"] in ("", "level") else refused
            yield Moment(request["answered_at"], warehouse, answered)


def of_trouble(warehouse: str, stock: Row) -> Iterator[Moment]:
    if stock["gap_since"] is not None:
        held = f"{stock['held_movements']} movements wait, {stock['held_outflow']} eaches of them count as gone"
        yield Moment(stock["gap_since"], warehouse, f"GAP: numbers are missing below {stock['highest_seen']}; {held}")
    if stock["doubt_since"] is not None:
        why = _DOUBTS.get(stock["doubt_reason"], stock["doubt_reason"])
        yield Moment(stock["doubt_since"], warehouse, f"IN DOUBT ({why}): channels are told less, never more")


_DOUBTS = {
    "gap": "a number is missing for longer than the grace",
    "parked": "a message about it could not be read",
    "new_epoch": "its counter began anew",
    "counter_went_back": "its counter went back",
}


def of_attempts(channel: str, attempts: Iterable[Row]) -> Iterator[Moment]:
    """What left for the channel and how it ended."""
    for attempt in attempts:
        yield Moment(
            attempt["sent_at"],
            channel,
            f"told {attempt['value']}{_route(attempt)}{_circumstances(attempt)}: {_end(attempt)}",
        )


def _route(attempt: Row) -> str:
    if attempt["update_id"] is not None:
        return f" by update {attempt['update_id']}" + f" ({attempt['transaction_id']})" * bool(
            attempt["transaction_id"]
        )
    return "" if attempt["feed_id"] is None else f" by feed {attempt['feed_id']}"


def _circumstances(attempt: Row) -> str:
    before = "" if attempt["told_before"] is None else f" after {attempt['told_before']}"
    lesser = f"; {attempt['sellable']} would be sellable" if attempt["sellable"] != attempt["value"] else ""
    doubt = f" (in doubt{lesser})" if attempt["doubtful"] else ""
    over = ", over a request whose end was not known" if attempt["overtakes"] is not None else ""
    return before + doubt + over


def _end(attempt: Row) -> str:
    took = (
        "" if attempt["ended_at"] is None else f" {(attempt['ended_at'] - attempt['sent_at']).total_seconds():.1f} s"
    )
    answer = f" ({attempt['answer']})" if attempt["answer"] else ""
    return _ENDS[attempt["state"]].format(took=took) + answer


_ENDS = {
    "sent": "no answer yet",
    "unknown": "nobody saw its end{took} later",
    "accepted": "accepted{took} later",
    "refused": "REFUSED{took} later",
    "throttled": "throttled, told again later",
    "never_left": "it never left, told again later",
}


def of_readings(channel: str, readings: Iterable[Row]) -> Iterator[Moment]:
    """What reading back found, where it differs from the reading before."""
    for reading in readings:
        shows = "no stock of ours" if reading["shows"] is None else str(reading["shows"])
        yield Moment(reading["read_at"], channel, f"shows {shows}: {_MEANINGS[reading['meaning']].format(**reading)}")


_MEANINGS = {
    "live": "live, as accepted",
    "took_effect": "so the request whose end nobody saw took effect",
    "older": "not yet the {accepted} that was accepted",
    "sold": "{accepted} was accepted, and the channel takes its own orders off",
    "foreign": "NOT TOLD FROM HERE; {accepted} was accepted, somebody else writes",
    "nothing": "{accepted} was accepted",
    "before_us": "from before we told anything",
    "too_early": "read before {accepted} was accepted",
}


def of_alerts(channel: str, alerts: Iterable[Row]) -> Iterator[Moment]:
    for alert in alerts:
        yield Moment(alert["raised_at"], channel, f"ALERT {alert['kind']}: {alert['text']}")
        if alert["resolved_at"] is not None:
            yield Moment(alert["resolved_at"], channel, f"alert {alert['kind']} closed by itself")


def in_order(moments: Iterable[Moment], last: int) -> list[Moment]:
    """The last ones, oldest first."""
    return sorted(moments)[-last:]
