"""What the settings say of selling, as the pure rules want it."""

from datetime import timedelta
from decimal import Decimal

import msgspec

from daemon.settings import DirectFulfilmentAccount, SellerAccount, Settings, StockReportAccount, VendorAccount
from handlers.demand import VelocityClass, classify
from handlers.sellable_stock import Buffer
from handlers.supply import Rules, Selling
from schemas.terms import ChannelAccount, Marketplace, Warehouse


class Speed(msgspec.Struct, frozen=True):
    """How demand is measured and classed."""

    half_life: timedelta
    classes: tuple[VelocityClass, ...] = ()
    hysteresis: float = 0.0


def accounts_of(settings: Settings) -> dict[str, SellerAccount]:
    """Every account that stock is told to, as those of Seller Central are described: of direct fulfilment, and of
    retailers that take reports, each of the channel's warehouses is a marketplace."""
    fulfilled = {name: _as_seller(one) for name, one in settings.direct_fulfilment.items()}
    reported = {name: _reported(settings, one) for name, one in settings.stock_reports.items()}
    return settings.sellers | fulfilled | reported


def placed_of(settings: Settings) -> dict[str, DirectFulfilmentAccount | StockReportAccount]:
    """The accounts that are told by the channel's own warehouses, and are to be true by its times."""
    return {**settings.direct_fulfilment, **settings.stock_reports}


def _as_seller(one: DirectFulfilmentAccount) -> SellerAccount:
    ours = {warehouse: None for place in one.warehouses.values() for warehouse in place.stock}
    return SellerAccount(
        account=one.account,
        seller_id=one.party,
        endpoint=one.endpoint,
        token_url=one.token_url,
        client_id=one.client_id,
        client_secret_file=one.client_secret_file,
        refresh_token_file=one.refresh_token_file,
        marketplaces=tuple(one.warehouses),
        warehouses=tuple(ours),
        nets_own_orders=one.nets_own_orders,
        application=one.application,
        kind="vendor_central",
        zero_rule=one.zero_rule,
        baseline_at=one.baseline_at,
    )


def _reported(settings: Settings, one: StockReportAccount) -> SellerAccount:
    """What is told to by EDI has neither an address nor a login."""
    vendor = settings.vendors[settings.edi[one.exchange].vendor]
    ours = {warehouse: None for place in one.warehouses.values() for warehouse in place.stock}
    return SellerAccount(
        account=vendor.account,
        seller_id=vendor.party,
        endpoint="",
        client_id="",
        client_secret_file="",
        refresh_token_file="",
        marketplaces=tuple(one.warehouses),
        warehouses=tuple(ours),
        nets_own_orders=one.nets_own_orders,
        kind="vendor_central",
        zero_rule=one.zero_rule,
    )


def vendor_as_seller(one: VendorAccount) -> SellerAccount:
    """A vendor account as its link wants it; it publishes nothing."""
    return SellerAccount(
        account=one.account,
        seller_id=one.party,
        endpoint=one.endpoint,
        token_url=one.token_url,
        client_id=one.client_id,
        client_secret_file=one.client_secret_file,
        refresh_token_file=one.refresh_token_file,
        marketplaces=(one.marketplace,),
        warehouses=one.warehouses,
        application=one.application,
        kind="vendor_central",
    )


def rules_of(settings: Settings) -> Rules:
    """Channel accounts with their warehouses, and the velocity classes' buffers."""
    return Rules(
        accounts={
            ChannelAccount(name): Selling(
                frozenset(map(Warehouse, seller.warehouses)), seller.nets_own_orders, _places(settings, name)
            )
            for name, seller in accounts_of(settings).items()
        }
        | {
            ChannelAccount(name): Selling(frozenset(map(Warehouse, vendor.warehouses)))
            for name, vendor in settings.vendors.items()
        },
        readings=_readings(settings),
        buffers={
            name: Buffer(one.buffer_units, Decimal(str(one.buffer_percent))) for name, one in settings.classes.items()
        },
        unsold=classify(0.0, "", _classes(settings), 0.0),
    )


def _places(settings: Settings, name: str) -> dict[Marketplace, frozenset[Warehouse]]:
    one = placed_of(settings).get(name)
    places = {} if one is None else one.warehouses
    return {Marketplace(code): frozenset(map(Warehouse, place.stock)) for code, place in places.items()}


def speed_of(settings: Settings) -> Speed:
    half_life = timedelta(seconds=settings.demand.half_life)
    return Speed(half_life, _classes(settings), settings.demand.hysteresis)


def _classes(settings: Settings) -> tuple[VelocityClass, ...]:
    return tuple(VelocityClass(name, one.at_least) for name, one in settings.classes.items())


def _readings(settings: Settings) -> dict[Warehouse, str]:
    """The tenant of Clarus, for warehouses whose authority is its readings."""
    return {
        Warehouse(name): one.clarus
        for name, one in settings.warehouses.items()
        if one.authority == "clarus" and one.clarus is not None
    }
