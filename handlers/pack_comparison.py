"""Our case packs beside those of the warehouse's system: what differs, and the file that makes them agree.

Ours are the ones that hold: merchandising owns them. The warehouse's system takes the size of a case by a product
file alone; which columns a tenant's template has is a setting.
"""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, Literal, TypeAlias

import msgspec

from handlers.alerts import AlertKind
from handlers.case_packs import CasePack
from handlers.catalogue_comparison import WarehouseProduct
from handlers.notes import RaiseAlert
from schemas.terms import Eaches, Sku

SHOWN: Final = 10
KEPT: Final = 500
"""Rows of an alert's detail at most."""
DifferenceKind: TypeAlias = Literal["no_product", "not_said", "differs"]


class PackDifference(msgspec.Struct, frozen=True, order=True):
    """`theirs` None: the warehouse's system does not say, or has no such product."""

    sku: Sku
    kind: DifferenceKind
    ours: Eaches
    theirs: Eaches | None = None

    def __str__(self) -> str:
        match self.kind:
            case "no_product":
                return f"{self.sku}: {self.ours} here, no such product there"
            case "not_said":
                return f"{self.sku}: {self.ours} here, nothing said there"
            case "differs":
                return f"{self.sku}: {self.ours} here, {self.theirs} there"


class ProductColumns(msgspec.Struct, frozen=True, kw_only=True):
    """The names of the product file's columns; an empty one is left out. `more`: what else stands in every row."""

    code: str = "Code"
    units_per_case: str = "Units Per Case"
    account: str = ""
    more: Mapping[str, str] = {}


def compare(packs: Iterable[CasePack], products: Iterable[WarehouseProduct]) -> list[PackDifference]:
    """What does not agree of one stock owner's packs, by SKU."""
    there = {product.sku: product for product in products}
    found = [_difference(pack, there.get(pack.sku)) for pack in packs]
    return sorted(one for one in found if one is not None)


def _difference(pack: CasePack, product: WarehouseProduct | None) -> PackDifference | None:
    if product is None:
        return PackDifference(pack.sku, "no_product", pack.eaches)
    if product.case_pack is None:
        return PackDifference(pack.sku, "not_said", pack.eaches)
    if product.case_pack != pack.eaches:
        return PackDifference(pack.sku, "differs", pack.eaches, product.case_pack)
    return None


def alert_of(tenant: str, account: str, found: Sequence[PackDifference]) -> RaiseAlert:
    """One for all of a stock owner's."""
    some = "; ".join(str(one) for one in found[:SHOWN])
    more = f"; and {len(found) - SHOWN} more" if len(found) > SHOWN else ""
    text = f"{len(found)} case packs of {account} differ from {tenant}'s: {some}{more}"
    rows = [str(one) for one in found[:KEPT]]
    return RaiseAlert(AlertKind.PACKS_DIFFER, f"{tenant}/{account}", account, text, {"packs": rows})


def to_write(packs: Iterable[CasePack], found: Iterable[PackDifference]) -> list[CasePack]:
    """The packs that a file can put right: a product that is not there has to be made first."""
    wrong = {one.sku for one in found if one.kind != "no_product"}
    return [pack for pack in packs if pack.sku in wrong]


def product_file(packs: Iterable[CasePack], columns: ProductColumns, account_code: str) -> str:
    """CSV with a heading. `account_code`: the stock owner as the warehouse's system names it."""
    out = io.StringIO()
    names = [columns.code, columns.account, columns.units_per_case]
    sheet = csv.writer(out, lineterminator="\r\n")
    sheet.writerow([*(name for name in names if name), *columns.more])
    for pack in packs:
        values = zip(names, (pack.sku, account_code, str(pack.eaches)), strict=True)
        sheet.writerow([*(value for name, value in values if name), *columns.more.values()])
    return out.getvalue()
