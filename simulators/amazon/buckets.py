"""Amazon's token buckets: one per (operation, seller, application), some per application besides."""

from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Plan:
    """`rate` in calls per second, `burst` in calls."""

    rate: float
    burst: float


PLANS = {
    "patchListingsItem": Plan(5, 5),
    "getListingsItem": Plan(5, 10),
    "searchListingsItems": Plan(5, 5),
    "confirmShipment": Plan(2, 10),
    "getOrder": Plan(0.5, 30),
    "searchOrders": Plan(0.0056, 20),
    "createFeedDocument": Plan(0.5, 15),
    "createFeed": Plan(5 / 300, 5),
    "getFeed": Plan(2, 15),
    "cancelFeed": Plan(2, 15),
    "getFeeds": Plan(0.0222, 10),
    "getFeedDocument": Plan(0.0222, 10),
    "createReport": Plan(0.0167, 15),
    "getReport": Plan(2, 15),
    "getReports": Plan(0.0222, 10),
    "getReportDocument": Plan(0.0167, 15),
    "submitInventoryUpdate": Plan(10, 10),
    "getTransactionStatus": Plan(10, 10),
    "getPurchaseOrders": Plan(10, 10),
    "getPurchaseOrder": Plan(10, 10),
    "submitAcknowledgement": Plan(10, 10),
    "getPurchaseOrdersStatus": Plan(10, 10),
    "SubmitShipmentConfirmations": Plan(10, 10),
    "submitInvoices": Plan(10, 10),
    "getTransaction": Plan(10, 20),
    "getRates": Plan(80, 100),
    "purchaseShipment": Plan(80, 100),
    "getShipmentDocuments": Plan(80, 100),
    "cancelShipment": Plan(80, 100),
}

"""`createFeed` as for JSON_LISTINGS_FEED, which has a limit of its own: 5 submissions in 5 minutes."""

APPLICATION_PLANS = {
    "patchListingsItem": Plan(500, 500),
    "patchListingsItem/product": Plan(100, 100),
    "getListingsItem": Plan(100, 100),
}
"""The burst of these is not published: one second's worth is assumed."""

PLAIN_ATTRIBUTES = frozenset({"fulfillment_availability", "purchasable_offer"})
"""Attributes that are no product data."""


@dataclass(slots=True)
class Bucket:
    """Full at first; refills at `rate`, up to `burst`."""

    plan: Plan
    tokens: float = field(init=False)
    at: float | None = None

    def __post_init__(self) -> None:
        self.tokens = self.plan.burst

    def refill(self, at: float) -> None:
        """`at` in seconds that never go back."""
        if self.at is not None:
            self.tokens = min(self.plan.burst, self.tokens + (at - self.at) * self.plan.rate)
        self.at = at

    def has_one(self) -> bool:
        # A hair of tolerance: sums of floats end at 0.9999999 of a token.
        return self.tokens >= 1 - 1e-6


@dataclass(slots=True)
class Buckets:
    """All buckets of the simulated service. Plans may be replaced per operation before the first call."""

    plans: dict[str, Plan] = field(default_factory=lambda: dict(PLANS))
    application_plans: dict[str, Plan] = field(default_factory=lambda: dict(APPLICATION_PLANS))
    _buckets: dict[tuple[str, ...], Bucket] = field(default_factory=dict[tuple[str, ...], Bucket])

    def take(self, operation: str, seller: str, application: str, at: float, *, product: bool = False) -> str | None:
        """Take a token from each bucket that counts the call, or none and say which bucket is empty."""
        scoped = list(self._counting(operation, seller, application, product))
        for _, bucket in scoped:
            bucket.refill(at)
        for scope, bucket in scoped:
            if not bucket.has_one():
                return scope
        for _, bucket in scoped:
            bucket.tokens -= 1
        return None

    def _counting(self, operation: str, seller: str, application: str, product: bool) -> Iterable[tuple[str, Bucket]]:
        yield "account", self._bucket((operation, seller, application), self.plans[operation])
        names = [("application", operation)] + ([("product data", f"{operation}/product")] if product else [])
        for scope, name in names:
            if plan := self.application_plans.get(name):
                yield scope, self._bucket((name, application), plan)

    def _bucket(self, key: tuple[str, ...], plan: Plan) -> Bucket:
        return self._buckets.setdefault(key, Bucket(plan))

    def empty(self, operation: str, seller: str, application: str, at: float) -> None:
        """Spend all that is there, as another user of the same account would."""
        bucket = self._bucket((operation, seller, application), self.plans[operation])
        bucket.refill(at)
        bucket.tokens = 0
