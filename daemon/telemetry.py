"""The one list of facts about this process: every series, in one registry of its own, by named attributes.

A label is a queue, an account, an operation, a class: things we can count on our fingers. Never a SKU, an order or
an identifier; those are in the log and in the tables.
"""

from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from typing import Literal

from prometheus_client import CollectorRegistry, disable_created_metrics, generate_latest
from prometheus_client.gc_collector import GCCollector
from prometheus_client.process_collector import ProcessCollector

from daemon.series import Series, replace
from daemon.series_of_accounts import HealthSeries, RetailerSeries

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

Outcome = Literal["done", "ignored", "refused", "parked", "unreadable"]

BATCH_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
BATCH_MESSAGES = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000)
CALL_SECONDS = (0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 20, 30, 60)
PROMISE_SECONDS = (0.5, 1, 2, 5, 10, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 86400)
DESPATCH_SECONDS = (0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 300, 900, 1800, 3600, 14400)
LAG_SECONDS = (0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5)


def program_version() -> str:
    """The installed version, or `unknown` when run from a folder that was never installed."""
    try:
        return version("goodsout")
    except PackageNotFoundError:
        return "unknown"


class Telemetry:
    """The facts of one process. Durations are seconds; those marked business follow the clock's factor."""

    def __init__(self) -> None:
        disable_created_metrics()  # type: ignore[no-untyped-call]  # the library gives it no types
        self.series = Series(CollectorRegistry())
        self.registry = self.series.registry
        ProcessCollector(registry=self.registry)
        GCCollector(registry=self.registry)
        self._list_intake()
        self._list_relay()
        self._list_publication()
        self._list_orders()
        self._list_requests()
        self._list_calls()
        self._list_care()
        self._list_sources()
        self._list_process()
        self.health = HealthSeries(self.series)
        self.retailers = RetailerSeries(self.series)

    def _list_intake(self) -> None:
        self.deliveries = self.series.counter("deliveries", "Messages by what became of them.", "queue", "outcome")
        self.stale = self.series.counter("stale", "Stock events ignored because a newer one was applied before.")
        self.batch_seconds = self.series.histogram(
            "batch_seconds", "Real seconds from the first message of a batch to its commit.", BATCH_SECONDS, "queue"
        )
        self.batch_messages = self.series.histogram(
            "batch_messages", "Messages in one transaction.", BATCH_MESSAGES, "queue"
        )
        self.doubts = self.series.gauge("doubts", "SKUs in doubt.")
        self.gaps = self.series.gauge("gaps", "SKUs with a gap in their numbers, still within the grace.")
        self.level_requests = self.series.counter("level_requests", "Levels asked of the warehouse.")
        self.partitions_owned = self.series.gauge("partitions_owned", "Stock partitions that this process consumes.")

    def _list_relay(self) -> None:
        self.relay_messages = self.series.counter("relay_messages", "Messages confirmed by the bus.", "exchange")
        self.relay_lag = self.series.gauge(
            "relay_lag_seconds", "Business age of the oldest outbox row not yet confirmed."
        )
        self.outbox_waiting = self.series.gauge("outbox_waiting", "Outbox rows not yet confirmed.")
        self.bus_rebuilds = self.series.counter("bus_rebuilds", "Connections to the bus built anew.")
        self.bus_connected = self.series.gauge("bus_connected", "1 while the bus is connected.")

    def _list_publication(self) -> None:
        self.listings_untold = self.series.gauge(
            "listings_untold", "Listings whose desired stock was not accepted yet.", "account", "class"
        )
        self.untold_oldest = self.series.gauge(
            "untold_oldest_seconds", "Business age of the oldest untold change.", "account", "class"
        )
        self.zeroes_held = self.series.gauge(
            "zeroes_held", "Listings whose zero is held, by what holds it.", "account", "why"
        )
        self.told_seconds = self.series.histogram(
            "told_seconds", "Business seconds: committed to accepted.", PROMISE_SECONDS, "account", "class"
        )
        self.live_seconds = self.series.histogram(
            "live_seconds", "Business seconds: committed to seen live.", PROMISE_SECONDS, "account", "class"
        )
        self.listings_truth = self.series.gauge(
            "listings_truth", "Listings by what is known of what their channel shows.", "account", "class", "truth"
        )
        self.untrue_oldest = self.series.gauge(
            "untrue_oldest_seconds",
            "Business age of the oldest change that was told, and that a reading did not show.",
            "account",
            "class",
        )
        self.read_backs = self.series.counter(
            "read_backs", "Readings of what channels show, by what they meant.", "account", "meaning"
        )

    def _list_orders(self) -> None:
        self.despatch_latency = self.series.histogram(
            "despatch_latency_seconds",
            "Business seconds from a despatch event received to its confirmation leaving.",
            DESPATCH_SECONDS,
            "account",
        )
        self.order_answers = self.series.counter(
            "order_answers", "Orders that a channel reported, by what they changed.", "account", "word"
        )
        self.open_lines = self.series.gauge("open_lines", "Order lines that still take stock.", "account")
        self.orders_read_lag = self.series.gauge(
            "orders_read_lag_seconds", "Business seconds by which the reading of orders is behind.", "account"
        )

    def _list_requests(self) -> None:
        self.feeds = self.series.gauge("feeds", "Feeds that are not settled.", "account", "state")
        self.feed_oldest = self.series.gauge(
            "feed_oldest_seconds", "Business age of the oldest feed that is not settled.", "account"
        )
        self.stock_updates = self.series.counter(
            "stock_updates", "Updates of direct fulfilment stock by how they ended.", "account", "outcome"
        )
        self.items_at_risk = self.series.gauge(
            "items_at_risk", "Direct fulfilment items not true in time for a replenishment.", "account", "warehouse"
        )
        self.effects = self.series.gauge("effects", "Requests in the ledger.", "lane", "state")
        self.labels = self.series.gauge("labels", "Labels of orders that have not left.", "account", "state")

    def _list_calls(self) -> None:
        self.calls = self.series.counter("calls", "Calls to partners by answer.", "account", "operation", "answer")
        self.call_seconds = self.series.histogram(
            "call_seconds", "Real seconds of one call.", CALL_SECONDS, "account", "operation"
        )
        self.throttled = self.series.counter("throttled", "Calls that the partner throttled.", "account", "operation")
        self.budget_wait_seconds = self.series.histogram(
            "budget_wait_seconds", "Business seconds waited for budget.", CALL_SECONDS, "account", "operation"
        )
        self.budget_rate = self.series.gauge(
            "budget_rate", "Calls a second that the partner grants.", "account", "operation"
        )

    def _list_care(self) -> None:
        self.promises_overdue = self.series.gauge("promises_overdue", "Promises past their deadline.", "owner")
        self.alerts_open = self.series.gauge("alerts_open", "Alerts not resolved.", "severity", "owner")
        self.parked = self.series.counter("parked", "Messages parked.", "reason")
        self.parked_messages = self.series.gauge("parked_messages", "Parked messages that nobody has settled yet.")
        self.decisions_open = self.series.gauge("decisions_open", "Decisions that wait for a person.", "owner")

    def _list_sources(self) -> None:
        self.hooks = self.series.counter("hooks", "Webhooks by what became of them.", "tenant", "outcome")
        self.readings = self.series.counter("readings", "Balances read, by what became of them.", "tenant", "outcome")
        self.goods_outs = self.series.counter(
            "goods_outs", "Goods outs read, by what became of them.", "tenant", "outcome"
        )
        self.reads_waiting = self.series.gauge("reads_waiting", "Products that wait to be read.", "tenant")
        self.swept_at = self.series.gauge(
            "swept_timestamp_seconds", "Business time of the end of the last full sweep.", "tenant"
        )

    def _list_process(self) -> None:
        self.loop_lag_seconds = self.series.histogram(
            "loop_lag_seconds", "Real seconds by which the event loop ran late.", LAG_SECONDS
        )
        self.build_info = self.series.gauge("build_info", "1, labelled with what runs.", "version")
        self.build_info.labels(program_version()).set(1)

    def batch(self, queue: str, messages: int, seconds: float) -> None:
        """One transaction committed."""
        self.batch_messages.labels(queue).observe(messages)
        self.batch_seconds.labels(queue).observe(seconds)

    def delivered(self, queue: str, outcome: Outcome, count: int = 1) -> None:
        self.deliveries.labels(queue, outcome).inc(count)

    def relayed(self, exchange: str, count: int = 1) -> None:
        self.relay_messages.labels(exchange).inc(count)

    def untold_are(self, untold: Mapping[tuple[str, str], tuple[int, float]]) -> None:
        """(account, class) -> (listings not told yet, seconds since the oldest change); what is absent is told."""
        replace(self.listings_untold, ((labels, listings) for labels, (listings, _) in untold.items()))
        replace(self.untold_oldest, ((labels, oldest) for labels, (_, oldest) in untold.items()))

    def truth_is(self, listings: Mapping[tuple[str, str, str], int], oldest: Mapping[tuple[str, str], float]) -> None:
        """(account, class, truth) -> listings; (account, class) -> seconds of the oldest known untrue."""
        replace(self.listings_truth, listings.items())
        replace(self.untrue_oldest, oldest.items())

    def zeroes_are(self, held: Mapping[tuple[str, str], int]) -> None:
        """(account, why) -> zeroes held; what is absent holds none."""
        replace(self.zeroes_held, held.items())

    def orders_read(self, account: str, word: str, count: int) -> None:
        """Orders of a channel by what they changed; lines without a listing as `unmapped`."""
        self.order_answers.labels(account, word).inc(count)

    def open_lines_are(self, counts: Mapping[str, int]) -> None:
        """account -> order lines that still take stock."""
        replace(self.open_lines, (((account,), count) for account, count in counts.items()))

    def read_lags_are(self, lags: Mapping[str, float]) -> None:
        """account -> seconds by which its orders were not read yet."""
        replace(self.orders_read_lag, (((account,), lag) for account, lag in lags.items()))

    def feeds_are(self, feeds: Mapping[tuple[str, str], tuple[int, float]]) -> None:
        """(account, state) -> (feeds, age of the oldest in seconds); what is absent is gone."""
        oldest: dict[tuple[str, ...], float] = {}
        for (account, _), (_, age) in feeds.items():
            oldest[(account,)] = max(age, oldest.get((account,), 0.0))
        replace(self.feeds, ((labels, count) for labels, (count, _) in feeds.items()))
        replace(self.feed_oldest, oldest.items())

    def at_risk_are(self, counts: Mapping[tuple[str, str], int]) -> None:
        """(account, the channel's warehouse) -> items that will not be true in time."""
        replace(self.items_at_risk, counts.items())

    def told(self, account: str, kind: str, seconds: float) -> None:
        self.told_seconds.labels(account, kind).observe(seconds)

    def live(self, account: str, kind: str, seconds: float) -> None:
        self.live_seconds.labels(account, kind).observe(seconds)

    def read_back(self, account: str, meaning: str) -> None:
        self.read_backs.labels(account, meaning).inc()

    def called(self, account: str, operation: str, answer: int | str, seconds: float) -> None:
        """One call ended: `answer` is the HTTP status, or a word such as `timeout`, `reset`, `not_sent`."""
        self.calls.labels(account, operation, str(answer)).inc()
        self.call_seconds.labels(account, operation).observe(seconds)
        if answer in (429, "throttled"):
            self.throttled.labels(account, operation).inc()

    def budgeted(self, account: str, operation: str, waited: float, rate: float) -> None:
        """Budget was taken after `waited` business seconds; the partner grants `rate` calls a second."""
        self.budget_wait_seconds.labels(account, operation).observe(waited)
        self.budget_rate.labels(account, operation).set(rate)

    def despatch_left(self, account: str, seconds: float) -> None:
        self.despatch_latency.labels(account).observe(seconds)

    def park(self, reason: str, count: int = 1) -> None:
        self.parked.labels(reason).inc(count)

    def effects_are(self, counts: Mapping[tuple[str, str], int]) -> None:
        """(lane, state) -> requests; what is absent is gone from the series too."""
        replace(self.effects, counts.items())

    def labels_are(self, counts: Mapping[tuple[str, str], int]) -> None:
        """(account, state) -> labels; what is absent is gone from the series too."""
        replace(self.labels, counts.items())

    def overdue_are(self, counts: Mapping[str, int]) -> None:
        """owner -> promises past their deadline."""
        replace(self.promises_overdue, (((owner,), count) for owner, count in counts.items()))

    def alerts_are(self, counts: Mapping[tuple[str, str], int]) -> None:
        """(severity, owner) -> open alerts."""
        replace(self.alerts_open, counts.items())

    def decisions_are(self, counts: Mapping[str, int]) -> None:
        """owner -> open decisions."""
        replace(self.decisions_open, (((owner,), count) for owner, count in counts.items()))

    def exposition(self) -> bytes:
        """The text that Prometheus reads, of type `CONTENT_TYPE`."""
        return generate_latest(self.registry)
