"""What the settings say of selling, as the pure rules want it."""

from datetime import timedelta
from decimal import Decimal

import msgspec

from daemon.settings import Settings
from handlers.demand import VelocityClass, classify
from handlers.sellable_stock import Buffer
from handlers.supply import Rules, Selling
from schemas.terms import ChannelAccount, Warehouse


class Speed(msgspec.Struct, frozen=True):
    """How demand is measured and classed."""

    half_life: timedelta
    classes: tuple[VelocityClass, ...] = ()
    hysteresis: float = 0.0


def rules_of(settings: Settings) -> Rules:
    """Channel accounts with their warehouses, and the velocity classes' buffers."""
    return Rules(
        accounts={
            ChannelAccount(name): Selling(frozenset(map(Warehouse, seller.warehouses)), seller.nets_own_orders)
            for name, seller in settings.sellers.items()
        },
        readings=_readings(settings),
        buffers={
            name: Buffer(one.buffer_units, Decimal(str(one.buffer_percent))) for name, one in settings.classes.items()
        },
        unsold=classify(0.0, "", _classes(settings), 0.0),
    )


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
