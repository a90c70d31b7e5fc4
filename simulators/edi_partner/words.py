"""What both standards share once a document is cut into segments: it is brought into the words of the retailer's own
books, those in which Amazon's API speaks, so that both transports are judged and charged alike."""

from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Final

import msgspec

from schemas.amazon_vendor import UNIT_WORDS, Address, Money, Quantity, TaxRegistration, WireParty
from schemas.amazon_vendor_acknowledgements import ItemAnswer, OrderAcknowledgement
from schemas.amazon_vendor_invoices import WireInvoice
from schemas.amazon_vendor_shipments import (
    SSCC,
    Contained,
    ContainerName,
    Expiry,
    ItemDetails,
    ShipmentConfirmation,
    ShippedItem,
    WireCarton,
)
from schemas.purchase_order import OrderUnit
from simulators.edi_partner.envelopes import Row
from simulators.edi_partner.findings import BAD_VALUE, MISSING, Form

Said = OrderAcknowledgement | ShipmentConfirmation | WireInvoice
ASIN: Final = frozenset(("BP", "IN"))
"""Qualifiers of Amazon's own number; every other is the vendor's."""


class Stock(msgspec.Struct, frozen=True):
    """846 or INVRPT: eaches by the item's name. `full`: whatever it does not name is gone."""

    number: str
    full: bool
    items: dict[str, int]


class Names(msgspec.Struct, frozen=True):
    """An item's names as the document has them: (qualifier, value)."""

    pairs: tuple[tuple[str, str], ...]

    @property
    def asin(self) -> str | None:
        return next((value for qualifier, value in self.pairs if qualifier in ASIN), None)

    @property
    def vendors(self) -> str | None:
        return next((value for qualifier, value in self.pairs if qualifier not in ASIN), None)


class Packed(msgspec.Struct, frozen=True, kw_only=True):
    """So much of one line of one order in a carton, or straight on a pallet."""

    order: str
    line: str
    names: Names
    amount: int
    unit: OrderUnit
    lot: str = ""
    expiry: date | None = None


class Box(msgspec.Struct, kw_only=True):
    """A carton or a pallet as it was told, under whichever orders it was named."""

    sscc: str = ""
    tracking: str = ""
    pallet: str = ""
    """Of a carton: the SSCC of the pallet that it stands on."""
    items: list[Packed] = []


def quantity(amount: int, unit: OrderUnit) -> Quantity:
    """A file tells no case size, so none is compared."""
    return Quantity(amount, UNIT_WORDS[unit])


def answer(code: str, amount: int, unit: OrderUnit, ships: datetime | None, reason: str | None = None) -> ItemAnswer:
    return ItemAnswer(
        acknowledgement_code=code, acknowledged_quantity=quantity(amount, unit), scheduled_ship_date=ships,
        rejection_reason=reason,
    )  # fmt: skip


def party(
    party_id: str, name: str = "", street: str = "", city: str = "", postcode: str = "", country: str = "",
    tax: str = "",
) -> WireParty:  # fmt: skip
    address = Address(
        name=name, address_line1=street or None, city=city or None, postal_code=postcode or None,
        postal_or_zip_code=postcode or None, country_code=country,
    )  # fmt: skip
    known = bool(postcode and country)
    taxes = (TaxRegistration("VAT", tax),) if tax else ()
    return WireParty(party_id, address if known else None, tax_registration_details=taxes)


def money(amount: Decimal, currency: str) -> Money:
    return Money(currency, amount)


def day(form: Form, row: Row, element: int, component: int = 1) -> datetime | None:
    """CCYYMMDD, as the begin of that day; None, and a finding, for anything else."""
    told = row.value(element, component)
    try:
        if len(told) == 8:
            return datetime.combine(date.fromisoformat(told), time(), UTC)
    except ValueError:
        pass
    form.wrong(BAD_VALUE, f"{row.name}{element:02d} is {told!r}, no date CCYYMMDD", row, element)
    return None


def contents(boxes: list[Box]) -> tuple[tuple[ShippedItem, ...], dict[tuple[str, str], str]]:
    """Every line once with all that is packed of it, and how containers refer to it. Lines of several orders under
    one number are counted from 1, as the retailer's own books have it."""
    sums: dict[tuple[str, str], int] = {}
    first: dict[tuple[str, str], Packed] = {}
    for one in (packed for box in boxes for packed in box.items):
        key = one.order, one.line
        sums[key] = sums.get(key, 0) + one.amount
        first.setdefault(key, one)
    clash = len({line for _, line in sums}) < len(sums)
    references = {key: str(place) if clash else key[1] for place, key in enumerate(sums, 1)}
    items = tuple(
        ShippedItem(
            item_sequence_number=references[key], amazon_product_identifier=first[key].names.asin,
            vendor_product_identifier=first[key].names.vendors, shipped_quantity=quantity(amount, first[key].unit),
            item_details=ItemDetails(key[0]),
        )
        for key, amount in sums.items()
    )  # fmt: skip
    return items, references


def held(box: Box, references: dict[tuple[str, str], str]) -> tuple[Contained, ...]:
    return tuple(
        Contained(
            references[one.order, one.line], quantity(one.amount, one.unit),
            ItemDetails(one.order, one.lot or None, _expiry(one.expiry)),
        )
        for one in box.items
    )  # fmt: skip


def _expiry(day: date | None) -> Expiry | None:
    return None if day is None else Expiry(datetime.combine(day, time(), UTC))


def cartons(boxes: list[Box], references: dict[tuple[str, str], str]) -> tuple[WireCarton, ...]:
    return tuple(
        WireCarton(
            carton_identifiers=(ContainerName(SSCC, box.sscc),) if box.sscc else (),
            carton_sequence_number=str(place), tracking_number=box.tracking or None, items=held(box, references),
        )
        for place, box in enumerate(boxes, 1)
    )  # fmt: skip


def one_lot_each(form: Form, boxes: list[Box]) -> None:
    """No carton and no pallet holds two lots or dates of one item."""
    for box in boxes:
        seen: dict[tuple[tuple[str, str], ...], set[tuple[str, date | None]]] = {}
        for one in box.items:
            seen.setdefault(one.names.pairs, set()).add((one.lot, one.expiry))
        if any(len(lots) > 1 for lots in seen.values()):
            form.wrong(BAD_VALUE, f"{box.sscc or box.tracking} holds two lots or expiry dates of one item")
        if len({one.order for one in box.items}) > 5:
            form.wrong(BAD_VALUE, f"{box.sscc or box.tracking} holds more than five orders")


def named(form: Form, names: Names, row: Row) -> None:
    if not names.pairs:
        form.wrong(MISSING, f"{row.name} names no item", row)
