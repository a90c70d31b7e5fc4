"""The account health report: read by either of Amazon's names, in any encoding, one field never hiding another."""

import json
from decimal import Decimal
from typing import Any

import pytest

from schemas.amazon_health_report import HealthReport, Measured, NotAReport, read_health
from simulators.amazon import UK, SimulatedHealth
from simulators.amazon.health import report_of
from tests.live.feed_rig import START
from tests.schemas.amazon_models import HEALTH_REPORT, document_faults, folder, needs_models

DE = "A1PA6795UKMFR9"


def content(**figures: Any) -> dict[str, Any]:
    health = SimulatedHealth(orders=1000, late=32, cancelled=5, shipments=900, tracked=880, **figures)
    return report_of({UK: health}, [UK], START)


def read(content: object) -> HealthReport:
    return read_health(json.dumps(content).encode())


def measured(report: HealthReport, measure: str) -> Measured:
    [market] = report.markets
    [found] = [one for one in market.measures if one.measure == measure]
    return found


def test_rates_counts_and_targets_come_with_their_window() -> None:
    late = measured(read(content()), "late_shipment")
    assert (late.rate, late.target, late.condition) == (Decimal("0.032"), Decimal("0.04"), "less_than")
    assert (late.of, late.counted, late.status) == (1000, 32, "GOOD")
    assert late.until is not None and late.since is not None and (late.until - late.since).days == 30
    assert late.until.isoformat() == "2026-11-19T09:00:00+00:00"


@needs_models
def test_amazons_own_example_is_read_although_it_is_not_by_amazons_schema() -> None:
    schema = json.loads((folder() / "schemas" / HEALTH_REPORT).read_text())
    example = schema["examples"][0]
    assert document_faults(HEALTH_REPORT, example) != [], "if it is by now, the names below may be dropped"
    report = read(example)
    us = next(market for market in report.markets if market.marketplace == "ATVPDKIKX0DER")
    told = {one.measure: one for one in us.measures}
    assert told["cancellation"].counted == 551 and told["cancellation"].target == Decimal("0.01")
    assert told["tracking"].counted == 896462 and told["tracking"].of == 878443, "as it says, however odd"
    assert us.standing == "AT_RISK" and {market.standing for market in report.markets} >= {"SUSPENDED"}
    assert report.faults == ()


@needs_models
def test_what_the_simulator_tells_is_by_amazons_schema() -> None:
    assert document_faults(HEALTH_REPORT, content()) == []


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "latin-1"])
def test_any_encoding_is_read(encoding: str) -> None:
    body = json.dumps(content() | {"shop": "Zoë's"}, ensure_ascii=False).encode(encoding)
    assert measured(read_health(body), "late_shipment").of == 1000


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "empty"),
        (b"metric\trate\nLate\t0,03\n", "a table with tabs"),
        (b"<?xml version='1.0'?><Report/>", "XML or HTML"),
        ("metric\trate\n".encode("utf-16"), "a table with tabs"),
        (b'{"performanceMetrics": [', "broken off"),
        (b"[1]", "not an object"),
        (b'{"reports": []}', "neither"),
        (b"[" * 100_000, "not JSON"),
    ],
)
def test_what_is_no_report_is_refused_with_what_it_is_instead(body: bytes, says: str) -> None:
    with pytest.raises(NotAReport, match=says):
        read_health(body)


def test_a_field_that_is_gone_is_named_and_hides_no_other() -> None:
    told = content()
    del told["performanceMetrics"][0]["lateShipmentRate"]
    told["performanceMetrics"][0]["validTrackingRate"] = "n/a"
    report = read(told)
    assert {one.measure for one in report.markets[0].measures} == {
        "cancellation",
        "on_time_delivery",
        "order_defects",
    }
    assert report.faults == (
        f"lateShipmentRate of {UK} is missing", f"validTrackingRate of {UK} is not as Amazon describes it"
    )  # fmt: skip


@pytest.mark.parametrize(
    ("told", "read_as"),
    [
        (0.032, "0.032"), ("0.032", "0.032"), (3.2, "0.032"), (0, "0"), (1, "1"),
        (-0.1, None), ("0,032", None), ("NaN", None), (True, None), (None, None), (1e9, None), ([], None),
    ],
)  # fmt: skip
def test_a_rate_is_a_share_or_nothing(told: object, read_as: str | None) -> None:
    body = content()
    body["performanceMetrics"][0]["lateShipmentRate"]["rate"] = told
    rate = measured(read(body), "late_shipment").rate
    assert rate == (None if read_as is None else Decimal(read_as))


@pytest.mark.parametrize(
    ("told", "read_as"), [(12, 12), ("12", 12), (12.0, 12), (12.5, None), (-1, None), (1e30, None), ("x", None)]
)
def test_a_count_is_a_whole_number_or_nothing(told: object, read_as: int | None) -> None:
    body = content()
    body["performanceMetrics"][0]["lateShipmentRate"]["lateShipmentCount"] = told
    assert measured(read(body), "late_shipment").counted == read_as


def test_two_marketplaces_are_told_apart_and_one_without_metrics_keeps_its_standing() -> None:
    told = content()
    told["accountStatuses"].append({"marketplaceId": DE, "status": "DEACTIVATED"})
    told["performanceMetrics"].append({"marketplaceId": ""})
    report = read(told)
    assert {market.marketplace: market.standing for market in report.markets} == {UK: "NORMAL", DE: "DEACTIVATED"}
    assert report.faults == ("an entry of performanceMetrics names no marketplace",)


def test_an_account_without_orders_has_rates_of_nothing() -> None:
    report = read(report_of({}, [UK], START))
    late = measured(report, "late_shipment")
    assert (late.of, late.counted, late.rate) == (0, 0, Decimal(0))


def test_times_without_a_zone_or_that_are_none_are_no_obstacle() -> None:
    body = content()
    window = body["performanceMetrics"][0]["lateShipmentRate"]["reportingDateRange"]
    window["reportingDateTo"], window["reportingDateFrom"] = "2026-11-19T23:59:59", "31/12/2026"
    late = measured(read(body), "late_shipment")
    assert late.until is not None and late.until.isoformat() == "2026-11-19T23:59:59+00:00" and late.since is None
