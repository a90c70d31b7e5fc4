"""Amazon's words for what a seller lists: a page of `searchListingsItems`. Unknown fields are passed over.

An item that cannot be read is named and passed over; the others count. Amazon pages through a thousand items of a
search at most, whatever it found: `total` says how many those were.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import msgspec

from schemas.terms import Marketplace, SellerSku

BARCODES: Final = ("gtin", "ean", "upc", "isbn", "jan")
ATTRIBUTE: Final = "externally_assigned_product_identifier"


class CatalogueItem(msgspec.Struct, frozen=True, kw_only=True):
    """`listed_at` None: the answer does not say."""

    seller_sku: SellerSku
    asin: str = ""
    barcode: str = ""
    listed_at: datetime | None = None


class CataloguePage(msgspec.Struct, frozen=True, kw_only=True):
    items: tuple[CatalogueItem, ...]
    unreadable: tuple[str, ...] = ()
    next_token: str = ""
    total: int = 0

    @property
    def count(self) -> int:
        """Items that the page had, readable or not."""
        return len(self.items) + len(self.unreadable)


class _Summary(msgspec.Struct, frozen=True, rename="camel"):
    marketplace_id: str = ""
    asin: str | None = None
    created_date: datetime | None = None


class _Item(msgspec.Struct, frozen=True, rename="camel"):
    sku: str
    summaries: tuple[_Summary, ...] = ()
    attributes: dict[str, Any] = {}


class _Pagination(msgspec.Struct, frozen=True, rename="camel"):
    next_token: str | None = None


class _Found(msgspec.Struct, frozen=True, rename="camel"):
    number_of_results: int
    items: tuple[msgspec.Raw, ...]
    pagination: _Pagination = _Pagination()


_page: Final = msgspec.json.Decoder(_Found)
_item: Final = msgspec.json.Decoder(_Item)


def read_catalogue_page(body: bytes, marketplace: Marketplace) -> CataloguePage:
    """Raises msgspec.DecodeError or UnicodeDecodeError."""
    found = _page.decode(body)
    items, unreadable = list[CatalogueItem](), list[str]()
    for raw in found.items:
        try:
            items.append(_read(_item.decode(raw), marketplace))
        except (msgspec.DecodeError, UnicodeDecodeError, ValueError) as error:
            unreadable.append(str(error))
    return CataloguePage(
        items=tuple(items), unreadable=tuple(unreadable), next_token=found.pagination.next_token or "",
        total=found.number_of_results,
    )  # fmt: skip


def _read(item: _Item, marketplace: Marketplace) -> CatalogueItem:
    if not item.sku:
        raise ValueError("an item has no SKU")
    here = next((one for one in item.summaries if one.marketplace_id in ("", marketplace)), _Summary())
    if here.created_date is not None and here.created_date.tzinfo is None:
        raise ValueError(f"{item.sku}: a time has no zone")
    return CatalogueItem(
        seller_sku=SellerSku(item.sku), asin=here.asin or "", barcode=_barcode(item.attributes.get(ATTRIBUTE)),
        listed_at=here.created_date,
    )  # fmt: skip


def _barcode(said: object) -> str:
    """The first that is one: sellers may have an exemption, and other kinds of identifiers stand there too."""
    rows = [row for row in said if isinstance(row, dict)] if isinstance(said, Sequence) else []
    codes = [str(row.get("value") or "") for row in rows if str(row.get("type")).lower() in BARCODES]
    return next((code for code in codes if code), "")
