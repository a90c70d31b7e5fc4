"""The week in small: the daemon's loops against the usual connector, by hand's time."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.bench.freshness.trace import generate
from tests.bench.vendor_week.by_hand import lived_by_hand
from tests.bench.vendor_week.calendar import Calendar
from tests.bench.vendor_week.charges import KINDS, Charges
from tests.bench.vendor_week.evidence import told
from tests.bench.vendor_week.trace import make_week
from tests.bench.vendor_week.usual import answered_as_usual

SEED, ORDERS = 5, 24
EVERY_TENTH = 10
"""Of the other channels' sales: enough of them for a handful of orders."""


async def test_the_usual_connector_is_charged_of_nearly_every_kind_and_always_the_same() -> None:
    week = make_week(generate(SEED), 100, SEED, Calendar())
    first, second = [Charges((await answered_as_usual(week)).arm.vendors.values(), week) for _ in range(2)]
    assert first.by_kind == second.by_kind
    charged = {kind for kind in KINDS if first.by_kind[kind]}
    assert charged >= {
        "acknowledged_not_supplied",
        "wrong_notice",
        "late_notice",
        "cost_mismatch",
        "invoice_mismatch",
    }


@pytest.mark.live
async def test_a_small_week_is_charged_for_nothing_that_could_be_avoided(database_url: str, tmp_path: Path) -> None:
    week = make_week(generate(SEED), ORDERS, SEED, Calendar(order_days=1))
    week = replace(week, sales=week.sales[::EVERY_TENTH])
    usual = Charges((await answered_as_usual(week)).arm.vendors.values(), week)
    world, evidence = await lived_by_hand(database_url, tmp_path, week)
    vendors = world.arm.vendors.values()
    ours = Charges(vendors, week)
    for charge in ours.all:
        print("\n".join(told(charge, evidence, vendors, week)))
    assert sum(len(vendor.orders) for vendor in vendors) == ORDERS
    assert len(usual.all) > 10, "else there is nothing to be better than"
    assert len(ours.all) < len(usual.all) / 4
    assert ours.by_kind["cost_mismatch"] == ours.by_kind["unit_mismatch"] == ours.by_kind["wrong_notice"] == 0
    assert ours.by_kind["late_acknowledgement"] == ours.by_kind["invoice_mismatch"] == 0
