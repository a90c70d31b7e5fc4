"""From a purchase order line's identifiers to the warehouse's product: exact, or not at all.

A vendor SKU may be a listing's name or stand in the codes' table, as ASINs and barcodes do. Barcodes are compared as
GS1 has it, as 14 digits with zeros before. Two identifiers of one line that lead apart contradict each other. A code
may lead to the name of a kit that a listing makes of components.
"""

from collections.abc import Iterable, Mapping, Sequence, Set
from typing import Final

import msgspec

from handlers.cross_reference import (
    CodeKind,
    CodeName,
    ListingName,
    Target,
    difference,
    loosely,
    of_listing,
)
from handlers.sellable_stock import Component, Listing
from schemas.purchase_order import Identifier, IdentifierKind, PurchaseOrderLine
from schemas.terms import Account, Eaches, Marketplace, SellerSku, Sku

VENDORS_OWN: Final[frozenset[IdentifierKind]] = frozenset({"vendor_sku", "unknown"})
LENGTHS: Final = (8, 12, 13, 14)


class Product(msgspec.Struct, frozen=True):
    """What one each of the retailer's is. Of a kit, `sku` is its name and `per_item` 1; `needs`: of one of ours."""

    account: Account
    sku: Sku
    per_item: Eaches
    needs: tuple[Component, ...]


class Unnamed(msgspec.Struct, frozen=True):
    """Nothing leads anywhere; or `contradicts` says which two lead apart."""

    names: tuple[str, ...]
    contradicts: str = ""


def product_of(
    line: PurchaseOrderLine,
    marketplace: Marketplace,
    listings: Mapping[ListingName, Listing],
    codes: Mapping[CodeName, Target],
) -> Product | Unnamed:
    """What the line is of, by every identifier that it has."""
    found: dict[str, Product] = {}
    for one in line.identifiers:
        if one.kind in VENDORS_OWN and (listing := listings.get((marketplace, SellerSku(one.value)))):
            found[f"{one.value} as a listing"] = _product(of_listing(listing), listing.sku)
        for name in code_names(one):
            if (target := codes.get(name)) is not None:
                found[f"{name[1]} as {name[0]}"] = _product(target, target.kit or target.needs[0].sku)
    names = tuple(one.value for one in line.identifiers)
    if len(set(found.values())) > 1:
        return Unnamed(names, " and ".join(found))
    return next(iter(found.values())) if found else Unnamed(names)


def _product(target: Target, sku: Sku) -> Product:
    if len(target.needs) > 1:
        return Product(target.account, sku, 1, target.needs)
    only = next(iter(target.needs))
    return Product(target.account, only.sku, only.quantity, (Component(only.sku, 1),))


def code_names(one: Identifier) -> list[CodeName]:
    """The names in the codes' table that an identifier may go by."""
    if one.kind == "asin":
        return [("asin", one.value)]
    named: list[CodeName] = [("vendor_sku", one.value)] if one.kind in VENDORS_OWN else []
    barcode: CodeKind = "barcode"
    return [*named, *((barcode, value) for value in gtins(one.value))]


def gtins(value: str) -> list[str]:
    """All ways to write the same GTIN; only the text itself where it is none."""
    if not (value.isascii() and value.isdigit() and len(value) in LENGTHS):
        return [value]
    bare = value.lstrip("0")
    return list(dict.fromkeys([value, *(bare.zfill(length) for length in LENGTHS if len(bare) <= length)]))


Makes = Mapping[tuple[Account, Sku], Set[tuple[Component, ...]]]
"""By the name of a kit: every way in which listings make it."""


def with_kits(codes: Mapping[CodeName, Target], makes: Makes) -> dict[CodeName, Target]:
    """Codes that lead to a kit's name lead to its components; one that is made in several ways leads nowhere."""
    found: dict[CodeName, Target] = {}
    for name, target in codes.items():
        [item] = target.needs
        made = sorted(makes.get((target.account, item.sku), ()))
        if len(made) == 1:
            needs = tuple(Component(one.sku, one.quantity * item.quantity) for one in made[0])
            found[name] = Target(target.account, needs, item.sku)
        elif not made:
            found[name] = target
    return found


def names_to_look_up(lines: Iterable[PurchaseOrderLine]) -> tuple[list[str], list[CodeName]]:
    """(names of listings, names of codes) that these lines may go by."""
    wanted = [one for line in lines for one in line.identifiers]
    listed = {one.value for one in wanted if one.kind in VENDORS_OWN}
    return sorted(listed), sorted({name for one in wanted for name in code_names(one)})


def hints_for(line: PurchaseOrderLine, marketplace: Marketplace, near: Sequence[ListingName]) -> tuple[str, ...]:
    """Listings of the account that look like the line's: shown to people, never used."""
    values = [one.value for one in line.identifiers if one.kind != "asin"]
    hints = [
        f"{sku!r} in {place} is near {value!r}: it differs {difference(value, sku)}"
        for value in values
        for place, sku in near
        if loosely(sku) == loosely(value) and loosely(value) and sku != value
    ]
    elsewhere = [f"{sku!r} is listed in {place}" for place, sku in near if sku in values and place != marketplace]
    return tuple([*elsewhere, *hints][:5])
