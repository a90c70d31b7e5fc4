"""Listings of the simulated Amazon: what was submitted, and what is live, which is not the same."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import uuid4

import msgspec

from simulators.amazon.reply import Reply, refusal

AVAILABILITY: Final = "fulfillment_availability"
SELECTOR: Final = "fulfillment_channel_code"
PATH: Final = "/attributes/"
MAX_LEAD_TIME: Final = 30

BEGINNING: Final = datetime(2020, 1, 1, tzinfo=UTC)
PAGED: Final = 1_000
"""Items of one search that can be paged through, whatever it finds."""

Attribute = dict[str, Any]
"""One value of an attribute: JSON as the seller sent it."""


class Patch(msgspec.Struct, frozen=True):
    op: str
    path: str
    value: list[Attribute] = []


class PatchRequest(msgspec.Struct, frozen=True, rename="camel"):
    product_type: str
    patches: list[Patch]


class Unfit(Exception):
    """An issue that makes a submission INVALID."""

    def __init__(self, code: str, message: str, attribute: str = AVAILABILITY) -> None:
        super().__init__(message)
        self.code, self.message, self.attribute = code, message, attribute


@dataclass(slots=True)
class SimulatedListing:
    sku: str
    marketplace: str
    product_type: str = "PRODUCT"
    attributes: dict[str, list[Attribute]] = field(default_factory=dict[str, list[Attribute]])
    live: int | None = None
    coming: list[tuple[datetime, int | None]] = field(default_factory=list[tuple[datetime, int | None]])
    """Accepted and not yet live, in the order of acceptance."""
    asin: str = ""
    created_at: datetime = BEGINNING

    @property
    def submitted(self) -> Attribute:
        """What the seller last told for stock of its own."""
        rows = self.attributes.get(AVAILABILITY, [])
        return next((row for row in rows if row.get(SELECTOR) == "DEFAULT"), {})

    def settle(self, now: datetime) -> None:
        """Let become live what is due; a later submission that is live already buries an earlier one."""
        due = [place for place, (at, _) in enumerate(self.coming) if at <= now]
        if due:
            self.live = self.coming[due[-1]][1]
            self.coming = self.coming[due[-1] + 1 :]

    def submit(self, attributes: dict[str, list[Attribute]], now: datetime, lag: timedelta) -> int | None:
        """Take the patched attributes over; returns the quantity now submitted."""
        self.attributes = attributes
        quantity = self.submitted.get("quantity")
        self.coming.append((now + lag, quantity))
        self.settle(now)
        return quantity


def patch(listing: SimulatedListing | None, sku: str, body: bytes, now: datetime, lag: timedelta) -> Reply:
    """`patchListingsItem`."""
    try:
        request = msgspec.json.decode(body, type=PatchRequest)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        return refusal(400, "InvalidInput", f"The request cannot be parsed: {error}")
    if listing is None or not request.patches or not all(_is_top_level(p.path) for p in request.patches):
        return refusal(400, "InvalidInput", "Invalid input", f"'{sku}' or a path of its patches does not exist")
    try:
        attributes = patched(listing, request)
    except Unfit as unfit:
        return invalid(sku, unfit.code, unfit.message, unfit.attribute)
    quantity = listing.submit(attributes, now, lag)
    return Reply(200, _submission(sku, "ACCEPTED", []), "accepted", quantity=quantity)


def _is_top_level(path: str) -> bool:
    return path.startswith(PATH) and "/" not in path.removeprefix(PATH)


def patched(listing: SimulatedListing, request: PatchRequest) -> dict[str, list[Attribute]]:
    """Raises Unfit."""
    if request.product_type not in ("PRODUCT", listing.product_type):
        raise Unfit("4000003", f"The product type {request.product_type} is not valid.", "product_type")
    attributes = {name: [dict(row) for row in rows] for name, rows in listing.attributes.items()}
    for step in request.patches:
        name = step.path.removeprefix(PATH)
        if name != name.lower():
            raise Unfit("90000900", f"The attribute {name} is not recognised.", name)
        attributes[name] = _after(step, attributes.get(name, []), name)
    return attributes


def _after(step: Patch, rows: list[Attribute], name: str) -> list[Attribute]:
    if step.op == "delete":
        return []
    if name == AVAILABILITY:
        for value in step.value:
            _check(value)
    if step.op == "merge":
        return _merged(rows, step.value)
    if step.op in ("replace", "add"):
        return step.value
    raise Unfit("90000901", f"The operation {step.op} does not exist.", name)


def _check(value: Attribute) -> None:
    quantity, lead_time = value.get("quantity"), value.get("lead_time_to_ship_max_days")
    if not isinstance(value.get(SELECTOR), str):
        raise Unfit("90220", f"'{SELECTOR}' is required but not supplied.")
    if lead_time is not None and quantity is None:
        raise Unfit("90220", "'quantity' is required with 'lead_time_to_ship_max_days'.")
    if quantity is not None and (type(quantity) is not int or quantity < 0):
        raise Unfit("90244", f"The quantity {quantity!r} is not a whole number of 0 or more.")
    if lead_time is not None and (type(lead_time) is not int or not 0 <= lead_time <= MAX_LEAD_TIME):
        raise Unfit("90244", f"The handling time {lead_time!r} is above {MAX_LEAD_TIME} days.")


def _merged(rows: list[Attribute], values: list[Attribute]) -> list[Attribute]:
    """Rows with the same selector keep what the patch does not name."""
    merged = {row.get(SELECTOR): dict(row) for row in rows}
    for value in values:
        merged[value.get(SELECTOR)] = merged.get(value.get(SELECTOR), {}) | value
    return list(merged.values())


def invalid(sku: str, code: str, message: str, attribute: str) -> Reply:
    """A refusal in a 200."""
    issue = {
        "code": code,
        "message": message,
        "severity": "ERROR",
        "attributeNames": [attribute],
        "categories": ["INVALID_ATTRIBUTE"],
    }
    return Reply(200, _submission(sku, "INVALID", [issue]), "refused", error=f"{code}: {message}")


def _submission(sku: str, status: str, issues: list[object]) -> dict[str, object]:
    return {"sku": sku, "status": status, "submissionId": str(uuid4()), "issues": issues}


def get(listing: SimulatedListing | None, sku: str, included: set[str], now: datetime) -> Reply:
    """`getListingsItem`."""
    if listing is None:
        return refusal(404, "NOT_FOUND", f"SKU '{sku}' not found in the marketplace.")
    listing.settle(now)
    item: dict[str, object] = {"sku": sku}
    if "attributes" in included:
        item["attributes"] = listing.attributes
    if "fulfillmentAvailability" in included:
        item["fulfillmentAvailability"] = _shown(listing)
    return Reply(200, item, "answered", quantity=listing.live)


def _shown(listing: SimulatedListing) -> list[dict[str, object]]:
    if listing.live is None:
        return []
    return [{"fulfillmentChannelCode": "DEFAULT", "quantity": listing.live}]


def search(listings: Iterable[SimulatedListing], query: Mapping[str, str]) -> Reply:
    """`searchListingsItems`, in the order of their making."""
    after = datetime.fromisoformat(query["createdAfter"]) if "createdAfter" in query else BEGINNING
    size, start = int(query.get("pageSize", "10")), int(query.get("pageToken", "0"))
    if not 1 <= size <= 20:
        return refusal(400, "InvalidInput", "pageSize must be between 1 and 20.")
    meant = [one for one in listings if one.marketplace == query.get("marketplaceIds") and one.created_at >= after]
    found = sorted(meant, key=lambda one: (one.created_at, one.sku))
    end = min(start + size, PAGED)
    more = {"pagination": {"nextToken": str(end)}} if end < min(len(found), PAGED) else {}
    items = [_listed(one) for one in found[start:end]]
    return Reply(200, {"numberOfResults": len(found), "items": items, **more}, "answered")


def _listed(listing: SimulatedListing) -> dict[str, object]:
    summary = {
        "marketplaceId": listing.marketplace, "asin": listing.asin, "productType": listing.product_type,
        "status": ["BUYABLE"], "createdDate": listing.created_at.isoformat(),
        "lastUpdatedDate": listing.created_at.isoformat(),
    }  # fmt: skip
    return {"sku": listing.sku, "summaries": [summary], "attributes": listing.attributes}
