"""Orders of the demo: at Amazon, in the warehouse, and what each parcel's confirmation has to say."""

import itertools
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from daemon.demo.offers import SELLERS, Offer
from handlers.mappings import ANY, CarrierRow
from simulators.amazon import UK, AmazonSimulator
from simulators.warehouse import LineToShip, OrderToShip


def _carrier(carrier: str, service: str, code: str, method: str) -> CarrierRow:
    return CarrierRow(
        channel_account=ANY, carrier=carrier, service=service, carrier_code=code, shipping_method=method
    )


CARRIERS = (_carrier("DPD", "NEXT-DAY", "DPD", "Next Day"), _carrier("RM", "TRACKED-24", "Royal Mail", "Tracked 24"))
"""Mapped from the start."""
UNMAPPED = _carrier("NIGHTLINE", "OVERNIGHT", "DX", "Overnight")
"""Mapped by operations half-way."""

WITHOUT_LINE_IDS = 6
"""One order in so many comes without Amazon's line ids: they have to be asked for."""


@dataclass(slots=True)
class Sale:
    """One order. `parcels`: tracking number -> {Amazon's order item: channel units}."""

    seller: str
    despatch_id: str
    order: OrderToShip
    parcels: dict[str, dict[str, int]]
    told_at: datetime | None = None
    undone: bool = False

    @property
    def amazon_order(self) -> str:
        return str(self.order.channel_order_id)

    @property
    def lines(self) -> list[LineToShip]:
        """What the warehouse sets aside for it, in eaches."""
        whole = dict[tuple[str | None, str], int]()
        for line in (line for parcel in self.order.parcels for line in parcel):
            key = (line.line_reference, line.sku)
            whole[key] = whole.get(key, 0) + line.quantity
        return [LineToShip(reference, sku, units) for (reference, sku), units in whole.items()]

    @property
    def unmapped(self) -> bool:
        return self.order.carrier == UNMAPPED.carrier


@dataclass(slots=True)
class Sales:
    """Buyers at the simulated Amazon, by seed."""

    amazon: AmazonSimulator
    offers: Sequence[Offer]
    seed: int
    made: list[Sale] = field(default_factory=list[Sale])
    _draw: random.Random = field(init=False)
    _numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    def __post_init__(self) -> None:
        self._draw = random.Random(self.seed)

    def sell(self, *, parcels: int | None = None, carrier: CarrierRow | None = None) -> Sale:
        """An order that Amazon knows and the warehouse has packed."""
        number = next(self._numbers)
        seller = list(SELLERS)[number % len(SELLERS)]
        chosen = self._draw.sample(
            [offer for offer in self.offers if offer.seller == seller], self._draw.choice((1, 2))
        )
        count = parcels or self._draw.choice((1, 1, 2, 3))
        units = [self._draw.randint(1, 2) for _ in chosen]
        items = [(f"{number:06d}{place:02d}", units[place]) for place in range(len(chosen))]
        name = f"{number:03d}-{self._draw.randrange(10**7):07d}-{self._draw.randrange(10**7):07d}"
        ordered = [(item, offer.seller_sku, each * count) for (item, each), offer in zip(items, chosen, strict=True)]
        self.amazon.world.sellers[SELLERS[seller]].add_order(name, ordered)
        known = number % WITHOUT_LINE_IDS != 0
        lines = tuple(
            LineToShip(item if known else None, offer.sku, each * offer.pack)
            for (item, each), offer in zip(items, chosen, strict=True)
        )
        sent_by = carrier or self._draw.choice(CARRIERS)
        order = OrderToShip(name, seller, name, UK, (lines,) * count, sent_by.carrier, sent_by.service)
        expected = {f"TRK{number:06d}{place:03d}": dict(items) for place in range(1, count + 1)}
        sale = Sale(seller, f"D{number:06d}", order, expected)
        self.made.append(sale)
        return sale
