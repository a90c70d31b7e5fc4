"""What the simulated Amazon shows of an order beside its lines: service, windows, prices, requests, the recipient."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec


class OrderDetails(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Empty where the order shows nothing of the kind."""

    service: str = ""
    ship_by: datetime | None = None
    deliver_by: datetime | None = None
    currency: str = "GBP"
    prices: Mapping[str, str] = {}
    """Of one unit, by order item id."""
    cancel_asked: tuple[str, ...] = ()
    """Items that the buyer asks to cancel."""
    address: Mapping[str, str] | None = None
    """In Amazon's own field names; shown where RECIPIENT is asked for."""
    email: str = ""

    def fulfillment(self) -> dict[str, Any]:
        told = {
            "fulfillmentServiceLevel": self.service or None,
            "shipByWindow": _until(self.ship_by),
            "deliverByWindow": _until(self.deliver_by),
        }
        return {name: value for name, value in told.items() if value is not None}

    def buyers_data(self, included: set[str]) -> dict[str, Any]:
        told = dict[str, Any]()
        if "RECIPIENT" in included and self.address is not None:
            told["recipient"] = {"deliveryAddress": dict(self.address)}
        if "BUYER" in included and self.email:
            told["buyer"] = {"buyerEmail": self.email}
        return told

    def of_item(self, item: str, included: set[str]) -> dict[str, Any]:
        told = dict[str, Any]()
        if "CANCELLATION" in included and item in self.cancel_asked:
            told["cancellation"] = {"cancellationRequest": {"requester": "BUYER", "cancelReason": "NO_LONGER_NEEDED"}}
        return told

    def of_product(self, item: str) -> dict[str, Any]:
        price = self.prices.get(item)
        money = {"amount": price, "currencyCode": self.currency}
        return {} if price is None else {"price": {"unitPrice": money}}


def _until(at: datetime | None) -> dict[str, str] | None:
    return None if at is None else {"latestDateTime": at.isoformat()}
