"""What the simulated Amazon heard and did, in order: the tests' oracle."""

from collections import Counter
from datetime import datetime
from typing import Literal

import msgspec

Outcome = Literal["accepted", "answered", "refused", "throttled", "denied", "broken"]
"""accepted: something changed. answered: a read. broken: neither a change nor an answer of Amazon's."""

FEED_MESSAGE = "feedMessage"
"""No request: one message of a feed as it took effect or was refused; `package` is the feed."""
TELLING = frozenset({"patchListingsItem", FEED_MESSAGE})


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One request. `outcome` is what happened inside; `status` is what was sent, 0 for nothing."""

    number: int
    at: datetime
    """Arrival, in simulated time."""
    done_at: datetime
    operation: str
    seller: str
    subject: str
    """Seller SKU or order id."""
    marketplace: str = ""
    outcome: Outcome
    status: int
    request_id: str
    fault: str = ""
    scope: str = ""
    """Of the bucket that was empty."""
    error: str = ""
    quantity: int | None = None
    package: str = ""
    edit: bool = False
    body: object = None


class Journal:
    def __init__(self) -> None:
        self.entries: list[Entry] = []

    def add(self, entry: Entry) -> None:
        self.entries.append(entry)

    def next_number(self) -> int:
        return len(self.entries) + 1

    def of(self, operation: str = "", outcome: str = "", seller: str = "") -> list[Entry]:
        """Entries that match all that is given."""
        return [
            entry
            for entry in self.entries
            if operation in ("", entry.operation) and outcome in ("", entry.outcome) and seller in ("", entry.seller)
        ]

    def accepted(self, operation: str, seller: str = "") -> list[Entry]:
        """Requests that changed something, whether or not their answer arrived."""
        return self.of(operation, "accepted", seller)

    def refused(self, operation: str = "", seller: str = "") -> list[Entry]:
        return self.of(operation, "refused", seller)

    def throttled(self, seller: str = "", *, injected: bool = False) -> list[Entry]:
        """429s by our own excess; or, `injected`, those that a fault made up."""
        return [entry for entry in self.of("", "throttled", seller) if bool(entry.fault) == injected]

    def told(self, seller: str, sku: str, marketplace: str = "") -> list[int]:
        """The quantities of one listing that were accepted, by either route, in the order of their effect."""
        return [
            entry.quantity
            for entry in self.accepted("", seller)
            if entry.operation in TELLING
            and entry.subject == sku
            and marketplace in ("", entry.marketplace)
            and entry.quantity is not None
        ]

    def parcels(self, seller: str = "") -> Counter[tuple[str, str]]:
        """(order id, package reference) -> accepted confirmations; an edit counts, identical or not."""
        return Counter((entry.subject, entry.package) for entry in self.accepted("confirmShipment", seller))
