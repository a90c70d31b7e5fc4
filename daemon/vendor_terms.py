"""What the settings say of vendor accounts, as the pure rules want it."""

from datetime import timedelta
from decimal import Decimal

from daemon.settings import Settings, VendorAccount, VendorDestination
from handlers.acknowledgement_settling import Patience
from handlers.order_window import Rules as WindowRules
from handlers.purchase_order_desk import DeskRules
from handlers.purchase_order_judgement import Terms
from handlers.purchase_order_release import ReleaseRules
from handlers.vendor_clocks import Limits
from handlers.vendor_windows import Pace
from schemas.sales_order import ShipTo

TOKEN_LIFE = timedelta(minutes=10)
"""A page's token is good for at least so long; nobody documents it, and one that has run out only costs pages."""
BEHIND = timedelta(minutes=2)
"""A look stays so far behind the present: clocks differ."""


def limits_of(vendor: VendorAccount) -> Limits:
    """By when an order is to be answered, and corrected at the latest."""
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
    """What an account's orders are judged by."""
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


def release_rules_of(settings: Settings, name: str) -> ReleaseRules | None:
    """None where nothing says to which warehouse its orders go."""
    if name not in settings.releases.accounts:
        return None
    vendor = settings.vendors[name]
    before = timedelta(hours=vendor.process_before_hours)
    return ReleaseRules(
        mode=vendor.secure_by,
        process_before=before if vendor.process_picks else None,
        allocated_within=timedelta(seconds=vendor.allocated_within),
        places={code: _place(code, one) for code, one in vendor.destinations.items() if one.country},
    )


def _place(code: str, one: VendorDestination) -> ShipTo:
    return ShipTo(
        name=one.name or code, lines=one.lines, city=one.city, region=one.region, postcode=one.postcode,
        country=one.country,
    )  # fmt: skip


def patience_of(vendor: VendorAccount, late_effect: float) -> Patience:
    return Patience(
        late_effect=timedelta(seconds=late_effect),
        status_lag=timedelta(seconds=vendor.status_lag),
        unconfirmed_after=timedelta(seconds=vendor.unconfirmed_after),
    )


def window_rules(vendor: VendorAccount, by: str) -> WindowRules:
    """How far and how often the account's orders are read, by when they were placed or changed."""
    return WindowRules(
        every=timedelta(seconds=vendor.read_every if by == "created" else vendor.changed_every),
        behind=BEHIND,
        overlap=timedelta(seconds=vendor.overlap),
        look_back=timedelta(seconds=vendor.look_back),
        token_life=TOKEN_LIFE,
    )
