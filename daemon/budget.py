"""The partners' rate limits, shared by all replicas: token buckets in PostgreSQL, on the database's clock.

A call takes from every bucket that counts it. We keep two tokens below the partner's burst and two per cent below
its rate, and calls not answered yet keep their room in the bucket, so that requests which travel at different speeds
still arrive inside its arithmetic: a 429 is then an alarm on ours. Nobody holds a connection while waiting: what is
not granted says how long to wait.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import msgspec

from daemon.store.database import Connection, query

RATE_KEPT = 0.98
BURST_KEPT = 2.0
BELIEVED = 20.0
"""A stated rate is believed as far as so many times the published one, up or down: nobody may stop us, or have us run
into 429s, by a header."""


class Plan(msgspec.Struct, frozen=True):
    """An operation's published plan: tokens per second and burst, per account and for the whole application."""

    operation: str
    rate: float
    burst: float
    application_rate: float | None = None


class Bucket(msgspec.Struct, frozen=True):
    name: str
    rate: float
    burst: float


class Granted(msgspec.Struct, frozen=True):
    """`granted` calls may leave now; if none, `wait` real seconds until one may."""

    granted: int
    wait: float


PATCH_LISTING = Plan("patchListingsItem", 5.0, 5.0, application_rate=100.0)
READ_LISTING = Plan("getListingsItem", 5.0, 5.0, application_rate=100.0)
SEARCH_LISTINGS = Plan("searchListingsItems", 5.0, 5.0)
CONFIRM_DESPATCH = Plan("confirmShipment", 2.0, 10.0)
MAKE_FEED_DOCUMENT = Plan("createFeedDocument", 0.5, 15.0)
SUBMIT_FEED = Plan("createFeed", 5 / 300, 5.0)
"""As for JSON_LISTINGS_FEED, which has a plan of its own."""
READ_FEED = Plan("getFeed", 2.0, 15.0)
FIND_FEEDS = Plan("getFeeds", 0.0222, 10.0)
READ_FEED_DOCUMENT = Plan("getFeedDocument", 0.0222, 10.0)
ASK_REPORT = Plan("createReport", 0.0167, 15.0)
READ_REPORT = Plan("getReport", 2.0, 15.0)
FIND_REPORTS = Plan("getReports", 0.0222, 10.0)
READ_REPORT_DOCUMENT = Plan("getReportDocument", 0.0167, 15.0)
SUBMIT_STOCK = Plan("submitInventoryUpdate", 10.0, 10.0)
READ_TRANSACTION = Plan("getTransactionStatus", 10.0, 10.0)
FIND_PURCHASE_ORDERS = Plan("getPurchaseOrders", 10.0, 10.0)
READ_PURCHASE_ORDER = Plan("getPurchaseOrder", 10.0, 10.0)
READ_PURCHASE_ORDER_STATUS = Plan("getPurchaseOrdersStatus", 10.0, 10.0)
ACKNOWLEDGE = Plan("submitAcknowledgement", 10.0, 10.0)
NOTIFY_SHIPMENT = Plan("SubmitShipmentConfirmations", 10.0, 10.0)
SUBMIT_INVOICE = Plan("submitInvoices", 10.0, 10.0)
READ_VENDOR_TRANSACTION = Plan("getTransaction", 10.0, 20.0)
READ_ORDER = Plan("getOrder", 0.5, 30.0)
SEARCH_ORDERS = Plan("searchOrders", 0.0056, 20.0)
GET_RATES = Plan("getRates", 80.0, 100.0)
BUY_LABEL = Plan("purchaseShipment", 80.0, 100.0)
FETCH_LABEL = Plan("getShipmentDocuments", 80.0, 100.0)
CANCEL_LABEL = Plan("cancelShipment", 80.0, 100.0)


def buckets(plan: Plan, account: str, application: str) -> tuple[Bucket, ...]:
    """Every bucket that counts a call of this operation for this selling account."""
    own = Bucket(f"{application}/{account}/{plan.operation}", plan.rate * RATE_KEPT, _kept(plan.burst))
    if plan.application_rate is None:
        return (own,)
    rate = plan.application_rate
    return (own, Bucket(f"{application}/*/{plan.operation}", rate * RATE_KEPT, _kept(rate)))


def _kept(burst: float) -> float:
    return max(1.0, burst - BURST_KEPT)


def real_time() -> float:
    """A business second is a second."""
    return 1.0


@dataclass(slots=True)
class Budget:
    """Takes tokens for this process. `pace`: business seconds in one real second, asked for at each taking."""

    pace: Callable[[], float] = real_time
    _known: set[str] = field(default_factory=set[str])

    async def take(
        self, connection: Connection, wanted: Sequence[Bucket], n: int, *, unanswered: int = 0, keep: float = 0.0
    ) -> Granted:
        """Up to `n` tokens from all of `wanted`, leaving `keep` for lanes that matter more.

        `unanswered`: our calls under way that these buckets count. Held up, they might arrive together with the
        next ones, so until they are answered their room in the bucket is not filled again.
        """
        await self._open(connection, wanted)
        names = [bucket.name for bucket in wanted]
        row = await connection.fetchrow(query("budget_take"), names, n, keep, self.pace(), unanswered)
        assert row is not None
        return Granted(row["granted"], row["wait"])

    async def _open(self, connection: Connection, wanted: Sequence[Bucket]) -> None:
        new = [bucket for bucket in wanted if bucket.name not in self._known]
        if new:
            columns = ([b.name for b in new], [b.rate for b in new], [b.burst for b in new])
            await connection.execute(query("budget_open"), *columns)
            self._known |= {bucket.name for bucket in new}

    async def give_back(self, connection: Connection, taken: Sequence[Bucket], n: int) -> None:
        """Tokens that were taken for calls which then had nothing to say."""
        if n > 0:
            await connection.execute(query("budget_return"), [bucket.name for bucket in taken], float(n))

    async def learn(self, connection: Connection, bucket: Bucket, rate: float) -> None:
        """The partner told this account's rate (`x-amzn-RateLimit-Limit`); the burst stays as published.

        `bucket.rate` is the published one.
        """
        if rate > 0:
            believed = min(max(rate * RATE_KEPT, bucket.rate / BELIEVED), bucket.rate * BELIEVED)
            await connection.execute(query("budget_learn"), bucket.name, believed)

    async def throttled(self, connection: Connection, wanted: Sequence[Bucket], seconds: float) -> None:
        """A 429: the buckets are empty and closed for so many business seconds, as their rates are counted in."""
        names = [bucket.name for bucket in wanted]
        await connection.execute(query("budget_throttled"), names, seconds / self.pace())
