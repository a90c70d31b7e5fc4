"""What the settings say of selling, as the pure rules want it."""

from datetime import timedelta
from decimal import Decimal

from daemon.settings import Settings
from handlers.demand import VelocityClass
from handlers.sellable_stock import Buffer
from handlers.supply import Rules, Selling
from schemas.terms import ChannelAccount, Warehouse


def rules_of(settings: Settings) -> Rules:
    """Channel accounts with their warehouses, and the velocity classes' buffers."""
    return Rules(
        accounts={
            ChannelAccount(name): Selling(frozenset(map(Warehouse, seller.warehouses)), seller.nets_own_orders)
            for name, seller in settings.sellers.items()
        },
        buffers={
            name: Buffer(one.buffer_units, Decimal(str(one.buffer_percent))) for name, one in settings.classes.items()
        },
    )


def classes_of(settings: Settings) -> list[VelocityClass]:
    return [VelocityClass(name, one.at_least) for name, one in settings.classes.items()]


def half_life_of(settings: Settings) -> timedelta:
    return timedelta(seconds=settings.demand.half_life)
