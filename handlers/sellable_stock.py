"""Sellable stock: what a listing should show, from what the warehouse has.

In this order: the pool (available, less outflows held behind gaps, less open lines, not below 0), less what is
reserved for higher priorities, of a kit as many as its scarcest component allows, less the buffer, times the share,
at most the cap, 0 below the floor, in packs, 0 on the stop list. Every rounding is to the safe side: the buffer up,
everything else down.
"""

from collections.abc import Sequence
from datetime import datetime
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Final, Literal, TypeAlias

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

ZeroRule: TypeAlias = Literal["", "send", "hold", "alert"]


class Component(msgspec.Struct, frozen=True, order=True):
    """What one kit needs of a SKU of the listing's stock owner."""

    sku: Sku
    quantity: Eaches


class Listing(msgspec.Struct, frozen=True):
    """One thing a channel account sells, and out of which stock. Buffer, cap, floor and reserve are in eaches.

    With `components` it is a kit: an "each" is then one kit, and `sku` only its name.
    """

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
    velocity_class: str = ""
    """Given by merchandising; empty: measured."""
    priority: int = 1
    """1 is served first."""
    reserve: Eaches = 0
    """What listings of lower priority do not see."""
    components: tuple[Component, ...] = ()
    zero_rule: ZeroRule = ""
    """What becomes of a zero; empty: as its class or its account has it."""

    @property
    def needs(self) -> tuple[Component, ...]:
        """The stock that one each of this listing takes."""
        return self.components or (Component(self.sku, 1),)


class WarehouseStock(msgspec.Struct, frozen=True):
    """What one mapped warehouse has of the SKU, and how far its counter has come. `may_rise` is False in a gap or a
    doubt."""

    warehouse: Warehouse
    available: Eaches
    held_outflow: Eaches = 0
    may_rise: bool = True
    epoch: int = 0
    applied: int | None = None
    level_time: datetime | None = None


class Buffer(msgspec.Struct, frozen=True):
    """What is kept back: units, and per cent of the pool."""

    units: Eaches = 0
    percent: Decimal = Decimal(0)


NO_BUFFER: Final = Buffer()


class Supply(msgspec.Struct, frozen=True):
    """One SKU's stock as a listing may draw on it. `quantity`: eaches that one each of the listing takes."""

    sku: Sku
    stock: Sequence[WarehouseStock]
    open_lines: Eaches = 0
    reserved: Eaches = 0
    """For listings of higher priority."""
    quantity: Eaches = 1


class Sellable(msgspec.Struct, frozen=True):
    """The result in the channel's units, and each step on the way for `explain`."""

    quantity: int
    may_rise: bool
    steps: tuple[tuple[str, int], ...]
    pool: int = 0
    """What backs it, before buffer and share, in the channel's units."""


def sellable(listing: Listing, stock: Sequence[WarehouseStock], open_lines: Eaches = 0) -> Sellable | None:
    """What a listing of one SKU should show; None when no mapped warehouse has ever reported the SKU."""
    return sellable_from(listing, [Supply(listing.sku, stock, open_lines)])


def sellable_from(listing: Listing, supplies: Sequence[Supply], by_class: Buffer = NO_BUFFER) -> Sellable | None:
    """What a listing should show, of all that it takes; None when some of it was never reported by any warehouse.

    `by_class` is the buffer of its velocity class. The larger of it and the listing's own is kept back.
    """
    if not all(supply.stock for supply in supplies):
        return None
    steps = [step for supply in supplies for step in _drawn(supply, named=len(supplies) > 1)]
    pool = min(_above_reserve(supply) // supply.quantity for supply in supplies)
    if listing.components:
        steps.append(("kits", pool))
    own = listing.buffer_units + _up(pool * listing.buffer_percent / 100)
    buffered = max(0, pool - max(own, by_class.units + _up(pool * by_class.percent / 100)))
    shared = _down(buffered * listing.share_percent / 100)
    capped = shared if listing.cap is None else min(shared, listing.cap)
    shown = capped if capped >= listing.floor else 0
    packs = shown // listing.pack_size
    quantity = 0 if listing.stopped else packs
    steps += [
        ("less buffer", buffered), ("times share", shared), ("at most cap", capped),
        ("not below floor", shown), ("in packs", packs), ("not stopped", quantity),
    ]  # fmt: skip
    return Sellable(
        quantity,
        all(row.may_rise for supply in supplies for row in supply.stock),
        tuple(steps),
        pool // listing.pack_size,
    )


def _pool(supply: Supply) -> Eaches:
    return max(0, sum(row.available - row.held_outflow for row in supply.stock) - supply.open_lines)


def _above_reserve(supply: Supply) -> Eaches:
    return max(0, _pool(supply) - supply.reserved)


def _drawn(supply: Supply, *, named: bool) -> list[tuple[str, int]]:
    """How the pool comes about: the steps that change nothing are left out."""
    of = f"{supply.sku}: " if named else ""
    available = sum(row.available for row in supply.stock)
    released = available - sum(row.held_outflow for row in supply.stock)
    steps = [(f"{of}available", available)]
    if released != available:
        steps.append((f"{of}less outflows behind a gap", released))
    if supply.open_lines:
        steps.append((f"{of}less open lines", released - supply.open_lines))
    steps.append((f"{of}pool", _pool(supply)))
    if supply.reserved:
        steps.append((f"{of}above the reserve of higher priorities", _above_reserve(supply)))
    return steps


def _up(value: Decimal) -> int:
    return int(value.to_integral_value(ROUND_CEILING))


def _down(value: Decimal) -> int:
    return int(value.to_integral_value(ROUND_FLOOR))
