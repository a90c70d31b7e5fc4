"""What compares case packs is made of: from the settings to one loop for each tenant of Clarus, by lease."""

from pathlib import Path
from typing import TYPE_CHECKING

from daemon.clarus_access import ClarusAccess
from daemon.links.clarus_lists import ClarusLists
from daemon.pack_watch import Owner, PackWatch
from daemon.settings import Settings
from daemon.supervisor import Loop, leased
from daemon.warehouse_products import Products
from handlers.pack_comparison import ProductColumns
from schemas.clarus_goods_outs import ListOf
from schemas.clarus_products import PRODUCTS_FILTER
from schemas.terms import Account

if TYPE_CHECKING:
    from daemon.app import App


def pack_loops(app: "App", access: ClarusAccess) -> dict[str, Loop]:
    if app.settings.catalogue.at == "never":
        return {}
    return {f"packs-{name}": _comparing(app, access, name) for name in app.settings.clarus}


def _comparing(app: "App", access: ClarusAccess, name: str) -> Loop:
    section = app.settings.clarus[name].product_file
    watch = PackWatch(
        name, owners_of(app.settings, access, name), app.database, app.clock, app.settings.catalogue,
        app.settings.owners, columns_of(app.settings, name), Path(section.folder) if section.folder else None,
    )  # fmt: skip
    return leased(app.leases(), f"packs/{name}", watch.round, needs=1.0)


def owners_of(settings: Settings, access: ClarusAccess, tenant: str) -> tuple[Owner, ...]:
    """The stock owners of the tenant's warehouses, each once."""
    wanted = ListOf("products", PRODUCTS_FILTER, settings.clarus[tenant].product_fields)
    found: dict[str, Owner] = {}
    for section in settings.warehouses.values():
        if section.clarus != tenant:
            continue
        for account in sorted({*section.accounts, *section.account_ids}):
            number = section.account_ids.get(account)
            by = {} if number is None else {"account_id": {"eq": str(number)}}
            products = Products(ClarusLists(access.to(tenant).link), wanted, by)
            found.setdefault(account, Owner(Account(account), section.accounts.get(account, account), products))
    return tuple(found.values())


def columns_of(settings: Settings, tenant: str) -> ProductColumns:
    section = settings.clarus[tenant].product_file
    return ProductColumns(
        code=section.code_column,
        units_per_case=section.units_per_case_column,
        account=section.account_column or "",
        more=section.more_columns,
    )


def account_code(settings: Settings, tenant: str, account: str) -> str:
    """The stock owner as the tenant names it."""
    names = [one.accounts[account] for one in settings.warehouses.values()
             if one.clarus == tenant and account in one.accounts]  # fmt: skip
    return names[0] if names else account
