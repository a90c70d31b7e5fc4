"""How the simulated Amazon takes an advance ship notice: what its mode and region demand, and what it may say.

Facts: Amazon's model and vendor guide; where the two differ the stricter one holds.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from schemas import amazon_vendor as wire
from schemas.amazon_vendor_shipments import MODES, SSCC, Contained, ShipmentConfirmation, ShippedItem
from schemas.purchase_order import PoLineNumber, PurchaseOrderLine, PurchaseOrderNumber
from schemas.sscc import is_sscc, without_identifier
from simulators.amazon.vendor_acknowledging import other_unit
from simulators.amazon.vendor_books import SimulatedOrder
from simulators.amazon.vendor_transactions import Fault, VendorPlan

NAMES_LIVE = timedelta(days=365)
"""For so long a shipment's identifier and an SSCC are not used again."""
REPLACE_WITHIN = timedelta(days=7)
SHIPPED_BACK = timedelta(days=7)
MOST_NOTICES = 100
"""Of one truck."""
_DATE = re.compile(r"(19|20)\d{6}|\d{4}(19|20)\d\d|\d{4}-\d\d-\d\d.*|\d\d[/.]\d\d[/.](19|20)?\d\d")

Key = tuple[PurchaseOrderNumber, PoLineNumber]


@dataclass(slots=True)
class SimulatedNotice:
    """A notice as it stands; a replacement has overwritten all but when it was first told."""

    said: ShipmentConfirmation
    first_at: datetime
    contents: dict[Key, int]
    arrived: bool = False

    @property
    def bill_of_lading(self) -> str:
        told = self.said.transportation_details
        return (told.bill_of_lading_number if told else None) or ""


@dataclass(slots=True)
class Judged:
    faults: list[Fault] = field(default_factory=list[Fault])
    contents: dict[Key, int] = field(default_factory=dict[Key, int])
    other_units: list[Key] = field(default_factory=list[Key])
    orders: dict[PurchaseOrderNumber, SimulatedOrder] = field(
        default_factory=dict[PurchaseOrderNumber, SimulatedOrder]
    )


@dataclass(slots=True)
class Notices:
    """All notices as they stand, by shipment, and what they have used."""

    by_shipment: dict[str, SimulatedNotice] = field(default_factory=dict[str, SimulatedNotice])
    shipped: Counter[Key] = field(default_factory=Counter[Key])
    used: dict[str, str] = field(default_factory=dict[str, str])
    """The shipment that an SSCC was last in."""
    by_bill: dict[str, set[str]] = field(default_factory=dict[str, set[str]])

    def put(self, said: ShipmentConfirmation, contents: dict[Key, int], now: datetime) -> None:
        """A notice that was taken; the one of the same shipment is overwritten."""
        name, before = said.shipment_identifier, self.by_shipment.get(said.shipment_identifier)
        if before is not None and said.shipment_confirmation_type == "Replace":
            self.shipped.subtract(before.contents)
        replaced = before is not None and said.shipment_confirmation_type == "Replace"
        first_at = before.first_at if before is not None and replaced else now
        self.by_shipment[name] = SimulatedNotice(said, first_at, contents)
        self.shipped.update(contents)
        self.used |= dict.fromkeys(ssccs(said), name)
        if bill := self.by_shipment[name].bill_of_lading:
            self.by_bill.setdefault(bill, set()).add(name)


