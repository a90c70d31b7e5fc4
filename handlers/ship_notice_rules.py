"""What a ship notice must hold before it may leave, by market and freight mode: a table, and what each row asks.

Where two of the retailer's own texts differ the stricter holds; `waived` is for what a retailer has told one vendor
in writing that it need not send.
"""

import re
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import Final, TypeAlias

import msgspec

from handlers.gs1 import fault
from handlers.ship_notices import LineKey
from handlers.vendor_goods import MARKETS, Lack, Market
from schemas.purchase_order import Transport
from schemas.ship_notice import FreightMode, PackedItem, ShipNotice

LATEST_SHIPPED: Final = timedelta(days=7)
"""How long ago a ship date may be."""

FREIGHT: Final = frozenset[FreightMode]({"truckload", "less_than_truckload"})
PARCEL: Final = frozenset[FreightMode]({"small_parcel"})
ANY: Final = FREIGHT | PARCEL


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    """What the rules depend on besides the notice. `dated`: lines of perishables."""

    transport: Transport
    freight: str = "unknown"
    market: Market | None = None
    """None: by the destination's country."""
    dated: frozenset[LineKey] = frozenset()
    waived: frozenset[str] = frozenset()


Finds: TypeAlias = Callable[[ShipNotice, Terms], Iterator[str]]
"""What is wrong, one text each; nothing when all is well."""


class Demand(msgspec.Struct, frozen=True):
    """A row of the table. `word` is the name of the lack, and what `waived` may name."""

    word: str
    finds: Finds
    eu: frozenset[FreightMode] = frozenset()
    na: frozenset[FreightMode] = frozenset()

    def holds(self, market: Market, mode: FreightMode) -> bool:
        return mode in (self.eu if market == "eu" else self.na)


def lacks(notice: ShipNotice, terms: Terms) -> tuple[Lack, ...]:
    """Everything that keeps the notice from being sent."""
    market = terms.market or MARKETS.get(notice.ship_to.country)
    if market is None:
        return (Lack("market", f"no rules are known for the country {notice.ship_to.country!r}: set the market"),)
    return tuple(
        Lack(demand.word, text)
        for demand in DEMANDS
        if demand.holds(market, notice.mode) and demand.word not in terms.waived
        for text in demand.finds(notice, terms)
    )


def _field(name: str, says: str) -> Finds:
    def find(notice: ShipNotice, _: Terms) -> Iterator[str]:
        if not getattr(notice, name):
            yield f"the load has no {says}"

    return find


def _bill_of_lading(notice: ShipNotice, _: Terms) -> Iterator[str]:
    bill = notice.bill_of_lading
    digits = re.sub(r"\D", "", bill)
    if not bill:
        yield "the load has no bill of lading"
    elif len(digits) < 8:
        yield f"bill of lading {bill!r} has {len(digits)} digits; at least 8 are needed"
    elif is_date(digits, notice.noticed_at):
        yield f"bill of lading {bill!r} is a date; it has to be a number of its own"


def is_date(digits: str, near: datetime) -> bool:
    """Whether digits are a day within two years of `near`, alone or with the time of day."""
    if len(digits) not in (8, 10, 12, 14):
        return False
    one, two, three, four = digits[:2], digits[2:4], digits[4:6], digits[6:8]
    ways = ((one + two, three, four), (three + four, two, one), (three + four, one, two))
    return any(_is_day(*way, near) for way in ways)


def _is_day(year: str, month: str, day: str, near: datetime) -> bool:
    try:
        found = date(int(year), int(month), int(day))
    except ValueError:
        return False
    return abs(found.year - near.year) <= 2


def _shipped(notice: ShipNotice, _: Terms) -> Iterator[str]:
    if notice.shipped_at is None:
        yield "the load has no departure"
    elif notice.shipped_at < notice.noticed_at - LATEST_SHIPPED:
        yield f"the load left on {notice.shipped_at:%d %B}, more than {LATEST_SHIPPED.days} days ago"


def _reference(notice: ShipNotice, terms: Terms) -> Iterator[str]:
    if terms.freight == "unknown":
        yield "who pays the carrier is not known"
    elif terms.freight == "retailer_pays" and not notice.retailer_reference:
        yield "the retailer pays the carrier, and the load has no reference number of the retailer's"


def _weighed(notice: ShipNotice, _: Terms) -> Iterator[str]:
    if notice.gross_weight is None or notice.gross_weight.amount <= 0:
        yield "the load has no gross weight"


def _weighed_for_x12(notice: ShipNotice, terms: Terms) -> Iterator[str]:
    if terms.transport == "x12":
        yield from _weighed(notice, terms)


