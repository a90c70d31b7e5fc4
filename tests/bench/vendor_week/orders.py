"""The purchase orders of the week: what is ordered where and when, what is odd about it, how it is to travel."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Literal

import msgspec

from schemas.purchase_order import (
    Cost,
    CountedIn,
    Freight,
    Identifier,
    Party,
    PoLineNumber,
    PurchaseOrder,
    PurchaseOrderLine,
    PurchaseOrderNumber,
    Window,
)
from schemas.terms import ChannelAccount, Marketplace
from simulators.amazon.vendor_books import Change
from tests.bench.vendor_week.calendar import Calendar
from tests.bench.vendor_week.goods import Product

Mode = Literal["less_than_truckload", "small_parcel"]
BY_DAY = (35, 20, 15, 20, 10)
"""Orders of each day, per cent: most of a week's come on Monday."""
CASED, MISALIGNED, RESIZED, MISCOSTED, UNKNOWN, BACKORDERED = 0.4, 0.04, 0.015, 0.04, 0.02, 0.3
"""Shares of lines: in cases; no whole number of packs; cases of another size than ours; at another cost than agreed;
by a name that nobody here has heard; on which the retailer allows back order."""
CHANGED, SPLIT, PARCELS = 0.09, 0.12, 0.3
"""Shares of orders: changed by the retailer; sent on two days; that go as parcels (in Europe)."""


@dataclass(frozen=True, slots=True)
class Account:
    """A vendor account, its retailer's places, and its share of the orders."""

    name: ChannelAccount
    party: str
    region: Literal["EU", "NA"]
    currency: str
    marketplace: Marketplace
    freight: Freight
    places: tuple[str, ...]
    country: str
    share: float


