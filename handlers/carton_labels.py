"""What stands on a pallet's or a carton's label: plain text, and the one number that its barcode says."""

from collections.abc import Sequence

import msgspec

from handlers.gs1 import SSCC_IDENTIFIER, sure
from schemas.purchase_order import Party
from schemas.ship_notice import Carton, PackedItem, Pallet, ShipNotice

ORDERS_NAMED: int = 5
"""Orders that a label names; a pallet with more says how many there are."""


class CartonLabel(msgspec.Struct, frozen=True, kw_only=True):
    """`title`: CARTON 3 OF 12. `sscc`: 18 digits. `contents`: of a carton with one line, what it is."""

    title: str
    sscc: str
    ship_from: tuple[str, ...]
    ship_to: tuple[str, ...]
    orders: str
    carrier: str
    bill_of_lading: str
    pro_number: str
    shipment: str
    contents: str = ""

    @property
    def barcode(self) -> str:
        """What the GS1-128 barcode says, without its leading function character."""
        return SSCC_IDENTIFIER + self.sscc

    @property
    def readable(self) -> str:
        """The same for people: the application identifier in brackets, which no barcode holds."""
        return f"({SSCC_IDENTIFIER}) {self.sscc}"


def labels_of(notice: ShipNotice) -> list[CartonLabel]:
    """Pallets first, then cartons, in the notice's order. Raises InvalidNumber where a number is missing or wrong."""
    of_pallets = [_pallet(notice, number, pallet) for number, pallet in enumerate(notice.pallets, 1)]
    return of_pallets + [_carton(notice, carton) for carton in notice.cartons]


def _pallet(notice: ShipNotice, number: int, pallet: Pallet) -> CartonLabel:
    on_it = [item for carton in notice.cartons if carton.number in pallet.cartons for item in carton.items]
    title = f"PALLET {number} OF {len(notice.pallets)}"
    contents = f"{len(pallet.cartons)} cartons" if pallet.cartons else ""
    return _label(notice, title, pallet.sscc, [*on_it, *pallet.items], contents)


def _carton(notice: ShipNotice, carton: Carton) -> CartonLabel:
    title = f"CARTON {carton.number} OF {len(notice.cartons)}"
    return _label(notice, title, carton.sscc, carton.items, _contents(carton.items))


def _label(notice: ShipNotice, title: str, sscc: str, items: Sequence[PackedItem], contents: str) -> CartonLabel:
    return CartonLabel(
        title=title,
        sscc=sure("sscc", sscc),
        ship_from=_address(notice.ship_from),
        ship_to=_address(notice.ship_to),
        orders=_orders(items),
        carrier=notice.carrier_name or notice.carrier_scac,
        bill_of_lading=notice.bill_of_lading,
        pro_number=notice.pro_number,
        shipment=notice.shipment,
        contents=contents,
    )


def _address(party: Party) -> tuple[str, ...]:
    place = " ".join(part for part in (party.city, party.region, party.postcode) if part)
    return tuple(line for line in (party.name or party.party_id, *party.lines, place, party.country) if line)


def _orders(items: Sequence[PackedItem]) -> str:
    orders = list(dict.fromkeys(item.purchase_order for item in items))
    return ", ".join(orders) if len(orders) <= ORDERS_NAMED else f"{len(orders)} ORDERS"


def _contents(items: Sequence[PackedItem]) -> str:
    if len({(item.purchase_order, item.line) for item in items}) != 1:
        return "MIXED" if items else ""
    first, amount = items[0], sum(item.quantity.amount for item in items)
    name = first.identifiers[0].value if first.identifiers else ""
    dated = f"  BEST BEFORE {first.expiry:%d %b %Y}" if first.expiry else ""
    lot = f"  LOT {first.lot}" if first.lot else ""
    return f"{name}  QTY {amount} {first.quantity.unit.upper()}{lot}{dated}"
