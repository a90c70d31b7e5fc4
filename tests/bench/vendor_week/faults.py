"""What goes wrong at the retailer in the week: the same plan for whoever answers the orders."""

from simulators.amazon import Chance, Fault, FaultPlan
from simulators.amazon.vendor_transactions import VendorPlan
from tests.bench.vendor_week.calendar import Calendar
from tests.bench.vendor_week.orders import Account

CHANCES = (
    Chance(probability=0.004, fault=Fault(kind="lost_answer", seconds=30.0)),
    Chance(probability=0.004, fault=Fault(kind="error_after", status=503)),
    Chance(probability=0.003, fault=Fault(kind="cut_answer")),
    Chance(probability=0.003, fault=Fault(kind="late_effect", seconds=120.0)),
    Chance(probability=0.006, fault=Fault(kind="error_before", status=500)),
    Chance(probability=0.003, fault=Fault(kind="reset")),
    Chance(probability=0.01, fault=Fault(kind="throttle")),
)
"""Of each call."""


def fault_plan(seed: int) -> FaultPlan:
    return FaultPlan(seed, chances=CHANCES)


def vendor_plan(account: Account, calendar: Calendar) -> VendorPlan:
    """Lags as the real one has them; the small form's are as much shorter as its days are."""
    part = calendar.part
    return VendorPlan(
        region=account.region, status_lag=(0.0, 1800.0 * part), verdict_lag=(60.0 * part, 900.0 * part), untold=0.3,
        lost=0.003, stuck=0.02, fails=0.005, grace=21_600.0 * part,
    )  # fmt: skip
