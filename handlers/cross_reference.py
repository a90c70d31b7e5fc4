"""From the channel's name of a product to the warehouse's SKU: exact text, or not at all.

A listing's seller SKU comes first; where the channel gave none, its ASIN, vendor SKU or barcode may stand in the
codes' table. Two names of one line that lead to different SKUs contradict each other, and neither is used.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, TypeAlias

import msgspec

from handlers.sales_orders import ClearedLine
from handlers.sellable_stock import Component, Listing
from schemas.sales_order import SalesLine, SalesOrder
from schemas.terms import Account, Eaches, Marketplace, SellerSku, Sku

CodeKind: TypeAlias = Literal["asin", "vendor_sku", "barcode"]
ListingName: TypeAlias = tuple[Marketplace, SellerSku]
CodeName: TypeAlias = tuple[CodeKind, str]


class ProductCode(msgspec.Struct, frozen=True, kw_only=True):
    """Another name of a product. `pack_size`: eaches in one of what the name stands for."""

    channel_account: str
    kind: CodeKind
    code: str
    account: Account
    sku: Sku
    pack_size: Eaches = 1


class Target(msgspec.Struct, frozen=True):
    """What one of the channel's units is, in the warehouse. `kit`: the name of what `needs` are the components of."""

    account: Account
    needs: tuple[Component, ...]
    kit: Sku = Sku("")


class Unmapped(msgspec.Struct, frozen=True):
    line: SalesLine
    contradicts: str = ""
    """Which two names lead apart; empty: no name leads anywhere."""


def targets_of_codes(codes: Iterable[ProductCode]) -> dict[CodeName, Target]:
    """The row of the account comes before that of any account."""
    ranked = sorted(codes, key=lambda code: code.channel_account != "*")
    return {(code.kind, code.code): Target(code.account, (Component(code.sku, code.pack_size),)) for code in ranked}


def target_of(
    line: SalesLine,
    marketplace: Marketplace,
    listings: Mapping[ListingName, Listing],
    codes: Mapping[CodeName, Target],
) -> Target | Unmapped:
    """What the line is of; exact text by every name that it has."""
    found = dict(_found(line, marketplace, listings, codes))
    if len(set(found.values())) > 1:
        return Unmapped(line, " and ".join(found))
    return next(iter(found.values())) if found else Unmapped(line)


def _found(
    line: SalesLine,
    marketplace: Marketplace,
    listings: Mapping[ListingName, Listing],
    codes: Mapping[CodeName, Target],
) -> list[tuple[str, Target]]:
    found = list[tuple[str, Target]]()
    if (listing := listings.get((marketplace, line.seller_sku))) is not None and line.seller_sku:
        found.append(("its seller SKU", of_listing(listing)))
    for name, key in named_by(line).items():
        if key in codes:
            found.append((name, codes[key]))
    return found


def named_by(line: SalesLine) -> dict[str, CodeName]:
    """The names in the codes' table that a line may go by."""
    names: dict[str, CodeName] = {"its ASIN": ("asin", line.asin)} if line.asin else {}
    if line.seller_sku:
        names |= {
            "its SKU as a vendor SKU": ("vendor_sku", line.seller_sku),
            "its SKU as a barcode": ("barcode", line.seller_sku),
        }
    return names


def of_listing(listing: Listing) -> Target:
    """What one of the listing's units is."""
    each = listing.pack_size
    return Target(listing.account, tuple(Component(need.sku, need.quantity * each) for need in listing.needs))


def cleared_lines(line: SalesLine, target: Target) -> list[ClearedLine]:
    """What the warehouse is to send for a line: one entry for each component of a kit."""
    units = max(0, line.ordered - line.cancelled)
    return [
        ClearedLine(
            line_reference=line.line_reference,
            seller_sku=line.seller_sku,
            account=target.account,
            sku=need.sku,
            quantity=units * need.quantity,
            unit_price=line.unit_price,
            currency=line.currency,
        )
        for need in target.needs
    ]


def loosely(name: str) -> str:
    """A name without what people and spreadsheets change: case, punctuation, leading zeros.

    As the index `listing_loosely` has it: only ASCII letters and digits count.
    """
    return "".join(letter for letter in name if letter.isascii() and letter.isalnum()).lower().lstrip("0")


def difference(name: str, other: str) -> str:
    """In what two names that are loosely the same differ, for people."""
    if name.lower() == other.lower():
        return "only in upper and lower case"
    if name.lstrip("0") == other.lstrip("0"):
        return "only in leading zeros"
    if "".join(name.split()) == "".join(other.split()):
        return "only in spaces"
    return "only in case, punctuation or leading zeros"


def hints_for(order: SalesOrder, line: SalesLine, listed: Sequence[ListingName]) -> tuple[str, ...]:
    """Listings of the account that look like the line's: shown to people, never used."""
    elsewhere = [f"{line.seller_sku!r} is listed in {place}" for place, sku in listed if sku == line.seller_sku]
    loose = loosely(line.seller_sku)
    near = [
        f"{sku!r} in {place} differs {difference(line.seller_sku, sku)}"
        for place, sku in listed
        if sku != line.seller_sku and loosely(sku) == loose and loose
    ]
    return tuple(sorted([*elsewhere, *near], key=lambda hint: (order.marketplace not in hint, hint))[:5])
