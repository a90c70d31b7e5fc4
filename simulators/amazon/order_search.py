"""`searchOrders` of the simulated Amazon: windows, filters, pages, and what it refuses."""

import base64
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from simulators.amazon.orders import SimulatedOrder, shown
from simulators.amazon.reply import Reply, refusal

TOKEN_LIFE: Final = timedelta(hours=24)
MOST: Final = 100
FREE: Final = frozenset({"paginationToken", "maxResultsPerPage", "includedData"})
"""Parameters that may differ between the pages of one search."""
DATASETS: Final = frozenset(
    {
        "BUYER", "RECIPIENT", "PROCEEDS", "EXPENSE", "PROMOTION", "CANCELLATION", "FULFILLMENT", "PACKAGES", "TAX",
        "PAYMENT", "FULFILLMENT_ORDERS",
    }
)  # fmt: skip
BUYERS: Final = frozenset({"BUYER", "RECIPIENT"})


class SearchFault(Exception):
    """What is wrong with a search."""


@dataclass(frozen=True, slots=True)
class Bounds:
    by_update: bool
    after: datetime
    before: datetime


@dataclass(frozen=True, slots=True)
class Reader:
    """`behind`: how far back the end of a window must be. `lag`: how late an order's change is found. `replica_lag`:
    how late it is shown, drawn for each order."""

    now: datetime
    behind: timedelta
    lag: timedelta = timedelta(0)
    replica_lag: Callable[[], timedelta] = timedelta

    def shown(self, order: SimulatedOrder, included: set[str]) -> dict[str, object]:
        return shown(order.as_of(self.now - self.replica_lag()), included, self.now)


def search(orders: Iterable[SimulatedOrder], query: Mapping[str, str], reader: Reader) -> Reply:
    """One page."""
    now, lag = reader.now, reader.lag
    try:
        bounds = _bounds(query, now, reader.behind)
        size = _size(query)
        last = _last(query, now)
        included = _datasets(query)
    except SearchFault as fault:
        return refusal(400, "InvalidInput", str(fault))
    meant = [order for order in orders if _is_meant(order, query, bounds, now - lag)]
    found = sorted((_place(order, bounds, now), order.order_id) for order in meant)
    rest = [place for place in found if last is None or place > last]
    by_id = {order.order_id: order for order in meant}
    page = rest[:size]
    answer: dict[str, object] = {"orders": [reader.shown(by_id[order_id], included) for _, order_id in page]}
    if len(rest) > size:
        answer["pagination"] = {"nextToken": _token(query, page[-1], now)}
    answer["lastUpdatedBefore" if bounds.by_update else "createdBefore"] = bounds.before.isoformat()
    return Reply(200, answer, "answered")


def _bounds(query: Mapping[str, str], now: datetime, behind: timedelta) -> Bounds:
    if ("createdAfter" in query) == ("lastUpdatedAfter" in query):
        raise SearchFault("Exactly one of createdAfter and lastUpdatedAfter must be given.")
    by_update = "lastUpdatedAfter" in query
    other = "createdBefore" if by_update else "lastUpdatedBefore"
    if other in query:
        raise SearchFault(f"{other} must not be given with the other kind of window.")
    name = "lastUpdated" if by_update else "created"
    after = _moment(query[f"{name}After"], f"{name}After")
    before = _moment(query[f"{name}Before"], f"{name}Before") if f"{name}Before" in query else now - behind
    if before > now - behind:
        raise SearchFault(f"{name}Before must be at least {behind.total_seconds():.0f} seconds before the request.")
    if before < after:
        raise SearchFault(f"{name}Before must not be before {name}After.")
    return Bounds(by_update, after, before)


def _moment(text: str, name: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise SearchFault(f"{name} is not an ISO 8601 date and time.") from None
    if moment.tzinfo is None:
        raise SearchFault(f"{name} has no zone.")
    return moment


def _size(query: Mapping[str, str]) -> int:
    text = query.get("maxResultsPerPage", str(MOST))
    if not text.isdigit() or not 1 <= int(text) <= MOST:
        raise SearchFault(f"maxResultsPerPage must be between 1 and {MOST}.")
    return int(text)


def _datasets(query: Mapping[str, str]) -> set[str]:
    wanted = _listed(query, "includedData")
    if wanted - DATASETS:
        raise SearchFault(f"includedData has no {', '.join(sorted(wanted - DATASETS))}.")
    if wanted & BUYERS:
        raise SearchFault("The application has no role for buyers' data.")
    return wanted


def _last(query: Mapping[str, str], now: datetime) -> tuple[str, str] | None:
    """The last order of the page before: (time, id)."""
    token = query.get("paginationToken")
    if token is None:
        return None
    try:
        issued, place, asked = json.loads(base64.urlsafe_b64decode(token))
    except (ValueError, TypeError):
        raise SearchFault("paginationToken is invalid.") from None
    if now > datetime.fromisoformat(issued) + TOKEN_LIFE:
        raise SearchFault("paginationToken has expired.")
    if asked != _fixed(query):
        raise SearchFault("The parameters are not those of the paginationToken.")
    return place[0], place[1]


def _token(query: Mapping[str, str], place: tuple[str, str], now: datetime) -> str:
    return base64.urlsafe_b64encode(json.dumps([now.isoformat(), place, _fixed(query)]).encode()).decode()


def _place(order: SimulatedOrder, bounds: Bounds, now: datetime) -> str:
    return _time(order, bounds, now).isoformat(timespec="microseconds")


def _fixed(query: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in sorted(query.items()) if name not in FREE}


def _is_meant(order: SimulatedOrder, query: Mapping[str, str], bounds: Bounds, known_at: datetime) -> bool:
    """Whether the search finds the order. One that changed a moment ago is not found at all yet."""
    at = _time(order, bounds, known_at)
    return (
        max(order.created_at, order.changed_at or order.created_at) <= known_at
        and bounds.after <= at <= bounds.before
        and order.marketplace in (_listed(query, "marketplaceIds") or {order.marketplace})
        and order.fulfilled_by in (_listed(query, "fulfilledBy") or {order.fulfilled_by})
        and order.status_with(order.shown(known_at))
        in (_listed(query, "fulfillmentStatuses") or {order.status_with(order.shown(known_at))})
    )


def _time(order: SimulatedOrder, bounds: Bounds, now: datetime) -> datetime:
    return order.updated_at(now) if bounds.by_update else order.created_at


def _listed(query: Mapping[str, str], name: str) -> set[str]:
    return {item for item in query.get(name, "").split(",") if item}