@dataclass(slots=True)
class Desk:
    """What a notice is judged against."""

    plan: VendorPlan
    orders: Mapping[PurchaseOrderNumber, SimulatedOrder]
    notices: Notices
    now: datetime

    def shipped(self, key: Key, besides: str) -> int:
        """What other notices say is on its way, or has come."""
        own = self.notices.by_shipment.get(besides)
        return self.notices.shipped[key] - (own.contents.get(key, 0) if own else 0)

    def judge(self, said: ShipmentConfirmation) -> Judged:
        judged = Judged()
        self._read_items(said, judged)
        judged.faults += self._identity(said, judged)
        judged.faults += self._header(said, judged)
        judged.faults += containers(said, self.plan)
        judged.faults += self._reused(said)
        return judged

    def _read_items(self, said: ShipmentConfirmation, judged: Judged) -> None:
        if not said.shipped_items:
            judged.faults.append(Fault("INVALID_ITEM", "There is no item."))
        for item in said.shipped_items:
            order = self.orders.get(PurchaseOrderNumber(order_of(said, item)))
            line = order.find(item.item_sequence_number, item.amazon_product_identifier,
                              item.vendor_product_identifier) if order else None  # fmt: skip
            if order is None or line is None:
                judged.faults.append(Fault("INVALID_ORDER_ID", f"Item {item.item_sequence_number} is on no order."))
                continue
            judged.orders[order.number] = order
            self._read_item(said, item, order, line, judged)

    def _read_item(
        self,
        said: ShipmentConfirmation,
        item: ShippedItem,
        order: SimulatedOrder,
        line: PurchaseOrderLine,
        judged: Judged,
    ) -> None:
        key = (order.number, line.number)
        if other_unit(line, item.shipped_quantity) or item.shipped_quantity.unit_of_measure is None:
            judged.other_units.append(key)
            judged.faults.append(Fault("INVALID_UNIT", f"Line {line.number} of {order.number}: another unit."))
            return
        amount = _amount(item.shipped_quantity)
        judged.contents[key] = judged.contents.get(key, 0) + amount
        promised = order.books[line.number].promised
        if amount < 1 or judged.contents[key] + self.shipped(key, said.shipment_identifier) > promised:
            text = f"Line {line.number} of {order.number}: more than the {promised} acknowledged, or nothing."
            judged.faults.append(Fault("INVALID_QUANTITY", text))

    def _identity(self, said: ShipmentConfirmation, judged: Judged) -> Iterator[Fault]:
        before = self.notices.by_shipment.get(said.shipment_identifier)
        if said.shipment_confirmation_type == "Original":
            if before is not None and self.now - before.first_at < NAMES_LIVE:
                yield Fault("DUPLICATE_SHIPMENT", "The shipment identifier was used within a year.")
        elif before is None or before.said.selling_party.party_id != said.selling_party.party_id:
            yield Fault("UNKNOWN_SHIPMENT", "There is no shipment of this vendor to replace.")
        else:
            yield from self._replaced(before, said, judged)

    def _replaced(self, before: SimulatedNotice, said: ShipmentConfirmation, judged: Judged) -> Iterator[Fault]:
        if before.arrived or self.now > before.first_at + REPLACE_WITHIN:
            yield Fault("TOO_LATE", "It has arrived, or was told more than seven days ago.")
        more = [key for key, amount in judged.contents.items() if amount > before.contents.get(key, 0)]
        counts = ((said.cartons, before.said.cartons), (said.pallets, before.said.pallets))
        if more or any(len(now) > len(then) for now, then in counts):
            yield Fault("INVALID_QUANTITY", "What was told can only become less.")

    def _header(self, said: ShipmentConfirmation, judged: Judged) -> Iterator[Fault]:
        missing = missing_fields(said, self.plan, _is_collected(judged))
        if missing:
            yield Fault("MISSING_FIELD", f"Mandatory and missing: {', '.join(missing)}.")
        yield from self._dates(said)
        for order in judged.orders.values():
            ship_to = order.order.ship_to
            if order.order.vendor.party_id != said.selling_party.party_id:
                yield Fault("INVALID_PARTY", f"{order.number} is another vendor code's.")
            if ship_to is not None and ship_to.party_id != said.ship_to_party.party_id:
                yield Fault("INVALID_PARTY", f"{order.number} goes to {ship_to.party_id}.")

    def _dates(self, said: ShipmentConfirmation) -> Iterator[Fault]:
        shipped, due = said.shipped_date, said.estimated_delivery_date
        if shipped and not self.now - SHIPPED_BACK <= shipped <= self.now:
            yield Fault("INVALID_DATE", "The shipped date lies in the future, or more than seven days back.")
        if shipped and due and due < shipped:
            yield Fault("INVALID_DATE", "It is to arrive before it has left.")

    def _reused(self, said: ShipmentConfirmation) -> Iterator[Fault]:
        twice = [name for name in ssccs(said) if self._is_anothers(self.notices.used.get(name), said)]
        if twice:
            yield Fault("DUPLICATE_SSCC", f"{twice[0]} was used within a year.")
        bill = said.transportation_details.bill_of_lading_number if said.transportation_details else None
        names = self.notices.by_bill.get(bill or "", set())
        same = [self.notices.by_shipment[name] for name in names if self._is_anothers(name, said)]
        if any(one.said.ship_to_party.party_id != said.ship_to_party.party_id or one.arrived for one in same):
            yield Fault("DUPLICATE_BOL", "The bill of lading was that of another shipment.")
        if len(same) >= MOST_NOTICES:
            yield Fault("TOO_MANY", f"One truck has at most {MOST_NOTICES} notices.")

    def _is_anothers(self, shipment: str | None, said: ShipmentConfirmation) -> bool:
        if shipment is None or shipment == said.shipment_identifier:
            return False
        return self.now - self.notices.by_shipment[shipment].first_at < NAMES_LIVE


