"""The channel's catalogue, our mapping and the warehouse's products side by side: one list of what does not agree.

Names are compared letter by letter; what is only loosely the same is said to be near, never taken for the same.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, Literal, TypeAlias, TypeVar, get_args

import msgspec

from handlers.cross_reference import difference, loosely
from handlers.sellable_stock import Listing
from handlers.sheets import Fault, read_sheet
from schemas.terms import SellerSku, Sku

DifferenceKind: TypeAlias = Literal[
    "not_mapped", "not_at_channel", "no_product", "double_asin", "double_sku", "double_barcode", "barcode_differs",
    "case_pack_differs",
]  # fmt: skip
KINDS: Final = get_args(DifferenceKind)
OF_PRODUCTS: Final = frozenset({"no_product", "double_barcode", "barcode_differs", "case_pack_differs"})
"""What nobody can say without the warehouse's products."""


class ChannelItem(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the channel's own catalogue."""

    seller_sku: SellerSku
    asin: str = ""
    barcode: str = ""


class WarehouseProduct(msgspec.Struct, frozen=True, kw_only=True):
    """One product of the warehouse. `case_pack`: eaches in a case; None: not said."""

    sku: Sku
    barcode: str = ""
    case_barcode: str = ""
    case_pack: int | None = None


class Difference(msgspec.Struct, frozen=True, order=True):
    """One thing that does not agree. `near`: names that look like it."""

    kind: DifferenceKind
    name: str
    text: str
    near: tuple[str, ...] = ()


def differences(
    items: Sequence[ChannelItem], listings: Sequence[Listing], products: Sequence[WarehouseProduct]
) -> list[Difference]:
    """Everything that does not agree, in a stable order."""
    by_sku = {product.sku: product for product in products}
    found = [
        *_unmapped(items, listings),
        *_unlisted(items, listings),
        *_without_product(listings, by_sku),
        *_doubles(items, products),
        *_packs(items, listings, by_sku),
    ]
    return sorted(found)


def _unmapped(items: Iterable[ChannelItem], listings: Sequence[Listing]) -> Iterator[Difference]:
    known = {listing.seller_sku for listing in listings}
    near = _by_loose_name(known)
    for name in sorted({item.seller_sku for item in items} - known):
        yield Difference(
            "not_mapped", name, "the channel sells it, and no listing of ours names it", _near(name, near)
        )


def _unlisted(items: Iterable[ChannelItem], listings: Iterable[Listing]) -> Iterator[Difference]:
    shown = {item.seller_sku for item in items}
    near = _by_loose_name(shown)
    for name in sorted({listing.seller_sku for listing in listings} - shown):
        text = "a listing of ours names it, and the channel does not have it"
        yield Difference("not_at_channel", name, text, _near(name, near))


def _without_product(listings: Iterable[Listing], products: Mapping[Sku, WarehouseProduct]) -> Iterator[Difference]:
    near = _by_loose_name(products)
    for sku in sorted({need.sku for listing in listings for need in listing.needs} - products.keys()):
        yield Difference(
            "no_product", sku, "listings sell it, and the warehouse has no such product", _near(sku, near)
        )


def _doubles(items: Iterable[ChannelItem], products: Iterable[WarehouseProduct]) -> Iterator[Difference]:
    by_asin, by_barcode, times = defaultdict[str, set[str]](set), defaultdict[str, set[str]](set), Counter[str]()
    for item in items:
        times[item.seller_sku] += 1
        if item.asin:
            by_asin[item.asin].add(item.seller_sku)
    for product in products:
        for code in filter(None, {product.barcode, product.case_barcode}):
            by_barcode[code].add(product.sku)
    for asin, names in by_asin.items():
        if len(names) > 1:
            yield Difference("double_asin", asin, f"sold as {', '.join(sorted(names))}")
    for name in (name for name, count in times.items() if count > 1):
        yield Difference("double_sku", name, "the channel's catalogue has it more than once")
    for code, skus in by_barcode.items():
        if len(skus) > 1:
            yield Difference("double_barcode", code, f"the barcode of {', '.join(sorted(skus))}")


def _packs(
    items: Iterable[ChannelItem], listings: Sequence[Listing], products: Mapping[Sku, WarehouseProduct]
) -> Iterator[Difference]:
    """Barcodes and packs of listings that are one product: a kit's are its own."""
    at_channel = {item.seller_sku: item for item in items}
    for listing in listings:
        product, item = products.get(listing.sku), at_channel.get(listing.seller_sku)
        if product is None or listing.components:
            continue
        if item is not None and item.barcode:
            yield from _barcode(listing, item, product)
        sizes = {1, product.case_pack} if product.case_pack else {listing.pack_size}
        if listing.pack_size not in sizes:
            text = f"sold in packs of {listing.pack_size}, the warehouse's case holds {product.case_pack}"
            yield Difference("case_pack_differs", listing.seller_sku, text)


def _barcode(listing: Listing, item: ChannelItem, product: WarehouseProduct) -> Iterator[Difference]:
    code = product.case_barcode if listing.pack_size > 1 and product.case_barcode else product.barcode
    if code and _padded(code) != _padded(item.barcode):
        text = f"the channel has the barcode {item.barcode}, the warehouse {code} for {product.sku}"
        yield Difference("barcode_differs", listing.seller_sku, text)


def _padded(barcode: str) -> str:
    """A GTIN of 8, 12, 13 or 14 digits is one number, written with or without zeros before it."""
    return barcode.zfill(14) if barcode.isascii() and barcode.isdigit() else barcode


Name = TypeVar("Name", bound=str)


def _by_loose_name(names: Iterable[Name]) -> dict[str, list[Name]]:
    found = defaultdict[str, list[Name]](list)
    for name in sorted(names):
        if loose := loosely(name):
            found[loose].append(name)
    return found


def _near(name: str, names: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    others = [other for other in names.get(loosely(name), ()) if other != name]
    return tuple(f"{other!r} differs {difference(name, other)}" for other in others[:3])


CATALOGUE: Final = ("seller_sku",)
CATALOGUE_MORE: Final = ("asin", "barcode")
PRODUCTS: Final = ("sku",)
PRODUCTS_MORE: Final = ("barcode", "case_barcode", "case_pack")


def read_catalogue(content: bytes) -> tuple[list[ChannelItem], list[Fault]]:
    """The channel's catalogue from a CSV file; other columns are faults, so that none is misread."""
    sheet = read_sheet(content, CATALOGUE, CATALOGUE_MORE)
    items = [
        ChannelItem(
            seller_sku=SellerSku(row.cells["seller_sku"]), asin=row.cells["asin"], barcode=row.cells["barcode"]
        )
        for row in sheet.rows
    ]
    empty = [Fault(row.line, "seller_sku", "is empty") for row in sheet.rows if not row.cells["seller_sku"]]
    return items, [*sheet.faults, *empty]


def read_products(content: bytes) -> tuple[list[WarehouseProduct], list[Fault]]:
    """The warehouse's products from a CSV file."""
    sheet = read_sheet(content, PRODUCTS, PRODUCTS_MORE)
    faults = [*sheet.faults]
    products = list[WarehouseProduct]()
    for row in sheet.rows:
        pack = row.cells["case_pack"]
        if not row.cells["sku"]:
            faults.append(Fault(row.line, "sku", "is empty"))
        if pack and not (pack.isascii() and pack.isdigit() and int(pack) > 0):
            faults.append(Fault(row.line, "case_pack", "must be a whole number above 0, or empty"))
            continue
        products.append(
            WarehouseProduct(
                sku=Sku(row.cells["sku"]), barcode=row.cells["barcode"], case_barcode=row.cells["case_barcode"],
                case_pack=int(pack) if pack else None,
            )
        )  # fmt: skip
    return products, faults
