import asyncio
import re

from prometheus_client.parser import text_string_to_metric_families

from daemon.loop_lag import LoopLag
from daemon.telemetry import Telemetry

COUNTED_ON_FINGERS = {
    *("queue", "outcome", "exchange", "account", "class", "operation", "answer", "lane", "state"),
    *("owner", "severity", "reason", "version", "le", "generation"),
    *("meaning", "truth"),
    *("owner", "severity", "reason", "version", "le", "generation", "tenant"),
}
PROMISED = (
    "deliveries_total",
    "stale_total",
    "batch_seconds",
    "batch_messages",
    "doubts",
    "gaps",
    "level_requests_total",
    "relay_messages_total",
    "relay_lag_seconds",
    "outbox_waiting",
    "listings_untold",
    "untold_oldest_seconds",
    "told_seconds",
    "live_seconds",
    "listings_truth",
    "untrue_oldest_seconds",
    "read_backs_total",
    "calls_total",
    "call_seconds",
    "throttled_total",
    "budget_wait_seconds",
    "budget_rate",
    "effects",
    "despatch_latency_seconds",
    "promises_overdue",
    "alerts_open",
    "parked_total",
    "parked_messages",
    "decisions_open",
    "bus_rebuilds_total",
    "bus_connected",
    "loop_lag_seconds",
    "partitions_owned",
    "build_info",
)


def value(telemetry: Telemetry, name: str, **labels: str) -> float | None:
    return telemetry.registry.get_sample_value(f"goodsout_{name}", labels)


def with_everything() -> Telemetry:
    """Each series with a label has one child, so that it shows."""
    telemetry = Telemetry()
    telemetry.batch("q", 7, 0.01)
    telemetry.delivered("q", "done", 7)
    telemetry.relayed("goodsout.stock")
    telemetry.untold_are({("uk", "near_zero"): (3, 12.0)})
    telemetry.told("uk", "raise", 2.0)
    telemetry.live("uk", "raise", 9.0)
    telemetry.truth_is({("uk", "stocked", "true"): 4}, {("uk", "stocked"): 9.0})
    telemetry.read_back("uk", "live")
    telemetry.called("uk", "patchListingsItem", 429, 0.2)
    telemetry.budgeted("uk", "patchListingsItem", 0.1, 5.0)
    telemetry.despatch_left("uk", 0.3)
    telemetry.park("invalid_data")
    telemetry.effects_are({("despatch", "unknown"): 2})
    telemetry.overdue_are({"ecommerce": 1})
    telemetry.alerts_are({("high", "operations"): 4})
    telemetry.decisions_are({"finance": 1})
    return telemetry


def test_every_promised_series_is_there() -> None:
    shown = with_everything().exposition().decode()
    for name in PROMISED:
        assert re.search(rf"^goodsout_{name}(_count)?[ {{]", shown, re.MULTILINE), name


def test_no_series_has_a_label_that_grows_with_the_stock() -> None:
    families = text_string_to_metric_families(with_everything().exposition().decode())
    labels = {label for family in families for sample in family.samples for label in sample.labels}
    assert labels - COUNTED_ON_FINGERS <= {"implementation", "major", "minor", "patchlevel"}
    assert not [label for label in labels if re.search("sku|order|listing|parcel|id$", label)]


def test_two_processes_facts_never_meet_in_one_registry() -> None:
    one, other = Telemetry(), Telemetry()
    one.stale.inc()
    assert value(one, "stale_total") == 1
    assert value(other, "stale_total") == 0


def test_a_429_counts_as_throttled_and_nothing_else_does() -> None:
    telemetry = Telemetry()
    for answer in (200, 429, "timeout", 503):
        telemetry.called("uk", "getOrder", answer, 0.1)
    assert value(telemetry, "throttled_total", account="uk", operation="getOrder") == 1
    assert value(telemetry, "calls_total", account="uk", operation="getOrder", answer="timeout") == 1


def test_what_is_no_longer_counted_leaves_the_series() -> None:
    telemetry = with_everything()
    telemetry.effects_are({("despatch", "live"): 1})
    telemetry.untold_are({})
    assert value(telemetry, "effects", lane="despatch", state="unknown") is None
    assert value(telemetry, "effects", lane="despatch", state="live") == 1
    assert value(telemetry, "untold_oldest_seconds", account="uk", **{"class": "near_zero"}) is None


async def test_a_loop_that_is_held_up_is_seen_to_lag() -> None:
    telemetry, seen = Telemetry(), list[float]()
    async with LoopLag(telemetry, every=0.001, on_lag=seen.append) as lag:
        held_until = asyncio.get_running_loop().time() + 0.05
        while asyncio.get_running_loop().time() < held_until:
            pass
        async with asyncio.timeout(60):
            while not seen:
                await asyncio.sleep(0)
    assert lag.worst >= 0.04
    assert max(seen) == lag.worst
    assert value(telemetry, "loop_lag_seconds_count") == len(seen)


async def test_loop_lag_stops_with_its_block() -> None:
    telemetry = Telemetry()
    async with LoopLag(telemetry, every=0.0001):
        pass
    before = value(telemetry, "loop_lag_seconds_count")
    later = asyncio.get_running_loop().create_future()
    asyncio.get_running_loop().call_later(0.01, later.set_result, None)
    await later
    assert value(telemetry, "loop_lag_seconds_count") == before