def _is_collected(judged: Judged) -> bool:
    """The retailer pays the freight where an order has a ship window only."""
    return any(one.order.ship_window and not one.order.delivery_window for one in judged.orders.values())


def order_of(said: ShipmentConfirmation, item: ShippedItem) -> str:
    """Which purchase order an item is of: where it is packed, or where it is listed."""
    packed = [one for one in contained(said) if one.item_reference == item.item_sequence_number]
    told = [one.item_details for one in packed] + [item.item_details]
    return next((one.purchase_order_number for one in told if one and one.purchase_order_number), "")


def contained(said: ShipmentConfirmation) -> list[Contained]:
    cartons = [one for carton in said.cartons for one in carton.items]
    return cartons + [one for pallet in said.pallets for one in pallet.items]


def ssccs(said: ShipmentConfirmation) -> list[str]:
    names = [n for carton in said.cartons for n in carton.carton_identifiers]
    names += [n for pallet in said.pallets for n in pallet.pallet_identifiers]
    return [
        without_identifier(n.container_identification_number)
        for n in names
        if n.container_identification_type == SSCC
    ]


def missing_fields(said: ShipmentConfirmation, plan: VendorPlan, is_collected: bool) -> list[str]:
    transport, measured = said.transportation_details, said.shipment_measurements
    address = said.ship_from_party.address
    is_parcel = said.shipment_type == "SmallParcel"
    counted = (measured.pallet_count if said.pallets else measured.carton_count) if measured else None
    bill = transport.bill_of_lading_number if transport else None
    scac, pro = (transport.carrier_scac, transport.carrier_shipment_reference_number) if transport else (None, None)
    wanted = {
        "shipmentType": said.shipment_type in MODES.values(),
        "shippedDate": said.shipped_date,
        "estimatedDeliveryDate": said.estimated_delivery_date,
        "shipFromParty.address": address and address.postal_code and address.country_code,
        "shipmentMeasurements count": counted == (len(said.pallets) or len(said.cartons)),
        "amazonReferenceNumber": said.amazon_reference_number or not is_collected,
        "billOfLadingNumber": is_parcel or (bill and is_bill_of_lading(bill)),
        "carrierScac": scac or plan.region == "EU",
        "carrierShipmentReferenceNumber": pro or plan.region == "EU",
        "trackingNumber": not is_parcel or all(carton.tracking_number for carton in said.cartons),
        "vendorProductIdentifier": all(item.vendor_product_identifier for item in said.shipped_items),
    }
    return [name for name, is_there in wanted.items() if not is_there]


def is_bill_of_lading(text: str) -> bool:
    """Eight characters or more, and no date."""
    return len(text) >= 8 and not _DATE.fullmatch(text)


def containers(said: ShipmentConfirmation, plan: VendorPlan) -> Iterator[Fault]:
    """Whether what is packed is what is listed, in containers that have names."""
    names = ssccs(said)
    if any(not is_sscc(name) for name in names) or len(set(names)) < len(names):
        yield Fault("INVALID_SSCC", "An SSCC has another length or check digit, or is there twice.")
    if plan.region == "NA" and any(not carton.carton_identifiers for carton in said.cartons):
        yield Fault("MISSING_SSCC", "Every carton needs its SSCC.")
    if plan.one_parcel_a_notice and said.shipment_type == "SmallParcel" and len(said.cartons) != 1:
        yield Fault("INVALID_CARTONS", "A parcel has a notice of its own.")
    known = [carton.carton_sequence_number for carton in said.cartons]
    held = [name for pallet in said.pallets if pallet.carton_reference_details
            for name in pallet.carton_reference_details.carton_reference_numbers]  # fmt: skip
    if len(set(known)) < len(known) or len(set(held)) < len(held) or not set(held) <= set(known):
        yield Fault("INVALID_CARTONS", "A carton is there twice, or a pallet refers to none.")
    if _sums(said) != Counter(
        {item.item_sequence_number: _amount(item.shipped_quantity) for item in said.shipped_items}
    ):
        yield Fault("INVALID_QUANTITY", "What is packed is not what is listed.")


def _sums(said: ShipmentConfirmation) -> Counter[str]:
    found = Counter[str]()
    for one in contained(said):
        found[one.item_reference] += _amount(one.shipped_quantity)
    return found


def _amount(told: wire.Quantity) -> int:
    return wire.whole(told.amount, "an item")
