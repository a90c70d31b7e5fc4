"""What answers purchase orders is made of: from the settings to one loop for each vendor account."""

from datetime import timedelta
from typing import TYPE_CHECKING

from daemon.abreast import Abreast
from daemon.purchase_order_books import PurchaseOrderBooks
from daemon.settings import Settings, VendorAccount
from daemon.supervisor import Loop, leased
from daemon.vendor_orders import ABREAST, WAIT, VendorOrders
from daemon.vendor_terms import desk_rules_of, patience_of, release_rules_of, terms_of
from schemas.terms import ChannelAccount

if TYPE_CHECKING:
    from daemon.app import App


def vendor_loops(app: "App") -> dict[str, Loop]:
    """One loop, by lease, for each account whose purchase orders come by Amazon's API."""
    return {f"vendor-{name}": _loop(app, name) for name in by_api(app.settings)}


def by_api(settings: Settings) -> dict[str, VendorAccount]:
    """The vendor accounts that have an endpoint; the others trade by EDI alone."""
    return {name: vendor for name, vendor in settings.vendors.items() if vendor.endpoint}


def _loop(app: "App", name: str) -> Loop:
    orders = vendor_orders(app, name)
    return leased(app.leases(), f"vendor/{name}", orders.round, needs=1.0, finish=orders.finish)


def vendor_books(app: "App", name: str) -> PurchaseOrderBooks:
    """The books of a vendor account, whatever transport its orders come by."""
    vendor = app.settings.vendors[name]
    return PurchaseOrderBooks(
        ChannelAccount(name), app.database, app.clock, terms_of(vendor), desk_rules_of(vendor), app.rules,
        app.settings.owners, app.holder, release_rules_of(app.settings, name),
    )  # fmt: skip


def vendor_orders(app: "App", name: str) -> VendorOrders:
    vendor, despatch = app.settings.vendors[name], app.settings.despatch
    lost_after = timedelta(seconds=3 * despatch.request_timeout * app.clock.factor)
    patience = patience_of(vendor, despatch.late_effect)
    return VendorOrders(
        vendor, app.vendor_links[name], vendor_books(app, name), app.budget, app.telemetry, patience, lost_after,
        Abreast(ABREAST, WAIT),
    )  # fmt: skip