def _scac_for_x12(notice: ShipNotice, terms: Terms) -> Iterator[str]:
    if terms.transport == "x12":
        yield from _scac(notice, terms)


def _scac(notice: ShipNotice, _: Terms) -> Iterator[str]:
    if not re.fullmatch(r"[A-Z]{2,4}", notice.carrier_scac):
        yield f"the carrier's SCAC is {notice.carrier_scac!r}; it has to be 2 to 4 capital letters"


def _cartons(notice: ShipNotice, _: Terms) -> Iterator[str]:
    if not notice.cartons and not any(pallet.items for pallet in notice.pallets):
        yield "the load has no cartons"


def _one_package(notice: ShipNotice, _: Terms) -> Iterator[str]:
    if len(notice.cartons) != 1 or notice.pallets:
        yield f"a notice of small parcels is of one package; this one has {len(notice.cartons)}"


def _tracking(notice: ShipNotice, _: Terms) -> Iterator[str]:
    for carton in notice.cartons:
        if not carton.tracking_number:
            yield f"carton {carton.number} {carton.sscc} has no tracking number".replace("  ", " ")


def _sscc(notice: ShipNotice, _: Terms) -> Iterator[str]:
    for carton in notice.cartons:
        if not carton.sscc:
            yield f"carton {carton.number} has no SSCC"
    for sscc in [carton.sscc for carton in notice.cartons if carton.sscc] + [
        pallet.sscc for pallet in notice.pallets
    ]:
        if wrong := fault("sscc", sscc):
            yield wrong


def _identified(notice: ShipNotice, _: Terms) -> Iterator[str]:
    for item in _items(notice):
        if not item.identifiers:
            yield f"{item.purchase_order} line {item.line} has no product identifier"
        if item.quantity.amount <= 0:
            yield f"{item.purchase_order} line {item.line} has the quantity {item.quantity.amount}"


def _perishable(notice: ShipNotice, terms: Terms) -> Iterator[str]:
    for item in _items(notice):
        if (item.purchase_order, item.line) in terms.dated:
            if item.expiry is None:
                yield f"{item.purchase_order} line {item.line} is perishable and has no expiry date"
            if not item.lot:
                yield f"{item.purchase_order} line {item.line} is perishable and has no lot"


def _items(notice: ShipNotice) -> Iterator[PackedItem]:
    for carton in notice.cartons:
        yield from carton.items
    for pallet in notice.pallets:
        yield from pallet.items


def _supplier(notice: ShipNotice, _: Terms) -> Iterator[str]:
    if not notice.vendor.party_id:
        yield "the orders of the load name no vendor code"


def _addressed(name: str) -> Finds:
    def find(notice: ShipNotice, _: Terms) -> Iterator[str]:
        party = getattr(notice, name)
        for field in ("party_id", "country", *(("postcode",) if name == "ship_from" else ())):
            if not getattr(party, field):
                yield f"{name} has no {field}"

    return find


DEMANDS: Final[tuple[Demand, ...]] = (
    Demand("shipment", _field("shipment", "number of its own"), eu=ANY, na=ANY),
    Demand("supplier", _supplier, eu=ANY, na=ANY),
    Demand("ship_from", _addressed("ship_from"), eu=ANY, na=ANY),
    Demand("ship_to", _addressed("ship_to"), eu=ANY, na=ANY),
    Demand("departure", _shipped, eu=ANY, na=ANY),
    Demand("delivery", _field("deliver_at", "expected delivery"), eu=ANY, na=ANY),
    Demand("bill_of_lading", _bill_of_lading, eu=ANY, na=FREIGHT),
    Demand("pro_number", _field("pro_number", "PRO number"), na=FREIGHT),
    Demand("scac", _scac, na=ANY),
    Demand("scac", _scac_for_x12, eu=ANY),
    Demand("retailer_reference", _reference, eu=ANY, na=ANY),
    Demand("carton_count", _cartons, eu=ANY, na=ANY),
    Demand("one_package", _one_package, eu=PARCEL, na=PARCEL),
    Demand("tracking_number", _tracking, eu=PARCEL, na=PARCEL),
    Demand("sscc", _sscc, eu=ANY, na=ANY),
    Demand("gross_weight", _weighed, na=ANY),
    Demand("gross_weight", _weighed_for_x12, eu=ANY),
    Demand("item", _identified, eu=ANY, na=ANY),
    Demand("perishable", _perishable, eu=ANY, na=ANY),
)
"""Market and mode to what is mandatory. Europe's pallet count is 0 or the number of pallets, so it never lacks."""

WORDS: Final = frozenset(demand.word for demand in DEMANDS)
