"""Reports of stock to retailers: when one is due, what stands in it, and what a document's fate means for it."""

from datetime import UTC, datetime, time, timedelta
from decimal import Decimal

import pytest

from handlers.direct_fulfilment import TAKES
from handlers.stock_reports import (
    SOON,
    Level,
    Look,
    Lost,
    Patience,
    Refused,
    Says,
    Taken,
    Unanswered,
    Verdict,
    full_due,
    is_due,
    number_of,
    report,
    verdict,
)
from schemas.purchase_order import Cost, Identifier
from schemas.terms import SellerSku

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
EVERY = timedelta(minutes=15)
PATIENCE = Patience(HOUR, timedelta(minutes=1))


@pytest.mark.parametrize(
    ("state", "age", "late", "found"),
    [
        ("waiting", timedelta(), False, Look(NOW + PATIENCE.every)),
        ("put", HOUR / 2, False, Look(NOW + PATIENCE.every)),
        ("put", HOUR, False, Unanswered(NOW + PATIENCE.every)),
        ("put", 2 * HOUR, True, Look(NOW + PATIENCE.every)),
        ("overdue", 25 * HOUR, True, Lost()),
        ("read", timedelta(), False, Taken()),
        ("presumed", 2 * HOUR, True, Taken()),
        ("accepted", timedelta(), False, Taken()),
        ("rejected", timedelta(), False, Refused("AK5 R")),
        ("denied", 2 * HOUR, True, Refused("AK5 R")),
        (None, timedelta(), False, Lost()),
    ],
)
def test_a_report_counts_as_told_only_once_somebody_has_said_that_it_was_read(
    state: str | None, age: timedelta, late: bool, found: Verdict
) -> None:
    assert verdict(state, "AK5 R", NOW - age, NOW, PATIENCE, late=late) == found


def due(last: datetime | None, replenished: datetime | None = None, now: datetime = NOW) -> bool:
    return is_due(last, now - timedelta(minutes=1), EVERY, replenished, now)


def test_changes_wait_for_the_time_between_two_reports() -> None:
    assert due(None), "what was never reported waits for nothing"
    assert not due(NOW - EVERY + timedelta(seconds=1))
    assert due(NOW - EVERY)


def test_what_must_be_true_for_a_replenishment_leaves_before_the_last_moment() -> None:
    last = NOW - timedelta(minutes=2)
    assert not due(last, NOW + TAKES + SOON + timedelta(seconds=1))
    assert due(last, NOW + TAKES + SOON)
    assert due(last, NOW + TAKES + timedelta(seconds=1)), "still in time"
    assert not due(NOW - timedelta(seconds=1), NOW + timedelta(minutes=1)), "nothing is in time for this one any more"


def test_a_full_report_is_due_at_the_latest_of_its_times() -> None:
    assert full_due([], NOW) is None
    assert full_due([time(2, 30), time(14, 30)], NOW) == datetime(2026, 11, 21, 2, 30, tzinfo=UTC)
    assert full_due([time(14, 30)], NOW) == datetime(2026, 11, 20, 14, 30, tzinfo=UTC)


def test_a_report_names_each_item_as_was_agreed_and_says_zero_as_zero() -> None:
    levels = [Level(SellerSku("POT"), 0, Cost(Decimal("2.50"), "GBP")), Level(SellerSku("CAN"), 7)]
    made = report(number_of(12), NOW, "LTNA", levels, Says("x12"), full=False)
    assert (made.number, made.warehouse, made.full) == ("S000000012", "LTNA", False)
    assert [(one.identifiers, one.quantity) for one in made.items] == [
        ((Identifier("vendor_sku", "CAN", "VN"),), 7), ((Identifier("vendor_sku", "POT", "VN"),), 0),
    ]  # fmt: skip
    by_barcode = report("S1", NOW, "LTNA", levels, Says("edifact", "EN"), full=True)
    assert by_barcode.items[0].identifiers == (Identifier("unknown", "CAN", "EN"),) and by_barcode.full