UK = Account(
    ChannelAccount("retail-uk"), "ACMEU", "EU", "GBP", Marketplace("A1F83G8C2ARO7P"), "vendor_pays",
    ("LTN4", "BHX4", "EDI4", "MAN1", "DSA6"), "GB", 0.7,
)  # fmt: skip
US = Account(
    ChannelAccount("retail-us"), "ACMEA", "NA", "USD", Marketplace("ATVPDKIKX0DER"), "retailer_pays",
    ("PHX7", "ONT8", "MDW2", "IND9"), "US", 0.3,
)  # fmt: skip
ACCOUNTS = (UK, US)
PAYER = Party(
    party_id="AMZPAY", name="Amazon EU SARL", lines=("1 Principal Place",), city="London", postcode="EC2A 2FA",
    country="GB", tax_number="GB727255821",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class PlannedLine:
    """`product`: what is meant, whatever the order calls it."""

    line: PurchaseOrderLine
    product: Product
    known: bool
    """Our master data has its name from the start."""

    @property
    def unit(self) -> int:
        """Eaches in one ordered unit, as the retailer means it."""
        return (self.line.ordered.unit_size or 1) if self.line.ordered.unit == "case" else 1


@dataclass(frozen=True, slots=True)
class PlannedOrder:
    """An order and its way. `leaves`: the day; `split`: half of it leaves a day later. Times: after the beginning."""

    order: PurchaseOrder
    account: Account
    placed: timedelta
    lines: Mapping[PoLineNumber, PlannedLine]
    leaves: int
    mode: Mode
    split: bool
    load: str
    """Orders of one load ride together."""
    change: tuple[timedelta, Change] | None = None
    mapped: Mapping[PoLineNumber, timedelta | None] = field(default_factory=dict[PoLineNumber, timedelta | None])
    """When somebody tells our master data the name of an unknown item, if anybody does."""


def planned_orders(
    count: int, goods: Sequence[Product], beginning: datetime, calendar: Calendar, draw: random.Random
) -> list[PlannedOrder]:
    """In the order of their placing."""
    weights = [1 / (place + 5) for place in range(len(goods))]
    found = list[PlannedOrder]()
    for number in range(count):
        picked = _distinct(draw, goods, weights, draw.choices((1, 2, 3, 4), (30, 35, 20, 15))[0])
        found.append(_planned(number, picked, beginning, calendar, draw))
    return sorted(found, key=lambda one: one.placed)


def _distinct(draw: random.Random, goods: Sequence[Product], weights: Sequence[float], count: int) -> list[Product]:
    picked = draw.choices(goods, weights, k=3 * count)
    return list({product.sku: product for product in picked}.values())[:count]


def _planned(
    number: int, picked: Sequence[Product], beginning: datetime, calendar: Calendar, draw: random.Random
) -> PlannedOrder:
    account = draw.choices(ACCOUNTS, [one.share for one in ACCOUNTS])[0]
    days = list(range(calendar.order_days))
    day = draw.choices(days, [BY_DAY[one % len(BY_DAY)] for one in days])[0]
    placed, leaves = calendar.at(day, draw.uniform(5, 16)), day + 2
    lines = [_line(place, product, account, draw) for place, product in enumerate(picked, 1)]
    order = _order(number, lines, account, beginning + placed, beginning, leaves, calendar, draw)
    mode: Mode = "small_parcel" if account.region == "EU" and draw.random() < PARCELS else "less_than_truckload"
    assert order.ship_to is not None
    truck = f"{account.party}-{order.ship_to.party_id}-{leaves}-{draw.randrange(12)}"
    return PlannedOrder(
        order=order, account=account, placed=placed,
        lines={planned.line.number: planned for planned in lines},
        leaves=leaves, mode=mode, split=draw.random() < SPLIT,
        load=truck if mode == "less_than_truckload" else f"P-{number:05d}",
        change=_change(placed, lines, leaves, calendar, draw) if draw.random() < CHANGED else None,
        mapped={one.line.number: _mapped(placed, calendar, draw) for one in lines if not one.known},
    )  # fmt: skip


def _order(
    number: int, lines: Sequence[PlannedLine], account: Account, at: datetime, beginning: datetime, leaves: int,
    calendar: Calendar, draw: random.Random,
) -> PurchaseOrder:  # fmt: skip
    paid_by_us = account.freight == "vendor_pays"
    first = leaves + 1 if paid_by_us else leaves
    window = Window(beginning + calendar.at(first, 0), beginning + calendar.at(leaves + 3, 0))
    return PurchaseOrder(
        channel_account=account.name, number=PurchaseOrderNumber(f"{number:05d}{draw.randrange(16**3):03X}"),
        marketplace=account.marketplace, transport="sp_api", state="new", state_word="New",
        ordered_at=at, vendor=Party(party_id=account.party), ship_to=Party(party_id=draw.choice(account.places)),
        bill_to=PAYER, delivery_window=window if paid_by_us else None, ship_window=None if paid_by_us else window,
        lines=tuple(planned.line for planned in lines),
    )  # fmt: skip


def _line(number: int, product: Product, account: Account, draw: random.Random) -> PlannedLine:
    counted = _counted(product, draw)
    unit = (counted.unit_size or 1) if counted.unit == "case" else 1
    factor = draw.choice((Decimal("0.94"), Decimal("1.05"))) if draw.random() < MISCOSTED else Decimal(1)
    cost = (product.costs[account.currency] * unit * factor).quantize(Decimal("0.01"))
    known = draw.random() >= UNKNOWN
    name = product.sku if known else f"NEW-{product.sku}-{draw.randrange(10**5):05d}"
    line = PurchaseOrderLine(
        number=PoLineNumber(str(number)),
        identifiers=(
            Identifier("asin", product.asin, "amazonProductIdentifier"),
            Identifier("vendor_sku", name, "vendorProductIdentifier"),
        ),
        ordered=counted, net_cost=Cost(cost, account.currency), backorder_allowed=draw.random() < BACKORDERED,
    )  # fmt: skip
    return PlannedLine(line, product, known)


def _counted(product: Product, draw: random.Random) -> CountedIn:
    packs = draw.choices((1, 2, 3, 4, 6, 8), (20, 25, 20, 15, 12, 8))[0]
    if product.pack > 1 and draw.random() < CASED:
        size = product.pack + 2 if draw.random() < RESIZED else product.pack
        return CountedIn(packs, "case", size)
    eaches = packs * (product.pack if product.pack > 1 else 6)
    odd = draw.randint(1, product.pack - 1) if product.pack > 1 and draw.random() < MISALIGNED else 0
    return CountedIn(eaches + odd, "each", 1)


def _mapped(placed: timedelta, calendar: Calendar, draw: random.Random) -> timedelta | None:
    return placed + calendar.hour * draw.uniform(1, 20) if draw.random() < 0.5 else None


def _change(
    placed: timedelta, lines: Sequence[PlannedLine], leaves: int, calendar: Calendar, draw: random.Random
) -> tuple[timedelta, Change]:
    """Before the warehouse begins with it."""
    latest = calendar.at(leaves - 1, 20)
    at = min(placed + calendar.hour * draw.uniform(2, 26), latest - calendar.hour * 2)
    return at, _changed(draw.choice(lines), lines, draw)


def _changed(one: PlannedLine, lines: Sequence[PlannedLine], draw: random.Random) -> Change:
    number, ordered, cost = one.line.number, one.line.ordered, one.line.net_cost
    step = one.product.pack if ordered.unit == "each" and one.product.pack > 1 else 1
    match draw.choices(("less", "more", "line", "all", "cost"), (28, 25, 20, 12, 15))[0]:
        case "less" if ordered.amount > step:
            return Change(quantities={number: ordered.amount - step})
        case "more":
            return Change(quantities={number: ordered.amount + step})
        case "all":
            return Change(cancelled=tuple(line.line.number for line in lines))
        case "cost" if cost is not None:
            less = (cost.amount * Decimal("0.95")).quantize(Decimal("0.01"))
            return Change(costs={number: msgspec.structs.replace(cost, amount=less)})
        case _:
            return Change(cancelled=(number,))


def eaches_of(planned: PlannedOrder) -> dict[str, int]:
    """What an order asks of each SKU."""
    asked: dict[str, int] = {}
    for one in planned.lines.values():
        asked[one.product.sku] = asked.get(one.product.sku, 0) + one.line.ordered.amount * one.unit
    return asked
