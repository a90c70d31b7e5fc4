"""What the settings say of vendor accounts, as the pure rules want it."""

from datetime import timedelta
from decimal import Decimal

from daemon.settings import VendorAccount
from handlers.acknowledgement_settling import Patience
from handlers.order_window import Rules as WindowRules
from handlers.purchase_order_desk import DeskRules
from handlers.purchase_order_judgement import Terms
from handlers.vendor_clocks import Limits
from handlers.vendor_windows import Pace

TOKEN_LIFE = timedelta(minutes=10)
"""A page's token is good for at least so long; nobody documents it, and one that has run out only costs pages."""
BEHIND = timedelta(minutes=2)
"""A look stays so far behind the present: clocks differ."""


def limits_of(vendor: VendorAccount) -> Limits:
    return Limits(
        answer_within=timedelta(hours=vendor.answer_within_hours),
        correct_within=timedelta(hours=vendor.correct_within_hours),
        escalate_at=vendor.escalate_at,
        safe_at=vendor.safe_at,
    )


def pace_of(vendor: VendorAccount) -> Pace:
    lead, transit = timedelta(hours=vendor.lead_time_hours), timedelta(hours=vendor.transit_hours)
    return Pace(lead=lead, transit=transit, freight=vendor.freight)


def terms_of(vendor: VendorAccount) -> Terms:
    return Terms(
        pace=pace_of(vendor),
        destinations=frozenset(vendor.destinations),
        tolerance_percent=Decimal(str(vendor.cost_tolerance_percent)),
        most_units=vendor.most_units,
    )


def desk_rules_of(vendor: VendorAccount) -> DeskRules:
    return DeskRules(
        limits=limits_of(vendor),
        pace=pace_of(vendor),
        backorder_after=None if vendor.backorder_days is None else timedelta(days=vendor.backorder_days),
        look_again=timedelta(seconds=vendor.look_again),
        owner=vendor.account_manager,
        answers=vendor.answer == "by_rule",
    )


def patience_of(vendor: VendorAccount, late_effect: float) -> Patience:
    return Patience(
        late_effect=timedelta(seconds=late_effect),
        status_lag=timedelta(seconds=vendor.status_lag),
        unconfirmed_after=timedelta(seconds=vendor.unconfirmed_after),
    )


def window_rules(vendor: VendorAccount, by: str) -> WindowRules:
    return WindowRules(
        every=timedelta(seconds=vendor.read_every if by == "created" else vendor.changed_every),
        behind=BEHIND,
        overlap=timedelta(seconds=vendor.overlap),
        look_back=timedelta(seconds=vendor.look_back),
        token_life=TOKEN_LIFE,
    )
