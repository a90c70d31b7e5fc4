"""What compares catalogues is made of: from the settings to one loop for each selling account, by lease."""

from typing import TYPE_CHECKING

from daemon.catalogue import CatalogueComparison
from daemon.clarus_access import ClarusAccess
from daemon.links.clarus_lists import ClarusLists
from daemon.settings import SellerAccount
from daemon.supervisor import Loop, leased
from daemon.warehouse_products import Products
from schemas.clarus_goods_outs import ListOf
from schemas.clarus_products import PRODUCTS_FILTER

if TYPE_CHECKING:
    from daemon.app import App


def catalogue_loops(app: "App", access: ClarusAccess) -> dict[str, Loop]:
    if app.settings.catalogue.at == "never":
        return {}
    return {f"catalogue-{name}": _comparing(app, access, name) for name in app.settings.sellers}


def _comparing(app: "App", access: ClarusAccess, name: str) -> Loop:
    seller = app.settings.sellers[name]
    comparison = CatalogueComparison(
        name, seller, app.links[name], products_of(app, access, seller), app.database, app.budget, app.clock,
        app.settings.catalogue, app.settings.owners,
    )  # fmt: skip
    return leased(app.leases(), f"catalogue/{name}", comparison.round, needs=1.0)


def products_of(app: "App", access: ClarusAccess, seller: SellerAccount) -> tuple[Products, ...]:
    """Of the warehouses that it sells from and that are at Clarus: those of its stock owner, where the settings name
    the owner's id there."""
    found = list[Products]()
    for name in seller.warehouses:
        section = app.settings.warehouses.get(name)
        if section is None or section.clarus is None:
            continue
        tenant, owner = app.settings.clarus[section.clarus], section.account_ids.get(seller.account)
        wanted = ListOf("products", PRODUCTS_FILTER, tenant.product_fields)
        by = {} if owner is None else {"account_id": {"eq": str(owner)}}
        found.append(Products(ClarusLists(access.to(section.clarus).link), wanted, by))
    return tuple(found)
