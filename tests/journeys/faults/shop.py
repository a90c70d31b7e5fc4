"""What is sold at Amazon, what its buyers and sellers change of it, and what Clarus is to hold of it in the end."""

import random
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

from simulators.amazon import UK, SimulatedSeller
from simulators.amazon.order_details import OrderDetails

SKUS: Final = ("KETTLE", "MUG", "0012", "12")
HOME: Final = {
    "name": "B. Uyer", "addressLine1": "1 Some Street", "city": "Norwich", "postalCode": "NR1 1AA",
    "countryCode": "GB", "phone": "01603 000000",
}  # fmt: skip
ELSEWHERE: Final = {"addressLine1": "2 Other Road", "city": "Leeds", "postalCode": "LS1 1AA"}

FATES: Final = {
    "plain": 38, "pending_first": 8, "by_hand": 4,
    "edited_before": 5, "edited": 9, "line_cancelled": 6, "readdressed": 5,
    "cancelled_before": 3, "cancelled": 7,
    "unmapped": 5, "unknown_service": 5, "no_postcode": 5,
}  # fmt: skip
"""What becomes of an order, and how often of a hundred. `_before`: once it is sold; others once it is at Clarus."""
BLOCKED: Final = {"unmapped": "sku_unmapped", "unknown_service": "service_unmapped", "no_postcode": "address"}
CANCELLED: Final = ("cancelled_before", "cancelled")
RELEASED: Final = tuple(fate for fate in FATES if fate not in BLOCKED and fate not in CANCELLED)

Lines = dict[str, tuple[str, int]]
"""The channel's line -> (SKU, units)."""


@dataclass
class Sold:
    """One order. `lines`, `town`: as they are wanted now. `changed`: nothing more becomes of it at the channel."""

    name: str
    fate: str
    lines: Lines
    town: str = "Norwich"
    changed: bool = False

    @property
    def is_released(self) -> bool:
        return self.fate in RELEASED


@dataclass
class Shop:
    """A selling account at Amazon, by seed."""

    seller: SimulatedSeller
    seed: int
    draw: random.Random
    orders: dict[str, Sold] = field(default_factory=dict[str, Sold])
    to_leave: int = 0
    """Orders sold that are to be packed."""

    def sell(self, number: int) -> Sold:
        fate = self.draw.choices(list(FATES), list(FATES.values()))[0]
        skus = self.draw.sample(SKUS, self.draw.randint(2 if fate == "line_cancelled" else 1, 3))
        lines = {f"{number}{place}": (sku, self.draw.randint(1, 4)) for place, sku in enumerate(skus, 1)}
        sold = Sold(f"203-{number:07d}-{self.seed % 10_000_000:07d}", fate, lines)
        self.orders[sold.name] = sold
        self.to_leave += sold.is_released
        return sold

    def show(self, sold: Sold) -> None:
        """At Amazon from now on."""
        mapped = "1" if sold.fate != "unmapped" else "X"
        items = [(line, f"{sku}-{mapped}", units) for line, (sku, units) in sold.lines.items()]
        status = "PENDING" if sold.fate == "pending_first" else "UNSHIPPED"
        self.seller.add_order(sold.name, items, marketplace=UK, status=status, details=self._details(sold))

    def _details(self, sold: Sold) -> OrderDetails:
        address = HOME if sold.town == "Norwich" else HOME | ELSEWHERE
        return OrderDetails(
            service="Teleport" if sold.fate == "unknown_service" else "NextDay",
            ship_by=datetime.now(UTC) + timedelta(days=4),
            prices=dict.fromkeys(sold.lines, "9.90"),
            address=address | ({"postalCode": ""} if sold.fate == "no_postcode" else {}),
        )

    def change(self, sold: Sold) -> None:
        """What its fate has in store."""
        sold.changed = True
        match sold.fate:
            case "pending_first":
                self.seller.change_order(sold.name, status="UNSHIPPED")
            case "cancelled_before" | "cancelled":
                self.seller.change_order(sold.name, status="CANCELLED")
            case "edited_before" | "edited":
                self._other_quantity(sold)
            case "line_cancelled":
                line, (_, units) = self.draw.choice(sorted(sold.lines.items()))
                del sold.lines[line]
                self.seller.change_order(sold.name, cancelled={line: units})
            case "readdressed":
                sold.town = "Leeds"
                self.seller.change_order(sold.name, details=self._details(sold))
            case _:
                pass

    def _other_quantity(self, sold: Sold) -> None:
        line, (sku, units) = self.draw.choice(sorted(sold.lines.items()))
        sold.lines[line] = sku, self.draw.choice([other for other in range(1, 7) if other != units])
        self.seller.change_order(sold.name, quantities={line: sold.lines[line][1]})

    def of(self, fates: Iterable[str]) -> list[Sold]:
        return [sold for sold in self.orders.values() if sold.fate in fates]
