"""Sellable stock: what a listing should show, from what the warehouse has.

In this order: the pool (available, less outflows held behind gaps, less open lines, not below 0), less the
buffer, times the share, at most the cap, 0 below the floor, in packs, 0 on the stop list. Every rounding is
to the safe side: the buffer up, everything else down.
"""

from collections.abc import Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

import msgspec

from schemas.terms import (
    Account,
    ChannelAccount,
    Eaches,
    Marketplace,
    SellerSku,
    Sku,
    Warehouse,
)


class Listing(msgspec.Struct, frozen=True):
    """One thing a channel account sells, and out of which stock. Buffer, cap and floor are in eaches."""

    id: int
    channel_account: ChannelAccount
    marketplace: Marketplace
    seller_sku: SellerSku
    account: Account
    sku: Sku
    pack_size: int = 1
    buffer_units: Eaches = 0
    buffer_percent: Decimal = Decimal(0)
    share_percent: Decimal = Decimal(100)
    cap: Eaches | None = None
    floor: Eaches = 0
    lead_time_days: int | None = None
    product_type: str = "PRODUCT"
    stopped: bool = False


class WarehouseStock(msgspec.Struct, frozen=True):
    """What one mapped warehouse has of the SKU. `may_rise` is False in a gap or a doubt."""

    warehouse: Warehouse
    available: Eaches
    held_outflow: Eaches = 0
    may_rise: bool = True


class Sellable(msgspec.Struct, frozen=True):
    """The result in the channel's units, and each step on the way for `explain`."""

    quantity: int
    may_rise: bool
    steps: tuple[tuple[str, int], ...]


def sellable(listing: Listing, stock: Sequence[WarehouseStock], open_lines: Eaches = 0) -> Sellable | None:
    """What the listing should show; None when no mapped warehouse has ever reported the SKU."""
    if not stock:
        return None
    pool = max(0, sum(row.available - row.held_outflow for row in stock) - open_lines)
    buffered = max(0, pool - listing.buffer_units - _up(pool * listing.buffer_percent / 100))
    shared = _down(buffered * listing.share_percent / 100)
    capped = shared if listing.cap is None else min(shared, listing.cap)
    shown = capped if capped >= listing.floor else 0
    packs = shown // listing.pack_size
    quantity = 0 if listing.stopped else packs
    steps = (
        ("pool", pool), ("less buffer", buffered), ("times share", shared), ("at most cap", capped),
        ("not below floor", shown), ("in packs", packs), ("not stopped", quantity),
    )  # fmt: skip
    return Sellable(quantity, all(row.may_rise for row in stock), steps)


def _up(value: Decimal) -> int:
    return int(value.to_integral_value(ROUND_CEILING))


def _down(value: Decimal) -> int:
    return int(value.to_integral_value(ROUND_FLOOR))
