"""Orders of the simulated Amazon: confirmed parcel by parcel, shown a little later."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

import msgspec

from simulators.amazon.carriers import CARRIERS
from simulators.amazon.order_details import OrderDetails
from simulators.amazon.reply import Reply, refusal

SHIP_PLUS: Final = "FBM_SHIP_PLUS"
REFERENCE: Final = re.compile(r"0*[1-9][0-9]*")


class Item(msgspec.Struct, frozen=True, rename="camel"):
    order_item_id: str
    quantity: int


class Detail(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """One parcel, as its confirmation described it."""

    package_reference_id: str
    carrier_code: str
    carrier_name: str = ""
    shipping_method: str = ""
    tracking_number: str
    ship_date: str
    order_items: list[Item]


class Confirmation(msgspec.Struct, frozen=True, rename="camel"):
    marketplace_id: str
    package_detail: Detail


@dataclass(frozen=True, slots=True)
class SimulatedItem:
    order_item_id: str
    sku: str
    quantity: int


@dataclass(slots=True)
class SimulatedOrder:
    order_id: str
    marketplace: str
    items: list[SimulatedItem]
    created_at: datetime
    programs: list[str] = field(default_factory=list[str])
    status: str = "UNSHIPPED"
    """Before any parcel: UNSHIPPED, or PENDING or CANCELLED, which cannot be confirmed."""
    fulfilled_by: str = "MERCHANT"
    packages: dict[str, list[tuple[datetime, Detail]]] = field(
        default_factory=dict[str, list[tuple[datetime, Detail]]]
    )
    """Reference -> its versions, each with the time from which it is shown."""
    cancelled: dict[str, int] = field(default_factory=dict[str, int])
    """Units of an item that were cancelled."""
    changed_at: datetime | None = None
    """When the order was last changed by other than its packages."""
    details: OrderDetails = field(default_factory=OrderDetails)
    earlier: "list[tuple[datetime, SimulatedOrder]]" = field(default_factory=list["tuple[datetime, SimulatedOrder]"])
    """(until when it was so, what it was then)."""

    def keep(self, now: datetime) -> None:
        """What it has been until now, for readers that are behind."""
        self.earlier.append((now, replace(self, cancelled=dict(self.cancelled), earlier=[])))

    def as_of(self, when: datetime) -> "SimulatedOrder":
        """Its parcels are shown by their own times."""
        return next((before for until, before in self.earlier if when < until), self)

    def updated_at(self, now: datetime) -> datetime:
        """The time of the newest change that is shown."""
        changed = self.changed_at or self.created_at
        if not self.packages:
            return changed
        return max([changed, *(at for versions in self.packages.values() for at, _ in versions if at <= now)])

    def confirmed(self) -> list[Detail]:
        return [versions[-1][1] for versions in self.packages.values()]

    def shown(self, now: datetime) -> list[Detail]:
        visible = ([detail for at, detail in versions if at <= now] for versions in self.packages.values())
        return [versions[-1] for versions in visible if versions]

    def remaining(self, reference: str = "") -> dict[str, int]:
        """What is still to be confirmed of each item, the parcel `reference` not counted."""
        parcels = [parcel for parcel in self.confirmed() if parcel.package_reference_id != reference]
        told = _quantities(parcels)
        return {item.order_item_id: self.owed(item) - told.get(item.order_item_id, 0) for item in self.items}

    def owed(self, item: SimulatedItem) -> int:
        return item.quantity - self.cancelled.get(item.order_item_id, 0)

    def status_with(self, parcels: list[Detail]) -> str:
        told = _quantities(parcels)
        if not told:
            return self.status
        whole = all(told.get(item.order_item_id, 0) >= self.owed(item) for item in self.items)
        return "SHIPPED" if whole else "PARTIALLY_SHIPPED"


def _quantities(parcels: list[Detail]) -> dict[str, int]:
    told: dict[str, int] = {}
    for parcel in parcels:
        for item in parcel.order_items:
            told[item.order_item_id] = told.get(item.order_item_id, 0) + item.quantity
    return told


def confirm(order: SimulatedOrder | None, body: bytes, now: datetime, lag: timedelta) -> Reply:
    """`confirmShipment`: a new parcel, or the edit of one."""
    try:
        confirmation = msgspec.json.decode(body, type=Confirmation)
    except msgspec.ValidationError as error:
        return refusal(400, "InvalidInput", _where(str(error)))
    except (msgspec.DecodeError, UnicodeDecodeError):
        return refusal(400, "InvalidInput", "The request body is not JSON.")
    if order is None:
        return refusal(404, "NotFound", "The requested order does not exist.")
    detail = confirmation.package_detail
    if fault := _misdescribed(confirmation, order) or _impossible(detail, order):
        return refusal(400, "InvalidInput", fault)
    return _confirmed(order, detail, now + lag)


def _confirmed(order: SimulatedOrder, detail: Detail, shown_from: datetime) -> Reply:
    edit = detail.package_reference_id in order.packages
    order.packages.setdefault(detail.package_reference_id, []).append((shown_from, detail))
    return Reply(204, None, "accepted", package=detail.package_reference_id, edit=edit)


def _where(error: str) -> str:
    path = error.rpartition("$.")[2].rstrip("`") if "$." in error else "request"
    return f"The input you have submitted is not valid. Please check the fields with invalid type [{path}]."


def _misdescribed(confirmation: Confirmation, order: SimulatedOrder) -> str:
    """What is wrong with the parcel whatever the order holds."""
    detail = confirmation.package_detail
    if not REFERENCE.fullmatch(detail.package_reference_id):
        return "PackageReferenceId: is invalid, must be a positive numeric value."
    if not _is_moment(detail.ship_date):
        return "Invalid Input: shipDate is not an ISO 8601 date and time."
    if detail.carrier_code not in CARRIERS:
        return f"carrierCode '{detail.carrier_code}' is not a known carrier."
    if detail.carrier_code == "Other" and not detail.carrier_name:
        return "carrierName is required when carrierCode is Other."
    return "" if confirmation.marketplace_id == order.marketplace else "marketplaceId does not match the order."


def _is_moment(text: str) -> bool:
    try:
        return datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False


def _impossible(detail: Detail, order: SimulatedOrder) -> str:
    """What of the parcel the order does not allow."""
    if SHIP_PLUS in order.programs:
        return "Ship+ orders are confirmed by Amazon and cannot be confirmed by the seller."
    if order.status != "UNSHIPPED":
        return f"The order is {order.status} and cannot be confirmed."
    remaining = order.remaining(detail.package_reference_id)
    if not any(remaining.values()):
        return "Unable to find package to update for the order, errorMetric=PackageToUpdateNotFound"
    return _overfull(_quantities([detail]), remaining)


def _overfull(told: Mapping[str, int], remaining: Mapping[str, int]) -> str:
    if not told:
        return "orderItems must not be empty."
    for order_item_id, quantity in told.items():
        if order_item_id not in remaining:
            return f"orderItemId {order_item_id} is not of this order."
        if not 0 < quantity <= remaining[order_item_id]:
            return f"quantity {quantity} of {order_item_id} is not within the {remaining[order_item_id]} remaining."
    return ""


def get(order: SimulatedOrder | None, included: set[str], now: datetime) -> Reply:
    """`getOrder`, as far behind as its packages are."""
    if order is None:
        return refusal(404, "NotFound", "The requested order does not exist.")
    return Reply(200, {"order": shown(order, included, now)}, "answered")


def shown(order: SimulatedOrder, included: set[str], now: datetime) -> dict[str, object]:
    """The order as its readers see it."""
    parcels = order.shown(now)
    answer: dict[str, object] = {
        "orderId": order.order_id,
        "createdTime": order.created_at.isoformat(),
        "lastUpdatedTime": order.updated_at(now).isoformat(),
        "programs": order.programs,
        "salesChannel": {"channelName": "AMAZON", "marketplaceId": order.marketplace},
        "orderItems": [_item(item, order, _quantities(parcels), included) for item in order.items],
    }
    if "FULFILLMENT" in included:
        status = order.status_with(parcels)
        told = {"fulfillmentStatus": status, "fulfilledBy": order.fulfilled_by}
        answer["fulfillment"] = told | order.details.fulfillment()
    if "PACKAGES" in included:
        answer["packages"] = [_package(parcel) for parcel in parcels]
    return answer | order.details.buyers_data(included)


def _item(
    item: SimulatedItem, order: SimulatedOrder, told: Mapping[str, int], included: set[str]
) -> dict[str, object]:
    shown: dict[str, object] = {
        "orderItemId": item.order_item_id,
        "quantityOrdered": item.quantity,
        "product": {"sellerSku": item.sku} | order.details.of_product(item.order_item_id),
    }
    if "FULFILLMENT" in included:
        done = told.get(item.order_item_id, 0)
        left = 0 if order.status == "CANCELLED" else order.owed(item) - done
        shown["fulfillment"] = {"quantityFulfilled": done, "quantityUnfulfilled": left}
    return shown | order.details.of_item(item.order_item_id, included)


def _package(parcel: Detail) -> dict[str, object]:
    return {
        "packageReferenceId": parcel.package_reference_id,
        "packageStatus": {"status": "SHIPPED"},
        "carrier": parcel.carrier_name or parcel.carrier_code,
        "shipTime": parcel.ship_date,
        "shippingService": parcel.shipping_method,
        "trackingNumber": parcel.tracking_number,
        "packageItems": [{"orderItemId": i.order_item_id, "quantity": i.quantity} for i in parcel.order_items],
    }
