"""The account health of a simulated seller, as Amazon's report tells it: by its schema, complete."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

PLAIN: Final = (
    "listingPolicyViolations", "productAuthenticityCustomerComplaints", "productConditionCustomerComplaints",
    "productSafetyCustomerComplaints", "receivedIntellectualPropertyComplaints", "restrictedProductPolicyViolations",
    "suspectedIntellectualPropertyViolations", "foodAndProductSafetyIssues", "otherPolicyViolations",
    "documentRequests",
)  # fmt: skip
"""Metrics that are a count of defects and no more."""


@dataclass(slots=True)
class SimulatedHealth:
    """What is counted of one marketplace. Targets are shares."""

    orders: int = 0
    late: int = 0
    cancelled: int = 0
    shipments: int = 0
    tracked: int = 0
    late_target: float = 0.04
    cancel_target: float = 0.025
    tracking_target: float = 0.95
    standing: str = "NORMAL"
    lag: timedelta = timedelta(days=1)
    """By which the figures are behind."""


def report_of(health: dict[str, SimulatedHealth], marketplaces: list[str], now: datetime) -> dict[str, Any]:
    found = {name: health.get(name, SimulatedHealth()) for name in marketplaces}
    return {
        "accountStatuses": [{"marketplaceId": name, "status": one.standing} for name, one in found.items()],
        "performanceMetrics": [_metrics(name, one, now - one.lag) for name, one in found.items()],
    }


def _metrics(marketplace: str, health: SimulatedHealth, until: datetime) -> dict[str, Any]:
    defects = {"count": 0, "status": "NONE"}
    orders = {"orderCount": health.orders, "orderWithDefects": defects, "claims": defects, "chargebacks": defects,
              "negativeFeedback": defects}  # fmt: skip
    no_defects = _rated(until, 60, 0, health.orders, 0.01, less=True) | orders
    invoices = {"orderCount": 0, "invoiceDefect": defects, "missingInvoice": defects, "lateInvoice": defects}
    return {
        "marketplaceId": marketplace,
        "lateShipmentRate": _rated(until, 30, health.late, health.orders, health.late_target, less=True)
        | {"orderCount": health.orders, "lateShipmentCount": health.late},
        "preFulfillmentCancellationRate": _rated(
            until, 7, health.cancelled, health.orders, health.cancel_target, less=True
        )
        | {"orderCount": health.orders, "cancellationCount": health.cancelled},
        "validTrackingRate": _rated(until, 30, health.tracked, health.shipments, health.tracking_target, less=False)
        | {"shipmentCount": health.shipments, "validTrackingCount": health.tracked},
        "onTimeDeliveryRate": _rated(until, 30, health.tracked, health.shipments, 0.9, less=False)
        | {"shipmentCountWithValidTracking": health.shipments, "onTimeDeliveryCount": health.tracked},
        "unitOnTimeDeliveryRate": _rated(until, 30, health.tracked, health.shipments, 0.9, less=False)
        | {"totalUnitCount": health.shipments, "unitOnTimeDeliveryCount": health.tracked},
        "orderDefectRate": {
            "mfn": no_defects | {"fulfillmentType": "mfn"},
            "afn": no_defects | {"fulfillmentType": "afn"},
        },
        "invoiceDefectRate": _rated(until, 7, 0, 0, 0.05, less=True) | invoices,
        "warningStates": [],
        "accountHealthRating": {"ahrStatus": "GREAT", "reportingDateRange": _range(until, 180)},
        **{name: _plain(until) for name in PLAIN},
    }


def _rated(until: datetime, days: int, part: int, whole: int, target: float, *, less: bool) -> dict[str, Any]:
    rate = part / whole if whole else 0.0
    good = (rate < target) if less else (rate >= target or not whole)
    return {
        "reportingDateRange": _range(until, days),
        "status": "GOOD" if good else "BAD",
        "rate": rate,
        "targetValue": target,
        "targetCondition": "LESS_THAN" if less else "GREATER_THAN",
    }


def _plain(until: datetime) -> dict[str, Any]:
    return {
        "reportingDateRange": _range(until, 180),
        "defectsCount": 0,
        "status": "GOOD",
        "targetValue": 0,
        "targetCondition": "EQUALS",
    }


def _range(until: datetime, days: int) -> dict[str, str]:
    """To the minute, as Amazon writes it."""
    form = "%Y-%m-%dT%H:%MZ"
    return {
        "reportingDateFrom": (until - timedelta(days=days)).strftime(form),
        "reportingDateTo": until.strftime(form),
    }
