"""What of a purchase order matters once goods are packed for it: whose line it is, counted how, at what cost."""

from collections.abc import Iterable, Mapping
from typing import Final, Literal, TypeAlias

import msgspec

from handlers.sellable_stock import Component
from schemas.purchase_order import Cost, CountedIn, Freight, Identifier, Party, PoLineNumber, PurchaseOrderNumber
from schemas.terms import ChannelAccount, Sku

Market: TypeAlias = Literal["eu", "na"]

_EU: Final = "AT BE BG CH CY CZ DE DK EE ES FI FR GB GR HR HU IE IT LT LU LV MT NL NO PL PT RO SE SI SK TR"
MARKETS: Final[Mapping[str, Market]] = {
    **dict.fromkeys(_EU.split(), "eu"),
    **dict.fromkeys(("US", "CA", "MX"), "na"),
}
"""Where the goods arrive decides which rules hold: country (ISO 3166-1 alpha-2) to market."""


class Lack(msgspec.Struct, frozen=True):
    """One thing that keeps a document from being sent. `word` names it for machines, `text` says what and where."""

    word: str
    text: str


class LineToShip(msgspec.Struct, frozen=True, kw_only=True):
    """A line of a purchase order as it was acknowledged."""

    line: PoLineNumber
    sku: Sku
    identifiers: tuple[Identifier, ...]
    unit: CountedIn
    """The ordered quantity, in the order's own unit."""
    pack: int | None = None
    """Eaches in one ordered unit; None while the size of a case is unknown."""
    accepted: int = 0
    """Acknowledged to be shipped, in the order's unit."""
    cost: Cost | None = None
    """As acknowledged, of one ordered unit."""
    dated: bool = False
    """Perishable: lot and expiry have to be told."""
    needs: tuple[Component, ...] = ()
    """Of a kit, what one is made of: `sku` is only its name, and what is packed are its components."""

    def has_component(self, sku: Sku) -> bool:
        return any(one.sku == sku for one in self.needs)


class OrderToShip(msgspec.Struct, frozen=True, kw_only=True):
    """A purchase order as its retailer has it now, and as it was acknowledged."""

    channel_account: ChannelAccount
    number: PurchaseOrderNumber
    freight: Freight = "unknown"
    vendor: Party
    ship_to: Party | None = None
    bill_to: Party | None = None
    lines: tuple[LineToShip, ...]

    def line(self, number: str) -> LineToShip | None:
        return next((line for line in self.lines if line.line == number), None)

    def line_for(self, reference: str, sku: Sku) -> LineToShip | None:
        """By the line's own number where it is given, else the one line of the SKU; None where it is not certain."""
        if reference:
            found = self.line(reference)
            return found if found is not None and found.sku == sku else None
        lines = self.lines_of(sku)
        return lines[0] if len(lines) == 1 else None

    def kit_for(self, reference: str, sku: Sku) -> LineToShip | None:
        """The kit that goods under a component's SKU are a part of: by the line's own number where it is given, else
        the one kit that has it, of an order without a line of the SKU itself; None where it is not certain."""
        if reference:
            found = self.line(reference)
            return found if found is not None and found.has_component(sku) else None
        kits = [line for line in self.lines if line.has_component(sku)]
        return kits[0] if len(kits) == 1 and not self.lines_of(sku) else None

    def lines_of(self, sku: Sku) -> list[LineToShip]:
        return [line for line in self.lines if line.sku == sku]


def in_unit(line: LineToShip, amount: int) -> CountedIn:
    """So many of the line's own unit."""
    return CountedIn(amount, line.unit.unit, line.unit.unit_size if line.unit.unit_size is not None else line.pack)


def distinct(lacks: Iterable[Lack]) -> tuple[Lack, ...]:
    """Each lack once, in the order of their first mention."""
    return tuple(dict.fromkeys(lacks))
